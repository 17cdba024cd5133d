//! `tls …`: the memory of other domains' TLS, which the server writes.

use postamt_store::embedded::SqliteTransport;
use postamt_store::transport::{TlsCount, TlsMemory, TransportMemory};

use super::support::Site;

#[test]
fn a_domain_is_listed_and_forgotten() {
    let site = Site::new("");
    assert!(site.good(&["tls", "list"]).out.contains("No domain"));
    let file = site.path("state/transport.sqlite");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let store = SqliteTransport::open(file).expect("opened");
    let memory = TlsMemory { domain: "a.test".to_owned(), since: 1, confirmed: 2, authenticated: true };
    runtime.block_on(store.remember(memory)).expect("noted");
    let day = 1 << 30;
    let count = |result: &str, host: &str| TlsCount {
        day,
        domain: "a.test".to_owned(),
        policy: "tlsa".to_owned(),
        result: result.to_owned(),
        host: host.to_owned(),
        count: 3,
    };
    runtime
        .block_on(store.add(vec![count("success", ""), count("certificate-expired", "mx.a.test")]))
        .expect("added");
    drop(store);
    assert!(site.good(&["tls", "list"]).out.starts_with("a.test: TLS since 19"));
    assert_eq!(site.good(&["tls", "list", "--json"]).json()[0]["confirmed"], 2);
    assert_eq!(site.good(&["tls", "results", "--json"]).json()[0]["result"], "certificate-expired");
    assert!(site.good(&["tls", "forget", "A.test"]).out.contains("a.test is forgotten"));
    let unknown = site.run(&["tls", "forget", "a.test"]);
    assert_eq!((unknown.code, unknown.err.contains("Nothing is known")), (1, true), "{unknown:?}");
}
