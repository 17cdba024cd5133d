//! The story of a blocked port 25: seven steps, each told before it begins and done only when it was seen to happen,
//! by the server's events and by what the receiving servers got. The first that does not happen ends the story.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use postamt_doctor::port25::{Eyes, Kind, ProbeSettings, Report, check, text};
use postamt_lab::isp::{HOST, Isp, Mode, ROUTERS, Relay};
use postamt_lab::scenario::{Expected, ScriptedMessage};
use postamt_lab::world::Parameters;
use postamt_mail::address::{Address, AddressError};
use postamt_mta::events::Event;
use postamt_store::facts::Facts as _;
use serde::Serialize;
use tokio::time::{Instant, timeout};

use super::stage::{LOGIN, Stage};
use super::view::{Happening, View};
use super::{broken, script};
use crate::serve::Server;
use crate::terminal::{Stop, Terminal};

/// How long one step may take; the longest, the closing of both ways, takes about five seconds.
const PATIENCE: Duration = Duration::from_secs(25);

/// Where it happens.
pub struct Place<'a> {
    /// The provider and all behind it.
    pub isp: &'a Isp,
    /// The service that carries the mail on the detour.
    pub relay: &'a Relay,
    /// Of the server.
    pub parameters: &'a Parameters,
    /// The server's files.
    pub stage: &'a Stage,
    /// The server.
    pub server: &'a Server,
    /// What the probe needs.
    pub eyes: Eyes,
    /// Whom it asks.
    pub probe: ProbeSettings,
}

/// What happens, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// Mail goes directly.
    Direct,
    /// The provider drops port 25; the server notices by itself.
    Blocked,
    /// A probe says what and where.
    Verdict,
    /// Waiting and new mail takes the detour.
    Detour,
    /// The provider opens the port; a probe sees it.
    Open,
    /// A few messages try the direct way, and it is used again.
    Trial,
    /// Everything goes directly.
    DirectAgain,
}

impl Step {
    const ALL: [Self; 7] = [
        Self::Direct,
        Self::Blocked,
        Self::Verdict,
        Self::Detour,
        Self::Open,
        Self::Trial,
        Self::DirectAgain,
    ];

    const fn sentence(self) -> &'static str {
        match self {
            Self::Direct => "lab-blocked-step-direct",
            Self::Blocked => "lab-blocked-step-blocked",
            Self::Verdict => "lab-blocked-step-verdict",
            Self::Detour => "lab-blocked-step-detour",
            Self::Open => "lab-blocked-step-open",
            Self::Trial => "lab-blocked-step-trial",
            Self::DirectAgain => "lab-blocked-step-again",
        }
    }
}

/// One step, told.
#[derive(Debug, Serialize)]
struct Told {
    step: Step,
    as_expected: bool,
    seconds: f64,
}

/// A letter to all operators; its name is the mailbox, so that every recipient is there once.
#[derive(Debug, Clone, Copy)]
struct Letter {
    mailbox: &'static str,
    /// Which of an operator's domains.
    domain: usize,
}

const FIRST: Letter = Letter { mailbox: "eins", domain: 0 };
const SECOND: Letter = Letter { mailbox: "zwei", domain: 1 };
const THIRD: Letter = Letter { mailbox: "drei", domain: 2 };
const FOURTH: Letter = Letter { mailbox: "vier", domain: 0 };
const FIFTH: Letter = Letter { mailbox: "fuenf", domain: 1 };

/// What has been seen so far.
#[derive(Debug, Default)]
struct Seen {
    /// The state of each way out that has changed.
    states: BTreeMap<String, &'static str>,
    /// Recipients that the server has delivered to, with the route.
    deliveries: Vec<(String, String)>,
    /// Recipients whose server has taken the message, with who brought it.
    arrivals: Vec<(String, IpAddr)>,
}

/// The telling.
pub struct Story<'a> {
    place: Place<'a>,
    view: View,
    seen: Seen,
    start: Instant,
    terminal: Terminal,
}

impl<'a> Story<'a> {
    /// From the beginning.
    #[must_use]
    pub fn new(place: Place<'a>, view: View, terminal: Terminal) -> Self {
        Self { place, view, seen: Seen::default(), start: Instant::now(), terminal }
    }

    /// For what comes after the story.
    pub fn view(&mut self) -> &mut View {
        &mut self.view
    }

