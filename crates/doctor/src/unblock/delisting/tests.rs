//! Lists and mailbox providers in both languages, that no letter says what was not seen, and that a list is believed only after
//! its test points.

use std::time::Duration;

use postamt_lab::zones::{Record, StaticResolver, Zones};
use postamt_mail::words::{Language, Words, words};
use postamt_store::PortFuture;
use postamt_store::history::{AttemptRecord, History, HistoryError, MessageRecord, Note, Query};
use postamt_store::queue_id::QueueId;

use super::look::listings;
use super::*;
use crate::blocklists;
use crate::unblock::letter::render::for_the_user;
use crate::unblock::letter::{Form, Letter, Purpose, State, render};

/// 2026-11-24 15:02 UTC.
const AT: u64 = 1_795_532_520;
/// Every class of advice, and codes that differ.
const LISTED: [(&str, &str); 12] = [
    ("spamhaus-zen", "127.0.0.2"),
    ("spamhaus-zen", "127.0.0.3"),
    ("spamhaus-zen", "127.0.0.4"),
    ("spamhaus-zen", "127.0.0.10"),
    ("spamhaus-dbl", "127.0.1.2"),
    ("spamcop", "127.0.0.2"),
    ("barracuda", "127.0.0.2"),
    ("uceprotect-1", "127.0.0.2"),
    ("uceprotect-3", "127.0.0.2"),
    ("psbl", "127.0.0.2"),
    ("backscatterer", "127.0.0.2"),
    ("uribl", "127.0.0.2"),
];
const REFUSED: [(&str, &str); 7] = [
    (
        "microsoft",
        "550 5.7.1 Unfortunately, messages from [192.0.2.25] weren't sent. part of their network is on our block list (S3140).",
    ),
    (
        "t-online",
        "554 IP=192.0.2.25 - A problem occurred. Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify. (BL)",
    ),
    (
        "t-online",
        "554 IP=192.0.2.25 - None/bad reputation. Ask your postmaster for help or to contact postmaster@rx.t-online.de (NOWL)",
    ),
    (
        "united-internet",
        "554-gmx.net (mxgmx115) Nemesis ESMTP Service not available 554 For explanation visit https://postmaster.gmx.net/en/case?c=r0201&i=ip&v=192.0.2.25&r=0M1",
    ),
    ("google", "421 4.7.28 Our system has detected an unusual rate of unsolicited mail"),
    ("yahoo", "421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred"),
    ("netcologne", "550 5.7.1 Client host rejected"),
];

fn list(id: &str) -> BlockList {
    blocklists::embedded().unwrap().into_iter().find(|list| list.id == id).unwrap()
}

fn mailbox(id: &str) -> Mailbox {
    mailboxes::embedded().unwrap().into_iter().find(|mailbox| mailbox.id == id).unwrap()
}

fn about(list: &BlockList) -> &'static str {
    if list.lists == blocklists::Lists::Domains { "own.test" } else { "192.0.2.25" }
}

fn listing(list: &BlockList, code: &str) -> Listing {
    let code = code.parse().unwrap();
    let blocklists::Meaning::Listed { text, advice } = list.meaning(std::net::IpAddr::V4(code)) else {
        panic!("{code} is no listing of {}", list.id)
    };
    let label = list.address_label("192.0.2.25".parse().unwrap()).unwrap_or_else(|| "own.test".to_owned());
    let zone = list.zone.clone().unwrap();
    Listing {
        about: about(list).to_owned(),
        asked: format!("{label}.{zone}."),
        said: Said::Listed(vec![Answer { code, text, advice }]),
        at: AT,
    }
}

fn sender() -> Sender {
    Sender {
        host: "mail.own.test".to_owned(),
        addresses: vec!["192.0.2.25".parse().unwrap()],
        domains: vec!["own.test".to_owned()],
        purpose: Purpose::OwnMta,
        description: None,
        volume: None,
        name: Some("Kim Muster".to_owned()),
        customer: None,
        software: None,
    }
}

