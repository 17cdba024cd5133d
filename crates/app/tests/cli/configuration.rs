//! `config`, `completions`, `man`, and the choice of the language.

use super::support::Site;

#[test]
fn check_says_good_or_lists_the_faults() {
    let site = Site::new("");
    let good = site.good(&["config", "check"]);
    assert!(good.out.contains("The configuration is good"), "{good:?}");

    site.configure("[limits]\nsesions = 5\n");
    let bad = site.run(&["config", "check"]);
    assert_eq!(bad.code, 3);
    assert!(bad.out.is_empty(), "{bad:?}");
    let place = format!("{}:", site.config().display());
    assert!(bad.err.starts_with(&place) && bad.err.contains("`limits.sesions`"), "{bad:?}");
    assert!(bad.err.contains("Did you mean `sessions`?"), "{bad:?}");

    let german = site.run(&["--lang", "de", "config", "check"]);
    assert!(german.err.contains("Ist `sessions` gemeint?"), "{german:?}");

    let json = site.run(&["config", "check", "--json"]);
    assert_eq!(json.code, 3);
    assert_eq!(json.json()["problems"][0]["line"], 12, "{json:?}");

    // Every command refuses to work with it.
    assert_eq!(site.run(&["queue", "list"]).code, 3);
    assert_eq!(site.run(&["serve"]).code, 3);

    site.configure("[port25]\nrelay = \"nobody\"\n");
    let bad = site.run(&["config", "check"]);
    assert!(bad.err.contains("`port25.relay` names the relay \"nobody\""), "{bad:?}");
}

#[test]
fn show_gives_the_settings_in_force_as_toml_and_json() {
    let site = Site::new("");
    let shown = site.good(&["config", "show"]);
    let table: toml::Table = shown.out.parse().expect("TOML");
    assert_eq!(table["limits"]["sessions"].as_integer(), Some(2000));
    let json = site.good(&["config", "show", "--json"]).json();
    assert_eq!(json["server"]["hostname"], "mail.own.test");
}

#[test]
fn example_completions_and_manual_are_printed_without_a_configuration() {
    let site = Site::new("");
    std::fs::remove_file(site.config()).expect("removed");
    assert!(site.good(&["config", "example"]).out.contains("hostname = \"mail.example.org\""));
    assert!(site.good(&["completions", "bash"]).out.contains("complete -F"));
    let manual = site.good(&["man"]).out;
    assert!(manual.starts_with(".ie") || manual.contains(".TH postamt 1"), "{manual}");
    assert!(manual.contains("postamt queue"), "{manual}");

    let missing = site.run(&["queue", "list"]);
    assert_eq!(missing.code, 3);
    assert!(missing.err.contains("postamt config example"), "{missing:?}");
    assert_eq!(site.run(&["nonsense"]).code, 2);
}
