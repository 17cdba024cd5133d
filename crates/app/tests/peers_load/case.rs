//! One case: who sends, what the provider does, how much and when; and its course from start to figures.

use std::fmt;
use std::fs;
use std::process::Command;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use postamt_lab::isp::{Isp, IspSettings, Mode, OPERATOR_LIMIT, OperatorPlan, RelayKind};
use postamt_lab::namespace;
use postamt_lab::receiver::Character;
use postamt_lab::world::{Place, WorldSettings};
use tokio::time::{Instant, sleep_until};

use super::figures::{Counts, Figures};
use super::load::{Arrivals, Sender};
use super::post_office::Postamt;
use super::postfix::Postfix;

/// Everything a case writes goes below this, on a tmpfs of its own.
pub const WORLD: &str = "/run/load";
/// The relay of the detour.
pub const RELAY: RelayKind = RelayKind::Mailgun;
/// Where mail is handed in.
pub const ENTRANCE: &str = "127.0.0.1:2525";
/// Longer than any of the programs needs for what is left at the end of the load.
const PATIENCE: Duration = Duration::from_secs(1800);
/// How soon after the opening mail must go directly: the first wait for a probe, its trial, and a busy machine.
const RETURN: Duration = Duration::from_secs(240);

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mta {
    /// The binary of this workspace.
    Postamt,
    /// Debian's, with its fallback relay.
    Postfix,
}

/// What the provider does to port 25.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It drops packets.
    Drop,
    /// It answers with RST.
    Reset,
    /// It answers with ICMP: administratively prohibited.
    Prohibited,
    /// It puts a proxy in between that takes STARTTLS away.
    Proxy,
}

/// A case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Who sends.
    pub mta: Mta,
    /// What happens.
    pub trouble: Trouble,
    /// How many messages arrive …
    pub messages: usize,
    /// … at this rate.
    pub per_second: u32,
    /// When the provider begins, in seconds from the first message.
    pub block_at: u32,
    /// When it ends it.
    pub open_at: u32,
}

impl Trouble {
    /// One of each.
    pub const ALL: [Self; 4] = [Self::Drop, Self::Reset, Self::Prohibited, Self::Proxy];

    const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Reset => "reset",
            Self::Prohibited => "prohibited",
            Self::Proxy => "proxy",
        }
    }

    const fn mode(self) -> Mode {
        match self {
            Self::Drop => Mode::Drop,
            Self::Reset => Mode::RejectReset,
            Self::Prohibited => Mode::RejectProhibited,
            Self::Proxy => Mode::Proxy,
        }
    }
}

impl Case {
    /// 2,000 messages at 20 a second; port 25 is closed between the 15th and the 45th second.
    pub const fn full(mta: Mta, trouble: Trouble) -> Self {
        Self { mta, trouble, messages: 2_000, per_second: 20, block_at: 15, open_at: 45 }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { messages, per_second, block_at, open_at, .. } = self;
        let mta = if self.mta == Mta::Postamt { "postamt" } else { "postfix" };
        write!(f, "{mta} {} {messages} {per_second} {block_at} {open_at}", self.trouble.name())
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not `postamt|postfix MODE MESSAGES PER_SECOND BLOCK_AT OPEN_AT`");
        let words: Vec<&str> = text.split_whitespace().collect();
        let [mta, trouble, messages, per_second, block_at, open_at] = words[..] else { return Err(wrong()) };
        let mta = match mta {
            "postamt" => Mta::Postamt,
            "postfix" => Mta::Postfix,
            _ => return Err(wrong()),
        };
        let trouble = Trouble::ALL.into_iter().find(|it| it.name() == trouble).ok_or_else(wrong)?;
        let number = |word: &str| word.parse::<u32>().map_err(|_| wrong());
        Ok(Self {
            mta,
            trouble,
            messages: number(messages)? as usize,
            per_second: number(per_second)?,
            block_at: number(block_at)?,
            open_at: number(open_at)?,
        })
    }
}

/// Runs a case in this process, which is in fresh mount and process namespaces.
pub fn run(case: Case) {
    let mounted = Command::new("mount").args(["-t", "tmpfs", "tmpfs", "/run"]).status().unwrap();
    assert!(mounted.success(), "needs root");
    fs::create_dir_all(WORLD).unwrap();
    namespace::enter(&[]).expect("a network namespace of our own");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(course(case));
}

async fn course(case: Case) {
    let settings = IspSettings {
        world: WorldSettings { place: Place::Internet, ..WorldSettings::test() },
        operators: OperatorPlan { operators: OPERATOR_LIMIT, domains_each: 8, character: Character::Sink },
        relays_forward: true,
    };
    let isp = Arc::new(Isp::build(settings).await.unwrap());
    match case.mta {
        Mta::Postamt => {
            let server = Postamt::start(&isp).await;
            let figures = play(case, &isp, Some(&server)).await;
            let journal = server.stop();
            figures.print(case);
            figures.judge(case, &journal);
            println!("{}", figures.summary(case).line());
        }
        Mta::Postfix => {
            let _postfix = Postfix::start(&isp);
            let figures = play(case, &isp, None).await;
            figures.print(case);
            figures.judge_delivery(case);
            println!("{}", figures.summary(case).line());
        }
    }
}

/// The load, the provider's deeds, and the end.
async fn play(case: Case, isp: &Arc<Isp>, postamt: Option<&Postamt>) -> Figures {
    let arrivals = Arrivals::watch(isp);
    let start = Instant::now();
    let at = |seconds: u32| start + Duration::from_secs(u64::from(seconds));
    let mut sender = Sender::new(isp);
    let provider = async {
        sleep_until(at(case.block_at)).await;
        isp.set(case.trouble.mode()).await.unwrap();
        let before = isp.connection_attempts().await.unwrap();
        // Mail passes the proxy: the server sees it at its next probe, hours later, or when a person looks.
        if case.trouble == Trouble::Proxy && postamt.is_some() {
            Postamt::check_port25().await;
        }
        sleep_until(at(case.open_at)).await;
        let in_vain = isp.connection_attempts().await.unwrap() - before;
        isp.set(Mode::Open).await.unwrap();
        if let Some(server) = postamt {
            server.wait_until_back(RETURN).await;
        }
        (in_vain, start.elapsed())
    };
    let load = async {
        sender.send(case.messages, case.per_second, start).await;
        if let Some(server) = postamt {
            // Nobody finds the way open without mail that tries it.
            sleep_until(at(case.open_at)).await;
            sender.trickle(server.wait_until_back(RETURN)).await;
            sender.some_more().await;
        }
    };
    let ((in_vain, back), ()) = tokio::join!(provider, load);
    let returned = postamt.map(|_| back - Duration::from_secs(u64::from(case.open_at)));
    arrivals.wait_for(sender.accepted().len(), PATIENCE).await;
    let counts = Counts { in_vain, back: returned, whole: start.elapsed() };
    Figures::new(start, sender.into_accepted(), arrivals.all(), counts)
}
