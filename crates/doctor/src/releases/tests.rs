//! The watch against a real HTTPS server: what is taken, what is refused, how often it asks, and that news is told once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postamt_lab::certificates::{CertificateKind, LabAuthority, TlsVersions};
use postamt_lab::zones::{Record, StaticResolver, Zones};
use postamt_mail::words::{Language, words};
use postamt_net::dial::SystemDialer;
use postamt_net::documents::WebDocuments;
use postamt_net::tls::TlsContext;
use postamt_store::embedded::SqliteFacts;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

const HOST: &str = "updates.test";
/// 2026-11-24T08:00:00Z, when the notices of these tests are signed.
const ISSUED: u64 = 1_795_507_200;
const ADVISORY: &str = "[[advisory]]\nid = \"PA-1\"\naffected = [\"< 1.3.0\"]\nseverity = \"high\"\n\
    title = { en = \"Mail may be read.\", de = \"Mail ist lesbar.\" }\nurl = \"https://updates.test/PA-1\"\n";

#[derive(Default)]
struct Hand(AtomicU64);

impl Clock for Hand {
    fn since_epoch(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn random(&self) -> u64 {
        17
    }
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key")
}

fn notice(day: u64, latest: &str, more: &str) -> String {
    signed(7, &body(day, latest, more))
}

/// Signed on that day of November 2026, good to the 20th of December.
fn body(day: u64, latest: &str, more: &str) -> String {
    format!(
        "format = \"postamt-release-notice/1\"\nissued = 2026-11-{day}T08:00:00Z\n\
         valid_until = 2026-12-20T00:00:00Z\nlatest = \"{latest}\"\nurl = \"https://updates.test/{latest}\"\n{more}"
    )
}

fn signed(seed: u8, body: &str) -> String {
    format!("{}{}\n{body}", release_notice::SIGNATURE, STANDARD.encode(pair(seed).sign(body.as_bytes())))
}

/// What the server says, and how often it was asked.
#[derive(Default)]
struct Office {
    answer: Mutex<Vec<u8>>,
    asked: AtomicUsize,
}

impl Office {
    fn says(&self, status: &str, more: &str, body: &str) {
        let length = body.len();
        let text =
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n{body}");
        *self.answer.lock().expect("whole") = text.into_bytes();
    }

    fn shows(&self, notice: &str) {
        self.says("200 OK", "Content-Type: text/plain\r\n", notice);
    }
}

struct World {
    office: Arc<Office>,
    clock: Arc<Hand>,
    documents: Arc<dyn Documents>,
    address: WebAddress,
    folder: TempDir,
    serving: tokio::task::JoinHandle<()>,
}

impl World {
    async fn new() -> Self {
        let authority = LabAuthority::new().expect("an authority");
        let tls = authority.server_config(HOST, CertificateKind::Good, TlsVersions::Current).expect("TLS");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let office = Arc::<Office>::default();
        let serving = tokio::spawn(serve(listener, TlsAcceptor::from(tls), office.clone()));
        let zones = Zones::new(Duration::from_secs(60));
        zones.add(HOST, Record::Address([127, 0, 0, 1].into()));
        let trust = TlsContext::with_roots([authority.root().clone()]);
        let resolver = Arc::new(StaticResolver::new(zones));
        Self {
            office,
            clock: Arc::new(Hand(AtomicU64::new(ISSUED + 3600))),
            documents: Arc::new(WebDocuments::new(resolver, Arc::new(SystemDialer), trust)),
            address: format!("https://{HOST}:{port}/notice").parse().expect("an address"),
            folder: tempfile::tempdir().expect("a folder"),
            serving,
        }
    }

    fn source(&self, seed: u8) -> NoticeSource {
        let key = NoticeKey::parse(&STANDARD.encode(pair(seed).public_key().as_ref())).expect("a key");
        NoticeSource { address: self.address.clone(), key, running: "1.2.3".parse().expect("a version") }
    }

    /// As after a start: nothing in memory, everything from the store.
    fn start(&self) -> Releases {
        self.start_with(self.source(7))
    }

