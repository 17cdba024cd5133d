//! From a bare host to mail that a strict receiver takes: an unattended setup, records published into a real Knot that
//! signs the zone, a certificate from Pebble, and what a sender sees who asks for DANE and for MTA-STS.
//!
//! ```text
//!   bridge 192.0.2.0/24:  .1 Knot (root zone, sender.test, signed)   .9 strict receiver   .20 Pebble   .25 the bare host
//! ```

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use postamt_lab::certificates::{CertificateKind, LabAuthority, TlsVersions};
use postamt_lab::receiver::{Character, Judge, Receipt, Receipts, Receiver, ReceiverSettings, TlsVersion};
use postamt_mail::address::Domain;
use postamt_mail::mta_sts::{self, Policy};
use postamt_mailauth::transport::{Demand, Source, dane, demand};
use postamt_mailauth::verify::Verifier;
use postamt_net::dial::SystemDialer;
use postamt_net::dns::{DnssecStatus, HickoryResolver, Resolver as _, ResolverSettings};
use postamt_net::fetch::{Fetcher as _, HttpsFetcher};
use postamt_net::smtp::{Connection, Hop, TlsContext, TlsPolicy, Verify};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::runtime::Runtime;

use crate::acme::start_pebble;
use crate::dns::SECRET;
use crate::support::host::{Host, Running};
use crate::support::peers::make_certificates;
use crate::support::server::Server;
use crate::support::{PATIENCE, RECORDER, SERVER, finish, in_world, place, run, until};

/// The bare host.
const OWN: &str = "192.0.2.25";
const NAME: &str = "mail.sender.test";
const AUTHORITY: &str = "ca.sender.test";
/// The whole of it, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(180);

/// Knot with a root zone of its own and the sender's zone below it, both signed; the root's keys as a file.
fn start_signed_knot(host: &Host) -> (Running, PathBuf) {
    host.write(
        "etc/knot.conf",
        &format!(
            "server:\n  rundir: /run\n  user: root:root\n  listen: {SERVER}@53\n\
             log:\n  - target: stderr\n    any: info\n\
             database:\n  storage: /run\n\
             key:\n  - id: postamt\n    algorithm: hmac-sha256\n    secret: {SECRET}\n\
             acl:\n  - id: update\n    key: postamt\n    action: update\n\
             policy:\n  - id: own\n    manual: on\n    single-type-signing: on\n\
             template:\n  - id: default\n    storage: /etc/zones\n\
             zone:\n  - domain: .\n    file: root.zone\n    dnssec-signing: on\n    dnssec-policy: own\n\
             \x20 - domain: sender.test\n    acl: update\n    dnssec-signing: on\n    dnssec-policy: own\n\
             \x20 - domain: 2.0.192.in-addr.arpa\n"
        ),
    );
    let keymgr = |arguments: &[&str]| {
        let line = [&["keymgr", "-c", "/etc/knot.conf"], arguments].concat();
        finish(Command::new("chroot").arg(host.root()).args(&line).stdin(Stdio::null()))
    };
    for zone in [".", "sender.test."] {
        keymgr(&[zone, "generate", "algorithm=ecdsap256sha256", "ksk=yes", "zsk=yes"]);
    }
    let lines = |text: &str, kind: &str| -> String {
        let of_kind = |line: &&str| line.contains(&format!(" {kind} "));
        text.lines().filter(of_kind).map(|line| format!("{line}\n")).collect()
    };
    let delegation = lines(&keymgr(&["sender.test.", "ds"]), "DS");
    let anchor = lines(&keymgr(&[".", "dnskey"]), "DNSKEY").replace(" DNSKEY ", " 3600 IN DNSKEY ");
    assert!(!delegation.is_empty() && !anchor.is_empty(), "{delegation}{anchor}");
    let head = |zone: &str| {
        format!(
            "{zone} 3600 SOA ns.sender.test. hostmaster.sender.test. 1 3600 600 86400 300\n\
             {zone} 3600 NS ns.sender.test.\n"
        )
    };
    let root = format!(
        "{}sender.test. 3600 NS ns.sender.test.\nns.sender.test. 3600 A {SERVER}\n{delegation}\
         2.0.192.in-addr.arpa. 3600 NS ns.sender.test.\n\
         strict.test. 3600 MX 10 mx.strict.test.\nmx.strict.test. 3600 A {RECORDER}\n",
        head(".")
    );
    host.write("etc/zones/root.zone", &root);
    let zone = format!(
        "{}ns.sender.test. 3600 A {SERVER}\n{AUTHORITY}. 3600 A 192.0.2.20\n\
         sender.test. 3600 TXT \"v=spf1 include:shop.sender.test -all\"\n\
         shop.sender.test. 3600 TXT \"v=spf1 ip4:192.0.2.77 -all\"\n\
         sender.test. 3600 TXT \"site-verification=1\"\n",
        head("sender.test.")
    );
    host.write("etc/zones/sender.test.zone", &zone);
    let reverse = format!("{}25.2.0.192.in-addr.arpa. 3600 PTR {NAME}.\n", head("2.0.192.in-addr.arpa."));
    host.write("etc/zones/2.0.192.in-addr.arpa.zone", &reverse);
    let log = fs::File::create(place("knot.log")).unwrap();
    let mut command = Command::new("chroot");
    command.arg(host.root()).args(["knotd", "-c", "/etc/knot.conf"]).stdin(Stdio::null());
    let knot = Running(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
    until("Knot", || run("cat", &["/proc/net/tcp"]).contains("010200C0:0035 00000000:0000 0A"));
    until("the signed zones", || {
        let log = fs::read_to_string(place("knot.log")).unwrap();
        ["[.]", "[sender.test.]"]
            .iter()
            .all(|zone| log.contains(&format!("{zone} DNSSEC, successfully signed")))
    });
    let keys = PathBuf::from(place("root.keys"));
    fs::write(&keys, anchor).unwrap();
    (knot, keys)
}

/// A command on the bare host.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", "own", env!("CARGO_BIN_EXE_postamt"), "--lang", "en"]);
    command.args(["--config", &place("fresh/postamt.toml")]).args(arguments).stdin(Stdio::null());
    // Whom this host trusts: the receiver's authority stands for those that all systems know.
    command.env("SSL_CERT_FILE", place("known.pem"));
    command
}

