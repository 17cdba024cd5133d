//! Messages with one fault each, against a name server on loopback; a signed one, lists of domains, a scanner.

use std::sync::Arc;
use std::time::Duration;

use postamt_lab::zones::{DnsServer, Misbehaviour, Record, StaticResolver, Zones};
use postamt_mail::address::Domain;
use postamt_mail::date;
use postamt_mail::words::{Language, words};
use postamt_mailauth::dkim::{Algorithm, SignOptions, SignProfile, SigningKey, generate, sign};
use postamt_net::clock::SystemClock;
use postamt_net::dial::SystemDialer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::blocklists;
use crate::checks::{Severity, report, text};

const LISTS: &str = include_str!("../../tests/worlds/blocklists.toml");

/// A message without fault: header lines, an empty line, the text.
fn healthy() -> String {
    let now = date::rfc5322(SystemClock.unix_seconds());
    format!(
        "From: Alice <alice@sender.test>\r\nTo: bob@receiver.test\r\nSubject: Lunch\r\nDate: {now}\r\n\
         Message-ID: <1@sender.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 7bit\r\n\r\nSee https://www.sender.test/menu today.\r\n"
    )
}

fn key() -> Arc<SigningKey> {
    let pem = generate(Algorithm::ALL[0], 2048).unwrap();
    let key = SigningKey::from_pem(Domain::new("sender.test").unwrap(), "s1", pem.as_bytes());
    Arc::new(key.unwrap())
}

fn signed(message: &str, key: &Arc<SigningKey>) -> Vec<u8> {
    let options = SignOptions {
        timestamp: SystemClock.unix_seconds(),
        expire_after: None,
        profile: Arc::new(SignProfile::default()),
    };
    let content = bytes::Bytes::copy_from_slice(message.as_bytes());
    let fields = sign(std::slice::from_ref(key), &[content], &options).unwrap();
    [&fields[..], message.as_bytes()].concat()
}

struct World {
    _server: DnsServer,
    zones: Zones,
    eyes: Eyes,
}

async fn world(key: Option<&SigningKey>) -> World {
    let zones = Zones::new(Duration::from_secs(60));
    let text = |name: &str, text: &str| zones.add(name, Record::Text(text.to_owned()));
    text("sender.test", "v=spf1 ip4:192.0.2.25 -all");
    text("_dmarc.sender.test", "v=DMARC1; p=reject");
    if let Some(key) = key {
        text(&key.record_name(), &key.public_record());
    }
    let listed = |name: &str| zones.add(name, Record::Address("127.0.1.2".parse().unwrap()));
    listed("listed.names.lists.example");
    listed("bad.test.names.lists.example");
    let server = DnsServer::start("127.0.0.1:0".parse().unwrap(), zones.clone()).await.unwrap();
    let eyes = Eyes {
        resolver: Arc::new(StaticResolver::new(zones.clone())),
        dialer: Arc::new(SystemDialer),
        verifier: Verifier::new(&[server.address()]).unwrap(),
        clock: Arc::new(SystemClock),
        blocklists: Arc::new(blocklists::parse(LISTS).unwrap()),
    };
    World { _server: server, zones, eyes }
}

fn travel() -> Travel {
    let client = Some("192.0.2.25".parse().unwrap());
    Travel { client, greeting: "mail.sender.test".to_owned(), ..Travel::default() }
}

/// What is not fine, sorted; speaks both languages.
fn cries(report: &Report) -> Vec<&'static str> {
    let findings = report.findings();
    for finding in &findings {
        let told = Language::ALL.map(|language| report::tell(finding, report.at, words(language)).text);
        assert_ne!(told[0], told[1], "{}", finding.kind.id);
    }
    let bad = findings.iter().filter(|finding| finding.severity != Severity::Ok);
    let mut ids: Vec<&str> = bad.map(|finding| finding.kind.id.trim_start_matches("message.")).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_good_message_is_good() {
    let key = key();
    let world = world(Some(&key)).await;
    let content = signed(&healthy(), &key);
    let report = examine(&world.eyes, &content, &travel(), "x").await;
    assert_eq!(cries(&report), ["unsubscribe-missing"], "{}", text::report(&report, words(Language::En)));
    let unix = String::from_utf8(content).unwrap().replace("\r\n", "\n");
    let mailbox = format!("From alice@sender.test Tue Nov 24 07:00:06 2026\n{unix}");
    for form in [&unix, &mailbox] {
        let report = examine(&world.eyes, form.as_bytes(), &travel(), "x").await;
        assert_eq!(cries(&report), ["unsubscribe-missing"]);
    }
}