    fn start_with(&self, source: NoticeSource) -> Releases {
        let facts = SqliteFacts::open(self.folder.path().join("facts.sqlite")).expect("a store");
        Releases::new(self.documents.clone(), Arc::new(facts), self.clock.clone(), source)
    }

    async fn look(&self) -> Looked {
        self.start().look().await.expect("the store works")
    }

    fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn asked(&self) -> usize {
        self.office.asked.load(Ordering::SeqCst)
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, office: Arc<Office>) {
    while let Ok((stream, _)) = listener.accept().await {
        let Ok(mut stream) = acceptor.accept(stream).await else { continue };
        let mut question = vec![0; 4096];
        let length = stream.read(&mut question).await.unwrap_or_default();
        let question = String::from_utf8_lossy(&question[..length]).into_owned();
        assert!(question.starts_with("GET /notice HTTP/1.1\r\n"), "{question}");
        assert!(!question.contains("1.2.3"), "who asks does not say what runs: {question}");
        office.asked.fetch_add(1, Ordering::SeqCst);
        let answer = office.answer.lock().expect("whole").clone();
        // Whoever has read enough hangs up.
        let _ = stream.write_all(&answer).await;
        let _ = stream.shutdown().await;
    }
}

fn names(looked: &Looked) -> Vec<String> {
    looked.news.iter().map(News::name).collect()
}

fn failure(looked: &Looked) -> String {
    looked.failure.as_ref().map(ToString::to_string).unwrap_or_default()
}

#[tokio::test]
async fn news_is_told_once_and_over_restarts() {
    let world = World::new().await;
    world.office.shows(&notice(24, "1.3.0", ADVISORY));
    let releases = world.start();
    let looked = releases.look().await.expect("the store works");
    assert_eq!(
        (names(&looked), failure(&looked)),
        (vec!["advisory PA-1".into(), "release 1.3.0".into()], String::new())
    );
    // Nobody could be told: it is news with the next look, without another question.
    assert_eq!(names(&world.look().await).len(), 2);
    releases.told(&looked.news).await.expect("kept");
    assert!(world.look().await.news.is_empty());
    assert_eq!(world.asked(), 1);
    // The next release is news again, the weakness is not.
    world.pass(2 * INTERVAL);
    world.office.shows(&notice(25, "1.3.1", ADVISORY));
    assert_eq!(names(&world.look().await), ["release 1.3.1"]);
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn it_is_asked_for_once_a_day_even_if_the_server_starts_again_and_again() {
    let world = World::new().await;
    world.office.says("503 Busy", "", "");
    for _ in 0..5 {
        let looked = world.look().await;
        assert!(looked.next >= ISSUED + 3600 + INTERVAL, "{looked:?}");
        world.pass(INTERVAL / 6);
    }
    assert_eq!(world.asked(), 1, "what failed is not asked for again, either");
    world.pass(INTERVAL);
    world.office.shows(&notice(24, "1.2.3", ""));
    assert_eq!(failure(&world.look().await), "");
    assert_eq!(world.asked(), 2);
    // A clock that was wrong and is set back.
    world.clock.0.fetch_sub(INTERVAL, Ordering::SeqCst);
    world.look().await;
    assert_eq!(world.asked(), 3);
    // Another address is asked at once.
    let mut source = world.source(7);
    source.address.path = "/notice?2".to_owned();
    assert!(world.start_with(source).look().await.expect("the store works").failure.is_some());
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_refused_and_what_was_known_stays() {
    let mut world = World::new().await;
    world.office.shows(&notice(24, "1.3.0", ADVISORY));
    assert_eq!(names(&world.look().await).len(), 2);
    let changed = notice(24, "1.3.0", "").replace("1.3.0\"\n", "1.2.3\"\n");
    let foreign = signed(8, &body(24, "1.2.3", ""));
    let over = signed(7, &body(24, "1.2.3", "").replace("2026-12-20", "2026-11-25"));
    let future = notice(24, "1.2.3", "").replace("2026-11-24", "2027-11-24");
    let long = notice(24, "1.2.3", &format!("# {}", "x".repeat(SIZE_LIMIT)));
    let not_trusted = "the signature of the notice was not made by the key of the settings";
    let cases = [
        (changed, not_trusted),
        (foreign, not_trusted),
        (future, not_trusted),
        (signed(7, &body(30, "1.2.3", "").replace("2026-11-30", "2026-12-19")), "the notice is good from"),
        (over, "the notice is good from"),
        (notice(23, "1.2.3", ""), "is older than the last one, of Tue, 24 Nov 2026 08:00:00 +0000"),
        (signed(7, "format = \"other\"\n"), "is signed but cannot be read"),
        (long, "is longer than 65536 octets"),
        (String::new(), "does not begin with a line"),
    ];
    for (answer, reason) in cases {
        world.pass(INTERVAL);
        world.office.shows(&answer);
        let looked = world.look().await;
        assert!(failure(&looked).contains(reason), "{reason}: {:?}", failure(&looked));
        // The release is told only while the notice that names it is good; the weakness stays.
        assert!(names(&looked).contains(&"advisory PA-1".into()), "{reason}: {:?}", names(&looked));
    }
    world.pass(INTERVAL);
    world.office.says("404 Not Found", "", "nothing");
    assert_eq!(failure(&world.look().await), "the answer is 404, not 200");
    world.pass(INTERVAL);
    world.office.says("302 Found", "Location: http://updates.test/\r\n", "");
    assert!(failure(&world.look().await).contains("redirected to"));
    world.pass(INTERVAL);
    world.serving.abort();
    // The listener is closed when its task is gone.
    assert!((&mut world.serving).await.expect_err("ended").is_cancelled());
    let looked = world.look().await;
    assert!(matches!(looked.failure, Some(LookError::Document(_))), "{looked:?}");
    assert_eq!(names(&looked)[0], "advisory PA-1");
}

#[tokio::test]
async fn a_new_key_begins_anew() {
    let world = World::new().await;
    world.office.shows(&notice(25, "1.3.0", ADVISORY));
    world.pass(INTERVAL);
    assert_eq!(names(&world.look().await).len(), 2);
    // The old key may have fallen into wrong hands: what it has signed counts no more, and bars no way.
    world.office.shows(&signed(9, &body(24, "1.2.4", "")));
    let releases = world.start_with(world.source(9));
    assert!(releases.look().await.expect("the store works").news.is_empty());
    world.pass(INTERVAL);
    assert_eq!(names(&releases.look().await.expect("the store works")), ["release 1.2.4"]);
}

#[test]
fn a_letter_says_what_is_new_in_both_languages() {
    let advisory = Advisory {
        id: "PA-1".to_owned(),
        affected: vec!["< 1.3.0".parse().expect("a range")],
        gravity: release_notice::Gravity::Critical,
        title_en: "Mail may be read.".to_owned(),
        title_de: "Mail ist lesbar.".to_owned(),
        url: "https://updates.test/PA-1".to_owned(),
    };
    let release = News::Release {
        version: "1.3.0".parse().expect("a version"),
        url: "https://updates.test/1.3.0".into(),
    };
    let both = [News::Advisory(advisory), release.clone()];
    let running = "1.2.3".parse().expect("a version");
    let [german, english] =
        Language::ALL.map(|language| letter(&both, "mail.own.test", &running, words(language)));
    assert_eq!(german.subject, "mail.own.test: Postamt 1.2.3 hat eine bekannte Schwachstelle");
    assert_eq!(english.subject, "mail.own.test: Postamt 1.2.3 has a known weakness");
    assert_eq!(german.paragraphs[1], "PA-1 (kritisch): Mail ist lesbar. https://updates.test/PA-1");
    assert_eq!(english.paragraphs[1], "PA-1 (critical): Mail may be read. https://updates.test/PA-1");
    assert_eq!(english.paragraphs[2], "The newest release is 1.3.0: https://updates.test/1.3.0");
    assert_eq!((german.paragraphs.len(), english.paragraphs.len()), (4, 4));
    let alone = letter(&[release], "mail.own.test", &running, words(Language::De));
    assert_eq!(alone.subject, "mail.own.test: Postamt 1.3.0 ist da");
}
