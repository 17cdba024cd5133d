//! Advice on renewals (RFC 9773) from an authority of our own, over HTTPS: Pebble knows it from 2.5 on, Debian 12 has 2.4.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{BasicConstraints, CertificateParams, CustomExtension, IsCa, Issuer, KeyPair, SerialNumber};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::renewal::Window;
use super::*;
use crate::dial::SystemDialer;
use crate::dns::{HickoryResolver, ResolverSettings};
use crate::tls::TlsContext;

/// The authority: what it answers behind `/renewal/`, and what it was asked for.
struct Authority {
    directory: String,
    asked: Arc<Mutex<Vec<String>>>,
    wire: AcmeWire,
}

/// One that has wishes, or does not know of such things.
async fn authority(has_wishes: bool, answer: String) -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_certificate = root.self_signed(&key).unwrap();
    let issuer = Issuer::new(root, key);
    let own_key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let own = own.signed_by(&own_key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let settings = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], PrivateKeyDer::try_from(own_key.serialize_der()).unwrap())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(settings));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let wishes = if has_wishes { format!(r#","renewalInfo":"{base}/renewal""#) } else { String::new() };
    let directory = format!(
        r#"{{"newNonce":"{base}/nonce","newAccount":"{base}/account","newOrder":"{base}/order"{wishes}}}"#
    );
    let directory = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{directory}",
        directory.len()
    );
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let book = asked.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(acceptor.accept(stream).await.unwrap());
            let mut first = String::new();
            stream.read_line(&mut first).await.unwrap();
            let mut line = String::new();
            while stream.read_line(&mut line).await.unwrap() > 2 {
                line.clear();
            }
            let answer = if first.starts_with("GET /directory ") { &directory } else { &answer };
            book.lock().unwrap().push(first.trim_end().to_owned());
            stream.get_mut().write_all(answer.as_bytes()).await.unwrap();
            stream.get_mut().shutdown().await.unwrap();
        }
    });
    let nobody =
        ResolverSettings { servers: Some(vec!["127.0.0.1:9".parse().unwrap()]), ..Default::default() };
    let wire = AcmeWire::new(
        Arc::new(HickoryResolver::new(&nobody).unwrap()),
        Arc::new(SystemDialer),
        Arc::new(TlsContext::system()),
        Some(Arc::new(vec![root_certificate.der().clone()])),
    );
    Authority { directory: format!("{base}/directory"), asked, wire }
}

impl Authority {
    async fn window(&self) -> Result<Option<(Window, u64)>, AcmeError> {
        let key =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let credentials = format!(
            r#"{{"id":"{0}/account/1","key_pkcs8":"{1}","directory":"{0}"}}"#,
            self.directory,
            URL_SAFE_NO_PAD.encode(key.as_ref())
        );
        let (client, made) =
            AcmeClient::open(&self.wire, &self.directory, "a@own.test", None, Some(&credentials)).await?;
        assert!(made.is_none(), "the account is known");
        client.renewal_window(&certificate()).await
    }
}

/// One with the serial number and the authority's key of RFC 9773 Appendix A.
fn certificate() -> CertificateDer<'static> {
    let key = KeyPair::generate().unwrap();
    let mut wanted = CertificateParams::new(vec!["mail.own.test".to_owned()]).unwrap();
    wanted.serial_number = Some(SerialNumber::from_slice(&[0x87, 0x65, 0x43, 0x21]));
    let key_id = [
        0x30, 0x16, 0x80, 0x14, 0x69, 0x88, 0x5b, 0x6b, 0x87, 0x46, 0x40, 0x41, 0xe1, 0xb3, 0x7b, 0x84, 0x7b,
        0xa0, 0xae, 0x2c, 0xde, 0x01, 0xc8, 0xd4,
    ];
    let extension = CustomExtension::from_oid_content(&[2, 5, 29, 35], key_id.to_vec());
    wanted.custom_extensions.push(extension);
    wanted.self_signed(&key).unwrap().der().clone()
}

fn answered(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

const WINDOW: &str = r#"{"suggestedWindow":{"start":"2026-01-02T04:00:00Z","end":"2026-01-03T04:00:00Z"},"explanationURL":"https://ca.test/why"}"#;

#[tokio::test]
async fn the_window_of_an_authority_is_asked_for_by_the_certificates_number() {
    let known = "200 OK\r\ncontent-type: application/json\r\nretry-after: 21600";
    let authority = authority(true, answered(known, WINDOW)).await;
    let (window, again) = authority.window().await.unwrap().expect("a window");
    assert_eq!(window, Window { start: 1_767_326_400, end: 1_767_412_800 });
    assert!((21_595..=21_600).contains(&again), "{again}");
    // RFC 9773 §4.1: the key's identifier and the serial number, and no signature.
    let asked = authority.asked.lock().unwrap().clone();
    assert_eq!(
        asked,
        ["GET /directory HTTP/1.1", "GET /renewal/aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE HTTP/1.1"]
    );
}

#[tokio::test]
async fn an_authority_without_wishes_is_asked_for_none() {
    let authority = authority(false, String::new()).await;
    assert_eq!(authority.window().await.unwrap(), None);
    assert_eq!(authority.asked.lock().unwrap().len(), 1, "only for its directory");
}

#[tokio::test]
async fn what_is_no_window_is_an_error_and_a_pause_is_heeded() {
    let known = "200 OK\r\ncontent-type: application/json\r\nretry-after: 60";
    for (head, body) in [
        (known, "{}"),
        (known, r#"{"suggestedWindow":{"start":"tomorrow","end":"2026-01-03T04:00:00Z"}}"#),
        ("200 OK\r\ncontent-type: application/json", WINDOW),
        ("503 Service Unavailable\r\nretry-after: 3600", "later"),
    ] {
        let authority = authority(true, answered(head, body)).await;
        let error = authority.window().await.expect_err(body);
        assert!(matches!(error, AcmeError::Protocol(_) | AcmeError::Unreachable(_)), "{head}: {error:?}");
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let hour =
            (now + Duration::from_secs(3_590)).as_secs()..=(now + Duration::from_secs(3_600)).as_secs();
        let pause = authority.wire.take_not_before();
        assert_eq!(
            pause.is_some_and(|time| hour.contains(&time)),
            head.starts_with("503"),
            "{head}: {pause:?}"
        );
    }
}
