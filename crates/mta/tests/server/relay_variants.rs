//! Two hundred ways to ask for relaying and more, on every port, in clear and under TLS, without and with a login, from
//! a stranger's address and from the host's own: nothing leaves, and nothing is queued to leave.
//!
//! The names are made here: tricks × the domains that are ours × senders. With a login the sender is somebody else in
//! the envelope or in `From`, since logins may write to anywhere.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use postamt_mail::address::Domain;
use postamt_mta::events::Event;
use postamt_mta::settings::{LocalDomain, LocalTarget, Network, Purpose};
use tokio::net::TcpSocket;

use crate::support::talk::{Talk, last_line};
use crate::support::{House, LOGIN, PASSWORD};

/// Who must not get anything.
const VICTIM: &str = "streng.test";
/// An address of the host itself, from which clients come as well.
const INSIDE: [u8; 4] = [127, 0, 0, 1];
/// One that is in no network that anybody has named.
const OUTSIDE: [u8; 4] = [127, 200, 0, 9];
/// Requests in one session; the server ends those with too many errors.
const PER_SESSION: usize = 4;

/// Address forms in which `{o}` is a domain of ours.
const FORMS: [&str; 26] = [
    "opfer%{v}@{o}",
    "opfer%25{v}@{o}",
    "opfer%{v}%{o}@{o}",
    "{v}!opfer@{o}",
    "{o}!{v}!opfer@{o}",
    "{v}!opfer",
    "\"opfer@{v}\"@{o}",
    "\"opfer%{v}\"@{o}",
    "\"{v}!opfer\"@{o}",
    "\"opfer\\@{v}\"@{o}",
    "\"opfer@{v}\"",
    "opfer\\@{v}@{o}",
    "opfer@{v}@{o}",
    "@{o}:opfer@{v}",
    "@{o},@{v}:opfer@{v}",
    "@{v}:opfer@{o}",
    "opfer:{v}@{o}",
    "opfer/{v}@{o}",
    "|opfer@{v}@{o}",
    "opfer+AEA-{v}@{o}",
    "=?utf-8?Q?opfer=40{v}?=@{o}",
    "opfer@{v}.{o}",
    "opfer=40{v}@{o}",
    "opfer&#64;{v}@{o}",
    "\"opfer\"@{v}@{o}",
    "opfer%40{v}%{o}@{o}",
];

/// Domains and literals that a server may take for its own.
const OURS: [&str; 7] = [
    "hier.test",
    "absender.test",
    "mail.absender.test",
    "[127.0.0.1]",
    "[IPv6:::1]",
    "localhost",
    "[127.0.0.1].",
];

/// Recipients that are somebody else's without any trick, or look like ours.
const PLAIN: [&str; 24] = [
    "opfer@streng.test",
    "OPFER@STRENG.TEST",
    "opfer@streng.test.",
    "opfer@streng.test..",
    "opfer@hier.test.streng.test",
    "opfer@absender.test.streng.test",
    "opfer@[192.0.2.1]",
    "opfer@[IPv6:2001:db8::1]",
    "opfer@2130706433",
    "opfer@127.0.0.1",
    "opfer@streng\u{3002}test",
    "opfer@ｓｔｒｅｎｇ.test",
    "opfer@аbsender.test",
    "opfer@xn--bsender-2fg.test",
    "opfer@hіer.test",
    "öpfer@streng.test",
    "opfer(kommentar)@streng.test",
    "(hier.test)opfer@streng.test",
    "opfer @streng.test",
    "opfer@ streng.test",
    "<opfer@streng.test>",
    "opfer@streng.test,postmaster@absender.test",
    "opfer@streng.test> <postmaster@absender.test",
    "opfer@streng.test\tpostmaster@absender.test",
];

/// Senders: nobody, strangers, and what only our users are.
const SENDERS: [&str; 9] = [
    "",
    "wer@draussen.test",
    "wer@streng.test",
    "wer@absender.test",
    "postmaster@absender.test",
    "wer@hier.test",
    "root@localhost",
    "wer@[127.0.0.1]",
    "MAILER-DAEMON@mail.absender.test",
];

