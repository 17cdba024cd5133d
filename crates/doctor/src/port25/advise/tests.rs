use postamt_mail::words::{Language, words};

use super::*;

/// A root with these files.
fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

fn server(relay: Option<&str>) -> Finding {
    Finding::MailServer {
        program: "Postfix".to_owned(),
        place: "/etc/postfix/main.cf".to_owned(),
        relay: relay.map(ToOwned::to_owned),
    }
}

fn forwarder() -> Finding {
    Finding::Forwarder {
        program: "msmtp".to_owned(),
        place: "/etc/msmtprc".to_owned(),
        relay: "smtp.hoster.test".to_owned(),
    }
}

fn connection() -> Finding {
    Finding::Connection { program: "php-fpm".to_owned(), remote: "198.51.100.1:25".parse().unwrap() }
}

#[test]
fn the_decision_and_what_it_rests_on() {
    let relayed = |relay: &str| Need::NotWithRelay { relay: Some(relay.to_owned()) };
    let all = [server(None), forwarder(), connection()];
    for (what, plan, findings, need) in [
        ("own server wanted", Some(Plan::OwnServer), vec![], Need::OwnServer),
        (
            "own server wanted, a forwarder is there",
            Some(Plan::OwnServer),
            vec![forwarder()],
            Need::OwnServer,
        ),
        ("application", Some(Plan::DirectApplication), vec![], Need::DirectApplication),
        ("relay wanted", Some(Plan::Relay), vec![], Need::NotWithRelay { relay: None }),
        ("relay wanted, known", Some(Plan::Relay), all.to_vec(), relayed("smtp.hoster.test")),
        ("only mail programs", Some(Plan::OnlyClients), all.to_vec(), Need::NotForClients),
        ("a mail server is there", None, vec![server(None)], Need::OwnServer),
        ("it has a relay", None, vec![server(Some("relay.test"))], relayed("relay.test")),
        ("a forwarder is there", None, vec![forwarder()], relayed("smtp.hoster.test")),
        ("a server and a forwarder", None, vec![forwarder(), server(None)], Need::OwnServer),
        ("an application talks to port 25", None, vec![connection()], Need::DirectApplication),
        (
            "it is the relay's port 25",
            None,
            vec![connection(), server(Some("relay.test"))],
            relayed("relay.test"),
        ),
        ("nothing", None, vec![], Need::Unsure),
        (
            "a listener alone",
            None,
            vec![Finding::Listener { program: "python3".to_owned(), port: 25 }],
            Need::Unsure,
        ),
    ] {
        let advice = decide(plan, &findings);
        assert_eq!(advice.need, need, "{what}");
        assert_eq!(advice.plan, plan, "{what}");
    }
    assert_eq!(Need::Unsure.is_needed(), None);
}

#[test]
fn configurations_are_read() {
    let postfix = |text: &str| findings(root(&[("etc/postfix/main.cf", text)]).path());
    assert_eq!(postfix("relayhost = \n# relayhost = [old.test]\n"), [server(None)]);
    assert_eq!(postfix("relayhost = [smtp.test]:587\n"), [server(Some("[smtp.test]:587"))]);
    assert_eq!(postfix("default_transport = smtp:[smtp.test]\n"), [server(Some("[smtp.test]"))]);
    assert_eq!(postfix("relayhost = a.test\nrelayhost =\n"), [server(None)], "the last one counts");

    let relays = |file: &str, text: &str| -> Vec<Option<String>> {
        let found = findings(root(&[(file, text)]).path());
        found
            .into_iter()
            .map(|it| match it {
                Finding::MailServer { relay, .. } => relay,
                Finding::Forwarder { relay, .. } => Some(relay),
                other => panic!("{other:?}"),
            })
            .collect()
    };
    let relay = |host: &str| vec![Some(host.to_owned())];
    let exim = "etc/exim4/update-exim4.conf.conf";
    assert_eq!(relays(exim, "dc_eximconfig_configtype='internet'\ndc_smarthost=''\n"), [None]);
    assert_eq!(
        relays(exim, "dc_eximconfig_configtype='satellite'\ndc_smarthost='smtp.test::587'\n"),
        relay("smtp.test::587")
    );
    assert!(relays(exim, "dc_eximconfig_configtype='local'\n").is_empty());
    assert_eq!(relays("etc/mail/sendmail.cf", "V10/Berkeley\nDS\n"), [None]);
    assert_eq!(relays("etc/mail/sendmail.cf", "DSsmtp.test\n"), relay("smtp.test"));
    assert_eq!(relays("etc/smtpd.conf", "action \"out\" relay\n"), [None]);
    assert_eq!(
        relays("etc/smtpd.conf", "action \"out\" relay host smtp+tls://me@smtp.test auth <x>\n"),
        relay("smtp+tls://me@smtp.test")
    );
    assert!(relays("etc/smtpd.conf", "listen on lo0\n").is_empty());
    assert_eq!(relays("etc/dma/dma.conf", "# SMARTHOST old\nSMARTHOST smtp.test\n"), relay("smtp.test"));
    assert_eq!(relays("etc/msmtprc", "account default\nhost smtp.test\nport 587\n"), relay("smtp.test"));
    assert_eq!(relays("etc/nullmailer/remotes", "smtp.test smtp --port=587\n"), relay("smtp.test"));
    assert_eq!(relays("etc/ssmtp/ssmtp.conf", "mailhub=smtp.test:587\n"), relay("smtp.test:587"));
    let postamt = "etc/postamt/postamt.toml";
    assert_eq!(relays(postamt, "hostname = \"a.test\"\n"), [None]);
    assert_eq!(relays(postamt, "[[route]]\naccounts = []\nto = \"relay:ses\"\n"), relay("ses"));
    assert_eq!(relays(postamt, "[[route]]\nrecipient_domains = [\"b.test\"]\nto = \"relay:ses\"\n"), [None]);
    let all = "[[route]]\nto = \"relay:ses\"\n";
    let both =
        root(&[(postamt, "[server]\n"), ("etc/postamt/conf.d/relay-ses.toml", all), ("eigen.toml", all)]);
    let own = |place: &str, relay: Option<&str>| Finding::MailServer {
        program: "Postamt".to_owned(),
        place: place.to_owned(),
        relay: relay.map(ToOwned::to_owned),
    };
    assert_eq!(findings(both.path()), [own("/etc/postamt/postamt.toml", Some("ses"))]);
    let elsewhere = findings_with(both.path(), &both.path().join("eigen.toml"));
    assert_eq!(elsewhere, [own("/eigen.toml", Some("ses"))]);
}

