//! Bans in the kernel: what comes from a banned network to one of our ports is dropped by nftables.
//!
//! ```text
//! postamt serve ──(socket pair: typed orders, one JSON line each)──▶ postamt firewall ──▶ nft -f - ──▶ table inet postamt
//!  own user, no right to the network                     CAP_NET_ADMIN and nothing else
//! ```
//!
//! The helper process is started before the server gives up root, takes nothing but networks, times and ports, and
//! formats them itself. When the server hangs up, however it ends, the helper removes the table. The store is where
//! bans are kept: the sets are filled from it at each start. Without the helper bans hold as they do without nftables.

mod cover;
mod helper;
mod script;

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_net::clock::{Clock as _, SystemClock};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio_util::sync::CancellationToken;

use self::cover::Held;
use crate::config::Config;
use crate::privileges;
use crate::terminal::{Stop, Terminal};

pub use helper::main;

/// Bans that begin at the same time are written together.
const GATHERING: Duration = Duration::from_millis(200);
/// How long the helper may take to remove the table.
const FAREWELL: Duration = Duration::from_secs(10);
/// Octets of a line at the most: more than all bans that there can be take.
const LINE: u64 = 16 << 20;

/// What the helper can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// Make the table, for these ports.
    Begin(Vec<u16>),
    /// These networks and no others are let through whatever is banned around them.
    Own(Vec<IpNet>),
    /// Ban these and no others, each for so many seconds or until it is lifted.
    Fill(Vec<(IpNet, Option<u64>)>),
    /// Ban these as well.
    Add(Vec<(IpNet, Option<u64>)>),
}

/// What it answers: nothing, or what went wrong.
type Answer = Result<(), String>;

/// The helper, and the way to it.
pub struct Firewall {
    helper: Child,
    orders: UnixStream,
}

impl Firewall {
    /// Starts the helper, if it is wanted, with the rights that this process still has.
    ///
    /// # Errors
    /// The system refuses.
    pub fn start(config: &Config, terminal: Terminal) -> Result<Option<Self>, Stop> {
        if !config.guard.nftables {
            return Ok(None);
        }
        let started = Self::spawn(config.server.user.as_deref(), terminal).map_err(anyhow::Error::from)?;
        privileges::give_up_firewall()?;
        Ok(Some(started))
    }

    fn spawn(user: Option<&str>, terminal: Terminal) -> io::Result<Self> {
        let (orders, theirs) = UnixStream::pair()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--lang", terminal.words.language().tag(), "firewall"]);
        if let Some(user) = user {
            command.args(["--user", user]);
        }
        // Its own group: Ctrl-C is for the server, whose end the helper sees by itself.
        command.env_clear().process_group(0);
        let helper = command.stdin(OwnedFd::from(theirs)).stdout(Stdio::null()).spawn()?;
        Ok(Self { helper, orders })
    }

    /// Keeps the sets as the bans are, until `stop`; then the table is gone.
    pub async fn watch(self, running: Running, events: Arc<dyn EventSink>, stop: CancellationToken) {
        let Self { mut helper, orders } = self;
        let kept = tokio::select! {
            () = stop.cancelled() => Ok(()),
            kept = keep(orders, &running, &*events) => kept,
        };
        // Hung up by now, for `keep` is gone.
        if let Err(error) = kept {
            let what = format!("bans are not written to nftables any more, and hold without it: {error}");
            events.event(Event::Warning { what });
        }
        let ended = tokio::task::spawn_blocking(move || helper.wait());
        if tokio::time::timeout(FAREWELL, ended).await.is_err() {
            let what = "the firewall helper takes its time; the table inet postamt may stay".to_owned();
            events.event(Event::Warning { what });
        }
    }
}

/// Goes on for ever.
async fn keep(orders: UnixStream, running: &Running, events: &dyn EventSink) -> io::Result<()> {
    let mut talk = Talk::new(orders)?;
    let mut ports: Vec<u16> = running.addresses().iter().map(|(_, address)| address.port()).collect();
    ports.sort_unstable();
    ports.dedup();
    talk.order(&Order::Begin(ports)).await?.map_err(io::Error::other)?;
    let mut changes = running.ban_changes();
    let mut held = Held::default();
    let mut is_told = false;
    loop {
        changes.borrow_and_update();
        let (bans, own) = running.kept_out();
        let (orders, pause) = held.orders(bans, own, SystemClock.unix_seconds());
        for order in orders {
            if let Err(error) = talk.order(&order).await? {
                // Filled anew with the next round.
                held = Held::default();
                if !std::mem::replace(&mut is_told, true) {
                    events.event(Event::Warning { what: format!("nftables did not take bans: {error}") });
                }
                break;
            }
            is_told = false;
        }
        tokio::select! {
            // The sender lives as long as the server does.
            _ = changes.changed() => tokio::time::sleep(GATHERING).await,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The server's end of the socket pair.
struct Talk {
    reader: BufReader<tokio::net::unix::OwnedReadHalf>,
    writer: tokio::net::unix::OwnedWriteHalf,
}

impl Talk {
    fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        let (reader, writer) = tokio::net::UnixStream::from_std(stream)?.into_split();
        Ok(Self { reader: BufReader::new(reader), writer })
    }

    async fn order(&mut self, order: &Order) -> io::Result<Answer> {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        self.writer.write_all(&line).await?;
        let mut answer = String::new();
        if self.reader.read_line(&mut answer).await? == 0 {
            return Err(io::Error::other("the firewall helper has ended; stderr says why"));
        }
        Ok(serde_json::from_str(&answer)?)
    }
}
