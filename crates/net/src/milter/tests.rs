//! A scripted milter behind a UNIX socket and a TCP port: one that works, and those that break off, say nothing, take
//! nothing or talk nonsense.

use std::sync::Arc;

use postamt_mail::address::Address;
use postamt_mail::envelope::{Envelope, Recipient};
use postamt_mail::milter::{Client, Mail, Session, Verdict};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};

use super::*;
use crate::dial::SystemDialer;
use crate::dns::{HickoryResolver, ResolverSettings};

fn way() -> Way {
    let servers = Some(vec!["127.0.0.1:9".parse().expect("an address")]);
    let resolver = HickoryResolver::new(&ResolverSettings { servers, ..ResolverSettings::default() });
    Way { resolver: Arc::new(resolver.expect("a resolver")), dialer: Arc::new(SystemDialer) }
}

fn mail(body: usize) -> Mail {
    let recipient = Recipient::new(Address::new("x@a.test").expect("an address"));
    let envelope = Envelope { recipients: vec![recipient], ..Envelope::default() };
    let body = Bytes::from("0123456789abcd\r\n".repeat(body / 16));
    Mail::new(envelope, &[Bytes::from_static(b"From: a@own.test\r\n\r\n"), body])
}

fn session() -> Session {
    Session {
        hostname: "mail.own.test".to_owned(),
        channel: "sendmail".to_owned(),
        queue_id: "1".to_owned(),
        client: Client::Local,
        greeting: None,
        tls: None,
        login: None,
    }
}

/// One packet: its code and content.
async fn heard(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(u8, Vec<u8>)> {
    let length = stream.read_u32().await? as usize;
    let mut packet = vec![0; length];
    stream.read_exact(&mut packet).await?;
    Ok((packet[0], packet.split_off(1)))
}

/// Answers as `answer` says, until the client is gone; gives all that it heard of the body.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: impl Fn(u8) -> Option<&'static [u8]>,
) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok((code, content)) = heard(&mut stream).await {
        if code == b'B' {
            body.extend(&content);
        }
        let Some(answer) = answer(code) else { continue };
        if stream.write_all(answer).await.is_err() {
            break;
        }
    }
    body
}

const OPTIONS: &[u8] = b"\0\0\0\x0dO\0\0\0\x06\0\0\x01\xff\0\0\0\0";
const CONTINUE: &[u8] = b"\0\0\0\x01c";

fn friendly(code: u8) -> Option<&'static [u8]> {
    match code {
        b'O' => Some(OPTIONS),
        b'D' | b'Q' | b'A' => None,
        b'E' => Some(b"\0\0\0\x01p\0\0\0\x09hX-A\0yes\0\0\0\0\x01c"),
        _ => Some(CONTINUE),
    }
}

async fn ask(address: &ServiceAddress, mail: &Mail) -> Result<Outcome, MilterError> {
    let session = session();
    judge(&way(), address, Conversation::new(&session, mail, &[], 1 << 20)).await
}

/// What comes of a milter behind a UNIX socket that answers so.
async fn judged(
    mail: &Mail,
    answer: fn(u8) -> Option<&'static [u8]>,
) -> (Result<Outcome, MilterError>, Vec<u8>) {
    use crate::clock::{Clock as _, SystemClock};
    let path = std::env::temp_dir().join(format!("postamt-milter-{}", SystemClock.random()));
    let listener = UnixListener::bind(&path).expect("bound");
    let serving = async {
        let (stream, _) = listener.accept().await.expect("a client");
        serve(stream, answer).await
    };
    let address = ServiceAddress::Unix(path.clone());
    let result = tokio::join!(ask(&address, mail), serving);
    std::fs::remove_file(path).expect("removed");
    result
}

#[tokio::test]
async fn a_message_of_many_chunks_arrives_whole_and_is_changed() {
    let mail = mail(1 << 20);
    let (outcome, heard) = judged(&mail, friendly).await;
    let outcome = outcome.expect("an outcome");
    assert_eq!((outcome.verdict, outcome.changes.len()), (Verdict::Accept, 1));
    assert_eq!(heard, mail.body().concat());
}

#[tokio::test]
async fn a_milter_on_a_tcp_port_is_reached_by_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let port = listener.local_addr().expect("an address").port();
    let serving = async {
        let (stream, _) = listener.accept().await.expect("a client");
        serve(stream, friendly).await
    };
    let place = address(&format!("inet:{port}@localhost")).expect("an address");
    let mail = mail(160);
    let (outcome, heard) = tokio::join!(ask(&place, &mail), serving);
    assert!(outcome.is_ok() && heard == mail.body().concat(), "{outcome:?}");
}

