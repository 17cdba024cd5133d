//! Real clients: swaks, msmtp, curl, Python's smtplib, mutt and a Postfix with `relayhost` log in with TLS, checked
//! against a certificate authority, and hand in a message each.

use crate::support::host::{Host, Running};
use crate::support::peers::{give, make_certificates, start_dns, start_postfix};
use crate::support::recorder::{Recorded, Recorder};
use crate::support::server::{DOMAIN, LOGIN, PASSWORD, Server, add_account, configure};
use crate::support::{RECORDER, SERVER, finish, in_world, place};

/// The recipient of everything.
const READER: &str = "reader@recorder.test";

const MAIL: &str =
    "From: Anna <anna@sender.test>\nTo: reader@recorder.test\nSubject: Hello\n\nA line.\n.\n..\nThe end.\n";

/// All that a client needs, kept until the test ends.
struct Scene {
    client: Host,
    recorder: Recorder,
    server: Server,
    _dns: Running,
}

fn scene() -> Scene {
    let client = Host::new("client", "192.0.2.10");
    make_certificates(&["mail.sender.test"]);
    give(&client, "ca.pem", "etc/ca.pem");
    let recorder = Recorder::listen(&format!("{RECORDER}:25"));
    let configuration = configure(
        &place("state"),
        &format!(
            "[tls]
certificate = \"{certificate}\"
key = \"{key}\"

[[listener]]
address = \"{SERVER}:587\"
purpose = \"submission\"

[[listener]]
address = \"{SERVER}:465\"
purpose = \"submissions\"

[dns]
servers = [\"{SERVER}:53\"]

[outgoing]
ipv6 = false
",
            certificate = place("mail.sender.test.pem"),
            key = place("mail.sender.test.key"),
        ),
    );
    let dns = start_dns(&client, &[]);
    add_account(&configuration);
    let server = Server::start(&configuration);
    Scene { client, recorder, server, _dns: dns }
}

impl Scene {
    /// The message that arrived, checked for what every client has in common.
    fn arrived(self) -> Recorded {
        let message = self.recorder.next();
        assert!(message.sender.starts_with(&format!("<{LOGIN}>")), "{}", message.sender);
        assert!(message.recipients.len() == 1 && message.recipients[0].starts_with(&format!("<{READER}>")));
        assert_eq!(message.fields("Message-ID").len(), 1, "{}", message.text());
        assert_eq!(message.fields("Date").len(), 1, "{}", message.text());
        let trace = message.fields("Received").join("\n");
        assert!(trace.contains(&format!("by mail.{DOMAIN}")), "{trace}");
        assert!(!trace.contains("192.0.2.10"), "the client's address is nobody's business: {trace}");
        self.server.stop();
        message
    }
}

fn swaks(login: &[&str]) {
    let scene = scene();
    let common =
        ["swaks", "--server", "mail.sender.test", "--from", LOGIN, "--to", READER, "--auth-user", LOGIN];
    let rest = [
        "--auth-password",
        PASSWORD,
        "--tls-verify",
        "--tls-ca-path",
        "/etc/ca.pem",
        "--data",
        "/etc/mail.txt",
    ];
    scene.client.write("etc/mail.txt", MAIL);
    scene.client.run(&[&common[..], login, &rest].concat());
    let body = scene.arrived().body();
    assert!(body.starts_with("A line.\r\n.\r\n..\r\nThe end.\r\n"), "{body:?}");
}

#[test]
fn swaks_with_starttls_and_plain() {
    in_world("submission::swaks_with_starttls_and_plain", || {
        swaks(&["--port", "587", "--tls", "--auth", "PLAIN"])
    });
}

#[test]
fn swaks_with_implicit_tls_and_login() {
    in_world("submission::swaks_with_implicit_tls_and_login", || {
        swaks(&["--port", "465", "--tlsc", "--auth", "LOGIN"])
    });
}

#[test]
fn swaks_is_refused_before_it_logs_in() {
    in_world("submission::swaks_is_refused_before_it_logs_in", || {
        let scene = scene();
        for port in ["587", "465"] {
            let tls = if port == "465" { "--tlsc" } else { "--tls" };
            let line = [
                "swaks",
                "--server",
                "mail.sender.test",
                "--port",
                port,
                tls,
                "--from",
                LOGIN,
                "--to",
                READER,
            ];
            let output = scene.client.command(&line).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            // 24 is swaks's code for a refused MAIL or RCPT.
            assert!([Some(23), Some(24)].contains(&output.status.code()), "{}: {text}", output.status);
            assert!(text.contains("<** 530 5.7.0") || text.contains("<~* 530 5.7.0"), "{text}");
        }
        scene.server.stop();
    });
}

fn msmtp(authentication: &str) {
    let scene = scene();
    scene.client.write(
        "etc/msmtp.conf",
        &format!(
            "account default
host mail.sender.test
port 587
tls on
tls_trust_file /etc/ca.pem
auth {authentication}
user {LOGIN}
password {PASSWORD}
from {LOGIN}
"
        ),
    );
    scene.client.run(&["chmod", "600", "/etc/msmtp.conf"]);
    scene.client.feed(&["msmtp", "-C", "/etc/msmtp.conf", READER], MAIL.as_bytes());
    let body = scene.arrived().body();
    assert!(body.starts_with("A line.\r\n.\r\n..\r\nThe end.\r\n"), "{body:?}");
}

#[test]
fn msmtp_with_scram_sha_256() {
    in_world("submission::msmtp_with_scram_sha_256", || msmtp("scram-sha-256"));
}

#[test]
fn msmtp_chooses_by_itself() {
    in_world("submission::msmtp_chooses_by_itself", || msmtp("on"));
}

#[test]
fn curl_with_implicit_tls() {
    in_world("submission::curl_with_implicit_tls", || {
        let scene = scene();
        scene.client.write("etc/mail.txt", &MAIL.replace('\n', "\r\n"));
        let login = format!("{LOGIN}:{PASSWORD}");
        let envelope = ["--mail-from", LOGIN, "--mail-rcpt", READER, "--upload-file", "/etc/mail.txt"];
        let start =
            ["curl", "-sS", "--cacert", "/etc/ca.pem", "smtps://mail.sender.test:465", "--user", &login];
        scene.client.run(&[&start[..], &envelope].concat());
        let body = scene.arrived().body();
        assert!(body.starts_with("A line.\r\n.\r\n..\r\nThe end.\r\n"), "{body:?}");
    });
}

/// A script that logs in and then does `send` with `server` and `message`.
fn python(client: &Host, send: &str) -> std::process::Command {
    let script = format!(
        "
import smtplib, ssl
from email.message import EmailMessage
message = EmailMessage()
message['From'] = '{LOGIN}'
message['To'] = '{READER}'
message['Subject'] = 'Gr\u{fc}\u{df}e'
message['Bcc'] = 'secret@recorder.test'
message.set_content('\u{e4}\u{f6}\u{fc}\\n.\\nThe end.\\n')
with smtplib.SMTP('mail.sender.test', 587) as server:
    server.starttls(context=ssl.create_default_context(cafile='/etc/ca.pem'))
    server.login('{LOGIN}', '{PASSWORD}')
    {send}
"
    );
    client.write("etc/send.py", &script);
    client.command(&["python3", "/etc/send.py"])
}

#[test]
fn python_smtplib_with_starttls() {
    in_world("submission::python_smtplib_with_starttls", || {
        let scene = scene();
        finish(&mut python(&scene.client, &format!("server.send_message(message, to_addrs=['{READER}'])")));
        let message = scene.arrived();
        assert!(message.fields("Bcc").is_empty(), "{}", message.text());
        assert_eq!(message.fields("Subject").len(), 1);
    });
}

#[test]
fn python_smtplib_with_bare_line_feeds_is_refused() {
    in_world("submission::python_smtplib_with_bare_line_feeds_is_refused", || {
        let scene = scene();
        // smtplib sends octets as they are, and Python's messages end their lines with LF.
        let send = format!("server.sendmail('{LOGIN}', ['{READER}'], message.as_bytes())");
        let output = python(&scene.client, &send).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains("(550, b'5.6.0"), "{text}");
        scene.server.stop();
        assert!(scene.recorder.drain().is_empty());
    });
}