#[tokio::test]
async fn proofs_that_fail() {
    let key = key();
    let world = world(Some(&key)).await;
    let changed = String::from_utf8(signed(&healthy(), &key)).unwrap().replace("today", "tomorrow");
    let report = examine(&world.eyes, changed.as_bytes(), &travel(), "x").await;
    assert_eq!(cries(&report), ["dkim-bad", "unsubscribe-missing"]);
    let elsewhere = Travel { client: Some("192.0.2.99".parse().unwrap()), ..travel() };
    let report = examine(&world.eyes, changed.as_bytes(), &elsewhere, "x").await;
    assert_eq!(cries(&report), ["dkim-bad", "dmarc-bad", "spf-bad", "unsubscribe-missing"]);
    let bad = report.findings().into_iter().find(|finding| finding.kind.id == "message.dmarc-bad").unwrap();
    assert_eq!(bad.severity, Severity::Error, "p=reject");
    let nowhere = Travel { client: None, ..travel() };
    let report = examine(&world.eyes, healthy().as_bytes(), &nowhere, "x").await;
    assert_eq!(cries(&report), ["dmarc-not-known", "no-address", "unsigned", "unsubscribe-missing"]);
    let received = format!("Received: from a (b [192.0.2.99]) by c; {}\r\n{}", date::rfc5322(1), healthy());
    let public = received.replace("192.0.2.99", "9.9.9.9");
    let report = examine(&world.eyes, public.as_bytes(), &nowhere, "x").await;
    assert!(cries(&report).contains(&"spf-bad"), "{:?}", cries(&report));
    let foreign = healthy().replace("alice@sender.test", "alice@other.test");
    let report = examine(&world.eyes, foreign.as_bytes(), &travel(), "x").await;
    assert_eq!(cries(&report), ["dmarc-none", "spf-weak", "unsigned", "unsubscribe-missing"]);
}

