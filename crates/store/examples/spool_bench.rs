//! Messages per second and processor time per message of the embedded spool, as a mail server uses it.
//!
//! ```text
//! cargo run --release -p postamt-store --example spool_bench -- [MESSAGES] [PRODUCERS] [DIRECTORY]
//! ```
//!
//! Each producer hands in a message of 4 KiB, waits for the answer, and notes it as done. Then the same
//! number is left waiting, and the start with all of them is timed. The directory is a new one below the
//! given one (default: the current directory, since `/tmp` may be in memory).

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use postamt_mail::address::Address;
use postamt_mail::envelope::{Envelope, Recipient};
use postamt_store::embedded::{SegmentSpool, SpoolSettings, SqliteHistory};
use postamt_store::history::{AttemptRecord, History, MessageRecord, Note};
use postamt_store::spool::{Change, NewMessage, Origin, Spool};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let messages: usize = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let producers: usize = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let parent = arguments.next().unwrap_or_else(|| ".".into());
    let directory = Path::new(&parent).join(format!("spool-bench-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let result = runtime.block_on(bench(&directory, messages, producers));
    std::fs::remove_dir_all(&directory)?;
    result
}

async fn bench(
    directory: &Path,
    messages: usize,
    producers: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let settings = SpoolSettings::new(directory.join("spool"), Arc::new(now));
    let (spool, _) = SegmentSpool::open(settings.clone())?;
    let spool = Arc::new(spool);
    for round in ["first (files still grow)", "second", "third"] {
        let measured = Measured::start();
        produce(&spool, messages, producers, true).await?;
        measured.tell(&format!("accept + done, {round}"), messages);
    }
    let measured = Measured::start();
    produce(&spool, messages, producers, false).await?;
    measured.tell("accept, all of them stay", messages);
    spool.close().await?;
    drop(spool);

    let before = resident();
    let measured = Measured::start();
    let (spool, mut recovery) = SegmentSpool::open(settings)?;
    measured.tell("start: scan and index", messages);
    let scanned = resident();
    let waiting = recovery.by_ref().count();
    measured.tell("start: with all envelopes", messages);
    println!("{waiting} wait; {:?}; memory {before} → {scanned} KiB", recovery.problems());
    println!("{:?}", spool.figures());
    drop((spool, recovery));
    history(directory, messages).await
}

async fn history(directory: &Path, messages: usize) -> Result<(), Box<dyn std::error::Error>> {
    let history = SqliteHistory::open(directory.join("history.db"))?;
    let measured = Measured::start();
    for number in 0..messages as u64 {
        history.note(Note::Whole(Box::new(record(number))));
        if number % 4096 == 0 {
            history.flush().await;
        }
    }
    history.flush().await;
    measured.tell("history: whole messages", messages);
    Ok(())
}

fn record(number: u64) -> MessageRecord {
    let attempt = AttemptRecord {
        at: 1_790_000_000,
        recipients: vec![0],
        route: "direct".into(),
        remote: Some("mx.b.example [192.0.2.1]".into()),
        source: Some("192.0.2.2".into()),
        tls: Some("TLSv1.3 TLS13_AES_256_GCM_SHA384".into()),
        outcome: "delivered".into(),
        reply: "250 2.0.0 queued as 4XyZ12345".into(),
        next: None,
    };
    MessageRecord {
        id: 1_790_000_000_000_000 + number * 37,
        received_at: 1_790_000_000,
        sender: "newsletter@a.example".into(),
        recipients: vec![format!("reader{number}@b.example")],
        account: Some("newsletter@a.example".into()),
        channel: "submission".into(),
        size: 4096,
        message_id: Some(format!("{number:x}.1790000000@a.example")),
        attempts: vec![attempt],
        finished_at: Some(1_790_000_001),
    }
}

async fn produce(
    spool: &Arc<SegmentSpool>,
    messages: usize,
    producers: usize,
    finish: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let address = |text: &str| Address::new(text);
    let envelope = Envelope {
        sender: Some(address("newsletter@a.example")?),
        recipients: vec![Recipient::new(address("reader@b.example")?)],
        ..Envelope::default()
    };
    let content = Bytes::from(vec![b'x'; 4096]);
    let tasks: Vec<_> = (0..producers)
        .map(|producer| {
            let (spool, envelope, content) = (Arc::clone(spool), envelope.clone(), content.clone());
            let share = messages / producers + usize::from(producer < messages % producers);
            tokio::spawn(async move {
                for _ in 0..share {
                    let id = spool.next_id();
                    let new = NewMessage {
                        id,
                        received_at: 1_790_000_000,
                        envelope: envelope.clone(),
                        origin: Origin {
                            account: Some("newsletter@a.example".into()),
                            channel: "submission".into(),
                        },
                        content: vec![content.slice(..400), content.slice(400..)],
                        held: false,
                    };
                    spool.accept(new).await?;
                    if finish {
                        spool.note(Change::Done { id, recipients: vec![0] });
                    }
                }
                Ok::<_, postamt_store::spool::SpoolError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}

/// Time on the clock and on the processors since a moment.
struct Measured {
    clock: Instant,
    processor: Duration,
}

impl Measured {
    fn start() -> Self {
        Self { clock: Instant::now(), processor: processor() }
    }

    fn tell(&self, what: &str, messages: usize) {
        let seconds = self.clock.elapsed().as_secs_f64();
        let processor = (processor() - self.processor).as_secs_f64();
        println!(
            "{what}: {:.0} messages/s, {:.1} µs of processor each ({seconds:.2} s)",
            messages as f64 / seconds,
            processor * 1e6 / messages as f64
        );
    }
}

/// Processor time of this process: from its own account, in clock ticks of 10 ms.
fn processor() -> Duration {
    let own = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = own.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Resident memory in KiB.
fn resident() -> u64 {
    let own = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    own.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4
}
