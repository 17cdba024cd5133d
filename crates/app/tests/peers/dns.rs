//! `postamt dns` and a real Knot: what is missing is published by dynamic update, beside what others have there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use crate::support::host::{Host, Running};
use crate::support::server::{Server, configure, postamt};
use crate::support::{SERVER, in_world, place, powerdns, run, until};

pub const SECRET: &str = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";

/// Knot with the zone of the sender and the reverse zone of its network.
pub fn start_knot(host: &Host) -> Running {
    host.write(
        "etc/knot.conf",
        &format!(
            "server:\n  rundir: /run\n  user: root:root\n  listen: {SERVER}@53\n\
             log:\n  - target: stderr\n    any: info\n\
             database:\n  storage: /run\n\
             key:\n  - id: postamt\n    algorithm: hmac-sha256\n    secret: {SECRET}\n\
             acl:\n  - id: update\n    key: postamt\n    action: update\n\
             template:\n  - id: default\n    storage: /etc/zones\n\
             zone:\n  - domain: sender.test\n    acl: update\n  - domain: 2.0.192.in-addr.arpa\n"
        ),
    );
    let head = |zone: &str| {
        format!(
            "{zone}. 3600 SOA ns.sender.test. hostmaster.sender.test. 1 3600 600 86400 300\n\
             {zone}. 3600 NS ns.sender.test.\n"
        )
    };
    let zone = format!(
        "{}ns.sender.test. 3600 A {SERVER}\n\
         ca.sender.test. 3600 A 192.0.2.20\n\
         sender.test. 3600 TXT \"v=spf1 include:shop.test -all\"\n\
         sender.test. 3600 TXT \"v=spf1 mx ~all\"\n\
         sender.test. 3600 TXT \"site-verification=1\"\n",
        head("sender.test")
    );
    host.write("etc/zones/sender.test.zone", &zone);
    let reverse =
        format!("{}1.2.0.192.in-addr.arpa. 3600 PTR mail.sender.test.\n", head("2.0.192.in-addr.arpa"));
    host.write("etc/zones/2.0.192.in-addr.arpa.zone", &reverse);
    // On the bridge itself, in the test's own namespace, but from a host's files.
    let log = fs::File::create(place("knot.log")).unwrap();
    let mut command = Command::new("chroot");
    command.arg(host.root()).args(["/usr/sbin/knotd", "-c", "/etc/knot.conf"]).stdin(Stdio::null());
    let knot = Running(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
    until("Knot", || run("cat", &["/proc/net/tcp"]).contains("010200C0:0035 00000000:0000 0A"));
    until("the zone", || fs::read_to_string(place("knot.log")).unwrap().contains("[sender.test.] loaded"));
    knot
}

/// A configuration that asks Knot and may change its zone.
pub fn configure_with_key(secret: &str) -> String {
    let key = place("dns.key");
    fs::write(&key, format!("key \"postamt\" {{ algorithm hmac-sha256; secret \"{secret}\"; }};\n")).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let more = format!(
        "[dns]\nservers = [\"{SERVER}:53\"]\nupdate_key = \"{key}\"\n[[source]]\naddress = \"{SERVER}\"\n"
    );
    configure(&place("state"), &more)
}

/// What a command says, and its exit code.
fn said(configuration: &str, arguments: &[&str]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postamt"));
    command.args(["--config", configuration, "--lang", "en"]).args(arguments).stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.code().unwrap())
}

#[test]
fn what_is_missing_is_published_and_what_others_have_there_stays() {
    in_world("dns::what_is_missing_is_published_and_what_others_have_there_stays", || {
        let host = Host::new("names", "192.0.2.53");
        let _knot = start_knot(&host);
        let configuration = configure_with_key(SECRET);
        postamt(&configuration, &["dkim", "new", "sender.test"]);

        let (text, code) = said(&configuration, &["dns", "verify"]);
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("[wrong] Who may send for the domain (SPF)"), "{text}");
        assert!(text.contains("[good] The address has the server's name (PTR)"), "{text}");
        let (text, code) = said(&configuration, &["dns", "publish"]);
        assert!(code == 1 && text.contains("With `--yes`"), "{text}");
        assert_eq!(said(&configuration, &["dns", "verify"]).1, 1, "nothing changes without a yes");

        let (text, code) = said(&configuration, &["dns", "publish", "--yes"]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("\n- sender.test. TXT \"v=spf1 mx ~all\"\n"), "{text}");
        let (text, code) = said(&configuration, &["dns", "verify"]);
        assert_eq!(code, 0, "{text}");
        let (text, code) = said(&configuration, &["dns", "publish", "--yes"]);
        assert!(code == 0 && text == "There is nothing to change.\n", "{text}");

        until("Knot to write its zone", || host.read("etc/zones/sender.test.zone").contains("_dmarc"));
        let zone = host.read("etc/zones/sender.test.zone");
        let texts = zone.lines().filter(|line| line.starts_with("sender.test.") && line.contains("TXT"));
        let mut texts: Vec<&str> =
            texts.filter_map(|line| line.split_once('"')).map(|(_, text)| text).collect();
        texts.sort_unstable();
        let spf = "v=spf1 include:shop.test mx ip4:192.0.2.1 -all\"";
        assert_eq!(texts, ["site-verification=1\"", spf], "{zone}");

        // Somebody with another key changes nothing.
        postamt(&configuration, &["dkim", "new", "sender.test", "--kind", "ed25519"]);
        let stranger = configure_with_key("YW5vdGhlcmFub3RoZXJhbm90aGVyYW5v");
        let (text, code) = said(&stranger, &["dns", "publish", "--yes"]);
        assert!(code == 1 && text.contains("The zone sender.test was not changed"), "{text}");
        let (text, code) = said(&stranger, &["dns", "verify"]);
        assert!(code == 1 && text.contains("One record is not as it must be."), "{text}");
    });
}

