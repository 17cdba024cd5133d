//! A large provider refuses this host's address, not port 25: what `queue why` says of it in both languages and in
//! JSON, and that the command which it offers does what it says.

use std::io;

use postamt_lab::isp::{Isp, Mood};
use postamt_lab::world::MAILBOX_HOST;
use postamt_lab::zones::Record;
use postamt_mail::words::{Language, words};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::server::Server;
use super::{is_at, receipt};

/// A domain whose mail goes directly, by the server's rules.
pub const DOMAIN: &str = "postfach.test";
/// A provider is known by its host; within the test's own namespace, no other name would do.
const HOST: &str = "postfach-test.olc.protection.outlook.com";
const REFUSAL: &str = "550 5.7.1 Unfortunately, messages from [192.0.2.25] weren't sent. Please contact your Internet \
                       service provider since part of their network is on our block list (S3140).";
/// Whose place the provider takes.
const OPERATOR: &str = "saturn";
const OFFER: &str = "postamt relay only microsoft --relay ses";

/// See the head of this file.
pub async fn a_relay_is_offered_for_the_provider_that_refuses_us(isp: &Isp, server: &Server) {
    start_provider(isp).await;
    server.send("anna@absender.test", "post@postfach.test", "direkt").await;
    let about = "Final-Recipient: rfc822; post@postfach.test";
    let notice = receipt(isp, "notice at the mailbox", |it| {
        it.server.as_str() == MAILBOX_HOST && String::from_utf8_lossy(&it.content).contains(about)
    });
    assert!(String::from_utf8_lossy(&notice.await.content).contains("S3140"));

    let found = server.told(&["queue", "find", "--recipient", "post@postfach.test", "--json"]).await;
    let id = parsed(&found)[0]["queue_id"].as_str().unwrap().to_owned();
    for (language, name) in [(Language::En, "en"), (Language::De, "de")] {
        let why = server.told(&["--lang", name, "queue", "why", &id]).await;
        let provider = "Microsoft (Outlook.com, Hotmail, Live)".into();
        let values = [("provider", provider), ("word", "microsoft".into()), ("relay", "ses".into())];
        let offer = words(language).get("relay-only-offer", &values);
        assert!(offer.ends_with(OFFER) && why.contains(&offer), "no {offer:?} in {why}");
        let kind = words(language).get("refusal-kind-reputation", &values[..1]);
        assert!(why.contains(&kind) && why.contains(REFUSAL), "no {kind:?} in {why}");
    }
    let why = parsed(&server.told(&["queue", "why", &id, "--json"]).await);
    let meaning = serde_json::json!({
        "provider": "microsoft", "kind": "reputation", "fault": "address", "remedy": "contact", "list": null,
        "offer": OFFER,
    });
    assert_eq!(why["meaning"], meaning, "{why:#}");

    let decided: Vec<&str> = OFFER.split(' ').skip(1).collect();
    server.told(&decided).await;
    server.send("anna@absender.test", "post@postfach.test", "umweg").await;
    let taken = receipt(isp, "mail at the relay", |it| is_at(it, "smtp.ses.test", "umweg")).await;
    assert!(taken.accepted, "{}", taken.reply);
    let only = parsed(&server.told(&["relay", "only", "--json"]).await);
    assert_eq!((&only[0]["provider"], &only[0]["state"]), (&"microsoft".into(), &"relay".into()), "{only}");
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// From now on the provider stands where an operator was.
async fn start_provider(isp: &Isp) {
    isp.set_mood(OPERATOR, Mood::Closed).await.unwrap();
    let operator = isp.operators().iter().find(|operator| operator.name == OPERATOR).unwrap();
    let address = operator.addresses[0];
    isp.world().zones().add(DOMAIN, Record::Mx { preference: 10, exchange: HOST.to_owned() });
    isp.world().zones().add_host(HOST, address);
    let listen = async move {
        let listener = TcpListener::bind((address, 25)).await?;
        tokio::spawn(serve(listener));
        Ok::<_, io::Error>(())
    };
    isp.run_in_internet(listen).await.unwrap().unwrap();
}

async fn serve(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        // A client that leaves in the middle ends only its own session.
        tokio::spawn(converse(stream));
    }
}

async fn converse(stream: TcpStream) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    writer.write_all(format!("220 {HOST} ESMTP\r\n").as_bytes()).await?;
    let mut lines = BufReader::new(reader).lines();
    while let Some(line) = lines.next_line().await? {
        let reply = match line.get(..4) {
            Some("EHLO") => "250 here",
            Some("MAIL") => REFUSAL,
            Some("QUIT") => "221 2.0.0 bye",
            _ => "503 5.5.1 no",
        };
        writer.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
    Ok(())
}
