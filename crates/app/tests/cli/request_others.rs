//! `postamt port25 request --about ptr` and `--about delisting`, and their cases to the end, with a name server of the test's own:
//! what is missing is mended first, the letter is kept, and the running server sees by itself what was asked for.

use std::time::Duration;

use postamt_lab::zones::{Record, RecordKind, Zones};

use super::support::{Ran, Site, name_server};

const REVERSE: &str = "25.2.0.192.in-addr.arpa";

/// A site at 192.0.2.25 that asks these zones; nothing is remembered for long.
fn site(zones: &Zones) -> Site {
    let site = Site::new("[outgoing]\nipv6 = false\n[[source]]\naddress = \"192.0.2.25\"\n");
    let text = std::fs::read_to_string(site.config()).expect("the configuration");
    std::fs::write(site.config(), text.replace("127.0.0.1:9", &name_server(zones.clone()))).expect("written");
    site
}

fn zones() -> Zones {
    Zones::new(Duration::ZERO)
}

fn address(zones: &Zones, name: &str, address: &str) {
    zones.add(name, Record::Address(address.parse().expect("an address")));
}

fn ptr(site: &Site, more: &[&str]) -> Ran {
    site.good(&[&["port25", "request", "--about", "ptr"], more].concat())
}

#[test]
fn the_forward_record_comes_first_and_the_provider_decides() {
    let zones = zones();
    let site = site(&zones);
    let early = ptr(&site, &["--provider", "plusnet"]);
    assert!(early.out.contains("mail.own.test. IN A 192.0.2.25"), "{early:?}");
    assert!(early.out.contains("First let the name lead to the address"), "{early:?}");
    assert!(!early.out.contains("Dear Sir"), "{early:?}");
    let anyway = ptr(&site, &["--provider", "plusnet", "--anyway", "--no-case"]);
    assert!(anyway.out.contains("Dear Sir") && !anyway.out.contains("already leads to"), "{anyway:?}");

    address(&zones, "mail.own.test", "192.0.2.25");
    let german = ptr(&site, &["--provider", "plusnet", "--no-case", "--lang", "de"]);
    assert!(german.out.starts_with("Betreff: PTR-Eintrag für 192.0.2.25"), "{german:?}");
    assert!(german.out.contains("192.0.2.25: mail.own.test"), "{german:?}");
    assert!(german.out.contains("hat derzeit keinen PTR-Eintrag"), "{german:?}");
    // In a panel nobody is asked, and where it is not offered neither.
    let panel = ptr(&site, &["--provider", "hetzner-cloud", "--json"]).json();
    assert_eq!((&panel["advice"], &panel["letter"]), (&"panel".into(), &serde_json::Value::Null), "{panel}");
    assert!(panel["advice_text"].as_str().is_some_and(|text| text.contains("Hetzner Console")), "{panel}");
    assert_eq!(ptr(&site, &["--provider", "njalla", "--json"]).json()["advice"], "not_offered");
    let cases = site.good(&["port25", "case", "list", "--all", "--json"]).json();
    assert_eq!(cases, serde_json::json!([]), "no case without a letter");
}