fn evidence() -> Vec<Evidence> {
    let good = |check: &str, id: &str, about: &str| Evidence::good(check, id, about, AT);
    let named = |name: &str, evidence| Evidence { name: Some(name.to_owned()), ..evidence };
    vec![
        good("hostname", "hostname.good", "mail.own.test"),
        named("mail.own.test", good("ptr", "ptr.confirmed", "192.0.2.25")),
        good("spf", "spf.passes", "own.test"),
        good("dkim", "dkim.published", "one._domainkey.own.test"),
        good("dmarc", "dmarc.published", "own.test"),
        good("blocklists", "blocklists.clean", "mail.own.test"),
        Evidence { count: Some(22), ..good("relay_test", "relay_test.refuses", "25") },
        good("postmaster", "postmaster.accepted", "own.test"),
        good("submission", "submission.good", "587"),
        good("login", "configuration.login", "mail.own.test"),
        good("certificate", "certificate.good", "587"),
        good("updates", "updates.current", "/var/lib/apt/lists"),
        named("https://own.test/", good("imprint", "imprint.found", "mail.own.test")),
    ]
}

fn letter(whom: Whom<'_>, evidence: &[Evidence], words: &Words) -> Letter {
    compose(&Plea { whom, sender: &sender(), evidence, at: AT }, words)
}

fn told(whom: Whom<'_>, words: &Words) -> String {
    let letter = letter(whom, &evidence(), words);
    let guide = guide::text(&whom, words);
    match whom.is_to_ask() {
        true => {
            format!("{guide}\n\n{}\n\n{}", render(&letter, Form::Email, words), for_the_user(&letter, words))
        }
        false => guide,
    }
}

#[test]
fn lists_by_code_in_both_languages() {
    let mut advices = Vec::new();
    for (id, code) in LISTED {
        let list = list(id);
        let listings = [listing(&list, code)];
        let whom = Whom::List(&list, &listings);
        advices.extend(whom.advices());
        for language in Language::ALL {
            insta::assert_snapshot!(format!("list_{id}_{code}_{language}"), told(whom, words(language)));
        }
    }
    for advice in blocklists::embedded().unwrap().iter().map(|list| list.advice) {
        assert!(advices.contains(&advice), "no list with {advice:?} is told");
    }
}

#[test]
fn mailbox_providers_in_both_languages() {
    for (place, (id, reply)) in REFUSED.into_iter().enumerate() {
        let mailbox = mailbox(id);
        let refusal = Refusal {
            at: AT - 3_600,
            host: "mx.example.org".to_owned(),
            source: Some("192.0.2.25".to_owned()),
            reply: reply.to_owned(),
        };
        let whom = Whom::Mailbox(&mailbox, Some(&refusal));
        for language in Language::ALL {
            insta::assert_snapshot!(format!("mailbox_{place}_{id}_{language}"), told(whom, words(language)));
        }
    }
}

/// What expires by itself is not asked about, and nobody is advised to pay.
#[test]
fn who_is_asked_and_who_is_paid() {
    for (id, code, is_asked, is_for_provider) in [
        ("spamhaus-zen", "127.0.0.2", true, true),
        ("spamhaus-zen", "127.0.0.3", true, false),
        ("spamhaus-zen", "127.0.0.9", false, false),
        ("spamcop", "127.0.0.2", false, false),
        ("barracuda", "127.0.0.2", true, false),
        ("uceprotect-1", "127.0.0.2", false, false),
        ("uceprotect-2", "127.0.0.2", true, true),
        ("uceprotect-3", "127.0.0.2", false, false),
        ("backscatterer", "127.0.0.2", false, false),
    ] {
        let list = list(id);
        let listings = [listing(&list, code)];
        let whom = Whom::List(&list, &listings);
        assert_eq!((whom.is_to_ask(), whom.is_for_provider()), (is_asked, is_for_provider), "{id} {code}");
        let guide = guide::text(&whom, words(Language::En));
        assert_eq!(list.removal.paid, guide.contains("do not pay"), "{guide}");
        // Not listed: nothing is asked for, whatever the list.
        let clean = [Listing { said: Said::NotListed, ..listings[0].clone() }];
        let whom = Whom::List(&list, &clean);
        assert!(!whom.is_to_ask(), "{id}");
        assert!(guide::text(&whom, words(Language::En)).ends_with("There is nothing to ask for."), "{id}");
    }
    let gmail = mailbox("google");
    assert!(!Whom::Mailbox(&gmail, None).is_to_ask());
    let telekom = mailbox("t-online");
    assert_eq!(telekom.channels_for(None).len(), 3, "all, while no refusal was seen");
    let chosen = telekom.channels_for(Some("554 … contact TODA@rx.t-online.de (DIAL)"));
    assert_eq!(chosen.iter().filter_map(|it| it.to.as_deref()).collect::<Vec<_>>(), ["toda@rx.t-online.de"]);
}

