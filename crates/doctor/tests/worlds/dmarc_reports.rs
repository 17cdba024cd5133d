//! Worlds whose receivers report: when the policy may be stepped up, and when it must not.

use postamt_doctor::checks::report::tell;
use postamt_doctor::checks::{Certainty, Finding, Remedy};
use postamt_mail::dmarc_reports::Action;
use postamt_mail::words::{Language, words};

use super::outside::Reported;
use super::support::{Cure, NOW, State, World, judge, report_of};

macro_rules! policy {
    ($policy:literal) => {
        concat!(
            "- _dmarc.example.test\n_dmarc.example.test TXT \"v=DMARC1; p=",
            $policy,
            "; rua=mailto:postmaster@example.test\""
        )
    };
}

const OWN: &str = "192.0.2.25";
const FORGER: &str = "203.0.113.9";
const RECEIVERS: &[&str] = &["receiver.test", "recipient.test"];

fn reported(ago: std::ops::Range<u64>, policy: Action, source: &str, signed: bool) -> Reported {
    Reported { ago, policy, source: source.to_owned(), messages: 10, signed, reporters: RECEIVERS }
}

/// Twenty days of good mail under this policy.
fn good(state: &mut State, policy: Action) {
    state.reports.push(reported(1..21, policy, OWN, true));
}

const fn after(
    name: &'static str,
    zone: &'static str,
    state: fn(&mut State),
    finds: &'static [&'static str],
    cure: Cure,
) -> World {
    World { name, zone, state, finds, cure }
}

static WORLDS: &[World] = &[
    after(
        "watching has shown that all is aligned",
        policy!("none"),
        |state| good(state, Action::None),
        &["dmarc.step-up"],
        Cure::Printed,
    ),
    after(
        "quarantine has shown that all is aligned",
        policy!("quarantine"),
        |state| good(state, Action::Quarantine),
        &["dmarc.step-up"],
        Cure::Printed,
    ),
    after("there is no further step", "", |state| good(state, Action::Reject), &[], Cure::None),
    after(
        "thirteen days are too few",
        policy!("none"),
        |state| state.reports.push(reported(1..14, Action::None, OWN, true)),
        &["dmarc.only-watches"],
        Cure::None,
    ),
    after(
        "one receiver is not enough, whatever it says",
        policy!("none"),
        |state| {
            let all = reported(1..21, Action::None, OWN, true);
            state.reports.push(Reported { reporters: &["receiver.test"], ..all });
            // Another has told of six days.
            state.reports.push(reported(1..7, Action::None, OWN, true));
        },
        &["dmarc.only-watches"],
        Cure::DoneThen(
            |state| state.reports.push(reported(7..8, Action::None, OWN, true)),
            &["dmarc.step-up"],
        ),
    ),
    after(
        "the policy is new",
        policy!("quarantine"),
        |state| {
            state.reports.push(reported(6..40, Action::None, OWN, true));
            state.reports.push(reported(1..6, Action::Quarantine, OWN, true));
        },
        &[],
        Cure::None,
    ),
    after(
        "reports of last year",
        policy!("none"),
        |state| state.reports.push(reported(100..150, Action::None, OWN, true)),
        &["dmarc.only-watches"],
        Cure::None,
    ),
    after(
        "forgers are no reason to wait",
        policy!("none"),
        |state| {
            good(state, Action::None);
            state.reports.push(Reported { messages: 900, ..reported(1..21, Action::None, FORGER, false) });
        },
        &["dmarc.step-up"],
        Cure::Printed,
    ),
    after(
        "more forgers than can be told from services of ours",
        policy!("none"),
        |state| {
            good(state, Action::None);
            for host in 1..=61 {
                // A reporter is heard fifty times a day.
                let ago = if host > 30 { 3..5 } else { 1..3 };
                state.reports.push(reported(ago, Action::None, &format!("203.0.113.{host}"), false));
            }
        },
        &["dmarc.only-watches"],
        Cure::None,
    ),
    after(
        "nothing but forgers",
        policy!("none"),
        |state| state.reports.push(reported(1..21, Action::None, FORGER, false)),
        &["dmarc.only-watches"],
        Cure::None,
    ),
    after(
        "a program of this host signs nothing",
        policy!("none"),
        |state| {
            good(state, Action::None);
            state.reports.push(Reported { messages: 1, ..reported(1..5, Action::None, OWN, false) });
        },
        &["dmarc.own-mail-fails"],
        // It is let send by this server: nothing fails since.
        Cure::DoneThen(
            |state| {
                state.reports.clear();
                state.reports.push(Reported { messages: 1, ..reported(9..13, Action::None, OWN, false) });
                good(state, Action::None);
            },
            &["dmarc.step-up"],
        ),
    ),
    after(
        "one failure in a thousand is the weather",
        policy!("none"),
        |state| {
            state.reports.push(Reported { messages: 1000, ..reported(1..21, Action::None, OWN, true) });
            state.reports.push(Reported { messages: 1, ..reported(1..21, Action::None, OWN, false) });
        },
        &["dmarc.step-up"],
        Cure::Printed,
    ),
    after(
        "a service that SPF lets send signs nothing, even under reject",
        "- example.test TXT\nexample.test TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ip4:198.51.100.0/24 -all\"",
        |state| {
            good(state, Action::Reject);
            state.reports.push(reported(1..3, Action::Reject, "198.51.100.7", false));
        },
        &["dmarc.own-mail-fails"],
        Cure::Done(|state| state.reports.retain(|reported| reported.signed)),
    ),
    after(
        "the store of the reports is broken",
        "",
        |state| state.reports_are_torn = true,
        &["dmarc.reports-not-known"],
        Cure::None,
    ),
];

