//! What leaves here cannot be taken apart: a receiver that ends a message at any "." on a line of its own, whatever ends
//! that line, gets as many messages as were sent, by each way in.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use postamt_mta::accept::drop_directory::DroppedEnvelope;
use postamt_mta::settings::Purpose;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::support::talk::Talk;
use crate::support::{House, LOGIN, PASSWORD};

const ENDINGS: &str = include_str!("../../../mail/tests/data/smuggling/smuggling_eod.json");

/// What would begin behind a false end.
const HIDDEN: &str = "MAIL FROM:<chef@absender.test>\r\nRCPT TO:<opfer@arglos.test>\r\nDATA\r\n\
                      From: chef@absender.test\r\nSubject: geschmuggelt\r\n\r\nhidden\r\n.\r\n";

/// A server that knows no line ends but takes CR, LF and CRLF alike; it notes the commands and the messages.
struct Careless {
    commands: Arc<Mutex<Vec<String>>>,
    messages: Arc<Mutex<Vec<Vec<u8>>>>,
    _tasks: JoinSet<()>,
}

impl Careless {
    async fn start(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("bound");
        let (commands, messages) = (Arc::default(), Arc::default());
        let mut tasks = JoinSet::new();
        let shared = (Arc::clone(&commands), Arc::clone(&messages));
        tasks.spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (commands, messages) = shared.clone();
                sessions.spawn(async move {
                    // A client that leaves ends only its own session.
                    let _ = converse(stream, &commands, &messages).await;
                });
            }
        });
        Self { commands, messages, _tasks: tasks }
    }

    fn count(&self, verb: &str) -> usize {
        let commands = self.commands.lock().expect("not poisoned");
        commands.iter().filter(|line| line.to_ascii_uppercase().starts_with(verb)).count()
    }

    fn messages(&self) -> Vec<String> {
        let messages = self.messages.lock().expect("not poisoned");
        messages.iter().map(|octets| String::from_utf8_lossy(octets).into_owned()).collect()
    }
}