#[test]
fn no_letter_says_what_is_not_proven() {
    let (zen, telekom) = (list("spamhaus-zen"), mailbox("t-online"));
    let listings = [listing(&zen, "127.0.0.3")];
    let refusal = Refusal {
        at: AT,
        host: "mx00.t-online.de".to_owned(),
        source: Some("192.0.2.25".to_owned()),
        reply: REFUSED[1].1.to_owned(),
    };
    for language in Language::ALL {
        let words = words(language);
        for whom in [Whom::List(&zen, &listings), Whom::Mailbox(&telekom, Some(&refusal))] {
            let all = evidence();
            let whole = letter(whom, &all, words);
            assert!(whole.left_out.is_empty(), "{:?}", whole.left_out);
            let text = render(&whole, Form::Text, words);
            assert!(whole.claims.iter().all(|claim| text.contains(&claim.text)), "{text}");
            for (place, state) in (0..all.len()).flat_map(|it| [(it, State::Missing), (it, State::Unknown)]) {
                let mut evidence = all.clone();
                evidence[place].state = state;
                evidence[place].remedy = vec![format!("remedy for {}", all[place].id)];
                let letter = letter(whom, &evidence, words);
                let rests = |backing: &crate::unblock::letter::claims::Backing| {
                    (&backing.id, &backing.about) == (&all[place].id, &all[place].about)
                };
                assert!(letter.claims.iter().all(|claim| !claim.backed_by.iter().any(rests)), "{letter:?}");
                let silenced = whole.claims.iter().filter(|claim| claim.backed_by.iter().any(rests));
                let text = [Form::Ticket, Form::Form].map(|form| render(&letter, form, words)).join("\n");
                for claim in silenced {
                    assert!(!text.contains(&claim.text), "{}", claim.text);
                    assert!(
                        for_the_user(&letter, words).contains(&evidence[place].remedy[0]),
                        "{}",
                        claim.id
                    );
                }
            }
        }
        // What was not seen itself, the entry or the refusal, is not claimed, and the user is told.
        let unknown = [Listing { said: Said::Unknown("SERVFAIL".to_owned()), ..listings[0].clone() }];
        for (whom, id) in
            [(Whom::List(&zen, &unknown), "listing"), (Whom::Mailbox(&telekom, None), "refusal")]
        {
            let letter = letter(whom, &evidence(), words);
            assert!(letter.claims.iter().all(|claim| claim.id != id), "{letter:?}");
            assert!(letter.left_out.iter().any(|left| left.id == "seen"), "{letter:?}");
        }
    }
}

