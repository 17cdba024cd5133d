//! `relay add|list|test`; the relay is a scripted server on this machine.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use postamt_lab::zones::{Record, Zones};

use super::support::{Site, name_server, scripted};

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
    assert!(added.err.contains("Nothing leads to it yet"), "{added:?}");

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
    assert!(!second.err.contains("Nothing leads"), "{second:?}");
    let list = site.good(&["relay", "list", "--json"]).json();
    assert_eq!(
        (&list[1]["port"], &list[1]["has_route"], &list[0]["has_route"], &list[0]["is_detour"]),
        (&465.into(), &true.into(), &false.into(), &false.into())
    );

    // A relay for bad times needs no route.
    site.configure("[port25]\nprobe = false\nrelay = \"provider\"\n");
    let list = site.good(&["relay", "list"]);
    assert!(list.out.contains("Mail takes it while port 25 is blocked"), "{list:?}");
    assert!(!list.err.contains("Nothing leads"), "{list:?}");
}

#[test]
fn add_knows_providers() {
    let site = Site::new("");
    let unknown = site.run(&["relay", "add", "nobody"]);
    assert_eq!(
        (unknown.code, unknown.err.contains("Known are: ses, sendgrid, mailgun")),
        (1, true),
        "{unknown:?}"
    );
    let region = site.run(&["relay", "add", "ses", "--login", "AKIA"]);
    assert!(region.err.contains("postamt relay add ses --region REGION"), "{region:?}");
    let login = site.run(&["relay", "add", "ses", "--region", "eu-central-1"]);
    assert!(login.err.contains("Amazon SES wants a login"), "{login:?}");

    let ses = [
        "relay",
        "add",
        "ses",
        "--region",
        "eu-central-1",
        "--login",
        "AKIA",
        "--password-stdin",
        "--lang",
        "de",
    ];
    let added = site.run_with(&ses, "geheim und lang\n");
    assert_eq!(added.code, 0, "{added:?}");
    insta::assert_snapshot!(added.out.replace(&site.directory.path().display().to_string(), "/ort"));
    let text = std::fs::read_to_string(site.path("conf.d/relay-ses.toml")).expect("the relay");
    assert!(text.contains("host = \"email-smtp.eu-central-1.amazonaws.com\"\nprofile = \"ses\"\n"), "{text}");

    // The name of the login is fixed, and the host tells who it is.
    let sendgrid = ["relay", "add", "smtp.sendgrid.net", "--password-stdin", "--json"];
    let added = site.run_with(&sendgrid, "SG.geheim\n");
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(added.json()["profile"], "sendgrid");
    // One token is name and password, and stands in the secret file alone.
    let postmark = site.run_with(&["relay", "add", "postmark", "--password-stdin"], "token-token\n");
    assert_eq!(postmark.code, 0, "{postmark:?}");
    let text = std::fs::read_to_string(site.path("conf.d/relay-postmark.toml")).expect("the relay");
    assert!(!text.contains("token-token") && !text.contains("login"), "{text}");
    site.good(&["config", "check"]);
    let mailgun = ["relay", "add", "mailgun", "--login", "postmaster@own.test", "--password-stdin"];
    let mailgun = site.run_with(&mailgun, "geheim\n");
    assert!(
        mailgun.out.contains("own.test. 3600 IN TXT ( \"v=spf1 include:mailgun.org ~all\" )"),
        "{mailgun:?}"
    );

    let list = site.good(&["relay", "list", "--json"]).json();
    let find = |name: &str| {
        let relays = list.as_array().expect("relays");
        relays.iter().find(|relay| relay["name"] == name).unwrap_or_else(|| panic!("{name}: {list}")).clone()
    };
    assert_eq!(find("sendgrid")["login"], "apikey");
    let ses = find("ses");
    assert_eq!((&ses["port"], ses["further_ports"].to_string().as_str()), (&587.into(), "[465,2587,2465]"));
    assert_eq!(ses["tls"], "starttls");
}

fn section(port: u16) -> String {
    format!("[[relay]]\nname = \"next\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n")
}

/// A site that asks a name server of the test's own.
fn site_with(more: &str, zones: Zones) -> Site {
    let site = Site::new(more);
    let text = std::fs::read_to_string(site.config()).expect("the configuration");
    std::fs::write(site.config(), text.replace("127.0.0.1:9", &name_server(zones))).expect("written");
    site
}

fn no_zones() -> Zones {
    Zones::new(Duration::from_secs(60))
}

