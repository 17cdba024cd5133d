//! Real milters: OpenDKIM signs what leaves, so exactly that a signature over every octet holds; a milter in Python adds,
//! changes, refuses, holds, replaces and drops; and a milter that is killed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::host::{Host, Running};
use crate::support::peers::start_dns;
use crate::support::recorder::{Recorded, Recorder};
use crate::support::server::{DOMAIN, LOGIN, PASSWORD, Server, add_account, configure};
use crate::support::session::Session;
use crate::support::{RECORDER, SERVER, finish, in_world, place, run, until};

const WRITER: &str = "writer@recorder.test";
const READER: &str = "reader@recorder.test";
/// Debian's, which has the modules of Debian's packages.
const PYTHON: &str = "/usr/bin/python3";

/// Does what the subject says.
const CHECKER: &str = r#"
import sys, Milter

class Checker(Milter.Base):
    def envfrom(self, sender, *parameters):
        self.subject = ''
        return Milter.CONTINUE

    def envrcpt(self, recipient, *parameters):
        if recipient.startswith('<nobody@'):
            self.setreply('550', '5.1.1', 'there is nobody')
            return Milter.REJECT
        return Milter.CONTINUE

    def header(self, name, value):
        if name.lower() == 'subject':
            self.subject = value
        return Milter.CONTINUE

    def eom(self):
        word, _, rest = self.subject.partition(' ')
        self.addheader('X-Checked', 'by %s for %s' % (self.getsymval('j'), self.getsymval('{auth_authen}')))
        if word == 'change':
            self.chgheader('Subject', 1, rest)
        if word == 'replace':
            self.replacebody(rest + '\r\n')
        if word == 'hold':
            self.quarantine('the subject says so')
        if word == 'refuse':
            self.setreply('554', '5.7.1', 'no, thank you')
            return Milter.REJECT
        if word == 'drop':
            return Milter.DISCARD
        if word == 'add':
            self.addrcpt('<%s>' % rest)
        return Milter.CONTINUE

Milter.factory = Checker
Milter.set_flags(Milter.ADDHDRS + Milter.CHGHDRS + Milter.CHGBODY + Milter.QUARANTINE + Milter.ADDRCPT)
Milter.runmilter('checker', sys.argv[1], 240)
"#;

/// A program with these arguments, whose socket is there when it returns.
fn start_milter(program: &str, arguments: &[&str], socket: &str) -> Running {
    let log = fs::File::create(place("milter.log")).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    let child =
        command.spawn().unwrap_or_else(|error| panic!("{program}: {error}; run `cargo xtask test` as root"));
    let running = Running(child);
    until(program, || Path::new(socket).exists());
    running
}

fn start_checker() -> Running {
    let (script, socket) = (place("checker.py"), place("checker.sock"));
    fs::write(&script, CHECKER).unwrap();
    let _ = fs::remove_file(&socket);
    start_milter(PYTHON, &[&script, &format!("unix:{socket}")], &socket)
}

