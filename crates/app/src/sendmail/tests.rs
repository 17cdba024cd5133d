//! `sendmail` without a server: arguments, messages, sessions with a scripted other side, dropped files.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;

use super::arguments::{Arguments, Mode, parse};
use super::message::{Draft, Unusable, display_name, encoded_words};
use super::session::{Outcome, ServerReply, Session};
use super::*;

fn arguments(words: &[&str]) -> Arguments {
    parse(words.iter().map(OsString::from).collect()).expect("good arguments")
}

#[test]
fn arguments_as_programs_write_them() {
    let base = Arguments { dot_ends: true, ..Arguments::default() };
    let to = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let cases: &[(&[&str], Arguments)] = &[
        (&["-t", "-i"], Arguments { recipients_in_header: true, dot_ends: false, ..base.clone() }),
        (&["-ti"], Arguments { recipients_in_header: true, dot_ends: false, ..base.clone() }),
        // PHP's default, cron's, Git's, mutt's.
        (
            &["-t", "-i", "-f", "a@b.test"],
            Arguments {
                recipients_in_header: true,
                dot_ends: false,
                sender: Some("a@b.test".into()),
                ..base.clone()
            },
        ),
        (
            &["-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t", "-f", "root"],
            Arguments {
                full_name: Some("CronDaemon".into()),
                sender: Some("root".into()),
                recipients_in_header: true,
                dot_ends: false,
                ..base.clone()
            },
        ),
        (
            &["-fa@b.test", "--", "-odd@c.test"],
            Arguments { sender: Some("a@b.test".into()), recipients: to(&["-odd@c.test"]), ..base.clone() },
        ),
        (
            &["-oem", "-oi", "-N", "success,failure", "-R", "hdrs", "-V", "id+1", "x@y.test"],
            Arguments {
                dot_ends: false,
                notify: Some("SUCCESS,FAILURE".into()),
                return_content: Some("HDRS"),
                envelope_id: Some("id+1".into()),
                recipients: to(&["x@y.test"]),
                ..base.clone()
            },
        ),
        (
            &["-B8BITMIME", "-Nnever", "-r", "<>", "-OIgnoreDots=true", "x@y.test"],
            Arguments {
                dot_ends: false,
                notify: Some("NEVER".into()),
                sender: Some("<>".into()),
                recipients: to(&["x@y.test"]),
                ..base.clone()
            },
        ),
        (&["-bs"], Arguments { mode: Mode::Smtp, ..base.clone() }),
        (&["-bp"], Arguments { mode: Mode::PrintQueue, ..base.clone() }),
        (&["-bi"], Arguments { mode: Mode::NewAliases, ..base.clone() }),
        (&["-q30m"], Arguments { mode: Mode::RunQueue, ..base.clone() }),
        (
            &["-bm", "-v", "x@y.test"],
            Arguments { verbose: true, recipients: to(&["x@y.test"]), ..base.clone() },
        ),
    ];
    for (words, expected) in cases {
        assert_eq!(&arguments(words), expected, "{words:?}");
    }
}

#[test]
fn what_cannot_be_understood_is_named() {
    for (words, named) in [
        (vec!["-f"], "-f"),
        (vec!["-Nsometimes", "x@y.test"], "-Nsometimes"),
        (vec!["-Z"], "-Z"),
        (vec!["-bz"], "-bz"),
        (vec!["-o"], "-o"),
    ] {
        let wrong = parse(words.iter().map(OsString::from).collect()).expect_err("wrong");
        assert_eq!(wrong.0, named);
    }
}

fn made(input: &str, words: &[&str]) -> Result<Submission, Unusable> {
    let arguments = arguments(words);
    Draft::read(input.as_bytes(), arguments.dot_ends).submission(&arguments, "mail.own.test")
}

fn text(submission: &Submission) -> String {
    String::from_utf8(submission.content.clone()).expect("text")
}

#[test]
fn every_line_end_becomes_crlf_and_a_dot_ends_unless_told_otherwise() {
    let input = "From: a@own.test\nSubject: x\r\n\none\rtwo\n..\n.\nbehind\n";
    let with_dot = made(input, &["-f", "a@own.test", "x@y.test"]).expect("a message");
    assert_eq!(text(&with_dot), "From: a@own.test\r\nSubject: x\r\n\r\none\r\ntwo\r\n..\r\n");
    let without = made(input, &["-i", "-f", "a@own.test", "x@y.test"]).expect("a message");
    assert!(text(&without).ends_with("..\r\n.\r\nbehind\r\n"));
}

