//! `postamt lab --scenario request`: the steps of a request to the provider, taken with the commands that its operator
//! would type, and with real mail to and from the provider's support desk.
//!
//! The letter is the one that `postamt port25 request` writes on the way that is blocked, its case the one of `postamt
//! port25 case`. What the desk says is read in the operator's own Maildir.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use postamt_lab::isp::{Attitude, HOST, Mode, SUPPORT_ADDRESS};
use postamt_lab::zones::{Record, RecordKind};
use postamt_net::dns::record::reverse_name;
use serde::Deserialize;
use serde_json::{Value, json};

use super::commands::Ran;
use super::letters::{THIRD, TO_IPV4};
use super::stage::{LOGIN, Stage};
use super::story::{Step, Story, during};
use crate::config::quoted;
use crate::terminal::Stop;

/// What the operator's copy of the list of providers says of the lab's: newer than any that is built in.
pub const PROVIDERS: &str = include_str!("providers.toml");
/// The lab's provider in it.
const PROVIDER: &str = "anbieter";
/// The directory of the users' Maildirs on the stage.
const MAIL: &str = "post";
/// The statement that needs a PTR record.
const ABOUT_NAMES: &str = "reverse";
/// The statement that no list has the host, and the list that has it at first where the desk is strict.
const ABOUT_LISTS: &str = "listed";
const LIST: &str = "zen.spamhaus.org";
const ENTRY: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

/// The story with whoever sits at the desk.
#[must_use]
pub const fn steps(attitude: Attitude) -> &'static [Step] {
    use Step::{
        Asked, Blocked, Confirmed, Direct, DirectAgain, Granted, Letter, Mended, Refused, Sent, Stays,
        TrialOfAll, Verdict,
    };
    match attitude {
        Attitude::Lenient => {
            &[Direct, Blocked, Verdict, Letter, Sent, Granted, TrialOfAll, Confirmed, DirectAgain]
        }
        Attitude::Strict => &[
            Direct,
            Blocked,
            Verdict,
            Letter,
            Sent,
            Asked,
            Mended,
            Granted,
            TrialOfAll,
            Confirmed,
            DirectAgain,
        ],
        Attitude::Never => &[Direct, Blocked, Verdict, Letter, Sent, Refused, Stays],
    }
}

/// Lines of the configuration by which the server takes its users' mail, answers of the desk among it.
#[must_use]
pub fn mailboxes(stage: &Stage, domain: &str) -> String {
    let maildir = stage.file(MAIL).join("{local}").display().to_string();
    format!("\n[[local_domain]]\ndomain = {}\nmaildir = {}\n", quoted(domain), quoted(&maildir))
}

/// The operator's Maildir.
#[must_use]
pub fn mailbox(stage: &Stage) -> PathBuf {
    let local = LOGIN.split('@').next().unwrap_or(LOGIN);
    stage.file(MAIL).join(local)
}

/// The request so far.
#[derive(Debug, Default)]
pub struct Request {
    case: String,
    letter: Letter,
    /// Letters to the desk.
    sent: usize,
    /// Files in the Maildir that were read.
    read: BTreeSet<PathBuf>,
    ticket: Option<String>,
    /// What was taken out of DNS, to be put back.
    missing: Vec<Record>,
}

/// What `port25 request --json` says.
#[derive(Debug, Default, Deserialize)]
struct Letter {
    letter: Composed,
    text: String,
    case: Option<Keeping>,
}

/// The case that keeps it.
#[derive(Debug, Deserialize)]
struct Keeping {
    id: String,
    stage: String,
    kept: String,
}

#[derive(Debug, Default, Deserialize)]
struct Composed {
    subject: String,
    claims: Vec<Named>,
    left_out: Vec<Named>,
}

/// A statement, or one that is left out.
#[derive(Debug, Deserialize)]
struct Named {
    id: String,
    #[serde(default)]
    topic: String,
}

