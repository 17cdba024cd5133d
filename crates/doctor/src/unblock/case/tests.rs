use std::collections::BTreeSet;

use postamt_mail::words::{Language, Words, words};
use postamt_store::cases::{
    Case, CaseAbout, CaseChannel, CaseEvent, CaseId, CaseQuestion, CaseStage, CaseStep, CaseSubject,
    CaseText, Lister, WantedName,
};
use postamt_store::facts::{Family, PathFact, PathKey, PathReason, PathState, ProbeFact};

use super::answers::{self, Known};
use super::seen::Sight;
use super::watch::{Due, Ours, Seen, due, due_when_seen, successor, successor_about, wants_a_look};
use super::*;
use crate::unblock::Base;

mod watched;

/// Tuesday, 24 November 2026, noon.
const NOON: u64 = 1_795_521_600;
const WAY: PathKey = PathKey { source: None, family: Family::Ipv4 };
const OTHER: PathKey = PathKey { source: None, family: Family::Ipv6 };

fn events() -> [CaseEvent; 10] {
    [
        CaseEvent::Drafted,
        CaseEvent::Sent { channel: CaseChannel::Ticket },
        CaseEvent::FollowUpDue,
        CaseEvent::Granted,
        CaseEvent::Refused,
        CaseEvent::MoreAsked { questions: vec![CaseQuestion::Volume] },
        CaseEvent::Opened,
        CaseEvent::Lost { successor: CaseId(2) },
        CaseEvent::Noted,
        CaseEvent::Closed,
    ]
}

/// A case in this stage, entered at this time.
fn case(stage: CaseStage, at: u64) -> Case {
    let letter = CaseText { language: "de".to_owned(), text: "Bitte öffnen Sie Port 25.".to_owned() };
    let step = |at, event, stage, texts| CaseStep {
        at,
        event,
        stage,
        ticket: None,
        note: None,
        texts,
        follow_up_at: None,
    };
    let mut steps = vec![step(NOON - 9, CaseEvent::Drafted, CaseStage::Drafted, vec![letter])];
    if stage != CaseStage::Drafted {
        let mut sent = step(at, events()[1].clone(), CaseStage::Sent, Vec::new());
        sent.follow_up_at = Some(at + DAY);
        sent.ticket = Some("4711".to_owned());
        steps.push(sent);
        steps.push(step(at, CaseEvent::Noted, stage, Vec::new()));
    }
    let subject = CaseSubject {
        about: CaseAbout::Port25,
        provider: Some("hetzner-cloud".to_owned()),
        hostname: "mail.example.org".to_owned(),
        addresses: vec!["192.0.2.25".parse().unwrap()],
        paths: vec![WAY],
        follow_up_days: Some(1),
        follows: None,
    };
    Case { id: CaseId(1), subject, steps }
}

/// A row per stage, a column per event of [`events`]: the stage that follows, or after `!` why it cannot be.
const TABLE: &str = "
drafted       drafted          sent          !not-waiting   !not-sent-yet     !not-sent-yet     !not-sent-yet confirmed     !not-confirmed drafted       closed
sent          !already-drafted !already-sent follow_up_due  granted           escalated         more_asked    confirmed     !not-confirmed sent          closed
follow_up_due follow_up_due    sent          !not-waiting   granted           escalated         more_asked    confirmed     !not-confirmed follow_up_due closed
more_asked    more_asked       sent          !not-waiting   granted           escalated         more_asked    confirmed     !not-confirmed more_asked    closed
granted       !already-drafted sent          !not-waiting   !already-answered escalated         more_asked    confirmed     !not-confirmed granted       closed
escalated     escalated        sent          !not-waiting   granted           !already-answered more_asked    confirmed     !not-confirmed escalated     closed
confirmed     !already-drafted !already-open !not-waiting   !already-open     !already-open     !already-open !already-open closed         confirmed     closed
closed        !over            !over         !over          !over             !over             !over         !over         !over          closed        !over
";

