//! Worlds in which Postamt itself is old, has a weakness, or cannot tell.

use postamt_doctor::checks::Severity;

use super::outside::Noticed;
use super::support::{Change, Cure, State, World, judge, report_of};

fn is(state: &mut State, noticed: Noticed) {
    state.noticed = Some(noticed);
}

static WORLDS: &[World] = &[
    World {
        name: "the newest release runs",
        zone: "",
        state: |state| is(state, Noticed::default()),
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "a pre-release of the next one runs",
        zone: "",
        state: |state| is(state, Noticed { running: "1.3.0-rc.1", ..Noticed::default() }),
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "there is a newer release",
        zone: "",
        state: |state| is(state, Noticed { latest: "1.3.0", ..Noticed::default() }),
        finds: &["updates.postamt-newer"],
        cure: Cure::Done(|state| {
            is(state, Noticed { running: "1.3.0", latest: "1.3.0", ..Noticed::default() })
        }),
    },
    World {
        name: "the version that runs has a weakness",
        zone: "",
        state: |state| {
            is(state, Noticed { latest: "1.3.0", severity: Some("critical"), ..Noticed::default() });
        },
        finds: &["updates.postamt-newer", "updates.postamt-weak"],
        cure: Cure::Done(|state| {
            let severity = Some("critical");
            is(state, Noticed { running: "1.3.0", latest: "1.3.0", severity, ..Noticed::default() });
        }),
    },
    World {
        name: "nobody has asked for the notice yet",
        zone: "",
        state: |state| is(state, Noticed { fetched: None, ..Noticed::default() }),
        finds: &["updates.postamt-not-known"],
        cure: Cure::Done(|state| is(state, Noticed::default())),
    },
    World {
        name: "the notice is over: no more is known, and what is known stays",
        zone: "",
        state: |state| {
            let (latest, severity, valid_until) = ("1.3.0", Some("low"), "2026-09-20");
            is(state, Noticed { latest, severity, valid_until, ..Noticed::default() });
        },
        finds: &["updates.postamt-not-known", "updates.postamt-weak"],
        cure: Cure::Done(|state| {
            is(state, Noticed { running: "1.3.0", latest: "1.3.0", ..Noticed::default() })
        }),
    },
    World {
        name: "no notice has come for eight days",
        zone: "",
        state: |state| is(state, Noticed { fetched: Some(8), ..Noticed::default() }),
        finds: &["updates.postamt-not-known"],
        cure: Cure::Done(|state| is(state, Noticed::default())),
    },
    World {
        name: "somebody else has signed the notice",
        zone: "",
        state: |state| is(state, Noticed { signer: 8, severity: Some("high"), ..Noticed::default() }),
        finds: &["updates.postamt-not-known"],
        cure: Cure::Done(|state| is(state, Noticed::default())),
    },
];

#[tokio::test]
async fn what_is_known_of_the_version_that_runs() {
    judge(WORLDS).await;
}

#[tokio::test]
async fn a_grave_weakness_is_an_error_and_a_small_one_a_warning() {
    let worlds: [(Change, Severity); 2] = [
        (|state| is(state, Noticed { severity: Some("high"), ..Noticed::default() }), Severity::Error),
        (|state| is(state, Noticed { severity: Some("moderate"), ..Noticed::default() }), Severity::Warning),
    ];
    for (state, severity) in worlds {
        let world = World { name: "a weakness", zone: "", state, finds: &[], cure: Cure::None };
        let report = report_of(&world).await;
        let weak = report.findings().into_iter().find(|finding| finding.kind.id == "updates.postamt-weak");
        assert_eq!(weak.expect("found").severity, severity);
    }
}
