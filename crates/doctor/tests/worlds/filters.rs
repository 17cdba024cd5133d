//! Worlds whose content filters are wrong: not there, not what they should be, with signatures of yesteryear.

use postamt_doctor::checks::context::{FilterService, OwnFilter};
use postamt_net::service::ServiceAddress;

use super::support::{Cure, State, World, judge};

/// Mail is shown to both.
fn filtered(state: &mut State) {
    let own = |(name, service, port): (&str, _, _)| OwnFilter {
        name: name.to_owned(),
        service,
        address: ServiceAddress::Tcp { host: "127.0.0.1".to_owned(), port },
    };
    let both = [("ClamAV", FilterService::ClamAv, 3310), ("Rspamd", FilterService::Rspamd, 11_333)];
    state.host.filters = both.map(own).into();
}

const FRESH: &str = "ClamAV 1.0.7/27346/Mon Sep 21 08:26:29 2026\0";

static WORLDS: &[World] = &[
    World { name: "both filters answer", zone: "", state: filtered, finds: &[], cure: Cure::None },
    World {
        name: "nobody listens where clamd should",
        zone: "",
        state: |state| {
            filtered(state);
            state.serving.closed = &[3310];
        },
        finds: &["filters.not-reached"],
        cure: Cure::Done(|state| state.serving.closed = &[]),
    },
    World {
        name: "nobody listens where Rspamd should",
        zone: "",
        state: |state| {
            filtered(state);
            state.serving.closed = &[11_333];
        },
        finds: &["filters.not-reached"],
        cure: Cure::Done(|state| state.serving.closed = &[]),
    },
    World {
        name: "another service answers on Rspamd's port",
        zone: "",
        state: |state| {
            filtered(state);
            state.serving.rspamd = "220 mail.example.test ESMTP\r\n";
        },
        finds: &["filters.not-reached"],
        cure: Cure::Done(|state| state.serving.rspamd = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong"),
    },
    World {
        name: "another service answers on clamd's port",
        zone: "",
        state: |state| {
            filtered(state);
            state.serving.clamd = "220 mail.example.test ESMTP\r\n";
        },
        finds: &["filters.not-reached"],
        cure: Cure::Done(|state| state.serving.clamd = FRESH),
    },
    World {
        name: "the socket of clamd is not there",
        zone: "",
        state: |state| {
            filtered(state);
            state.host.filters[0].address = ServiceAddress::Unix("/nowhere/clamd.ctl".into());
        },
        finds: &["filters.not-reached"],
        cure: Cure::Done(filtered),
    },
    World {
        name: "the signatures are a month old",
        zone: "",
        state: |state| {
            filtered(state);
            state.serving.clamd = "ClamAV 1.0.7/27315/Fri Aug 21 08:26:29 2026\0";
        },
        finds: &["filters.signatures-old"],
        cure: Cure::Done(|state| state.serving.clamd = FRESH),
    },
    World {
        name: "clamd has no signatures of ClamAV's",
        zone: "",
        state: |state| {
            filtered(state);
            state.serving.clamd = "ClamAV 1.0.7\0";
        },
        finds: &["filters.signatures-none"],
        cure: Cure::Done(|state| state.serving.clamd = FRESH),
    },
];

#[tokio::test]
async fn filters_that_are_not_there_are_named() {
    judge(WORLDS).await;
}
