//! The transparent proxy: speaks for the target, and takes STARTTLS out of what it says.
//!
//! As old firewalls do it: the offer becomes `250-XXXXXXXA`, and a client that asks for STARTTLS all the same gets
//! it turned into a command that the server does not know. The rest goes through as it is. To the target the
//! proxy is the client: its address is the router's.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

/// What stands in the place of the offer, as Cisco's `fixup protocol smtp` writes it.
const MASK: &[u8] = b"XXXXXXXA";
const KEYWORD: &[u8] = b"STARTTLS";
/// Longer pieces are passed on as they come, line end or not.
const PIECE: u64 = 16_384;

/// Relays one diverted connection to where it was going.
pub(super) async fn relay(client: TcpStream) -> io::Result<()> {
    let target = original_target(&client)?;
    let socket = if target.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    let server = socket.connect(target).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let there = pass(from_client, to_server, mask_command);
    let back = pass(from_server, to_client, mask_offer);
    tokio::try_join!(there, back).map(drop)
}

/// Where the client wanted to go, before the firewall sent it here.
fn original_target(client: &TcpStream) -> io::Result<SocketAddr> {
    Ok(match client.local_addr()? {
        SocketAddr::V4(_) => rustix::net::sockopt::ip_original_dst(client)?.into(),
        SocketAddr::V6(_) => rustix::net::sockopt::ipv6_original_dst(client)?.into(),
    })
}

async fn pass<R, W>(from: R, mut to: W, mask: fn(&mut [u8])) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    use tokio::io::AsyncReadExt as _;
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = (&mut from).take(PIECE).read_until(b'\n', &mut line).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        mask(&mut line);
        to.write_all(&line).await?;
    }
}

/// `250-STARTTLS` and `250 STARTTLS`.
fn mask_offer(line: &mut [u8]) {
    if line.len() >= 12 && line.starts_with(b"250") && line[4..12].eq_ignore_ascii_case(KEYWORD) {
        line[4..12].copy_from_slice(MASK);
    }
}

fn mask_command(line: &mut [u8]) {
    if line.trim_ascii_end().eq_ignore_ascii_case(KEYWORD) {
        line[..KEYWORD.len()].fill(b'X');
    }
}

#[cfg(test)]
mod tests {
    use super::{mask_command, mask_offer};

    #[test]
    fn masks_the_offer_and_the_command_and_nothing_else() {
        let offers: [(&[u8], &[u8]); 4] = [
            (b"250-STARTTLS\r\n", b"250-XXXXXXXA\r\n"),
            (b"250 starttls\r\n", b"250 XXXXXXXA\r\n"),
            (b"250-SIZE 1000\r\n", b"250-SIZE 1000\r\n"),
            (b"220 2.0.0 STARTTLS\r\n", b"220 2.0.0 STARTTLS\r\n"),
        ];
        for (line, expected) in offers {
            let mut line = line.to_vec();
            mask_offer(&mut line);
            assert_eq!(line, expected);
        }
        for (line, expected) in [("StartTLS\r\n", "XXXXXXXX\r\n"), ("EHLO STARTTLS\r\n", "EHLO STARTTLS\r\n")]
        {
            let mut line = line.as_bytes().to_vec();
            mask_command(&mut line);
            assert_eq!(line, expected.as_bytes());
        }
    }
}
