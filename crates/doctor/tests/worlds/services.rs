//! Worlds whose own ports are wrong: reach, TLS, login.

use postamt_doctor::checks::context::{Listening, Service};
use postamt_doctor::checks::machine::Listener;
use postamt_lab::certificates::CertificateKind;

use super::support::{Cure, State, World, judge, parsed};

/// The server listens on all its ports, and it is Postamt that does.
fn listens(state: &mut State) {
    let all = [
        (25, Service::Exchange),
        (587, Service::Submission),
        (465, Service::Submissions),
        (443, Service::Web),
    ];
    for (port, service) in all {
        let address = parsed(&format!("0.0.0.0:{port}"));
        state.host.listeners.push(Listening { address, service });
        state.machine.listeners.push(Listener { program: "postamt".to_owned(), port });
    }
}

static PORTS: &[World] = &[
    World { name: "all ports are right", zone: "", state: listens, finds: &[], cure: Cure::None },
    World {
        name: "587 is refused",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.closed = &[587];
        },
        finds: &["submission.not-reached"],
        cure: Cure::Done(|state| state.serving.closed = &[]),
    },
    World {
        name: "465 is silent",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.silent = &[465];
        },
        finds: &["submission.not-known"],
        cure: Cure::None,
    },
    World {
        name: "587 is refused from outside",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.closed_outside = &[587];
        },
        finds: &["submission.outside"],
        cure: Cure::Done(|state| state.serving.closed_outside = &[]),
    },
    World {
        name: "587 without STARTTLS",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.without_starttls = &[587];
        },
        finds: &["submission.no-starttls"],
        cure: Cure::Done(|state| state.serving.without_starttls = &[]),
    },
    World {
        name: "587 offers a login in clear",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.auth_in_clear = &[587];
        },
        finds: &["submission.auth-in-clear"],
        cure: Cure::Done(|state| state.serving.auth_in_clear = &[]),
    },
    World {
        name: "25 offers a login in clear",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.auth_in_clear = &[25];
        },
        finds: &["submission.auth-in-clear"],
        cure: Cure::Done(|state| state.serving.auth_in_clear = &[]),
    },
    World {
        name: "25 offers a login under TLS",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.auth_under_tls = &[587, 465, 25];
        },
        finds: &["submission.auth-on-25"],
        cure: Cure::Done(|state| state.serving.auth_under_tls = &[587, 465]),
    },
    World {
        name: "465 offers no login",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.auth_under_tls = &[587];
        },
        finds: &["submission.no-auth"],
        cure: Cure::Done(|state| state.serving.auth_under_tls = &[587, 465]),
    },
    World {
        name: "25 hangs up",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.hanging_up = &[25];
        },
        finds: &["mta_sts.not-met", "postmaster.not-asked", "submission.not-known"],
        cure: Cure::None,
    },
    World {
        name: "25 offers STARTTLS and cannot do it",
        zone: "- _mta-sts.example.test TXT",
        state: |state| {
            listens(state);
            state.serving.without_handshake = &[25];
        },
        finds: &["mta_sts.none", "submission.no-tls"],
        cure: Cure::None,
    },
    World {
        name: "465 speaks in clear",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.implicit_in_clear = true;
        },
        finds: &["submission.no-tls"],
        cure: Cure::Done(|state| state.serving.implicit_in_clear = false),
    },
];

/// What is good at the time of these worlds, 2026-09-21.
const OLD: CertificateKind = CertificateKind::Between((2026, 7, 1), (2026, 12, 1));
const NEW: CertificateKind = CertificateKind::Between((2026, 9, 1), (2027, 2, 1));

fn shows(state: &mut State, kind: CertificateKind) {
    listens(state);
    state.serving.certificate = kind;
}

static CERTIFICATES: &[World] = &[
    World {
        name: "the certificate has expired",
        zone: "",
        state: |state| shows(state, CertificateKind::Expired),
        finds: &["certificate.expired"],
        cure: Cure::Done(|state| state.serving.certificate = NEW),
    },
    World {
        name: "the certificate is of the future",
        zone: "",
        state: |state| shows(state, CertificateKind::Between((2026, 9, 22), (2027, 2, 1))),
        finds: &["certificate.not-yet"],
        cure: Cure::Done(|state| state.serving.certificate = NEW),
    },
    World {
        name: "the certificate expires in ten days",
        zone: "",
        state: |state| shows(state, CertificateKind::Between((2026, 7, 1), (2026, 10, 1))),
        finds: &["certificate.soon"],
        cure: Cure::Done(|state| state.serving.certificate = NEW),
    },
    World {
        name: "the certificate was renewed and the server does not know",
        zone: "",
        state: |state| {
            shows(state, OLD);
            state.serving.file = Some(NEW);
        },
        finds: &["certificate.old"],
        cure: Cure::Done(|state| state.serving.certificate = NEW),
    },
    World {
        name: "the certificate is for another name",
        zone: "",
        state: |state| shows(state, CertificateKind::WrongName),
        finds: &["certificate.wrong-name"],
        cure: Cure::Done(|state| state.serving.certificate = NEW),
    },
    World {
        name: "the certificate is self-made",
        zone: "",
        state: |state| shows(state, CertificateKind::SelfSigned),
        finds: &["certificate.self-made"],
        cure: Cure::Done(|state| state.serving.certificate = NEW),
    },
    World {
        name: "nobody trusts the authority",
        zone: "- _mta-sts.example.test TXT",
        state: |state| {
            listens(state);
            state.serving.stranger = true;
        },
        finds: &["certificate.not-trusted", "mta_sts.none"],
        cure: Cure::None,
    },
];

static RELAYS: &[World] = &[
    World {
        name: "an open relay",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.relays = Some("postamt-relay-test.invalid");
        },
        finds: &["relay_test.open"],
        cure: Cure::Done(|state| state.serving.relays = None),
    },
    World {
        name: "a relay for those who know the percent sign",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.relays = Some("%");
        },
        finds: &["relay_test.open"],
        cure: Cure::Done(|state| state.serving.relays = None),
    },
    World {
        name: "a relay for those who know UUCP",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.relays = Some("!");
        },
        finds: &["relay_test.open"],
        cure: Cure::Done(|state| state.serving.relays = None),
    },
    World {
        name: "strangers are put off, not refused",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.to_foreign = "451 4.7.1 try again later";
        },
        finds: &["relay_test.not-known"],
        cure: Cure::Done(|state| state.serving.to_foreign = "554 5.7.1 relaying denied"),
    },
    World {
        name: "the operator has named this host's network",
        zone: "",
        state: |state| {
            listens(state);
            state.serving.relays = Some("postamt-relay-test.invalid");
            state.host.may_relay = vec![parsed("192.0.2.25"), parsed("127.0.0.1")];
        },
        finds: &[],
        cure: Cure::None,
    },
];

#[tokio::test]
async fn certificates() {
    judge(CERTIFICATES).await;
}

#[tokio::test]
async fn relays() {
    judge(RELAYS).await;
}

#[tokio::test]
async fn ports() {
    judge(PORTS).await;
}