#[test]
fn the_compiled_providers_are_sound_and_faults_are_named() {
    let all = mailboxes::embedded().unwrap();
    assert!(all.len() >= 12, "{}", all.len());
    for name in ["microsoft", "gmx.de", "web.de", "t-online", "gmail", "yahoo.de", "icloud"] {
        assert_eq!(all.iter().filter(|mailbox| mailbox.is_called(name)).count(), 1, "{name}");
    }
    // Whom the server knows by its refusals is known here by the same name.
    for known in postamt_mail::refusals::providers() {
        assert!(all.iter().any(|mailbox| mailbox.id == known.id), "{}", known.id);
    }
    let entry = "[[mailbox]]\nid = \"a\"\nname = \"A\"\naliases = []\ndomains = [\"a.test\"]\nmend = { en = \"x\", de = \"y\" }\n\
        days = 3\nsources = [\"https://a.test/\"]\nseen = \"\"\nconfidence = \"low\"\n\
        [[mailbox.channel]]\nby = \"form\"\nto = \"https://a.test/f\"\nwhen = { en = \"x\", de = \"y\" }\n";
    let file = |entries: &str| format!("schema_version = 1\ncompiled = \"2026-11-24\"\n{entries}");
    assert_eq!(mailboxes::parse(&file(entry)).unwrap().len(), 1);
    for (from, to) in [
        ("days = 3\n", ""),
        ("[\"https://a.test/\"]", "[]"),
        ("to = \"https://a.test/f\"\n", ""),
        ("by = \"form\"", "by = \"email\""),
        ("de = \"y\" }\ndays", "de = \"\" }\ndays"),
    ] {
        assert!(entry.contains(from), "{from}");
        let broken = mailboxes::parse(&file(&entry.replace(from, to)));
        assert!(matches!(broken, Err(mailboxes::MailboxError::Entry { .. })), "{to}: {broken:?}");
    }
    let twice = mailboxes::parse(&file(&format!("{entry}{}", entry.replace("id = \"a\"", "id = \"b\""))));
    assert!(matches!(twice, Err(mailboxes::MailboxError::Entry { .. })), "{twice:?}");
}

#[tokio::test]
async fn a_list_is_believed_after_its_test_points() {
    let zones = Zones::new(Duration::from_secs(60));
    let resolver = StaticResolver::new(zones.clone());
    let mut list = list("spamhaus-zen");
    list.zone = Some("zen.lists.example".parse().unwrap());
    let abouts = ["192.0.2.25".to_owned(), "own.test".to_owned()];
    let add = |name: &str, code: &str| {
        zones.add(&format!("{name}.zen.lists.example"), Record::Address(code.parse().unwrap()));
    };
    let ask = async || {
        let found = listings(&resolver, &list, &abouts, AT).await;
        assert_eq!(found.len(), 1, "a list of addresses has no domains: {found:?}");
        found.into_iter().next().unwrap().said
    };
    // No test entry: it does not answer us, and says nothing.
    assert!(matches!(ask().await, Said::Unknown(_)));
    add("2.0.0.127", "127.0.0.2");
    assert_eq!(ask().await, Said::NotListed);
    add("25.2.0.192", "127.0.0.4");
    let Said::Listed(answers) = ask().await else { panic!("listed") };
    assert_eq!(answers[0].advice, Advice::Exploited);
    zones.remove("25.2.0.192.zen.lists.example");
    add("25.2.0.192", "127.255.255.254");
    assert!(matches!(ask().await, Said::Unknown(_)), "a refusal is no entry");
    zones.remove("25.2.0.192.zen.lists.example");
    add("1.0.0.127", "127.0.0.2");
    assert!(matches!(ask().await, Said::Unknown(_)), "a list that lists everything is dead");
}

/// A history of these messages.
struct Past(Vec<MessageRecord>);

impl History for Past {
    fn note(&self, _note: Note) {}
    fn find(&self, _id: QueueId) -> PortFuture<'_, Result<Option<MessageRecord>, HistoryError>> {
        Box::pin(std::future::ready(Ok(None)))
    }
    fn search(&self, _query: Query) -> PortFuture<'_, Result<Vec<MessageRecord>, HistoryError>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
    fn flush(&self) -> PortFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
    fn expire(&self, _finished_before: u64) -> PortFuture<'_, Result<u64, HistoryError>> {
        Box::pin(std::future::ready(Ok(0)))
    }
}

/// A message with one attempt, from 192.0.2.25.
fn message(at: u64, recipient: &str, route: &str, outcome: &str, reply: &str) -> MessageRecord {
    let attempt = AttemptRecord {
        at,
        recipients: vec![0],
        route: route.to_owned(),
        remote: Some("mx00.t-online.de [198.51.100.1]:25".to_owned()),
        source: Some("192.0.2.25".to_owned()),
        tls: None,
        outcome: outcome.to_owned(),
        reply: reply.to_owned(),
        next: None,
    };
    MessageRecord {
        id: 1,
        received_at: at,
        sender: "anna@own.test".to_owned(),
        recipients: vec![recipient.to_owned()],
        account: None,
        channel: "submission".to_owned(),
        size: 1,
        message_id: None,
        attempts: vec![attempt],
        finished_at: None,
    }
}

