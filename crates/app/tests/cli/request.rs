//! `postamt port25 request`: the letter on stdout, everything for the user on stderr. Nothing but loopback is asked: the name
//! server and the list of targets are the test's own.

use std::time::Duration;

use postamt_lab::zones::{Record, Zones};

use super::port25::targets;
use super::support::{Ran, Site, name_server};

/// A site at 192.0.2.25 with its names in DNS; `spf` is what its domain and its name say of senders.
fn site(spf: Option<&str>) -> Site {
    let zones = Zones::new(Duration::from_secs(60));
    let address = "192.0.2.25".parse().expect("an address");
    zones.add_host("mail.own.test", address);
    zones.add("25.2.0.192.in-addr.arpa", Record::Pointer("mail.own.test".to_owned()));
    for name in ["own.test", "mail.own.test"] {
        if let Some(spf) = spf {
            zones.add(name, Record::Text(spf.to_owned()));
        }
    }
    zones.add("_dmarc.own.test", Record::Text("v=DMARC1; p=quarantine".to_owned()));
    let direct = "[[route]]\nrecipient_domains = [\"far.test\"]\nto = \"direct\"\n";
    let site =
        Site::new(&format!("{direct}[outgoing]\nipv6 = false\n[[source]]\naddress = \"192.0.2.25\"\n"));
    let text = std::fs::read_to_string(site.config()).expect("the configuration");
    std::fs::write(site.config(), text.replace("127.0.0.1:9", &name_server(zones))).expect("written");
    site
}

fn request(site: &Site, more: &[&str]) -> Ran {
    let targets = targets(site);
    site.good(&[&["port25", "request", "--targets", &targets], more].concat())
}

const GOOD: &str = "v=spf1 ip4:192.0.2.25 -all";

#[test]
fn the_letter_says_what_was_seen_and_the_user_is_told_the_rest() {
    let site = site(Some(GOOD));
    let ran = request(&site, &["--provider", "hetzner-cloud", "--name", "Kim Muster", "--lang", "de"]);
    assert!(ran.out.starts_with("Betreff: Bitte um Freischaltung von Port 25"), "{ran:?}");
    for said in [
        "für die Domain own.test",
        "192.0.2.25 (mail.own.test)",
        "Für mail.own.test und own.test sind SPF-Einträge veröffentlicht",
        "Für own.test ist eine DMARC-Richtlinie",
        "Mit freundlichen Grüßen\nKim Muster\nKundennummer: [",
        "25.2.0.192.in-addr.arpa. IN PTR mail.own.test.",
    ] {
        assert!(ran.out.contains(said), "{said}: {ran:?}");
    }
    // There is no key, no server, no history, and no verdict on port 25.
    for unsaid in ["DKIM signiert", "offenes Relay:", "in den vergangenen", "erreichen ausgehende"] {
        assert!(!ran.out.contains(unsaid), "{unsaid}: {ran:?}");
    }
    for told in [
        "Worauf Anbieter achten:",
        "Hetzner Cloud: Port 25 wird auf Anfrage geöffnet",
        "Wenn Sie den Brief abschicken, sagen Sie zu:\n",
        "  - Ihre Nutzungsbedingungen halte ich ein.",
        "  - DKIM",
        "postamt dkim new own.test",
        "Kunden- oder Vertragsnummer",
    ] {
        assert!(ran.err.contains(told), "{told}: {ran:?}");
    }
}

#[test]
fn what_fails_is_not_said_and_comes_with_its_remedy() {
    let site = site(Some("v=spf1 -all"));
    let ran = request(&site, &["--provider", "hetzner-cloud"]);
    assert!(!ran.out.contains("SPF record"), "{ran:?}");
    assert!(
        ran.err.contains("First mend what could make the provider refuse") && ran.err.contains("SPF"),
        "{ran:?}"
    );
    let json = request(&site, &["--provider", "hetzner-cloud", "--json"]).json();
    let promised = json["letter"]["promised"].to_string();
    assert!(promised.contains("terms of service") && promised.contains("unsolicited"), "{promised}");
    let left_out = json["letter"]["left_out"].as_array().expect("a list");
    let spf = left_out.iter().find(|it| it["id"] == "spf").expect("SPF is left out");
    assert_eq!(spf["because"][0]["state"], "missing", "{spf}");
    assert!(spf["because"][0]["remedy"].to_string().contains("v=spf1"), "{spf}");
    let claims = json["letter"]["claims"].as_array().expect("a list");
    let reverse = claims.iter().find(|it| it["id"] == "reverse").expect("the PTR record is claimed");
    assert_eq!(reverse["backed_by"][0]["id"], "ptr.confirmed", "{reverse}");
    assert!(reverse["backed_by"][0]["at"].as_u64() > Some(0), "{reverse}");
    assert_eq!(json["score"][0]["state"], "ok", "{json}");
}