/// Asked for, kept, sent, and seen by the server once it is there.
#[test]
fn a_case_about_a_ptr_record_is_confirmed_when_it_is_seen_to_lead_back() {
    let zones = zones();
    address(&zones, "mail.own.test", "192.0.2.25");
    zones.add(REVERSE, Record::Pointer("static.25.hoster.test".to_owned()));
    let site = site(&zones);
    let asked = ptr(&site, &["--provider", "plusnet", "--json"]).json();
    assert_eq!((&asked["case"]["id"], &asked["advice"]), (&"c1".into(), &"ask".into()), "{asked}");
    assert_eq!(asked["case"]["about"]["kind"], "ptr", "{asked}");
    assert_eq!(asked["case"]["about"]["wanted"][0]["name"], "mail.own.test", "{asked}");
    let again = ptr(&site, &["--provider", "plusnet"]);
    assert!(again.err.contains("The draft of case c1 is replaced"), "{again:?}");

    let server = site.start();
    // It is no matter of port 25: whoever wonders about that is not told of it.
    let status = site.good(&["port25", "status"]);
    assert!(!status.out.contains("c1"), "{status:?}");
    site.good(&["port25", "case", "sent", "c1", "--channel", "ticket", "--ticket", "4711"]);
    let granted = site.good(&["port25", "case", "answered", "c1", "granted"]);
    assert!(granted.out.contains("the PTR record has not been seen yet"), "{granted:?}");
    zones.remove(REVERSE);
    zones.add(REVERSE, Record::Pointer("mail.own.test".to_owned()));
    site.good(&["port25", "case", "note", "c1", "they say it is done"]);
    server.wait_for("case id=c1 + confirmed");
    server.wait_for("told + case c1");
    let shown = site.good(&["port25", "case", "show", "c1", "--lang", "de"]);
    assert!(shown.out.contains("Der PTR-Eintrag wurde gesehen"), "{shown:?}");
    assert!(!shown.out.contains("Port 25 wurde"), "{shown:?}");
    assert!(ptr(&site, &["--provider", "plusnet"]).out.contains("there is nothing to ask for"));

    // What is gone is asked for anew.
    zones.remove(REVERSE);
    site.good(&["port25", "case", "note", "c1", "the host was built anew"]);
    server.wait_for("case id=c2 + drafted");
    server.wait_for("told + case c2");
    let list = site.good(&["port25", "case", "list", "--all", "--json"]).json();
    assert_eq!((&list[0]["stage"], &list[1]["follows"]), (&"closed".into(), &"c1".into()), "{list}");
    assert_eq!(list[1]["about"]["wanted"][0]["name"], "mail.own.test", "{list}");
    let letter = list[1]["steps"][0]["texts"][0]["text"].as_str().expect("a letter");
    assert!(letter.contains("[4711]") && letter.contains("192.0.2.25: mail.own.test"), "{letter}");
    // A letter that says how it stands now takes the place of that draft.
    let again = ptr(&site, &["--provider", "plusnet"]);
    assert!(again.err.contains("The draft of case c2 is replaced"), "{again:?}");
}

/// What the provider wants to know may need another letter: it lies in the case beside the first.
#[test]
fn a_second_request_is_kept_while_the_provider_has_questions() {
    let zones = zones();
    address(&zones, "mail.own.test", "192.0.2.25");
    let site = site(&zones);
    let first = ptr(&site, &["--provider", "plusnet", "--json"]).json();
    assert_eq!(first["case"]["kept"], "opened", "{first}");
    site.good(&["port25", "case", "sent", "c1"]);
    let waits = ptr(&site, &["--provider", "plusnet", "--json"]).json();
    assert_eq!(waits["case"]["kept"], "on_its_way", "{waits}");
    site.good(&["port25", "case", "answered", "c1", "more", "--note", "Who are you?", "--ticket", "4711"]);
    let second = ptr(&site, &["--provider", "plusnet", "--name", "Kim Muster", "--json"]).json();
    assert_eq!((&second["case"]["id"], &second["case"]["kept"]), (&"c1".into(), &"added".into()), "{second}");
    assert_eq!((&second["case"]["stage"], &second["case"]["ticket"]), (&"more_asked".into(), &"4711".into()));
    let text = second["text"].as_str().expect("a letter");
    let shown = site.good(&["port25", "case", "show", "c1", "--json"]).json();
    let last = shown["steps"].as_array().and_then(|steps| steps.last()).expect("a step");
    assert_eq!((&last["event"], &last["texts"][0]["text"]), (&"drafted".into(), &text.into()), "{shown}");
    assert!(last["at"].as_u64() > Some(0), "{last}");
    for command in ["show", "export"] {
        let told = site.good(&["port25", "case", command, "c1"]);
        assert_eq!(told.out.matches("Kim Muster").count(), 1, "{told:?}");
        assert_eq!(told.out.matches("the letter was written").count(), 2, "{told:?}");
    }
    site.good(&["port25", "case", "sent", "c1"]);
}

