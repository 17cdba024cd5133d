//! A scripted clamd on a UNIX socket: it reads each stream as the real one does and answers by what is in it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use postamt_mta::settings::{FilterKind, FilterSettings, Reaction, Unfiltered};
use postamt_net::service::ServiceAddress;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

/// What it answers to a message; `None` is silence for ever.
pub type Script = fn(&str) -> Option<&'static str>;

/// A daemon; it dies when it is dropped.
pub struct Clamd {
    asked: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Clamd {
    /// Listens on this path.
    pub fn start(path: &Path, script: Script) -> Self {
        // What a dead one has left.
        let _ = std::fs::remove_file(path);
        let listener = UnixListener::bind(path).expect("bound");
        let asked = Arc::<AtomicUsize>::default();
        let counting = asked.clone();
        let serving = tokio::spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                sessions.spawn(serve(stream, script, counting.clone()));
            }
        });
        Self { asked, serving }
    }

    /// Messages so far.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut stream: UnixStream, script: Script, asked: Arc<AtomicUsize>) -> Option<()> {
    let mut command = Vec::new();
    while command.last() != Some(&0) {
        command.push(stream.read_u8().await.ok()?);
    }
    if command == b"zVERSION\0" {
        return answer(&mut stream, script("zVERSION")).await;
    }
    assert_eq!(&command, b"zINSTREAM\0");
    asked.fetch_add(1, Ordering::SeqCst);
    let mut message = Vec::new();
    loop {
        let length = stream.read_u32().await.ok()? as usize;
        if length == 0 {
            break;
        }
        let start = message.len();
        message.resize(start + length, 0);
        stream.read_exact(&mut message[start..]).await.ok()?;
    }
    answer(&mut stream, script(&String::from_utf8_lossy(&message))).await
}

async fn answer(stream: &mut UnixStream, answer: Option<&str>) -> Option<()> {
    match answer {
        Some(answer) => stream.write_all(format!("{answer}\0").as_bytes()).await.ok(),
        None => std::future::pending().await,
    }
}

/// The settings of a filter at this path.
pub fn clamav(path: &Path) -> FilterSettings {
    FilterSettings {
        name: "clamav".to_owned(),
        kind: FilterKind::ClamAv {
            address: ServiceAddress::Unix(path.to_owned()),
            infected: Reaction::Reject,
        },
        when_down: Unfiltered::Defer,
        when_too_large: Unfiltered::Accept,
        size_limit: 1 << 20,
        time_limit: std::time::Duration::from_secs(10),
    }
}
