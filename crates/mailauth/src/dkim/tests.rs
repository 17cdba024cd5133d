//! Canonical forms against the 42 cases of flanker, signatures against RFC 8463, keys and their files, the pool.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use postamt_mail::address::Domain;
use postamt_mail::header::Message;

use super::canonicalize::{RelaxedBody, relaxed_body, relaxed_field, relaxed_headers, simple_body};
use super::*;

fn domain(name: &str) -> Domain {
    Domain::new(name).unwrap()
}

fn key(algorithm: Algorithm) -> Arc<SigningKey> {
    let pem = generate(algorithm, 2048).unwrap();
    Arc::new(SigningKey::from_pem(domain("sender.test"), "s2026", pem.as_bytes()).unwrap())
}

fn options(profile: SignProfile) -> SignOptions {
    SignOptions { timestamp: 1_790_000_000, expire_after: Some(1_209_600), profile: Arc::new(profile) }
}

#[test]
fn forty_two_canonicalisation_cases() {
    let cases: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/data/canon_cases.json")).unwrap();
    let cases = cases.as_array().unwrap();
    assert_eq!(cases.len(), 42);
    for case in cases {
        let text = |name: &str| case[name].as_str().unwrap();
        let input = text("input").replace("\r\n", "\n").replace('\n', "\r\n");
        let section = Message::split(input.as_bytes());
        let body = section.body();
        let forms = match text("alg") {
            "simple" => [section.octets().to_vec(), simple_body(body)],
            "relaxed" => [relaxed_headers(input.as_bytes()), relaxed_body(body)],
            other => panic!("unknown form {other}"),
        };
        let result = forms.join(&b"\r\n"[..]);
        let (n, alg, purpose) = (text("n"), text("alg"), text("purpose"));
        assert_eq!(String::from_utf8_lossy(&result), text("expected"), "{n} {alg}: {purpose}");
    }
}

#[test]
fn relaxed_bodies_that_others_get_wrong() {
    for (body, expected) in [
        (&b""[..], &b""[..]),
        (b"\r\n", b""),
        (b" \t \r\n\t\r\n", b""),
        (b"hello\r\n \r\n", b"hello\r\n"),
        (b"hello\r\n\t \r\n  \r\n\r\n", b"hello\r\n"),
        (b"hello \t\r\n", b"hello\r\n"),
        (b"hello", b"hello\r\n"),
        (b"hello \t", b"hello \r\n"),
        (b"hello \r\n\r\n  you\t all  \r\n", b"hello\r\n\r\n you all\r\n"),
        (b"\r\n\r\nhello", b"\r\n\r\nhello\r\n"),
        (b" \r\nhello\r\n", b"\r\nhello\r\n"),
    ] {
        assert_eq!(relaxed_body(body).escape_ascii().to_string(), expected.escape_ascii().to_string());
    }
}

#[test]
fn slices_of_any_size_give_one_form() {
    let text = b"a  b\t\r\n\r\n \r\nline of text\r\n\r\n\t\r\nlast \rword \r\n\r\n\r\n one\ttwo  \r\n \r\n";
    let whole = relaxed_body(text);
    for first in 0..text.len() {
        for second in first..text.len() {
            let mut machine = RelaxedBody::default();
            let mut out = Vec::new();
            for slice in [&text[..first], &text[first..second], &text[second..]] {
                machine.update(slice, &mut |octets| out.extend_from_slice(octets));
            }
            machine.finish(&mut |octets| out.extend_from_slice(octets));
            assert_eq!(out.escape_ascii().to_string(), whole.escape_ascii().to_string());
        }
    }
}