/// The day of a look goes on over a restart.
#[test]
fn what_was_looked_at_is_not_looked_at_again_after_a_restart() {
    let zones = zones();
    address(&zones, "mail.own.test", "192.0.2.25");
    list(&zones, "zen.spamhaus.org");
    let listed = "25.2.0.192.zen.spamhaus.org";
    address(&zones, listed, "127.0.0.3");
    let site = site(&zones);
    ptr(&site, &["--provider", "plusnet"]);
    site.good(&["port25", "request", "--list", "spamhaus-zen"]);
    // Cases are looked at in their order: what is done in the second tells that the first had its turn.
    zones.remove(listed);
    let server = site.start();
    server.wait_for("case id=c2 + confirmed");
    let asked = zones.times_asked(REVERSE, RecordKind::Ptr);
    assert_eq!(server.stop(), 0);

    address(&zones, listed, "127.0.0.3");
    let server = site.start();
    site.good(&["port25", "case", "note", "c2", "it is there again"]);
    server.wait_for("case id=c3 + drafted");
    assert_eq!(zones.times_asked(REVERSE, RecordKind::Ptr), asked);
    let list = site.good(&["port25", "case", "list", "--json"]).json();
    let stages = (&list[0]["stage"], &list[1]["stage"], &list[1]["follows"]);
    assert_eq!(stages, (&"drafted".into(), &"drafted".into(), &"c2".into()), "{list}");
    zones.remove(listed);
    site.good(&["port25", "case", "note", "c1", "look again"]);
    server.wait_for("case id=c3 + confirmed");
    assert!(zones.times_asked(REVERSE, RecordKind::Ptr) > asked, "what happens in a case has it looked at");
}

/// Who the provider is, is asked where the configuration says.
#[test]
fn the_provider_is_looked_up_in_the_zone_of_the_configuration() {
    let zones = zones();
    let text = |name: &str, text: &str| zones.add(name, Record::Text(text.to_owned()));
    text("25.2.0.192.origin.asn.test", "24940 | 192.0.2.0/24 | DE | ripencc | 2001-01-01");
    text("AS24940.asn.test", "24940 | DE | ripencc | 2002-06-03 | HETZNER-AS, DE");
    let site = Site::new(
        "[outgoing]\nipv6 = false\n[[source]]\naddress = \"192.0.2.25\"\n\
         [port25]\nprobe = false\nasn_zone = \"asn.test\"\nrdap = \"https://rdap.test/\"\nwhois = \"whois.test\"\n",
    );
    let config = std::fs::read_to_string(site.config()).expect("the configuration");
    std::fs::write(site.config(), config.replace("127.0.0.1:9", &name_server(zones.clone())))
        .expect("written");
    let asked = ptr(&site, &["--no-case", "--json"]).json();
    let origin = &asked["provider"]["clues"]["addresses"][0]["origin"];
    assert_eq!(origin["asns"], serde_json::json!([24940]), "{asked}");
    assert_eq!(zones.times_asked("25.2.0.192.origin.asn.cymru.com", RecordKind::Txt), 0);
    assert_eq!(zones.times_asked("data.iana.org", RecordKind::A), 0);
    assert!(zones.times_asked("rdap.test", RecordKind::A) > 0);
    assert!(zones.times_asked("whois.test", RecordKind::A) > 0);
}

/// A draft waits for what its letter asks for: with another name it is another case.
#[test]
fn a_letter_about_another_name_or_address_is_not_laid_on_an_older_case() {
    let zones = zones();
    address(&zones, "mail.own.test", "192.0.2.25");
    address(&zones, "new.own.test", "192.0.2.25");
    let site = site(&zones);
    let first = ptr(&site, &["--provider", "plusnet", "--json"]).json();
    assert_eq!(first["case"]["id"], "c1", "{first}");
    let text = std::fs::read_to_string(site.config()).expect("the configuration");
    std::fs::write(site.config(), text.replace("mail.own.test", "new.own.test")).expect("written");
    let second = ptr(&site, &["--provider", "plusnet", "--json"]).json();
    assert_eq!(second["case"]["id"], "c2", "{second}");
    assert_eq!(second["case"]["about"]["wanted"][0]["name"], "new.own.test", "{second}");

    let mailbox = ["port25", "request", "--mailbox", "t-online", "--address", "198.51.100.9", "--json"];
    let asked = site.good(&mailbox).json();
    assert_eq!(asked["case"]["about"]["listed"], serde_json::json!(["198.51.100.9"]), "{asked}");
}

/// The zone of a list, which answers its test points.
fn list(zones: &Zones, zone: &str) {
    // What is not there below this name is denied, and not refused.
    zones.add(zone, Record::Text("a list".to_owned()));
    address(zones, &format!("2.0.0.127.{zone}"), "127.0.0.2");
}

