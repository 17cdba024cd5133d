//! The cases port.

use std::sync::Arc;

use postamt_store::cases::{
    Case, CaseAbout, CaseChannel, CaseError, CaseEvent, CaseId, CaseLook, CaseQuestion, CaseStage, CaseStep,
    CaseSubject, CaseText, Cases, Lister, WantedName,
};
use postamt_store::facts::{Family, PathKey};

use super::run;

/// A place where cases are kept.
pub trait House {
    /// Opens the cases; a second time as after a restart, or as another process.
    fn open(&self) -> Arc<dyn Cases>;
}

/// A check, and its name for a failure's message.
pub type Check = (&'static str, fn(&dyn House));

/// All checks of this suite; each gets a house of its own.
pub const CHECKS: &[Check] = &[
    ("numbers are given in order and never twice", numbers_are_given_in_order),
    ("every step is kept over a restart", every_step_is_kept),
    ("of two who go on at once, one is told", of_two_who_go_on_one_is_told),
    ("a case has one that follows it", a_case_has_one_that_follows_it),
    ("what is not there is named", what_is_not_there_is_named),
    ("each kind of request is kept", each_kind_is_kept),
    ("the last look at each case is kept over a restart", the_last_look_is_kept),
];

fn subject(follows: Option<CaseId>) -> CaseSubject {
    CaseSubject {
        about: CaseAbout::default(),
        provider: Some("hoster".into()),
        hostname: "mail.example.org".into(),
        addresses: vec!["192.0.2.25".parse().expect("an address")],
        paths: vec![PathKey { source: None, family: Family::Ipv4 }],
        follow_up_days: Some(3),
        follows,
    }
}

fn step(at: u64, event: CaseEvent, stage: CaseStage) -> CaseStep {
    let letter = CaseText { language: "de".into(), text: "Guten Tag\n\nbitte …".into() };
    CaseStep {
        at,
        event,
        stage,
        ticket: None,
        note: Some("so it was".into()),
        texts: vec![letter],
        follow_up_at: Some(at + 9),
    }
}

fn draft(at: u64) -> CaseStep {
    step(at, CaseEvent::Drafted, CaseStage::Drafted)
}

fn sent(at: u64) -> CaseStep {
    let sent = step(at, CaseEvent::Sent { channel: CaseChannel::Ticket }, CaseStage::Sent);
    CaseStep { ticket: Some("4711".into()), ..sent }
}

fn open(cases: &Arc<dyn Cases>, at: u64) -> Case {
    run(cases.open_case(subject(None), draft(at))).expect("opened")
}

fn numbers_are_given_in_order(house: &dyn House) {
    let cases = house.open();
    assert_eq!(run(cases.cases()).expect("read"), []);
    let (first, second) = (open(&cases, 1), open(&cases, 2));
    assert_eq!([first.id, second.id], [CaseId(1), CaseId(2)]);
    drop(cases);
    assert_eq!(open(&house.open(), 3).id, CaseId(3));
}

fn every_step_is_kept(house: &dyn House) {
    let cases = house.open();
    let case = open(&cases, 1);
    let asked = CaseEvent::MoreAsked { questions: vec![CaseQuestion::Volume, CaseQuestion::Relay] };
    run(cases.add_step(case.id, 1, sent(2))).expect("added");
    let case = run(cases.add_step(case.id, 2, step(3, asked.clone(), CaseStage::MoreAsked))).expect("added");
    drop(cases);
    assert_eq!(case.steps, [draft(1), sent(2), step(3, asked, CaseStage::MoreAsked)]);
    assert_eq!((case.stage(), case.ticket(), case.sent_at()), (CaseStage::MoreAsked, Some("4711"), Some(2)));
    assert_eq!(case.subject, subject(None));
    assert_eq!(run(house.open().cases()).expect("read"), [case]);
}

fn of_two_who_go_on_one_is_told(house: &dyn House) {
    let (one, other) = (house.open(), house.open());
    let case = open(&one, 1);
    run(one.add_step(case.id, 1, sent(2))).expect("added");
    assert_eq!(run(other.add_step(case.id, 1, sent(3))), Err(CaseError::Moved(case.id)));
    assert_eq!(run(other.cases()).expect("read")[0].steps, [draft(1), sent(2)]);
}

fn a_case_has_one_that_follows_it(house: &dyn House) {
    let cases = house.open();
    let case = open(&cases, 1);
    let next = run(cases.open_case(subject(Some(case.id)), draft(2))).expect("opened");
    assert_eq!(next.subject.follows, Some(case.id));
    let again = run(cases.open_case(subject(Some(case.id)), draft(3)));
    assert_eq!(again, Err(CaseError::Moved(case.id)));
    assert_eq!(run(cases.cases()).expect("read"), [case, next]);
}

fn each_kind_is_kept(house: &dyn House) {
    let wanted = |address: &str, name: &str| WantedName {
        address: address.parse().expect("an address"),
        name: name.to_owned(),
    };
    let listed = |by| CaseAbout::Delisting {
        by,
        name: "A list".to_owned(),
        listed: vec!["192.0.2.25".to_owned(), "own.test".to_owned()],
    };
    let abouts = [
        CaseAbout::Port25,
        CaseAbout::Ptr {
            wanted: vec![wanted("192.0.2.25", "mail.own.test"), wanted("2001:db8::1", "a.test")],
        },
        listed(Lister::List("a-list".to_owned())),
        listed(Lister::Mailbox("a-provider".to_owned())),
    ];
    let cases = house.open();
    for about in &abouts {
        let subject = CaseSubject { about: about.clone(), ..subject(None) };
        run(cases.open_case(subject, draft(1))).expect("opened");
    }
    drop(cases);
    let kept: Vec<CaseAbout> =
        run(house.open().cases()).expect("read").into_iter().map(|case| case.subject.about).collect();
    assert_eq!(kept, abouts);
}

fn the_last_look_is_kept(house: &dyn House) {
    let cases = house.open();
    let (one, other) = (open(&cases, 1).id, open(&cases, 1).id);
    assert_eq!(run(cases.looks()).expect("read"), []);
    for (id, at, steps) in [(one, 5, 1), (other, 6, 1), (one, 7, 2)] {
        run(cases.save_look(CaseLook { id, at, steps })).expect("kept");
    }
    drop(cases);
    let kept = run(house.open().looks()).expect("read");
    assert_eq!(kept, [CaseLook { id: one, at: 7, steps: 2 }, CaseLook { id: other, at: 6, steps: 1 }]);
}

fn what_is_not_there_is_named(house: &dyn House) {
    let cases = house.open();
    assert_eq!(run(cases.add_step(CaseId(9), 1, sent(2))), Err(CaseError::Unknown(CaseId(9))));
}