/// Selector and state of each key.
fn states(configuration: &str) -> Vec<String> {
    let list: serde_json::Value =
        serde_json::from_str(&postamt(configuration, &["dkim", "list", "--json"])).unwrap();
    let text = |key: &serde_json::Value, name: &str| key[name].as_str().unwrap().to_owned();
    let keys = list.as_array().unwrap().iter();
    keys.map(|key| format!("{} {}", text(key, "selector"), text(key, "state"))).collect()
}

#[test]
fn a_key_is_published_seen_used_replaced_and_revoked() {
    in_world("dns::a_key_is_published_seen_used_replaced_and_revoked", || {
        let host = Host::new("names", "192.0.2.53");
        let knot = start_knot(&host);
        let configuration = configure_with_key(SECRET);
        let zone_has = |text: &str| host.read("etc/zones/sender.test.zone").contains(text);
        postamt(&configuration, &["dkim", "new", "sender.test", "--kind", "ed25519", "--selector", "one"]);
        assert_eq!(states(&configuration), ["one waiting"]);

        // Published by the server itself, and used once Knot says it.
        let server = Server::start(&configuration);
        until("the first key", || states(&configuration) == ["one active"]);
        until("its record", || zone_has("one._domainkey.sender.test."));

        // While the name server is away nothing is used that it has not shown.
        drop(knot);
        let (text, code) = said(&configuration, &["dkim", "rotate"]);
        assert!(code == 0 && text.contains("could not be published from here"), "{text}");
        let second =
            states(&configuration).into_iter().find(|key| key.ends_with("waiting")).expect("an heir");
        let second = second.split(' ').next().expect("its selector").to_owned();
        server.stop();

        // A restart goes on where it was.
        let host = Host::new("again", "192.0.2.54");
        let _knot = start_knot(&host);
        let server = Server::start(&configuration);
        until("the second key", || {
            states(&configuration) == ["one retired".to_owned(), format!("{second} active")]
        });
        server.stop();

        // A week later.
        let state = place("state/dkim/sender.test/one.ed25519.state");
        fs::write(state, "retired 1000\n").unwrap();
        let server = Server::start(&configuration);
        until("the end of the first key", || states(&configuration)[0] == "one revoked");
        server.stop();
    });
}

/// A configuration that changes the zone through PowerDNS's interface.
fn configure_with_provider(key: &str) -> String {
    let file = place("dns.token");
    fs::write(&file, format!("key={key}\nurl=http://{}\n", powerdns::ADDRESS)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let more = format!(
        "[dns]\nservers = [\"{SERVER}:53\"]\nprovider = \"powerdns\"\nprovider_token_file = \"{file}\"\n\
         [[source]]\naddress = \"{SERVER}\"\n"
    );
    configure(&place("state"), &more)
}

#[test]
fn a_providers_interface_publishes_and_keys_are_rotated_through_it() {
    in_world("dns::a_providers_interface_publishes_and_keys_are_rotated_through_it", || {
        let host = Host::new("names", "192.0.2.53");
        let _knot = start_knot(&host);
        powerdns::start(&host);
        let stranger = configure_with_provider("another");
        postamt(&stranger, &["dkim", "new", "sender.test", "--kind", "ed25519", "--selector", "one"]);
        let (text, code) = said(&stranger, &["dns", "publish", "--yes"]);
        assert!(code == 1 && text.contains("PowerDNS does not accept the credentials."), "{text}");

        let configuration = configure_with_provider(powerdns::KEY);
        let (text, code) = said(&configuration, &["dns", "publish", "--yes"]);
        assert!(code == 0 && text.contains("Changes to the zone sender.test (PowerDNS):"), "{text}");
        let (text, code) = said(&configuration, &["dns", "verify"]);
        assert_eq!(code, 0, "{text}");
        until("Knot to write its zone", || host.read("etc/zones/sender.test.zone").contains("_dmarc"));
        let zone = host.read("etc/zones/sender.test.zone");
        assert!(zone.contains("site-verification=1") && zone.contains("ns.sender.test."), "{zone}");
        assert_eq!(zone.matches("\"v=spf1").count(), 1 + 1, "one of the domain, one of the host: {zone}");

        // A key that has had its time gets an heir, without anybody's doing.
        let server = Server::start(&configuration);
        until("the first key", || states(&configuration) == ["one active"]);
        server.stop();
        fs::write(place("state/dkim/sender.test/one.ed25519.state"), "active 1000\n").unwrap();
        let server = Server::start(&configuration);
        until("the heir", || {
            let states = states(&configuration);
            states.len() == 2 && states.iter().any(|key| key == "one retired")
        });
        let heir = states(&configuration).into_iter().find(|key| key.ends_with("active")).expect("an heir");
        let heir = heir.split(' ').next().expect("its selector").to_owned();
        until("its record", || {
            host.read("etc/zones/sender.test.zone").contains(&format!("{heir}._domainkey"))
        });
        server.stop();
    });
}
