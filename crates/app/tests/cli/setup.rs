//! `postamt setup` by the real binary: what it writes works, and a second run takes nothing away.

use crate::support::{Ran, Site};

/// With no address to ask DNS about, and no user that would have to be made.
fn setup(site: &Site, more: &[&str]) -> Ran {
    let (state, run) = (site.path("fresh/state"), site.path("fresh/run"));
    let config = site.path("fresh/postamt.toml");
    let text = |path: &std::path::Path| path.display().to_string();
    let (state, run, config) = (text(&state), text(&run), text(&config));
    let mut arguments = vec!["setup", "--config", &config, "--no-unit", "--user", "nobody"];
    // Nobody out there is asked.
    arguments.extend(["--no-probe", "--dns-server", "127.0.0.1:9"]);
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
    let parts = ["Geschrieben:", "_domainkey.own.test", "Priorität", "ufw allow 25,465,587/tcp"];
    for words in parts.into_iter().chain(["Was der Doktor sagt", "FEHLER", "Als Nächstes:\n  1. Starten Sie"])
    {
        assert!(ran.out.contains(words), "{words}: {ran:?}");
    }
    assert!(ran.err.contains("Ob Mail auf Port 25 hinauskommt, ist nicht bekannt"), "{ran:?}");
}

#[test]
fn it_ends_with_the_doctors_verdict_and_three_steps() {
    let site = Site::new("");
    let ran = setup(&site, &["--non-interactive", "--hostname", "mail.own.test", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let told = ran.json();
    assert!(told["network"]["port25"].is_null(), "nobody was asked: {told:#}");
    assert!(told["provider"]["told"].as_array().is_some_and(|lines| !lines.is_empty()), "{told:#}");
    let findings = told["doctor"]["findings"].as_array().expect("a list");
    assert!(findings.iter().any(|finding| finding["id"] == "dns.silent"), "{told:#}");
    let next = told["next"].as_array().expect("a list");
    assert_eq!(next.len(), 3, "{told:#}");
    assert!(next[0].as_str().is_some_and(|step| step.contains("postamt serve --config")), "{told:#}");
    assert!(next[1].as_str().is_some_and(|step| step.contains("Enter the records")), "{told:#}");
    let without = setup(&site, &["--non-interactive", "--no-doctor", "--json"]).json();
    assert!(without.get("doctor").is_none(), "{without:#}");
}

#[test]
fn the_records_go_into_a_new_file_and_never_over_an_old_one() {
    let site = Site::new("");
    let file = site.path("records.json").display().to_string();
    let more = [
        "--non-interactive",
        "--no-doctor",
        "--hostname",
        "mail.own.test",
        "--records-file",
        &file,
        "--json",
    ];
    assert_eq!(setup(&site, &more).code, 0);
    let text = std::fs::read_to_string(&file).expect("written");
    let records: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let key = records.as_array().expect("a list").iter().find(|it| it["purpose"] == "dkim").expect("a key");
    assert_eq!(key["ttl"], 3600);
    assert!(key["value"].as_str().is_some_and(|value| value.len() > 255 && !value.contains('"')), "{key}");
    assert!(key["zone_line"].as_str().is_some_and(|line| line.contains("\" \"")), "{key}");
    let told = setup(&site, &more).json();
    assert!(
        told["kept"].as_array().is_some_and(|kept| kept.iter().any(|it| *it == file.as_str())),
        "{told:#}"
    );
    assert_eq!(std::fs::read_to_string(&file).expect("there"), text);
}

#[test]
fn how_zones_are_changed_is_an_option_and_an_unknown_provider_names_those_that_are_known() {
    let site = Site::new("");
    let token = site.path("dns.token").display().to_string();
    let base =
        ["--non-interactive", "--no-doctor", "--hostname", "mail.own.test", "--dns-token-file", &token];
    let ran = setup(&site, &[&base[..], &["--dns-provider", "nobody"]].concat());
    assert!(ran.code == 1 && ran.err.contains("\"nobody\"") && ran.err.contains("hetzner"), "{ran:?}");
    let ran = setup(&site, &[&base[..], &["--web", "--dns-provider", "hetzner"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("postamt dns publish"), "{ran:?}");
    assert!(ran.out.contains("ufw allow 25,80,443,465,587/tcp"), "{ran:?}");
    let config = site.path("fresh/postamt.toml").display().to_string();
    let shown = site.good(&["config", "show", "--config", &config]).out;
    for line in ["provider = \"hetzner\"", "https = [\"[::]:443\"]", "http = [\"[::]:80\"]"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    // The token is not there yet: said by whoever needs it, and not before.
    let ran = site.run(&["dns", "publish", "--config", &config]);
    assert!(ran.code == 1 && ran.err.contains(&token), "{ran:?}");
}
