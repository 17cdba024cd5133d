//! Letters in both languages for providers of every policy and both kinds of sender, and the rule that no letter says what
//! is not proven.

use std::collections::BTreeSet;

use postamt_mail::words::{Language, Words, words};

use super::super::base::{Base, Policy, Provider, name_of};
use super::evidence::{of_findings, of_probe};
use super::render::{for_the_user, promises};
use super::*;
use crate::checks::{self, Finding, Judgement, Kind};
use crate::port25::host::HostFacts;
use crate::port25::outcome::{Family, Observation, Outcome, PathKey, Role};
use crate::port25::route::{Hop, HopAnswer, PathTrace, Route, Suspect};
use crate::port25::verdict::judge as verdict;
use crate::port25::{PathReport, Report};

/// 2026-11-24 15:02 UTC.
const AT: u64 = 1_795_532_520;
const OPERATORS: [&str; 3] = ["Alpha", "Beta", "Gamma"];
/// Of every policy, and with every method of asking.
const ASKED: [&str; 14] = [
    "zen-internet",
    "ionos",
    "hostinger",
    "netcup",
    "hetzner-cloud",
    "aws-ec2",
    "linode",
    "vultr",
    "digitalocean",
    "azure",
    "deutsche-telekom",
    "ovhcloud",
    "scaleway",
    "strato",
];

/// Everything that a letter can promise.
const PROMISE_IDS: [&str; 5] = [
    "letter-promise-consent",
    "letter-promise-complaints",
    "letter-promise-abuse-answer",
    "letter-promise-updates",
    "letter-promise-terms",
];

fn observation(place: usize, role: Role, outcome: Outcome) -> Observation {
    let (port, host) = match role {
        Role::Exchange | Role::Canary => (25, "mx"),
        Role::Web => (443, "www"),
        Role::Submission => (587, "smtp"),
    };
    let name = OPERATORS[place].to_lowercase();
    Observation {
        operator: OPERATORS[place].to_owned(),
        name: format!("{name}.test"),
        host: Some(format!("{host}.{name}.test")),
        address: Some(format!("198.51.100.{}:{port}", place + 1).parse().unwrap()),
        role,
        offers_starttls: true,
        greets_as: Vec::new(),
        order: u32::try_from(place).unwrap(),
        connect_milliseconds: 20,
        outcome,
    }
}

fn hop(ttl: u8, router: &str) -> Hop {
    Hop {
        ttl,
        router: Some(router.parse().unwrap()),
        name: None,
        icmp: None,
        answer: HopAnswer::Router,
        milliseconds: 2,
    }
}

/// Port 25 is answered by nobody, or by everybody's RST, while the other ports are open.
fn probe(outcome: &Outcome, with_route: bool) -> Report {
    let of = |role, outcome: &Outcome| {
        (0..3).map(|place| observation(place, role, outcome.clone())).collect::<Vec<_>>()
    };
    let observations = [
        of(Role::Exchange, outcome),
        of(Role::Web, &Outcome::Connected),
        of(Role::Submission, &Outcome::Connected),
    ]
    .concat();
    let (last, next) = (hop(2, "203.0.113.2"), hop(3, "203.0.113.3"));
    let route = Route {
        target: "198.51.100.1".parse().unwrap(),
        mail: PathTrace { port: 25, hops: vec![hop(1, "203.0.113.1"), last.clone()] },
        control: PathTrace { port: 443, hops: vec![hop(1, "203.0.113.1"), last.clone(), next.clone()] },
        last_on_mail: Some(last.clone()),
        first_on_control_only: Some(next.clone()),
        suspect: Suspect::Between { last: Some(last), next: Some(next) },
    };
    let host = HostFacts::default();
    Report {
        schema_version: port25::report::SCHEMA_VERSION,
        at: AT,
        took_milliseconds: 9_000,
        paths: vec![PathReport {
            path: PathKey { source: Some("192.0.2.25".parse().unwrap()), family: Family::Ipv4 },
            verdict: verdict(&observations, &host),
            observations,
            route: with_route.then_some(route),
        }],
        host,
    }
}

fn good(check: &str, id: &str, about: &str, seen: &str) -> Evidence {
    Evidence {
        told: if id.starts_with("configuration.") { String::new() } else { format!("told of {id} {about}") },
        seen: if seen.is_empty() { Vec::new() } else { vec![seen.to_owned()] },
        ..Evidence::good(check, id, about, AT)
    }
}

