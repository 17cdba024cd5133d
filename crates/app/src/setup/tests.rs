//! Answers and the configuration that they make.

use std::collections::VecDeque;

use postamt_doctor::unblock::clues::DmiField;
use postamt_doctor::unblock::{Base, Clues};
use postamt_mail::words::Language;

use super::answers::{Answers, Desk, collect};
use super::surroundings::{Other, Reverse, Surroundings};
use super::{files, provider};
use crate::cli::{Neighbour, Setup};
use crate::config;
use crate::terminal::{Stop, Terminal};

fn seen() -> Surroundings {
    let name = |text: &str| postamt_mail::address::Domain::new(text).expect("a name");
    Surroundings {
        system_name: Some(name("box.example.org")),
        public: vec![Reverse {
            address: "192.0.2.25".parse().expect("an address"),
            names: vec![name("mail.example.org")],
            confirmed: vec![name("mail.example.org")],
            answered: true,
        }],
        ..Surroundings::default()
    }
}

/// The answers to these lines, with the questions that were asked.
fn answered(
    options: &Setup,
    seen: &Surroundings,
    lines: Option<&[&str]>,
) -> (Result<Answers, Stop>, Vec<String>) {
    let mut left: VecDeque<String> = lines.unwrap_or_default().iter().map(ToString::to_string).collect();
    let mut asked = Vec::new();
    let mut desk = Desk {
        asks: lines.is_some(),
        terminal: Terminal::new(Language::En, false),
        read: Box::new(move || left.pop_front()),
        say: Box::new(|text| asked.push(text.to_owned())),
    };
    let answers = collect(options, seen, None, &mut desk);
    drop(desk);
    (answers, asked)
}

#[test]
fn with_nobody_to_ask_the_name_of_the_address_counts() {
    let (answers, asked) = answered(&Setup::default(), &seen(), None);
    let answers = answers.expect("enough is known");
    assert_eq!(answers.hostname.as_str(), "mail.example.org");
    assert_eq!(answers.domains[0].as_str(), "example.org");
    assert_eq!((answers.account, answers.relay, answers.neighbour), (None, None, None));
    assert!(asked.is_empty(), "{asked:?}");
}

#[test]
fn with_nobody_to_ask_and_no_name_the_option_is_named() {
    let (answers, _) = answered(&Setup::default(), &Surroundings::default(), None);
    assert!(answers.expect_err("no name").text.contains("--hostname"));
}

#[test]
fn a_person_is_asked_again_and_an_empty_line_takes_the_guess() {
    let lines = ["", "example.org, example.com", "anna@elsewhere.test", "anna@example.com", "", ""];
    let (answers, asked) = answered(&Setup::default(), &seen(), Some(&lines));
    let answers = answers.expect("all is answered");
    assert_eq!(answers.hostname.as_str(), "mail.example.org");
    assert_eq!(answers.domains.len(), 2);
    assert_eq!(answers.account.expect("one").to_string(), "anna@example.com");
    assert_eq!(answers.postmaster, None);
    assert!(asked[0].contains("[mail.example.org]"), "{asked:?}");
    assert!(asked.iter().any(|text| text.contains("anna@elsewhere.test")), "{asked:?}");
}