#[tokio::test]
async fn the_history_tells_of_the_last_refusal_and_of_mail_that_was_taken() {
    let telekom = mailbox("t-online");
    let (bob, refused) = ("bob@t-online.de", "554 <bob@t-online.de> … tosa@rx.t-online.de (BL)");
    let here = ["192.0.2.25".to_owned()];
    let taken = |at, route| message(at, bob, route, "delivered", "250 ok");
    for (name, past, expected) in [
        ("nothing", vec![], (false, false)),
        ("refused", vec![message(AT, bob, "direct", "failed", refused)], (true, false)),
        ("refused long ago", vec![message(AT - 9, bob, "direct", "failed", refused)], (false, false)),
        ("a relay was refused", vec![message(AT, bob, "next", "failed", refused)], (false, false)),
        ("taken", vec![taken(AT, "direct")], (false, true)),
        ("taken by a relay", vec![taken(AT, "next")], (false, false)),
        (
            "taken since",
            vec![message(AT, bob, "direct", "failed", refused), taken(AT + 1, "direct")],
            (false, true),
        ),
        (
            "refused since",
            vec![taken(AT, "direct"), message(AT + 1, bob, "direct", "deferred", "421 later")],
            (true, true),
        ),
    ] {
        let past = Past(past);
        let found = refusal(&past, &telekom, AT - 1).await.unwrap();
        let was_taken = has_taken(&past, &telekom, &here, AT - 1).await.unwrap();
        assert_eq!((found.is_some(), was_taken), expected, "{name}");
        if name == "refused" {
            let found = found.unwrap();
            assert_eq!(
                (found.host.as_str(), found.source.as_deref()),
                ("mx00.t-online.de", Some("192.0.2.25"))
            );
            // Whose mail it was is nobody's business; the address to write to is.
            assert!(!found.reply.contains("bob"), "{}", found.reply);
            assert_eq!(telekom.channels_for(Some(&found.reply)).len(), 1, "{}", found.reply);
        }
    }
    let elsewhere = ["192.0.2.99".to_owned()];
    assert!(!has_taken(&Past(vec![taken(AT, "direct")]), &telekom, &elsewhere, AT).await.unwrap());
    // Behind NAT nobody out there knows the address that was bound: it is named to nobody, and proves nothing.
    let bound = |mut message: MessageRecord| {
        message.attempts[0].source = Some("10.0.0.5".to_owned());
        message
    };
    let past = Past(vec![bound(message(AT, bob, "direct", "failed", refused))]);
    assert_eq!(refusal(&past, &telekom, AT).await.unwrap().expect("refused").source, None);
    assert!(has_taken(&Past(vec![bound(taken(AT, "direct"))]), &telekom, &here, AT).await.unwrap());
}

/// Every sentence of the two catalogues is named somewhere, here or in the command.
#[test]
fn no_sentence_is_left_over() {
    fn read(folder: &std::path::Path, text: &mut String) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                read(&path, text);
            } else if path.extension().is_some_and(|it| it == "rs") {
                text.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    ["src", "../app/src"].iter().for_each(|folder| read(&root.join(folder), &mut sources));
    let prefixes = ["delist-mend-", "delist-way-", "rdns-claim-"];
    for file in ["delist", "rdns"] {
        let path = root.join(format!("../mail/src/words/en/{file}.ftl"));
        let catalogue = std::fs::read_to_string(path).unwrap();
        let ids = catalogue.lines().filter_map(|line| Some(line.split_once(" =")?.0));
        for id in ids.filter(|id| id.starts_with(file) && !prefixes.iter().any(|it| id.starts_with(it))) {
            assert!(sources.contains(&format!("\"{id}\"")), "nobody says `{id}`");
        }
    }
}
