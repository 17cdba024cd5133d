//! The black hole with manners: greets everybody in its own name, whoever was called, and takes no mail.
//!
//! MAIL gets a temporary refusal. A greeter that took mail and threw it away would lose what no sender can keep,
//! and a test could not tell it from a fault of the sender.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// The name that it greets with.
pub(crate) const NAME: &str = "mail.anbieter.test";
const LINE_LIMIT: u64 = 2048;

/// Holds one session.
pub(super) async fn greet(stream: TcpStream) -> io::Result<()> {
    let (from, mut to) = stream.into_split();
    let mut from = BufReader::new(from);
    to.write_all(format!("220 {NAME} ESMTP\r\n").as_bytes()).await?;
    let mut line = String::new();
    loop {
        line.clear();
        if (&mut from).take(LINE_LIMIT).read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => format!("250-{NAME}\r\n250 SIZE 10240000\r\n"),
            "HELO" | "NOOP" | "RSET" => format!("250 {NAME}\r\n"),
            "QUIT" => format!("221 {NAME}\r\n"),
            "MAIL" => "451 4.7.1 use the mail server of your provider\r\n".to_owned(),
            _ => "502 5.5.1 not here\r\n".to_owned(),
        };
        to.write_all(reply.as_bytes()).await?;
        if verb == "QUIT" {
            return Ok(());
        }
    }
}
