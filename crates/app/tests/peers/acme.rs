//! Certificates from a real ACME authority, Pebble: proven by each kind of challenge, shown on all ports without a
//! restart, renewed with the same key; and what stays when the authority is away or says no.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::dns::{SECRET, configure_with_key, start_knot};
use crate::support::host::{Host, Running};
use crate::support::peers::{give, make_certificates, start_dns};
use crate::support::server::{Server, configure, log_text};
use crate::support::{SERVER, in_world, place, run, until};

/// The authority's host.
const AUTHORITY: &str = "ca.sender.test";

/// Pebble with these lines in its configuration, on its host.
pub fn start_pebble(host: &Host, more: &str) -> Running {
    give(host, &format!("{AUTHORITY}.pem"), "etc/pebble.pem");
    give(host, &format!("{AUTHORITY}.key"), "etc/pebble.key");
    let configuration = format!(
        r#"{{"pebble": {{"listenAddress": "192.0.2.20:14000", "managementListenAddress": "192.0.2.20:15000",
            "certificate": "/etc/pebble.pem", "privateKey": "/etc/pebble.key", {more}
            "httpPort": 80, "tlsPort": 443, "ocspResponderURL": ""}}}}"#
    );
    host.write("etc/pebble.json", &configuration);
    let resolver = format!("{SERVER}:53");
    // It looks at once instead of some seconds later, and looks every time.
    let settings = ["env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_AUTHZREUSE=0"];
    let line = ["/usr/bin/pebble", "-config", "/etc/pebble.json", "-strict", "-dnsserver", &resolver];
    let pebble = host.start(&[&settings[..], &line].concat());
    until("Pebble", || host.listens(14000) && host.listens(15000));
    pebble
}

/// `[tls]` for it, and name servers.
fn sections(more_of_tls: &str) -> String {
    let roots = place("ca.pem");
    format!(
        "[tls]\nacme = \"https://{AUTHORITY}:14000/dir\"\nacme_roots = \"{roots}\"\n{more_of_tls}\
         [dns]\nservers = [\"{SERVER}:53\"]\n"
    )
}

/// A certificate that a port shows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    serial: String,
    issuer: String,
    names: String,
    key: String,
}

/// What a port of the server shows to whoever asks for a name, with further options of `openssl s_client`.
fn shown(port: u16, name: &str, options: &[&str]) -> Shown {
    let target = format!("{SERVER}:{port}");
    let mut client = Command::new("openssl");
    client.args(["s_client", "-connect", &target, "-servername", name]).args(options).stdin(Stdio::null());
    let text = String::from_utf8(client.output().unwrap().stdout).unwrap();
    let start = text.find("-----BEGIN CERTIFICATE-----").unwrap_or_else(|| panic!("no certificate: {text}"));
    let file = place("shown.pem");
    std::fs::write(&file, &text[start..]).unwrap();
    let field = |what: &[&str]| {
        let arguments = [&["x509", "-noout", "-in", &file], what].concat();
        run("openssl", &arguments).trim().to_owned()
    };
    Shown {
        serial: field(&["-serial"]),
        issuer: field(&["-issuer"]),
        names: field(&["-ext", "subjectAltName"]),
        key: field(&["-pubkey"]),
    }
}

fn is_from_pebble(shown: &Shown) -> bool {
    shown.issuer.contains("Pebble Intermediate CA")
}

/// The certificate of port 465, once it comes from the authority.
fn first_certificate() -> Shown {
    until("a certificate on port 465", || is_from_pebble(&shown(465, "mail.sender.test", &[])));
    shown(465, "mail.sender.test", &[])
}

/// What a command says, and its exit code.
fn said(configuration: &str, arguments: &[&str]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postamt"));
    command.args(["--config", configuration, "--lang", "en"]).args(arguments).stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.code().unwrap())
}

