//! The client's side of a plain SMTP session, for tests that must know exactly what was said and answered.

use std::io::{BufRead, BufReader, Error, ErrorKind, Result, Write};
use std::net::TcpStream;

use super::PATIENCE;

/// A session.
pub struct Session {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
}

impl Session {
    /// Connects and says EHLO.
    pub fn open(address: &str) -> Result<Self> {
        let writer = TcpStream::connect(address)?;
        writer.set_read_timeout(Some(PATIENCE))?;
        writer.set_nodelay(true)?;
        let mut session = Self { reader: BufReader::new(writer.try_clone()?), writer };
        session.reply()?;
        session.say("EHLO client.test")?;
        Ok(session)
    }

    /// Says a line and returns the reply.
    pub fn say(&mut self, line: &str) -> Result<String> {
        self.writer.write_all(format!("{line}\r\n").as_bytes())?;
        self.reply()
    }

    /// Sends a message; returns the reply that decided it: the last one, or the first that refused.
    pub fn send(&mut self, sender: &str, recipient: &str, content: &str) -> Result<String> {
        for line in [format!("MAIL FROM:<{sender}>"), format!("RCPT TO:<{recipient}>"), "DATA".to_string()] {
            let reply = self.say(&line)?;
            if !reply.starts_with(['2', '3']) {
                self.say("RSET")?;
                return Ok(reply);
            }
        }
        self.say(&format!("{content}\r\n."))
    }

    fn reply(&mut self) -> Result<String> {
        let mut whole = String::new();
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line)? == 0 {
                return Err(Error::from(ErrorKind::UnexpectedEof));
            }
            whole.push_str(&line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(whole);
            }
        }
    }
}