/// RFC 8463 A.2 gives the key, A.3 the signed message; Ed25519 signatures have no chance in them.
#[test]
fn rfc8463_signature_is_made_again() {
    let message = include_bytes!("../../tests/data/rfc8463.eml");
    let section = Message::split(message);
    let body_hash = STANDARD.encode(digest(&SHA256, &relaxed_body(section.body())));
    assert_eq!(body_hash, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");

    let mut hashed = Vec::new();
    for name in ["from", "to", "subject", "date", "message-id"] {
        relaxed_field(name, section.find(name).unwrap().value_octets(), &mut hashed);
    }
    let field = section.find("dkim-signature").unwrap();
    let value = field.value_octets();
    let signature_at = memchr::memmem::find(value, b" b=").unwrap() + 3;
    relaxed_field("dkim-signature", &value[..signature_at], &mut hashed);
    hashed.truncate(hashed.len() - 2);

    let seed = STANDARD.decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap();
    let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let der = STANDARD.encode([&prefix[..], &seed].concat());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n");
    let key = SigningKey::from_pem(domain("football.example.com"), "brisbane", pem.as_bytes()).unwrap();
    assert_eq!(key.public_record(), "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_eq!(key.record_name(), "brisbane._domainkey.football.example.com");
    let signature = key.sign_digest(&digest(&SHA256, &hashed)).unwrap();
    let expected: Vec<u8> =
        value[signature_at..].iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    assert_eq!(STANDARD.encode(signature).as_bytes(), expected);
}

#[test]
fn fields_are_folded_and_complete() {
    let keys = [key(Algorithm::Rsa), key(Algorithm::Ed25519)];
    let message = Bytes::from_static(
        b"From: a@sender.test\r\nTo: b@x.test\r\nto: c@x.test\r\nX-Other: 1\r\n\r\nHi\r\n",
    );
    let fields = sign(&keys, std::slice::from_ref(&message), &options(SignProfile::default())).unwrap();
    let section = Message::split(&fields);
    assert_eq!(section.count("DKIM-Signature"), 2);
    assert_eq!(section.end, fields.len(), "nothing but fields");
    for line in fields.split(|b| *b == b'\n') {
        assert!(line.len() <= 78, "{}", line.escape_ascii());
    }
    let text = section.fields[0].text().replace(['\t', ' '], "");
    assert!(
        text.starts_with(
            "v=1;a=rsa-sha256;c=relaxed/relaxed;d=sender.test;s=s2026;t=1790000000;x=1791209600;"
        )
    );
    assert!(text.contains("h=From:From:Subject:To:To:To:Cc:Date:"), "{text}");
    assert!(!text.contains("X-Other"));
    assert!(section.fields[1].text().contains("a=ed25519-sha256;"));
}

#[test]
fn pieces_do_not_matter() {
    let keys = [key(Algorithm::Ed25519)];
    let message =
        Bytes::from_static(b"From: a@sender.test\r\nSubject: x\r\n y\r\n\r\nOne\r\n\r\nTwo  words \r\n\r\n");
    let options = options(SignProfile::default());
    let whole = sign(&keys, std::slice::from_ref(&message), &options).unwrap();
    for first in 0..message.len() {
        for second in first..message.len() {
            let pieces = [message.slice(..first), message.slice(first..second), message.slice(second..)];
            assert_eq!(sign(&keys, &pieces, &options).unwrap(), whole, "cut at {first} and {second}");
        }
    }
}

#[test]
fn a_profile_limits_what_is_signed() {
    let keys = [key(Algorithm::Ed25519), key(Algorithm::Rsa)];
    let message = [Bytes::from_static(b"From: a@sender.test\r\nMessage-ID: <1@sender.test>\r\n\r\nHi\r\n")];
    let profile = SignProfile {
        max_signatures: 1,
        skip_headers: vec!["message-id".into(), "Date".into(), "from".into()],
        algorithms: Algorithm::ALL.to_vec(),
    };
    let fields = sign(&keys, &message, &options(profile)).unwrap();
    let section = Message::split(&fields);
    assert_eq!(section.count("DKIM-Signature"), 1);
    let text = section.fields[0].text().into_owned();
    assert!(text.contains("a=rsa-sha256") && text.contains("h=From:From:"));
    assert!(!text.contains("Message-ID") && !text.contains("Date"));

    let none = SignProfile { max_signatures: 0, ..SignProfile::default() };
    assert!(sign(&keys, &message, &options(none)).unwrap().is_empty());
    assert!(sign(&[], &message, &options(SignProfile::default())).unwrap().is_empty());
}

#[test]
fn keys_are_read_in_every_usual_form() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key.pem");
    for arguments in [
        &["genrsa", "-traditional", "2048"][..],
        &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        &["genpkey", "-algorithm", "ED25519"],
    ] {
        let made = std::process::Command::new("openssl")
            .args(arguments)
            .output()
            .expect("openssl is missing: install the Debian package `openssl`");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        std::fs::write(&path, &made.stdout).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        let key = SigningKey::from_file(domain("sender.test"), "s1", &path).unwrap();
        assert_eq!(key.algorithm() == Algorithm::Ed25519, arguments.contains(&"ED25519"));
        assert!(!format!("{key:?}").contains("PRIVATE"));
    }
}

#[test]
fn bad_keys_say_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key.pem");
    std::fs::write(&path, &**generate(Algorithm::Ed25519, 0).unwrap()).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    let error = SigningKey::from_file(domain("sender.test"), "s1", &path).unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");

    let short = include_bytes!("../../tests/data/short.pem");
    assert!(matches!(SigningKey::from_pem(domain("sender.test"), "s1", short), Err(KeyError::Size)));
    let bad = SigningKey::from_pem(domain("sender.test"), "s1", b"hello");
    assert!(matches!(bad, Err(KeyError::NotAKey)));
    let pem = generate(Algorithm::Ed25519, 0).unwrap();
    let bad = SigningKey::from_pem(domain("sender.test"), "../x", pem.as_bytes());
    assert!(matches!(bad, Err(KeyError::Selector(_))));
    assert!(matches!(generate(Algorithm::Rsa, 1024), Err(KeyError::Size)));
}