#[test]
fn options_are_not_asked_for_and_must_make_sense() {
    let options = Setup { hostname: Some("mx.example.net".to_owned()), ..Setup::default() };
    let (answers, asked) = answered(&options, &seen(), Some(&["", "", "", ""]));
    assert_eq!(answers.expect("fine").hostname.as_str(), "mx.example.net");
    assert!(!asked.iter().any(|text| text.contains("full name")), "{asked:?}");
    for (options, word) in [
        (Setup { hostname: Some("mx".to_owned()), ..Setup::default() }, "\"mx\""),
        (Setup { domain: vec!["a b".to_owned()], ..Setup::default() }, "\"a b\""),
        (Setup { account: Some("anna@other.test".to_owned()), ..Setup::default() }, "anna@other.test"),
        (Setup { postmaster: Some("me".to_owned()), ..Setup::default() }, "\"me\""),
    ] {
        let (answers, _) = answered(&options, &seen(), None);
        let text = answers.expect_err(word).text;
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn a_certificate_is_asked_for_where_it_can_be_proven() {
    let directory = |options: &Setup, seen: &Surroundings, lines: Option<&[&str]>| {
        let answers = answered(options, seen, lines).0.expect("enough is known");
        answers.acme.map(|acme| acme.url().to_owned())
    };
    let letsencrypt = Some("https://acme-v02.api.letsencrypt.org/directory".to_owned());
    let named = Setup { hostname: Some("mail.example.org".to_owned()), ..Setup::default() };
    assert_eq!(directory(&named, &seen(), None), letsencrypt);
    assert_eq!(directory(&named, &Surroundings { http_taken: true, ..seen() }, None), None);
    assert_eq!(directory(&named, &Surroundings::default(), None), None);
    let option = |acme: &str| Setup { acme: Some(acme.to_owned()), ..named.clone() };
    assert_eq!(directory(&option("off"), &seen(), None), None);
    assert_eq!(
        directory(&option("https://ca.example.net/dir"), &Surroundings::default(), None).as_deref(),
        Some("https://ca.example.net/dir")
    );
    let text = answered(&option("http://ca.example.net"), &seen(), None).0.expect_err("not https").text;
    assert!(text.contains("http://ca.example.net"), "{text}");
    // A person is asked last.
    assert_eq!(directory(&named, &seen(), Some(&["", "", "", "", "off"])), None);
    assert_eq!(directory(&named, &seen(), Some(&["", "", "", "", "no", ""])), letsencrypt);
}

/// The configuration is read by the code that the server reads it with.
#[test]
fn the_written_configuration_says_what_was_answered() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("postamt.toml");
    let others = vec![Other { program: "master".to_owned(), ports: vec![25] }];
    for (neighbour, listeners) in [
        (None, vec![]),
        (Some(Neighbour::Replace), vec![]),
        (Some(Neighbour::Beside), vec![587, 465]),
        (Some(Neighbour::Behind), vec![587, 465, 2525]),
    ] {
        let others = if neighbour.is_some() { others.clone() } else { Vec::new() };
        let options = Setup {
            other_mta: neighbour,
            postmaster: Some("me@example.net".to_owned()),
            state_directory: Some("/srv/postamt".into()),
            ..Setup::default()
        };
        let (answers, _) = answered(&options, &Surroundings { others, ..seen() }, None);
        let chosen = files::chosen(&answers.expect("fine"), Some("daemon".to_owned()));
        std::fs::write(&path, config::written(&chosen)).expect("written");
        let config = config::load(&path).expect("a good configuration");
        assert_eq!(config.server.hostname.as_str(), "mail.example.org");
        assert_eq!(config.server.user.as_deref(), Some("daemon"));
        assert_eq!(config.server.state_directory.to_str(), Some("/srv/postamt"));
        assert!(config.postmaster.forward.is_some());
        let ports: Vec<u16> = config.listeners.iter().map(|it| it.address.port()).collect();
        assert_eq!(ports, listeners);
        assert!(files::unit_text(&config, &path).contains(&format!(" serve --config {}", path.display())));
        assert!(files::unit_text(&config, &path).contains("\nUser=daemon\n"));
    }
}

#[test]
fn the_provider_and_its_place_for_names_are_told_where_machine_and_name_tell_them() {
    let base = Base::embedded().expect("the list");
    let name = |text: &str| postamt_mail::address::Domain::new(text).expect("a name");
    let address = Reverse {
        names: vec![name("static.25.2.0.192.clients.your-server.de")],
        confirmed: vec![name("static.25.2.0.192.clients.your-server.de")],
        ..seen().public.remove(0)
    };
    let mut clues = Clues { addresses: vec![provider::clues_of(&address)], ..Clues::default() };
    clues.machine.dmi.insert(DmiField::SysVendor, "Hetzner".to_owned());
    let german = Terminal::new(Language::De, false);
    let landlord = provider::recognised(&base, &clues, german);
    assert_eq!(landlord.id.as_deref(), Some("hetzner-cloud"), "{landlord:?}");
    let place = landlord.place(german);
    assert!(place[0].starts_with("Bei Hetzner") && place[0].contains("Networking"), "{place:?}");
    assert_eq!(place[1], "  https://docs.hetzner.com/cloud/servers/cloud-server-rdns/");
    assert!(landlord.told.iter().any(|line| line.contains("your-server.de")), "{landlord:?}");

    let unknown = provider::recognised(&base, &Clues::default(), german);
    assert_eq!((unknown.id.as_deref(), unknown.place(german).len()), (None, 0));
    assert!(!unknown.told.is_empty(), "that it is not known is told");
}
