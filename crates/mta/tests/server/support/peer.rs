//! A receiving server that says what the test tells it to, line by line, for what no character of the lab does:
//! ends in the middle, strange limits, mechanisms. It writes down what it hears.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

/// A line that was heard, with the number of its connection (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub connection: usize,
    pub line: String,
}

struct Shared {
    heard: Mutex<Vec<Heard>>,
    messages: Mutex<Vec<String>>,
    connections: AtomicUsize,
    bell: Notify,
    /// Lines that begin so, even in a message, are gone past only when [`Peer::let_pass`] says so.
    gate: &'static str,
    passes: Semaphore,
}

/// The server; it ends when it is dropped.
pub struct Peer {
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl Peer {
    /// Listens. `answer` is asked for the greeting with an empty line, for the end of a message with `.`; a reply
    /// that begins with 221 or 421 ends the connection, an empty one does so without a word.
    pub async fn start(
        address: SocketAddr,
        answer: impl Fn(&Heard) -> String + Send + Sync + 'static,
    ) -> Self {
        Self::start_with_gate(address, "no such line", answer).await
    }

    /// As [`Peer::start`]; lines that begin with `gate` are answered only when [`Peer::let_pass`] says so. One within a
    /// message ends the connection if `answer` has nothing to say to it.
    pub async fn start_with_gate(
        address: SocketAddr,
        gate: &'static str,
        answer: impl Fn(&Heard) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.expect("bound");
        let shared = Arc::new(Shared {
            heard: Mutex::default(),
            messages: Mutex::default(),
            connections: AtomicUsize::new(0),
            bell: Notify::new(),
            gate,
            passes: Semaphore::new(0),
        });
        let mut tasks = JoinSet::new();
        let (answer, sharing) = (Arc::new(answer), shared.clone());
        tasks.spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, shared) = (answer.clone(), sharing.clone());
                sessions.spawn(async move {
                    // A client that leaves in the middle ends only this session.
                    let _ = converse(stream, &shared, &*answer).await;
                });
            }
        });
        Self { shared, _tasks: tasks }
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Lets so many more lines pass the gate.
    pub fn let_pass(&self, count: usize) {
        self.shared.passes.add_permits(count);
    }

    /// The messages so far, as they came, ended or not by a good reply.
    pub fn messages(&self) -> Vec<String> {
        self.shared.messages.lock().expect("not poisoned").clone()
    }

    /// Everything heard so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.shared.heard.lock().expect("not poisoned").clone()
    }

    /// Waits until `count` lines begin with `start`, and gives them.
    pub async fn wait_for(&self, count: usize, start: &str) -> Vec<Heard> {
        let found = async {
            loop {
                let notified = self.shared.bell.notified();
                let mut found = self.heard();
                found.retain(|heard| heard.line.starts_with(start));
                if found.len() >= count {
                    return found;
                }
                notified.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), found)
            .await
            .unwrap_or_else(|_| panic!("{start} was not heard {count} times: {:#?}", self.heard()))
    }
}

/// What a server says that takes everything.
pub fn polite(heard: &Heard) -> String {
    let line = heard.line.to_ascii_uppercase();
    let reply = match line.split([' ', ':']).next().unwrap_or_default() {
        "" => "220 peer.test ESMTP",
        "EHLO" => "250-peer.test\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES",
        "DATA" => "354 go on",
        "QUIT" => "221 2.0.0 bye",
        _ => "250 2.0.0 ok",
    };
    reply.to_owned()
}

async fn converse(
    stream: TcpStream,
    shared: &Shared,
    answer: &(dyn Fn(&Heard) -> String + Send + Sync),
) -> std::io::Result<()> {
    let connection = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let mut in_message = false;
    let mut message = String::new();
    loop {
        let text = line.trim_end().to_owned();
        let is_over = in_message && text == ".";
        if is_over {
            // With PIPELINING, DATA may be granted although no recipient was taken: then nothing comes.
            let message = std::mem::take(&mut message);
            if !message.is_empty() {
                shared.messages.lock().expect("not poisoned").push(message);
            }
        }
        if in_message && !is_over {
            if text.starts_with(shared.gate) {
                let heard = Heard { connection, line: text };
                hear(shared, &heard).await;
                if answer(&heard).is_empty() {
                    return Ok(());
                }
            }
            message.push_str(&line);
        } else {
            let heard = Heard { connection, line: text };
            hear(shared, &heard).await;
            let reply = answer(&heard);
            if reply.is_empty() {
                return Ok(());
            }
            stream.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await?;
            if reply.starts_with("221") || reply.starts_with("421") {
                return stream.get_mut().shutdown().await;
            }
            in_message = reply.starts_with("354");
        }
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
    }
}

async fn hear(shared: &Shared, heard: &Heard) {
    shared.heard.lock().expect("not poisoned").push(heard.clone());
    shared.bell.notify_waiters();
    if heard.line.starts_with(shared.gate) {
        shared.passes.acquire().await.expect("never closed").forget();
    }
}
