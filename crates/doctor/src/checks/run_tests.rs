//! Time limits, broken checks, and grounds that are missing.

use std::sync::Arc;

use postamt_lab::zones::{StaticResolver, Zones};
use postamt_mail::address::Domain;
use postamt_net::clock::SystemClock;
use postamt_net::dial::SystemDialer;
use postamt_net::documents::WebDocuments;
use postamt_net::tls::TlsContext;

use super::*;
use crate::checks::Machine;

static FINE: Kind = Kind::ok("first.fine");
static GONE: Kind = Kind::error("first.gone", "RFC 1 §1");
static REST: Kind = Kind::ok("second.fine");
static KINDS: [&Kind; 3] = [&FINE, &GONE, &REST];
static AFTER_GONE: [&Kind; 1] = [&GONE];

fn first_gone(_: Arc<Context>) -> CheckFuture {
    Box::pin(async { vec![Finding::new(&GONE, "x")] })
}

fn second(_: Arc<Context>) -> CheckFuture {
    Box::pin(async { vec![Finding::new(&REST, "x")] })
}

fn breaks(_: Arc<Context>) -> CheckFuture {
    Box::pin(async { panic!("on purpose") })
}

fn never_ends(_: Arc<Context>) -> CheckFuture {
    Box::pin(std::future::pending())
}

fn check(id: &'static str, run: fn(Arc<Context>) -> CheckFuture) -> Check {
    Check { id, scope: Scope::Both, not_after: &[], limit: Duration::from_secs(20), kinds: &KINDS, run }
}

fn context() -> Arc<Context> {
    let (resolver, dialer) = (Arc::new(StaticResolver::new(Zones::default())), Arc::new(SystemDialer));
    let tls = TlsContext::with_roots([]);
    let documents = Arc::new(WebDocuments::new(resolver.clone(), dialer.clone(), tls));
    Arc::new(Context {
        resolver,
        documents,
        registries: None,
        dialer,
        tls: TlsContext::with_roots([]),
        looks: super::super::Looks::default(),
        clock: Arc::new(SystemClock),
        time_source: None,
        facts: None,
        history: None,
        reports: None,
        notices: None,
        machine: Machine::default(),
        blocklists: Arc::default(),
        selectors: Vec::new(),
        subject: Subject::Domain(Domain::new("a.test").unwrap()),
    })
}

fn leaked(check: Check) -> &'static Check {
    // Checks are statics; a test makes its own.
    #[expect(clippy::disallowed_methods, reason = "a handful of bytes, in a test")]
    Box::leak(Box::new(check))
}

fn ids(report: &Report) -> Vec<&'static str> {
    report.findings().iter().map(|finding| finding.kind.id).collect()
}

#[tokio::test]
async fn a_check_without_ground_is_not_judged_and_says_because_of_what() {
    let rests = leaked(Check { not_after: &AFTER_GONE, ..check("second", second) });
    let report = run(context(), &[rests, leaked(check("first", first_gone))], &[]).await;
    assert_eq!(ids(&report), ["first.gone"]);
    let skipped: Vec<_> = report.judged.iter().filter_map(|it| Some((it.check, it.because?.id))).collect();
    assert_eq!(skipped, [("second", "first.gone")]);
    assert!(report.has_bad());
}

#[tokio::test]
async fn the_ground_is_looked_at_also_when_it_is_not_asked_for() {
    let rests = leaked(Check { not_after: &AFTER_GONE, ..check("second", second) });
    let report = run(context(), &[leaked(check("first", first_gone)), rests], &["second".to_owned()]).await;
    assert_eq!(ids(&report), Vec::<&str>::new());
    assert_eq!(report.judged.len(), 1);
    assert_eq!(report.judged[0].because.map(|kind| kind.id), Some("first.gone"));
}

#[tokio::test]
async fn a_check_that_panics_is_unknown_and_takes_nothing_down() {
    let report =
        run(context(), &[leaked(check("first", breaks)), leaked(check("second", second))], &[]).await;
    assert_eq!(ids(&report), ["run.broken", "second.fine"]);
    assert!(!report.has_bad());
}

#[tokio::test]
async fn a_check_that_does_not_end_is_unknown() {
    let first = leaked(Check { limit: Duration::from_millis(50), ..check("first", never_ends) });
    let report = run(context(), &[first, leaked(check("second", second))], &[]).await;
    assert_eq!(ids(&report), ["run.timeout", "second.fine"]);
    assert!(!report.has_bad());
}

#[tokio::test]
async fn only_what_fits_the_subject_is_run() {
    let host = leaked(Check { scope: Scope::Host, ..check("first", first_gone) });
    let report = run(context(), &[host, leaked(check("second", second))], &[]).await;
    assert_eq!(ids(&report), ["second.fine"]);
}
