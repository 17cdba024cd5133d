//! Worlds whose DKIM records are wrong, or whose keys are.

use postamt_doctor::checks::context::KeysFailure;
use postamt_mailauth::dkim::KeyState;

use super::support::{Cure, EDWARDS, RSA, State, World, judge, key, uncured, world};

/// Something else at our selector: the text in front of the key, the key, the text behind it.
macro_rules! instead {
    ($before:literal) => {
        concat!("- s1._domainkey.example.test\ns1._domainkey.example.test TXT \"", $before, "\"")
    };
    ($before:literal, $key:literal) => {
        instead!($before, $key, "")
    };
    ($before:literal, $key:literal, $behind:literal) => {
        concat!(
            "- s1._domainkey.example.test\ns1._domainkey.example.test TXT \"",
            $before,
            include_str!($key),
            $behind,
            "\""
        )
    };
}

fn ask_at(state: &mut State, selector: &str) {
    state.stranger = Some("example.test");
    state.selectors = vec![selector.to_owned()];
}

const fn selector(name: &'static str, zone: &'static str, finds: &'static [&'static str]) -> World {
    World { name, zone, state: |state| ask_at(state, "x"), finds, cure: Cure::None }
}

pub static WORLDS: &[World] = &[
    world("no record of the key", "- s1._domainkey.example.test", &["dkim.missing"]),
    world("another key", instead!("v=DKIM1; k=rsa; p=", "keys/other.pub"), &["dkim.mismatched"]),
    world("another key of 1024 bits", instead!("v=DKIM1; p=", "keys/1024.pub"), &["dkim.mismatched"]),
    world(
        "a key of another kind",
        instead!("v=DKIM1; k=ed25519; p=", "keys/ed25519.pub"),
        &["dkim.mismatched"],
    ),
    world("revoked", instead!("v=DKIM1; p="), &["dkim.revoked"]),
    world("test flag", instead!("v=DKIM1; k=rsa; t=y; p=", "keys/rsa.pub"), &["dkim.testing"]),
    uncured(
        "only for the domain itself",
        instead!("v=DKIM1; k=rsa; t=s; p=", "keys/rsa.pub"),
        &["dkim.only-same-domain"],
    ),
    world("a wrong version", instead!("v=DKIM2; k=rsa; p=", "keys/rsa.pub"), &["dkim.unusable"]),
    world(
        "an algorithm that nobody knows",
        instead!("v=DKIM1; k=dsa; p=", "keys/rsa.pub"),
        &["dkim.unusable"],
    ),
    world(
        "the algorithm of another kind of key",
        instead!("v=DKIM1; k=ed25519; p=", "keys/rsa.pub"),
        &["dkim.unusable"],
    ),
    world("only SHA-1", instead!("v=DKIM1; h=sha1; p=", "keys/rsa.pub"), &["dkim.unusable"]),
    world("not for mail", instead!("v=DKIM1; s=tlsrpt; p=", "keys/rsa.pub"), &["dkim.unusable"]),
    world("a tag twice", instead!("v=DKIM1; k=rsa; k=rsa; p=", "keys/rsa.pub"), &["dkim.unusable"]),
    world("no key in the record", instead!("v=DKIM1; k=rsa"), &["dkim.unusable"]),
    world("no Base64", instead!("v=DKIM1; k=rsa; p=MIIB!!", "keys/rsa.pub"), &["dkim.unusable"]),
    uncured("a tag that means nothing", instead!("v=DKIM1; x=1; p=", "keys/rsa.pub"), &["dkim.unknown-tag"]),
    world(
        "quotation marks in the text",
        instead!("\\\"v=DKIM1; k=rsa; p=", "keys/rsa.pub", "\\\""),
        &["dkim.split"],
    ),
    world(
        "strings with their quotation marks in the text",
        instead!("v=DKIM1; k=rsa; p=MIIB\\\" \\\"", "keys/rsa.pub"),
        &["dkim.split"],
    ),
    world(
        "two records at the selector",
        concat!("s1._domainkey.example.test TXT \"v=DKIM1; p=", include_str!("keys/other.pub"), "\""),
        &["dkim.several"],
    ),
    uncured(
        "spaces within the key, which count for nothing",
        instead!("v=DKIM1; p= ", "keys/rsa.pub", "  "),
        &[],
    ),
    uncured(
        "the key at another name",
        concat!(
            "- s1._domainkey.example.test\ns1._domainkey.example.test CNAME keys.test\n",
            "keys.test TXT \"v=DKIM1; p=",
            include_str!("keys/rsa.pub"),
            "\""
        ),
        &[],
    ),
    uncured("the servers fail", "! _domainkey.example.test servfail", &["dkim.not-asked"]),
    World {
        name: "no key for the domain",
        zone: "",
        state: |state| state.host.keys.clear(),
        finds: &["dkim.no-key"],
        cure: Cure::Done(|state| state.host.keys = vec![key("example.test", "s1", RSA, KeyState::Active)]),
    },
    World {
        name: "keys that may not be read",
        zone: "",
        state: |state| {
            state.host.keys.clear();
            state.host.keys_failure = Some(KeysFailure::NotAllowed("permission denied".to_owned()));
        },
        finds: &["dkim.keys-not-read"],
        cure: Cure::None,
    },
    World {
        name: "a key file that is none",
        zone: "",
        state: |state| {
            state.host.keys.clear();
            state.host.keys_failure = Some(KeysFailure::Unusable("too short".to_owned()));
        },
        finds: &["dkim.keys-unusable"],
        cure: Cure::Done(|state| {
            state.host.keys = vec![key("example.test", "s1", RSA, KeyState::Active)];
            state.host.keys_failure = None;
        }),
    },
    World {
        name: "a key that waits",
        zone: "",
        state: |state| state.host.keys.push(key("example.test", "s2", EDWARDS, KeyState::Waiting)),
        finds: &["dkim.waiting"],
        cure: Cure::Printed,
    },
    World {
        name: "a retired key without its record",
        zone: "",
        state: |state| state.host.keys.push(key("example.test", "s0", EDWARDS, KeyState::Retired)),
        finds: &["dkim.missing"],
        cure: Cure::Printed,
    },
    World {
        name: "a revoked key that is still published",
        zone: concat!(
            "s0._domainkey.example.test TXT \"v=DKIM1; k=ed25519; p=",
            include_str!("keys/ed25519.pub"),
            "\""
        ),
        state: |state| state.host.keys.push(key("example.test", "s0", EDWARDS, KeyState::Revoked)),
        finds: &["dkim.not-revoked"],
        cure: Cure::Printed,
    },
    World {
        name: "a revoked key that is gone",
        zone: "",
        state: |state| state.host.keys.push(key("example.test", "s0", EDWARDS, KeyState::Revoked)),
        finds: &[],
        cure: Cure::None,
    },
];

