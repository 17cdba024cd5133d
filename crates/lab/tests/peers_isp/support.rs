//! The support desk of each character: a request comes by SMTP, the firewall is opened or not, the answer comes by SMTP.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use postamt_lab::isp::{Attitude, Desk, HOST, Isp, Mode, SUPPORT_ADDRESS, SUPPORT_HOST};
use postamt_lab::receiver::Receipt;
use postamt_lab::world::MAILBOX_HOST;
use postamt_lab::zones::RecordKind;
use postamt_mail::address::{Address, Domain};
use postamt_mail::envelope::{BodyType, Recipient};
use postamt_net::dial::SystemDialer;
use postamt_net::dns::record::reverse_name;
use postamt_net::smtp::{Connection, Hop, TlsContext, Transaction};
use tokio::time::timeout;

use super::eyes::{ANSWER, Attempt, Seen, expect_greeting, target};

const COMPLETE: &str = "On 192.0.2.25 and 2001:db8::25 (mail.absender.test) I run my own mail server.\r\n\
    About 50 messages a day.\r\nAt 15:02 UTC no answer from 198.51.100.101:25, 198.51.100.102:25, 198.51.100.103:25.\r\n\
    Complaints go to abuse@absender.test. I do not send unsolicited mail.";

/// Writes to the desk from somewhere in the Internet, and returns the answer, which goes to the sender's mailbox.
async fn write(isp: &Isp, subject: &str, text: &str) -> String {
    let before = answers(isp).len();
    let message = format!(
        "From: <anna@absender.test>\r\nTo: <{SUPPORT_ADDRESS}>\r\nSubject: {subject}\r\n\r\n{text}\r\n"
    );
    let sent = isp.run_in_internet(async move {
        let server = isp_mail_server();
        let hop = Hop {
            host: Some(Domain::new(SUPPORT_HOST).unwrap()),
            ..Hop::new(server, "notebook.absender.test")
        };
        let mut connection =
            Connection::open(&SystemDialer, &TlsContext::with_roots([]), &hop).await.unwrap();
        let outcome = connection.deliver(&transaction(message)).await;
        connection.quit().await;
        outcome.recipients.into_iter().all(|one| one.is_delivered())
    });
    assert!(sent.await.unwrap(), "the desk's server takes mail");
    let waiting = isp.world().receipts().wait_for(|_| answers(isp).len() > before);
    timeout(ANSWER, waiting).await.expect("an answer");
    let answer = answers(isp).pop().unwrap();
    String::from_utf8(answer.content.to_vec()).unwrap()
}

fn isp_mail_server() -> SocketAddr {
    "198.51.100.80:25".parse().unwrap()
}

fn answers(isp: &Isp) -> Vec<Arc<Receipt>> {
    let mut all = isp.world().receipts().all();
    all.retain(|it| {
        it.server.as_str() == MAILBOX_HOST
            && it.header("From").is_some_and(|from| from.contains(SUPPORT_ADDRESS))
    });
    all
}

fn transaction(message: String) -> Transaction {
    Transaction {
        sender: Some(Address::new("anna@absender.test").unwrap()),
        recipients: vec![Recipient::new(Address::new(SUPPORT_ADDRESS).unwrap())],
        body: BodyType::EightBitMime,
        smtputf8: false,
        require_tls: false,
        return_content: None,
        envelope_id: None,
        content: vec![Bytes::from(message)],
    }
}

pub async fn all(isp: &Arc<Isp>) {
    let desk = Desk::open(Arc::clone(isp)).await.unwrap();
    isp.set(Mode::Drop).await.unwrap();

    isp.set_support(Attitude::Never);
    let answer = write(isp, "Port 25", COMPLETE).await;
    assert!(
        answer.contains("Subject: [SD-1001] Port 25") && answer.contains("not even on request"),
        "{answer}"
    );
    assert_eq!(isp.rules().mode, Mode::Drop);

    isp.set_support(Attitude::Strict);
    let names = isp.world().zones().take(&reverse_name(HOST[1]), RecordKind::Ptr);
    let answer = write(isp, "Port 25", COMPLETE).await;
    assert!(answer.contains("[SD-1002]") && answer.contains("missing for 2001:db8::25"), "{answer}");
    assert_eq!(answer.matches("\r\n* ").count(), 1, "{answer}");
    let closed = Attempt::at(target(isp, 1), 25).expecting(&Seen::Silence);
    assert_eq!(closed.is_open().await, Seen::Silence);
    names.into_iter().for_each(|name| isp.world().zones().add(&reverse_name(HOST[1]), name));
    // What was said before counts.
    let answer = write(isp, "Re: [SD-1002] Port 25", "The PTR record is there now.").await;
    assert!(answer.contains("[SD-1002]") && answer.contains("open for 192.0.2.25, 2001:db8::25"), "{answer}");
    expect_greeting(isp, 1).await;

    isp.set(Mode::Drop).await.unwrap();
    isp.set_support(Attitude::Lenient);
    let answer = write(isp, "Bitte", "Bitte öffnen Sie Port 25 für 192.0.2.25.").await;
    assert!(answer.contains("[SD-1003]") && answer.contains("freigeschaltet"), "{answer}");
    assert_eq!(isp.rules().to_string(), "drop family=6");

    isp.set(Mode::Open).await.unwrap();
    desk.close().await.unwrap();
    while Arc::strong_count(isp) > 1 {
        tokio::task::yield_now().await;
    }
}