#[tokio::test]
async fn dmarc_reports() {
    judge(WORLDS).await;
}

async fn finding(name: &str, id: &str) -> Finding {
    let world = WORLDS.iter().find(|world| world.name == name).expect("a world");
    let report = report_of(world).await;
    let found = report.findings().into_iter().find(|finding| finding.kind.id == id);
    found.unwrap_or_else(|| panic!("no {id} in {name}")).clone()
}

fn texts(finding: &Finding) -> [String; 2] {
    Language::ALL.map(|language| {
        let told = tell(finding, NOW, words(language));
        format!("{} {}", told.text, told.now)
    })
}

#[tokio::test]
async fn shares_sources_and_records_are_named() {
    let step = finding("forgers are no reason to wait", "dmarc.step-up").await;
    assert_eq!(step.certainty, Certainty::Likely, "reports are hearsay");
    let [german, english] = texts(&step);
    for part in [
        "20 days (receiver.test, recipient.test)",
        "200 of 200 messages (100 %)",
        "p=none to p=quarantine",
        "18000 messages from elsewhere",
    ] {
        assert!(english.contains(part), "{part}: {english}");
    }
    for part in ["200 von 200 Nachrichten (100 %)", "von p=none auf p=quarantine", "18000 Nachrichten"] {
        assert!(german.contains(part), "{part}: {german}");
    }
    assert!(step.seen.iter().any(|line| line.starts_with("203.0.113.9: 18000, ")), "{:?}", step.seen);
    let [Remedy::Record { name, value, replaces, .. }] = step.remedies.as_slice() else {
        panic!("{:?}", step.remedies)
    };
    assert_eq!(name, "_dmarc.example.test");
    assert_eq!(value, "\"v=DMARC1; p=quarantine; rua=mailto:postmaster@example.test\"");
    assert_eq!(replaces, &["\"v=DMARC1; p=none; rua=mailto:postmaster@example.test\""]);

    let step = finding("quarantine has shown that all is aligned", "dmarc.step-up").await;
    let [german, english] = texts(&step);
    assert!(english.contains("mailing lists") && german.contains("Mailinglisten"), "{english}\n{german}");

    let fails = finding("a program of this host signs nothing", "dmarc.own-mail-fails").await;
    let [german, english] = texts(&fails);
    assert!(english.contains("4 of 204 messages from one address"), "{english}");
    assert!(german.contains("4 von 204 Nachrichten von einer Adresse"), "{german}");
    assert_eq!(fails.certainty, Certainty::Likely, "even of an address of this host");
    let [line] = fails.seen.as_slice() else { panic!("{:?}", fails.seen) };
    assert!(line.starts_with("192.0.2.25: 204, dkim=pass 200, spf=pass 0, dmarc=fail 4 ("), "{line}");

    let fails =
        finding("a service that SPF lets send signs nothing, even under reject", "dmarc.own-mail-fails")
            .await;
    assert!(fails.seen.iter().any(|line| line.starts_with("198.51.100.7: 20, ")), "{:?}", fails.seen);

    let none = finding("nothing but forgers", "dmarc.none-of-ours").await;
    let [german, english] = texts(&none);
    assert!(english.contains("of 20 days") && german.contains("von 20 Tagen"), "{english}\n{german}");

    let one = finding("one receiver is not enough, whatever it says", "dmarc.few-reporters").await;
    let [german, english] = texts(&one);
    for part in ["20 days", "only one receiver has told of 7 days", "when 2 receivers"] {
        assert!(english.contains(part), "{part}: {english}");
    }
    for part in ["20 Tage", "nur ein Empfänger hat von wenigstens 7 Tagen", "wenn 2 Empfänger"] {
        assert!(german.contains(part), "{part}: {german}");
    }

    let few = finding("thirteen days are too few", "dmarc.few-reports").await;
    let [german, english] = texts(&few);
    assert!(english.contains("13 days") && english.contains("14 are needed"), "{english}");
    assert!(german.contains("13 Tage") && german.contains("14 braucht es"), "{german}");
}
