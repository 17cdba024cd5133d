//! The arguments of `sendmail`, as programs have called it for forty years: letters may be joined (`-ti`), values
//! may follow at once or as the next argument (`-fme`, `-f me`), and options that mean nothing here are accepted.

use std::ffi::OsString;
use std::path::PathBuf;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Send what comes on stdin (`-bm`).
    #[default]
    Deliver,
    /// Speak SMTP on stdin and stdout (`-bs`).
    Smtp,
    /// Show the queue (`-bp`, `mailq`).
    PrintQueue,
    /// Rebuild aliases (`-bi`, `newaliases`).
    NewAliases,
    /// Run the queue (`-q`).
    RunQueue,
    /// Be the server (`-bd`).
    Daemon,
    /// Verify addresses (`-bv`, `-bt`).
    Verify,
}

/// All that was said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arguments {
    /// What to do.
    pub mode: Mode,
    /// `-t`: recipients stand in To, Cc and Bcc.
    pub recipients_in_header: bool,
    /// Whether a line with a single dot ends the message: not with `-i`.
    pub dot_ends: bool,
    /// `-f` or `-r`.
    pub sender: Option<String>,
    /// `-F`.
    pub full_name: Option<String>,
    /// `-N`, in the form of the SMTP parameter.
    pub notify: Option<String>,
    /// `-R`: `FULL` or `HDRS`.
    pub return_content: Option<&'static str>,
    /// `-V`.
    pub envelope_id: Option<String>,
    /// `-C`.
    pub config: Option<PathBuf>,
    /// `-v`.
    pub verbose: bool,
    /// Recipients.
    pub recipients: Vec<String>,
}

/// An argument that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongArgument(pub String);

/// Reads the arguments behind the program's name.
pub fn parse(arguments: Vec<OsString>) -> Result<Arguments, WrongArgument> {
    let mut result = Arguments { dot_ends: true, ..Arguments::default() };
    let mut rest = arguments.into_iter().map(text);
    while let Some(argument) = rest.next() {
        let argument = argument?;
        match argument.strip_prefix('-') {
            Some("-") => {
                for recipient in rest.by_ref() {
                    result.recipients.push(recipient?);
                }
            }
            None | Some("") => result.recipients.push(argument),
            Some(letters) => result.letters(letters, &argument, &mut rest)?,
        }
    }
    Ok(result)
}

fn text(argument: OsString) -> Result<String, WrongArgument> {
    argument.into_string().map_err(|argument| WrongArgument(argument.to_string_lossy().into_owned()))
}

impl Arguments {
    /// Reads one word of joined letters; the first that takes a value takes what is left of the word.
    fn letters(
        &mut self,
        letters: &str,
        whole: &str,
        rest: &mut impl Iterator<Item = Result<String, WrongArgument>>,
    ) -> Result<(), WrongArgument> {
        let mut left = letters;
        while let Some(letter) = left.chars().next() {
            left = &left[letter.len_utf8()..];
            let attached = std::mem::take(&mut left);
            match letter {
                't' => self.recipients_in_header = true,
                'i' => self.dot_ends = false,
                'v' => self.verbose = true,
                // Initial submission, aliases, "me too", no aliasing: nothing to do here.
                'G' | 'I' | 'm' | 'n' | 'U' | 'x' => {}
                // The value is optional and only ever attached: debugging, error mode, queue run, mail or
                // alternate configuration (`-Ac`), log level.
                'd' | 'e' | 'q' | 'A' | 's' => {
                    if letter == 'q' {
                        self.mode = Mode::RunQueue;
                    }
                    return Ok(());
                }
                'b' => return self.mode(attached, whole),
                'f' | 'r' | 'F' | 'N' | 'R' | 'V' | 'C' | 'B' | 'h' | 'L' | 'O' | 'o' | 'p' | 'X' | 'D'
                | 'M' => {
                    let value = match (attached, letter) {
                        ("", 'o') => return Err(WrongArgument(whole.to_owned())),
                        ("", _) => rest.next().ok_or_else(|| WrongArgument(whole.to_owned()))??,
                        (attached, _) => attached.to_owned(),
                    };
                    return self.value(letter, value, whole);
                }
                _ => return Err(WrongArgument(whole.to_owned())),
            }
            left = attached;
        }
        Ok(())
    }

    fn mode(&mut self, letter: &str, whole: &str) -> Result<(), WrongArgument> {
        self.mode = match letter {
            "m" => Mode::Deliver,
            "s" => Mode::Smtp,
            "p" => Mode::PrintQueue,
            "i" => Mode::NewAliases,
            "d" | "D" => Mode::Daemon,
            "v" | "t" => Mode::Verify,
            _ => return Err(WrongArgument(whole.to_owned())),
        };
        Ok(())
    }

    fn value(&mut self, letter: char, value: String, whole: &str) -> Result<(), WrongArgument> {
        match letter {
            'f' | 'r' => self.sender = Some(value),
            'F' => self.full_name = Some(value),
            'V' => self.envelope_id = Some(value),
            'C' => self.config = Some(value.into()),
            'N' => self.notify = Some(notify(&value).ok_or_else(|| WrongArgument(whole.to_owned()))?),
            'R' => {
                self.return_content = Some(match value.to_ascii_lowercase().as_str() {
                    "full" => "FULL",
                    "hdrs" => "HDRS",
                    _ => return Err(WrongArgument(format!("-R {value}"))),
                });
            }
            // `-oi` is `-i`; every other option of this kind concerns how sendmail itself works.
            'o' if value == "i" => self.dot_ends = false,
            'O' if value == "IgnoreDots" || value == "IgnoreDots=true" => self.dot_ends = false,
            _ => {}
        }
        Ok(())
    }
}

/// `never`, or a list of `success`, `failure` and `delay` (RFC 3461 §4.1).
fn notify(value: &str) -> Option<String> {
    let value = value.to_ascii_uppercase();
    let good = value == "NEVER" || value.split(',').all(|one| matches!(one, "SUCCESS" | "FAILURE" | "DELAY"));
    good.then_some(value)
}
