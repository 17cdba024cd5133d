//! The `sendmail` command: what programs call to send mail from this machine.
//!
//! ```text
//! arguments ─▶ message (stdin, header, recipients) ─▶ submit ─┬▶ session: SMTP on the server's UNIX socket
//!                                                              └▶ drop file, when the server is down
//! ```
//!
//! Ends with the codes of sysexits.h. 0 means that the message is safe: the server has answered 250, or the file
//! in the drop directory is on disk. Otherwise nothing was sent to anybody, and stderr says why.

mod arguments;
mod dropped;
mod message;
mod session;
mod sysexits;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::Read as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use postamt_mail::words::Value;

use crate::config::{self, Config};
use crate::terminal::{Terminal, language_of_environment, warn};
use arguments::{Arguments, Mode, parse};
use message::{Draft, Submission};
use session::{Outcome, Session};
pub use sysexits::Sysexit;

/// Why a message was not taken.
#[derive(Debug)]
pub struct Refused {
    /// How the command ends.
    pub code: Sysexit,
    /// A sentence for people.
    pub text: String,
}

/// How a message was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// The server has it, and said this.
    Server(String),
    /// It lies in the drop directory.
    Dropped(PathBuf),
}

/// Everything that `sendmail` needs to know of the server.
#[derive(Debug, Clone)]
pub struct Local {
    /// The server's socket.
    pub socket: PathBuf,
    /// The drop directory.
    pub drop_directory: PathBuf,
    /// Our host name, for addresses without a domain.
    pub hostname: String,
    /// The words.
    pub terminal: Terminal,
}

impl Local {
    /// From the configuration.
    #[must_use]
    pub fn new(config: &Config, terminal: Terminal) -> Self {
        Self {
            socket: config.submission_socket(),
            drop_directory: config.drop_directory(),
            hostname: config.server.hostname.to_string(),
            terminal,
        }
    }

    fn refused(&self, code: Sysexit, id: &str, values: &[(&str, Value<'_>)]) -> Refused {
        Refused { code, text: self.terminal.sentence(id, values) }
    }

    /// Hands a message over: to the server, or into the drop directory when the server is down.
    ///
    /// # Errors
    /// The server refuses it, or neither way is open. Nothing was sent then.
    pub fn submit(&self, submission: &Submission) -> Result<Taken, Refused> {
        match UnixStream::connect(&self.socket) {
            Ok(stream) => match Session::new(stream).and_then(|session| session.send(submission)) {
                Ok(Outcome::Accepted(words)) => Ok(Taken::Server(words)),
                Ok(Outcome::Refused { reply, recipient }) => Err(self.refusal(&reply, recipient.as_deref())),
                // It goes down, or went down under us: without its 250 the message is still ours.
                Ok(Outcome::Closing) | Err(_) => self.drop(submission),
            },
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                let socket = self.socket.display().to_string();
                Err(self.refused(
                    Sysexit::NoPermission,
                    "sendmail-socket-denied",
                    &[("socket", socket.into())],
                ))
            }
            Err(_) => self.drop(submission),
        }
    }

    fn drop(&self, submission: &Submission) -> Result<Taken, Refused> {
        dropped::write(&self.drop_directory, submission).map(Taken::Dropped).map_err(|error| {
            let directory = self.drop_directory.display().to_string();
            let values = [("directory", directory.into()), ("error", error.to_string().into())];
            self.refused(Sysexit::TemporaryFailure, "sendmail-drop-failed", &values)
        })
    }

    fn refusal(&self, reply: &session::ServerReply, recipient: Option<&str>) -> Refused {
        let code = sysexits::of_reply(reply);
        let words = ("reply", reply.to_string().into());
        match recipient {
            Some(recipient) => {
                self.refused(code, "sendmail-recipient-refused", &[("recipient", recipient.into()), words])
            }
            None => self.refused(code, "sendmail-refused", &[words]),
        }
    }
}

/// Called as `sendmail`, with the arguments behind the program's name.
pub fn main(arguments: Vec<OsString>, config: Option<&Path>) -> ExitCode {
    let terminal = Terminal::new(language_of_environment(), false);
    let code = match run(arguments, config, terminal) {
        Ok(()) => Sysexit::Ok,
        Err(refused) => {
            if !refused.text.is_empty() {
                warn(&format!("sendmail: {}", refused.text));
            }
            refused.code
        }
    };
    ExitCode::from(code as u8)
}

fn run(arguments: Vec<OsString>, config: Option<&Path>, terminal: Terminal) -> Result<(), Refused> {
    let words = terminal.words;
    let arguments = parse(arguments).map_err(|wrong| Refused {
        code: Sysexit::Usage,
        text: words.get("sendmail-usage", &[("argument", wrong.0.into())]),
    })?;
    let path = arguments.config.as_deref().or(config).unwrap_or(Path::new(config::DEFAULT_PATH));
    let config = config::load(path)
        .map_err(|problems| Refused { code: Sysexit::Configuration, text: problems.text(words) })?;
    let local = Local::new(&config, terminal);
    if !config.sendmail.enabled {
        return Err(local.refused(Sysexit::NoPermission, "sendmail-disabled", &[]));
    }
    match arguments.mode {
        Mode::Deliver => deliver(&arguments, &local),
        Mode::Smtp => proxy(&local),
        Mode::PrintQueue => crate::commands::queue::list(&config, terminal)
            .map_err(|stop| Refused { code: Sysexit::Unavailable, text: stop.text }),
        // There is no alias database, and the queue runs by itself.
        Mode::NewAliases | Mode::RunQueue => Ok(()),
        Mode::Daemon => Err(local.refused(Sysexit::Usage, "sendmail-daemon", &[])),
        Mode::Verify => Err(local.refused(Sysexit::Unavailable, "sendmail-verify", &[])),
    }
}

fn deliver(arguments: &Arguments, local: &Local) -> Result<(), Refused> {
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input).map_err(|error| {
        local.refused(Sysexit::InputOutput, "sendmail-stdin", &[("error", error.to_string().into())])
    })?;
    let draft = Draft::read(&input, arguments.dot_ends);
    let submission = draft.submission(arguments, &local.hostname).map_err(|wrong| {
        let (code, id) = wrong.sentence();
        local.refused(code, id, &[("text", wrong.text().into())])
    })?;
    let taken = local.submit(&submission)?;
    if arguments.verbose {
        match taken {
            Taken::Server(reply) => local.terminal.say("sendmail-taken", &[("reply", reply.into())]),
            Taken::Dropped(path) => {
                let path = path.display().to_string();
                local.terminal.say("sendmail-dropped", &[("path", path.into())]);
            }
        }
    }
    Ok(())
}