fn report(configuration: &str) -> serde_json::Value {
    let (text, code) = said(configuration, &["tls", "certificate", "--json"]);
    assert_eq!(code, 0, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// How each name was proven, from the server's own notes.
fn proven_by() -> String {
    let notes = std::fs::read_to_string(place("state/tls/acme.json")).unwrap();
    let notes: serde_json::Value = serde_json::from_str(&notes).unwrap();
    let mut text = String::new();
    for (name, kind) in notes["proven_by"].as_object().unwrap() {
        write!(text, "{name} {} ", kind.as_str().unwrap()).unwrap();
    }
    text.trim_end().to_owned()
}

#[test]
fn a_file_on_port_80_brings_a_certificate_and_renewals_need_no_restart() {
    in_world("acme::a_file_on_port_80_brings_a_certificate_and_renewals_need_no_restart", || {
        make_certificates(&[AUTHORITY]);
        let names = Host::new("names", "192.0.2.53");
        let _dns = start_dns(&names, &[]);
        let host = Host::new("ca", "192.0.2.20");
        let configuration = configure(&place("state"), &sections(""));

        // While the authority is not there, the self-made pair serves.
        let server = Server::start(&configuration);
        until("a failure", || report(&configuration)["last_failure"].is_object());
        let own = shown(465, "mail.sender.test", &[]);
        assert!(own.issuer.contains("mail.sender.test"), "{own:?}");
        assert!(log_text().contains("cannot be reached"), "{}", log_text());
        let (text, code) = said(&configuration, &["tls", "certificate", "--renew"]);
        assert!(code == 1 && text.contains("the old one stays in use"), "{text}");

        // Port 80 is opened only for the proof: no [web] is configured.
        let pebble = start_pebble(&host, "");
        let (text, code) = said(&configuration, &["tls", "certificate", "--renew"]);
        assert!(code == 0 && text.contains("For: mail.sender.test\n"), "{text}");
        let first = first_certificate();
        assert_eq!(first, shown(587, "mail.sender.test", &["-starttls", "smtp"]));
        assert_eq!(first.key, own.key, "the key stays, and with it a TLSA record");
        assert_eq!(proven_by(), "mail.sender.test http-01");
        assert!(std::net::TcpStream::connect((SERVER, 80)).is_err(), "port 80 is closed again");
        assert_eq!(report(&configuration)["last_failure"], serde_json::Value::Null);

        // A renewal is shown to the next session.
        let (text, code) = said(&configuration, &["tls", "certificate", "--renew"]);
        assert_eq!(code, 0, "{text}");
        let second = shown(465, "mail.sender.test", &[]);
        assert!(is_from_pebble(&second) && second.serial != first.serial, "{second:?}");
        assert_eq!((second.key.as_str(), second.names.as_str()), (first.key.as_str(), first.names.as_str()));

        // The authority goes away: the certificate stays, the failure and the next try are told.
        drop(pebble);
        let (text, code) = said(&configuration, &["tls", "certificate", "--renew"]);
        assert!(code == 1 && text.contains("cannot be reached"), "{text}");
        assert_eq!(shown(465, "mail.sender.test", &[]), second);
        let (text, _) = said(&configuration, &["tls", "certificate"]);
        assert!(text.contains("failed: ") && text.contains("Next attempt: 20"), "{text}");

        // It comes back and has forgotten our account.
        let _pebble = start_pebble(&host, "");
        let (text, code) = said(&configuration, &["tls", "certificate", "--renew"]);
        assert_eq!(code, 0, "{text}");
        let third = shown(465, "mail.sender.test", &[]);
        assert!(third.serial != second.serial && third.key == first.key);

        // After a restart the same certificate is shown, and none is asked for.
        server.stop();
        let server = Server::start(&configuration);
        assert_eq!(shown(465, "mail.sender.test", &[]), third);
        server.stop();
    });
}

#[test]
fn a_certificate_on_port_443_proves_all_names_that_point_here() {
    in_world("acme::a_certificate_on_port_443_proves_all_names_that_point_here", || {
        make_certificates(&[AUTHORITY]);
        let names = Host::new("names", "192.0.2.53");
        let _dns = start_dns(&names, &[]);
        let host = Host::new("ca", "192.0.2.20");
        let _pebble = start_pebble(&host, "");
        // Another program has port 80.
        let _other = TcpListener::bind("0.0.0.0:80").unwrap();
        let web = format!("{}[web]\nhttps = [\"0.0.0.0:443\"]\n", sections(""));
        let configuration = configure(&place("state"), &web);
        let server = Server::start(&configuration);
        let first = first_certificate();
        assert_eq!(proven_by(), "mail.sender.test tls-alpn-01 mta-sts.sender.test tls-alpn-01");
        assert_eq!(first, shown(443, "mta-sts.sender.test", &[]));

        // Whoever trusts the authority gets through, under both names.
        let roots = format!("https://{AUTHORITY}:15000/roots/0");
        let trust = host.run(&["curl", "-s", "--insecure", &roots]);
        std::fs::write(place("pebble.pem"), &trust).unwrap();
        for name in ["mail.sender.test", "mta-sts.sender.test"] {
            let strict = ["-verify_return_error", "-CAfile", &place("pebble.pem"), "-verify_hostname", name];
            assert_eq!(shown(443, name, &strict), first);
        }

        // A name that points elsewhere, and one that is not in DNS.
        let (text, _) = said(&configuration, &["tls", "certificate"]);
        assert!(
            text.contains("Not in it: autoconfig.sender.test, because it points to 192.0.2.99"),
            "{text}"
        );
        assert!(text.contains("Not in it: autodiscover.sender.test, because it has no address"), "{text}");
        server.stop();
    });
}

#[test]
fn a_record_in_dns_brings_a_certificate_and_goes_again() {
    in_world("acme::a_record_in_dns_brings_a_certificate_and_goes_again", || {
        make_certificates(&[AUTHORITY]);
        let names = Host::new("names", "192.0.2.53");
        let _knot = start_knot(&names);
        let host = Host::new("ca", "192.0.2.20");
        // An authority for its customers alone.
        let _pebble = start_pebble(
            &host,
            r#""externalAccountBindingRequired": true,
               "externalAccountMACKeys": {"kid-1": "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"},"#,
        );
        configure_with_key(SECRET);
        let (key, binding) = (place("dns.key"), place("acme.binding"));
        std::fs::write(&binding, "kid-1:zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W\n")
            .unwrap();
        run("chmod", &["600", &binding]);
        let tls = sections(&format!("acme_binding = \"{binding}\"\n"));
        let configuration = configure(&place("state"), &format!("{tls}update_key = \"{key}\"\n"));
        let server = Server::start(&configuration);
        // The name has no address at all: a record is proof enough.
        let first = first_certificate();
        assert!(first.names.contains("DNS:mail.sender.test"), "{first:?}");
        assert_eq!(proven_by(), "mail.sender.test dns-01");
        let (text, code) = said(&configuration, &["tls", "certificate", "--renew"]);
        assert_eq!(code, 0, "{text}");
        assert!(shown(465, "mail.sender.test", &[]).serial != first.serial);
        server.stop();
        until("the records to go", || !names.read("etc/zones/sender.test.zone").contains("_acme-challenge"));
        assert!(!log_text().contains("was not taken back"), "{}", log_text());
    });
}

#[test]
fn an_authority_that_refuses_a_name_does_not_stop_the_others() {
    in_world("acme::an_authority_that_refuses_a_name_does_not_stop_the_others", || {
        make_certificates(&[AUTHORITY]);
        let names = Host::new("names", "192.0.2.53");
        let _dns = start_dns(&names, &[]);
        let host = Host::new("ca", "192.0.2.20");
        let pebble = start_pebble(&host, r#""domainBlocklist": ["mta-sts.sender.test"],"#);
        let web = "[web]\nhttps = [\"0.0.0.0:443\"]\nhttp = [\"0.0.0.0:80\"]\n";
        let configuration = configure(&place("state"), &format!("{}{web}", sections("")));
        let server = Server::start(&configuration);
        let first = first_certificate();
        assert!(!first.names.contains("mta-sts"), "{first:?}");
        assert_eq!(proven_by(), "mail.sender.test http-01");
        let (text, _) = said(&configuration, &["tls", "certificate"]);
        assert!(text.contains("Not in it: mta-sts.sender.test, because"), "{text}");

        // Refused altogether: the old certificate stays, and the authority's words are told.
        drop(pebble);
        let _pebble = start_pebble(&host, r#""domainBlocklist": ["sender.test"],"#);
        let (text, code) = said(&configuration, &["tls", "certificate", "--renew"]);
        assert!(code == 1 && text.contains("forbidden by policy"), "{text}");
        assert_eq!(shown(465, "mail.sender.test", &[]), first);
        server.stop();
    });
}

/// The stage of a change of keys; nothing where there is none.
fn stage(configuration: &str) -> Option<String> {
    report(configuration)["key_change"]["stage"].as_str().map(str::to_owned)
}

/// The data of Knot's records of a name, without blanks.
fn asked(names: &Host, name: &str, kind: &str) -> Vec<String> {
    let program = "my $resolver = Net::DNS::Resolver->new(nameservers => [shift], recurse => 0); \
                   my $answer = $resolver->send(@ARGV) or die $resolver->errorstring; \
                   for ($answer->answer) { my $data = $_->rdstring; $data =~ s/\\s//g; print $_->type, qq( $data\\n) }";
    let text = names.run(&["perl", "-MNet::DNS", "-e", program, SERVER, name, kind]);
    let data = text.lines().filter_map(|line| line.strip_prefix(&format!("{kind} ")));
    data.map(|data| data.replace(['(', ')'], "").to_lowercase()).collect()
}

/// Puts a record into the zone.
fn enter(names: &Host, name: &str, ttl: &str, kind: &str, data: &str) {
    let ctl = |arguments: &[&str]| names.run(&[&["knotc", "-c", "/etc/knot.conf"], arguments].concat());
    ctl(&["zone-begin", "sender.test"]);
    ctl(&["zone-set", "sender.test", &format!("{name}."), ttl, kind, data]);
    ctl(&["zone-commit", "sender.test"]);
}

#[test]
fn another_key_is_shown_once_its_record_is_known_and_a_restart_goes_on() {
    in_world("acme::another_key_is_shown_once_its_record_is_known_and_a_restart_goes_on", || {
        make_certificates(&[AUTHORITY]);
        let names = Host::new("names", "192.0.2.53");
        let _knot = start_knot(&names);
        let host = Host::new("ca", "192.0.2.20");
        let _pebble = start_pebble(&host, "");
        // The record of the challenge stands elsewhere.
        let proofs = "mail.proofs.sender.test";
        enter(&names, "_acme-challenge.mail.sender.test", "3600", "CNAME", &format!("{proofs}."));
        configure_with_key(SECRET);
        let key = place("dns.key");
        let configuration = configure(&place("state"), &format!("{}update_key = \"{key}\"\n", sections("")));
        let server = Server::start(&configuration);
        let first = first_certificate();
        assert_eq!(proven_by(), "mail.sender.test dns-01");

        // Without a TLSA record nothing waits.
        let (text, code) = said(&configuration, &["tls", "certificate", "--new-key"]);
        assert!(code == 0 && text.contains("The key changes"), "{text}");
        until("another key", || shown(465, "mail.sender.test", &[]).key != first.key);
        until("the end of the change", || stage(&configuration).is_none());
        let second = shown(465, "mail.sender.test", &[]);
        assert!(is_from_pebble(&second), "{second:?}");

        // With one, the next record comes first.
        let records = said(&configuration, &["dns", "records", "--format", "zone", "--offline"]).0;
        let line = records.lines().find(|line| line.contains("TLSA")).expect("a TLSA record").to_owned();
        let old = line.split("TLSA ").nth(1).unwrap().replace(' ', "");
        let place_of_it = "_25._tcp.mail.sender.test";
        let tlsa = || asked(&names, place_of_it, "TLSA");
        enter(&names, place_of_it, "6", "TLSA", line.split("TLSA ").nth(1).unwrap());
        assert_eq!(tlsa(), [old.as_str()]);
        let (text, code) = said(&configuration, &["tls", "certificate", "--new-key"]);
        assert_eq!(code, 0, "{text}");
        let (text, code) = said(&configuration, &["tls", "certificate", "--new-key"]);
        assert!(code == 1 && text.contains("under way already"), "{text}");
        let mode = run("stat", &["-c", "%a", &place("state/tls/acme-next.key")]);
        assert_eq!(mode.trim(), "600");
        until("both records", || tlsa().len() == 2);
        until("the wait", || stage(&configuration).as_deref() == Some("spreading"));
        assert_eq!(shown(465, "mail.sender.test", &[]).key, second.key, "not before its time");
        let (text, _) = said(&configuration, &["dns", "records", "--format", "zone", "--offline"]);
        assert_eq!(text.lines().filter(|line| line.contains("TLSA")).count(), 2, "{text}");

        // A restart in the middle.
        server.stop();
        let server = Server::start(&configuration);
        until("the next key", || shown(465, "mail.sender.test", &[]).key != second.key);
        let now = tlsa();
        assert!(now.len() == 2 && now.contains(&old), "the old record stays for a while: {now:?}");
        until("the old record to go", || tlsa().len() == 1);
        until("the end of the second change", || stage(&configuration).is_none());
        assert!(!tlsa().contains(&old));
        assert!(!std::path::Path::new(&place("state/tls/acme-next.key")).exists());
        let text = log_text();
        for state in ["announcing", "spreading", "ordering", "retiring", "done"] {
            assert!(text.contains(&format!("state={state}")), "{state}: {text}");
        }
        assert!(asked(&names, proofs, "TXT").is_empty(), "the proof is taken back");
        server.stop();
    });
}
