//! Commands of Postamt itself, as the operator of the rehearsed server types them: processes of their own, in the lab's
//! network, which trust the lab's authority.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Stdio;

use serde::de::DeserializeOwned;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::stage::Stage;
use crate::terminal::{Stop, Terminal};

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// The exit code was 0.
    pub is_good: bool,
    /// Its data.
    pub out: String,
    /// What it said beside.
    pub err: String,
}

impl Ran {
    /// Its data as JSON, where it ended well.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        if self.is_good { serde_json::from_str(&self.out).ok() } else { None }
    }
}

/// How commands are run.
#[derive(Debug)]
pub struct Commands {
    program: PathBuf,
    config: PathBuf,
    roots: PathBuf,
    language: &'static str,
}

impl Commands {
    /// For the server of this stage.
    ///
    /// # Errors
    /// The system does not say where this program is.
    pub fn new(stage: &Stage, terminal: Terminal) -> Result<Self, Stop> {
        Ok(Self {
            program: std::env::current_exe().map_err(anyhow::Error::from)?,
            config: stage.config_path(),
            roots: stage.file("lab-root.pem"),
            language: terminal.words.language().tag(),
        })
    }

    /// Runs one, with this on its standard input.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Result<Ran, Stop> {
        let mut command = Command::new(&self.program);
        let language = [OsStr::new("--lang"), OsStr::new(self.language)];
        command.args(arguments).args(language).arg("--config").arg(&self.config);
        command.env("SSL_CERT_FILE", &self.roots).env_remove("SSL_CERT_DIR").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(anyhow::Error::from)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that does not read it ends by itself.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        let output = child.wait_with_output().await.map_err(anyhow::Error::from)?;
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        Ok(Ran { is_good: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) })
    }
}
