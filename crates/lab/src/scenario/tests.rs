//! The judge, tried with receipts that are made by hand.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::envelope::{Envelope, Recipient};
use postamt_mail::reply::{EnhancedCode, Reply};
use postamt_mailauth::verify::{DmarcPolicy, Outcome as Proof, Report as Proofs};

use super::{Bounce, Deviation, Expected, Scenario, ScriptedMessage, Verdict};
use crate::receiver::{Judgement, Receipt, Receipts, TlsVersion};

fn judgement(proof: Proof) -> Judgement {
    let report = Proofs {
        spf: proof,
        dkim: proof,
        dmarc: proof,
        reverse: Proof::Pass,
        policy: DmarcPolicy::Reject,
        signatures: Vec::new(),
    };
    Judgement { reverse_name: Some("mail.absender.test".to_owned()), report }
}

/// The receipt that a message should leave at its receiver.
fn delivery(message: &ScriptedMessage, recipient: &Address, host: &str, tls: Option<TlsVersion>) -> Receipt {
    let envelope = Envelope {
        sender: Some(message.sender.clone()),
        recipients: vec![Recipient::new(recipient.clone())],
        ..Envelope::default()
    };
    Receipt {
        server: Domain::new(host).unwrap(),
        peer: "192.0.2.25:40000".parse().unwrap(),
        hello: "mail.absender.test".to_owned(),
        tls,
        envelope,
        content: Bytes::from([b"DKIM-Signature: v=1\r\n", message.content.as_slice()].concat()),
        judgement: Some(judgement(Proof::Pass)),
        accepted: true,
        reply: Reply::new(250, (2, 0, 0), "accepted"),
    }
}

fn refused(receipt: &Receipt) -> Receipt {
    Receipt { accepted: false, reply: Reply::new(451, (4, 7, 1), "greylisted"), ..receipt.clone() }
}

fn notice(message: &ScriptedMessage, recipient: &Address, status: &str) -> Receipt {
    let content = format!(
        "From: MAILER-DAEMON@absender.test\r\nTo: anna@absender.test\r\nSubject: Nicht zugestellt\r\n\
         Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"grenze\"\r\n\r\n\
         --grenze\r\nContent-Type: text/plain\r\n\r\nSchade.\r\n\
         --grenze\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mail.absender.test\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 nobody\r\n of that name\r\n\r\n--grenze--\r\n"
    );
    Receipt {
        envelope: Envelope {
            sender: None,
            recipients: vec![Recipient::new(message.sender.clone())],
            ..Envelope::default()
        },
        content: Bytes::from(content),
        ..delivery(message, recipient, "mx.absender.test", Some(TlsVersion::Tls13))
    }
}

/// What a faultless server leaves behind.
fn faultless(scenario: &Scenario) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    for message in &scenario.messages {
        for (recipient, expected) in &message.recipients {
            match expected {
                Expected::Delivered { host, tls, after_refusals } => {
                    let delivery = delivery(message, recipient, host, *tls);
                    receipts.extend(std::iter::repeat_n(refused(&delivery), *after_refusals));
                    receipts.push(delivery);
                }
                Expected::Bounced(form) => {
                    let status = format!("5.{}.{}", form.subject, form.detail.unwrap_or(1));
                    receipts.push(notice(message, recipient, &status));
                }
            }
        }
    }
    receipts
}

fn shared(receipts: Vec<Receipt>) -> Vec<Arc<Receipt>> {
    receipts.into_iter().map(Arc::new).collect()
}

#[test]
fn a_faultless_server_passes() {
    let scenario = Scenario::rehearsal().unwrap();
    let report = scenario.judge(&shared(faultless(&scenario)));
    assert!(report.is_as_expected() && report.is_complete(), "{:#?}", report.outcomes);
    assert_eq!(report.outcomes.len(), 12);
}

#[test]
fn silence_is_open_not_good() {
    let scenario = Scenario::rehearsal().unwrap();
    let report = scenario.judge(&[]);
    assert!(report.outcomes.iter().all(|outcome| outcome.verdict == Verdict::Open));
    assert!(!report.is_complete() && !report.is_as_expected());
}