#[test]
fn an_entry_is_told_asked_about_and_seen_to_be_gone() {
    let zones = zones();
    address(&zones, "mail.own.test", "192.0.2.25");
    list(&zones, "zen.spamhaus.org");
    list(&zones, "bl.spamcop.net");
    let (listed, spamcop) = ("25.2.0.192.zen.spamhaus.org", "25.2.0.192.bl.spamcop.net");
    address(&zones, listed, "127.0.0.3");
    address(&zones, spamcop, "127.0.0.2");
    let site = site(&zones);

    let all = site.good(&["port25", "request", "--about", "delisting"]);
    assert!(all.out.contains("Spamhaus ZEN") && all.out.contains("--list spamhaus-zen"), "{all:?}");
    assert!(all.out.contains("SpamCop") && !all.out.contains("--list spamcop"), "{all:?}");
    // The others do not answer their test points here.
    assert!(all.err.contains("Passive Spam Block List"), "{all:?}");
    let json = site.good(&["port25", "request", "--about", "delisting", "--json"]).json();
    let zen = json.as_array().expect("lists").iter().find(|it| it["id"] == "spamhaus-zen").expect("ZEN");
    assert_eq!(zen["listings"][0]["said"]["listed"][0]["code"], "127.0.0.3", "{zen}");

    // What ends by itself is not asked about.
    let spamcop = site.good(&["port25", "request", "--list", "bl.spamcop.net"]);
    assert!(spamcop.out.contains("Do not ask") && !spamcop.out.contains("Dear Sir"), "{spamcop:?}");

    let ran = site.good(&["port25", "request", "--list", "spamhaus-zen", "--name", "Kim Muster"]);
    assert!(ran.out.contains("answered 127.0.0.3 for 192.0.2.25"), "{ran:?}");
    assert!(ran.err.contains("case sent c1 --channel form"), "{ran:?}");
    let case = site.good(&["port25", "case", "show", "c1", "--json"]).json();
    assert_eq!(
        (&case["about"]["kind"], &case["about"]["list"]),
        (&"delisting".into(), &"spamhaus-zen".into())
    );
    assert_eq!(case["about"]["listed"], serde_json::json!(["192.0.2.25"]), "{case}");

    let server = site.start();
    site.good(&["port25", "case", "sent", "c1", "--channel", "form"]);
    // A list that refuses says nothing; its entry that is gone says all.
    zones.remove(listed);
    site.good(&["port25", "case", "note", "c1", "the page says: removed"]);
    server.wait_for("case id=c1 + confirmed");
    let none = site.good(&["port25", "request", "--list", "spamhaus-zen", "--lang", "de"]);
    assert!(none.out.contains("192.0.2.25 steht nicht auf der Liste"), "{none:?}");
    assert!(none.err.contains("--anyway"), "{none:?}");
}

#[test]
fn a_mailbox_provider_is_asked_by_its_own_way() {
    let zones = zones();
    let site = site(&zones);
    let ran = site.good(&["port25", "request", "--mailbox", "t-online.de", "--lang", "de", "--json"]).json();
    let guide = ran["guide"].as_str().expect("a guide");
    for part in ["tosa@rx.t-online.de", "postmaster@rx.t-online.de", "toda@rx.t-online.de", "Impressum"] {
        assert!(guide.contains(part), "{part}: {guide}");
    }
    // No refusal was seen: the letter claims none, and leaves a blank.
    assert!(ran["text"].as_str().is_some_and(|text| text.contains("[die Ablehnung im Wortlaut")), "{ran}");
    assert_eq!(ran["case"]["about"]["mailbox"], "t-online", "{ran}");
    let gmail = site.good(&["port25", "request", "--mailbox", "gmail"]);
    assert!(gmail.out.contains("wait, and do not ask") && gmail.err.contains("no letter"), "{gmail:?}");
    for (arguments, part) in [
        (&["--mailbox", "nonsense"][..], "There is no mailbox provider"),
        (&["--list", "nonsense"], "There is no blocklist"),
        (&["--about", "ptr", "--list", "psbl"], "belong to `--about delisting`"),
    ] {
        let none = site.run(&[&["port25", "request"], arguments].concat());
        assert!(none.code == 1 && none.err.contains(part), "{none:?}");
    }
}