/// Everything is as it should be, except for port 25.
fn evidence(probe: &Report, words: &Words) -> Vec<Evidence> {
    let pointer = |address: &str, seen: &str| Evidence {
        name: Some("mail.own.test".to_owned()),
        ..good("ptr", "ptr.confirmed", address, seen)
    };
    let count = |count, evidence| Evidence { count: Some(count), ..evidence };
    let mut all = of_probe(probe, words);
    all.extend([
        good("hostname", "hostname.good", "mail.own.test", ""),
        pointer("192.0.2.25", "25.2.0.192.in-addr.arpa. IN PTR mail.own.test."),
        pointer("2001:db8::25", "5.2.0.0.….8.b.d.0.1.0.0.2.ip6.arpa. IN PTR mail.own.test."),
        good("spf", "spf.passes", "own.test", "own.test. IN TXT \"v=spf1 a:mail.own.test -all\""),
        good("dkim", "dkim.published", "one._domainkey.own.test", ""),
        good("dmarc", "dmarc.published", "own.test", "_dmarc.own.test. IN TXT \"v=DMARC1; p=reject\""),
        good("blocklists", "blocklists.clean", "mail.own.test", ""),
        count(22, good("relay_test", "relay_test.refuses", "25", "")),
        good(
            "postmaster",
            "postmaster.accepted",
            "own.test",
            "mail.own.test: RCPT TO:<abuse@own.test> 250 OK",
        ),
        good("submission", "submission.good", "587", ""),
        good("login", "configuration.login", "mail.own.test", ""),
        good("certificate", "certificate.good", "587", ""),
        count(10, good("pacing", "configuration.connections", "mail.own.test", "")),
        count(60, good("rate", "configuration.messages-per-minute", "mail.own.test", "")),
        good("bounces", "configuration.bounces", "mail.own.test", ""),
        good("updates", "updates.current", "/var/lib/apt/lists", ""),
    ]);
    all
}

fn sender(purpose: Purpose) -> Sender {
    let is_own = purpose == Purpose::OwnMta;
    Sender {
        host: "mail.own.test".to_owned(),
        addresses: vec!["192.0.2.25".parse().unwrap(), "2001:db8::25".parse().unwrap()],
        domains: vec!["own.test".to_owned()],
        purpose,
        description: None,
        volume: is_own.then_some(Volume::Measured { days: 28, on: 9, low: 12, high: 140 }),
        name: is_own.then(|| "Kim Muster".to_owned()),
        customer: is_own.then(|| "K0815".to_owned()),
        software: Some("Postamt 0.1".to_owned()),
    }
}

fn letter(provider: Option<&Provider>, sender: &Sender, language: Language) -> Letter {
    let words = words(language);
    let probe = probe(&Outcome::Unanswered, true);
    let evidence = evidence(&probe, words);
    compose(&Case { provider, sender, evidence: &evidence, probe: Some(&probe), at: AT }, words)
}

#[test]
fn letters_of_both_languages_and_kinds() {
    let base = Base::embedded().unwrap();
    let mut policies = BTreeSet::new();
    for id in ASKED {
        let provider = base.find(id).unwrap_or_else(|| panic!("no provider {id}"));
        policies.insert(format!("{:?}", provider.policy));
        for language in Language::ALL {
            let words = words(language);
            let told = [Purpose::OwnMta, Purpose::Application].map(|purpose| {
                let sender = sender(purpose);
                let letter = letter(Some(provider), &sender, language);
                let (sent, user) = (render(&letter, Form::Ticket, words), for_the_user(&letter, words));
                format!("{}\n\n{sent}\n\n{user}", promises(&letter, words))
            });
            let advice = Advice::new(Some(provider), Some(&probe(&Outcome::Unanswered, false)));
            let text =
                format!("{}\n\n{}", advice.text(Some(provider), &base, words), told.join("\n\n=====\n\n"));
            insta::assert_snapshot!(format!("letter_{id}_{language}"), text);
        }
    }
    let all: BTreeSet<String> = base.providers.iter().map(|it| format!("{:?}", it.policy)).collect();
    assert_eq!(policies, all, "a policy has no letter");
}

#[test]
fn forms_and_the_general_letter() {
    let base = Base::embedded().unwrap();
    for language in Language::ALL {
        let words = words(language);
        let own = sender(Purpose::OwnMta);
        let aws = letter(base.find("aws-ec2"), &own, language);
        insta::assert_snapshot!(format!("form_aws_{language}"), render(&aws, Form::Form, words));
        let application = Sender {
            description: Some("Order confirmations of a shop".to_owned()),
            volume: Some(Volume::Stated { text: "50 messages a day".to_owned() }),
            domains: Vec::new(),
            addresses: Vec::new(),
            ..sender(Purpose::Application)
        };
        let general = letter(None, &application, language);
        insta::assert_snapshot!(format!("general_{language}"), render(&general, Form::Form, words));
        let text = render(&general, Form::Text, words);
        assert!(render(&general, Form::Email, words).ends_with(&format!("{}\n\n{text}", general.subject)));
    }
}

