//! `postamt doctor send-test`: by the running server and without one, against scripted receivers on this machine.

use std::time::Duration;

use postamt_lab::zones::{Record, Zones};

use super::support::{Site, name_server, scripted};

/// A site whose direct mail goes to this port; `far.test` has its mail host on this machine.
fn site(port: u16, more: &str) -> Site {
    let zones = Zones::new(Duration::from_secs(60));
    zones.add("far.test", Record::Mx { preference: 10, exchange: "mx.far.test".to_owned() });
    zones.add_host("mx.far.test", "127.0.0.1".parse().expect("an address"));
    zones.add("quiet.test", Record::Mx { preference: 0, exchange: String::new() });
    let direct = "[[route]]\nrecipient_domains = [\"far.test\", \"quiet.test\"]\nto = \"direct\"\n";
    let site = Site::new(&format!("{more}{direct}[outgoing]\nport = {port}\nipv6 = false\n"));
    let text = std::fs::read_to_string(site.config()).expect("the configuration");
    std::fs::write(site.config(), text.replace("127.0.0.1:9", &name_server(zones))).expect("written");
    site
}

const STEPS: [&str; 8] = [
    "send.route",
    "send.hosts",
    "send.connected",
    "send.greeting",
    "send.offers",
    "send.mail",
    "send.recipient",
    "send.done",
];

fn ids(report: &serde_json::Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("a list");
    findings.iter().filter_map(|it| it["id"].as_str()).map(str::to_owned).collect()
}

#[test]
fn every_step_is_told_with_and_without_a_server_and_no_message_is_begun() {
    let (port, heard) = scripted(|_| None);
    let site = site(port, "");
    let arguments = ["doctor", "send-test", "bob@far.test", "--from", "alice@own.test", "--json"];
    let alone = site.good(&arguments).json();
    let server = site.start();
    let by_server = site.good(&arguments).json();
    assert_eq!(server.stop(), 0);
    for report in [&alone, &by_server] {
        assert_eq!(report["subject"], "bob@far.test");
        let ids = ids(report);
        for step in STEPS {
            assert!(ids.iter().any(|id| id == step), "{step}: {ids:?}");
        }
    }
    let heard = heard.lock().expect("not poisoned");
    let count = |words: &str| heard.iter().filter(|line| line.starts_with(words)).count();
    assert_eq!(count("MAIL FROM:<alice@own.test>"), 2, "{heard:?}");
    assert_eq!((count("RCPT TO:<bob@far.test>"), count("RSET"), count("QUIT")), (2, 2, 2), "{heard:?}");
    assert_eq!(count("DATA") + count("BDAT"), 0, "{heard:?}");
}

#[test]
fn steps_stand_in_their_order_in_both_languages() {
    let (port, _heard) = scripted(|_| None);
    let site = site(port, "");
    let english = site.good(&["doctor", "send-test", "bob@far.test"]).out;
    let places: Vec<usize> =
        STEPS.iter().map(|step| english.find(step).unwrap_or_else(|| panic!("{step}: {english}"))).collect();
    assert!(places.is_sorted(), "{english}");
    assert!(english.contains("nothing was sent"), "{english}");
    let german = site.good(&["doctor", "send-test", "bob@far.test", "--lang", "de"]).out;
    assert!(german.contains("Es wurde nichts gesendet"), "{german}");
}

#[test]
fn a_refusal_is_explained() {
    let listed = "554 5.7.1 Client host [127.0.0.1] blocked using zen.spamhaus.org";
    let (port, _heard) = scripted(move |line| line.starts_with("RCPT").then_some(listed));
    let site = site(port, "");
    let refused = site.run(&["doctor", "send-test", "bob@far.test"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    for part in [listed, "stands on a blocklist", "https://check.spamhaus.org/"] {
        assert!(refused.out.contains(part), "{part}: {refused:?}");
    }
}

#[test]
fn what_leads_nowhere_is_said() {
    let free =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let site = site(free, "");
    let nobody = site.run(&["doctor", "send-test", "bob@far.test", "--json"]);
    assert_eq!(nobody.code, 1, "{nobody:?}");
    let found = ids(&nobody.json());
    assert!(
        found.iter().any(|id| id == "send.not-connected")
            && found.iter().any(|id| id == "send.no-connection")
    );
    let null = site.run(&["doctor", "send-test", "bob@quiet.test"]);
    assert_eq!((null.code, null.out.contains("null MX")), (1, true), "{null:?}");
    let held = site.good(&["doctor", "send-test", "bob@held.test"]);
    assert!(held.out.contains("send.held"), "{held:?}");
    let nonsense = site.run(&["doctor", "send-test", "nobody"]);
    assert_eq!(nonsense.code, 2, "{nonsense:?}");
}
