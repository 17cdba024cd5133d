//! The configuration as operators meet it: all faults at once, in both languages; the example that works; what is
//! shown that can be read again.

use std::path::PathBuf;

use postamt_mail::words::{Language, words};
use tempfile::TempDir;

use super::*;

const SMALL: &str = "[server]\nhostname = \"mail.own.test\"\ndomains = [\"own.test\"]\n";

/// A directory with a configuration in it.
fn written(text: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("postamt.toml");
    std::fs::write(&path, text).expect("written");
    (directory, path)
}

/// The faults as they are shown, the directory's random name left out.
fn shown(text: &str, language: Language) -> String {
    let (directory, path) = written(text);
    let problems = load(&path).expect_err("faults");
    let place = format!("{}/", directory.path().display());
    problems.text(words(language)).replace(&place, "")
}

const FAULTY: &str = r#"
[server]
hostnam = "mail.own.test"
domains = ["own.test", "not a domain"]
language = "fr"

[limits]
sessions = 0
recipients = "many"

[[listener]]
address = "25"
purpose = "submision"
relay_networks = ["0.0.0.0/0", "192.0.2.1/24", "::/0"]

[[relay]]
name = "provider"
host = "smtp.provider.test"
login = "me"

[[route]]
to = "relay:provder"

[[local_domain]]
domain = "own.test"
maildir = "relative/path"
lmtp = "127.0.0.1:24"

[retri]
lifetime_secs = 1

[outgoing]
ipv4 = false
ipv6 = false
"#;

#[test]
fn all_faults_are_told_at_once_in_english() {
    insta::assert_snapshot!(shown(FAULTY, Language::En));
}

#[test]
fn all_faults_are_told_at_once_in_german() {
    insta::assert_snapshot!(shown(FAULTY, Language::De));
}

#[test]
fn a_network_that_nobody_owns_may_not_relay() {
    let faults = |networks: &str| {
        let listener = "[[listener]]\naddress = \"192.0.2.1:25\"\npurpose = \"exchange\"\n";
        let text = format!("{SMALL}{listener}relay_networks = [{networks}]\n");
        let (_directory, path) = written(&text);
        load(&path).map_or_else(|problems| problems.0.len(), |_| 0)
    };
    for wide in
        ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/7", "2000::/3", "2a00::/12", "::/1"]
    {
        assert_eq!(faults(&format!("\"{wide}\"")), 1, "{wide}");
    }
    for narrow in ["10.0.0.0/8", "192.0.2.0/24", "fc00::/7", "fe80::/10", "2001:db8::/32", "::1"] {
        assert_eq!(faults(&format!("\"{narrow}\"")), 0, "{narrow}");
    }
}

#[test]
fn rules_between_settings_are_told_when_the_values_are_good() {
    let text = format!(
        "{SMALL}[tls]\ncertificate = \"/etc/certificate.pem\"\n[postmaster]\nmaildir = \"/var/mail/p\"\n\
         forward = \"a@b.test\"\n[retry]\nwaits_secs = []\n[outgoing]\nipv4 = false\nipv6 = false\n\
         [dns]\nupdate_key = \"/etc/k\"\nprovider = \"hetzner\"\n\
         [[relay]]\nname = \"r\"\nhost = \"h.test\"\nlogin = \"me\"\n[[relay]]\nname = \"r\"\nhost = \"h.test\"\n\
         [[route]]\nto = \"relay:s\"\n[[local_domain]]\ndomain = \"own.test\"\n"
    );
    insta::assert_snapshot!(shown(&text, Language::En));
}

#[test]
fn syntax_errors_have_their_lines() {
    insta::assert_snapshot!(shown("[server]\nhostname = mail\n\n[tls\nkey = \"/k\"\n", Language::En));
}

#[test]
fn a_missing_file_names_the_next_step() {
    let directory = tempfile::tempdir().expect("a directory");
    let problems = load(&directory.path().join("none.toml")).expect_err("no file");
    assert!(problems.text(words(Language::En)).contains("postamt config example"));
    assert_eq!(problems.0.len(), 1, "nothing else is said of a file that is not there");
}