/// Lines of strangers that claim what they cannot prove, before or beside the envelope.
const CLAIMS: [&str; 9] = [
    "PROXY TCP4 127.0.0.1 127.0.0.1 40000 25",
    "PROXY TCP6 ::1 ::1 40000 25",
    "PROXY LOCAL",
    "XCLIENT ADDR=127.0.0.1 NAME=localhost LOGIN=anna@absender.test",
    "XFORWARD ADDR=127.0.0.1 SOURCE=LOCAL",
    "EHLO mail.absender.test",
    "EHLO [127.0.0.1]",
    "HELO localhost",
    "AUTH EXTERNAL YW5uYUBhYnNlbmRlci50ZXN0",
];

/// Header fields that claim the same.
const FIELDS: &str = "X-Originating-IP: [127.0.0.1]\r\nX-Authenticated-Sender: anna@absender.test\r\n\
                      X-Authentication-Warning: none\r\nReceived: from localhost by mail.absender.test with ESMTPSA\r\n\
                      Authentication-Results: mail.absender.test; auth=pass smtp.auth=anna@absender.test\r\n\
                      Return-Path: <anna@absender.test>\r\nResent-From: anna@absender.test\r\n\
                      Bcc: opfer@streng.test\r\n";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Request {
    claim: Option<&'static str>,
    /// What stands behind `MAIL`, parameters and all.
    mail: String,
    recipient: String,
}

fn requests() -> Vec<Request> {
    let tricks = FORMS
        .iter()
        .flat_map(|form| OURS.iter().map(move |own| form.replace("{v}", VICTIM).replace("{o}", own)));
    let recipients: BTreeSet<String> = tricks.chain(PLAIN.iter().map(|text| (*text).to_owned())).collect();
    let mut senders = SENDERS.iter().cycle();
    let mut requests: BTreeSet<Request> = recipients
        .into_iter()
        .map(|recipient| {
            let sender = senders.next().expect("a cycle");
            let utf8 = if recipient.is_ascii() { "" } else { " SMTPUTF8" };
            Request { claim: None, mail: format!("FROM:<{sender}>{utf8}"), recipient }
        })
        .collect();
    let plain = |claim, mail: String| Request { claim, mail, recipient: format!("opfer@{VICTIM}") };
    for sender in SENDERS {
        requests.insert(plain(None, format!("FROM:<{sender}>")));
        // RFC 4954 §5: only those who are trusted may say on whose behalf.
        requests.insert(plain(None, format!("FROM:<{sender}> AUTH=anna@absender.test")));
    }
    for claim in CLAIMS {
        requests.insert(plain(Some(claim), "FROM:<wer@draussen.test>".to_owned()));
    }
    requests.into_iter().collect()
}

/// How a client gets to a port.
#[derive(Debug, Clone, Copy)]
enum Way {
    Clear(Purpose),
    StartTls(Purpose),
    Implicit,
}

const WAYS: [Way; 5] = [
    Way::Clear(Purpose::Exchange),
    Way::StartTls(Purpose::Exchange),
    Way::Clear(Purpose::Submission),
    Way::StartTls(Purpose::Submission),
    Way::Implicit,
];

impl Way {
    /// Whether a login is possible there.
    fn takes_logins(self) -> bool {
        matches!(self, Self::StartTls(Purpose::Submission) | Self::Implicit)
    }
}

async fn dial(from: [u8; 4], to: SocketAddr) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((IpAddr::from(from), 0).into()).expect("bound");
    socket.connect(to).await.expect("connected")
}

async fn go(house: &House, way: Way, from: [u8; 4]) -> Talk {
    let certificate = house.certificate();
    match way {
        Way::Clear(purpose) => {
            let (mut talk, greeting) = Talk::greeted(dial(from, house.address(purpose)).await).await;
            assert!(greeting.starts_with("220 "), "{greeting}");
            talk.say("EHLO client.test").await;
            talk
        }
        Way::StartTls(purpose) => {
            Talk::starttls_over(dial(from, house.address(purpose)).await, certificate, "").await.0
        }
        Way::Implicit => {
            let stream = dial(from, house.address(Purpose::Submissions)).await;
            let mut talk = Talk::tls_over(stream, certificate).await;
            talk.say("EHLO client.test").await;
            talk
        }
    }
}