fn postamt(arguments: &[&str]) -> String {
    finish(&mut command(arguments))
}

/// The unattended setup, as an administrator has it in a script.
fn set_up() -> serde_json::Value {
    let key = place("dns.key");
    fs::write(&key, format!("key \"postamt\" {{ algorithm hmac-sha256; secret \"{SECRET}\"; }};\n")).unwrap();
    run("chmod", &["600", &key]);
    run("chown", &["nobody", &key]);
    let (state, runtime) = (place("fresh/state"), place("fresh/run"));
    let (directory, roots) = (format!("https://{AUTHORITY}:14000/dir"), place("ca.pem"));
    let server = format!("{SERVER}:53");
    let told = command(&[
        "setup",
        "--non-interactive",
        "--json",
        "--no-unit",
        "--user",
        "nobody",
        "--account",
        "anna@sender.test",
        "--state-directory",
        &state,
        "--runtime-directory",
        &runtime,
        "--dns-server",
        &server,
        "--dns-key",
        &key,
        "--web",
        "--acme",
        &directory,
        "--acme-roots",
        &roots,
    ])
    .output()
    .unwrap();
    let text = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.status.success(), "{text}");
    serde_json::from_slice(&told.stdout).unwrap_or_else(|error| panic!("{error}: {told:?}"))
}

/// The receiver that looks at everything, on the bridge.
struct Strict {
    receipts: Receipts,
    _receiver: Receiver,
}

impl Strict {
    async fn start(authority: &LabAuthority) -> Self {
        let server: SocketAddr = format!("{SERVER}:53").parse().unwrap();
        let settings = ResolverSettings { servers: Some(vec![server]), ..ResolverSettings::default() };
        let resolver = Arc::new(HickoryResolver::new(&settings).unwrap());
        let judge = Arc::new(Judge::new(Verifier::new(&[server]).unwrap(), resolver));
        let tls = authority.server_config("mx.strict.test", CertificateKind::Good, TlsVersions::Current);
        let address = format!("{RECORDER}:25").parse().unwrap();
        let name = Domain::new("mx.strict.test").unwrap();
        let settings = ReceiverSettings::new(name, address, Character::Strict).with_tls(tls.unwrap());
        let receipts = Receipts::default();
        let receiver = Receiver::start(settings, judge, receipts.clone()).await.unwrap();
        Self { receipts, _receiver: receiver }
    }

    async fn next(&self) -> Arc<Receipt> {
        tokio::time::timeout(PATIENCE, self.receipts.wait_for(|_| true)).await.expect("a message")
    }
}

/// What a server elsewhere sees that validates DNSSEC and obeys policies, by the code that Postamt itself sends with.
async fn seen_by_a_sender(root_keys: PathBuf, pebble: &str) {
    let servers = Some(vec![format!("{SERVER}:53").parse().unwrap()]);
    let settings = ResolverSettings {
        servers,
        validate: true,
        root_keys: Some(root_keys),
        ..ResolverSettings::default()
    };
    let resolver = Arc::new(HickoryResolver::new(&settings).unwrap());
    let mx = resolver.mx(&Domain::new("sender.test").unwrap()).await.unwrap();
    let host = mx.records[0].exchange.clone().unwrap();
    assert_eq!((host.as_str(), mx.dnssec), (NAME, DnssecStatus::Secure));
    let found = resolver.a(&host).await.unwrap();
    let own: IpAddr = OWN.parse().unwrap();
    assert_eq!((found.records.as_slice(), found.dnssec), (&[own][..], DnssecStatus::Secure));

    let roots: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(pebble.as_bytes()).map(Result::unwrap).collect();
    let tls = TlsContext::with_roots(roots);
    let texts = resolver.txt("_mta-sts.sender.test").await.unwrap();
    assert!(mta_sts::record_id(&texts.records).unwrap().is_some());
    let fetcher = HttpsFetcher::new(resolver.clone(), Arc::new(SystemDialer), Arc::new(tls.clone()));
    let of_policy = Domain::new("mta-sts.sender.test").unwrap();
    let document = fetcher.fetch(&of_policy, "/.well-known/mta-sts.txt").await.unwrap();
    let policy = Policy::parse(&document).unwrap();
    assert!(policy.permits(&host), "{policy:?}");

    let records = match demand(dane(resolver.tlsa(&host, 25).await), Some(&policy), &host) {
        (Source::Dane, Demand::Dane(records)) => records,
        other => panic!("{other:?}"),
    };
    let by_policy = Verify::WebPki { names: vec![host.to_string()], extra_roots: None };
    for verify in [Verify::Dane { records, base: None }, by_policy] {
        let mut hop = Hop::new((own, 25).into(), "mx.strict.test");
        (hop.host, hop.tls) = (Some(host.clone()), TlsPolicy::Required(verify.clone()));
        let connection = Connection::open(&SystemDialer, &tls, &hop).await;
        let connection = connection.unwrap_or_else(|error| panic!("{verify:?}: {error}"));
        assert!(connection.facts().tls.as_ref().is_some_and(|tls| tls.verified));
        connection.quit().await;
    }
}

