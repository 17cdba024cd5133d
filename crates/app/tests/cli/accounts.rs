//! `account …` and `dkim …`: files that the server reads.

use std::os::unix::fs::PermissionsExt as _;

use super::support::Site;

#[test]
fn accounts_are_made_listed_changed_and_removed() {
    let site = Site::new("");
    assert!(site.good(&["account", "list"]).out.contains("no accounts"));
    let added = site.good(&["account", "add", "Anna@own.test", "--generate"]);
    assert_eq!(
        (added.out.trim().len() >= 20, added.err.contains("anna@own.test")),
        (true, true),
        "{added:?}"
    );
    let again = site.run(&["account", "add", "anna@OWN.test", "--generate"]);
    assert_eq!((again.code, again.err.contains("passwd")), (1, true), "{again:?}");

    let typed = ["account", "add", "printer", "--send-as", "own.test", "--password-stdin"];
    let weak = site.run_with(&typed, "short\n");
    assert_eq!((weak.code, weak.err.contains("12 characters")), (1, true), "{weak:?}");
    for (password, expected) in [
        ("qwertyuiopasdfghjkl\n", "similar to a common password"),
        ("passwordpassword\n", "Repeats like"),
        ("PinkyAndBrain\n", "lists of leaked passwords"),
        ("my-printer-at-home\n", "contains the account's name"),
    ] {
        let weak = site.run_with(&typed, password);
        assert_eq!((weak.code, weak.err.contains(expected)), (1, true), "{password}: {weak:?}");
        assert!(weak.err.contains("--generate"), "{weak:?}");
    }
    let german = site.run_with(&[&["--lang", "de"], &typed[..]].concat(), "qwertyuiopasdfghjkl\n");
    assert!(german.err.contains("ähnelt einem häufigen Passwort"), "{german:?}");
    assert_eq!(site.run_with(&typed, "korrekt-pferd-batterie\n").code, 0);
    assert_eq!(site.run_with(&typed, "").code, 1);

    let list = site.good(&["account", "list", "--json"]).json();
    assert_eq!(list[1]["send_as"][0]["domain"], "own.test", "{list}");
    assert!(!site.good(&["account", "list", "--json"]).out.contains("argon2"), "no hash is shown");

    site.good(&["account", "disable", "printer"]);
    assert!(site.good(&["account", "list"]).out.contains("printer  disabled  sends as *@own.test"));
    // A new password does not let a disabled account in again.
    assert_eq!(
        site.run_with(&["account", "passwd", "printer", "--password-stdin"], "noch-ein-langes-wort\n").code,
        0
    );
    assert_eq!(site.good(&["account", "list", "--json"]).json()[1]["enabled"], false);
    site.good(&["account", "enable", "printer"]);
    site.good(&["account", "remove", "printer"]);
    let unknown = site.run(&["account", "remove", "printer"]);
    assert_eq!((unknown.code, unknown.err.contains("no account printer")), (1, true), "{unknown:?}");
    let mode = std::fs::metadata(site.path("state/accounts.sqlite")).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_an_account_may_send_is_shown_and_changed() {
    let site = Site::new("[account_limits]\nmessages = [200, 50]\nfirst_time = [0, 200]\n");
    site.good(&["account", "add", "news@own.test", "--generate"]);
    let shown = site.good(&["account", "show", "news@own.test"]).out;
    assert!(shown.contains("Messages in 24 hours: at most 50"), "{shown}");
    assert!(shown.contains("First-time recipients in an hour: no limit"), "{shown}");
    assert!(shown.contains("not running"), "{shown}");

    let nothing = site.run(&["account", "limits", "news@own.test"]);
    assert_eq!(nothing.code, 2, "{nothing:?}");
    let zero = site.run(&["account", "limits", "news@own.test", "--messages-a-day", "0"]);
    assert_eq!((zero.code, zero.err.contains("none")), (2, true), "{zero:?}");
    let changed = site.good(&["account", "limits", "news@own.test", "--messages-a-day", "6000"]).out;
    assert!(changed.contains("Recipients in an hour: at most 6000"), "it follows: {changed}");
    // A new password leaves them as they are.
    site.good(&["account", "passwd", "news@own.test", "--generate"]);
    let json = site.good(&["account", "show", "news@own.test", "--json"]).json();
    assert_eq!(json["own_limits"], serde_json::json!({ "messages_per_day": 6000 }), "{json}");

    let server = site.start();
    let shown = site.good(&["account", "show", "news@own.test"]).out;
    assert!(shown.contains("Messages in 24 hours: 0 of 6000"), "{shown}");
    let back = site.good(&["account", "limits", "news@own.test", "--default", "--json"]).json();
    assert_eq!(
        (&back["own_limits"], &back["limits"][1]["limit"]),
        (&serde_json::json!({}), &50.into()),
        "{back}"
    );
    assert_eq!(server.stop(), 0);
}

#[test]
fn an_account_sends_as_what_is_ours_or_is_told_otherwise() {
    let site = Site::new("");
    for (name, send_as, expected) in [
        ("anna@foreign.test", None, "not in a domain of this server"),
        ("printer", None, "--send-as"),
        ("printer", Some("boss@foreign.test"), "not in a domain of this server"),
        ("printer", Some("foreign.test"), "not in a domain of this server"),
    ] {
        let mut arguments = vec!["account", "add", name, "--generate"];
        arguments.extend(send_as.iter().flat_map(|identity| ["--send-as", *identity]));
        let ran = site.run(&arguments);
        assert_eq!((ran.code, ran.err.contains(expected)), (1, true), "{name} {send_as:?}: {ran:?}");
    }
    let any = site.good(&["account", "add", "gateway", "--send-as", "any", "--generate"]);
    assert!(any.err.contains("CAUTION"), "{any:?}");
}

#[test]
fn a_service_of_leaked_passwords_that_does_not_answer_decides_nothing() {
    let site = Site::new("[accounts]\nleaked_passwords_url = \"https://leaks.invalid/range/\"\n");
    let typed = ["account", "add", "anna@own.test", "--password-stdin"];
    let added = site.run_with(&typed, "korrekt-pferd-batterie\n");
    assert_eq!((added.code, added.err.contains("leaks.invalid did not answer")), (0, true), "{added:?}");
    let made = site.good(&["account", "passwd", "anna@own.test", "--generate"]);
    assert!(!made.err.contains("leaks.invalid"), "nobody has leaked what was just made: {made:?}");
    let wrong = Site::new("[accounts]\nleaked_passwords_url = \"http://leaks.invalid/range/\"\n");
    let refused = wrong.run(&["config", "check"]);
    assert_eq!((refused.code, refused.err.contains("with a slash at its end")), (3, true), "{refused:?}");
}

#[test]
fn app_passwords_are_made_listed_and_removed() {
    let site = Site::new("");
    site.good(&["account", "add", "anna@own.test", "--generate"]);
    let add = ["account", "app-password", "add", "anna@own.test"];
    let limited = [
        "printer",
        "--send-as",
        "anna@own.test",
        "--from",
        "192.0.2.7/24",
        "--from",
        "2001:db8::1",
        "--until",
        "2999-12-31",
    ];
    let made = site.good(&[&add[..], &limited[..]].concat());
    assert_eq!(made.out.trim().len(), 23, "{made:?}");
    for part in ["anna@own.test/printer", "only from 192.0.2.0/24, 2001:db8::1/128", "until 3000-01-01"] {
        assert!(made.err.contains(part), "{part}: {made:?}");
    }
    let phone = site.good(&[&add[..], &["Phone", "--json"]].concat()).json();
    assert_eq!(phone["login"], "anna@own.test/phone", "{phone}");
    assert!(phone["password"].as_str().is_some_and(|text| text.len() == 23), "{phone}");

    let list = site.good(&["account", "app-password", "list", "anna@own.test"]);
    assert!(list.out.contains("phone  sends as all that the account may"), "{list:?}");
    assert!(list.out.contains("never used") && !list.out.contains(made.out.trim()), "{list:?}");
    let list = site.good(&["account", "app-password", "list", "anna@own.test", "--json"]).json();
    assert_eq!(list[1]["device"], "printer", "{list}");
    assert_eq!(list[1]["send_as"][0]["address"], "anna@own.test", "{list}");
    assert_eq!(list[0]["last_used_at"], serde_json::Value::Null);
    assert!(list[0].get("password").is_none() && !list.to_string().contains("digest"), "{list}");

    for (arguments, expected) in [
        (vec!["phone"], "an app password phone already"),
        (vec!["my phone"], "cannot be the name of a device"),
        (vec!["other", "--send-as", "chef@own.test"], "may not send as chef@own.test itself"),
        (vec!["other", "--send-as", "any"], "may not send as any itself"),
        (vec!["other", "--until", "2001-02-03"], "2001-02-03 is over"),
    ] {
        let refused = site.run(&[&add[..], &arguments[..]].concat());
        assert_eq!((refused.code, refused.err.contains(expected)), (1, true), "{arguments:?}: {refused:?}");
    }
    site.good(&["account", "app-password", "remove", "anna@own.test", "phone"]);
    let gone = site.run(&["account", "app-password", "remove", "anna@own.test", "phone"]);
    assert_eq!((gone.code, gone.err.contains("no app password phone")), (1, true), "{gone:?}");
    let nobody = site.run(&["account", "app-password", "list", "bert@own.test"]);
    assert_eq!((nobody.code, nobody.err.contains("no account bert@own.test")), (1, true), "{nobody:?}");
}

#[test]
fn dkim_keys_are_made_with_the_record_to_publish() {
    let site = Site::new("");
    let made = site.good(&["dkim", "new", "own.test", "--selector", "one"]);
    assert!(made.out.starts_with("one._domainkey.own.test. 3600 IN TXT ( \"v=DKIM1; k=rsa;"), "{made:?}");
    assert!(made.out.trim_end().split('"').filter(|part| part.len() > 255).count() == 0, "{made:?}");
    let again = site.run(&["dkim", "new", "own.test", "--selector", "one"]);
    assert_eq!(again.code, 1, "{again:?}");
    let second = site.good(&["dkim", "new", "own.test", "--kind", "ed25519", "--json"]).json();
    assert!(second["record_value"].as_str().is_some_and(|value| value.contains("k=ed25519")), "{second}");
    assert!(second["selector"].as_str().is_some_and(|selector| selector.starts_with("20")), "{second}");
    let foreign = site.good(&["dkim", "new", "foreign.test"]);
    assert!(foreign.err.contains("not in `server.domains`"), "{foreign:?}");

    let list = site.good(&["dkim", "list", "--json"]).json();
    let files: Vec<&str> =
        list.as_array().expect("a list").iter().filter_map(|key| key["file"].as_str()).collect();
    assert_eq!(files.len(), 3);
    for file in files {
        let mode = std::fs::metadata(file).expect("the key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert!(list.as_array().expect("a list").iter().all(|key| key["state"] == "waiting"), "{list}");
    let none = site.run(&["dkim", "rotate"]);
    assert!(none.code == 1 && none.err.contains("no key in use"), "{none:?}");
    site.good(&["dkim", "new", "own.test", "--selector", "now", "--active"]);
    let again = site.good(&["dkim", "rotate", "own.test"]);
    assert!(again.out.is_empty() && again.err.contains("one._domainkey.own.test already waits"), "{again:?}");

    let bad = site.run(&["dkim", "new", "not a domain"]);
    assert_eq!(bad.code, 1, "{bad:?}");
}
