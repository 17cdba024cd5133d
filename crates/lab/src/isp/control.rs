//! The switchboard of a running lab: a Unix socket on which another process of the same user says what the ISP and
//! the operators shall do.
//!
//! ```text
//! show                                the rules that are set
//! set drop hop=1 family=6             new rules, see [`super::Rules`]
//! operator merkur banned              an operator's mood, see [`super::Mood`]
//! quota ses 100                       recipients that a relay service still takes; `none` is no limit
//! support never                       who sits at the support desk, see [`super::Attitude`]
//! ```
//!
//! One line per request, one line in answer: `ok …` or `error …`. [`serve`] is the lab's side, [`ask`] the other;
//! [`Request`] is what goes over it. A namespace is no obstacle: the socket is a file.

use std::fmt;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Attitude, AttitudeError, Isp, IspError, Mood, MoodError, RelayKind, Rules, RulesError};

/// Longer requests and answers are cut off.
const LINE_LIMIT: u64 = 4096;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// `show`.
    Show,
    /// `set RULES`.
    Set(Rules),
    /// `operator NAME MOOD`.
    Operator {
        /// Its name or one of its domains.
        name: String,
        /// What it shall be like.
        mood: Mood,
    },
    /// `quota RELAY N`.
    Quota {
        /// Which service.
        relay: RelayKind,
        /// How many; `None` is no limit.
        recipients: Option<u64>,
    },
    /// `support ATTITUDE`.
    Support(Attitude),
}

/// A line that is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The first word is none of ours.
    #[error("`{0}` is none of show, set, operator, quota, support")]
    Verb(String),
    /// The rules.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The mood.
    #[error(transparent)]
    Mood(#[from] MoodError),
    /// Who is to sit at the support desk.
    #[error(transparent)]
    Attitude(#[from] AttitudeError),
    /// The relay service.
    #[error("`{0}` is none of the relay services {relays}", relays = RelayKind::ALL.map(RelayKind::name).join(", "))]
    Relay(String),
    /// The number of words.
    #[error("write `{0}`")]
    Form(&'static str),
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Show => f.write_str("show"),
            Self::Set(rules) => write!(f, "set {rules}"),
            Self::Operator { name, mood } => write!(f, "operator {name} {mood}"),
            Self::Quota { relay, recipients: Some(number) } => write!(f, "quota {} {number}", relay.name()),
            Self::Quota { relay, recipients: None } => write!(f, "quota {} none", relay.name()),
            Self::Support(attitude) => write!(f, "support {attitude}"),
        }
    }
}

impl FromStr for Request {
    type Err = RequestError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (verb, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        match verb {
            "show" => Ok(Self::Show),
            "set" => Ok(Self::Set(rest.parse()?)),
            "operator" => match words[..] {
                [name, mood] => Ok(Self::Operator { name: name.to_owned(), mood: mood.parse()? }),
                _ => Err(RequestError::Form("operator NAME MOOD")),
            },
            "quota" => quota(&words),
            "support" => Ok(Self::Support(rest.trim().parse()?)),
            other => Err(RequestError::Verb(other.to_owned())),
        }
    }
}

fn quota(words: &[&str]) -> Result<Request, RequestError> {
    let form = || RequestError::Form("quota RELAY NUMBER|none");
    let [name, number] = words else { return Err(form()) };
    let relay = RelayKind::ALL.into_iter().find(|relay| relay.name() == *name);
    let relay = relay.ok_or_else(|| RequestError::Relay((*name).to_owned()))?;
    let recipients = match *number {
        "none" => None,
        number => Some(number.parse().map_err(|_| form())?),
    };
    Ok(Request::Quota { relay, recipients })
}

/// Why nothing came of a request.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The socket: mostly, no lab is running there.
    #[error("the lab's switchboard {path} cannot be used")]
    Socket {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The lab said no.
    #[error("{0}")]
    Refused(String),
}

/// The lab's side; it ends when this is dropped, and the file goes with it.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
    _tasks: JoinSet<()>,
}

impl Drop for Control {
    fn drop(&mut self) {
        // Somebody may have taken it away already.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Listens on `path`, readable for this user only. A socket that is left there from before is replaced.
///
/// # Errors
/// [`ControlError::Socket`].
pub fn serve(path: &Path, isp: Arc<Isp>) -> Result<Control, ControlError> {
    let failure = |source| ControlError::Socket { path: path.to_owned(), source };
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failure(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(failure)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failure)?;
    let mut tasks = JoinSet::new();
    tasks.spawn(listen(listener, isp));
    Ok(Control { path: path.to_owned(), _tasks: tasks })
}

/// Asks a running lab and returns its words.
///
/// # Errors
/// [`ControlError`].
pub async fn ask(path: &Path, request: &Request) -> Result<String, ControlError> {
    let failure = |source| ControlError::Socket { path: path.to_owned(), source };
    let answer = timeout(PATIENCE, exchange(path, request)).await;
    let answer = answer.map_err(|_| failure(io::ErrorKind::TimedOut.into()))?.map_err(failure)?;
    match answer.trim_end().split_once(' ') {
        Some(("ok", words)) => Ok(words.to_owned()),
        Some(("error", words)) => Err(ControlError::Refused(words.to_owned())),
        _ => Err(failure(io::ErrorKind::UnexpectedEof.into())),
    }
}

async fn exchange(path: &Path, request: &Request) -> io::Result<String> {
    let stream = UnixStream::connect(path).await?;
    let (from, mut to) = stream.into_split();
    to.write_all(format!("{request}\n").as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(from.take(LINE_LIMIT)).read_line(&mut answer).await?;
    Ok(answer)
}

async fn listen(listener: UnixListener, isp: Arc<Isp>) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    sessions.spawn(hold(stream, Arc::clone(&isp)));
                }
            }
            Some(_) = sessions.join_next() => {}
        }
    }
}

/// One session: any number of requests.
async fn hold(stream: UnixStream, isp: Arc<Isp>) -> io::Result<()> {
    let (from, mut to) = stream.into_split();
    let mut from = BufReader::new(from);
    let mut line = String::new();
    loop {
        line.clear();
        if (&mut from).take(LINE_LIMIT).read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer = match line.parse() {
            Ok(request) => match fulfil(&isp, request).await {
                Ok(words) => format!("ok {words}\n"),
                Err(error) => format!("error {}\n", chain(&error)),
            },
            Err(error) => format!("error {error}\n"),
        };
        to.write_all(answer.as_bytes()).await?;
    }
}

async fn fulfil(isp: &Isp, request: Request) -> Result<String, IspError> {
    match request {
        Request::Show => {}
        Request::Set(rules) => isp.set(rules).await?,
        Request::Operator { name, mood } => {
            isp.set_mood(&name, mood).await?;
            return Ok(format!("{name} {mood}"));
        }
        Request::Quota { relay, recipients } => {
            isp.relay(relay)?.set_quota(recipients);
            let number = recipients.map_or_else(|| "none".to_owned(), |number| number.to_string());
            return Ok(format!("{} {number}", relay.name()));
        }
        Request::Support(attitude) => {
            isp.set_support(attitude);
            return Ok(format!("support {attitude}"));
        }
    }
    Ok(isp.rules().to_string())
}

/// An error and its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ").replace(['\r', '\n'], " ")
}
