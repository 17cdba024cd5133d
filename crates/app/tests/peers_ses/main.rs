//! The real server behind a relay like Amazon SES, in the lab's Internet: what arrives, who signed it, where bounces
//! go, and what is offered when a provider takes nothing directly.
//!
//! Needs network namespaces and the program `nft`, so its name begins with `peers`. The program starts itself again,
//! since a namespace must be entered before there are threads; the server that it starts lives in the same one.

#![allow(clippy::unwrap_used, reason = "a test")]

mod inbox;
mod refused;
mod server;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use postamt_lab::isp::{HOST, Isp, IspSettings, Relay, RelayKind};
use postamt_lab::namespace;
use postamt_lab::receiver::Receipt;
use postamt_lab::world::{MAILBOX_HOST, SENDER_DOMAIN, SENDER_HOST};
use postamt_lab::zones::Record;
use postamt_mail::address::{Address, Domain};
use postamt_mailauth::dkim::{Algorithm, KeyStore, MINIMUM_RSA_BITS, generate};
use postamt_mailauth::verify::Outcome;
use tokio::time::timeout;

use inbox::Inbox;
use server::Server;

const INSIDE: &str = "--inside";
/// Generous: other tests may run beside this one.
const PATIENCE: Duration = Duration::from_secs(60);
/// A domain of ours whose mail we take ourselves; that of [`SENDER_DOMAIN`] is taken elsewhere.
const OWN: &str = "haus.test";

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == INSIDE) {
        let program = std::env::current_exe().unwrap();
        let status = Command::new(program).arg(INSIDE).status().unwrap();
        assert!(status.success(), "the process inside ended with {status}");
        return ExitCode::SUCCESS;
    }
    namespace::enter(&[]).expect("a network namespace of our own");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(inside());
    ExitCode::SUCCESS
}

async fn inside() {
    let isp = Isp::build(IspSettings::rehearsal()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    make_keys(&isp, directory.path());
    fs::create_dir_all(directory.path().join("post/haus.test/karl")).unwrap();
    publish_own_domain(&isp);
    let ses = isp.relay(RelayKind::Ses).unwrap();
    ses.set_verified([SENDER_DOMAIN, OWN].map(|name| Domain::new(name).unwrap()).to_vec());
    let server = Server::start(directory.path(), &isp, ses).await;

    one_aligned_signature_arrives(&isp, &server, ses).await;
    println!("test one aligned signature arrives ... ok");
    a_later_bounce_reaches_the_sender(&isp, &server, directory.path()).await;
    println!("test a later bounce reaches the sender ... ok");
    a_refusal_reaches_the_sender_by_the_stand_in(&isp, &server, ses).await;
    println!("test a refusal reaches the sender by the stand-in ... ok");
    refused::a_relay_is_offered_for_the_provider_that_refuses_us(&isp, &server).await;
    println!("test a relay is offered for the provider that refuses us ... ok");
    server.stop();
}

/// Two keys for each domain, so that there is something to choose from.
fn make_keys(isp: &Isp, directory: &Path) {
    let store = KeyStore::open(directory.join("state/dkim")).unwrap();
    for domain in [SENDER_DOMAIN, OWN] {
        for algorithm in Algorithm::ALL {
            let pem = generate(algorithm, MINIMUM_RSA_BITS).unwrap();
            let stored = store.create(Domain::new(domain).unwrap(), algorithm.name(), &pem).unwrap();
            let record = Record::Text(stored.key.public_record());
            isp.world().zones().add(&stored.key.record_name(), record);
        }
    }
}

fn publish_own_domain(isp: &Isp) {
    let zones = isp.world().zones();
    zones.add(OWN, Record::Mx { preference: 10, exchange: SENDER_HOST.to_owned() });
    zones.add(OWN, Record::Text(format!("v=spf1 ip4:{} include:ses.test -all", HOST[0])));
    zones.add(&format!("_dmarc.{OWN}"), Record::Text("v=DMARC1; p=reject; adkim=s".to_owned()));
}

async fn receipt(isp: &Isp, what: &str, wanted: impl Fn(&Receipt) -> bool) -> Arc<Receipt> {
    let waiting = isp.world().receipts().wait_for(|receipt| wanted(receipt));
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| {
        let seen = isp.world().receipts().all();
        let seen: Vec<_> = seen.iter().map(|it| (it.server.as_str(), it.reply.to_string())).collect();
        panic!("no {what}; seen: {seen:#?}")
    })
}