#[test]
fn every_event_in_every_stage() {
    let rows: Vec<Vec<&str>> = TABLE.trim().lines().map(|row| row.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), CaseStage::ALL.len());
    for stage in CaseStage::ALL {
        let row = rows.iter().find(|row| row[0] == stage.name()).unwrap();
        assert_eq!(row.len(), 1 + events().len());
        for (event, expected) in events().into_iter().zip(&row[1..]) {
            let told = |next: Result<CaseStage, Impossible>| match next {
                Ok(stage) => stage.name().to_owned(),
                Err(why) => format!("!{}", why.name()),
            };
            assert_eq!(told(next(stage, &event)), *expected, "{stage:?} {event:?}");
            let step = step(&case(stage, NOON), event, NOON + 1, Some("so".to_owned()));
            assert_eq!(told(step.map(|step| step.stage)), *expected);
        }
    }
}

#[test]
fn asked_again_after_the_days_of_the_provider_or_five_working_days() {
    // A Tuesday and five working days are the next Tuesday; a Saturday and five, Friday.
    for (sent, days, expected) in
        [(NOON, Some(2), 2), (NOON, None, 7), (NOON + 4 * DAY, None, 6), (NOON + 3 * DAY, None, 7)]
    {
        assert_eq!((follow_up_at(sent, days) - sent) / DAY, expected, "{sent} {days:?}");
    }
    let sent = step(&case(CaseStage::Drafted, NOON), events()[1].clone(), NOON, None).unwrap();
    assert_eq!(sent.follow_up_at, Some(NOON + DAY));
}

#[test]
fn usual_questions_are_recognised_in_both_languages() {
    use CaseQuestion::{Blocklists, Content, Prevention, Relay, Volume};
    for (text, expected) in [
        ("How many mails will you send per day, and what kind?", vec![Content, Volume]),
        ("Wie viele E-Mails am Tag? Wie verhindern Sie Spam?", vec![Volume, Prevention]),
        ("Why don't you use port 587?", vec![Relay]),
        ("Ist die IP auf einer Sperrliste?", vec![Blocklists]),
        ("Bitte senden Sie uns Ihren Ausweis.", vec![]),
    ] {
        assert_eq!(answers::recognise(text), expected, "{text}");
    }
}

#[test]
fn answers_say_what_is_known_and_leave_the_rest_open() {
    let questions = [
        CaseQuestion::Content,
        CaseQuestion::Volume,
        CaseQuestion::Prevention,
        CaseQuestion::Blocklists,
        CaseQuestion::Relay,
    ];
    let known = Known {
        domains: vec!["example.org".to_owned()],
        counted: Some((280, 28)),
        needs_login: true,
        signs: true,
    };
    let case = case(CaseStage::Sent, NOON);
    let english = answers::answer(&case, &questions, &known, words(Language::En));
    for part in [
        "[4711]",
        "example.org",
        "280 messages over the past 28 days, or about 10 a day",
        "192.0.2.25",
        "RFC 5321",
    ] {
        assert!(english.contains(part), "{part}: {english}");
    }
    assert!(english.contains("authenticated accounts") && english.contains("signed with DKIM"), "{english}");
    let nothing = answers::answer(&case, &questions[..3], &Known::default(), words(Language::De));
    for part in ["[welche Art von E-Mails", "[wie viele Nachrichten", "[Wer über den Server versenden darf"]
    {
        assert!(nothing.contains(part), "{part}: {nothing}");
    }
    assert!(!nothing.contains("angemeldeten") && !nothing.contains("DKIM"), "{nothing}");
    let few = Known { counted: Some((3, 28)), ..Known::default() };
    let few = answers::answer(&case, &questions[1..2], &few, words(Language::De));
    assert!(
        few.contains(
            "3 Nachrichten in den vergangenen 28 Tagen, also im Durchschnitt weniger als eine am Tag."
        ),
        "{few}"
    );
    insta::assert_snapshot!(
        "answers_and_letters_de",
        letters(&case, &questions, &known, words(Language::De))
    );
    insta::assert_snapshot!(
        "answers_and_letters_en",
        letters(&case, &questions, &known, words(Language::En))
    );
}

