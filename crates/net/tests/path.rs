//! Connection attempts and hop searches on loopback: one hop, no router. Routers are in the doctor's tests.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::net::SocketAddr;
use std::time::Duration;

use postamt_net::dial::DialError;
use postamt_net::path::{Answer, Attempt, Search, reach, trace};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn attempt(target: SocketAddr) -> Attempt {
    Attempt { target, source: None, hops: None, patience: Duration::from_secs(10) }
}

/// A port of `host` at which nobody listens.
async fn closed(host: &str) -> SocketAddr {
    TcpListener::bind((host, 0)).await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn a_stream_works_in_both_families_and_with_few_hops() {
    for host in ["127.0.0.1", "::1"] {
        let listener = TcpListener::bind((host, 0)).await.unwrap();
        let target = listener.local_addr().unwrap();
        for hops in [None, Some(1)] {
            let attempt = Attempt { source: Some(target.ip()), hops, ..attempt(target) };
            let mut ours = reach(&attempt).await.unwrap();
            let (mut theirs, peer) = listener.accept().await.unwrap();
            assert_eq!(ours.local_addr().unwrap(), peer);
            ours.write_all(b"ping").await.unwrap();
            let mut octets = [0; 4];
            theirs.read_exact(&mut octets).await.unwrap();
            theirs.write_all(&octets).await.unwrap();
            ours.read_exact(&mut octets).await.unwrap();
            assert_eq!(&octets, b"ping");
        }
    }
}

#[tokio::test]
async fn a_reset_has_no_icmp_behind_it() {
    for host in ["127.0.0.1", "::1"] {
        let failure = reach(&attempt(closed(host).await)).await.unwrap_err();
        assert!(matches!(failure.error, DialError::Refused), "{failure:?}");
        assert_eq!(failure.icmp, None);
    }
}

#[tokio::test]
async fn a_source_of_the_other_family_or_of_nobody_is_unavailable() {
    let target = closed("127.0.0.1").await;
    for source in ["::1", "192.0.2.1"] {
        let attempt = Attempt { source: Some(source.parse().unwrap()), ..attempt(target) };
        let failure = reach(&attempt).await.unwrap_err();
        assert!(matches!(failure.error, DialError::SourceUnavailable), "{source}: {failure:?}");
    }
}

#[tokio::test]
async fn a_search_ends_with_the_first_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let open = trace(&Search::new(listener.local_addr().unwrap(), None)).await;
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(matches!(open[0].answer, Answer::Connected) && open[0].distance == 1);
    let closed = trace(&Search::new(closed("127.0.0.1").await, None)).await;
    assert!(matches!(closed[..], [ref hop] if matches!(hop.answer, Answer::Reset)), "{closed:?}");
}

#[tokio::test]
async fn a_search_begins_nothing_that_could_not_end_in_time() {
    let late =
        Search { until: Some(tokio::time::Instant::now()), ..Search::new(closed("127.0.0.1").await, None) };
    assert!(trace(&late).await.is_empty());
}
