//! A site: a directory, a configuration, the binary, and perhaps a running server.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use postamt_lab::zones::{DnsServer, Zones};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Longer than anything here takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A host with Postamt on it.
pub struct Site {
    /// Everything lies here.
    pub directory: TempDir,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// stdout as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Site {
    /// Mail to `held.test` is held, all other is discarded.
    pub fn new(more: &str) -> Self {
        let site = Self { directory: tempfile::tempdir().expect("a directory") };
        site.configure(more);
        site
    }

    /// Writes the configuration anew, with more sections behind the usual ones.
    pub fn configure(&self, more: &str) {
        let directory = self.directory.path().display();
        // No test asks a server out there.
        let quiet = if more.contains("[port25]") { "" } else { "[port25]\nprobe = false\n" };
        let text = format!(
            "[server]\nhostname = \"mail.own.test\"\ndomains = [\"own.test\"]\n\
             state_directory = \"{directory}/state\"\nruntime_directory = \"{directory}/run\"\n\
             [dns]\nservers = [\"127.0.0.1:9\"]\n\
             [[listener]]\naddress = \"127.0.0.1:0\"\npurpose = \"submission\"\n{more}\n\
             [[route]]\nrecipient_domains = [\"held.test\"]\nto = \"hold\"\n[[route]]\nto = \"discard\"\n{quiet}"
        );
        std::fs::write(self.config(), text).expect("written");
    }

    pub fn config(&self) -> PathBuf {
        self.path("postamt.toml")
    }

    /// Trust anchors in place of the system's, where a test has written them.
    pub fn roots(&self) -> PathBuf {
        self.path("roots.pem")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn prepare(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("POSTAMT_CONFIG", self.config())
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Whoever has written this file has an authority of its own.
        if self.roots().exists() {
            command.env("SSL_CERT_FILE", self.roots());
        }
        command
    }

    /// Runs a command of `postamt`.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Runs it with this on stdin.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        self.run_as(Path::new(env!("CARGO_BIN_EXE_postamt")), arguments, input)
    }

    /// Runs a program that is `postamt` under some name.
    pub fn run_as(&self, program: &Path, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.prepare(program, arguments).spawn().expect("started");
        // A command that refuses its arguments does not read.
        let _ = child.stdin.take().expect("stdin").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("ended");
        Ran {
            code: output.status.code().expect("a code"),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Runs it and wants it to end well.
    pub fn good(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        ran
    }

    /// Starts the server and waits until it is ready.
    pub fn start(&self) -> Server {
        let server = self.start_as(Path::new(env!("CARGO_BIN_EXE_postamt")));
        server.wait_for("is ready");
        server
    }

    /// Starts it by a command of the test's own, and waits until it is ready.
    pub fn start_by(&self, command: &[String]) -> Server {
        let server = self.launch_by(command);
        server.wait_for("is ready");
        server
    }

    /// Starts it by a command of the test's own.
    pub fn launch_by(&self, command: &[String]) -> Server {
        let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
        Self::watched(self.prepare(Path::new(&command[0]), &arguments))
    }

    fn start_as(&self, program: &Path) -> Server {
        Self::watched(self.prepare(program, &["serve"]))
    }

    fn watched(mut command: Command) -> Server {
        let mut child = command.spawn().expect("started");
        let stderr = BufReader::new(child.stderr.take().expect("stderr"));
        let (lines, incoming) = channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                // Nobody may be listening any more.
                let _ = lines.send(line);
            }
        });
        Server { child, lines: incoming, seen: RefCell::default() }
    }
}

/// A server that runs; killed when it is dropped.
pub struct Server {
    child: Child,
    lines: Receiver<String>,
    /// Lines that nobody has waited for yet.
    seen: RefCell<Vec<String>>,
}

impl Server {
    /// Waits for a line on stderr (log lines are there, too) that has all these words. A line counts once; those that
    /// came while something else was waited for are looked at first.
    pub fn wait_for(&self, words: &str) -> String {
        let fits = |line: &String| words.split(" + ").all(|word| line.contains(word));
        let mut seen = self.seen.borrow_mut();
        if let Some(place) = seen.iter().position(fits) {
            return seen.remove(place);
        }
        let end = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) if fits(&line) => return line,
                Ok(line) => seen.push(line),
                Err(RecvTimeoutError::Timeout) => panic!("no line with {words:?} in {seen:#?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("ended without {words:?}: {seen:#?}"),
            }
        }
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let process = Pid::from_raw(self.child.id().cast_signed()).expect("a process");
        kill_process(process, signal).expect("sent");
    }

    /// Asks it to stop, and returns its exit code.
    pub fn stop(mut self) -> i32 {
        self.signal(Signal::TERM);
        self.child.wait().expect("ended").code().expect("a code")
    }

    /// Kills it and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A name server of the test's own, for as long as the test runs.
pub fn name_server(zones: Zones) -> String {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let server = DnsServer::start("127.0.0.1:0".parse().expect("an address"), zones).await;
            let server = server.expect("a name server");
            tell.send(server.address().to_string()).expect("told");
            std::future::pending::<()>().await;
        });
    });
    told.recv().expect("an address")
}

/// A mail server that says this to its clients, one after the other; `None` is what a polite one says.
pub fn scripted(
    answer: impl Fn(&str) -> Option<&'static str> + Send + 'static,
) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let hearing = heard.clone();
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            // A client that leaves in the middle ends only its own session.
            let _ = converse(stream, &answer, &hearing);
        }
    });
    (port, heard)
}

fn converse(
    mut stream: TcpStream,
    answer: &impl Fn(&str) -> Option<&'static str>,
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    loop {
        let command = line.trim_end().to_owned();
        let polite = match command.split([' ', ':']).next().unwrap_or_default() {
            "" => "220 relay.test ESMTP",
            "EHLO" => "250-relay.test\r\n250 SIZE 1000000",
            "QUIT" => "221 2.0.0 bye",
            "RCPT" => "250 2.1.5 recipient ok",
            _ => "250 2.0.0 ok",
        };
        let reply = answer(&command).unwrap_or(polite);
        heard.lock().expect("not poisoned").push(command);
        stream.write_all(format!("{reply}\r\n").as_bytes())?;
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
    }
}