fn is_at(receipt: &Receipt, server: &str, subject: &str) -> bool {
    receipt.server.as_str() == server && receipt.header("Subject").as_deref() == Some(subject)
}

async fn one_aligned_signature_arrives(isp: &Isp, server: &Server, ses: &Relay) {
    for (sender, domain, subject) in
        [("anna@absender.test", SENDER_DOMAIN, "aussen"), ("karl@haus.test", OWN, "eigen")]
    {
        server.send(sender, "post@venus.test", subject).await;
        let taken = receipt(isp, "mail at the relay", |it| is_at(it, "smtp.ses.test", subject)).await;
        assert!(taken.accepted, "{}", taken.reply);
        assert!(taken.header("Message-ID").unwrap().ends_with("@eu-lab-1.ses.test>"));
        let arrived = receipt(isp, "mail at venus", |it| is_at(it, "mx.venus.test", subject)).await;
        assert!(ses.addresses.contains(&arrived.peer.ip()), "{}", arrived.peer);
        for receipt in [taken, arrived] {
            let content = String::from_utf8_lossy(&receipt.content).to_ascii_lowercase();
            assert_eq!(content.matches("\r\ndkim-signature:").count(), 1, "{content}");
            let report = &receipt.judgement.as_ref().unwrap().report;
            let signatures: Vec<_> =
                report.signatures.iter().map(|it| (it.domain.as_str(), it.outcome)).collect();
            assert_eq!(signatures, [(domain, Outcome::Pass)], "at {}", receipt.server);
            assert_eq!((report.dkim, report.dmarc), (Outcome::Pass, Outcome::Pass), "{report}");
        }
    }
}

/// The relay took it; the receiver did not; the relay's own bounce comes to our port 25.
async fn a_later_bounce_reaches_the_sender(isp: &Isp, server: &Server, directory: &Path) {
    let inbox = Inbox::watch(directory.join("post/haus.test/karl"));
    server.send("karl@haus.test", "niemand@nein.test", "zurueck").await;
    let taken = receipt(isp, "mail at the relay", |it| is_at(it, "smtp.ses.test", "zurueck")).await;
    assert!(taken.accepted, "{}", taken.reply);
    assert_eq!(taken.envelope.sender, Some(Address::new("karl@haus.test").unwrap()));
    let bounce = inbox.next().await;
    for wanted in [
        "Return-Path: <>",
        "niemand@nein.test",
        "Status: 5.1.1",
        "Subject: zurueck",
        "mailer-daemon@ses.test",
    ] {
        assert!(bounce.contains(wanted), "no {wanted:?} in {bounce}");
    }
}

/// The relay says no in the session; the notice is ours, and goes the same way, where nobody may be without sender.
async fn a_refusal_reaches_the_sender_by_the_stand_in(isp: &Isp, server: &Server, ses: &Relay) {
    ses.set_sandbox(true);
    server.send("anna@absender.test", "post@mars.test", "nicht-erlaubt").await;
    let refused = receipt(isp, "refusal", |it| is_at(it, "smtp.ses.test", "nicht-erlaubt")).await;
    assert!(!refused.accepted && refused.reply.to_string().contains("not verified"), "{}", refused.reply);

    let about = |receipt: &Receipt| {
        String::from_utf8_lossy(&receipt.content).contains("Final-Recipient: rfc822; post@mars.test")
    };
    let handed = receipt(isp, "notice at the relay", |it| it.server == ses.host && about(it)).await;
    assert!(handed.accepted, "{}", handed.reply);
    let stand_in = Address::new("postmaster@absender.test").unwrap();
    assert_eq!(handed.envelope.sender, Some(stand_in));
    let notice =
        receipt(isp, "notice at the mailbox", |it| it.server.as_str() == MAILBOX_HOST && about(it)).await;
    assert_eq!(notice.envelope.recipients[0].address.to_string(), "anna@absender.test");
    let report = &notice.judgement.as_ref().unwrap().report;
    assert_eq!((report.signatures.len(), report.dmarc), (1, Outcome::Pass), "{report}");
    let text = String::from_utf8_lossy(&notice.content);
    assert!(text.contains("Auto-Submitted: auto-replied") && text.contains("554"), "{text}");
    ses.set_sandbox(false);
}