/// What the provider is sent in the course of a case.
fn letters(case: &Case, questions: &[CaseQuestion], known: &Known, words: &Words) -> String {
    let none = answers::answer(case, questions, &Known::default(), words);
    let all = [
        text::reminder(case, words),
        answers::answer(case, questions, known, words),
        none,
        answers::answer(case, &[], known, words),
        text::again(case, &case.subject, words),
    ];
    all.join("\n\n=====\n\n")
}

#[test]
fn a_file_tells_all_and_a_refusal_names_ways_in_order() {
    let base = Base::embedded().unwrap();
    let mut case = case(CaseStage::Escalated, NOON);
    let provider = base.find("hetzner-cloud");
    let texts = text::both(&case, |words| text::alternatives(provider, &base, words));
    assert_eq!(texts[0].language, "de", "the case is German");
    let places: Vec<_> = ["1. ", "2. ", "3. "].map(|number| texts[0].text.find(number)).into();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{texts:?}");
    assert!(texts[0].text.contains("relay add"), "{texts:?}");
    case.steps.last_mut().unwrap().texts = texts;
    let german = text::file(&case, provider, true, words(Language::De));
    for part in
        ["Vorgang c1", "192.0.2.25", "Bitte öffnen Sie Port 25.", "4711", "[en]", "[de]", "Was sich sonst"]
    {
        assert!(german.contains(part), "{part}: {german}");
    }
    let english = text::file(&case, provider, false, words(Language::En));
    assert!(english.contains("What else can be done") && !english.contains("[de]"), "{english}");
    let reminder = text::reminder(&case, words(Language::De));
    assert!(reminder.starts_with("Betreff: ") && reminder.contains("24.11.2026"), "{reminder}");
}

/// One of each kind.
fn abouts() -> [CaseAbout; 3] {
    let address = "192.0.2.25".parse().unwrap();
    [
        CaseAbout::Port25,
        CaseAbout::Ptr { wanted: vec![WantedName { address, name: "mail.example.org".to_owned() }] },
        CaseAbout::Delisting {
            by: Lister::List("spamhaus-zen".to_owned()),
            name: "Spamhaus ZEN".to_owned(),
            listed: vec!["192.0.2.25".to_owned()],
        },
    ]
}

#[test]
fn ptr_and_delisting_are_confirmed_by_what_is_seen_and_lost_by_what_is_not() {
    let late = NOON + DAY;
    for about in abouts().into_iter().skip(1) {
        let lacking = || Sight::Lacking(about.clone());
        for (stage, sight, now, expected) in [
            (CaseStage::Drafted, Sight::There, NOON, Some(Due::Opened)),
            (CaseStage::Sent, Sight::There, NOON, Some(Due::Opened)),
            (CaseStage::Escalated, Sight::There, NOON, Some(Due::Opened)),
            (CaseStage::Sent, lacking(), NOON, None),
            (CaseStage::Sent, lacking(), late, Some(Due::FollowUp)),
            (CaseStage::Sent, Sight::Unknown, late, Some(Due::FollowUp)),
            (CaseStage::Granted, lacking(), late, None),
            (CaseStage::Confirmed, lacking(), late, Some(Due::Lost)),
            // A name server that fails takes nothing away.
            (CaseStage::Confirmed, Sight::Unknown, late, None),
            (CaseStage::Confirmed, Sight::There, late, None),
            (CaseStage::Closed, Sight::There, late, None),
            (CaseStage::Closed, lacking(), late, None),
        ] {
            let mut case = case(stage, NOON);
            case.subject.about = about.clone();
            assert_eq!(due_when_seen(&case, &sight, now), expected, "{about:?} {stage:?} {sight:?}");
        }
    }
}

