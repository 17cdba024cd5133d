//! After a verdict that port 25 is blocked, `port25 check` and `port25 status` say who the provider is, what it does with
//! the port and how it is opened: the real binary behind the lab's ISP, in both languages.
//!
//! The provider is recognised as on a real host: by cloud-init's word, and by the lab's DNS, which says whose network
//! announces the address. Needs root and `nft`, so its name begins with `peers`; the program starts itself again in
//! namespaces of its own.

#![allow(clippy::unwrap_used, reason = "a test")]

mod host;

use std::process::{Command, ExitCode, Stdio};

use postamt_doctor::unblock::{Base, text};
use postamt_lab::isp::{Isp, IspSettings, Mode};
use postamt_lab::namespace;
use postamt_lab::world::{Place, WorldSettings};
use postamt_mail::words::{Language, Value, words};

use host::{Host, Ran};

const INSIDE: &str = "--inside";
/// As cloud-init and the network's number say.
const PROVIDER: &str = "hetzner-cloud";

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == INSIDE) {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "--ipc", "--pid", "--fork", "--kill-child"]);
        command.arg("--mount-proc").arg(std::env::current_exe().unwrap()).arg(INSIDE);
        let status = command.stdin(Stdio::null()).status().expect("unshare runs");
        assert!(status.success(), "the process inside ended with {status}");
        return ExitCode::SUCCESS;
    }
    host::furnish();
    namespace::enter(&[]).expect("a network namespace of our own");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(inside());
    ExitCode::SUCCESS
}

async fn inside() {
    let world = WorldSettings { place: Place::Internet, ..WorldSettings::test() };
    let isp = Isp::build(IspSettings { world, ..IspSettings::rehearsal() }).await.unwrap();
    host::announce(&isp);
    let host = Host::start(&isp).await;

    nobody_is_named_while_the_port_is_open(&host).await;
    println!("test nobody is named while the port is open ... ok");
    this_machine_s_own_firewall_is_no_matter_of_the_provider(&isp, &host).await;
    println!("test this machine's own firewall is no matter of the provider ... ok");
    for (mode, verdict) in [
        (Mode::Drop, "port25-verdict-dropped"),
        (Mode::RejectProhibited, "port25-verdict-prohibited"),
        (Mode::Proxy, "port25-verdict-intercepted"),
    ] {
        isp.set(mode).await.unwrap();
        the_provider_is_told_after_the_verdict(&host, verdict).await;
        println!("test the provider is told after {verdict} ... ok");
    }
    another_provider_can_be_named(&host).await;
    println!("test another provider can be named ... ok");
    who_is_not_known_by_the_machine_is_known_by_others(&host).await;
    println!("test who is not known by the machine is known by others ... ok");
    host.stop();
}

/// What is said of a provider: what it does with the port, and how it is opened.
fn paragraph(language: Language, provider: &str) -> String {
    let base = Base::embedded().unwrap();
    let said = text::advice(base.find(provider).unwrap(), words(language));
    assert!(said.contains("https://"), "how and where it is opened: {said}");
    said
}

fn sentence(language: Language, id: &str, values: &[(&str, Value)]) -> String {
    words(language).get(id, values).trim().to_owned()
}

fn names_the_provider(ran: &Ran, language: Language) -> bool {
    ran.out.contains(&paragraph(language, PROVIDER))
}

async fn nobody_is_named_while_the_port_is_open(host: &Host) {
    for language in Language::ALL {
        let check = host.run(language, &["port25", "check"]).await;
        assert_eq!(check.code, Some(0), "{check:?}");
        assert!(check.out.contains(&sentence(language, "port25-verdict-open", &[])), "{check:?}");
        let status = host.run(language, &["port25", "status"]).await;
        assert_eq!(status.code, Some(0), "{status:?}");
        assert!(
            ![&check, &status].into_iter().any(|ran| ran.out.contains("Hetzner")),
            "{check:?} {status:?}"
        );
    }
}

async fn this_machine_s_own_firewall_is_no_matter_of_the_provider(isp: &Isp, host: &Host) {
    isp.set(Mode::LocalDrop).await.unwrap();
    for language in Language::ALL {
        let check = host.run(language, &["port25", "check"]).await;
        assert_eq!(check.code, Some(1), "{check:?}");
        assert!(check.out.contains(&sentence(language, "port25-verdict-local-firewall", &[])), "{check:?}");
        host.wait_until_closed().await;
        let status = host.run(language, &["port25", "status"]).await;
        assert!(
            ![&check, &status].into_iter().any(|ran| ran.out.contains("Hetzner")),
            "{check:?} {status:?}"
        );
    }
}

async fn the_provider_is_told_after_the_verdict(host: &Host, verdict: &str) {
    for language in Language::ALL {
        let check = host.run(language, &["port25", "check"]).await;
        assert_eq!(check.code, Some(1), "{check:?}");
        assert!(check.out.contains(&sentence(language, verdict, &[])), "{check:?}");
        // Cloud-init and the network say the same.
        let name = [("name", Value::from("Hetzner Cloud"))];
        assert!(check.out.contains(&sentence(language, "provider-is", &name)), "{check:?}");
        assert!(check.out.contains("AS24940") && names_the_provider(&check, language), "{check:?}");

        // What the server keeps of it. Nobody is asked for that, so only the machine's own word counts.
        host.wait_until_closed().await;
        let status = host.run(language, &["port25", "status"]).await;
        assert_eq!(status.code, Some(0), "{status:?}");
        assert!(status.out.contains(&sentence(language, "provider-is-likely", &name)), "{status:?}");
        assert!(names_the_provider(&status, language), "{status:?}");
    }
    let check = host.run(Language::En, &["port25", "check", "--json"]).await.json();
    assert_eq!(check["provider"]["id"], PROVIDER, "{check}");
    assert_eq!(check["provider"]["advice"], paragraph(Language::En, PROVIDER), "{check}");
    let status = host.run(Language::De, &["port25", "status", "--json"]).await.json();
    let ways = status.as_array().unwrap();
    assert_eq!(ways.len(), 2, "{status}");
    for way in ways {
        assert_eq!((&way["state"], &way["provider"]["id"]), (&"relay".into(), &PROVIDER.into()), "{status}");
        assert_eq!(way["provider"]["advice"], paragraph(Language::De, PROVIDER), "{status}");
    }
}

async fn another_provider_can_be_named(host: &Host) {
    let check = host.run(Language::En, &["port25", "check", "--provider", "netcup"]).await;
    assert!(check.out.contains(&paragraph(Language::En, "netcup")), "{check:?}");
    assert!(!names_the_provider(&check, Language::En), "{check:?}");
}

async fn who_is_not_known_by_the_machine_is_known_by_others(host: &Host) {
    host::forget_cloud_init();
    for language in Language::ALL {
        let status = host.run(language, &["port25", "status"]).await;
        assert!(status.out.contains(&sentence(language, "path-provider-unknown", &[])), "{status:?}");
        assert!(!names_the_provider(&status, language), "{status:?}");
        let here = host.run(language, &["port25", "providers", "--here"]).await;
        assert!(here.out.contains("AS24940") && names_the_provider(&here, language), "{here:?}");
    }
}