    /// Tells it; true when every step happened.
    ///
    /// # Errors
    /// A fault of the lab itself.
    pub async fn tell(&mut self) -> Result<bool, Stop> {
        let mut told = Vec::new();
        for (place, step) in Step::ALL.into_iter().enumerate() {
            if !self.terminal.json {
                self.terminal.print("");
                let title = self.terminal.sentence(step.sentence(), &[]);
                self.terminal.print(&format!("{}. {title}", place + 1));
            }
            let as_expected = self.step(step).await?;
            told.push(Told { step, as_expected, seconds: self.start.elapsed().as_secs_f64() });
            if !as_expected {
                break;
            }
        }
        self.closing(&told)
    }

    fn closing(&self, told: &[Told]) -> Result<bool, Stop> {
        let good = told.iter().filter(|told| told.as_expected).count();
        let all = Step::ALL.len();
        if self.terminal.json {
            self.terminal.data(&told)?;
            return Ok(good == all);
        }
        self.terminal.print("");
        let values = [
            ("good", good.into()),
            ("all", all.into()),
            ("seconds", format!("{:.1}", self.start.elapsed().as_secs_f64()).into()),
        ];
        let id = if good == all { "lab-blocked-good" } else { "lab-blocked-bad" };
        self.terminal.say(id, &values);
        Ok(good == all)
    }

    async fn step(&mut self, step: Step) -> Result<bool, Stop> {
        match step {
            Step::Direct => self.goes_directly(FIRST).await,
            Step::Blocked => self.is_blocked().await,
            Step::Verdict => {
                let report = self.probe().await;
                self.show(&report);
                Ok(names_the_router(&report))
            }
            Step::Detour => self.takes_the_detour().await,
            Step::Open => self.opens().await,
            Step::Trial => self.is_tried().await,
            Step::DirectAgain => self.goes_directly(FIFTH).await,
        }
    }

    async fn goes_directly(&mut self, letter: Letter) -> Result<bool, Stop> {
        let to = self.write(letter).await?;
        Ok(self.until(|seen| seen.all(&to, "direct", &HOST)).await)
    }

    async fn is_blocked(&mut self) -> Result<bool, Stop> {
        self.place.isp.set(Mode::Drop).await.map_err(broken)?;
        self.write(SECOND).await?;
        let ways = self.place.parameters.source_addresses.len();
        Ok(self.until(|seen| seen.in_state("relay") == ways).await)
    }

    /// What waited, and what is written now.
    async fn takes_the_detour(&mut self) -> Result<bool, Stop> {
        let mut to = recipients(self.place.isp, SECOND);
        to.extend(self.write(THIRD).await?);
        let (name, addresses) = (self.place.relay.kind.name(), self.place.relay.addresses);
        let route = format!("relay {name}, since port 25 is blocked");
        Ok(self.until(|seen| seen.all(&to, &route, &addresses)).await)
    }

    async fn opens(&mut self) -> Result<bool, Stop> {
        self.place.isp.set(Mode::Open).await.map_err(broken)?;
        let report = self.probe().await;
        for path in &report.paths {
            self.judged(path);
        }
        // The server's own probe comes when its time has come, a minute after the last. What this one found is as good.
        let facts = report.facts(self.terminal.words).map_err(anyhow::Error::from)?;
        for fact in facts {
            self.place.server.facts().save_probe(fact).await.map_err(anyhow::Error::from)?;
        }
        let ways = self.place.parameters.source_addresses.len();
        let is_open = report.paths.iter().all(|path| path.verdict.kind == Kind::Open);
        Ok(is_open && self.until(|seen| seen.in_state("trial") == ways).await)
    }

    async fn is_tried(&mut self) -> Result<bool, Stop> {
        let to = self.write(FOURTH).await?;
        Ok(self.until(|seen| seen.in_state("direct") > 0 && to.iter().all(|one| seen.delivered(one))).await)
    }

    /// Submits a letter and returns its recipients.
    async fn write(&mut self, letter: Letter) -> Result<Vec<String>, Stop> {
        let to = recipients(self.place.isp, letter);
        let message = message(letter, &to).map_err(broken)?;
        let Place { isp, stage, parameters, .. } = self.place;
        let submitting = async {
            let messages = [message];
            script::submit(&messages, isp.world(), stage, parameters).await
        };
        for problem in during(&mut self.view, &mut self.seen, submitting).await {
            self.view.not_submitted(&problem);
        }
        Ok(to)
    }

    async fn probe(&mut self) -> Report {
        let probing = check(&self.place.eyes, &self.place.probe, None);
        during(&mut self.view, &mut self.seen, probing).await
    }