#[test]
fn three_lines_are_enough() {
    let (_directory, path) = written(SMALL);
    let config = load(&path).expect("a configuration");
    let settings = settings::make(&config).expect("settings");
    let mut ports: Vec<u16> = settings.listeners.iter().map(|listener| listener.address.port()).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports, [25, 465, 587]);
    assert!(settings.listeners.iter().all(|listener| listener.relay_networks.is_empty()));
    assert!(settings.certificate.generate);
    assert_eq!(settings.outgoing.port, 25);
    // The host's own name is ours, too: cron sends as it.
    let own: Vec<&str> = settings.own_domains.iter().map(|domain| domain.as_str()).collect();
    assert_eq!(own, ["own.test", "mail.own.test"]);
}

#[test]
fn the_example_works_as_it_is() {
    let (_directory, path) = written(&example());
    let from_example = effective(&load(&path).expect("the example is good"));
    let small = "[server]\nhostname = \"mail.example.org\"\ndomains = [\"example.org\"]\n";
    let (_directory, path) = written(small);
    assert_eq!(from_example, effective(&load(&path).expect("a configuration")));
}

/// Everything that stands behind `#` in the example is a setting with a good value.
#[test]
fn the_example_works_with_every_line_in_use() {
    let in_use: String = example()
        .lines()
        .map(|line| {
            let setting = line.strip_prefix("# ").filter(|rest| {
                let key = rest.split(" = ").next().unwrap_or_default();
                let is_key = !key.is_empty()
                    && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit());
                rest.starts_with('[') || (is_key && rest.contains(" = "))
            });
            format!("{}\n", setting.unwrap_or(line))
        })
        // Alternatives exclude each other.
        .filter(|line| !line.starts_with("lmtp =") && !line.starts_with("host = \"mailbox"))
        .filter(|line| !line.starts_with("forward =") && !line.starts_with("update_key ="))
        .filter(|line| !line.starts_with("certificate =") && !line.starts_with("key = \"/"))
        .collect();
    let (_directory, path) = written(&in_use);
    let config = load(&path).unwrap_or_else(|problems| panic!("{}", problems.text(words(Language::En))));
    assert_eq!((config.listeners.len(), config.relays.len(), config.routes.len()), (1, 1, 1));
    assert_eq!(config.routes[0].to, RouteTo::Relay("provider".into()));
}

#[test]
fn what_is_shown_can_be_read_again() {
    let text = format!(
        "{SMALL}user = \"postamt\"\n[[listener]]\naddress = \"[::1]:2525\"\npurpose = \"exchange\"\n\
         relay_networks = [\"127.0.0.0/8\", \"2001:db8::/32\", \"192.0.2.7\"]\n\
         [[relay]]\nname = \"r\"\nhost = \"h.test\"\ntls = \"implicit\"\nport = 465\ndkim_signatures = 1\n\
         [[route]]\nto = \"relay:r\"\nrecipient_domains = [\"*.far.test\"]\n[[route]]\nto = \"hold\"\n\
         [[local_domain]]\ndomain = \"own.test\"\nlmtp = \"[::1]:24\"\n[[source]]\naddress = \"192.0.2.25\"\n"
    );
    let (_directory, path) = written(&text);
    let once = effective(&load(&path).expect("a configuration"));
    let (_directory, path) = written(&once);
    let twice = effective(&load(&path).expect("what was shown"));
    assert_eq!(once, twice);
    assert!(once.contains("\"192.0.2.7/32\""), "{once}");
}

