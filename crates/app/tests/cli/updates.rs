//! The notice of newer releases, as an operator meets it: made with the commands of docs/release-notice.md, fetched by
//! the server over HTTPS, told by letter once, and said by the doctor.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use postamt_lab::certificates::{CertificateKind, LabAuthority, TlsVersions};
use postamt_lab::zones::{Record, Zones};

use super::support::{Site, name_server};

const RUNNING: &str = env!("CARGO_PKG_VERSION");

/// The commands of the page that signs: those between its fences of `sh`.
fn documented() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/release-notice.md");
    let page = std::fs::read_to_string(page).expect("the page");
    page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// Makes key and notice; returns the public key.
fn signed(folder: &Path) -> String {
    let body = format!(
        "format = \"postamt-release-notice/1\"\nissued = 2026-11-01T00:00:00Z\n\
         valid_until = 2099-01-01T00:00:00Z\nlatest = \"999.0.0\"\nurl = \"https://updates.test/999\"\n\
         [[advisory]]\nid = \"PA-1\"\naffected = [\"<= {RUNNING}\"]\nseverity = \"high\"\n\
         title = {{ en = \"Mail may be read.\", de = \"Mail ist lesbar.\" }}\nurl = \"https://updates.test/1\"\n"
    );
    std::fs::write(folder.join("body.toml"), body).expect("written");
    let made = Command::new("sh").arg("-ec").arg(documented()).current_dir(folder).output().expect("a shell");
    assert!(made.status.success(), "{made:?}");
    String::from_utf8(made.stdout).expect("text").trim().to_owned()
}

/// An HTTPS server that has nothing but this file; counts who asks.
fn serve(authority: &LabAuthority, file: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
    let tls = authority.server_config("updates.test", CertificateKind::Good, TlsVersions::Current);
    let (tls, asked) = (tls.expect("TLS"), Arc::<AtomicUsize>::default());
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (port, count) = (listener.local_addr().expect("an address").port(), asked.clone());
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let session = rustls::ServerConnection::new(tls.clone()).expect("a session");
            let mut stream = BufReader::new(rustls::StreamOwned::new(session, stream));
            let mut line = String::new();
            // The head ends with an empty line.
            while stream.read_line(&mut line).is_ok_and(|length| length > 2) {
                line.clear();
            }
            count.fetch_add(1, Ordering::SeqCst);
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", file.len());
            let stream = stream.get_mut();
            // A client that leaves ends only its own session.
            let _ = stream.write_all(&[head.as_bytes(), &file].concat());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (port, asked)
}

#[test]
fn a_weakness_and_a_release_are_told_once_and_the_doctor_knows_them() {
    let site = Site::new("");
    let key = signed(site.directory.path());
    let authority = LabAuthority::new().expect("an authority");
    std::fs::write(site.roots(), authority.root_pem()).expect("written");
    let file = std::fs::read(site.path("release-notice")).expect("the notice");
    let (port, asked) = serve(&authority, file);
    site.configure(&format!("[updates]\nurl = \"https://updates.test:{port}/notice\"\nkey = \"{key}\"\n"));
    let zones = Zones::new(Duration::from_secs(60));
    zones.add("updates.test", Record::Address([127, 0, 0, 1].into()));
    let text = std::fs::read_to_string(site.config()).expect("read");
    std::fs::write(site.config(), text.replace("127.0.0.1:9", &name_server(zones))).expect("written");
    // Before the server has asked, nothing is known, and nothing is bad.
    let before = finding(&site, "updates.postamt-not-known");
    assert_eq!(before["severity"], "unknown", "{before}");

    let server = site.start();
    server.wait_for(&format!("advisory + id=PA-1 + severity=high + running={RUNNING}"));
    server.wait_for("release + version=999.0.0");
    server.wait_for("delivered");
    assert_eq!(server.stop(), 0);
    let letters: Vec<_> =
        std::fs::read_dir(site.path("state/postmaster/new")).expect("a Maildir").flatten().collect();
    assert_eq!(letters.len(), 1, "both in one letter");
    let letter = std::fs::read_to_string(letters[0].path()).expect("a letter");
    for part in ["Mail may be read.", "Mail ist lesbar.", "PA-1", "999.0.0", "a known weakness"] {
        assert!(letter.contains(part), "{part}: {letter}");
    }
    let weak = finding(&site, "updates.postamt-weak");
    assert_eq!((weak["severity"].as_str(), weak["about"].as_str()), (Some("error"), Some("PA-1")), "{weak}");

    // A start later it neither asks nor tells again.
    let server = site.start();
    site.good(&["send", "--from", "anna@own.test", "--body", "x", "--to", "postmaster@mail.own.test"]);
    server.wait_for("delivered");
    assert_eq!(server.stop(), 0);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(std::fs::read_dir(site.path("state/postmaster/new")).expect("a Maildir").count(), 2);
}

fn finding(site: &Site, id: &str) -> serde_json::Value {
    let report = site.run(&["doctor", "--only", "updates", "--json"]).json();
    let findings = report["findings"].as_array().expect("findings");
    findings.iter().find(|finding| finding["id"] == id).unwrap_or_else(|| panic!("{report}")).clone()
}