/// Fails or becomes unknown, with a remedy of its own.
fn spoilt(evidence: &Evidence, state: State) -> Evidence {
    Evidence {
        state,
        told: format!("seen amiss at {}", evidence.id),
        remedy: vec![format!("remedy for {} {}", evidence.id, evidence.about)],
        ..evidence.clone()
    }
}

#[test]
fn no_letter_says_what_is_not_proven() {
    let base = Base::embedded().unwrap();
    let providers = ASKED.map(|id| base.find(id));
    for language in Language::ALL {
        let words = words(language);
        let probe = probe(&Outcome::Reset, true);
        let all = evidence(&probe, words);
        for (purpose, provider) in [Purpose::OwnMta, Purpose::Application]
            .into_iter()
            .flat_map(|it| providers.map(|other| (it, other)))
        {
            let sender = sender(purpose);
            let compose = |evidence: &[Evidence]| {
                compose(&Case { provider, sender: &sender, evidence, probe: Some(&probe), at: AT }, words)
            };
            let whole = compose(&all);
            assert!(whole.left_out.is_empty(), "{:?}", whole.left_out);
            let text = render(&whole, Form::Text, words);
            assert!(whole.claims.iter().all(|claim| text.contains(&claim.text)), "{text}");
            // The user is told of every promise beforehand, wherever it stands.
            let told = promises(&whole, words);
            let all_told =
                |id: &&str| !text.contains(&words.get(id, &[])) || told.contains(&words.get(id, &[]));
            assert!(PROMISE_IDS.iter().all(all_told), "{told} {text}");
            assert!(whole.promised.iter().all(|promise| text.contains(promise)), "{text}");
            let why = ["why", "not-relay"].map(|id| {
                let kind = if purpose == Purpose::OwnMta { "own-mta" } else { "application" };
                words.get(&format!("letter-{id}-{kind}"), &[])
            });
            assert!(why.iter().all(|why| text.contains(why)), "{text}");
            for (place, state) in (0..all.len()).flat_map(|it| [(it, State::Missing), (it, State::Unknown)]) {
                let mut evidence = all.clone();
                evidence[place] = spoilt(&all[place], state);
                let letter = compose(&evidence);
                let bad = &evidence[place];
                let rests = |claim: &&Claim| {
                    claim.backed_by.iter().any(|it| it.id == bad.id && it.about == bad.about)
                };
                let silenced: Vec<&Claim> = whole.claims.iter().filter(rests).collect();
                let text = [Form::Ticket, Form::Form].map(|form| render(&letter, form, words)).join("\n");
                let user = for_the_user(&letter, words);
                for claim in &silenced {
                    assert!(!text.contains(&claim.text), "{}: {}", bad.id, claim.text);
                    assert!(
                        letter.left_out.iter().any(|left| left.id == claim.id),
                        "{} {}",
                        bad.id,
                        claim.id
                    );
                    assert!(user.contains(&bad.remedy[0]), "{user}");
                }
                let is_own = purpose == Purpose::OwnMta;
                assert!(!silenced.is_empty() || !is_own, "{} proves nothing", bad.id);
                assert!(letter.claims.iter().all(|claim| !rests(&claim)), "{}", bad.id);
                assert!(!text.contains(&bad.remedy[0]) && !text.contains(&bad.told), "{text}");
                let kept = whole.claims.len() - silenced.len();
                assert_eq!(letter.claims.len(), kept, "{} takes too much away", bad.id);
            }
        }
    }
}