/// Asks; whatever is granted is used. True when the server has ended the session.
async fn ask(talk: &mut Talk, request: &Request) -> bool {
    let mut lines: Vec<String> = request.claim.map(ToOwned::to_owned).into_iter().collect();
    lines.extend([
        format!("MAIL {}", request.mail),
        format!("RCPT TO:<{}>", request.recipient),
        "DATA".to_owned(),
    ]);
    for line in lines {
        let reply = talk.say(&line).await;
        if last_line(&reply).starts_with("421 ") {
            return true;
        }
        if reply.starts_with("354 ") {
            // From somebody else, so that no login may send it either.
            let message =
                format!("{FIELDS}From: chef@{VICTIM}\r\nTo: opfer@{VICTIM}\r\nSubject: x\r\n\r\nx\r\n.");
            let reply = talk.say(&message).await;
            assert!(!reply.starts_with('2'), "{request:?} was taken: {reply}");
        }
    }
    last_line(&talk.say("RSET").await).starts_with("421 ")
}

fn receive_for_here(settings: &mut postamt_mta::settings::Settings, directory: &Path) {
    let target = LocalTarget::Maildir(format!("{}/{{local}}", directory.join("mail").display()));
    let domain = Domain::new("hier.test").expect("a domain");
    settings.local_domains.push(LocalDomain { domain, target });
    // The guard slows strangers down and shuts them out, which has tests of its own: here all are to have their say.
    let stranger = Ipv4Addr::from(OUTSIDE);
    settings.own_networks.push(Network { address: stranger.into(), prefix: 32 });
    // Neither of the two is in it.
    let printers = Network { address: [127, 77, 0, 0].into(), prefix: 16 };
    settings.listeners.iter_mut().for_each(|listener| listener.relay_networks = vec![printers]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_way_of_asking_makes_any_port_relay() {
    let requests = requests();
    assert!(requests.len() >= 200, "{}", requests.len());
    let house = House::build_with(receive_for_here).await;
    let mut asked = 0;
    for way in WAYS {
        for from in [INSIDE, OUTSIDE] {
            for with_login in [false, true] {
                if with_login && !way.takes_logins() {
                    continue;
                }
                for some in requests.chunks(PER_SESSION) {
                    let mut talk = go(&house, way, from).await;
                    if with_login {
                        assert!(talk.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
                    }
                    for request in some {
                        asked += 1;
                        if ask(&mut talk, request).await {
                            talk = go(&house, way, from).await;
                            if with_login {
                                talk.log_in(LOGIN, PASSWORD).await;
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(asked >= 200 * 14, "{asked}");
    // The server itself may have written of what it saw, to its operator.
    let taken = |event: &Event| matches!(event, Event::Accepted { channel, .. } if channel != "notice");
    let all = house.events.all();
    let taken: Vec<&Event> = all.iter().filter(|event| taken(event)).collect();
    assert!(taken.is_empty(), "{taken:?}");
    let receipts = house.world.receipts().all();
    assert!(receipts.iter().all(|receipt| receipt.server.as_str() != "mx.streng.test"), "{receipts:?}");
    // The server is no wall: the same messages go when they are asked for by those who may.
    let mut printer = Talk::greeted(dial([127, 77, 0, 3], house.address(Purpose::Exchange)).await).await.0;
    printer
        .say_all(&["EHLO drucker.test", "MAIL FROM:<scan@absender.test>", "RCPT TO:<da@streng.test>", "DATA"])
        .await;
    let reply = printer.say("From: scan@absender.test\r\nSubject: x\r\n\r\nx\r\n.").await;
    assert!(reply.starts_with("250 2.0.0 queued as "), "{reply}");
    house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    house.running.shutdown().await;
}
