//! `queue …`: what waits, why, and moving it.

use super::support::Site;

fn send(site: &Site, to: &str) {
    let ran = site.good(&[
        "send",
        "--from",
        "anna@own.test",
        "--to",
        to,
        "--subject",
        "Grüße",
        "--body",
        "Hallo\n.\nBob",
    ]);
    assert!(ran.out.contains("queued as"), "{ran:?}");
}

#[test]
fn without_a_server_it_says_so() {
    let site = Site::new("");
    let ran = site.run(&["queue", "list"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("postamt serve"), "{ran:?}");
}

#[test]
fn held_mail_is_listed_explained_shown_released_and_found() {
    let site = Site::new("");
    let server = site.start();
    assert!(site.good(&["queue", "list"]).out.contains("Nothing waits."));
    send(&site, "bob@held.test");

    let list = site.good(&["queue", "list", "--json"]).json();
    let id = list[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        (&list[0]["state"], &list[0]["recipients"][0]["address"]),
        (&"held".into(), &"bob@held.test".into())
    );
    let text = site.good(&["queue", "list"]).out;
    assert!(text.contains(&id) && text.contains("One message waits"), "{text}");

    let why = site.good(&["queue", "why", &id]).out;
    assert!(why.contains("anna@own.test") && why.contains(&format!("postamt queue release {id}")), "{why}");
    let german = site.good(&["--lang", "de", "queue", "why", &id]).out;
    assert!(german.contains("angehalten"), "{german}");

    let shown = site.good(&["queue", "show", &id]);
    assert!(
        shown.out.contains("Subject: =?UTF-8?B?R3LDvMOfZQ==?=") && shown.out.contains("\r\n.\r\nBob"),
        "{shown:?}"
    );
    assert!(shown.err.contains("bob@held.test"), "the envelope is beside the message: {shown:?}");

    // Tried it is not while it is held; released it goes on, to where the next rule sends it.
    assert!(site.good(&["queue", "release", &id]).out.contains("goes on"));
    server.wait_for(&format!("finished + {id}"));
    assert!(site.good(&["queue", "list"]).out.contains("Nothing waits."));
    let why = site.good(&["queue", "why", &id]).out;
    assert!(why.contains("Nothing of it waits any more"), "{why}");
    let found = site.good(&["queue", "find", "--recipient", "HELD.test", "--json"]).json();
    assert_eq!(found[0]["queue_id"], id.as_str());
    assert!(site.good(&["queue", "find", "--sender", "nobody"]).out.contains("Nothing was found"));
    assert_eq!(server.stop(), 0);
}

#[test]
fn many_are_chosen_by_domain_sender_and_all() {
    let site = Site::new("");
    let server = site.start();
    for to in ["a@held.test", "b@held.test", "c@gone.test"] {
        send(&site, to);
    }
    assert!(site.good(&["queue", "cancel", "--domain", "gone.test"]).out.contains("0 messages"));
    let cancelled = site.good(&["queue", "cancel", "--sender", "anna@own.test", "--json"]).json();
    assert_eq!(cancelled["messages"], 2);
    let found = site.good(&["queue", "find", "--recipient", "a@held.test", "--json"]).json();
    let why = site.good(&["queue", "why", found[0]["queue_id"].as_str().expect("an id")]).out;
    assert!(why.contains(": a@held.test: dropped by an operator\n"), "{why}");
    send(&site, "d@held.test");
    assert!(site.good(&["queue", "retry", "--all"]).out.contains("One message"));
    assert!(site.good(&["queue", "list"]).out.contains("d@held.test"), "a held message stays held");
    assert!(site.good(&["queue", "cancel", "--all"]).out.contains("One message was dropped"));
    let status = site.good(&["queue", "status", "--json"]).json();
    assert_eq!((&status["figures"]["accepted"], &status["figures"]["messages"]), (&4.into(), &0.into()));
    assert!(site.good(&["queue", "status"]).out.contains("4 messages accepted"));
    assert_eq!(server.stop(), 0);
}

#[test]
fn slips_of_the_pen_are_said() {
    let site = Site::new("");
    let _server = site.start();
    let bad = site.run(&["queue", "why", "short"]);
    assert_eq!((bad.code, bad.err.contains("13 letters and digits")), (1, true), "{bad:?}");
    let unknown = site.run(&["queue", "why", "0000000000000"]);
    assert_eq!((unknown.code, unknown.err.contains("No message 0000000000000")), (1, true), "{unknown:?}");
    let none = site.run(&["queue", "hold", "0000000000000"]);
    assert_eq!((none.code, none.err.contains("None of these")), (1, true), "{none:?}");
    let domain = site.run(&["queue", "hold", "--domain", "no domain"]);
    assert_eq!((domain.code, domain.err.contains("not a domain")), (1, true), "{domain:?}");
    assert_eq!(site.run(&["queue", "hold"]).code, 2, "nothing chosen");
    assert_eq!(site.run(&["queue", "hold", "--all", "--domain", "x.test"]).code, 2, "two choices");
}
