//! `postamt doctor message`: from a file and from stdin, as text, JSON and a page, with the doctor's exit codes.

use std::time::Duration;

use postamt_lab::zones::{Record, Zones};

use super::support::{Site, name_server};

const LUNCH: &str =
    "From: alice@own.test\nTo: bob@far.test\nSubject: Lunch\nMessage-ID: <1@own.test>\n\nNoon?\n";

/// A site whose domain permits 192.0.2.25 and has a policy.
fn site() -> Site {
    let zones = Zones::new(Duration::from_secs(60));
    zones.add("own.test", Record::Text("v=spf1 ip4:192.0.2.25 -all".to_owned()));
    zones.add("_dmarc.own.test", Record::Text("v=DMARC1; p=quarantine".to_owned()));
    let site = Site::new("");
    let text = std::fs::read_to_string(site.config()).expect("the configuration");
    std::fs::write(site.config(), text.replace("127.0.0.1:9", &name_server(zones))).expect("written");
    site
}

#[test]
fn a_message_is_judged_from_file_and_stdin() {
    let site = site();
    let file = site.path("lunch.eml").display().to_string();
    std::fs::write(&file, LUNCH).expect("written");
    let ran = site.run(&["doctor", "message", &file, "--from-address", "192.0.2.25", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let report = ran.json();
    assert_eq!(report["subject"], "lunch.eml");
    let ids: Vec<&str> =
        report["findings"].as_array().expect("a list").iter().filter_map(|it| it["id"].as_str()).collect();
    for id in ["message.date-missing", "message.unsigned", "message.spf-good", "message.dmarc-good"] {
        assert!(ids.contains(&id), "{id}: {ids:?}");
    }
    let arguments = ["doctor", "message", "-", "--from-address", "192.0.2.99", "--lang", "de"];
    let german = site.run_with(&arguments, LUNCH);
    assert_eq!(german.code, 1, "{german:?}");
    assert!(german.out.contains("own.test erlaubt 192.0.2.99 (von Ihnen genannt) nicht"), "{german:?}");
    let page = site.path("page.html").display().to_string();
    let ran = site.run(&["doctor", "message", &file, "--html", &page]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let page = std::fs::read_to_string(page).expect("written");
    assert!(page.contains("There is no Date.") && page.contains("Das Feld Date fehlt."));
}

#[test]
fn what_cannot_be_judged_is_two() {
    let site = site();
    let gone = site.run(&["doctor", "message", "/nowhere/x.eml"]);
    assert_eq!((gone.code, gone.err.contains("/nowhere/x.eml cannot be read")), (2, true), "{gone:?}");
    let empty = site.run_with(&["doctor", "message", "-"], "");
    assert_eq!(empty.code, 2, "{empty:?}");
    let wrong = site.run_with(&["doctor", "message", "-", "--rspamd", "ftp://x.test"], LUNCH);
    assert_eq!((wrong.code, wrong.err.contains("no address of an Rspamd")), (2, true), "{wrong:?}");
    let silent = site.run_with(&["doctor", "message", "-", "--rspamd", "http://127.0.0.1:9"], LUNCH);
    assert_eq!((silent.code, silent.out.contains("gave no answer")), (1, true), "{silent:?}");
}
