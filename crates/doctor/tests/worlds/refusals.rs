//! Worlds whose mail was refused in the last days: who refuses it, why, and what is usual.

use postamt_doctor::checks::context::OwnRelay;
use postamt_doctor::checks::finding::Datum;
use postamt_doctor::checks::{Severity, text};
use postamt_mail::words::{Language, words};

use super::support::{Cure, World, judge, report_of};

const LISTED: &str = "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org";

const REPUTATION: &str = "554 IP=192.0.2.25 - None/bad reputation (NOWL)";

fn relay() -> OwnRelay {
    OwnRelay { name: "ses".to_owned(), host: "smtp.relay.test".to_owned(), profile: None }
}

/// The cure of a refusal is seen once the receivers take mail again.
const CURED: Cure =
    Cure::Done(|state| state.history = vec![["mx.far.test", "bob@far.test", "delivered", "250 ok"]]);

static WORLDS: &[World] = &[
    World {
        name: "a receiver that asks a blocklist",
        zone: "",
        state: |state| state.history = vec![["mx.far.test", "bob@far.test", "failed", LISTED]],
        finds: &["refusals.ours"],
        cure: CURED,
    },
    World {
        name: "a provider that does not know the address, and one that misses the reverse name",
        zone: "",
        state: |state| {
            state.history = vec![
                ["mx00.t-online.de", "bob@big.test", "deferred", REPUTATION],
                ["mx.far.test", "bob@far.test", "failed", "550 5.7.25 no"],
                ["mx.far.test", "eve@far.test", "failed", "550 5.7.25 no"],
            ];
        },
        finds: &["refusals.ours", "refusals.ours"],
        cure: CURED,
    },
    World {
        name: "a provider that does not know the address, and a relay that could carry its mail",
        zone: "",
        state: |state| {
            state.only = vec!["refusals".to_owned()];
            state.host.relays = vec![relay()];
            state.history = vec![
                ["mx00.t-online.de", "bob@big.test", "failed", REPUTATION],
                ["mx00.t-online.de", "eve@big.test", "failed", REPUTATION],
                ["mx.far.test", "bob@far.test", "failed", LISTED],
                // That lies with this host's names, and follows it by every way.
                ["mx.near.test", "bob@near.test", "failed", "550 5.7.25 no"],
            ];
        },
        finds: &[
            "refusals.ours",
            "refusals.ours",
            "refusals.ours",
            "refusals.relay-possible",
            "refusals.relay-possible",
        ],
        cure: CURED,
    },
    World {
        name: "what is usual is not told",
        zone: "",
        state: |state| {
            state.history = vec![
                ["mx.far.test", "bob@far.test", "deferred", "451 4.7.1 Greylisting in action"],
                ["mx.far.test", "bob@far.test", "deferred", "421 4.3.2 shutting down"],
                ["mx.far.test", "bob@far.test", "delivered", "250 2.0.0 ok"],
            ];
        },
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "one mailbox that is not there, one message that is taken for spam, one reply that says nothing",
        zone: "",
        state: |state| {
            state.history = vec![
                ["mx.far.test", "bob@far.test", "failed", "550 5.1.1 no such user"],
                ["mx.far.test", "eve@far.test", "failed", "550 5.7.1 this is spam"],
                ["mx.far.test", "dan@far.test", "failed", "554 Transaction failed"],
            ];
        },
        finds: &["refusals.messages", "refusals.not-understood", "refusals.recipients"],
        cure: CURED,
    },
    World {
        name: "a history that cannot be read",
        zone: "",
        state: |state| state.history_is_torn = true,
        finds: &["refusals.not-known"],
        cure: Cure::Done(|state| state.history_is_torn = false),
    },
    World {
        name: "a list of old addresses",
        zone: "",
        state: |state| {
            state.history = vec![["mx.far.test", "bob@far.test", "failed", "550 5.1.1 no such user"]; 30];
            state.history.extend([["mx.far.test", "eve@far.test", "delivered", "250 2.0.0 ok"]; 100]);
        },
        finds: &["refusals.many-recipients"],
        cure: CURED,
    },
];

