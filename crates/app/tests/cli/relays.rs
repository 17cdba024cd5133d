//! `relay add|list|test`; the relay is a scripted server on this machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use super::support::Site;

#[test]
fn add_writes_files_of_its_own_and_never_replaces_one() {
    let site = Site::new("");
    assert!(site.good(&["relay", "list"]).out.contains("no relays"));
    let add = [
        "relay",
        "add",
        "provider",
        "--host",
        "smtp.provider.test",
        "--login",
        "me@own.test",
        "--password-stdin",
    ];
    let added = site.run_with(&add, "geheim und lang\n");
    assert_eq!(added.code, 0, "{added:?}");
    assert!(added.err.contains("No route leads to it yet"), "{added:?}");

    let file = site.path("conf.d/relay-provider.toml");
    let text = std::fs::read_to_string(&file).expect("the relay");
    assert!(!text.contains("geheim"), "{text}");
    let password = site.path("relay-provider.password");
    assert_eq!(std::fs::read_to_string(&password).expect("the password"), "geheim und lang\n");
    assert_eq!(std::fs::metadata(&password).expect("metadata").permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(&file).expect("metadata").permissions().mode() & 0o777, 0o644);
    assert!(
        site.good(&["relay", "list"])
            .out
            .contains("provider  smtp.provider.test:587  starttls  login me@own.test")
    );
    site.good(&["config", "check"]);

    let again = site.run_with(&add, "anders\n");
    assert_eq!(again.code, 1, "{again:?}");
    assert_eq!(std::fs::read_to_string(&password).expect("the password"), "geheim und lang\n");
    let bad = site.run(&["relay", "add", "../etc", "--host", "h.test"]);
    assert_eq!((bad.code, bad.err.contains("letters, digits and hyphens")), (1, true), "{bad:?}");

    let second =
        site.good(&["relay", "add", "second", "--host", "h.test", "--tls", "implicit", "--default-route"]);
    assert!(!second.err.contains("No route"), "{second:?}");
    let list = site.good(&["relay", "list", "--json"]).json();
    assert_eq!(
        (&list[1]["port"], &list[1]["has_route"], &list[0]["has_route"]),
        (&465.into(), &true.into(), &false.into())
    );
}

/// A relay that answers these lines, one for each command.
fn relay(replies: &'static [&'static str]) -> (u16, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut reader = BufReader::new(stream.try_clone().expect("a clone"));
        let mut heard = Vec::new();
        for reply in replies {
            stream.write_all(reply.as_bytes()).expect("said");
            for _ in 0..reply.matches("\r\n").count().min(1) {
                let mut line = String::new();
                if reader.read_line(&mut line).expect("heard") == 0 {
                    return heard;
                }
                heard.push(line.trim_end().to_owned());
            }
        }
        heard
    });
    (port, thread)
}

fn section(port: u16) -> String {
    format!("[[relay]]\nname = \"next\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n")
}

#[test]
fn test_asks_up_to_the_recipient_and_sends_nothing() {
    let (port, thread) = relay(&[
        "220 relay.test ESMTP\r\n",
        "250-relay.test\r\n250 SIZE 1000000\r\n",
        "250 2.1.0 sender ok\r\n",
        "250 2.1.5 recipient ok\r\n",
        "250 2.0.0 reset\r\n",
        "221 bye\r\n",
    ]);
    let site = Site::new(&section(port));
    let ran = site.good(&["relay", "test", "next", "--to", "bob@far.test"]);
    assert!(ran.out.contains("relay.test ESMTP") && ran.out.contains("2.1.5 recipient ok"), "{ran:?}");
    assert!(ran.out.contains("Nothing was sent"), "{ran:?}");
    let heard = thread.join().expect("a script");
    assert!(heard.iter().any(|line| line.starts_with("MAIL FROM:<postmaster@own.test>")), "{heard:?}");
    assert!(heard.iter().any(|line| line.starts_with("RCPT TO:<bob@far.test>")), "{heard:?}");
    assert!(!heard.iter().any(|line| line.starts_with("DATA") || line.starts_with("BDAT")), "{heard:?}");
}

#[test]
fn test_tells_a_refusal_and_an_unknown_name() {
    let (port, _thread) = relay(&[
        "220 relay.test ESMTP\r\n",
        "250 relay.test\r\n",
        "550 5.7.1 not from you\r\n",
        "250 2.0.0 reset\r\n",
        "221 bye\r\n",
    ]);
    let site = Site::new(&section(port));
    let ran = site.run(&["relay", "test", "next"]);
    assert_eq!((ran.code, ran.err.contains("not from you")), (1, true), "{ran:?}");
    let unknown = site.run(&["relay", "test", "none"]);
    assert_eq!((unknown.code, unknown.err.contains("relay list")), (1, true), "{unknown:?}");
    // Nobody listens any more.
    let down = site.run(&["relay", "test", "next", "--json"]);
    assert_eq!(down.code, 1);
    assert!(down.json()["failure"].is_string(), "{down:?}");
}