#[test]
fn a_missing_from_and_a_missing_blank_line_are_added() {
    let bare =
        made("just text\n", &["-f", "a@own.test", "-F", "Anna \"A\" Zett", "x@y.test"]).expect("a message");
    assert_eq!(text(&bare), "From: \"Anna \\\"A\\\" Zett\" <a@own.test>\r\n\r\njust text\r\n");
    let header_only =
        made("From: a@own.test\nSubject: x\n", &["-f", "a@own.test", "x@y.test"]).expect("a message");
    assert_eq!(text(&header_only), "From: a@own.test\r\nSubject: x\r\n\r\n");
    let mbox =
        made("From a@own.test Tue Nov 24\nFrom: a@own.test\n\nFrom here on\n", &["-fa@own.test", "x@y.test"]);
    assert_eq!(text(&mbox.expect("a message")), "From: a@own.test\r\n\r\nFrom here on\r\n");
    let empty = made("", &["-f", "a@own.test", "-F", "", "x@y.test"]).expect("a message");
    assert_eq!(text(&empty), "From: a@own.test\r\n\r\n");
}

#[test]
fn recipients_of_the_header_join_those_of_the_command_line() {
    let input = "To: Bob <b@far.test>, root\nCc: c@far.test (Carl),\n d@far.test\nBcc: e@far.test\nSubject: x\n\nhi\n";
    let submission = made(input, &["-t", "-f", "a@own.test", "b@far.test"]).expect("a message");
    let recipients: Vec<String> = submission.recipients.iter().map(ToString::to_string).collect();
    let expected = ["b@far.test", "postmaster@mail.own.test", "c@far.test", "d@far.test", "e@far.test"];
    assert_eq!(recipients, expected);

    let resent = format!("Resent-To: r@far.test\n{input}");
    let submission = made(&resent, &["-t", "-f", "a@own.test"]).expect("a message");
    assert_eq!(submission.recipients.len(), 1, "RFC 5322: the Resent fields are the ones that count");
}

#[test]
fn what_cannot_be_sent_says_why() {
    assert_eq!(made("x\n", &[]), Err(Unusable::NoRecipients));
    assert_eq!(made("Subject: x\n\nx\n", &["-t"]), Err(Unusable::NoRecipients));
    assert_eq!(made("x\n", &["two@at@signs.test"]), Err(Unusable::Recipient("two@at@signs.test".into())));
    assert_eq!(made("x\n", &["-f", "a b@c.test", "x@y.test"]), Err(Unusable::Sender("a b@c.test".into())));
    let broken = made("To: b@far.test, <broken@@far.test>\n\nx\n", &["-t", "-f", "a@own.test"]);
    assert!(matches!(broken, Err(Unusable::Header(_))), "{broken:?}");
}

#[test]
fn null_sender_names_without_domain_and_envelope_id() {
    let null = made("x\n", &["-f", "", "x@y.test"]).expect("a message");
    assert_eq!(null.sender, None);
    assert!(text(&null).contains("MAILER-DAEMON@mail.own.test"));
    let local = made("x\n", &["-f", "cron", "-V", "a=b c", "x@y.test"]).expect("a message");
    assert_eq!(local.sender.map(|sender| sender.to_string()).as_deref(), Some("cron@mail.own.test"));
    assert_eq!(local.envelope_id.as_deref(), Some("a+3Db+20c"));
}

#[test]
fn names_beyond_ascii_become_encoded_words() {
    assert_eq!(display_name("Jürgen"), "=?UTF-8?B?SsO8cmdlbg==?=");
    let long = encoded_words(&"ä".repeat(40));
    assert_eq!(long.split("\r\n ").count(), 2);
    assert!(long.split("\r\n ").all(|word| word.len() <= 75));
}

/// A server that says its lines in order and notes what it hears.
fn scripted(replies: &'static [&'static str]) -> (UnixStream, std::thread::JoinHandle<String>) {
    let (client, server) = UnixStream::pair().expect("sockets");
    let thread = std::thread::spawn(move || {
        let mut heard = String::new();
        let mut reader = BufReader::new(server.try_clone().expect("a clone"));
        let mut writer = server;
        for reply in replies {
            writer.write_all(reply.as_bytes()).expect("said");
            if reply.starts_with("354") {
                while !heard.ends_with("\r\n.\r\n") && reader.read_line(&mut heard).expect("heard") > 0 {}
            } else if *reply != replies[replies.len() - 1] {
                reader.read_line(&mut heard).expect("heard");
            }
        }
        writer.shutdown(std::net::Shutdown::Write).expect("closed");
        reader.read_to_string(&mut heard).expect("heard");
        heard
    });
    (client, thread)
}