#[tokio::test]
async fn who_breaks_off_or_talks_nonsense_is_told_apart() {
    let nobody = ServiceAddress::Unix("/nonexistent/socket".into());
    assert!(matches!(ask(&nobody, &mail(16)).await, Err(MilterError::Unreachable(_))));
    let nonsense = |code| if code == b'O' { Some(&b"HTTP/1.1 400 Bad Request\r\n"[..]) } else { None };
    let (result, _) = judged(&mail(16), nonsense).await;
    assert!(matches!(result, Err(MilterError::Fault(Fault::PacketTooLarge(_)))), "{result:?}");
    // Two answers to one question: the second is there before we have asked again.
    let twice = |code| match code {
        b'O' => Some(OPTIONS),
        b'C' => Some(&b"\0\0\0\x01c\0\0\0\x01c"[..]),
        _ => None,
    };
    let (result, _) = judged(&mail(16), twice).await;
    assert!(matches!(result, Err(MilterError::Fault(Fault::Unexpected { .. }))), "{result:?}");
    // It dies at the end of the message: its client's end is read as one.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let port = listener.local_addr().expect("an address").port();
    let serving = async {
        let (mut stream, _) = listener.accept().await.expect("a client");
        while let Ok((code, _)) = heard(&mut stream).await {
            match friendly(code) {
                _ if code == b'E' => return,
                Some(answer) => stream.write_all(answer).await.expect("written"),
                None => {}
            }
        }
    };
    let place = ServiceAddress::Tcp { host: "127.0.0.1".to_owned(), port };
    let mail = mail(16);
    let (result, ()) = tokio::join!(ask(&place, &mail), serving);
    assert!(matches!(result, Err(MilterError::Closed)), "{result:?}");
}

/// Short enough for a test.
const SHORT: Patience = Patience {
    command: Duration::from_millis(200),
    content: Duration::from_millis(200),
    write: Duration::from_millis(200),
};

async fn with(client: tokio::io::DuplexStream, mail: &Mail) -> Result<Outcome, MilterError> {
    let mut stream: ServiceStream = Box::new(client);
    let session = session();
    converse(&mut stream, Conversation::new(&session, mail, &[], 1 << 20), SHORT).await
}

#[tokio::test]
async fn who_says_or_takes_nothing_is_given_up() {
    let (client, server) = tokio::io::duplex(64 * 1024);
    let result = with(client, &mail(16)).await;
    assert!(matches!(result, Err(MilterError::Silent(limit)) if limit == SHORT.command), "{result:?}");
    drop(server);
    // One that wants everything without an answer, and then reads nothing of it.
    let (client, mut server) = tokio::io::duplex(1024);
    let stuck = async {
        heard(&mut server).await.expect("our options");
        server.write_all(b"\0\0\0\x0dO\0\0\0\x06\0\0\0\0\0\x0d\xf0\x80").await.expect("written");
        std::future::pending::<()>().await;
    };
    let mail = mail(1 << 20);
    let result = tokio::select! { result = with(client, &mail) => result, () = stuck => unreachable!("it never ends") };
    assert!(matches!(result, Err(MilterError::Stuck(limit)) if limit == SHORT.write), "{result:?}");
}

#[test]
fn addresses_are_read_as_others_write_them() {
    let tcp = |host: &str, port| Some(ServiceAddress::Tcp { host: host.to_owned(), port });
    let unix = |path: &str| Some(ServiceAddress::Unix(path.into()));
    for (text, expected) in [
        ("unix:/run/opendkim/opendkim.sock", unix("/run/opendkim/opendkim.sock")),
        ("local:/run/x", unix("/run/x")),
        ("inet:8891@localhost", tcp("localhost", 8891)),
        ("inet:8891@127.0.0.1", tcp("127.0.0.1", 8891)),
        ("inet6:8891@[2001:db8::1]", tcp("2001:db8::1", 8891)),
        ("inet:localhost:8891", tcp("localhost", 8891)),
        ("inet:[::1]:8891", tcp("::1", 8891)),
        ("unix:relative", None),
        ("inet:8891", None),
        ("inet:0@localhost", None),
        ("inet:99999@localhost", None),
        ("inet:8891@", None),
        ("/run/x", None),
    ] {
        assert_eq!(address(text), expected, "{text}");
        if let Some(address) = expected {
            assert_eq!(super::address(&written(&address)), Some(address), "{text}");
        }
    }
}

#[tokio::test]
async fn it_is_there_when_it_answers_the_offer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let port = listener.local_addr().expect("an address").port();
    let there = address(&format!("inet:{port}@127.0.0.1")).expect("an address");
    let way = way();
    let serving = async {
        let (stream, _) = listener.accept().await.expect("a client");
        serve(stream, friendly).await;
        let (stream, _) = listener.accept().await.expect("a client");
        drop(stream);
    };
    let asking = async {
        ping(&way, &there).await.expect("it is there");
        assert!(matches!(ping(&way, &there).await, Err(MilterError::Broken(_))));
    };
    tokio::join!(serving, asking);
}
