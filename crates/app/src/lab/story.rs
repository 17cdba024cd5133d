//! The story of a blocked port 25: steps, each told before it begins and done only when it was seen to happen, by the
//! server's events and by what the receiving servers got. The first that does not happen ends the story. Those about the
//! request to the provider are in [`super::request`].

use std::time::Duration;

use postamt_doctor::port25::{Eyes, Kind, ProbeSettings, Report, check, text};
use postamt_lab::isp::{Attitude, HOST, Isp, Mode, ROUTERS, Relay};
use postamt_lab::world::Parameters;
use postamt_store::facts::Facts as _;
use serde::Serialize;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::commands::Commands;
use super::letters::{FIFTH, FIRST, FOURTH, Letter, SECOND, THIRD};
use super::request::Request;
use super::seen::Seen;
use super::stage::Stage;
use super::view::View;
use super::{broken, script};
use crate::serve::Server;
use crate::terminal::{Stop, Terminal};

/// How long one step may take on a busy machine; the longest, the closing of both ways, takes about five seconds.
const PATIENCE: Duration = Duration::from_secs(60);

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
    /// What its operator types.
    pub commands: Commands,
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
pub enum Step {
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
    /// The request is written, and a case begins.
    Letter,
    /// The letter reaches the support desk, by the detour.
    Sent,
    /// The desk asks for what is missing.
    Asked,
    /// The rest is there, and the request goes out once more.
    Mended,
    /// The desk opens the port; the server sees it.
    Granted,
    /// Mail tries every way, and all are used again.
    TrialOfAll,
    /// The case is confirmed, and the operator told.
    Confirmed,
    /// The desk refuses; there are other ways.
    Refused,
    /// Mail keeps to the detour.
    Stays,
}

impl Step {
    /// Of the scenario `blocked`.
    pub const BLOCKED: [Self; 7] = [
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
            Self::Trial | Self::TrialOfAll => "lab-blocked-step-trial",
            Self::DirectAgain => "lab-blocked-step-again",
            Self::Letter => "lab-request-step-letter",
            Self::Sent => "lab-request-step-sent",
            Self::Asked => "lab-request-step-asked",
            Self::Mended => "lab-request-step-mended",
            Self::Granted => "lab-request-step-granted",
            Self::Confirmed => "lab-request-step-confirmed",
            Self::Refused => "lab-request-step-refused",
            Self::Stays => "lab-request-step-stays",
        }
    }
}

/// One step, told.
#[derive(Debug, Serialize)]
struct Told {
    step: Step,
    as_expected: bool,
    seconds: f64,
    /// What was written in it.
    #[serde(skip_serializing_if = "Value::is_null")]
    said: Value,
}

/// The telling.
pub struct Story<'a> {
    pub(super) place: Place<'a>,
    pub(super) view: View,
    pub(super) seen: Seen,
    pub(super) request: Request,
    /// What was written in the step that is told.
    pub(super) said: Value,
    steps: &'static [Step],
    start: Instant,
    pub(super) terminal: Terminal,
}

impl<'a> Story<'a> {
    /// From the beginning.
    #[must_use]
    pub fn new(place: Place<'a>, view: View, steps: &'static [Step], terminal: Terminal) -> Self {
        Self {
            place,
            view,
            seen: Seen::default(),
            request: Request::default(),
            said: Value::Null,
            steps,
            start: Instant::now(),
            terminal,
        }
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
        for (place, step) in self.steps.iter().copied().enumerate() {
            if !self.terminal.json {
                self.terminal.print("");
                let title = self.title(step);
                self.terminal.print(&format!("{}. {title}", place + 1));
            }
            let as_expected = self.step(step).await?;
            let (seconds, said) = (self.start.elapsed().as_secs_f64(), self.said.take());
            told.push(Told { step, as_expected, seconds, said });
            if !as_expected {
                break;
            }
        }
        self.closing(&told)
    }

    fn closing(&self, told: &[Told]) -> Result<bool, Stop> {
        let good = told.iter().filter(|told| told.as_expected).count();
        let all = self.steps.len();
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

    fn title(&self, step: Step) -> String {
        if step == Step::Letter && self.place.isp.support() == Attitude::Strict {
            let address = HOST[0].to_string();
            return self.terminal.sentence("lab-request-step-unready", &[("address", address.into())]);
        }
        self.terminal.sentence(step.sentence(), &[])
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
            Step::Letter => self.writes_the_request().await,
            Step::Sent => self.sends_the_request().await,
            Step::Asked => self.is_asked().await,
            Step::Mended => self.mends_and_asks_again().await,
            Step::Granted => self.is_granted().await,
            Step::TrialOfAll => self.tries_every_way().await,
            Step::Confirmed => self.is_confirmed().await,
            Step::Refused => self.is_refused().await,
            Step::Stays => self.stays_with_the_relay().await,
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
        let mut to = SECOND.recipients(self.place.isp);
        to.extend(self.write(THIRD).await?);
        Ok(self.all_by_the_relay(&to).await)
    }

    /// Waits until all of them have got it by the detour.
    pub(super) async fn all_by_the_relay(&mut self, to: &[String]) -> bool {
        let (route, addresses) = (self.detour(), self.place.relay.addresses);
        self.until(|seen| seen.all(to, &route, &addresses)).await
    }

    /// The route of mail on the detour.
    pub(super) fn detour(&self) -> String {
        format!("relay {}, since port 25 is blocked", self.place.relay.kind.name())
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

    pub(super) async fn is_tried(&mut self) -> Result<bool, Stop> {
        let to = self.write(FOURTH).await?;
        Ok(self.until(|seen| seen.in_state("direct") > 0 && to.iter().all(|one| seen.delivered(one))).await)
    }

    /// Submits a letter and returns its recipients.
    pub(super) async fn write(&mut self, letter: Letter) -> Result<Vec<String>, Stop> {
        let to = letter.recipients(self.place.isp);
        let message = letter.message(&to).map_err(broken)?;
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
    pub(super) async fn until(&mut self, holds: impl Fn(&Seen) -> bool) -> bool {
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
pub(super) async fn during<T>(view: &mut View, seen: &mut Seen, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            happening = view.next() => seen.note(happening),
        }
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
