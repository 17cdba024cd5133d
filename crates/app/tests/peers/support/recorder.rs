//! A receiving server that keeps what it gets and hands it over in the order of arrival, by SMTP or LMTP.
//!
//! It says 250 to everything, one reply per recipient in LMTP (RFC 2033 §4.2). One thread per connection.

use std::io::{BufRead, BufReader, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use super::PATIENCE;

/// A message as it arrived.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The argument of MAIL, parameters included.
    pub sender: String,
    /// The arguments of RCPT.
    pub recipients: Vec<String>,
    /// The content with dots unstuffed.
    pub content: Vec<u8>,
    /// When it was complete.
    pub at: Instant,
}

/// The server.
pub struct Recorder {
    arrivals: Receiver<Recorded>,
    /// `address:port`.
    pub address: String,
}

impl Recorder {
    /// Listens at `address`, e.g. `192.0.2.9:25`.
    pub fn listen(address: &str) -> Self {
        let listener = TcpListener::bind(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        let address = listener.local_addr().expect("its address").to_string();
        let (sender, arrivals) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                // A client that goes away in the middle of a session is no concern of the test's.
                std::thread::spawn(move || converse(stream, &sender));
            }
        });
        Self { arrivals, address }
    }

    /// The next message.
    #[track_caller]
    pub fn next(&self) -> Recorded {
        self.arrivals.recv_timeout(PATIENCE).expect("a message arrives")
    }

    /// What has arrived by now.
    pub fn drain(&self) -> Vec<Recorded> {
        self.arrivals.try_iter().collect()
    }
}

impl Recorded {
    /// The content as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }

    /// The values of a header field, unfolded, in order.
    pub fn fields(&self, name: &str) -> Vec<String> {
        let text = self.text().replace("\r\n\t", " ").replace("\r\n ", " ");
        let header = text.split("\r\n\r\n").next().unwrap_or_default();
        let value = |line: &str| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_string())
        };
        header.lines().filter_map(value).collect()
    }

    /// The body.
    pub fn body(&self) -> String {
        self.text().split_once("\r\n\r\n").map(|(_, body)| body.to_string()).unwrap_or_default()
    }
}

fn converse(stream: TcpStream, arrivals: &Sender<Recorded>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    let mut message =
        Recorded { sender: String::new(), recipients: Vec::new(), content: Vec::new(), at: Instant::now() };
    let mut lmtp = false;
    writer.write_all(b"220 recorder.test ready\r\n")?;
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let (verb, argument) = line.trim_end().split_once([' ', ':']).unwrap_or((line.trim_end(), ""));
        let argument = argument.split_once(':').map_or(argument, |(_, path)| path).trim();
        let reply = match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "LHLO" => {
                lmtp = verb.eq_ignore_ascii_case("LHLO");
                "250-recorder.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 100000000\r\n".to_string()
            }
            "MAIL" => {
                message.sender = argument.to_string();
                "250 2.1.0 fine\r\n".to_string()
            }
            "RCPT" => {
                message.recipients.push(argument.to_string());
                "250 2.1.5 fine\r\n".to_string()
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n")?;
                message.content = read_content(&mut reader)?;
                message.at = Instant::now();
                let replies = if lmtp { message.recipients.len() } else { 1 };
                // Handed over before the reply: what the client knows of has been seen.
                let _ = arrivals.send(message.clone());
                message.recipients.clear();
                "250 2.0.0 kept\r\n".repeat(replies)
            }
            "RSET" => {
                message.recipients.clear();
                "250 2.0.0 fine\r\n".to_string()
            }
            "QUIT" => {
                writer.write_all(b"221 2.0.0 bye\r\n")?;
                return Ok(());
            }
            _ => "250 2.0.0 fine\r\n".to_string(),
        };
        writer.write_all(reply.as_bytes())?;
    }
}

fn read_content(reader: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.as_slice() {
            b".\r\n" => return Ok(content),
            [b'.', rest @ ..] => content.extend_from_slice(rest),
            rest => content.extend_from_slice(rest),
        }
    }
}