impl Letter {
    fn claims(&self, id: &str) -> bool {
        self.letter.claims.iter().any(|claim| claim.id == id)
    }

    fn lacks(&self, id: &str) -> bool {
        self.letter.left_out.iter().any(|it| it.id == id)
    }

    /// Without the line of the subject.
    fn body(&self) -> &str {
        self.text.split_once("\n\n").map_or(self.text.as_str(), |(_, body)| body)
    }
}

/// What `port25 case … --json` says.
#[derive(Debug, Deserialize)]
struct Case {
    stage: String,
    steps: Vec<Value>,
}

/// A mail that was read.
#[derive(Debug)]
struct Mail {
    subject: String,
    text: String,
}

impl Mail {
    fn read(path: &Path) -> Result<Self, Stop> {
        let message = std::fs::read_to_string(path).map_err(anyhow::Error::from)?;
        let (header, text) = message.split_once("\n\n").unwrap_or((&message, ""));
        let subject = header.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default();
        Ok(Self { subject: subject.to_owned(), text: text.trim_end().to_owned() })
    }

    /// The number that the provider has given it.
    fn ticket(&self) -> Option<String> {
        let (_, rest) = self.subject.split_once('[')?;
        rest.split_once(']').map(|(ticket, _)| ticket.to_owned())
    }
}

