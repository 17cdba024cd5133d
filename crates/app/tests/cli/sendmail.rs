//! `sendmail`, by that name and by the other, with the server up and down.

use std::os::unix::fs::symlink;

use super::support::Site;

const MESSAGE: &str = "Subject: Bericht\nTo: bob@held.test\n\nAlles gut.\n";

#[test]
fn a_running_server_takes_the_message() {
    let site = Site::new("");
    let server = site.start();
    let quiet = site.run_with(&["sendmail", "-t", "-i", "-f", "anna@own.test"], MESSAGE);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (0, "", ""), "sendmail is silent");
    let line = server.wait_for("accepted + channel=sendmail");
    assert!(line.contains("sender=anna@own.test") && line.contains("recipients=bob@held.test"), "{line}");
    let loud = site.run_with(&["sendmail", "-v", "carl@held.test"], "Grüße\n");
    assert!(loud.out.contains("queued as"), "{loud:?}");
    let id = site.good(&["queue", "list", "--json"]).json()[1]["id"].as_str().expect("an id").to_owned();
    let shown = site.good(&["queue", "show", &id]).out;
    assert!(shown.contains("@mail.own.test") && shown.ends_with("Grüße\r\n"), "{shown}");
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_server_that_is_down_finds_the_message_when_it_comes_back() {
    let site = Site::new("");
    // The server makes its directories at the first start.
    assert_eq!(site.start().stop(), 0);
    let dropped = site.run_with(&["sendmail", "-v", "-f", "anna@own.test", "bob@held.test"], MESSAGE);
    assert_eq!((dropped.code, dropped.out.contains("waits for it in")), (0, true), "{dropped:?}");
    let server = site.start();
    server.wait_for("accepted + channel=sendmail + sender=anna@own.test");
    let list = site.good(&["queue", "list", "--json"]).json();
    assert_eq!(list[0]["recipients"][0]["address"], "bob@held.test");
    server.kill();

    // A socket that a killed server left behind is no server.
    assert!(site.path("run/submission.sock").exists());
    assert_eq!(site.run_with(&["sendmail", "-f", "anna@own.test", "bob@held.test"], MESSAGE).code, 0);
    let server = site.start();
    server.wait_for("accepted + channel=sendmail");
    assert_eq!(site.good(&["queue", "list", "--json"]).json().as_array().map(Vec::len), Some(2));
}

#[test]
fn refusals_have_the_exit_codes_of_sysexits() {
    let site = Site::new("[sendmail]\ntrusted_users = []\n[limits]\nmessage_bytes = 2_000\nrecipients = 2\n");
    let code = |arguments: &[&str], input: &str| site.run_with(arguments, input).code;
    // Neither a server nor a drop directory: the caller must keep the message.
    assert_eq!(code(&["sendmail", "bob@held.test"], MESSAGE), 75);

    let _server = site.start();
    assert_eq!(code(&["sendmail"], MESSAGE), 64, "no recipients");
    assert_eq!(code(&["sendmail", "-Z"], MESSAGE), 64, "no such option");
    assert_eq!(code(&["sendmail", "-bd"], ""), 64, "not a daemon");
    assert_eq!(code(&["sendmail", "two@at@signs.test"], MESSAGE), 67);
    assert_eq!(code(&["sendmail", "-f", "not an address", "bob@held.test"], MESSAGE), 65);
    assert_eq!(
        code(&["sendmail", "-f", "boss@foreign.test", "bob@held.test"], MESSAGE),
        77,
        "not our domain"
    );
    let large = format!("Subject: x\n\n{}", "much too long\n".repeat(400));
    assert_eq!(code(&["sendmail", "-f", "anna@own.test", "bob@held.test"], &large), 65, "too large");
    assert_eq!(code(&["sendmail", "-f", "anna@own.test", "bob@held.test"], MESSAGE), 0);
    assert_eq!(site.good(&["queue", "list", "--json"]).json().as_array().map(Vec::len), Some(1));
}

#[test]
fn switched_off_it_refuses() {
    let site = Site::new("[sendmail]\nenabled = false\n");
    let ran = site.run_with(&["sendmail", "bob@held.test"], MESSAGE);
    assert_eq!((ran.code, ran.err.contains("switched off")), (77, true), "{ran:?}");
    assert_eq!(site.run_with(&["send", "--to", "bob@held.test", "--body", "x"], "").code, 1);
}

#[test]
fn the_caller_may_speak_smtp_itself() {
    let site = Site::new("");
    let server = site.start();
    let script = "EHLO here\r\nMAIL FROM:<anna@own.test>\r\nRCPT TO:<bob@held.test>\r\nDATA\r\n\
                  From: anna@own.test\r\n\r\nx\r\n.\r\nQUIT\r\n";
    let ran = site.run_with(&["sendmail", "-bs"], script);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("220 ") && ran.out.contains("queued as"), "{ran:?}");
    assert!(ran.out.lines().last().is_some_and(|line| line.starts_with("221 ")), "{ran:?}");
    assert_eq!(server.stop(), 0);
    assert_eq!(site.run_with(&["sendmail", "-bs"], script).code, 75);
}

#[test]
fn the_program_answers_to_its_old_names() {
    let site = Site::new("");
    let named = |name: &str| {
        let path = site.path(name);
        symlink(env!("CARGO_BIN_EXE_postamt"), &path).expect("a link");
        path
    };
    let (sendmail, mailq, newaliases) = (named("sendmail"), named("mailq"), named("newaliases"));
    let _server = site.start();
    assert_eq!(
        site.run_as(&sendmail, &["-oi", "-f", "anna@own.test", "--", "bob@held.test"], MESSAGE).code,
        0
    );
    for ran in [site.run_as(&mailq, &[], ""), site.run_as(&sendmail, &["-bp"], "")] {
        assert!(ran.out.contains("bob@held.test"), "{ran:?}");
    }
    assert_eq!(site.run_as(&newaliases, &[], "").code, 0);
    assert_eq!(site.run_as(&sendmail, &["-q"], "").code, 0);
    // --help is sendmail's to understand, not ours.
    assert_eq!(site.run_as(&sendmail, &["--help"], "").code, 64);
}