#[tokio::test]
async fn a_history_that_was_not_read_to_the_end_praises_nobody_for_seven_days() {
    let world = World {
        name: "many",
        zone: "",
        state: |state| {
            state.history = vec![["mx.far.test", "bob@far.test", "delivered", "250 2.0.0 ok"]; 5_000];
        },
        finds: &[],
        cure: Cure::None,
    };
    let report = report_of(&world).await;
    let kinds: Vec<&str> = report.findings().iter().map(|finding| finding.kind.id).collect();
    assert!(kinds.contains(&"refusals.none-lately") && !kinds.contains(&"refusals.none"), "{kinds:?}");
}

#[tokio::test]
async fn each_is_named() {
    judge(WORLDS).await;
}

#[tokio::test]
async fn who_said_it_last_is_who_is_shown() {
    let world = World {
        name: "two servers of one receiver",
        zone: "",
        state: |state| {
            state.history = vec![
                ["mx1.far.test", "bob@far.test", "failed", "550 5.7.25 no"],
                ["mx2.far.test", "bob@far.test", "failed", "550 5.7.25 not you"],
            ];
        },
        finds: &[],
        cure: Cure::None,
    };
    let report = report_of(&world).await;
    let finding = report.findings().into_iter().find(|finding| finding.check() == "refusals").expect("found");
    let Some(Datum::Refusal { host, .. }) = finding.values.get("remedy") else { panic!("{finding:?}") };
    let [seen] = &finding.seen[..] else { panic!("{finding:?}") };
    assert_eq!(seen.split(':').next(), Some(host.as_str()));
}

#[tokio::test]
async fn a_refusal_is_told_with_its_remedy_and_without_the_recipient() {
    let world = World {
        name: "told",
        zone: "",
        state: |state| {
            let reply = "550 5.7.1 <bob@far.test>: Client host [192.0.2.25] blocked using bl.spamcop.net";
            state.history = vec![["mx.far.test", "bob@far.test", "failed", reply]; 3];
        },
        finds: &[],
        cure: Cure::None,
    };
    let report = report_of(&world).await;
    let finding = report.findings().into_iter().find(|finding| finding.check() == "refusals").expect("found");
    assert_eq!((finding.severity, finding.about.as_str()), (Severity::Error, "far.test"));
    assert_eq!(
        finding.seen,
        ["mx.far.test: 550 5.7.1 <…@far.test>: Client host [192.0.2.25] blocked using bl.spamcop.net"]
    );
    let english = text::report(&report, words(Language::En));
    for part in ["3 deliveries", "stands on a blocklist", "SpamCop", "https://www.spamcop.net/bl.shtml"] {
        assert!(english.contains(part), "{part}: {english}");
    }
    let german = text::report(&report, words(Language::De));
    assert!(german.contains("3 Zustellungen") && german.contains("auf einer Sperrliste steht"), "{german}");
    let json = serde_json::to_value(report.told(words(Language::En))).expect("JSON");
    let told = json["findings"].as_array().expect("a list").iter().find(|one| one["check"] == "refusals");
    assert_eq!(told.expect("told")["values"]["reason"], "blocklist");
}

#[tokio::test]
async fn a_relay_for_the_provider_alone_is_offered_with_its_command() {
    let world = World {
        name: "offered",
        zone: "",
        state: |state| {
            state.host.relays = vec![relay()];
            state.history = vec![
                ["mx00.t-online.de", "bob@big.test", "failed", REPUTATION],
                ["mx.far.test", "bob@far.test", "failed", LISTED],
            ];
        },
        finds: &[],
        cure: Cure::None,
    };
    let report = report_of(&world).await;
    for (language, sentence) in [
        (Language::En, "Only the mail for far.test could go by the relay ses"),
        (Language::De, "Allein die Post für far.test könnte über das Relay ses gehen"),
    ] {
        let told = text::report(&report, words(language));
        for part in
            [sentence, "postamt relay only far.test --relay ses", "postamt relay only t-online --relay ses"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}
