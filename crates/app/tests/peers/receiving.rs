//! Real receivers: Postfix with OpenDKIM, and Exim, each on its own host, take what Postamt sends on port 25; both,
//! and dkimpy, verify the signatures.

use crate::support::host::Host;
use crate::support::peers::{make_certificates, start_dns, start_exim_receiver, start_postfix_receiver};
use crate::support::recorder::{Recorded, Recorder};
use crate::support::server::{DOMAIN, Server, configure, postamt};
use crate::support::session::Session;
use crate::support::{SERVER, in_world, place};

/// Verifies every signature of the message on standard input and prints one line for each.
const DKIMPY: &str = r#"
import sys, dkim
message = sys.stdin.buffer.read()
verifier = dkim.DKIM(message)
count = sum(1 for name, _ in verifier.headers if name.lower() == b"dkim-signature")
for index in range(count):
    verified = dkim.DKIM(message).verify(idx=index)
    print("signature", index, "verified" if verified else "NOT verified")
"#;

const BODY: &str = "Guten Tag,  \r\n\r\n..a line that begins with dots\r\n.\u{20ac} uro \t \r\n\r\n\r\n";

/// The `listener` for these tests: the test's own network may relay.
fn configuration() -> String {
    configure(
        &place("state"),
        &format!(
            "[[listener]]
address = \"{SERVER}:2525\"
purpose = \"exchange\"
relay_networks = [\"{SERVER}/32\"]

[dns]
servers = [\"{SERVER}:53\"]

[outgoing]
ipv6 = false
"
        ),
    )
}

/// Makes the keys; the records to publish as (name, value).
fn dkim_records(configuration: &str) -> Vec<(String, String)> {
    for kind in ["rsa", "ed25519"] {
        postamt(configuration, &["dkim", "new", DOMAIN, "--kind", kind, "--active"]);
    }
    let listing = postamt(configuration, &["dkim", "list", "--json"]);
    let mut records = Vec::new();
    for part in listing.split('{').skip(1) {
        let value = |key: &str| {
            let (_, rest) = part.split_once(&format!("\"{key}\":"))?;
            rest.trim_start().strip_prefix('"')?.split('"').next().map(str::to_string)
        };
        if let (Some(name), Some(record)) = (value("record_name"), value("record_value")) {
            records.push((name.trim_end_matches('.').to_string(), record));
        }
    }
    assert_eq!(records.len(), 2, "{listing}");
    records
}

fn message(subject: &str) -> String {
    let stuffed = BODY.replace("\r\n.", "\r\n..");
    format!(
        "From: Anna <anna@{DOMAIN}>\r\nTo: <reader@postfix.test>\r\nSubject: {subject}\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{stuffed}"
    )
}

fn verify_with_dkimpy(host: &Host, message: &Recorded) {
    let verdict = host.feed(&["python3", "-c", DKIMPY], &message.content);
    assert!(
        verdict.contains("signature 0 verified") && verdict.contains("signature 1 verified"),
        "{verdict}"
    );
    assert!(!verdict.contains("NOT"), "{verdict}");
}

#[test]
fn postfix_and_exim_take_signed_mail_over_tls() {
    in_world("receiving::postfix_and_exim_take_signed_mail_over_tls", || {
        let postfix = Host::new("postfix", "192.0.2.3");
        let exim = Host::new("exim", "192.0.2.4");
        make_certificates(&["mx.postfix.test", "mx.exim.test"]);
        let from_postfix = Recorder::listen(&format!("{SERVER}:2400"));
        let from_exim = Recorder::listen(&format!("{SERVER}:2401"));
        let configuration = configuration();
        let _dns = start_dns(&postfix, &dkim_records(&configuration));
        let _milter = start_postfix_receiver(&postfix, &from_postfix.address);
        let _exim = start_exim_receiver(&exim, &from_exim.address);
        let server = Server::start(&configuration);

        let mut session = Session::open(&format!("{SERVER}:2525")).unwrap();
        for recipient in ["reader@postfix.test", "reader@exim.test"] {
            let reply =
                session.send(&format!("anna@{DOMAIN}"), recipient, &message("Gr\u{fc}\u{df}e")).unwrap();
            assert!(reply.starts_with("250 "), "{reply}");
        }

        let received = from_postfix.next();
        let results = received.fields("Authentication-Results").join("\n");
        assert!(
            results.contains("dkim=pass") && results.contains(DOMAIN),
            "OpenDKIM says: {results}\n{}",
            received.text()
        );
        assert!(
            received
                .fields("Received")
                .iter()
                .any(|it| it.contains("by mx.postfix.test") && it.contains("TLSv1.3"))
        );
        assert!(received.body().starts_with(BODY.trim_end()), "{:?}", received.body());
        verify_with_dkimpy(&postfix, &received);

        let received = from_exim.next();
        let verdicts = received.fields("X-Exim-Dkim").join(" ");
        assert!(
            verdicts.contains("pass rsa-sha256 sender.test"),
            "Exim says: {verdicts}\n{}",
            received.text()
        );
        assert!(!verdicts.contains("fail"), "Exim says: {verdicts}");
        let tls = received.fields("X-Exim-Tls").join(" ");
        assert_eq!(tls, format!("TLS1.3 mail.{DOMAIN}"));
        verify_with_dkimpy(&postfix, &received);
        server.stop();
    });
}

#[test]
fn a_refusal_by_postfix_comes_back_as_a_notice() {
    in_world("receiving::a_refusal_by_postfix_comes_back_as_a_notice", || {
        let postfix = Host::new("postfix", "192.0.2.3");
        make_certificates(&["mx.postfix.test"]);
        let from_postfix = Recorder::listen(&format!("{SERVER}:2400"));
        let configuration = configuration();
        let _dns = start_dns(&postfix, &[]);
        let _milter = start_postfix_receiver(&postfix, &from_postfix.address);
        postfix.write("etc/postfix/access", "gone@postfix.test 550 5.1.1 Nobody lives here any more\n");
        let access = "smtpd_recipient_restrictions = check_recipient_access texthash:/etc/postfix/access";
        postfix.run(&["postconf", "-e", access]);
        postfix.run(&["postfix", "reload"]);
        let server = Server::start(&configuration);

        let mut session = Session::open(&format!("{SERVER}:2525")).unwrap();
        let reply = session.send("writer@postfix.test", "gone@postfix.test", &message("Hello")).unwrap();
        assert!(reply.starts_with("250 "), "{reply}");

        let notice = from_postfix.next();
        assert_eq!(notice.sender.split(' ').next(), Some("<>"));
        assert_eq!(notice.recipients, ["<writer@postfix.test>"]);
        let text = notice.text();
        for expected in [
            "multipart/report",
            "report-type=delivery-status",
            "Nobody lives here any more",
            "Action: failed",
            "Status: 5.1.1",
        ] {
            assert!(text.contains(expected), "{expected} is missing in\n{text}");
        }
        let found = server.command(&["queue", "find", "--recipient", "gone@postfix.test"]);
        assert!(found.contains("gone@postfix.test"), "{found}");
        server.stop();
    });
}
