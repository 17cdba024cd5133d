//! `serve` from start to stop: signals, the log, a second server, the change of user, the lab.

use rustix::process::{Signal, geteuid};

use super::support::Site;

const BODY: [&str; 5] = ["send", "--from", "anna@own.test", "--body", "x"];

fn send(site: &Site, to: &str) {
    let arguments: Vec<&str> = BODY.into_iter().chain(["--to", to]).collect();
    site.good(&arguments);
}

#[test]
fn a_hangup_reads_the_configuration_again_and_a_faulty_one_changes_nothing() {
    let site = Site::new("");
    let server = site.start();
    site.configure("[[route]]\nrecipient_domains = [\"*.later.test\"]\nto = \"hold\"\n");
    server.signal(Signal::HUP);
    server.wait_for("read again");
    send(&site, "bob@mail.later.test");
    server.wait_for("held");
    site.configure("[nonsense]\n");
    server.signal(Signal::HUP);
    server.wait_for("everything stays as it was");
    site.configure("");
    assert!(site.good(&["queue", "list"]).out.contains("bob@mail.later.test"));
    assert_eq!(server.stop(), 0);
}

#[test]
fn the_log_is_complete_when_the_server_has_stopped() {
    let site = Site::new("");
    let log = site.path("events.log");
    site.configure(&format!("[log]\nformat = \"json\"\nfile = \"{}\"\n", log.display()));
    let server = site.start();
    for number in 0..20 {
        send(&site, &format!("{number}@gone.test"));
    }
    assert_eq!(server.stop(), 0);
    let text = std::fs::read_to_string(&log).expect("the log");
    let events: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let count = |kind: &str| events.iter().filter(|event| event["event"] == kind).count();
    assert_eq!((count("accepted"), count("finished")), (20, 20), "{text}");
    let accepted = events.iter().find(|event| event["event"] == "accepted").expect("one");
    let id = &accepted["id"];
    assert!(events.iter().any(|event| event["event"] == "finished" && event["id"] == *id), "{text}");
    assert!(accepted["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{accepted}");
}

#[test]
fn held_mail_outlives_a_kill() {
    let site = Site::new("");
    let server = site.start();
    send(&site, "bob@held.test");
    let before = site.good(&["queue", "list", "--json"]).json();
    server.kill();
    let server = site.start();
    assert_eq!(site.good(&["queue", "list", "--json"]).json(), before);
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_second_server_is_refused_and_the_first_goes_on() {
    let site = Site::new("");
    let _server = site.start();
    let second = site.run(&["serve"]);
    assert_eq!(second.code, 1, "{second:?}");
    assert!(site.good(&["queue", "list"]).out.contains("Nothing waits."));
}

#[test]
fn a_self_signed_certificate_and_missing_keys_are_said() {
    let site = Site::new("");
    let server = site.start();
    let note = server.wait_for("self-signed + NOTE");
    assert!(note.contains("acme = \"letsencrypt\"") && note.contains("`certificate`"), "{note}");
    assert!(server.wait_for("NOTE").contains("postamt dkim new own.test"));
}

/// An older version kept one account with whichever authority it was.
#[test]
fn the_account_of_an_older_version_is_taken_over_or_it_is_said_that_it_is_left() {
    let site = Site::new("[tls]\nacme = \"https://127.0.0.1:9/dir\"\n");
    let tls = site.path("state/tls");
    std::fs::create_dir_all(&tls).expect("a folder");
    let old = tls.join("acme-account.json");
    let account =
        r#"{"id":"https://127.0.0.1:9/a/1","key_pkcs8":"AAAA","directory":"https://127.0.0.1:9/dir"}"#;
    std::fs::write(&old, account).expect("written");
    site.start().stop();
    let accounts = std::fs::read_dir(tls.join("acme-accounts")).expect("the folder of accounts");
    let [taken] = &accounts.map(|entry| entry.expect("read").path()).collect::<Vec<_>>()[..] else {
        panic!("not one account")
    };
    assert_eq!(std::fs::read_to_string(taken).expect("read"), account);
    assert!(!old.exists());

    std::fs::write(&old, "{}").expect("written");
    let server = site.start();
    let line = server.wait_for("is left there, and not used");
    assert!(line.contains("acme-account.json"), "{line}");
    assert_eq!(server.stop(), 0);
    assert!(old.exists());
}

/// Started by root with `server.user`, nothing of root is left but the right to bind low ports. Started by
/// anybody else, the setting asks for nothing.
#[test]
fn root_is_given_up() {
    let site = Site::new("");
    let text = std::fs::read_to_string(site.config()).expect("the configuration");
    std::fs::write(site.config(), text.replace("[server]\n", "[server]\nuser = \"nobody\"\n"))
        .expect("written");
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(site.directory.path(), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let server = site.start();
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).expect("its status");
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
        line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let nobody = std::fs::read_to_string("/etc/passwd").expect("users");
    let nobody = nobody.lines().find(|line| line.starts_with("nobody:")).expect("a user");
    let expected = if geteuid().is_root() {
        nobody.split(':').nth(2).expect("an id").to_owned()
    } else {
        geteuid().as_raw().to_string()
    };
    assert_eq!(field("Uid:"), vec![expected; 4]);
    if geteuid().is_root() {
        // CAP_NET_BIND_SERVICE is bit 10.
        assert_eq!(
            (field("CapEff:"), field("CapPrm:")),
            (vec!["0000000000000400".into()], vec!["0000000000000400".into()])
        );
        assert_eq!(field("NoNewPrivs:"), ["1"]);
    }
    // What root's commands make is the server's to read and write.
    site.good(&["account", "add", "anna@own.test", "--generate"]);
    send(&site, "bob@held.test");
    assert_eq!(server.stop(), 0);
}

#[test]
fn the_rehearsal_goes_as_expected() {
    let site = Site::new("");
    let ran = site.run(&["lab", "--once", "--json"]);
    if ran.code == 1 && ran.err.contains("sudo postamt lab") {
        // This system gives no namespaces to this user, and the command says what to do about it.
        return;
    }
    assert_eq!(ran.code, 0, "{ran:?}");
    let outcomes = ran.json();
    let outcomes = outcomes.as_array().expect("a list");
    assert!(outcomes.len() >= 10 && outcomes.iter().all(|outcome| outcome["as_expected"] == true), "{ran:?}");
}

#[test]
fn the_web_doors_answer_while_the_server_runs() {
    use std::io::{Read as _, Write as _};
    let site = Site::new("[web]\nhttp = [\"127.0.0.1:0\"]\nhttps = [\"127.0.0.1:0\"]\n");
    let server = site.start();
    server.wait_for("listening + purpose=https");
    let line = server.wait_for("listening + purpose=http");
    let address =
        line.split_once("address=").and_then(|(_, rest)| rest.split(' ').next()).expect("an address");
    let mut stream = std::net::TcpStream::connect(address).expect("connected");
    stream
        .write_all(
            b"GET /mail/config-v1.1.xml HTTP/1.1\r\nHost: autoconfig.own.test\r\nConnection: close\r\n\r\n",
        )
        .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("<hostname>mail.own.test</hostname>"),
        "{answer}"
    );
    assert_eq!(server.stop(), 0);

    let records = site.good(&["dns", "records", "--offline", "--format", "zone", "--address", "192.0.2.25"]);
    assert!(records.out.contains("mta-sts.own.test. 3600 IN CNAME mail.own.test."), "{records:?}");
    assert!(records.out.contains("autoconfig.own.test. 3600 IN CNAME mail.own.test."), "{records:?}");
}