/// Changes one receipt of a faultless run and says what the judge must find at that recipient.
fn deviates(recipient: &str, change: impl Fn(&mut Receipt), expected: Deviation) {
    let scenario = Scenario::rehearsal().unwrap();
    let mut receipts = faultless(&scenario);
    let about = |receipt: &Receipt| {
        receipt.envelope.recipients[0].address.to_string() == recipient
            || Bounce::read(receipt).iter().any(|bounce| bounce.recipient == recipient)
    };
    receipts.iter_mut().filter(|receipt| about(receipt)).for_each(change);
    let report = scenario.judge(&shared(receipts));
    for outcome in &report.outcomes {
        let wanted = if outcome.recipient.to_string() == recipient {
            Verdict::Deviates(expected)
        } else {
            Verdict::AsExpected
        };
        assert_eq!(outcome.verdict, wanted, "{}", outcome.recipient);
    }
}

#[test]
fn each_fault_is_found() {
    deviates("empfang@streng.test", |receipt| receipt.tls = None, Deviation::Tls);
    deviates("verein@klartext.test", |receipt| receipt.tls = Some(TlsVersion::Tls13), Deviation::Tls);
    let fails = |receipt: &mut Receipt| receipt.judgement = Some(judgement(Proof::Fail));
    deviates("empfang@streng.test", fails, Deviation::Proofs);
    let changes = |receipt: &mut Receipt| {
        receipt.content = Bytes::from([&receipt.content[..], b"mehr\r\n"].concat());
    };
    deviates("verein@ohnemx.test", changes, Deviation::Content);
    let elsewhere = |receipt: &mut Receipt| receipt.server = Domain::new("mx.fremd.test").unwrap();
    deviates("lager@umweg.test", elsewhere, Deviation::OtherHost);
    deviates("post@grau.test", |receipt| receipt.accepted = true, Deviation::Repeated);
    let other_reason = |receipt: &mut Receipt| {
        let text = String::from_utf8(receipt.content.to_vec()).unwrap();
        receipt.content = Bytes::from(text.replace("Status: 5.1.1", "Status: 5.7.1"));
    };
    deviates("niemand@nein.test", other_reason, Deviation::Status);
}

#[test]
fn what_should_bounce_must_not_arrive_and_the_other_way_round() {
    let scenario = Scenario::rehearsal().unwrap();
    let find = |name: &str| scenario.messages.iter().find(|message| message.name == name).unwrap();
    let (nein, streng) = (find("nein"), find("streng"));
    let arrived = delivery(nein, &nein.recipients[0].0, "mx.nein.test", Some(TlsVersion::Tls13));
    let bounced = notice(streng, &streng.recipients[0].0, "5.7.1");
    let report = scenario.judge(&shared(vec![arrived, bounced]));
    let verdict =
        |name: &str| report.outcomes.iter().find(|outcome| outcome.message == name).unwrap().verdict;
    assert_eq!(verdict("nein"), Verdict::Deviates(Deviation::Arrived));
    assert_eq!(verdict("streng"), Verdict::Deviates(Deviation::Bounced));
}

#[test]
fn mail_that_nobody_sent_is_strange() {
    let scenario = Scenario::rehearsal().unwrap();
    let mut receipts = faultless(&scenario);
    let message = &scenario.messages[0];
    let stranger = Address::new("wer@fremd.test").unwrap();
    receipts.push(delivery(message, &stranger, "mx.fremd.test", None));
    let report = scenario.judge(&shared(receipts));
    assert_eq!(report.strangers.len(), 1);
    assert!(!report.is_as_expected());
}

#[test]
fn a_notice_is_read_field_by_field() {
    let scenario = Scenario::rehearsal().unwrap();
    let message = &scenario.messages[0];
    let notice = notice(message, &message.recipients[0].0, "5.1.1 (no such user)");
    let expected = Bounce {
        recipient: "empfang@streng.test".to_owned(),
        action: "failed".to_owned(),
        status: EnhancedCode::new(5, 1, 1),
        diagnostic: Some("smtp; 550 5.1.1 nobody of that name".to_owned()),
    };
    assert_eq!(Bounce::read(&notice), [expected]);
    assert!(Bounce::read(&refused(&notice)).is_empty(), "a notice that was refused tells nobody anything");
}

#[tokio::test]
async fn finishing_waits_for_the_last_receipt_and_no_longer() {
    let scenario = Scenario::rehearsal().unwrap();
    let receipts = Receipts::default();
    let noted = receipts.clone();
    let all = faultless(&scenario);
    let writer = tokio::spawn(async move {
        for receipt in all {
            noted.note(receipt);
            tokio::task::yield_now().await;
        }
    });
    let report = scenario.finish(&receipts, Duration::from_secs(20)).await;
    assert!(report.is_as_expected());
    writer.await.unwrap();

    let report = scenario.finish(&Receipts::default(), Duration::from_millis(10)).await;
    assert!(!report.is_complete(), "patience ends");
}