#[test]
fn what_was_given_up_cannot_be_lost() {
    let wish =
        |address: &str, name: &str| WantedName { address: address.parse().unwrap(), name: name.to_owned() };
    let listed = |abouts: &[&str]| CaseAbout::Delisting {
        by: Lister::List("spamhaus-zen".to_owned()),
        name: "Spamhaus ZEN".to_owned(),
        listed: abouts.iter().map(|it| (*it).to_owned()).collect(),
    };
    let names = CaseAbout::Ptr {
        wanted: vec![wish("192.0.2.25", "mail.example.org"), wish("2001:db8::25", "old.example.org")],
    };
    let entries = listed(&["192.0.2.25", "192.0.2.99", "example.org", "other.example"]);
    let mut ours = Ours {
        names: vec!["Mail.Example.Org".to_owned()],
        addresses: vec!["192.0.2.25".parse().unwrap(), "2001:db8::25".parse().unwrap()],
        domains: vec!["example.org".to_owned()],
    };
    let one = CaseAbout::Ptr { wanted: vec![wish("192.0.2.25", "mail.example.org")] };
    assert_eq!(ours.part_of(&names), Some(one.clone()), "the other name is no more");
    assert_eq!(ours.part_of(&entries), Some(listed(&["192.0.2.25", "example.org"])));
    ours.addresses = vec!["198.51.100.1".parse().unwrap()];
    assert_eq!((ours.part_of(&names), ours.part_of(&listed(&["192.0.2.25"]))), (None, None));
    // Behind NAT it does not know them: then the case counts.
    ours.addresses.clear();
    assert_eq!(ours.part_of(&names), Some(one.clone()));
    let mut old = case(CaseStage::Confirmed, NOON);
    old.subject.about = names;
    let next = successor_about(&old, one.clone());
    assert_eq!((&next.about, next.follows), (&one, Some(CaseId(1))));
    assert_eq!(next.addresses, ["192.0.2.25".parse::<std::net::IpAddr>().unwrap()]);
}

/// The letters that ask once more, to be read.
#[test]
fn what_was_lost_is_asked_for_once_more() {
    for language in Language::ALL {
        let words = words(language);
        let mailbox = CaseAbout::Delisting {
            by: Lister::Mailbox("t-online".to_owned()),
            name: "T-Online".to_owned(),
            listed: vec!["192.0.2.25".to_owned(), "192.0.2.26".to_owned()],
        };
        let letters: Vec<String> = abouts()
            .into_iter()
            .skip(1)
            .chain([mailbox])
            .map(|about| {
                let mut old = case(CaseStage::Confirmed, NOON);
                old.subject.about = about.clone();
                let subject = successor_about(&old, about);
                let mut next = case(CaseStage::Drafted, NOON);
                next.subject = subject.clone();
                let notice = notice::letter(Due::Lost, &next, words);
                let told = [notice.subject, notice.paragraphs.join("\n")].join("\n\n");
                format!("{}\n\n--\n\n{told}", text::again(&old, &subject, words))
            })
            .collect();
        insta::assert_snapshot!(format!("lost_again_{language}"), letters.join("\n\n=====\n\n"));
    }
}

#[test]
fn each_kind_has_its_own_words() {
    let base = Base::embedded().unwrap();
    for language in Language::ALL {
        let words = words(language);
        for about in abouts().into_iter().skip(1) {
            for stage in CaseStage::ALL {
                let mut case = case(stage, NOON);
                case.subject.about = about.clone();
                let mut told = vec![text::file(&case, None, true, words), text::reminder(&case, words)];
                told.push(text::alternatives_of(&case, None, &base, words));
                told.push(text::again(&case, &case.subject, words));
                for due in [Due::Opened, Due::FollowUp, Due::Lost] {
                    let letter = notice::letter(due, &case, words);
                    told.extend([letter.subject, letter.paragraphs.join(" ")]);
                }
                // Nothing that is about port 25 is said of something else; what names a command names it so.
                for text in told {
                    let text = text.replace("postamt port25", "").replace("Bitte öffnen Sie Port 25.", "");
                    assert!(!text.contains("ort 25"), "{about:?} {stage:?}: {text}");
                }
            }
        }
    }
}