/// `-bs`: the caller speaks SMTP itself; octets pass unchanged in both directions.
fn proxy(local: &Local) -> Result<(), Refused> {
    let unavailable = |error: std::io::Error| {
        let socket = local.socket.display().to_string();
        let values = [("socket", socket.into()), ("error", error.to_string().into())];
        local.refused(Sysexit::TemporaryFailure, "sendmail-smtp-unavailable", &values)
    };
    let stream = UnixStream::connect(&local.socket).map_err(unavailable)?;
    let upstream = stream.try_clone().map_err(unavailable)?;
    // Ends with the process when the server hangs up first.
    std::thread::spawn(move || {
        let _ = copy(std::io::stdin().lock(), &upstream);
        let _ = upstream.shutdown(std::net::Shutdown::Write);
    });
    copy(&stream, std::io::stdout().lock()).map_err(unavailable)
}

fn copy(mut from: impl std::io::Read, mut to: impl std::io::Write) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        to.write_all(&buffer[..length])?;
        // Each reply must be seen before the next command is written.
        to.flush()?;
    }
}

/// What `postamt send` is told.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The sender; the caller when it is not given.
    pub from: Option<&'a str>,
    /// Recipients.
    pub to: &'a [String],
    /// The subject.
    pub subject: &'a str,
    /// The text.
    pub body: &'a [u8],
    /// Whether a notice on delivery is wanted.
    pub notify_success: bool,
}

impl Local {
    /// Makes a plain-text message of a letter.
    ///
    /// # Errors
    /// An address that is none.
    pub fn compose(&self, letter: &Letter<'_>) -> Result<Submission, Refused> {
        let subject = if letter.subject.is_ascii() {
            letter.subject.chars().filter(|character| !character.is_control()).collect()
        } else {
            message::encoded_words(letter.subject)
        };
        let charset = if letter.body.is_ascii() { ("us-ascii", "7bit") } else { ("utf-8", "8bit") };
        let mut content = format!(
            "To: {}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset={}\r\nContent-Transfer-Encoding: {}\r\n\r\n",
            letter.to.join(", "),
            charset.0,
            charset.1,
        )
        .into_bytes();
        content.extend_from_slice(letter.body);
        let arguments = Arguments {
            sender: letter.from.map(str::to_owned),
            notify: letter.notify_success.then(|| "SUCCESS,FAILURE".to_owned()),
            recipients: letter.to.to_vec(),
            ..Arguments::default()
        };
        Draft::read(&content, arguments.dot_ends).submission(&arguments, &self.hostname).map_err(|wrong| {
            let (code, id) = wrong.sentence();
            self.refused(code, id, &[("text", wrong.text().into())])
        })
    }
}
