//! `postamt port25 check` and `advise`. Nothing but loopback is asked: the list of targets is the test's own.

use rustix::process::Signal;

use super::support::Site;

/// Five operators that no name server knows, and an anchor on this host.
pub fn targets(site: &Site) -> String {
    let mut list = "schema_version = 1\ncompiled = \"2026-11-24\"\n".to_owned();
    for name in ["alpha", "beta", "gamma", "delta", "epsilon"] {
        list.push_str(&format!(
            "[[operator]]\nid = \"{name}\"\nname = \"{name}\"\ndomains = [\"{name}.test\"]\nstarttls = true\n\
             sources = []\nseen = \"2026-11-24\"\nconfidence = \"low\"\n"
        ));
    }
    list.push_str(
        "[[anchor]]\nname = \"here\"\naddresses = [\"127.0.0.1\"]\nsources = []\nseen = \"2026-11-24\"\n\
         confidence = \"low\"\n",
    );
    let path = site.path("targets.toml");
    std::fs::write(&path, list).expect("written");
    path.display().to_string()
}

#[test]
fn a_probe_is_told_in_words_and_in_json() {
    let site = Site::new("");
    let list = targets(&site);
    let check = ["port25", "check", "--family", "4", "--targets", &list];
    let ran = site.run(&check);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("Names cannot be resolved properly"), "{ran:?}");
    assert!(ran.out.contains("alpha.test, beta.test"), "{ran:?}");
    let german = site.run(&[&check[..], &["--lang", "de"]].concat());
    assert!(german.out.contains("Namen lassen sich nicht richtig auflösen"), "{german:?}");
    let ran = site.run(&[&check[..], &["--json"]].concat());
    let report = ran.json();
    assert_eq!(report["paths"][0]["verdict"]["kind"], "dns_broken", "{ran:?}");
    assert_eq!(report["paths"][0]["path"]["family"], "ipv4");
    assert_eq!(report["paths"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_source_that_is_not_here_is_named() {
    let site = Site::new("");
    let list = targets(&site);
    let ran = site.run(&["port25", "check", "--source", "192.0.2.7", "--targets", &list, "--json"]);
    let report = ran.json();
    assert_eq!(report["paths"][0]["path"]["source"], "192.0.2.7");
    assert_eq!(report["paths"][0]["verdict"]["kind"], "no_network", "{ran:?}");
}

#[test]
fn a_list_that_is_none_is_refused_with_its_fault() {
    let site = Site::new("");
    let path = site.path("targets.toml");
    std::fs::write(&path, "operator = 1\n").expect("written");
    let ran = site.run(&["port25", "check", "--targets", &path.display().to_string()]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("targets.toml cannot be used"), "{ran:?}");

    // The same from the configuration, and the server does not start with it.
    site.configure(&format!("[port25]\nprobe = false\ntargets = \"{}\"\n", path.display()));
    for command in [&["port25", "check"][..], &["serve"]] {
        let ran = site.run(command);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains("targets.toml cannot be used"), "{ran:?}");
    }
}

#[test]
fn the_list_of_the_configuration_is_asked() {
    let site = Site::new("");
    let list = targets(&site);
    site.configure(&format!("[port25]\nprobe = false\ntargets = \"{list}\"\n"));
    let ran = site.run(&["port25", "check", "--family", "4"]);
    assert!(ran.out.contains("alpha.test, beta.test"), "{ran:?}");
}

/// Nobody asked it to: soon after its start.
#[test]
fn the_server_probes_by_itself_and_status_tells() {
    let site = Site::new("");
    let list = targets(&site);
    site.configure(&format!("[port25]\ntargets = \"{list}\"\n[outgoing]\nipv6 = false\n"));
    let server = site.start();
    server.wait_for("probed + verdict=dns_broken");
    let status = site.run(&["port25", "status", "--json"]);
    assert_eq!(status.json()[0]["last_probe"]["verdict"], "dns_broken", "{status:?}");
    assert_eq!(status.json()[0]["state"], "direct", "{status:?}");
    let german = site.run(&["port25", "status", "--lang", "de"]);
    assert!(german.out.contains("DNS funktioniert nicht"), "{german:?}");
}

/// Probing that is switched on begins, and a way that is new is probed at once.
#[test]
fn what_is_read_again_holds_for_the_next_probe() {
    let site = Site::new("");
    let list = targets(&site);
    let with = |probe: bool, ways: &str| {
        site.configure(&format!("[port25]\nprobe = {probe}\ntargets = \"{list}\"\n[outgoing]\n{ways}\n"));
    };
    let verdicts = || -> Vec<(serde_json::Value, bool)> {
        let status = site.run(&["port25", "status", "--json"]).json();
        let way = |it: &serde_json::Value| (it["path"]["family"].clone(), !it["last_probe"].is_null());
        status.as_array().expect("ways").iter().map(way).collect()
    };
    with(false, "ipv6 = false");
    let server = site.start();
    assert!(verdicts().is_empty(), "nobody has looked");
    with(true, "ipv6 = false");
    server.signal(Signal::HUP);
    server.wait_for("probed + IPv4 + verdict=dns_broken");
    with(true, "ipv4 = false");
    server.signal(Signal::HUP);
    server.wait_for("probed + IPv6 + verdict=dns_broken");
    assert!(verdicts().contains(&("ipv6".into(), true)));
    // A list that is none changes nothing.
    std::fs::write(&list, "operator = 1\n").expect("written");
    server.signal(Signal::HUP);
    let said = server.wait_for("everything stays as it was");
    assert!(said.contains("targets.toml cannot be used"), "{said}");
}

#[test]
fn the_running_server_learns_what_a_check_finds_unless_it_asks_others() {
    let site = Site::new("");
    let list = targets(&site);
    site.configure(&format!("[port25]\nprobe = false\ntargets = \"{list}\"\n[outgoing]\nipv6 = false\n"));
    let server = site.start();
    let other = site.run(&["port25", "check", "--targets", &list]);
    assert!(!other.err.contains("running server"), "{other:?}");
    let ran = site.run(&["port25", "check"]);
    assert!(ran.err.contains("The running server knows of this result"), "{ran:?}");
    server.wait_for("probed + verdict=dns_broken");
    let status = site.run(&["port25", "status", "--json"]);
    assert_eq!(status.json()[0]["last_probe"]["verdict"], "dns_broken", "{status:?}");
}

#[test]
fn advice_needs_no_configuration() {
    let site = Site::new("");
    std::fs::remove_file(site.config()).expect("it was there");
    let ran = site.run(&["port25", "advise", "--plan", "own-server"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("You need port 25"), "{ran:?}");
    let ran = site.run(&["port25", "advise", "--plan", "clients", "--lang", "de"]);
    assert!(ran.out.starts_with("Sie brauchen Port 25 nicht"), "{ran:?}");
    let ran = site.run(&["port25", "advise", "--plan", "relay", "--json"]);
    assert_eq!(ran.json()["need"], "not_with_relay", "{ran:?}");

    // With one, it is looked at, wherever it lies.
    site.configure("[[relay]]\nname = \"next\"\nhost = \"relay.test\"\n[[route]]\nto = \"relay:next\"\n");
    let ran = site.run(&["port25", "advise", "--json"]).json();
    let own = serde_json::json!({
        "kind": "mail_server", "program": "Postamt", "place": site.config(), "relay": "next",
    });
    let findings = ran["findings"].as_array().expect("findings");
    assert!(findings.contains(&own), "{ran}");
}

#[test]
fn providers_are_listed_and_told() {
    let site = Site::new("");
    let all = site.good(&["port25", "providers"]);
    assert!(all.out.lines().count() > 100, "{all:?}");
    let one = site.good(&["port25", "providers", "netcup", "--lang", "de"]);
    assert!(one.out.contains("netcup Mail block") && one.out.contains("Stand 2026-08-09"), "{one:?}");
    let some = site.good(&["port25", "providers", "hetzner"]);
    assert_eq!(some.out.lines().count(), 2, "{some:?}");
    let data = site.good(&["port25", "providers", "hetzner-cloud", "--json"]).json();
    assert_eq!(data[0]["policy"], "request", "{data}");
    assert_eq!(data[0]["request"]["follow_up_days"], 2, "{data}");
    let none = site.run(&["port25", "providers", "nonsense"]);
    assert_eq!(none.code, 1, "{none:?}");
    assert!(none.err.contains("There is no provider \"nonsense\""), "{none:?}");
}

#[test]
fn the_named_provider_outdoes_all_clues() {
    let site = Site::new("");
    let ran = site.good(&["port25", "advise", "--plan", "own-server", "--provider", "digitalocean"]);
    assert!(ran.out.contains("You have named DigitalOcean Droplets"), "{ran:?}");
    assert!(ran.out.contains("no way to open it is named"), "{ran:?}");
    let ran = site.good(&["port25", "providers", "--provider", "Hetzner Cloud", "--json"]).json();
    assert_eq!((&ran["id"], &ran["is_chosen"]), (&"hetzner-cloud".into(), &true.into()), "{ran}");
    let ran = site.run(&["port25", "advise", "--plan", "own-server", "--provider", "nonsense"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let here = site.good(&["port25", "providers", "--here", "--offline", "--json"]).json();
    assert_eq!(here["clues"]["addresses"], serde_json::json!([]), "{here}");
}

#[test]
fn a_newer_copy_of_the_list_is_taken_and_a_broken_one_told() {
    let site = Site::new("");
    std::fs::create_dir_all(site.path("state")).expect("made");
    let copy = "schema_version = 1\ncompiled = \"2099-01-01\"\n[[provider]]\nid = \"own\"\nname = \"Own\"\nkind = \"vps\"\n\
                country = \"DE\"\npolicy = \"open\"\nport_465 = \"open\"\nport_587 = \"open\"\nsources = [\"me\"]\nseen = \"\"\n\
                confidence = \"high\"\n[provider.request]\nmethod = \"none\"\n";
    std::fs::write(site.path("state/providers.toml"), copy).expect("written");
    assert_eq!(
        site.good(&["port25", "providers"]).out.lines().next(),
        Some("Own (own; virtual servers, DE)")
    );
    std::fs::write(site.path("state/providers.toml"), "provider = 1\n").expect("written");
    let ran = site.good(&["port25", "providers"]);
    assert!(ran.out.lines().count() > 100 && ran.err.contains("the built-in one is taken"), "{ran:?}");
}
