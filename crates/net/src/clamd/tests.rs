//! A scripted clamd behind a UNIX socket: every answer, and a daemon that breaks off.

use std::sync::Arc;

use tokio::net::{UnixListener, UnixStream};

use super::*;
use crate::dial::SystemDialer;
use crate::dns::{HickoryResolver, ResolverSettings};

fn way() -> Way {
    let servers = Some(vec!["127.0.0.1:9".parse().expect("an address")]);
    let resolver = HickoryResolver::new(&ResolverSettings { servers, ..ResolverSettings::default() });
    Way { resolver: Arc::new(resolver.expect("a resolver")), dialer: Arc::new(SystemDialer) }
}

/// What clamd heard, and what its client made of what it did.
async fn scanned<F>(pieces: &[Bytes], serve: impl FnOnce(UnixStream) -> F) -> Result<Scan, ClamdError>
where
    F: Future<Output = ()> + Send + 'static,
{
    let directory = std::env::temp_dir().join(format!("postamt-clamd-{}-{}", std::process::id(), name()));
    let listener = UnixListener::bind(&directory).expect("bound");
    let address = ServiceAddress::Unix(directory.clone());
    let way = way();
    let asking = scan(&way, &address, pieces);
    let serving = async {
        let (stream, _) = listener.accept().await.expect("a client");
        tokio::spawn(serve(stream)).await.expect("served");
    };
    let (result, ()) = tokio::join!(asking, serving);
    std::fs::remove_file(directory).expect("removed");
    result
}

fn name() -> u64 {
    use crate::clock::{Clock as _, SystemClock};
    SystemClock.random()
}

/// Reads a whole stream as clamd does.
async fn read_stream(stream: &mut UnixStream) -> Vec<u8> {
    let mut command = [0; 10];
    stream.read_exact(&mut command).await.expect("a command");
    assert_eq!(&command, b"zINSTREAM\0");
    let mut message = Vec::new();
    loop {
        let length = stream.read_u32().await.expect("a length") as usize;
        if length == 0 {
            return message;
        }
        let start = message.len();
        message.resize(start + length, 0);
        stream.read_exact(&mut message[start..]).await.expect("a chunk");
    }
}

#[tokio::test]
async fn a_message_arrives_whole_and_is_judged() {
    let body = Bytes::from(vec![b'x'; CHUNK * 2 + 5]);
    let pieces = [Bytes::from_static(b"A: 1\r\n\r\n"), Bytes::new(), body.clone()];
    let expected = pieces.concat();
    let found = scanned(&pieces, |mut stream| async move {
        assert_eq!(read_stream(&mut stream).await, expected);
        stream.write_all(b"stream: Eicar-Test FOUND\0").await.expect("answered");
    });
    assert_eq!(found.await.expect("an answer"), Scan::Found("Eicar-Test".to_owned()));
}

#[tokio::test]
async fn an_answer_before_the_end_counts() {
    let pieces = [Bytes::from(vec![b'x'; 32 << 20])];
    let found = scanned(&pieces, |mut stream| async move {
        let mut some = [0; 1000];
        stream.read_exact(&mut some).await.expect("a beginning");
        stream.write_all(b"INSTREAM size limit exceeded. ERROR\0").await.expect("answered");
    });
    assert_eq!(found.await.expect("an answer"), Scan::TooLong);
}

#[tokio::test]
async fn a_daemon_that_breaks_off_has_said_nothing() {
    let pieces = [Bytes::from_static(b"A: 1\r\n\r\n")];
    let silent = scanned(&pieces, |mut stream| async move {
        read_stream(&mut stream).await;
    });
    assert!(matches!(silent.await, Err(ClamdError::Silent)));
    let pieces = [Bytes::from(vec![b'x'; 32 << 20])];
    let broken = scanned(&pieces, |stream| async move { drop(stream) });
    assert!(matches!(broken.await, Err(ClamdError::Broken(_) | ClamdError::Silent)));
    let nowhere = ServiceAddress::Unix("/nowhere/clamd.ctl".into());
    assert!(matches!(scan(&way(), &nowhere, &[]).await, Err(ClamdError::Unreachable(_))));
}