#[test]
fn test_asks_up_to_the_recipient_and_sends_nothing() {
    let (port, heard) = scripted(|_| None);
    let site = site_with(&section(port), no_zones());
    let ran = site.good(&["relay", "test", "next", "--to", "bob@far.test"]);
    assert!(ran.out.contains("relay.test ESMTP") && ran.out.contains("2.1.5 recipient ok"), "{ran:?}");
    assert!(ran.out.contains("Nothing was sent"), "{ran:?}");
    let heard = heard.lock().expect("not poisoned");
    for wanted in [
        "MAIL FROM:<postmaster@own.test>",
        "RCPT TO:<bob@far.test>",
        "RCPT TO:<postmaster@own.test>",
        "MAIL FROM:<>",
    ] {
        assert!(heard.iter().any(|line| line.starts_with(wanted)), "{wanted}: {heard:?}");
    }
    assert!(!heard.iter().any(|line| line.starts_with("DATA") || line.starts_with("BDAT")), "{heard:?}");
}

#[test]
fn test_tells_a_refusal_and_an_unknown_name() {
    let (port, _heard) = scripted(|line| line.starts_with("MAIL").then_some("550 5.7.1 not from you"));
    let site = site_with(&section(port), no_zones());
    let ran = site.run(&["relay", "test", "next"]);
    assert_eq!((ran.code, ran.err.contains("not from you")), (1, true), "{ran:?}");
    let unknown = site.run(&["relay", "test", "none"]);
    assert_eq!((unknown.code, unknown.err.contains("relay list")), (1, true), "{unknown:?}");
    // Nobody listens there.
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let site = site_with(&section(free), no_zones());
    let down = site.run(&["relay", "test", "next", "--json"]);
    assert_eq!(down.code, 1);
    let told = down.json();
    assert!(told["failure"].is_string(), "{down:?}");
    assert_eq!((&told["usable"], &told["step"]), (&false.into(), &"connect".into()));
}

#[test]
fn another_port_is_tried_when_one_does_not_answer() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let (port, _heard) = scripted(|_| None);
    let site = site_with(&format!("{}ports = [{port}]\n", section(free)), no_zones());
    let ran = site.good(&["relay", "test", "next"]);
    assert!(ran.out.contains(&format!("Port {free} does not answer, port {port} does")), "{ran:?}");
}

fn told(zones: &[(&str, &str)], more: &str, language: &str) -> (i32, String) {
    let published = no_zones();
    for (name, text) in zones {
        published.add(name, Record::Text((*text).to_owned()));
    }
    let (port, _heard) =
        scripted(|line| line.starts_with("MAIL FROM:<>").then_some("501 5.1.7 no null sender"));
    let site = site_with(&format!("{}{more}", section(port)), published);
    let ran = site.run(&["relay", "test", "next", "--lang", language]);
    let port = port.to_string();
    (ran.code, format!("{}{}", ran.out, ran.err).replace(&port, "PORT"))
}

const SPF_OF_ANOTHER: [(&str, &str); 2] =
    [("own.test", "v=spf1 mx -all"), ("_dmarc.own.test", "v=DMARC1; p=reject")];

#[test]
fn test_tells_in_english_why_a_relay_is_of_no_use() {
    let (code, text) = told(&SPF_OF_ANOTHER, "profile = \"mailgun\"\n", "en");
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn test_tells_in_german_why_a_relay_is_of_no_use() {
    let (code, text) = told(&SPF_OF_ANOTHER, "profile = \"mailgun\"\n", "de");
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn test_tells_in_german_that_a_relay_can_be_used() {
    let records = [("own.test", "v=spf1 ip4:127.0.0.1 ~all"), ("_dmarc.own.test", "v=DMARC1; p=quarantine")];
    let (code, text) = told(&records, "", "de");
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn only_one_provider_goes_by_a_relay_when_it_is_asked_for() {
    let (port, _heard) = scripted(|_| None);
    let site = site_with(&section(port), no_zones());
    let server = site.start();
    assert!(site.good(&["relay", "only"]).out.contains("No provider's mail"));
    let decided = site.good(&["relay", "only", "Outlook"]);
    assert!(
        decided.out.contains("Microsoft (Outlook.com, Hotmail, Live) (microsoft) goes by the relay next")
    );
    server.wait_for("provider_changed");
    let german = site.good(&["--lang", "de", "relay", "only"]).out;
    assert!(german.contains("über das Relay next") && german.contains("postamt relay only microsoft --end"));
    let list = site.good(&["relay", "only", "--json"]).json();
    assert_eq!((&list[0]["provider"], &list[0]["state"]), (&"microsoft".into(), &"relay".into()));
    assert!(site.good(&["port25", "status"]).out.contains("mail goes by the relay next"));
    for (arguments, words) in [
        (["relay", "only", "nobody", "--relay", "next"], "neither a provider that is known"),
        (["relay", "only", "google", "--relay", "other"], "knows no relay"),
    ] {
        let refused = site.run(&arguments);
        assert_eq!((refused.code, refused.err.contains(words)), (1, true), "{refused:?}");
    }
    assert!(site.good(&["relay", "only", "microsoft", "--end"]).out.contains("goes directly again"));
    assert_eq!(site.run(&["relay", "only", "microsoft", "--end"]).code, 1);
    assert_eq!(server.stop(), 0);
}