#[test]
fn the_store_keeps_keys_by_domain() {
    let directory = tempfile::tempdir().unwrap();
    let store = KeyStore::open(directory.path().join("dkim")).unwrap();
    assert!(store.is_empty());
    let sender = domain("sender.test");
    for (selector, algorithm) in
        [("2026a", Algorithm::Ed25519), ("2026a", Algorithm::Rsa), ("2026b", Algorithm::Rsa)]
    {
        let pem = generate(algorithm, 2048).unwrap();
        let stored = store.create(sender.clone(), selector, &pem).unwrap();
        let mode = std::fs::metadata(&stored.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
    }
    let names: Vec<_> =
        store.keys_for(&sender).iter().map(|key| format!("{} {}", key.selector(), key.algorithm())).collect();
    assert_eq!(names, ["2026b rsa", "2026a rsa", "2026a ed25519"]);
    assert!(store.keys_for(&domain("other.test")).is_empty());
    assert_eq!(store.list().len(), 3);

    let pem = generate(Algorithm::Rsa, 2048).unwrap();
    assert!(matches!(store.create(sender.clone(), "2026a", &pem), Err(KeyError::Exists(_))));

    // A file that cannot be used fails the reload and leaves the keys in use.
    let path = store.list()[0].path.clone();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    assert!(matches!(store.reload(), Err(KeyError::Mode { .. })));
    assert_eq!(store.keys_for(&sender).len(), 3);
    std::fs::remove_file(&path).unwrap();
    store.reload().unwrap();
    assert_eq!(store.keys_for(&sender).len(), 2);
}

#[tokio::test]
async fn the_pool_signs_as_the_function_does() {
    let keys = vec![key(Algorithm::Ed25519)];
    let pool = Arc::new(SigningPool::new(2).unwrap());
    let mut tasks = Vec::new();
    for number in 0..500 {
        let content = vec![Bytes::from(format!("From: a@sender.test\r\n\r\nNumber {number}\r\n"))];
        let job = SigningJob { keys: keys.clone(), content, options: options(SignProfile::default()) };
        let expected = sign(&job.keys, &job.content, &job.options).unwrap();
        let pool = Arc::clone(&pool);
        tasks.push(tokio::spawn(async move { assert_eq!(pool.sign(job).await.unwrap(), expected) }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn a_key_is_used_once_it_is_seen_and_kept_while_its_mail_is_under_way() {
    const DAY: u64 = 86_400;
    let directory = tempfile::tempdir().unwrap();
    let open = || KeyStore::open(directory.path()).unwrap();
    let sender = domain("sender.test");
    let make = |selector: &str, rotation: bool, since: u64| {
        let pem = generate(Algorithm::Ed25519, 0).unwrap();
        let stage = Stage { state: KeyState::Waiting, since, rotation };
        open().create_at(sender.clone(), selector, &pem, Some(stage)).unwrap()
    };
    let schedule =
        Schedule { rotate_after: Some(Duration::from_secs(180 * DAY)), flight: Duration::from_secs(6 * DAY) };
    // Each time from the files alone, as after a restart.
    let go_on = |now: u64, seen: bool| {
        let store = open();
        let steps = steps(&store.list(), now, &schedule, |_| seen);
        for step in &steps {
            if let Step::Move { domain, algorithm, selector, stage } = step {
                store.set_stage(domain, selector, *algorithm, *stage).unwrap();
            }
        }
        steps
    };
    let states = || {
        let list = open().list();
        list.iter().map(|key| format!("{} {}", key.key.selector(), key.stage)).collect::<Vec<_>>()
    };
    let used = || open().keys_for(&sender).iter().map(|key| key.selector().to_owned()).collect::<Vec<_>>();

    make("one", false, 1_000);
    assert!(go_on(1_010, false).is_empty() && used().is_empty(), "DNS does not have it yet");
    go_on(1_020, true);
    assert_eq!((states(), used()), (vec!["one active 1020".to_owned()], vec!["one".to_owned()]));
    assert!(go_on(1_020 + 180 * DAY - 1, true).is_empty());

    let due = 1_020 + 180 * DAY;
    let renew = Step::Renew { domain: sender.clone(), algorithm: Algorithm::Ed25519, selector: "one".into() };
    assert_eq!(go_on(due, true), [renew]);
    make("two", true, due);
    assert!(go_on(due + 1, false).is_empty(), "one heir is enough");
    assert_eq!(used(), ["one"]);
    go_on(due + 2, true);
    // Both sign between the two moves; a crash there changes nothing.
    assert_eq!(used(), ["two", "one"]);
    go_on(due + 3, true);
    assert_eq!(used(), ["two"]);
    assert_eq!(states(), [format!("two active {} rotation", due + 2), format!("one retired {}", due + 3)]);

    assert!(go_on(due + 3 + 6 * DAY - 1, true).is_empty());
    go_on(due + 3 + 6 * DAY, true);
    assert_eq!(states()[1], format!("one revoked {}", due + 3 + 6 * DAY));
    assert!(go_on(due + 100 * DAY, true).is_empty());

    let state = directory.path().join("sender.test/two.ed25519.state");
    std::fs::write(state, "sleeping").unwrap();
    assert!(matches!(KeyStore::open(directory.path()), Err(KeyError::Stage(_))));
}

#[test]
fn a_second_key_beside_the_first_retires_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = KeyStore::open(directory.path()).unwrap();
    let sender = domain("sender.test");
    for (selector, since) in [("one", 1), ("two", 2)] {
        let pem = generate(Algorithm::Ed25519, 0).unwrap();
        let stage = Stage { state: KeyState::Active, since, rotation: false };
        store.create_at(sender.clone(), selector, &pem, Some(stage)).unwrap();
    }
    let schedule = Schedule { rotate_after: None, flight: Duration::ZERO };
    assert_eq!(steps(&store.list(), u64::MAX, &schedule, |_| true), []);
}