#[test]
fn what_could_not_be_looked_at_is_told_by_what_is_in_its_way() {
    static SILENT: Kind = Kind::error("dns.silent", "RFC 5321 §5.1");
    static GONE: Kind = Kind::error("some.thing", "RFC 5321 §5.1");
    let silent = Judgement {
        check: "dns",
        findings: vec![Finding::new(&SILENT, "mail.own.test").seen("no connections available")],
        because: None,
    };
    let report = checks::Report {
        schema_version: checks::report::SCHEMA_VERSION,
        at: AT,
        subject: "mail.own.test".to_owned(),
        judged: vec![silent, Judgement::not_judged("ptr", &SILENT), Judgement::not_judged("spf", &GONE)],
    };
    let found = of_findings(&report, words(Language::En));
    let of = |check: &str| found.iter().find(|it| it.check == check).unwrap();
    assert_eq!((of("ptr").state, of("ptr").id.as_str()), (State::Unknown, "ptr.not-judged"));
    assert!(of("ptr").told.starts_with("No name server answers"), "{found:?}");
    assert!(of("ptr").remedy.iter().any(|line| line.contains("resolv.conf")), "{found:?}");
    // Its ground is not in the report.
    assert_eq!(of("spf").told, "spf, because of some.thing");
    // Both grounds of one sentence, and those of others, fall with it: that is said once.
    let found =
        ["ptr", "hostname", "dkim"].map(|check| Evidence { check: check.to_owned(), ..of("ptr").clone() });
    let sender = sender(Purpose::OwnMta);
    let words = words(Language::En);
    let letter =
        compose(&Case { provider: None, sender: &sender, evidence: &found, probe: None, at: AT }, words);
    let user = for_the_user(&letter, words);
    assert!(user.contains("  - PTR record and HELO name\n  - DKIM\n      No name server answers."), "{user}");
    assert_eq!(user.matches("No name server answers").count(), 1, "{user}");
}

#[test]
fn what_was_not_looked_at_is_not_said_either() {
    for language in Language::ALL {
        let words = words(language);
        let sender = sender(Purpose::OwnMta);
        let letter =
            compose(&Case { provider: None, sender: &sender, evidence: &[], probe: None, at: AT }, words);
        assert!(letter.claims.is_empty() && letter.annex.is_empty());
        let told: Vec<&str> = letter.left_out.iter().map(|left| left.id).collect();
        assert_eq!(
            told,
            [
                "block", "control", "reverse", "spf", "dkim", "dmarc", "listed", "relay", "login", "tls",
                "abuse"
            ]
        );
        let card = score::card(&[], words);
        assert!(card.iter().all(|point| point.state == State::Unknown));
        insta::assert_snapshot!(
            format!("nothing_known_{language}"),
            format!(
                "{}\n{}\n\n{}",
                score::text(&card, words),
                score::hint(&card, words),
                for_the_user(&letter, words)
            )
        );
    }
}

#[test]
fn the_score_names_what_is_to_be_mended_first() {
    let words = words(Language::En);
    let probe = probe(&Outcome::Unanswered, false);
    let mut all = evidence(&probe, words);
    let hint = score::hint(&score::card(&all, words), words);
    assert_eq!(hint, "Nothing was found that would speak against asking.");
    let pointer = all.iter_mut().find(|it| it.id == "ptr.confirmed").unwrap();
    *pointer = Evidence { id: "ptr.other-name".to_owned(), state: State::Missing, ..pointer.clone() };
    let card = score::card(&all, words);
    // There is a name, only not the right one.
    let state = |place: usize| card[place].state;
    assert_eq!((state(0), state(1), state(2)), (State::Ok, State::Missing, State::Ok));
    assert!(score::text(&card, words).contains("to mend  PTR name that leads back"));
    let hint = score::hint(&card, words);
    assert!(hint.contains("refuse: PTR name that leads back and is the HELO name."), "{hint}");
}

#[test]
fn what_a_provider_wants_first_is_held_against_this_host() {
    let base = Base::embedded().unwrap();
    let words = words(Language::En);
    let mut all = evidence(&probe(&Outcome::Unanswered, false), words);
    let states = |id: &str, evidence: &[Evidence]| {
        let needs = needs::held(base.find(id), evidence, words);
        needs.into_iter().map(|need| (name_of(need.item), need.state)).collect::<Vec<_>>()
    };
    let of = |item: &str, state| (item.to_owned(), state);
    // The age of an account is seen nowhere on the host.
    assert_eq!(states("hetzner-cloud", &all), [of("customer-one-month", None), of("first-invoice", None)]);
    let good = Some(State::Ok);
    assert_eq!(states("linode", &all), [of("forward-record", good), of("reverse-record", good)]);
    let wanted = ["reverse-record", "helo-matches", "spf-dkim-dmarc", "no-open-relay"];
    assert_eq!(states("sharkhost", &all), wanted.map(|item| of(item, good)));
    assert_eq!(states("sharkhost", &[]), wanted.map(|item| of(item, Some(State::Unknown))));
    let dmarc = all.iter_mut().find(|it| it.check == "dmarc").unwrap();
    *dmarc = spoilt(dmarc, State::Missing);
    assert_eq!(states("sharkhost", &all)[2], of("spf-dkim-dmarc", Some(State::Missing)));
    let shark = base.find("sharkhost").unwrap();
    let text = needs::text(shark, &needs::held(Some(shark), &all, words), words).unwrap();
    assert!(
        text.starts_with(
            "What SharkHost wants before it is asked:
"
        ),
        "{text}"
    );
    assert!(
        text.contains(
            "
  to mend  the SPF, DKIM and DMARC records"
        ),
        "{text}"
    );
    assert_eq!(needs::held(None, &all, words), []);
    assert_eq!(needs::text(shark, &[], words), None);
}

