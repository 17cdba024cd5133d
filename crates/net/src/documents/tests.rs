//! Addresses and their links; documents from a real socket that answers by a script.

use std::net::IpAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::dial::SystemDialer;
use crate::dns::{Answer as DnsAnswer, DnsError, DnssecStatus, Mx, Tlsa};

#[test]
fn addresses_are_read_and_written() {
    for (text, written) in [
        ("https://a.test", "https://a.test/"),
        ("HTTP://A.test:8080/x?y=1#z", "http://a.test:8080/x?y=1"),
        ("https://a.test:443?q", "https://a.test/?q"),
    ] {
        assert_eq!(text.parse::<WebAddress>().unwrap().to_string(), written, "{text}");
    }
    for text in [
        "ftp://a.test/",
        "a.test",
        "https://",
        "https://u@a.test/",
        "https://a.test:x/",
        "https://a.test/a b",
        "https://a.test/\r\nX: y",
    ] {
        assert!(text.parse::<WebAddress>().is_err(), "{text}");
    }
}

#[test]
fn links_lead_on() {
    let from: WebAddress = "https://a.test/x/y?z".parse().unwrap();
    for (link, there) in [
        ("/imprint", "https://a.test/imprint"),
        ("imprint#top", "https://a.test/x/imprint"),
        ("?q=1", "https://a.test/x/y?q=1"),
        ("//b.test/c", "https://b.test/c"),
        ("http://b.test", "http://b.test/"),
        ("", "https://a.test/x/y?z"),
    ] {
        assert_eq!(from.join(link).unwrap().to_string(), there, "{link}");
    }
    for link in ["mailto:a@b.test", "javascript:alert(1)", "/a b"] {
        assert!(from.join(link).is_err(), "{link}");
    }
}

/// Every name is on loopback, but for one that is out there.
struct Loopback;

const OUTSIDE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

/// Who is out there is on loopback, too.
struct Shortened;

impl Dialer for Shortened {
    fn connect(
        &self,
        target: std::net::SocketAddr,
        source: Option<IpAddr>,
        timeout: Duration,
    ) -> PortFuture<'_, Result<tokio::net::TcpStream, crate::dial::DialError>> {
        assert!(target.ip() == OUTSIDE || target.ip().is_loopback(), "{target}");
        SystemDialer.connect((IpAddr::from([127, 0, 0, 1]), target.port()).into(), source, timeout)
    }
}

fn here<T>(records: Vec<T>) -> PortFuture<'static, Result<DnsAnswer<T>, DnsError>>
where
    T: Send + 'static,
{
    let answer =
        DnsAnswer { records, ttl: Duration::from_secs(1), dnssec: DnssecStatus::Unknown, exists: true };
    Box::pin(std::future::ready(Ok(answer)))
}

impl Resolver for Loopback {
    fn mx<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<DnsAnswer<Mx>, DnsError>> {
        here(Vec::new())
    }
    fn a<'a>(&'a self, name: &'a Domain) -> PortFuture<'a, Result<DnsAnswer<IpAddr>, DnsError>> {
        here(vec![if name.as_str() == "outside.test" { OUTSIDE } else { IpAddr::from([127, 0, 0, 1]) }])
    }
    fn aaaa<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<DnsAnswer<IpAddr>, DnsError>> {
        here(Vec::new())
    }
    fn txt<'a>(&'a self, _: &'a str) -> PortFuture<'a, Result<DnsAnswer<String>, DnsError>> {
        here(Vec::new())
    }
    fn ptr(&self, _: IpAddr) -> PortFuture<'_, Result<DnsAnswer<String>, DnsError>> {
        here(Vec::new())
    }
    fn tlsa<'a>(&'a self, _: &'a Domain, _: u16) -> PortFuture<'a, Result<DnsAnswer<Tlsa>, DnsError>> {
        here(Vec::new())
    }
}

/// Answers each path by the script; gives the port.
async fn server(script: fn(&str) -> String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut question = vec![0; 4096];
            let length = stream.read(&mut question).await.unwrap_or_default();
            let question = String::from_utf8_lossy(&question[..length]).into_owned();
            let path = question.split(' ').nth(1).unwrap_or_default();
            let _ = stream.write_all(script(path).as_bytes()).await;
        }
    });
    port
}

fn answer(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn web() -> WebDocuments {
    WebDocuments::new(Arc::new(Loopback), Arc::new(SystemDialer), TlsContext::with_roots([]))
}

const BOUNDS: Bounds =
    Bounds { accept: "application/json", size: 64, time: Duration::from_secs(20), redirects: 2 };

async fn get(port: u16, path: &str) -> Result<Document, DocumentError> {
    let address: WebAddress = format!("http://web.test:{port}{path}").parse().unwrap();
    web().get(&address, BOUNDS).await
}

#[tokio::test]
async fn documents_come_within_bounds() {
    let port = server(|path| match path {
        "/there" => answer("200 OK\r\nContent-Type: Application/JSON; charset=utf-8", "{}"),
        "/moved" => answer("302 Found\r\nLocation: /there", ""),
        "/round" => answer("301 Moved\r\nLocation: /round", ""),
        "/mail" => answer("301 Moved\r\nLocation: mailto:a@b.test", ""),
        "/long" => answer("200 OK", &"x".repeat(65)),
        _ => answer("404 Not Found", "no"),
    })
    .await;
    let document = get(port, "/moved").await.unwrap();
    assert_eq!((document.media.as_str(), &document.body[..]), ("application/json", &b"{}"[..]));
    assert!(document.is_good() && document.address.path == "/there");
    let none = get(port, "/none").await.unwrap();
    assert!(none.status == 404 && !none.is_good());
    assert!(matches!(get(port, "/round").await, Err(DocumentError::Redirects(2))));
    assert!(matches!(get(port, "/mail").await, Err(DocumentError::BadRedirect(_))));
    assert!(matches!(get(port, "/long").await, Err(DocumentError::TooLarge(64))));
}

/// The page of a name of ours may lie in our network; whoever answers from outside may not lead there.
#[tokio::test]
async fn no_redirect_leads_from_outside_into_our_network() {
    let port = server(|path| {
        let (port, to) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
        match to.split_once('/') {
            None => answer("200 OK", to),
            Some((host, rest)) => {
                answer(&format!("302 Found\r\nLocation: http://{host}:{port}/{port}/{rest}"), "")
            }
        }
    })
    .await;
    let documents = WebDocuments::new(Arc::new(Loopback), Arc::new(Shortened), TlsContext::with_roots([]));
    for (way, is_allowed) in [
        ("inside.test/inside.test", true),
        ("inside.test/outside.test", true),
        ("outside.test/outside.test", true),
        ("outside.test/inside.test", false),
        ("inside.test/outside.test/inside.test", false),
    ] {
        let (first, rest) = way.split_once('/').unwrap();
        let address: WebAddress = format!("http://{first}:{port}/{port}/{rest}/end").parse().unwrap();
        let document = documents.get(&address, BOUNDS).await;
        assert_eq!(document.is_ok(), is_allowed, "{way}: {document:?}");
        if let Err(error) = document {
            assert!(error.to_string().contains("not public"), "{way}: {error}");
        }
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_costs_the_time_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let address: WebAddress = format!("http://web.test:{port}/").parse().unwrap();
    let bounds = Bounds { time: Duration::from_millis(50), ..BOUNDS };
    assert!(matches!(web().get(&address, bounds).await, Err(DocumentError::TimedOut(_))));
}
