//! Connections of the machine's own sockets, and how their failures are told apart.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use postamt_net::dial::{DialError, Dialer, SystemDialer};
use postamt_net::smtp::OpenFailure;
use tokio::net::TcpSocket;

use crate::support::{LIMIT, Server, open};

#[tokio::test]
async fn the_source_address_is_used() {
    let server = Server::start(|door| async move {
        let socket = door.socket().await;
        assert_eq!(socket.peer_addr().unwrap().ip(), "127.0.0.2".parse::<IpAddr>().unwrap());
    })
    .await;
    let source = "127.0.0.2".parse().unwrap();
    let stream = SystemDialer.connect(server.address, Some(source), LIMIT).await.unwrap();
    assert!(stream.nodelay().unwrap());
    server.done().await;
}

#[tokio::test]
async fn nobody_listens() {
    // Bound and not listening: the port stays ours, and refuses.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let error = SystemDialer.connect(address, None, LIMIT).await.unwrap_err();
    assert!(matches!(error, DialError::Refused), "{error:?}");
    let failure = open(&postamt_net::smtp::Hop::new(address, "client.test")).await.unwrap_err();
    assert!(matches!(failure, OpenFailure::Dial(DialError::Refused)), "{failure:?}");
}

#[tokio::test]
async fn a_source_that_is_not_ours() {
    let target: SocketAddr = "127.0.0.1:9".parse().unwrap();
    for source in ["192.0.2.1", "::1"] {
        let error = SystemDialer.connect(target, Some(source.parse().unwrap()), LIMIT).await.unwrap_err();
        assert!(matches!(error, DialError::SourceUnavailable), "{source}: {error:?}");
    }
}

/// A listener whose queue is full lets further connections wait for ever.
#[tokio::test]
async fn silence() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    let error = loop {
        match SystemDialer.connect(address, None, Duration::from_millis(100)).await {
            Ok(stream) => held.push(stream),
            Err(error) => break error,
        }
        assert!(held.len() < 10, "the queue does not fill");
    };
    assert!(matches!(error, DialError::Timeout), "{error:?}");
}

#[test]
fn errors_keep_their_kind() {
    use rustix::io::Errno;
    let kind = |errno: Errno| DialError::from_io(errno.into());
    assert!(matches!(kind(Errno::TIMEDOUT), DialError::Timeout));
    assert!(matches!(kind(Errno::PERM), DialError::Prohibited { code: 1 }));
    assert!(matches!(kind(Errno::ACCESS), DialError::Prohibited { code: 13 }));
    assert!(matches!(kind(Errno::HOSTUNREACH), DialError::Unreachable { code: 113 }));
    assert!(matches!(kind(Errno::NETUNREACH), DialError::NoRoute));
    assert!(matches!(kind(Errno::ADDRNOTAVAIL), DialError::SourceUnavailable));
    assert!(matches!(kind(Errno::CONNRESET), DialError::Other(_)));
}

#[tokio::test]
async fn a_strangers_dns_leads_to_public_addresses_only() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap();
    let dialer = postamt_net::dial::PublicDialer(std::sync::Arc::new(SystemDialer));
    let error = dialer.connect(target, None, Duration::from_secs(5)).await.unwrap_err();
    assert!(matches!(error, DialError::Other(_)), "{error:?}");
    SystemDialer.connect(target, None, Duration::from_secs(5)).await.unwrap();
}