impl Story<'_> {
    /// Whoever is strict finds something to ask about: one address has lost its name, and stands on a list.
    pub(super) async fn writes_the_request(&mut self) -> Result<bool, Stop> {
        let is_strict = self.place.isp.support() == Attitude::Strict;
        if is_strict {
            let zones = self.place.isp.world().zones();
            self.request.missing = zones.take(&reverse_name(HOST[0]), RecordKind::Ptr);
            zones.enlist(LIST, HOST[0], ENTRY);
        }
        let is_written = self.write_request().await?;
        let Some(case) = self.request.letter.case.take() else { return Ok(false) };
        self.request.case = case.id;
        let is_drafted = case.stage == "drafted" && case.kept == "opened";
        let letter = &self.request.letter;
        let is_silent = [ABOUT_NAMES, ABOUT_LISTS]
            .iter()
            .all(|about| (letter.lacks(about), letter.claims(about)) == (is_strict, !is_strict));
        Ok(is_written && is_drafted && is_silent)
    }

    /// `port25 request`: a letter that proves the block.
    async fn write_request(&mut self) -> Result<bool, Stop> {
        let arguments = [
            "port25",
            "request",
            "--to",
            "email",
            "--provider",
            PROVIDER,
            "--name",
            "Anna Absender",
            "--customer",
            "K-4711",
        ];
        // The test whether this is an open relay makes the server refuse a lot.
        self.view.hide_refusals(true);
        let ran = self.type_in(&arguments, "").await;
        self.view.hide_refusals(false);
        let ran = ran?;
        let Some(letter) = ran.json::<Letter>() else {
            self.shown(&ran.err);
            return Ok(false);
        };
        self.shown(&letter.text);
        let topics: Vec<&str> = letter.letter.left_out.iter().map(|it| it.topic.as_str()).collect();
        if !topics.is_empty() {
            let topics = topics.join(", ");
            self.shown(&self.terminal.sentence("lab-request-left-out", &[("topics", topics.into())]));
        }
        let left_out: Vec<&str> = letter.letter.left_out.iter().map(|it| it.id.as_str()).collect();
        self.said = json!({ "subject": letter.letter.subject, "text": letter.text, "left_out": left_out });
        self.request.letter = letter;
        Ok(self.request.letter.claims("block"))
    }

    pub(super) async fn sends_the_request(&mut self) -> Result<bool, Stop> {
        let subject = match &self.request.ticket {
            Some(ticket) => format!("Re: [{ticket}] {}", self.request.letter.letter.subject),
            None => self.request.letter.letter.subject.clone(),
        };
        let body = self.request.letter.body().to_owned();
        let arguments = ["send", "--from", LOGIN, "--to", SUPPORT_ADDRESS, "--subject", &subject];
        if !self.type_in(&arguments, &body).await?.is_good {
            return Ok(false);
        }
        self.request.sent += 1;
        let (count, route, relay) = (self.request.sent, self.detour(), self.place.relay.addresses);
        let arrives = self.until(|seen| {
            seen.deliveries_to(SUPPORT_ADDRESS, None) == count
                && seen.deliveries_to(SUPPORT_ADDRESS, Some(&route)) == count
                && seen.arrivals_at(SUPPORT_ADDRESS, &relay) == count
        });
        if !arrives.await {
            return Ok(false);
        }
        let mut arguments = vec!["sent".to_owned(), "--channel".to_owned(), "email".to_owned()];
        arguments
            .extend(self.request.ticket.iter().flat_map(|ticket| ["--ticket".to_owned(), ticket.clone()]));
        Ok(self.goes_on(&arguments, "sent").await?.is_some())
    }

    pub(super) async fn is_asked(&mut self) -> Result<bool, Stop> {
        let Some(mail) = self.answer().await? else { return Ok(false) };
        let case = self.is_answered("more", &mail, "more_asked").await?;
        let is_about_the_name = mail.text.contains(&HOST[0].to_string());
        Ok(case && is_about_the_name && self.place.isp.rules().mode == Mode::Drop)
    }

    pub(super) async fn mends_and_asks_again(&mut self) -> Result<bool, Stop> {
        let zones = self.place.isp.world().zones();
        for record in std::mem::take(&mut self.request.missing) {
            zones.add(&reverse_name(HOST[0]), record);
        }
        zones.delist(LIST, HOST[0]);
        let is_written = self.write_request().await?;
        let letter = &self.request.letter;
        let is_complete = is_written && letter.claims(ABOUT_NAMES) && letter.claims(ABOUT_LISTS);
        Ok(is_complete && self.sends_the_request().await?)
    }

    /// The server looks by itself as soon as it hears of the grant.
    pub(super) async fn is_granted(&mut self) -> Result<bool, Stop> {
        let Some(mail) = self.answer().await? else { return Ok(false) };
        let is_open = self.place.isp.rules().mode == Mode::Open;
        let ways = self.place.parameters.source_addresses.len();
        let case = self.is_answered("granted", &mail, "granted").await?;
        Ok(is_open && case && self.until(|seen| seen.in_state("trial") == ways).await)
    }

    /// Who has both families is reached by IPv6; the way of IPv4 is tried by mail to those who have nothing else.
    pub(super) async fn tries_every_way(&mut self) -> Result<bool, Stop> {
        let ways = self.place.parameters.source_addresses.len();
        if !self.is_tried().await? {
            return Ok(false);
        }
        self.write(TO_IPV4).await?;
        Ok(self.until(|seen| seen.in_state("direct") == ways).await)
    }

    pub(super) async fn is_confirmed(&mut self) -> Result<bool, Stop> {
        let (about, confirmed) =
            (format!("case {}", self.request.case), (self.request.case.clone(), "confirmed".to_owned()));
        let is_told = self.until(|seen| {
            let letter = seen.told.iter().find(|(what, _)| *what == about);
            seen.cases.contains(&confirmed) && letter.is_some_and(|(_, id)| seen.done.contains(id))
        });
        if !is_told.await {
            return Ok(false);
        }
        let ran = self.type_in(&["port25", "case", "show", &confirmed.0], "").await?;
        let case = self.case_of(&ran);
        self.said = json!({ "letters": self.seen.told.iter().filter(|(what, _)| *what == about).count() });
        Ok(case.is_some_and(|case| case.stage == "confirmed"))
    }

    pub(super) async fn is_refused(&mut self) -> Result<bool, Stop> {
        let Some(mail) = self.answer().await? else { return Ok(false) };
        let case = self.is_answered("refused", &mail, "escalated").await?;
        Ok(case && self.place.isp.rules().mode == Mode::Drop)
    }

    pub(super) async fn stays_with_the_relay(&mut self) -> Result<bool, Stop> {
        let to = self.write(THIRD).await?;
        Ok(self.all_by_the_relay(&to).await)
    }

    /// The next mail of the desk.
    async fn answer(&mut self) -> Result<Option<Mail>, Stop> {
        let count = self.request.sent;
        if !self.until(|seen| seen.deliveries_to(LOGIN, None) == count).await {
            return Ok(None);
        }
        let new = mailbox(self.place.stage).join("new");
        let files = std::fs::read_dir(new).map_err(anyhow::Error::from)?.flatten().map(|entry| entry.path());
        let Some(file) = files.into_iter().find(|file| !self.request.read.contains(file)) else {
            return Ok(None);
        };
        let mail = Mail::read(&file)?;
        self.request.read.insert(file);
        self.shown(&format!("{}\n\n{}", mail.subject, mail.text));
        self.request.ticket = mail.ticket();
        Ok(Some(mail))
    }

    /// Records it, and shows what is written on this occasion.
    async fn is_answered(&mut self, answer: &str, mail: &Mail, stage: &str) -> Result<bool, Stop> {
        let mut arguments = ["answered", answer, "--note", &mail.text].map(str::to_owned).to_vec();
        arguments.extend(mail.ticket().into_iter().flat_map(|ticket| ["--ticket".to_owned(), ticket]));
        let Some(case) = self.goes_on(&arguments, stage).await? else { return Ok(false) };
        let language = self.terminal.words.language().tag();
        let texts = case.steps.last().and_then(|step| step["texts"].as_array()).cloned().unwrap_or_default();
        let text = texts.iter().find(|text| text["language"] == language).map(|text| text["text"].clone());
        if let Some(text) = text.as_ref().and_then(Value::as_str) {
            self.shown(text);
        }
        self.said = json!({ "subject": mail.subject, "text": mail.text, "drafted": text });
        Ok(true)
    }

    /// `port25 case WORD ID …`; the case where it stands so afterwards.
    async fn goes_on(&mut self, arguments: &[String], stage: &str) -> Result<Option<Case>, Stop> {
        let Some((word, rest)) = arguments.split_first() else { return Ok(None) };
        let case = self.request.case.clone();
        let mut all = vec!["port25", "case", word, &case];
        all.extend(rest.iter().map(String::as_str));
        let ran = self.type_in(&all, "").await?;
        Ok(self.case_of(&ran).filter(|case| case.stage == stage))
    }

    fn case_of(&self, ran: &Ran) -> Option<Case> {
        let case = ran.json();
        if case.is_none() {
            self.shown(&ran.err);
        }
        case
    }

    /// Types a command, shows it, and lets it answer as to a program.
    async fn type_in(&mut self, arguments: &[&str], input: &str) -> Result<Ran, Stop> {
        if !self.terminal.json {
            let typed: Vec<String> = arguments.iter().map(|argument| typed(argument)).collect();
            self.terminal.print(&format!("\n  $ postamt {}", typed.join(" ")));
        }
        let all = [arguments, &["--json"]].concat();
        let commands = &self.place.commands;
        during(&mut self.view, &mut self.seen, commands.run(&all, input)).await
    }

    /// A text, set off.
    fn shown(&self, text: &str) {
        if self.terminal.json {
            return;
        }
        self.terminal.print("");
        for line in text.trim_end().lines() {
            self.terminal.print(format!("    {line}").trim_end());
        }
        self.terminal.print("");
    }
}

/// As a shell takes it; what has several lines is cut short.
fn typed(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.@/".contains(c);
    match argument.split_once('\n') {
        Some((first, _)) => format!("'{first} …'"),
        None if argument.chars().all(is_plain) => argument.to_owned(),
        None => format!("'{argument}'"),
    }
}
