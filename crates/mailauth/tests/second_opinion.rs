//! Our signatures as others see them: dkimpy and OpenDKIM verify them, and OpenDKIM's signatures pass our verifier.
//!
//! The tools are Debian packages (`opendkim`, `python3-dkim`, `python3-nacl`); `cargo xtask test` installs them.
//! No DNS is asked: both get the public keys in a file.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use postamt_mailauth::dkim::SigningKey;
use postamt_mailauth::verify::{Outcome, Verifier};

/// Verifies every signature of the message named first with the keys of the file named second.
const DKIMPY: &str = r#"
import sys, json, dkim
keys = json.load(open(sys.argv[2]))
message = open(sys.argv[1], 'rb').read()
def lookup(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    record = keys.get(name.rstrip('.').lower())
    return record.encode() if record else None
verifier = dkim.DKIM(message)
count = sum(1 for name, _ in verifier.headers if name.lower() == b'dkim-signature')
def verdict(index):
    try:
        return 'pass' if verifier.verify(idx=index, dnsfunc=lookup) else 'fail'
    except dkim.ValidationError:
        return 'fail'
print(' '.join(verdict(index) for index in range(count)))
"#;

fn records(keys: &[(Arc<SigningKey>, String)]) -> HashMap<String, String> {
    keys.iter().map(|(key, _)| (key.record_name(), key.public_record())).collect()
}

/// A Python that has dkimpy: Debian's, or whichever is first in the path.
fn python() -> &'static str {
    let has_dkim = |python: &&str| {
        let found = Command::new(python).args(["-c", "import dkim, nacl"]).output();
        found.is_ok_and(|output| output.status.success())
    };
    ["/usr/bin/python3", "python3"].into_iter().find(has_dkim).expect(
        "dkimpy is missing: install the Debian packages `python3-dkim` and `python3-nacl` (`cargo xtask test` does)",
    )
}

fn run(command: &mut Command, package: &str) -> (bool, String) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}: install the Debian package `{package}`"));
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn dkimpy_accepts_our_signatures() {
    let keys = support::keys();
    let directory = tempfile::tempdir().unwrap();
    let (message_file, key_file) = (directory.path().join("message"), directory.path().join("keys"));
    std::fs::write(&key_file, serde_json::to_vec(&records(&keys)).unwrap()).unwrap();
    let signing: Vec<_> = keys.iter().map(|(key, _)| Arc::clone(key)).collect();
    let verify = |content: &[u8]| {
        std::fs::write(&message_file, content).unwrap();
        run(Command::new(python()).args(["-c", DKIMPY]).args([&message_file, &key_file]), "python3-dkim")
    };
    for (name, message) in support::messages() {
        let content = support::signed(&message, &signing);
        let (success, output) = verify(&content);
        assert!(success, "{name}: {output}");
        assert_eq!(output.trim(), "pass pass", "{name}");
        let (_, output) = verify(&[&content[..], b"changed\r\n"].concat());
        assert_eq!(output.trim(), "fail fail", "{name}: the verifier accepts everything");
    }
}

/// OpenDKIM's own test mode: it evaluates one message and says what its filter would do.
fn opendkim(directory: &Path, configuration: &str, content: &[u8]) -> (bool, String) {
    let (message, file) = (directory.join("message"), directory.join("opendkim.conf"));
    std::fs::write(&message, content).unwrap();
    // The directory lies in one that everybody may write to, which it would not stand.
    std::fs::write(&file, format!("Syslog no\nRequireSafeKeys no\n{configuration}")).unwrap();
    // Not in the path of every user.
    let program = if Path::new("/usr/sbin/opendkim").exists() { "/usr/sbin/opendkim" } else { "opendkim" };
    run(Command::new(program).arg("-vvv").arg("-x").arg(&file).arg("-t").arg(&message), "opendkim")
}

#[test]
fn opendkim_accepts_our_signatures() {
    let keys = support::keys();
    let directory = tempfile::tempdir().unwrap();
    let key_file = directory.path().join("keys");
    let lines: Vec<_> =
        records(&keys).into_iter().map(|(name, record)| format!("{name} {record}\n")).collect();
    std::fs::write(&key_file, lines.concat()).unwrap();
    let configuration = format!("Mode v\nTestPublicKeys {}\n", key_file.display());
    for (name, message) in support::messages() {
        for (key, _) in &keys {
            let content = support::signed(&message, &[Arc::clone(key)]);
            let (success, output) = opendkim(directory.path(), &configuration, &content);
            let expected = format!("verification (s={}, d=sender.test", key.selector());
            assert!(success && output.contains(&expected), "{name}: {output}");
            assert!(output.contains("succeeded"), "{name}: {output}");
            let changed = [&content[..], b"changed\r\n"].concat();
            let (_, output) = opendkim(directory.path(), &configuration, &changed);
            assert!(!output.contains("succeeded"), "{name}: the verifier accepts everything: {output}");
        }
    }
}

#[tokio::test]
async fn our_verifier_accepts_the_signatures_of_opendkim() {
    let keys = support::keys();
    let directory = tempfile::tempdir().unwrap();
    for (key, pem) in &keys {
        let key_file = directory.path().join("key.pem");
        std::fs::write(&key_file, pem).unwrap();
        let zone = HashMap::from([(key.record_name(), vec![support::txt(&key.public_record())])]);
        let verifier = Verifier::new(&[support::name_server(zone)]).unwrap();
        let configuration = format!(
            "Mode s\nCanonicalization relaxed/relaxed\nSignatureAlgorithm {}\nDomain {}\nSelector {}\nKeyFile {}\n",
            key.algorithm().signature_name(),
            support::DOMAIN,
            key.selector(),
            key_file.display(),
        );
        for (name, message) in support::messages() {
            let (success, output) = opendkim(directory.path(), &configuration, &message);
            assert!(success, "{name}: {output}");
            let content = [inserted_field(&output).as_bytes(), &message].concat();
            let found = verifier.verify_dkim(&content).await;
            let outcomes: Vec<_> = found.iter().map(|signature| signature.outcome).collect();
            assert_eq!(outcomes, [Outcome::Pass], "{name}: {found:?}\n{}", content.escape_ascii());
        }
    }
}

/// The field that OpenDKIM would insert, from its report.
fn inserted_field(output: &str) -> String {
    let value = output
        .split_once("hname='DKIM-Signature' hvalue='")
        .and_then(|(_, rest)| rest.split_once('\''))
        .unwrap_or_else(|| panic!("no signature in: {output}"))
        .0;
    format!("DKIM-Signature: {}\r\n", value.replace('\n', "\r\n"))
}