/// Left to itself, mutt 2.2 takes SCRAM-SHA-256-PLUS and gives up: under TLS 1.3 it has no channel binding to offer.
#[test]
fn mutt_with_starttls() {
    in_world("submission::mutt_with_starttls", || {
        let scene = scene();
        scene.client.write(
            "etc/muttrc.test",
            &format!(
                "set smtp_url=\"smtp://{login}@mail.sender.test:587/\"
set smtp_pass=\"{PASSWORD}\"
set ssl_starttls=yes
set smtp_authenticators=\"scram-sha-256\"
set ssl_force_tls=yes
set ssl_ca_certificates_file=/etc/ca.pem
set ssl_verify_dates=yes
set from=\"{LOGIN}\"
set envelope_from_address=\"{LOGIN}\"
set use_envelope_from=yes
set copy=no
",
                login = LOGIN.replace('@', "%40"),
            ),
        );
        scene.client.feed(
            &["mutt", "-n", "-F", "/etc/muttrc.test", "-s", "Hello", READER],
            b"A line.\n.\nThe end.\n",
        );
        let body = scene.arrived().body();
        assert!(body.starts_with("A line.\r\n.\r\nThe end.\r\n"), "{body:?}");
    });
}

#[test]
fn postfix_with_relayhost() {
    in_world("submission::postfix_with_relayhost", || {
        let scene = scene();
        scene.client.write("etc/postfix/login", &format!("[mail.sender.test]:587 {LOGIN}:{PASSWORD}\n"));
        start_postfix(
            &scene.client,
            "myhostname = client.test
relayhost = [mail.sender.test]:587
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = texthash:/etc/postfix/login
smtp_sasl_security_options = noanonymous
smtp_tls_security_level = verify
smtp_tls_CAfile = /etc/ca.pem
",
        );
        scene.client.feed(&["sendmail", "-f", LOGIN, READER], MAIL.as_bytes());
        // Without -i the line with one dot ends the message.
        let message = scene.recorder.next();
        assert!(
            message.body().starts_with("A line.\r\n"),
            "{}\n{}",
            message.text(),
            scene.client.read("var/log/postfix.log")
        );
        scene.server.stop();
    });
}