#[test]
fn the_policy_decides_whether_there_is_a_letter() {
    let site = site(Some(GOOD));
    let never = request(&site, &["--provider", "digitalocean"]);
    assert!(never.out.starts_with("DigitalOcean Droplets: port 25 is not opened"), "{never:?}");
    assert!(!never.out.contains("Dear Sir") && !never.err.contains("you promise"), "{never:?}");
    let anyway = request(&site, &["--provider", "digitalocean", "--anyway", "--to", "text"]);
    assert!(anyway.out.starts_with("Dear Sir or Madam,"), "{anyway:?}");
    let switch = request(&site, &["--provider", "netcup", "--json"]).json();
    assert_eq!(
        (&switch["advice"], &switch["letter"]),
        (&"switch".into(), &serde_json::Value::Null),
        "{switch}"
    );
    let open = request(&site, &["--provider", "zen-internet", "--lang", "de"]);
    assert!(open.out.contains("es gibt nichts zu beantragen"), "{open:?}");
}

#[test]
fn an_application_fills_a_form_in_the_users_words() {
    let site = site(Some(GOOD));
    let ran = request(
        &site,
        &[
            "--provider",
            "aws-ec2",
            "--to",
            "form",
            "--purpose",
            "application",
            "--describe",
            "Invoices",
            "--volume",
            "20 a day",
        ],
    );
    assert!(
        ran.out.contains("[Use case]\nInvoices\n") && ran.out.contains("[Region]\n[please fill in]"),
        "{ran:?}"
    );
    assert!(
        ran.out.contains("runs an application") && ran.out.contains("Expected volume: 20 a day."),
        "{ran:?}"
    );
    assert!(!ran.out.contains("authenticate over"), "{ran:?}");
}

/// The letter of the newest draft, and how many steps there are.
fn kept(site: &Site, id: &str) -> (String, usize) {
    let case = site.good(&["port25", "case", "show", id, "--json"]).json();
    let steps = case["steps"].as_array().expect("steps").clone();
    let last = steps.last().expect("a step");
    (last["texts"][0]["text"].as_str().unwrap_or_default().to_owned(), steps.len())
}

#[test]
fn the_letter_is_kept_in_a_case_which_the_next_letter_updates() {
    let site = site(Some(GOOD));
    let first = request(&site, &["--provider", "hetzner-cloud", "--name", "Kim Muster", "--to", "form"]);
    let next = "postamt port25 case sent c1 --channel form --ticket NUMBER";
    assert!(first.err.contains("Case c1 is opened") && first.err.contains(next), "{first:?}");
    let (letter, steps) = kept(&site, "c1");
    assert_eq!((letter.trim_end(), steps), (first.out.trim_end(), 1), "what is kept is what was printed");

    // The same provider and ways: the draft is replaced, and nothing is forgotten.
    let second = request(&site, &["--provider", "hetzner-cloud", "--name", "Jo Beispiel", "--lang", "de"]);
    assert!(second.err.contains("Der Entwurf im Vorgang c1 ist durch diesen Brief ersetzt"), "{second:?}");
    let (letter, steps) = kept(&site, "c1");
    assert!(letter.contains("Jo Beispiel") && letter.starts_with("Betreff:"), "{letter}");
    assert_eq!(steps, 2);

    // Another provider is another case, and for printing alone there is none.
    let third = request(&site, &["--provider", "aws-ec2", "--json"]).json();
    assert_eq!((&third["case"]["id"], &third["case"]["kept"]), (&"c2".into(), &"opened".into()), "{third}");
    assert_eq!(third["case"]["stage"], "drafted", "{third}");
    let none = request(&site, &["--provider", "linode", "--no-case", "--json"]).json();
    assert!(
        none["case"].is_null() && none["no_case_because"].is_null() && none["text"].is_string(),
        "{none}"
    );
    assert!(!request(&site, &["--provider", "linode", "--no-case"]).err.contains("ase c3"));

    // What was sent stays as it was sent.
    site.good(&["port25", "case", "sent", "c1"]);
    let after = request(&site, &["--provider", "hetzner-cloud"]);
    assert!(after.err.contains("case c1 is open already: sent;"), "{after:?}");
    assert_eq!(kept(&site, "c1").1, 3);
    let list = site.good(&["port25", "case", "list", "--all", "--json"]).json();
    assert_eq!(list.as_array().map(Vec::len), Some(2), "{list}");
}

#[test]
fn without_a_place_to_keep_it_the_letter_is_printed_all_the_same() {
    let site = site(Some(GOOD));
    // Not even root makes a directory where a file lies.
    std::fs::write(site.path("state"), "").expect("written");
    let ran = request(&site, &["--provider", "hetzner-cloud"]);
    assert!(ran.out.starts_with("Subject: ") && ran.out.contains("192.0.2.25"), "{ran:?}");
    assert!(ran.err.contains("No case was opened, the letter is only printed: "), "{ran:?}");
    assert!(ran.err.contains(&site.path("state").display().to_string()), "{ran:?}");
    let json = request(&site, &["--provider", "hetzner-cloud", "--json"]).json();
    assert!(json["case"].is_null() && json["text"].is_string(), "{json}");
    assert!(json["no_case_because"].as_str().is_some_and(|why| !why.is_empty()), "{json}");
}