#[test]
fn relays_take_after_their_profile() {
    use postamt_mta::settings::{NullSender, RelayTls};
    let relay = |lines: &str| {
        let text = format!("{SMALL}[[relay]]\nname = \"r\"\nhost = \"h.test\"\n{lines}\n");
        let (_directory, path) = written(&text);
        let config = load(&path).unwrap_or_else(|problems| panic!("{}", problems.text(words(Language::En))));
        let (_directory, path) = written(&effective(&config));
        assert_eq!(effective(&load(&path).expect("what is shown can be read")), effective(&config));
        let relay = settings::relay(&config, "r").expect("a relay").expect("there is one");
        let ports: Vec<_> = relay.ports().map(|port| (port.port, port.tls)).collect();
        (relay, ports)
    };
    use RelayTls::{Implicit, ImplicitUnverified, None as Clear, StartTls, StartTlsUnverified};
    for (lines, expected) in [
        ("", &[(587, StartTls)][..]),
        ("tls = \"implicit\"", &[(465, Implicit)]),
        ("port = 465", &[(465, Implicit)]),
        ("port = 465\ntls = \"starttls\"", &[(465, StartTls)]),
        ("ports = [465, 2525]", &[(587, StartTls), (465, Implicit), (2525, StartTls)]),
        (
            "tls = \"starttls-unverified\"\nports = [465, 25]",
            &[(587, StartTlsUnverified), (465, ImplicitUnverified), (25, StartTlsUnverified)],
        ),
        ("tls = \"none\"\nport = 25\nports = [465]", &[(25, Clear), (465, Clear)]),
        ("profile = \"brevo\"", &[(587, StartTls), (465, Implicit), (2525, StartTls)]),
        ("profile = \"brevo\"\nport = 2525", &[(2525, StartTls), (587, StartTls), (465, Implicit)]),
        ("profile = \"brevo\"\nports = [2525]", &[(587, StartTls), (2525, StartTls)]),
    ] {
        assert_eq!(relay(lines).1, expected, "{lines}");
    }
    let dkim = |lines: &str| {
        let (relay, _) = relay(lines);
        (relay.dkim.profile.max_signatures, relay.dkim.total, relay.dkim.profile.skip_headers.len())
    };
    assert_eq!(dkim(""), (2, None, 0));
    assert_eq!(dkim("profile = \"amazon-ses\""), (1, Some(1), 4));
    assert_eq!(dkim("profile = \"ses\"\ndkim_skip_headers = [\"X-Mailer\"]"), (1, Some(1), 5));
    assert_eq!(dkim("profile = \"sendgrid\""), (1, None, 0));
    assert_eq!(dkim("profile = \"sendgrid\"\ndkim_signatures = 2"), (2, Some(2), 0));
    let null_sender = |lines: &str| relay(lines).0.null_sender.clone();
    let bounces = postamt_mail::address::Address::new("bounces@own.test").expect("an address");
    assert_eq!(null_sender(""), NullSender::Unknown);
    assert_eq!(null_sender("profile = \"ses\""), NullSender::Replaced(None));
    assert_eq!(null_sender("profile = \"ses\"\nnull_sender = true"), NullSender::Kept);
    assert_eq!(null_sender("null_sender = false"), NullSender::Replaced(None));
    assert_eq!(null_sender("null_sender = \"bounces@own.test\""), NullSender::Replaced(Some(bounces)));
}

#[test]
fn unknown_profiles_name_the_known_ones() {
    let text = format!("{SMALL}[[relay]]\nname = \"r\"\nhost = \"h.test\"\nprofile = \"sess\"\n");
    let told = shown(&text, Language::En);
    assert!(told.contains("ses, sendgrid, mailgun") || told.contains("\"ses\", \"sendgrid\""), "{told}");
    let text = format!("{SMALL}[[relay]]\nname = \"r\"\nhost = \"h.test\"\nnull_sender = \"no address\"\n");
    assert!(shown(&text, Language::De).contains("true, false oder eine Mailadresse"));
}

#[test]
fn included_files_add_and_never_replace() {
    let (directory, path) = written(&format!("{SMALL}[limits]\nsessions = 7\n"));
    let included = directory.path().join("conf.d");
    std::fs::create_dir(&included).expect("a directory");
    let relay = "[[relay]]\nname = \"r\"\nhost = \"h.test\"\n[limits]\nrecipients = 9\n";
    std::fs::write(included.join("relay.toml"), relay).expect("written");
    std::fs::write(included.join("notes.txt"), "not ours").expect("written");
    let config = load(&path).expect("a configuration");
    assert_eq!((config.limits.sessions.get(), config.limits.recipients.get()), (7, 9));
    assert_eq!((config.relays.len(), config.files.len()), (1, 2));

    std::fs::write(included.join("again.toml"), "[limits]\nsessions = 8\n").expect("written");
    let problems = load(&path).expect_err("set twice");
    let [Problem { fault: Fault::SetTwice { key, first }, spot }] = problems.0.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!((key.as_str(), first.line, spot.line), ("sessions", 5, 2));
}