#[test]
fn sockets_are_found_and_named() {
    let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
        0: 00000000:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1\n\
        1: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1002 1\n\
        2: 190200C0:C000 016433C6:0019 01 00000000:00000000 00:00000000 00000000     0        0 1003 1\n\
        3: 0100007F:C001 0100007F:0019 01 00000000:00000000 00:00000000 00000000     0        0 1004 1\n\
        4: 190200C0:C002 026433C6:0019 02 00000000:00000000 00:00000000 00000000     0        0 1005 1\n\
        5: 190200C0:C003 026433C6:01BB 01 00000000:00000000 00:00000000 00000000     0        0 1006 1\n";
    let table6 = "  sl  local_address rem_address st\n\
        0: 00000000000000000000000000000000:024B 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 1007 1\n\
        1: B80D0120000000000000000025000000:C000 B80D0120000001000000000001000000:0019 01 0:0 0:0 0 0 0 1008 1\n";
    let files = [("proc/net/tcp", table), ("proc/net/tcp6", table6), ("proc/77/comm", "php-fpm\n")];
    let root = root(&files);
    std::fs::create_dir_all(root.path().join("proc/77/fd")).unwrap();
    std::os::unix::fs::symlink("socket:[1003]", root.path().join("proc/77/fd/5")).unwrap();
    let connection = |program: &str, remote: &str| Finding::Connection {
        program: program.to_owned(),
        remote: remote.parse().unwrap(),
    };
    let listener = |port| Finding::Listener { program: "?".to_owned(), port };
    if cfg!(target_endian = "little") {
        assert_eq!(
            findings(root.path()),
            [
                listener(25),
                connection("php-fpm", "198.51.100.1:25"),
                connection("?", "198.51.100.2:25"),
                listener(587),
                connection("?", "[2001:db8:1::1]:25"),
            ]
        );
    }
}

#[test]
fn an_empty_host_has_no_findings() {
    assert!(findings(root(&[]).path()).is_empty());
}

#[test]
fn advice_in_both_languages() {
    let relayed = [server(Some("[smtp.hoster.test]:587")), forwarder()];
    let direct = [server(None), connection(), Finding::Listener { program: "master".to_owned(), port: 25 }];
    for language in Language::ALL {
        let say = |plan, findings: &[Finding]| text(&decide(plan, findings), words(language));
        let texts = [
            say(Some(Plan::OwnServer), &direct),
            say(Some(Plan::DirectApplication), &[]),
            say(Some(Plan::Relay), &[]),
            say(Some(Plan::OnlyClients), &direct),
            say(None, &direct),
            say(None, &relayed),
            say(None, &[connection()]),
            say(None, &[]),
        ];
        insta::assert_snapshot!(format!("advice_{language}"), texts.join("----\n"));
    }
}

#[test]
fn advice_survives_json() {
    let advice = decide(None, &[server(Some("relay.test")), connection()]);
    let json = serde_json::to_string(&advice).unwrap();
    assert!(json.contains(r#""need":"not_with_relay""#), "{json}");
    assert_eq!(serde_json::from_str::<Advice>(&json).unwrap(), advice);
}