#[test]
fn a_session_hands_over_dots_parameters_and_all() {
    let input = "From: a@own.test\n\n.dot\nGrüße\n";
    let words = ["-i", "-f", "a@own.test", "-N", "never", "-R", "full", "-V", "e1", "x@y.test"];
    let submission = made(input, &words).expect("a message");
    let (client, server) = scripted(&[
        "220 own.test\r\n",
        "250-own.test\r\n250-8BITMIME\r\n250 DSN\r\n",
        "250 2.1.0 ok\r\n",
        "250 2.1.5 ok\r\n",
        "354 go\r\n",
        "250 2.0.0 queued as 1\r\n",
    ]);
    let outcome = Session::new(client).and_then(|session| session.send(&submission)).expect("a session");
    assert_eq!(outcome, Outcome::Accepted("250 2.0.0 queued as 1".into()));
    assert_eq!(
        server.join().expect("a script"),
        "EHLO localhost\r\nMAIL FROM:<a@own.test> SIZE=35 BODY=8BITMIME RET=FULL ENVID=e1\r\n\
         RCPT TO:<x@y.test> NOTIFY=NEVER\r\nDATA\r\nFrom: a@own.test\r\n\r\n..dot\r\nGrüße\r\n.\r\nQUIT\r\n"
    );
}

#[test]
fn one_refused_recipient_stops_the_message() {
    let submission = made("x\n", &["-f", "a@own.test", "x@y.test", "z@y.test"]).expect("a message");
    let (client, server) = scripted(&[
        "220 own.test\r\n",
        "250 own.test\r\n",
        "250 2.1.0 ok\r\n",
        "250 2.1.5 ok\r\n",
        "550 5.1.1 nobody\r\n",
    ]);
    let outcome = Session::new(client).and_then(|session| session.send(&submission)).expect("a session");
    let Outcome::Refused { reply, recipient } = outcome else { panic!("{outcome:?}") };
    assert_eq!((sysexits::of_reply(&reply), recipient.as_deref()), (Sysexit::NoUser, Some("z@y.test")));
    let heard = server.join().expect("a script");
    assert!(heard.ends_with("QUIT\r\n") && !heard.contains("DATA"), "{heard}");
}

#[test]
fn a_server_that_closes_or_breaks_is_no_refusal() {
    let submission = made("x\n", &["-f", "a@own.test", "x@y.test"]).expect("a message");
    let (client, _server) = scripted(&["421 4.3.2 going down\r\n"]);
    let outcome = Session::new(client).and_then(|session| session.send(&submission));
    assert_eq!(outcome.expect("a session"), Outcome::Closing);
    let (client, _server) = scripted(&["220 own.test\r\n", "250 own.test\r\n"]);
    assert!(Session::new(client).and_then(|session| session.send(&submission)).is_err());
}

#[test]
fn replies_become_exit_codes() {
    let code = |code, enhanced| sysexits::of_reply(&ServerReply { code, enhanced, text: String::new() });
    assert_eq!(code(452, Some((3, 1))), Sysexit::TemporaryFailure);
    assert_eq!(code(550, Some((7, 1))), Sysexit::NoPermission);
    assert_eq!(code(552, Some((3, 4))), Sysexit::DataError);
    assert_eq!(code(501, Some((1, 3))), Sysexit::NoUser);
    assert_eq!(code(501, Some((1, 7))), Sysexit::Unavailable);
    assert_eq!(code(554, None), Sysexit::Unavailable);
}

#[test]
fn a_dropped_file_is_what_the_server_reads() {
    use postamt_mta::accept::drop_directory::DroppedEnvelope;
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().expect("a directory");
    let words = ["-f", "a@own.test", "-N", "success,delay", "-R", "hdrs", "x@y.test"];
    let submission = made("From: a@own.test\n\nGrüße\n", &words).expect("a message");
    let path = dropped::write(directory.path(), &submission).expect("written");
    let octets = std::fs::read(&path).expect("read");
    let end = octets.iter().position(|byte| *byte == b'\n').expect("a line");
    let envelope: DroppedEnvelope = serde_json::from_slice(&octets[..end]).expect("an envelope");
    let expected = DroppedEnvelope {
        sender: "a@own.test".into(),
        recipients: vec!["x@y.test".into()],
        eight_bit: true,
        return_full: Some(false),
        envelope_id: None,
        notify: Some(vec!["success".into(), "delay".into()]),
    };
    assert_eq!(envelope, expected);
    assert_eq!(octets[end + 1..], submission.content);
    assert_eq!(std::fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o644);
    assert_eq!(std::fs::read_dir(directory.path()).expect("a list").count(), 1, "nothing temporary is left");

    let missing = dropped::write(&directory.path().join("none"), &submission);
    assert_eq!(missing.expect_err("no directory").kind(), std::io::ErrorKind::NotFound);
}