#[test]
fn secrets_must_be_secret() {
    use std::os::unix::fs::PermissionsExt;
    let (directory, path) = written(SMALL);
    let password = directory.path().join("password");
    let relay = format!(
        "{SMALL}[[relay]]\nname = \"r\"\nhost = \"h.test\"\nlogin = \"me\"\npassword_file = {}\n",
        quoted(&password.display().to_string())
    );
    std::fs::write(&path, relay).expect("written");
    let config = load(&path).expect("no file is looked at yet");
    let sentence = |config: &Config| match settings::make(config).expect_err("a fault").0.as_slice() {
        [Problem { fault: Fault::Rule { sentence, .. }, spot }] if spot.line == 4 => *sentence,
        other => panic!("{other:?}"),
    };
    assert_eq!(sentence(&config), "config-password-unreadable");
    std::fs::write(&password, "\n").expect("written");
    let mode = |mode| std::fs::set_permissions(&password, std::fs::Permissions::from_mode(mode));
    mode(0o644).expect("a mode");
    assert_eq!(sentence(&config), "config-password-open");
    mode(0o600).expect("a mode");
    assert_eq!(sentence(&config), "config-password-empty");
    std::fs::write(&password, "geheim und lang\n").expect("written");
    let settings = settings::make(&config).expect("settings");
    assert!(!format!("{settings:?}").contains("geheim"), "a secret shows in Debug");
    let relay = settings::relay(&config, "r").expect("a relay").expect("there is one");
    let credentials = relay.credentials.as_ref().expect("a login");
    assert_eq!(credentials.password.expose(), "geheim und lang");
}

#[test]
fn there_are_few_settings() {
    let count: usize = example::DESCRIPTIONS.iter().map(|description| description.fields.len()).sum();
    // 80 was the aim. The three of ACME (`tls.acme`, `acme_roots`, `acme_binding`) are a contract with a certificate
    // authority: whose terms are accepted, who is trusted with it, and as whose customer; nothing here knows that.
    // How much one account sends (`account_limits`, three), only the operator knows.
    // Content filters are other people's programs: where they are, and what they do to mail, nothing here knows either.
    assert!(count <= 120, "{count} settings: say why a new one cannot be derived, and find one to take out");
}

#[test]
fn the_reference_names_every_dns_provider() {
    let fields = example::DESCRIPTIONS.iter().find(|it| it.name == "dns").expect("a section").fields;
    let doc = fields.iter().find(|it| it.name == "provider").expect("a field").doc.join(" ");
    let named: Vec<&str> = doc.split([' ', ',', '.']).filter(|word| !word.is_empty()).collect();
    let missing = postamt_net::dns::provider::KNOWN.iter().find(|known| !named.contains(&known.id));
    assert_eq!(missing, None);
}

#[test]
fn the_reference_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let fresh = reference();
    assert!(page == fresh, "write it anew: postamt config example --reference > docs/configuration.md");
}

#[test]
fn a_direct_route_may_say_which_relay_takes_over_and_no_other_may() {
    let base = "[server]\nhostname = \"mail.example.org\"\n[[relay]]\nname = \"r\"\nhost = \"r.test\"\n";
    let route = |to: &str, detour: &str| {
        let text = format!("{base}[[route]]\nto = \"{to}\"\ndetour = {detour}\n");
        shown(&text, Language::En)
    };
    assert!(!route("direct", "false").contains("detour"));
    assert!(!route("direct", "\"relay:r\"").contains("detour"));
    assert!(route("direct", "\"relay:nobody\"").contains("nobody"));
    assert!(route("direct", "true").contains("false or \"relay:NAME\""));
    assert!(route("hold", "\"relay:r\"").contains("`detour` counts only with"));
}
