//! The watch through its days: a clock that is put forward, and an authority that does as it is told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use postamt_net::PortFuture;
use postamt_net::acme::Issued;
use postamt_net::dns::{HickoryResolver, ResolverSettings};
use postamt_net::tls::describe;

use super::outside::Advice;
use super::*;

#[test]
fn it_looks_at_the_first_of_its_times_and_at_what_became_due_meanwhile() {
    let (try_at, renew_at, advice_at) = (1_300, 9_000, 90_000);
    for (began, now, times, next) in [
        (1_000, 1_001, [None, None, None, Some(advice_at)], 1_000 + LOOK),
        (1_000, 1_001, [Some(try_at), Some(renew_at), None, Some(advice_at)], try_at),
        (8_000, 8_001, [Some(try_at), Some(renew_at), None, Some(advice_at)], renew_at),
        // Due in the midst of a look that asked slow servers.
        (8_990, 9_020, [None, Some(renew_at), None, Some(advice_at)], 9_021),
        (1_290, 1_400, [Some(try_at), None, None, None], 1_401),
        // What the look itself has done about them counts no more.
        (9_000, 9_001, [Some(try_at), Some(renew_at), None, Some(advice_at)], 9_000 + LOOK),
        (9_000, 9_000 + 2 * LOOK, [None, None, None, Some(advice_at)], 9_001 + 2 * LOOK),
    ] {
        assert_eq!(next_look(began, now, times), next, "{began} {now} {times:?}");
    }
}

#[test]
fn only_what_the_authority_has_refused_waits_for_the_next_renewal() {
    let state = r#"{"left_out": [
        {"name": "mta-sts.own.test", "reason": "it has no address in DNS"},
        {"name": "autoconfig.own.test", "reason": "CAA forbids it", "refused": true}
    ]}"#;
    let state: AcmeState = serde_json::from_str(state).expect("a state, in part of an older version");
    assert!(is_refused(&state.left_out, "autoconfig.own.test"));
    assert!(!is_refused(&state.left_out, "mta-sts.own.test"), "it is asked for once it points here");
    assert!(!is_refused(&state.left_out, "autodiscover.own.test"));
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
/// Some day.
const START: u64 = 1_800_000_000;
const DIRECTORY: &str = "https://ca.test/directory";

/// A clock that is put forward, and chance that can be repeated.
struct Hand {
    now: AtomicU64,
    chance: AtomicU64,
}

impl Clock for Hand {
    fn since_epoch(&self) -> Duration {
        Duration::from_secs(self.now.load(Ordering::SeqCst))
    }

    fn random(&self) -> u64 {
        // Knuth's constants for 64 bits.
        let next =
            |it: u64| it.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let last = self.chance.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |it| Some(next(it)));
        last.unwrap_or_default() >> 1
    }
}

/// What the authority wishes for a certificate that began at this time, and when it is asked.
type Wish = fn(from: u64, now: u64) -> Option<Window>;

/// An authority that does as it is told, and writes down when it was asked. Its certificates are real.
struct Authority {
    clock: Arc<Hand>,
    life: u64,
    wish: Wish,
    /// In how many seconds it wants to be asked for it again.
    again: u64,
    /// When it is away, and before which time it then does not want to be asked again.
    away: std::ops::Range<u64>,
    not_before: Option<u64>,
    tried: Mutex<Vec<u64>>,
    made: Mutex<Vec<u64>>,
    advised: Mutex<Vec<u64>>,
    shown: Mutex<Vec<u64>>,
}

impl Authority {
    fn note(&self, book: &Mutex<Vec<u64>>) -> u64 {
        let now = self.clock.unix_seconds();
        book.lock().expect("the book").push(now);
        now
    }

    fn certificate(&self, now: u64) -> Made {
        let mut wanted = rcgen::CertificateParams::new(vec!["mail.own.test".to_owned()]).expect("a name");
        let at = |time: u64| rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(time);
        (wanted.not_before, wanted.not_after) = (at(now), at(now + self.life));
        let key = rcgen::KeyPair::generate().expect("a key");
        let certificate = wanted.self_signed(&key).expect("a certificate");
        let facts = describe(certificate.der()).expect("its facts");
        assert_eq!((facts.from(), facts.until()), (now, now + self.life));
        let (der, chain) = (certificate.der().clone(), certificate.pem());
        let pem = format!("{}{chain}", key.serialize_pem());
        ((Issued { chain, certificate: der, facts, proven_by: Vec::new() }, pem), Vec::new())
    }
}

impl Outside for Authority {
    fn wanted<'a>(&'a self, _: &'a [String]) -> PortFuture<'a, Wanted> {
        let names = vec!["mail.own.test".to_owned()];
        Box::pin(std::future::ready(Wanted { names, left_out: Vec::new(), obstacle: None }))
    }