#[test]
fn policy_and_measurement_decide() {
    let base = Base::embedded().unwrap();
    let blocked = probe(&Outcome::Unanswered, false);
    let advice = |id: &str| Advice::new(base.find(id), Some(&blocked));
    assert_eq!(Advice::new(None, Some(&blocked)), Advice::AskInGeneral);
    for (id, wanted) in [
        ("hetzner-cloud", Advice::Ask),
        ("digitalocean", Advice::Never),
        ("netcup", Advice::Switch),
        ("telia-se", Advice::Plan),
        ("kpn", Advice::AskInGeneral),
        ("ovhcloud", Advice::ByProduct),
        ("zen-internet", Advice::OpenYetBlocked),
    ] {
        assert_eq!(advice(id), wanted, "{id}");
    }
    assert_eq!(Advice::new(base.find("zen-internet"), None), Advice::Open);
    for provider in &base.providers {
        let advice = Advice::new(Some(provider), Some(&blocked));
        assert_eq!(advice == Advice::Never, provider.policy == Policy::Never, "{}", provider.id);
        for language in Language::ALL {
            let text = advice.text(Some(provider), &base, words(language));
            assert_eq!(advice.is_to_ask(), !text.contains("--anyway"), "{text}");
        }
    }
    let mut open = blocked;
    open.paths[0].verdict.kind = port25::Kind::Open;
    assert_eq!(Advice::new(base.find("hetzner-cloud"), Some(&open)), Advice::NotBlocked);
    open.paths[0].verdict.kind = port25::Kind::LocalFirewall;
    assert_eq!(Advice::new(base.find("hetzner-cloud"), Some(&open)), Advice::OwnFilter);
    let found = of_probe(&open, words(Language::En));
    assert!(found[0].state == State::Missing && found[0].remedy[0].contains("nft list ruleset"), "{found:?}");
}

#[test]
fn volume_is_counted_and_never_invented() {
    let day = 86_400;
    assert_eq!(Volume::measured(&[], AT, 28), None);
    assert_eq!(Volume::measured(&[AT - 29 * day], AT, 28), None);
    let received = [AT, AT - 1, AT - day, AT - 3 * day, AT - 3 * day - 5, AT - 3 * day - 9, AT - 40 * day];
    let measured = Volume::Measured { days: 28, on: 3, low: 1, high: 3 };
    assert_eq!(Volume::measured(&received, AT, 28), Some(measured));
    // What was on one day is not said of every day.
    let one_day = |times: &[u64]| {
        let volume = Volume::measured(times, AT, 28).unwrap();
        super::compose::volume(&volume, words(Language::En))
    };
    assert!(one_day(&[AT, AT - 1]).contains("2 messages for delivery, all on the same day"));
    assert!(one_day(&[AT]).ends_with("accepted one message for delivery."));
}

/// Of the sentences whose ids end in a word of the data, none is there for nothing. Those that are named in full are
/// counted in `app`, with its own.
#[test]
fn no_sentence_is_left_over() {
    let base = Base::embedded().unwrap();
    let requests = base.providers.iter().map(|provider| &provider.request);
    let items = requests.flat_map(|it| it.contents.iter().chain(&it.helpful)).chain(&fields::USUAL);
    let items: Vec<String> = items.map(|item| format!("letter-field-{}", name_of(*item))).collect();
    let rules = |family: &str| claims::RULES.iter().map(|rule| format!("{family}{}", rule.id)).collect();
    let catalogue = include_str!("../../../../mail/src/words/en/letter.ftl");
    let there = |family: &str| -> BTreeSet<String> {
        let ids = catalogue.lines().filter_map(|line| line.split_once(" =")).map(|(id, _)| id.to_owned());
        ids.filter(|id| id.starts_with(family)).collect()
    };
    assert_eq!(there("letter-topic-"), rules("letter-topic-"));
    let mut said: BTreeSet<String> = rules("letter-claim-");
    said.insert("letter-claim-dkim-application".to_owned());
    assert_eq!(there("letter-claim-"), said);
    // What has no label of its own is called as the catalogue of providers calls it.
    let left: Vec<String> = there("letter-field-").into_iter().filter(|id| !items.contains(id)).collect();
    assert!(left.is_empty(), "nobody says {left:?}");
}