/// A server with a port that this network may relay by, and this milter.
fn start_server(milter: &str) -> (Server, String) {
    let configuration = configure(
        &place("state"),
        &format!(
            "[[listener]]
address = \"{SERVER}:2525\"
purpose = \"exchange\"
relay_networks = [\"{SERVER}/32\"]

[[listener]]
address = \"{SERVER}:587\"
purpose = \"submission\"

[[milter]]
{milter}

[dns]
servers = [\"{SERVER}:53\"]

[outgoing]
ipv6 = false
"
        ),
    );
    (Server::start(&configuration), configuration)
}

struct Scene {
    recorder: Recorder,
    _names: Running,
    _host: Host,
}

fn scene() -> Scene {
    let host = Host::new("names", "192.0.2.53");
    let names = start_dns(&host, &[]);
    Scene { recorder: Recorder::listen(&format!("{RECORDER}:25")), _names: names, _host: host }
}

/// Hands in a message; the last reply.
fn send(subject: &str, recipients: &[&str]) -> String {
    let mut session = Session::open(&format!("{SERVER}:2525")).unwrap();
    session.say(&format!("MAIL FROM:<{WRITER}>")).unwrap();
    for recipient in recipients {
        let reply = session.say(&format!("RCPT TO:<{recipient}>")).unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    }
    session.say("DATA").unwrap();
    let message = format!(
        "From: Writer <{WRITER}>\r\nTo: {READER}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain;\r\n\tcharset=utf-8\r\nX-Odd:   spaces  and\r\n   folds \r\n\r\nA line.\r\n\r\n\r\n."
    );
    session.say(&message).unwrap()
}

fn assert_taken(reply: &str) {
    assert!(reply.starts_with("250 2.0.0 queued as "), "{reply}");
}

fn subject(message: &Recorded) -> String {
    message.fields("Subject").join("|")
}

#[test]
fn opendkim_signs_what_leaves() {
    in_world("milters::opendkim_signs_what_leaves", || {
        let scene = scene();
        let key = place("opendkim.pem");
        run("openssl", &["genrsa", "-out", &key, "2048"]);
        let socket = place("opendkim.sock");
        let conf = place("opendkim.conf");
        let text = format!(
            "Mode s\nDomain recorder.test\nSelector milter\nKeyFile {key}\nSocket local:{socket}\n\
             InternalHosts csl:{SERVER}\nCanonicalization simple/simple\nRequireSafeKeys no\nSyslog no\nUMask 000\n"
        );
        fs::write(&conf, text).unwrap();
        let _opendkim = start_milter("opendkim", &["-f", "-x", &conf], &socket);
        let (server, _) = start_server(&format!(
            "name = \"opendkim\"\naddress = \"local:{socket}\"\nwhen_down = \"reject\""
        ));

        assert_taken(&send("a letter", &[READER]));
        let message = scene.recorder.next();
        assert_eq!(message.fields("DKIM-Signature").len(), 1, "{}", message.text());
        // Below our trace field, above all that it signs.
        let names: Vec<&str> = message
            .content
            .split(|octet| *octet == b'\n')
            .filter_map(|line| {
                let end = line.iter().position(|octet| matches!(octet, b':' | b' ' | b'\t' | b'\r'))?;
                (line[end] == b':').then(|| std::str::from_utf8(&line[..end]).unwrap())
            })
            .take(3)
            .collect();
        assert_eq!(names, ["Received", "DKIM-Signature", "From"]);

        let file = place("message.eml");
        fs::write(&file, &message.content).unwrap();
        let verify = format!(
            "import base64, dkim, subprocess
der = subprocess.run(['openssl', 'rsa', '-in', '{key}', '-pubout', '-outform', 'DER'], capture_output=True, check=True).stdout
record = b'v=DKIM1; k=rsa; p=' + base64.b64encode(der)
print('verified' if dkim.verify(open('{file}', 'rb').read(), dnsfunc=lambda name, timeout=5: record) else 'broken')"
        );
        let verdict = finish(Command::new(PYTHON).args(["-c", &verify]));
        assert_eq!(verdict.trim(), "verified", "{}", message.text());
        server.stop();
    });
}

#[test]
fn a_milter_changes_refuses_holds_and_drops() {
    in_world("milters::a_milter_changes_refuses_holds_and_drops", || {
        let scene = scene();
        let _checker = start_checker();
        let milter = format!("name = \"checker\"\naddress = \"unix:{}\"", place("checker.sock"));
        let (server, configuration) = start_server(&milter);

        assert_taken(&send("change it to this", &[READER]));
        let message = scene.recorder.next();
        assert_eq!(subject(&message), "it to this");
        assert_eq!(message.fields("X-Checked"), [format!("by mail.{DOMAIN} for None")]);
        assert_eq!(message.body(), "A line.\r\n\r\n\r\n");
        assert!(message.text().contains("X-Odd:   spaces  and\r\n   folds \r\n"), "{}", message.text());

        assert_taken(&send("replace everything", &[READER]));
        assert_eq!(scene.recorder.next().body(), "everything\r\n");

        assert_taken(&send("add second@recorder.test", &[READER]));
        let mut recipients = scene.recorder.next().recipients;
        recipients.sort();
        assert_eq!(recipients, [format!("<{READER}>"), "<second@recorder.test>".to_owned()]);

        // One of two: the other gets it, and the sender a notice.
        assert_taken(&send("two", &["nobody@recorder.test", READER]));
        let (mut notice, mut message) = (scene.recorder.next(), scene.recorder.next());
        if subject(&notice) == "two" {
            std::mem::swap(&mut notice, &mut message);
        }
        assert_eq!(
            (message.recipients, notice.recipients.clone()),
            (vec![format!("<{READER}>")], vec![format!("<{WRITER}>")])
        );
        let text = notice.text();
        assert!(
            notice.sender.starts_with("<>") && text.contains("Final-Recipient: rfc822; nobody@recorder.test"),
            "{text}"
        );
        assert!(text.contains("Status: 5.1.1") && text.contains("there is nobody"), "{text}");
        assert!(!text.contains(&format!("Final-Recipient: rfc822; {READER}")), "{text}");

        // All of them are the message.
        assert_eq!(send("none", &["nobody@recorder.test"]), "550 5.1.1 there is nobody\r\n");
        assert_eq!(send("refuse me", &[READER]), "554 5.7.1 no, thank you\r\n");
        assert_eq!(send("drop me", &[READER]), "250 2.0.0 taken\r\n");

        let reply = send("hold me", &[READER]);
        assert_taken(&reply);
        let id = reply.trim_end().rsplit(' ').next().unwrap().to_owned();
        let why = server.command(&["queue", "why", &id]);
        assert!(why.contains("the subject says so"), "{why}");
        assert!(scene.recorder.drain().is_empty(), "nothing of these leaves");
        server.command(&["queue", "release", &id]);
        assert_eq!(subject(&scene.recorder.next()), "hold me");

        // It is told who has logged in.
        server.stop();
        add_account(&configuration);
        let server = Server::start(&configuration);
        let script = format!(
            "import smtplib, ssl
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
with smtplib.SMTP('{SERVER}', 587) as server:
    server.starttls(context=context)
    server.login('{LOGIN}', '{PASSWORD}')
    server.sendmail('{LOGIN}', ['{READER}'], 'From: {LOGIN}\\r\\nSubject: mine\\r\\n\\r\\nx\\r\\n')"
        );
        finish(Command::new(PYTHON).args(["-c", &script]));
        assert_eq!(scene.recorder.next().fields("X-Checked"), [format!("by mail.{DOMAIN} for {LOGIN}")]);
        server.stop();
    });
}

#[test]
fn mail_fares_as_chosen_when_a_milter_is_killed() {
    in_world("milters::mail_fares_as_chosen_when_a_milter_is_killed", || {
        let scene = scene();
        let milter = format!("name = \"checker\"\naddress = \"unix:{}\"", place("checker.sock"));
        let checker = start_checker();
        let (server, _) = start_server(&milter);
        assert_taken(&send("one", &[READER]));
        assert_eq!(scene.recorder.next().fields("X-Checked").len(), 1);
        drop(checker);
        let reply = send("two", &[READER]);
        assert_eq!(reply, "451 4.7.1 the content filter checker cannot be asked now, try again later\r\n");
        server.stop();

        for (choice, expected) in [("reject", "550 5.7.1 "), ("hold", "250 2.0.0 "), ("accept", "250 2.0.0 ")]
        {
            let (server, _) = start_server(&format!("{milter}\nwhen_down = \"{choice}\""));
            let reply = send(choice, &[READER]);
            assert!(reply.starts_with(expected), "{choice}: {reply}");
            if choice == "accept" {
                let message = scene.recorder.next();
                assert_eq!((subject(&message).as_str(), message.fields("X-Checked").len()), ("accept", 0));
            }
            server.stop();
        }
        assert!(scene.recorder.drain().is_empty());

        // It is back, and so is mail with it.
        let _checker = start_checker();
        let (server, _) = start_server(&milter);
        assert_taken(&send("three", &[READER]));
        assert_eq!(scene.recorder.next().fields("X-Checked").len(), 1);
        server.stop();
    });
}

#[test]
fn a_program_is_refused_by_its_name_without_any_filter() {
    in_world("milters::a_program_is_refused_by_its_name_without_any_filter", || {
        let scene = scene();
        let archive = place("files.zip");
        // Python's archives, as people's programs make them.
        let make = format!(
            "import zipfile
with zipfile.ZipFile('{archive}', 'w', zipfile.ZIP_DEFLATED) as files:
    files.writestr('readme.txt', 'x' * 5000)
    files.writestr('in/Rechnung.pdf.exe', 'MZ' + 'x' * 5000)
from email.message import EmailMessage
message = EmailMessage()
message['From'], message['To'], message['Subject'] = '{WRITER}', '{READER}', 'files'
message.set_content('Here they are.')
message.add_attachment(open('{archive}', 'rb').read(), maintype='application', subtype='zip', filename='Anhänge.zip')
import smtplib
with smtplib.SMTP('{SERVER}', 2525) as server:
    try:
        server.send_message(message)
    except smtplib.SMTPDataError as error:
        print(error.smtp_code, error.smtp_error.decode())"
        );
        let checker = start_checker();
        let (server, _) = start_server(&format!(
            "name = \"checker\"\naddress = \"unix:{}\"\n\n[content_rules]\nmacros = \"hold\"",
            place("checker.sock")
        ));
        let said = finish(Command::new(PYTHON).args(["-c", &make]));
        assert!(
            said.starts_with("550 5.7.1 The attachment \"Anh?nge.zip: Rechnung.pdf.exe\" is a program"),
            "{said}"
        );
        // The same without the program.
        let harmless = make.replace(".pdf.exe", ".pdf");
        assert_eq!(finish(Command::new(PYTHON).args(["-c", &harmless])), "");
        assert_eq!(subject(&scene.recorder.next()), "files");
        drop(checker);
        server.stop();
    });
}