static STRANGERS: &[World] = &[
    selector(
        "1024 bits",
        concat!("x._domainkey.example.test TXT \"v=DKIM1; p=", include_str!("keys/1024.pub"), "\""),
        &["dkim.short"],
    ),
    selector(
        "512 bits",
        concat!("x._domainkey.example.test TXT \"v=DKIM1; p=", include_str!("keys/512.pub"), "\""),
        &["dkim.too-short"],
    ),
    selector(
        "2048 bits",
        concat!("x._domainkey.example.test TXT \"v=DKIM1; p=", include_str!("keys/other.pub"), "\""),
        &[],
    ),
    selector("revoked", "x._domainkey.example.test TXT \"v=DKIM1; p=\"", &["dkim.revoked"]),
    selector("nothing at the selector", "y._domainkey.example.test TXT \"v=DKIM1; p=\"", &["dkim.missing"]),
    selector(
        "two records at a selector",
        concat!(
            "x._domainkey.example.test TXT \"v=DKIM1; p=",
            include_str!("keys/other.pub"),
            "\"\nx._domainkey.example.test TXT \"v=DKIM1; p=",
            include_str!("keys/rsa.pub"),
            "\""
        ),
        &["dkim.several"],
    ),
    World {
        name: "selectors that nobody knows",
        zone: "x._domainkey.example.test TXT \"v=DKIM1; p=\"",
        state: |state| state.stranger = Some("example.test"),
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "no selector at all",
        zone: "- s1._domainkey.example.test",
        state: |state| state.stranger = Some("example.test"),
        finds: &["dkim.no-keys-at-all"],
        cure: Cure::None,
    },
];

/// A panel that keeps the first string of 255 octets only.
#[tokio::test]
async fn cut_off_behind_the_first_string() {
    let whole = concat!("v=DKIM1; k=rsa; p=", include_str!("keys/rsa.pub"));
    let zone = format!("- s1._domainkey.example.test\ns1._domainkey.example.test TXT \"{}\"", &whole[..255]);
    let worlds = [World {
        name: "cut off",
        zone: zone.leak(),
        state: |_| {},
        finds: &["dkim.split"],
        cure: Cure::Printed,
    }];
    judge(&worlds).await;
}

#[tokio::test]
async fn dkim() {
    judge(WORLDS).await;
    judge(STRANGERS).await;
}