#[test]
fn every_sentence_is_there() {
    for language in Language::ALL {
        let words = words(language);
        for stage in CaseStage::ALL {
            let case = case(stage, NOON);
            assert!(!text::file(&case, None, true, words).is_empty());
            for due in [Due::Opened, Due::FollowUp, Due::Lost] {
                assert!(notice::letter(due, &case, words).subject.contains("mail.example.org"));
            }
        }
        for event in events() {
            let step = CaseStep {
                at: NOON,
                event,
                stage: CaseStage::Sent,
                ticket: None,
                note: None,
                texts: Vec::new(),
                follow_up_at: None,
            };
            assert!(!text::happened(&case(CaseStage::Sent, NOON), &step, words).is_empty());
        }
    }
}

#[test]
fn what_is_granted_is_looked_at_once() {
    let probe = |path, at, verdict: &str| ProbeFact {
        path,
        at,
        verdict: verdict.to_owned(),
        confidence: 90,
        evidence: Vec::new(),
        report: String::new(),
    };
    let ways = [WAY, OTHER];
    let wants = |stage, probes: &[ProbeFact]| {
        wants_a_look(&case(stage, NOON), &Seen { ways: &ways, paths: &[], probes })
    };
    let before = [probe(WAY, NOON - 1, "dropped"), probe(OTHER, NOON + 9, "open")];
    for stage in CaseStage::ALL {
        assert_eq!(wants(stage, &before), stage == CaseStage::Granted, "{stage:?}");
    }
    // Whatever it has found: the next look comes in its own time.
    assert!(!wants(CaseStage::Granted, &[probe(WAY, NOON, "dropped")]));
    assert!(wants(CaseStage::Granted, &[]));
    // Whatever else was granted is no matter of the ways.
    let mut other = case(CaseStage::Granted, NOON);
    for about in abouts().into_iter().skip(1) {
        other.subject.about = about;
        assert!(!wants_a_look(&other, &Seen { ways: &ways, paths: &[], probes: &[] }));
    }
}

/// Of the sentences whose ids end in a word of the case, none is there for nothing. Those that are named in full are
/// counted in `app`, which says the rest of them.
#[test]
fn no_sentence_is_left_over() {
    use CaseChannel::{Email, Form, Other, Phone, Ticket};
    use Impossible::{
        AlreadyAnswered, AlreadyDrafted, AlreadyOpen, AlreadySent, NotConfirmed, NotSentYet, NotWaiting, Over,
    };
    let (stages, events) = (CaseStage::ALL.map(CaseStage::name), events());
    let channels = [Ticket, Form, Email, Phone, Other].map(CaseChannel::name);
    let impossible = [
        AlreadyAnswered,
        AlreadyDrafted,
        AlreadyOpen,
        AlreadySent,
        NotConfirmed,
        NotSentYet,
        NotWaiting,
        Over,
    ];
    let families: [(&str, Vec<&str>); 6] = [
        ("case-stage-", stages.to_vec()),
        // One names the provider in front of the stage.
        ("case-brief-", [&stages[..], &["provider"]].concat()),
        ("case-next-", stages.to_vec()),
        ("case-event-", events.iter().map(CaseEvent::name).collect()),
        ("case-channel-", channels.to_vec()),
        ("case-impossible-", impossible.map(Impossible::name).to_vec()),
    ];
    let catalogue = include_str!("../../../../mail/src/words/en/case.ftl");
    for (family, words) in families {
        let said: BTreeSet<String> =
            words.iter().map(|word| format!("{family}{}", word.replace('_', "-"))).collect();
        let ids = catalogue.lines().filter_map(|line| line.split_once(" =")).map(|(id, _)| id.to_owned());
        // What a case is about may have a sentence of its own, in place of the usual one.
        let usual = |id: String| {
            let usual = ["-ptr", "-delisting"].iter().find_map(|kind| id.strip_suffix(kind));
            usual.map_or_else(|| id.clone(), str::to_owned)
        };
        let there: BTreeSet<String> = ids.filter(|id| id.starts_with(family)).map(usual).collect();
        assert_eq!(there, said);
    }
}