async fn converse(
    mut stream: TcpStream,
    commands: &Mutex<Vec<String>>,
    messages: &Mutex<Vec<Vec<u8>>>,
) -> std::io::Result<()> {
    stream.write_all(b"220 arglos.test ESMTP\r\n").await?;
    let (mut line, mut message) = (Vec::new(), None::<Vec<u8>>);
    let mut before = 0;
    loop {
        let octet = stream.read_u8().await?;
        let is_second_half = before == b'\r' && octet == b'\n';
        before = octet;
        // Not the second half of the line end of DATA.
        if let Some(content) = message.as_mut().filter(|content| !(content.is_empty() && is_second_half)) {
            content.push(octet);
        }
        if is_second_half {
            continue;
        }
        if !matches!(octet, b'\r' | b'\n') {
            line.push(octet);
            continue;
        }
        let text = String::from_utf8_lossy(&std::mem::take(&mut line)).into_owned();
        let reply = match &message {
            Some(_) if text == "." => {
                messages.lock().expect("not poisoned").extend(message.take());
                "250 2.0.0 taken"
            }
            Some(_) => continue,
            None => {
                commands.lock().expect("not poisoned").push(text.clone());
                match text.to_ascii_uppercase().get(..4) {
                    Some("EHLO") => "250-arglos.test\r\n250-PIPELINING\r\n250 8BITMIME",
                    Some("DATA") => {
                        message = Some(Vec::new());
                        "354 go on"
                    }
                    Some("QUIT") => return stream.write_all(b"221 2.0.0 bye\r\n").await,
                    _ => "250 2.0.0 ok",
                }
            }
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
}

fn endings() -> BTreeSet<String> {
    let lists: serde_json::Value = serde_json::from_str(ENDINGS).expect("JSON");
    let values = lists.as_object().expect("lists").values();
    let all = values.flat_map(|list| match list {
        serde_json::Value::Object(named) => named.values().cloned().collect::<Vec<_>>(),
        list => list.as_array().expect("a list").clone(),
    });
    all.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

fn message(number: usize, ending: &str) -> String {
    format!(
        "From: {LOGIN}\r\nTo: da@arglos.test\r\nSubject: Nummer {number}\r\n\r\nText{ending}{HIDDEN}Ende {number}\r\n"
    )
}

/// As a client must send it (RFC 5321 §4.5.2): what comes behind CRLF is stuffed, nothing else is.
fn stuffed(message: &str) -> String {
    message.replace("\r\n.", "\r\n..") + ".\r\n"
}

fn envelope() -> String {
    let envelope = DroppedEnvelope {
        sender: LOGIN.to_owned(),
        recipients: vec!["da@arglos.test".to_owned()],
        eight_bit: false,
        return_full: None,
        envelope_id: None,
        notify: None,
    };
    serde_json::to_string(&envelope).expect("JSON") + "\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_arrives_as_one_whatever_its_lines_end_in() {
    let endings = endings();
    assert!(endings.len() >= 12, "{endings:?}");
    let dropped = endings.clone();
    let house = House::build_with(|_, directory| {
        let drop = directory.join("drop");
        std::fs::create_dir_all(&drop).expect("made");
        for (number, ending) in dropped.iter().enumerate() {
            let file = drop.join(format!("nummer{number}.mail"));
            std::fs::write(file, envelope() + &message(1_000 + number, ending)).expect("written");
        }
    })
    .await;
    house.exchanger("arglos.test", "mx.arglos.test", 120);
    let careless = Careless::start(house.place(120)).await;
    let certificate = house.certificate();
    let mut taken = Vec::new();
    for (number, ending) in endings.iter().enumerate() {
        let mut talk = Talk::open_tls(house.address(Purpose::Submissions), certificate).await;
        talk.say_all(&["EHLO client.test"]).await;
        assert!(talk.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
        let mut local = Talk::open_local(&house.settings.local_submission.socket).await;
        local.say_all(&["EHLO localhost"]).await;
        for (offset, talk) in [(0, &mut talk), (100, &mut local)] {
            talk.say_all(&[&format!("MAIL FROM:<{LOGIN}>"), "RCPT TO:<da@arglos.test>", "DATA"]).await;
            talk.send(stuffed(&message(number + offset, ending)).as_bytes()).await;
            let reply = talk.hear().await;
            taken.extend(reply.strip_prefix("250 2.0.0 queued as ").map(str::to_owned));
        }
        // In a chunk nothing is stuffed (RFC 3030 §2).
        let chunk = message(number + 200, ending);
        talk.say_all(&["RSET", &format!("MAIL FROM:<{LOGIN}>"), "RCPT TO:<da@arglos.test>"]).await;
        talk.send(format!("BDAT {} LAST\r\n{chunk}", chunk.len()).as_bytes()).await;
        let reply = talk.hear().await;
        taken.extend(reply.strip_prefix("250 2.0.0 queued as ").map(str::to_owned));
    }
    // What is honest in each way: dots at the beginnings of lines, one alone, and a last line of its own.
    let honest = format!("From: {LOGIN}\r\nSubject: ehrlich\r\n\r\n.\r\n..\r\n.x\r\nText\r\n.\r\n{HIDDEN}");
    let mut talk = Talk::open_tls(house.address(Purpose::Submissions), certificate).await;
    talk.say_all(&["EHLO client.test"]).await;
    assert!(talk.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
    talk.say_all(&[&format!("MAIL FROM:<{LOGIN}>"), "RCPT TO:<da@arglos.test>", "DATA"]).await;
    talk.send(stuffed(&honest).as_bytes()).await;
    let reply = talk.hear().await;
    taken.push(reply.strip_prefix("250 2.0.0 queued as ").expect("taken").to_owned());
    for id in &taken {
        house.finished(id).await;
    }
    // Dropped files are taken, or set aside as refused; all that is taken is sent.
    let drop = house.directory.path().join("drop");
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    while std::fs::read_dir(&drop)
        .expect("read")
        .flatten()
        .any(|entry| entry.path().extension().is_some_and(|it| it == "mail"))
    {
        assert!(tokio::time::Instant::now() < end, "not picked up");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    while !house.running.list().await.is_empty() {
        assert!(tokio::time::Instant::now() < end, "still queued");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    house.running.shutdown().await;

    let sent = careless.count("MAIL");
    let messages = careless.messages();
    assert!(sent >= taken.len(), "{sent} of {}", taken.len());
    assert_eq!(messages.len(), sent, "as many messages as envelopes");
    assert_eq!(careless.count("DATA"), sent);
    assert_eq!(careless.count("MAIL FROM:<CHEF@"), 0, "nobody's command but ours was heard");
    assert_eq!(careless.count("RCPT TO:<OPFER@"), 0);
    for text in &messages {
        // The end was noticed at its CR.
        let content = text.strip_suffix(".\r").expect("a message that ends as it should");
        assert_eq!(
            text.matches("Subject: Nummer").count() + text.matches("Subject: ehrlich").count(),
            1,
            "{text}"
        );
        let bare = content.replace("\r\n", "");
        assert!(!bare.contains(['\r', '\n', '\0']), "only CRLF leaves: {text:?}");
    }
    let whole = messages.iter().find(|text| text.contains("Subject: ehrlich")).expect("it arrived");
    assert!(whole.contains("\r\n\r\n..\r\n...\r\n..x\r\nText\r\n..\r\nMAIL FROM"), "{whole}");
}