    /// The first way in full, of the others the verdict.
    fn show(&self, report: &Report) {
        if self.terminal.json {
            return;
        }
        let mut paths = report.paths.iter();
        if let Some(path) = paths.next() {
            self.terminal.print("");
            for line in text::path(path, self.terminal.words).trim_end().lines() {
                self.terminal.print(format!("    {line}").trim_end());
            }
            self.terminal.print("");
        }
        for path in paths {
            self.judged(path);
        }
    }

    fn judged(&self, path: &postamt_doctor::port25::PathReport) {
        let words = self.terminal.words;
        let family = path.path.family.to_string();
        self.view.line(&family, &text::verdict(path.verdict.kind, words));
    }

    /// Shows what happens until that holds; false when it does not in time.
    async fn until(&mut self, holds: impl Fn(&Seen) -> bool) -> bool {
        let (view, seen) = (&mut self.view, &mut self.seen);
        let watching = async {
            while !holds(seen) {
                seen.note(view.next().await);
            }
        };
        timeout(PATIENCE, watching).await.is_ok()
    }
}

/// Shows what happens while something else is done.
async fn during<T>(view: &mut View, seen: &mut Seen, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            happening = view.next() => seen.note(happening),
        }
    }
}

impl Seen {
    fn note(&mut self, happening: Happening) {
        match happening {
            Happening::Event(Event::PathChanged { path, state, .. }) => {
                self.states.insert(path, state);
            }
            Happening::Event(Event::Delivered { attempt, .. }) => {
                let delivered = attempt.recipients.into_iter();
                self.deliveries.extend(delivered.map(|one| (one, attempt.route.clone())));
            }
            Happening::Receipt(receipt) if receipt.accepted => {
                let peer = receipt.peer.ip().to_canonical();
                let recipients = receipt.envelope.recipients.iter();
                self.arrivals.extend(recipients.map(|one| (one.address.to_string(), peer)));
            }
            Happening::Event(_) | Happening::Receipt(_) => {}
        }
    }

    fn in_state(&self, state: &str) -> usize {
        self.states.values().filter(|now| **now == state).count()
    }

    fn delivered(&self, recipient: &str) -> bool {
        self.deliveries.iter().any(|(to, _)| to == recipient)
    }

    /// Whether the server sent the message to all of them by this route, and it came from there: once.
    fn all(&self, recipients: &[String], route: &str, from: &[IpAddr]) -> bool {
        recipients.iter().all(|recipient| {
            let routes: Vec<_> = self.deliveries.iter().filter(|(to, _)| to == recipient).collect();
            let arrived = self.arrivals.iter().filter(|(to, peer)| to == recipient && from.contains(peer));
            routes.len() == 1 && routes[0].1 == route && arrived.count() == 1
        })
    }
}

/// Every way is dropped, and the second router is one of those that are named.
fn names_the_router(report: &Report) -> bool {
    let named = |path: &postamt_doctor::port25::PathReport| {
        let routers: Vec<_> = path.route.iter().flat_map(|route| route.routers()).collect();
        routers.iter().any(|hop| hop.router.is_some_and(|router| ROUTERS[1].addresses.contains(&router)))
    };
    !report.paths.is_empty()
        && report.paths.iter().all(|path| path.verdict.kind == Kind::Dropped && named(path))
}

fn recipients(isp: &Isp, letter: Letter) -> Vec<String> {
    let domain = |operator: &postamt_lab::isp::Operator| {
        let domain = &operator.domains[letter.domain % operator.domains.len()];
        format!("{}@{domain}", letter.mailbox)
    };
    isp.operators().iter().map(domain).collect()
}

/// Its words are test data, not words of the program.
fn message(letter: Letter, to: &[String]) -> Result<ScriptedMessage, AddressError> {
    let expected = |recipient: &String| {
        let expected = Expected::Delivered { host: String::new(), tls: None, after_refusals: 0 };
        Ok((Address::new(recipient)?, expected))
    };
    let content = format!(
        "From: Anna Absender <{LOGIN}>\r\nTo: {}\r\nSubject: Brief {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nKommt das an?\r\n",
        to.join(", "),
        letter.mailbox,
    );
    Ok(ScriptedMessage {
        name: letter.mailbox,
        sender: Address::new(LOGIN)?,
        recipients: to.iter().map(expected).collect::<Result<_, AddressError>>()?,
        subject: letter.mailbox,
        content: content.into_bytes(),
    })
}