    fn make<'a>(&'a self, _: Wanted, _: bool, _: Option<&'a Pair>) -> PortFuture<'a, Result<Made, Failed>> {
        let now = self.note(&self.tried);
        if self.away.contains(&now) {
            let what = "the certificate authority cannot be reached: timed out".to_owned();
            let failed = Failed::Authority { what, not_before: self.not_before };
            return Box::pin(std::future::ready(Err(failed)));
        }
        self.note(&self.made);
        Box::pin(std::future::ready(Ok(self.certificate(now))))
    }

    fn advice<'a>(&'a self, pair: &'a Pair) -> PortFuture<'a, Result<Advice, AcmeError>> {
        let now = self.note(&self.advised);
        if self.away.contains(&now) {
            return Box::pin(std::future::ready(Err(AcmeError::Unreachable("timed out".to_owned()))));
        }
        let advice = (self.wish)(pair.facts.from(), now).map(|window| (window, self.again));
        Box::pin(std::future::ready(Ok(advice)))
    }

    fn show(&self) -> PortFuture<'_, Result<(), String>> {
        self.note(&self.shown);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Keeps what is told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl EventSink for Told {
    fn event(&self, event: Event) {
        if let Event::Warning { what } = event {
            self.0.lock().expect("the list").push(what);
        }
    }
}

/// What some days have brought: times in seconds from the first.
struct Lived {
    tried: Vec<u64>,
    made: Vec<u64>,
    advised: Vec<u64>,
    looks: usize,
    told: Vec<String>,
}

/// An authority without wishes, which is never away; certificates of ninety days.
fn authority() -> Authority {
    let clock = Arc::new(Hand { now: AtomicU64::new(START), chance: AtomicU64::new(7) });
    Authority {
        clock,
        life: 90 * DAY,
        wish: |_, _| None,
        again: 6 * HOUR,
        away: 0..0,
        not_before: None,
        tried: Mutex::default(),
        made: Mutex::default(),
        advised: Mutex::default(),
        shown: Mutex::default(),
    }
}

/// The watch for so many days. Each look comes when the one before has asked for it; whenever it looks, the certificate
/// in use must be good, unless the authority was never there.
async fn live(days: u64, authority: Authority) -> Lived {
    let folder = tempfile::tempdir().expect("a folder");
    let files = Files::in_directory(folder.path());
    let (authority, told) = (Arc::new(authority), Arc::new(Told::default()));
    let clock = authority.clock.clone();
    let dead = ResolverSettings {
        servers: Some(vec!["127.0.0.1:9".parse().expect("an address")]),
        ..Default::default()
    };
    let resolver = HickoryResolver::new(&dead).expect("a resolver");
    let (_sender, asked) = mpsc::channel(1);
    let mut watch = CertificateWatch {
        directory: DIRECTORY.to_owned(),
        outside: authority.clone(),
        clock: clock.clone(),
        memory: Memory::new(files.state.clone()),
        roller: Roller::new(
            "mail.own.test".to_owned(),
            postamt_net::dns::authority::Authority::new(resolver),
            None,
            told.clone(),
            (files.clone(), None),
        ),
        files,
        events: told.clone(),
        asked,
        advice_at: 0,
    };
    let mut looks = 0;
    while clock.unix_seconds() < START + days * DAY {
        let next = watch.look(None).await;
        let now = clock.unix_seconds();
        assert!(next > now && next <= now + LOOK, "{} s after {} s", next - now, now - START);
        if let Some(pair) = watch.pair().await {
            assert!(now < pair.facts.until(), "expired on day {}", (now - START) / DAY);
        }
        looks += 1;
        clock.now.store(next, Ordering::SeqCst);
    }
    let from_start = |book: &Mutex<Vec<u64>>| -> Vec<u64> {
        book.lock().expect("the book").iter().map(|time| time - START).collect()
    };
    let made = from_start(&authority.made);
    assert_eq!(from_start(&authority.shown), made, "each is shown at once");
    let told = told.0.lock().expect("the list").clone();
    Lived { tried: from_start(&authority.tried), made, advised: from_start(&authority.advised), looks, told }
}

/// The most of these times within an hour and within a day.
fn most(times: &[u64]) -> [usize; 2] {
    [HOUR, DAY].map(|span| {
        let within = |from: &u64| times.iter().filter(|time| (*from..from + span).contains(time)).count();
        times.iter().map(within).max().unwrap_or_default()
    })
}

fn gaps(times: &[u64]) -> Vec<u64> {
    times.windows(2).map(|two| two[1] - two[0]).collect()
}

#[tokio::test]
async fn without_advice_a_certificate_is_renewed_when_a_third_of_its_life_is_left() {
    let Lived { tried, made, advised, looks, told } = live(365, authority()).await;
    assert_eq!((made.first(), &tried), (Some(&0), &made), "the first at once, and no attempt for nothing");
    assert_eq!(made.len(), 7, "a year of sixty days each: {made:?}");
    for gap in gaps(&made) {
        assert!((57 * DAY..=60 * DAY).contains(&gap), "{gap}");
    }
    // It is asked for its wishes four times a day, and DNS twenty-four times.
    assert!(most(&advised)[1] <= 4 + 1 && advised.len() <= 365 * 4 + made.len(), "{}", advised.len());
    assert!(looks <= 365 * 24 + 8 * made.len() + advised.len(), "{looks}");
    assert!(told.is_empty(), "{told:?}");
}

#[tokio::test]
async fn an_authority_that_is_away_is_asked_less_and_less_and_nothing_expires() {
    // From before the first renewal on, for a fortnight.
    let away = START + 50 * DAY..START + 71 * DAY;
    let Lived { tried, made, told, .. } = live(90, Authority { away: away.clone(), ..authority() }).await;
    assert_eq!(made.len(), 2, "{made:?}");
    let back = away.end - START;
    assert!(made[1] >= back && made[1] <= back + 15 * HOUR, "soon after it is back: {made:?}");
    let failed: Vec<u64> = tried[1..tried.len() - 1].to_vec();
    assert!((57 * DAY..=60 * DAY).contains(&failed[0]), "the first is the renewal's time: {failed:?}");
    for (number, gap) in gaps(&failed).into_iter().enumerate() {
        let doubled = (600_u64 << number.min(16)).min(12 * HOUR);
        assert!((doubled * 3 / 4..=doubled * 5 / 4 + 1).contains(&gap), "wait {number}: {gap} s");
    }
    assert!(most(&tried)[0] <= 3 && most(&tried)[1] <= 8, "{:?}", most(&tried));
    // An operator reads it once a day, with the time of the next try.
    assert!(told.iter().all(|what| what.contains("next try") && what.contains("good until")), "{told:?}");
    assert_eq!(told.len(), failed.len());
}

#[tokio::test]
async fn a_new_host_that_no_authority_answers_does_not_hammer() {
    let away = START..START + 10 * DAY;
    let Lived { tried, made, .. } = live(12, Authority { away, ..authority() }).await;
    assert_eq!(made.len(), 1);
    assert!(made[0] - 10 * DAY <= 15 * HOUR, "{made:?}");
    assert!(most(&tried)[0] <= 3 && most(&tried)[1] <= 8, "{:?}", most(&tried));
    assert!(tried.len() < 32, "{}", tried.len());
}

#[tokio::test]
async fn an_authority_that_wants_to_be_left_alone_is() {
    let (away, rest) = (START..START + DAY, Some(START + 3 * DAY));
    let Lived { tried, made, .. } = live(5, Authority { away, not_before: rest, ..authority() }).await;
    assert_eq!(tried, [0, 3 * DAY]);
    assert_eq!(made, [3 * DAY]);
}

#[tokio::test]
async fn the_window_that_the_authority_wishes_for_is_kept() {
    // Earlier than anybody would renew by himself, and two days wide.
    let wish: Wish = |from, _| Some(Window { start: from + 20 * DAY, end: from + 22 * DAY });
    let lived = live(200, Authority { wish, ..authority() }).await;
    assert!(lived.made.len() >= 9, "{:?}", lived.made);
    for gap in gaps(&lived.made) {
        assert!((20 * DAY..=22 * DAY).contains(&gap), "{gap}");
    }
    assert_eq!(lived.tried, lived.made);
    for gap in gaps(&lived.advised) {
        assert!(gap >= 6 * HOUR || lived.made.len() > 1, "{gap}");
    }
    assert!(most(&lived.advised)[1] <= 5, "{:?}", most(&lived.advised));
    assert!(lived.told.is_empty(), "{:?}", lived.told);
}

#[tokio::test]
async fn a_window_that_is_over_brings_the_renewal_at_once() {
    // On its tenth day the authority revokes the first certificate (RFC 9773 §4.1).
    let wish: Wish = |from, now| {
        let is_revoked = from < START + DAY && now >= START + 10 * DAY;
        let usual = Window { start: from + 60 * DAY, end: from + 61 * DAY };
        Some(if is_revoked { Window { start: from, end: from + 9 * DAY } } else { usual })
    };
    let lived = live(40, Authority { wish, ..authority() }).await;
    let [_, second] = lived.made[..] else { panic!("{:?}", lived.made) };
    assert!((10 * DAY..=10 * DAY + 6 * HOUR + 1).contains(&second), "with the next question: {second}");
}

#[tokio::test]
async fn an_authority_that_always_wants_renewals_gets_eight_a_day() {
    let wish: Wish = |from, _| Some(Window { start: from - DAY, end: from });
    let lived = live(4, Authority { wish, again: 0, ..authority() }).await;
    assert_eq!(most(&lived.tried)[1], 8, "{:?}", lived.tried);
    assert!(lived.tried.len() <= 4 * 8, "{:?}", lived.tried);
}
