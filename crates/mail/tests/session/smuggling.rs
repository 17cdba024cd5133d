//! Ends of data that are none (data/smuggling): a message with one of them in it is one message, which is refused
//! as a whole, and the commands hidden behind it are never read. And the forms of relay tests: what the session
//! itself refuses, and what it leaves to the driver.

use std::collections::BTreeSet;

use crate::support::{Host, profile};
use postamt_mail::address::Host as AddressHost;
use postamt_mail::server::{Security, Violation};
use serde_json::Value;

const ENDINGS: &str = include_str!("../data/smuggling/smuggling_eod.json");
const FORMS: &str = include_str!("../data/smuggling/relay_forms_nmap.json");

/// What an attacker hides in the first message.
const HIDDEN: &str =
    "MAIL FROM:<ceo@example.test>\r\nRCPT TO:<victim@example.test>\r\nDATA\r\nSubject: two\r\n\r\nhidden";

fn endings() -> BTreeSet<String> {
    let lists: Value = serde_json::from_str(ENDINGS).expect("JSON");
    let lists = lists.as_object().expect("an object of lists");
    lists
        .values()
        .flat_map(|list| match list {
            Value::Object(named) => named.values().cloned().collect::<Vec<_>>(),
            Value::Array(values) => values.clone(),
            other => panic!("{other}"),
        })
        .map(|ending| ending.as_str().expect("a string").to_owned())
        .collect()
}

fn opened() -> Host {
    let mut host = Host::new(profile(), Security::Clear);
    host.send(b"EHLO client.test\r\nMAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.test>\r\n");
    host.output.clear();
    host.violations.clear();
    host.steps.clear();
    host
}

fn check_refused(host: &mut Host, ending: &str) {
    let replies = host.replies();
    assert_eq!(replies.len(), 1, "{ending:?}: {replies:?}");
    assert!(replies[0].starts_with("550 5.6.0"), "{ending:?}: {replies:?}");
    assert!(host.messages.is_empty(), "{ending:?}");
    assert!(host.steps.is_empty(), "{ending:?}: {:?}", host.steps);
    let expected = if ending.contains('\0') { Violation::NulOctet } else { Violation::BareLineEndingInData };
    assert_eq!(host.violations, [expected], "{ending:?}");
    assert!(host.command("NOOP").starts_with("250"), "the session goes on");
}

#[test]
fn twelve_endings_do_not_end_data() {
    let endings = endings();
    assert_eq!(endings.len(), 12);
    for ending in endings {
        let mut host = opened();
        assert!(host.command("DATA").starts_with("354"));
        host.send(format!("Subject: one\r\n\r\ntext{ending}{HIDDEN}").as_bytes());
        assert_eq!(host.replies(), Vec::<String>::new(), "{ending:?}: not ended");
        host.send(b"\r\n.\r\n");
        check_refused(&mut host, &ending);
    }
}

#[test]
fn twelve_endings_octet_by_octet() {
    for ending in endings() {
        let mut host = opened();
        assert!(host.command("DATA").starts_with("354"));
        for octet in format!("Subject: one\r\n\r\ntext{ending}{HIDDEN}\r\n.\r\n").as_bytes() {
            host.send(&[*octet]);
        }
        check_refused(&mut host, &ending);
    }
}

#[test]
fn twelve_endings_are_refused_in_chunks() {
    for ending in endings() {
        let mut host = opened();
        let content = format!("Subject: one\r\n\r\ntext{ending}{HIDDEN}\r\n");
        host.send(format!("BDAT {} LAST\r\n{content}", content.len()).as_bytes());
        check_refused(&mut host, &ending);
    }
}

#[test]
fn forms_of_relay_tests() {
    let forms: Vec<Value> = serde_json::from_str(FORMS).expect("JSON");
    assert_eq!(forms.len(), 16);
    let mut refused = Vec::new();
    for (number, form) in forms.iter().enumerate() {
        let fill = |field: &str| {
            form[field]
                .as_str()
                .expect("a form")
                .replace("{to}", "victim")
                .replace("{from}", "antispam")
                .replace("{domain}", "elsewhere.test")
                .replace("{srvname}", "mail.example.test")
                .replace("{ip}", "192.0.2.1")
        };
        let mut host = Host::new(profile(), Security::Clear);
        host.send(b"EHLO client.test\r\n");
        assert!(host.command(&format!("MAIL FROM:<{}>", fill("mail_from"))).starts_with("250"));
        let recipient = fill("rcpt_to");
        if host.command(&format!("RCPT TO:<{recipient}>")).starts_with("501") {
            refused.push(number);
            continue;
        }
        // What the driver is asked names the host that would get it, so that it can refuse to relay.
        host.send(b"DATA\r\n.\r\n");
        let address = &host.messages[0].envelope.recipients[0].address;
        let behind = recipient.rsplit('@').next().expect("an @");
        assert_eq!(address.host().to_string(), behind, "{recipient}");
        assert!(matches!(address.host(), AddressHost::Domain(_)) != behind.starts_with('['));
    }
    // A quoted local part without a domain, two @, source routes, a bang path without a domain.
    assert_eq!(refused, [6, 7, 8, 10, 11, 12, 13]);
}