/// Each row: what is replaced in the healthy message, by what, and what is found beside that it is not signed.
#[tokio::test]
async fn one_fault_each() {
    let world = world(None).await;
    let long = format!("See {}.", "x".repeat(1200));
    let rows: &[(&str, &str, &[&str])] = &[
        ("Date: ", "X-Date: ", &["date-missing"]),
        ("Date: ", "Date: yesterday\r\nX-Date: ", &["date-wrong"]),
        ("Message-ID: <1@sender.test>", "X: y", &["id-missing"]),
        ("Message-ID: <1@sender.test>", "Message-ID: <1>", &["id-broken"]),
        ("From: Alice", "From: carol@sender.test, Alice", &["from-several", "sender-missing"]),
        ("From: Alice", "Sender: alice@sender.test\r\nFrom: carol@sender.test, Alice", &["from-several"]),
        (
            "From: Alice",
            "From: carol@other.test, Alice",
            &["dmarc-not-known", "from-several", "sender-missing", "spf-weak"],
        ),
        ("From: Alice", "From: boss@bank.test", &["from-broken"]),
        ("Subject: Lunch", "Subject: Lunch\r\nSubject: Dinner", &["duplicate"]),
        ("See", &long, &["line-too-long"]),
        ("today", "to\nday", &["bare-line-end"]),
        ("today", "to\rday", &["bare-line-end"]),
        ("Subject: Lunch", "Subject: Grüße", &["eight-bit-header"]),
        ("today", "für heute", &["eight-bit-body"]),
        ("Subject: Lunch", "no field at all", &["date-missing", "header-broken", "id-missing"]),
        ("text/plain", "text/html", &["html-alone"]),
        ("www.sender.test", "go.bad.test", &["link-listed"]),
        (
            "Subject: Lunch",
            "Subject: Lunch\r\nList-Unsubscribe: <mailto:off@sender.test>",
            &["unsubscribe-not-one-click"],
        ),
    ];
    let mut wrong = Vec::new();
    for (from, to, finds) in rows {
        assert!(healthy().contains(from), "{from}");
        let content = healthy().replacen(from, to, 1);
        let report = examine(&world.eyes, content.as_bytes(), &travel(), "x").await;
        let usual = |id: &&str| !["unsigned", "unsubscribe-missing"].contains(id);
        let found: Vec<&str> = cries(&report).into_iter().filter(usual).collect();
        if found != *finds {
            wrong.push(format!("{to:.40}: {found:?} instead of {finds:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A list that fails, or refuses, has not said that a domain is clean.
#[tokio::test]
async fn lists_that_do_not_answer_praise_nobody() {
    let world = world(None).await;
    let usual = ["links-not-asked", "unsigned", "unsubscribe-missing"];
    let label = "sender.test.names.lists.example";
    world.zones.misbehave(label, Some(Misbehaviour::ServerFailure));
    let report = examine(&world.eyes, healthy().as_bytes(), &travel(), "x").await;
    assert_eq!(cries(&report), usual);
    world.zones.misbehave(label, None);
    world.zones.add(label, Record::Address("127.0.1.255".parse().unwrap()));
    let report = examine(&world.eyes, healthy().as_bytes(), &travel(), "x").await;
    assert_eq!(cries(&report), usual);
}

#[tokio::test]
async fn declared_letters_are_no_fault() {
    let world = world(None).await;
    let content = healthy().replace("7bit", "8bit").replace("today", "für heute");
    let report = examine(&world.eyes, content.as_bytes(), &travel(), "x").await;
    assert_eq!(cries(&report), ["unsigned", "unsubscribe-missing"]);
}

/// Of several fields of one name those are shown that are at fault.
#[tokio::test]
async fn the_field_with_such_octets_is_shown() {
    let world = world(None).await;
    let fields = "X-Note: plain\r\nX-Note: schön\r\nSubject: Lunch";
    let content = healthy().replace("Subject: Lunch", fields);
    let report = examine(&world.eyes, content.as_bytes(), &travel(), "x").await;
    let findings = report.findings();
    let found = findings.iter().find(|it| it.kind.id == "message.eight-bit-header").unwrap();
    assert_eq!(found.seen, ["X-Note: schön"]);
}

#[tokio::test]
async fn attachments_and_alternatives() {
    let world = world(None).await;
    let part =
        |kind: &str, more: &str, body: &str| format!("--b\r\nContent-Type: {kind}\r\n{more}\r\n{body}\r\n");
    let build = |kind: &str, parts: &[String]| {
        let head = healthy().replace("text/plain; charset=utf-8", &format!("multipart/{kind}; boundary=b"));
        let (head, _) = head.split_once("\r\n\r\n").unwrap();
        format!("{head}\r\n\r\n{}--b--\r\n", parts.concat())
    };
    let html = || part("text/html", "", "<a href=\"https://www.sender.test/\">x</a>");
    let both = build("alternative", &[part("text/plain", "", "x"), html()]);
    let report = examine(&world.eyes, both.as_bytes(), &travel(), "x").await;
    assert_eq!(cries(&report), ["unsigned", "unsubscribe-missing"]);
    let disposition = "Content-Disposition: attachment; filename=\"invoice.EXE\"\r\n";
    let with = build("mixed", &[html(), part("application/octet-stream", disposition, "x")]);
    let report = examine(&world.eyes, with.as_bytes(), &travel(), "x").await;
    assert_eq!(cries(&report), ["attachment-refused", "html-alone", "unsigned", "unsubscribe-missing"]);
}

#[tokio::test]
async fn bulk_mail_needs_one_click() {
    let key = key();
    let world = world(Some(&key)).await;
    let bulk = Travel { bulk: true, ..travel() };
    let severity = |report: &Report| {
        let found = report.findings().into_iter().find(|finding| finding.kind.id.contains("unsubscribe"));
        found.map(|finding| (finding.kind.id, finding.severity)).unwrap()
    };
    let report = examine(&world.eyes, healthy().as_bytes(), &bulk, "x").await;
    assert_eq!(severity(&report), ("message.unsubscribe-missing", Severity::Warning));
    let fields = "List-Unsubscribe: <https://sender.test/off?1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    let with = format!("{fields}{}", healthy());
    let report = examine(&world.eyes, &signed(&with, &key), &bulk, "x").await;
    assert_eq!(cries(&report), Vec::<&str>::new());
    let signature =
        "DKIM-Signature: v=1; a=rsa-sha256; d=sender.test; s=s1; h=From:Date; bh=eA==; b=eA==\r\n";
    let added_later = format!("{fields}{signature}{}", healthy());
    let report = examine(&world.eyes, added_later.as_bytes(), &bulk, "x").await;
    assert_eq!(severity(&report), ("message.unsubscribe-not-signed", Severity::Warning));
}

#[test]
fn hosts_of_links() {
    let text =
        "http://a.test/x, (https://User:pw@B.test:8080), ftp://c.test, https://192.0.2.1/, https://d.test.";
    assert_eq!(links::linked_hosts(text), ["a.test", "b.test", "d.test"]);
}

/// What a scanner is asked, and what it answers.
#[tokio::test]
async fn a_scanner_is_asked() {
    let world = world(None).await;
    let answer = r#"{"action":"add header","score":7.25,"required_score":15.0,"symbols":{
        "HFILTER":{"score":4.0,"description":"odd name"},"R_OK":{"score":0.0},"BAD_URL":{"score":5.5}}}"#;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(b"today.\r\n") {
            assert!(stream.read_buf(&mut heard).await.unwrap() > 0, "the whole message");
        }
        let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
        stream.write_all(reply.as_bytes()).await.unwrap();
        String::from_utf8(heard).unwrap()
    });
    let asked = Travel {
        rspamd: Some(ServiceAddress::Tcp { host: target.ip().to_string(), port: target.port() }),
        ..travel()
    };
    let report = examine(&world.eyes, healthy().as_bytes(), &asked, "x").await;
    let heard = serving.await.unwrap().to_ascii_lowercase();
    for part in [
        "post /checkv2 http/1.1\r\n",
        "ip: 192.0.2.25\r\n",
        "helo: mail.sender.test\r\n",
        "from: alice@sender.test\r\n",
    ] {
        assert!(heard.contains(part), "{part}: {heard}");
    }
    assert_eq!(cries(&report), ["rspamd-bad", "unsigned", "unsubscribe-missing"]);
    let told = text::report(&report, words(Language::En));
    assert!(told.contains("7.2 of 15.0 points: add header") && told.contains("+5.5 BAD_URL"), "{told}");
    let report = examine(&world.eyes, healthy().as_bytes(), &asked, "x").await;
    assert_eq!(
        cries(&report),
        ["rspamd-silent", "unsigned", "unsubscribe-missing"],
        "nobody listens any more"
    );
}
