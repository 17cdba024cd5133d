//! Notices that are good, and every way in which one is not.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

use super::*;

const BODY: &str = r#"format = "postamt-release-notice/1"
issued = 2026-11-24T08:00:00Z
valid_until = 2026-12-24T08:00:00Z
latest = "0.2.0"
url = "https://postamt.example/releases/0.2.0"
later = "what this version does not know"

[[advisory]]
id = "PA-2026-1"
affected = ["< 0.1.4"]
severity = "moderate"
title = { en = "A relay may be fooled.", de = "Ein Relay lässt sich täuschen." }
url = "https://postamt.example/advisories/1"

[[advisory]]
id = "PA-2026-2"
affected = ["= 0.1.0", ">= 0.1.3, < 0.2.0"]
severity = "critical"
title = { en = "Strangers may read mail.", de = "Fremde können Mail lesen." }
url = "https://postamt.example/advisories/2"
"#;

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key")
}

fn key(pair: &Ed25519KeyPair) -> NoticeKey {
    NoticeKey(pair.public_key().as_ref().try_into().expect("32 octets"))
}

fn signed(body: &str) -> String {
    format!("{SIGNATURE}{}\n{body}", STANDARD.encode(pair(7).sign(body.as_bytes())))
}

fn read(body: &str) -> Result<Notice, NoticeError> {
    open(signed(body).as_bytes(), &key(&pair(7)))
}

fn version(text: &str) -> Version {
    text.parse().expect("a version")
}

#[test]
fn a_good_notice_is_read() {
    let notice = read(BODY).expect("good");
    assert_eq!((notice.issued, notice.valid_until), (1_795_507_200, 1_798_099_200));
    assert_eq!(notice.latest, version("0.2.0"));
    assert_eq!(notice.advisories[1].title_de, "Fremde können Mail lesen.");
    assert_eq!(notice.advisories[1].gravity, Gravity::Critical);
    assert_eq!(NoticeKey::parse(&key(&pair(7)).text()), Some(key(&pair(7))));
}

#[test]
fn what_was_not_signed_so_is_not_read() {
    let good = signed(BODY);
    assert_eq!(open(good.as_bytes(), &key(&pair(8))), Err(NoticeError::NotTrusted));
    // Each octet of the body and of the signature counts.
    for position in (SIGNATURE.len()..good.len()).step_by(7) {
        let mut changed = good.clone().into_bytes();
        changed[position] ^= 1;
        let refused = open(&changed, &key(&pair(7)));
        let expected = [Err(NoticeError::NotTrusted), Err(NoticeError::Unsigned)];
        assert!(expected.contains(&refused), "octet {position}: {refused:?}");
    }
    for file in ["", BODY, SIGNATURE, "postamt-release-notice-signature: !!\n"] {
        assert_eq!(open(file.as_bytes(), &key(&pair(7))), Err(NoticeError::Unsigned), "{file:?}");
    }
    let long = signed(&format!("{BODY}# {}", "x".repeat(SIZE_LIMIT)));
    assert_eq!(open(long.as_bytes(), &key(&pair(7))), Err(NoticeError::TooLarge));
}

#[test]
fn what_is_signed_but_wrong_is_not_half_read() {
    for (before, after) in [
        ("notice/1", "notice/2"),
        ("format", "# format"),
        ("issued = 2026-11-24T08:00:00Z", "issued = 2026-11-24T08:00:00"),
        ("issued = 2026-11-24T08:00:00Z", "issued = 2026-11-24T08:00:00+01:00"),
        ("issued = 2026", "issued = 2027"),
        ("issued = 2026", "issued = 1969"),
        ("latest = \"0.2.0\"", "latest = \"0.2\""),
        ("https://postamt.example/releases", "http://postamt.example/releases"),
        ("[\"< 0.1.4\"]", "[]"),
        ("[\"< 0.1.4\"]", "[\"0.1.4\"]"),
        ("[\"< 0.1.4\"]", "[\"< 0.1.4,\"]"),
        ("PA-2026-2", "PA-2026-1"),
        ("PA-2026-2", "PA 2026"),
        ("moderate", "terrible"),
        ("A relay may", "A \\u001b[2Jrelay may"),
        ("de = \"Ein Relay lässt sich täuschen.\"", "de = \"\""),
    ] {
        let body = BODY.replacen(before, after, 1);
        assert_ne!(body, BODY, "{before}");
        assert!(matches!(read(&body), Err(NoticeError::Form(_))), "{after}: {:?}", read(&body));
    }
}

#[test]
fn a_pre_release_comes_before_its_release() {
    let notice = read(BODY).expect("good");
    for (running, newer, advisories) in [
        ("0.1.0", true, "PA-2026-2 PA-2026-1"),
        ("0.1.1", true, "PA-2026-1"),
        ("0.1.3", true, "PA-2026-2 PA-2026-1"),
        ("0.1.4-rc.1", true, "PA-2026-2 PA-2026-1"),
        ("0.1.4", true, "PA-2026-2"),
        ("0.2.0-rc.9", true, "PA-2026-2"),
        ("0.2.0-rc.10", true, "PA-2026-2"),
        ("0.2.0", false, ""),
        ("0.2.0+debian.1", false, ""),
        ("0.10.0", false, ""),
        ("0.3.0-alpha", false, ""),
    ] {
        let running = version(running);
        let ids: Vec<&str> =
            notice.advisories_for(&running).iter().map(|advisory| advisory.id.as_str()).collect();
        assert_eq!(notice.newer_than(&running).is_some(), newer, "{running}");
        assert_eq!(ids.join(" "), advisories, "{running}");
    }
    assert!(version("1.0.0-rc.9") < version("1.0.0-rc.10"));
}

#[test]
fn a_notice_has_its_time() {
    let notice = read(BODY).expect("good");
    for (now, current) in [
        (notice.issued - 2 * 86_400, false),
        (notice.issued - 3600, true),
        (notice.issued, true),
        (notice.valid_until - 1, true),
        (notice.valid_until, false),
    ] {
        assert_eq!(notice.is_current(now), current, "{now}");
    }
    let older = Notice { issued: notice.issued - 1, ..notice.clone() };
    assert!(notice.replaces(&older) && notice.replaces(&notice) && !older.replaces(&notice));
}