/// Whether a port of the bare host shows a certificate from Pebble.
fn has_a_certificate() -> bool {
    let mut client = Command::new("openssl");
    client.args(["s_client", "-connect", &format!("{OWN}:465"), "-servername", NAME]).stdin(Stdio::null());
    String::from_utf8_lossy(&client.output().unwrap().stdout).contains("Pebble Intermediate CA")
}

#[test]
fn from_a_bare_host_to_mail_that_a_strict_receiver_takes() {
    in_world("bare_host::from_a_bare_host_to_mail_that_a_strict_receiver_takes", || {
        let began = Instant::now();
        make_certificates(&[AUTHORITY]);
        let names = Host::new("names", "192.0.2.53");
        let (_knot, root_keys) = start_signed_knot(&names);
        let authority = Host::new("ca", "192.0.2.20");
        let _pebble = start_pebble(&authority, "");
        let _own = Host::new("own", OWN);
        let known = LabAuthority::new().unwrap();
        fs::write(place("known.pem"), known.root_pem()).unwrap();
        let runtime = Runtime::new().unwrap();
        let strict = runtime.block_on(Strict::start(&known));

        let told = set_up();
        assert_eq!(told["hostname"], NAME, "the name of the address was found: {told:#}");
        assert_eq!(told["failures"], serde_json::json!([]), "{told:#}");
        assert_eq!(told["next"].as_array().map(Vec::len), Some(3), "{told:#}");
        assert!(told["next"][1].as_str().unwrap().contains("postamt dns publish"), "{told:#}");
        let setup = began.elapsed();

        let said = postamt(&["dns", "publish", "--yes"]);
        assert!(said.contains("- sender.test. TXT \"v=spf1 include:shop.sender.test -all\""), "{said}");
        // Nobody out there can be asked whether the port is open, in a world without any of those who are.
        let quiet = place("fresh/conf.d/quiet.toml");
        fs::create_dir_all(place("fresh/conf.d")).unwrap();
        fs::write(quiet, "[port25]\nprobe = false\n").unwrap();
        let server = Server::start_as(&place("fresh/postamt.toml"), command(&[]));
        until("a certificate from Pebble", has_a_certificate);
        // What only a certificate makes possible: the server's key for DANE.
        let said = postamt(&["dns", "publish", "--yes"]);
        assert!(said.contains(&format!("+ _25._tcp.{NAME}. 3600 IN TLSA 3 1 1 ")), "{said}");
        postamt(&["dns", "verify"]);
        until("the DKIM key in use", || postamt(&["dkim", "list", "--json"]).contains("\"active\""));
        let published = began.elapsed();

        let line =
            ["send", "--from", "anna@sender.test", "--to", "box@strict.test", "--subject", "First post"];
        postamt(&[&line[..], &["--body", "Good day."]].concat());
        let receipt = runtime.block_on(strict.next());
        let judged = receipt.judgement.as_ref().expect("it was judged");
        assert!(receipt.accepted, "{receipt:?}");
        assert!(judged.to_string().starts_with("spf=pass dkim=pass dmarc=pass"), "{judged}");
        assert_eq!(judged.reverse_name.as_deref(), Some(NAME));
        assert_eq!(receipt.tls, Some(TlsVersion::Tls13));
        until("the sender's note of the receiver's certificate", || {
            let known: serde_json::Value =
                serde_json::from_str(&postamt(&["tls", "list", "--json"])).unwrap();
            known[0]["domain"] == "strict.test" && known[0]["authenticated"] == true
        });

        let roots = format!("https://{AUTHORITY}:15000/roots/0");
        let pebble = authority.run(&["curl", "-s", "--insecure", &roots]);
        runtime.block_on(seen_by_a_sender(root_keys, &pebble));
        let whole = began.elapsed();
        println!("setup after {setup:?}, published after {published:?}, all after {whole:?}");
        assert!(whole < LIMIT, "{whole:?}");
        server.stop();
    });
}
