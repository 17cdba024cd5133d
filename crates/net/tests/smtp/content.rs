//! Large content through vectored writes, cut anywhere, with and without dots to double.

use bytes::Bytes;
use postamt_net::smtp::Chunking;

use crate::support::{Server, message, open, words};

/// Three megabytes whose every third line begins with a dot.
fn content() -> String {
    (0..50_000)
        .map(|number| format!("{}line {number} of a large message, {number}\r\n", dots(number)))
        .collect()
}

fn dots(number: usize) -> &'static str {
    if number.is_multiple_of(3) { "." } else { "" }
}

fn pieces(content: &str, size: usize) -> Vec<Bytes> {
    let content = Bytes::copy_from_slice(content.as_bytes());
    (0..content.len())
        .step_by(size)
        .map(|start| content.slice(start..content.len().min(start + size)))
        .collect()
}

#[tokio::test]
async fn arrives_whole_however_it_is_cut() {
    for (chunking, size) in
        [(Chunking::Never, 7_777), (Chunking::Never, usize::MAX / 2), (Chunking::IfOffered, 1_001)]
    {
        let server = Server::start(move |door| async move {
            let mut peer = door.accept().await;
            peer.greet("250-mx.test\r\n250 CHUNKING").await;
            peer.ask("MAIL FROM:<sender@client.test>", "250 ok").await;
            peer.ask("RCPT TO:<a@mx.test>", "250 ok").await;
            let expected = content();
            if chunking == Chunking::Never {
                peer.ask("DATA", "354 go").await;
                let received = peer.content().await;
                let unstuffed = received.replace("\r\n..line", "\r\n.line");
                assert_eq!(unstuffed.strip_prefix('.').unwrap(), format!("{expected}.\r\n"));
            } else {
                peer.expect(&format!("BDAT {} LAST", expected.len())).await;
                assert_eq!(peer.octets(expected.len()).await, expected.as_bytes());
            }
            peer.say("250 ok").await;
            peer.quit().await;
        })
        .await;
        let mut hop = server.hop();
        hop.chunking = chunking;
        let mut transaction = message(&["a@mx.test"], "");
        transaction.content = pieces(&content(), size);
        let mut connection = open(&hop).await.unwrap();
        assert_eq!(words(&connection.deliver(&transaction).await), ["delivered"]);
        connection.quit().await;
        server.done().await;
    }
}
