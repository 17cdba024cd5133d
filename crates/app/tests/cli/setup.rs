//! `postamt setup` by the real binary: what it writes works, and a second run takes nothing away.

use crate::support::{Ran, Site};

/// With no address to ask DNS about, and no user that would have to be made.
fn setup(site: &Site, more: &[&str]) -> Ran {
    let (state, run) = (site.path("fresh/state"), site.path("fresh/run"));
    let config = site.path("fresh/postamt.toml");
    let text = |path: &std::path::Path| path.display().to_string();
    let (state, run, config) = (text(&state), text(&run), text(&config));
    let mut arguments = vec!["setup", "--config", &config, "--no-unit", "--user", "nobody"];
    arguments.extend(["--state-directory", &state, "--runtime-directory", &run, "--address", "127.0.0.1"]);
    arguments.extend(more);
    site.run(&arguments)
}

#[test]
fn an_unattended_setup_makes_a_configuration_keys_and_an_account() {
    let site = Site::new("");
    let ran = setup(
        &site,
        &["--non-interactive", "--hostname", "mail.own.test", "--account", "anna@own.test", "--json"],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let told = ran.json();
    assert_eq!(told["domains"], serde_json::json!(["own.test"]));
    assert_eq!(told["failures"], serde_json::json!([]), "{told:#}");
    assert!(told["password"].as_str().is_some_and(|password| password.len() >= 16), "{told:#}");
    let records = told["records"].as_array().expect("a list");
    let value = |record: &serde_json::Value| record["value"].as_str().unwrap_or_default().to_owned();
    for wanted in ["v=DKIM1", "v=spf1", "v=DMARC1"] {
        assert!(records.iter().any(|record| value(record).starts_with(wanted)), "{wanted}: {told:#}");
    }
    let config = site.path("fresh/postamt.toml").display().to_string();
    let check = site.run(&["config", "check", "--config", &config]);
    assert_eq!(check.code, 0, "{check:?}");
    let accounts = site.run(&["account", "list", "--json", "--config", &config]);
    assert_eq!(accounts.json()[0]["name"], "anna@own.test");
}

#[test]
fn a_second_run_keeps_what_is_there_and_adds_what_is_missing() {
    let site = Site::new("");
    let first = setup(&site, &["--non-interactive", "--hostname", "mail.own.test"]);
    assert_eq!(first.code, 0, "{first:?}");
    let config = site.path("fresh/postamt.toml").display().to_string();
    let before = std::fs::read_to_string(&config).expect("written");
    let again = ["--non-interactive", "--hostname", "other.own.test", "--account", "anna@own.test", "--json"];
    let second = setup(&site, &again);
    assert_eq!(second.code, 0, "{second:?}");
    let told = second.json();
    assert_eq!(told["hostname"], "mail.own.test");
    assert_eq!(told["kept"].as_array().map(Vec::len), Some(1), "{told:#}");
    assert!(told["password"].is_string(), "{told:#}");
    let keys = site.run(&["dkim", "list", "--json", "--config", &config]).json();
    assert_eq!(keys.as_array().map(Vec::len), Some(1), "{keys:#}");
    assert_eq!(std::fs::read_to_string(site.path("fresh/postamt.toml")).expect("there"), before);
    let third = setup(&site, &again).json();
    let failures = third["failures"].as_array().expect("a list");
    assert!(failures.iter().any(|text| text.as_str().is_some_and(|text| text.contains("anna@own.test"))));
}

#[test]
fn without_a_name_nothing_is_written_and_the_option_is_named() {
    let site = Site::new("");
    let ran = setup(&site, &["--non-interactive", "--hostname", "mail"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("\"mail\""), "{ran:?}");
    assert!(!site.path("fresh/postamt.toml").exists());
}

#[test]
fn a_person_reads_what_to_do_next_in_german() {
    let site = Site::new("");
    let ran = setup(&site, &["--non-interactive", "--hostname", "mail.own.test", "--lang", "de"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for words in ["Geschrieben:", "_domainkey.own.test", "ufw allow 25,465,587/tcp", "Als Nächstes:"] {
        assert!(ran.out.contains(words), "{words}: {ran:?}");
    }
}
