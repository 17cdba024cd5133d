//! Changes through a provider's interface: a server on loopback that speaks PowerDNS's HTTP interface, over a real socket.

#![cfg(feature = "dns-providers")]
// Helpers of tests may unwrap like the tests themselves.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use postamt_net::dns::Tlsa;
use postamt_net::dns::authority::Zone;
use postamt_net::dns::provider::{Credentials, ProviderApi, ProviderFailure, find};
use postamt_net::dns::publish::{Change, PublishError, Publisher as _};
use postamt_net::dns::record::{RecordData, RecordKind};
use serde_json::{Value, json};

const KEY: &str = "s3cret/Key+1";

/// Contents by name and type.
type Records = BTreeMap<(String, String), Vec<String>>;

/// What goes wrong with a request, by its method and body.
type Trouble = Box<dyn Fn(&str, &str) -> Option<Wrong> + Send>;

/// How it goes wrong.
#[derive(Clone, Copy)]
enum Wrong {
    /// It is refused with this status.
    Refused(u16),
    /// It is done, and answered with this status nevertheless.
    Done(u16),
}

/// The server: knows the zone `own.test`, and refuses with a status of its choice where it is told to.
struct Api {
    address: SocketAddr,
    records: Arc<Mutex<Records>>,
    /// How many requests changed something.
    patches: Arc<Mutex<usize>>,
}

impl Api {
    fn start(refusal: Option<u16>) -> Self {
        Self::with(Box::new(move |_, _| refusal.map(Wrong::Refused)))
    }

    fn with(trouble: Trouble) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (records, patches) = (Arc::new(Mutex::new(Records::new())), Arc::new(Mutex::new(0)));
        let (ours, count) = (Arc::clone(&records), Arc::clone(&patches));
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(stream, &trouble, &ours, &count);
            }
        });
        Self { address, records, patches }
    }

    fn put(&self, name: &str, kind: &str, contents: &[&str]) {
        let contents = contents.iter().map(|text| (*text).to_owned()).collect();
        self.records.lock().unwrap().insert((name.to_owned(), kind.to_owned()), contents);
    }

    fn at(&self, name: &str, kind: &str) -> Vec<String> {
        self.records.lock().unwrap().get(&(name.to_owned(), kind.to_owned())).cloned().unwrap_or_default()
    }

    fn publisher(&self, key: &str) -> ProviderApi {
        let known = find("powerdns").unwrap();
        let text = format!("key={key}\nurl=http://{}\n", self.address);
        ProviderApi::new(known, Credentials::parse(known, &text).unwrap()).unwrap()
    }
}

fn answer(stream: TcpStream, trouble: &Trouble, records: &Mutex<Records>, patches: &Mutex<usize>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap() == 0 {
        return;
    }
    let (mut key, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "x-api-key" => key = value.trim().to_owned(),
            "content-length" => length = value.trim().parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let is_ours = target.split('?').next() == Some("/api/v1/servers/localhost/zones/own.test.");
    let refused = |status| (status, json!({"error": format!("no, {key}")}).to_string());
    let (status, text) = match trouble(method, &String::from_utf8_lossy(&body)) {
        Some(Wrong::Refused(status)) => refused(status),
        Some(Wrong::Done(status)) => {
            patch(&body, records);
            refused(status)
        }
        None if key != KEY => (401, String::new()),
        None if !is_ours => (404, json!({"error": "Could not find domain"}).to_string()),
        None if method == "PATCH" => {
            patch(&body, records);
            *patches.lock().unwrap() += 1;
            (204, String::new())
        }
        None => (200, listed(records)),
    };
    let length = text.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nRetry-After: 0\r\nConnection: close\r\nContent-Length: {length}");
    let mut stream = stream;
    stream.write_all(format!("{head}\r\n\r\n{text}").as_bytes()).unwrap();
}

fn patch(body: &[u8], records: &Mutex<Records>) {
    let body: Value = serde_json::from_slice(body).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for set in body["rrsets"].as_array().unwrap() {
        let place = (text(&set["name"]), text(&set["type"]));
        let contents = set["records"].as_array().cloned().unwrap_or_default();
        let contents: Vec<String> = contents.iter().map(|record| text(&record["content"])).collect();
        let mut records = records.lock().unwrap();
        match contents.is_empty() {
            true => records.remove(&place),
            false => records.insert(place, contents),
        };
    }
}

fn listed(records: &Mutex<Records>) -> String {
    let set = |((name, kind), contents): (&(String, String), &Vec<String>)| {
        let records: Vec<Value> =
            contents.iter().map(|content| json!({"content": content, "disabled": false})).collect();
        json!({"name": name, "type": kind, "ttl": 300, "records": records})
    };
    let sets: Vec<Value> = records.lock().unwrap().iter().map(set).collect();
    json!({"name": "own.test.", "rrsets": sets}).to_string()
}

fn zone(name: &str) -> Zone {
    Zone { name: name.to_owned(), primary: format!("ns.{name}"), servers: Vec::new() }
}

fn text(text: &str) -> RecordData {
    RecordData::Txt(text.to_owned())
}

fn change(
    name: &str,
    kind: RecordKind,
    seen: &[RecordData],
    remove: &[RecordData],
    add: RecordData,
) -> Change {
    let (seen, remove) = (seen.to_vec(), remove.to_vec());
    Change { name: name.to_owned(), kind, ttl: 3600, seen, remove, add: vec![add] }
}

#[tokio::test]
async fn only_what_differs_is_changed_and_what_others_have_there_stays() {
    let api = Api::start(None);
    api.put("own.test.", "TXT", &["\"v=spf1 mx ~all\"", "\"site-verification=1\""]);
    api.put("www.own.test.", "A", &["192.0.2.80"]);
    let old = [text("v=spf1 mx ~all"), text("site-verification=1")];
    let long = "v=DKIM1; p=".to_owned() + &"A".repeat(400);
    let digest = Tlsa { usage: 3, selector: 1, matching: 1, data: vec![0xab; 32] };
    let service = RecordData::Srv { priority: 0, weight: 1, port: 465, target: "mail.own.test".into() };
    let exchange = RecordData::Mx { preference: 10, exchange: "mail.own.test".into() };
    let changes = [
        change("own.test", RecordKind::Txt, &old, &old[..1], text("v=spf1 mx ip4:192.0.2.25 -all")),
        change("s._domainkey.own.test", RecordKind::Txt, &[], &[], text(&long)),
        change("own.test", RecordKind::Mx, &[], &[], exchange),
        change("_submissions._tcp.own.test", RecordKind::Srv, &[], &[], service),
        change("_25._tcp.mail.own.test", RecordKind::Tlsa, &[], &[], RecordData::Tlsa(digest)),
    ];
    let publisher = api.publisher(KEY);
    publisher.apply(&zone("own.test"), &changes).await.unwrap();
    let mut texts = api.at("own.test.", "TXT");
    texts.sort_unstable();
    assert_eq!(texts, ["\"site-verification=1\"", "\"v=spf1 mx ip4:192.0.2.25 -all\""]);
    assert_eq!(api.at("www.own.test.", "A"), ["192.0.2.80"]);
    assert_eq!(api.at("own.test.", "MX"), ["10 mail.own.test."]);
    assert_eq!(api.at("_submissions._tcp.own.test.", "SRV"), ["0 1 465 mail.own.test."]);
    assert_eq!(api.at("_25._tcp.mail.own.test.", "TLSA"), [format!("3 1 1 {}", "ab".repeat(32))]);
    let key = api.at("s._domainkey.own.test.", "TXT");
    assert_eq!(key[0].replace("\" \"", "").trim_matches('"'), long, "parted, and nothing lost");

    // The same once more changes nothing.
    let before = *api.patches.lock().unwrap();
    let again = change("own.test", RecordKind::Mx, &[], &[], changes[2].add[0].clone());
    publisher.apply(&zone("own.test"), &[again]).await.unwrap();
    assert_eq!(*api.patches.lock().unwrap(), before);
}

#[tokio::test]
async fn a_second_spf_record_never_comes_beside_one_that_somebody_else_has_put_there_meanwhile() {
    let api = Api::start(None);
    api.put("own.test.", "TXT", &["\"v=spf1 include:shop.test -all\""]);
    let changes = [change("own.test", RecordKind::Txt, &[], &[], text("v=spf1 mx -all"))];
    let failure = api.publisher(KEY).apply(&zone("own.test"), &changes).await.expect_err("it has changed");
    assert!(matches!(failure, PublishError::Changed { .. }), "{failure}");
    assert_eq!(api.at("own.test.", "TXT"), ["\"v=spf1 include:shop.test -all\""]);
}

const OLD: &str = "v=spf1 include:shop.test -all";
const NEW: &str = "v=spf1 include:shop.test mx -all";

/// The old SPF record is to be replaced, while the server has this trouble.
async fn replaced(trouble: Trouble) -> (Result<(), PublishError>, Vec<String>) {
    let api = Api::with(trouble);
    api.put("own.test.", "TXT", &[&format!("\"{OLD}\""), "\"site-verification=1\""]);
    let seen = [text(OLD), text("site-verification=1")];
    let changes = [change("own.test", RecordKind::Txt, &seen, &seen[..1], text(NEW))];
    let done = api.publisher(KEY).apply(&zone("own.test"), &changes).await;
    let mut texts = api.at("own.test.", "TXT");
    texts.sort_unstable();
    (done, texts.iter().map(|text| text.trim_matches('"').to_owned()).collect())
}

#[tokio::test]
async fn a_record_that_could_not_be_replaced_is_there_again_and_the_refusal_is_told() {
    let adds = |_: &str, body: &str| body.contains(NEW).then_some(Wrong::Refused(429));
    let (done, texts) = replaced(Box::new(adds)).await;
    match done {
        Err(PublishError::Provider { source: ProviderFailure::RateLimited, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(texts, ["site-verification=1", OLD]);
}

#[tokio::test]
async fn a_record_that_could_not_be_put_back_is_told_in_full() {
    let gone = std::sync::atomic::AtomicBool::new(false);
    // The first change takes the old record away, and nothing is accepted after that.
    let after_the_first = move |method: &str, _: &str| {
        let is_later = method == "PATCH" && gone.swap(true, std::sync::atomic::Ordering::Relaxed);
        is_later.then_some(Wrong::Refused(403))
    };
    let (done, texts) = replaced(Box::new(after_the_first)).await;
    let Err(PublishError::Provider { source: ProviderFailure::Lost { failure, back, records }, .. }) = done
    else {
        panic!("{done:?}")
    };
    assert_eq!((*failure, *back), (ProviderFailure::Forbidden, ProviderFailure::Forbidden));
    assert_eq!(records, format!("own.test. TXT \"{OLD}\""));
    assert_eq!(texts, ["site-verification=1"]);
}

#[tokio::test]
async fn a_change_that_was_made_is_one_even_if_its_answer_was_lost() {
    let (done, texts) = replaced(Box::new(|_, body| body.contains(NEW).then_some(Wrong::Done(500)))).await;
    done.unwrap();
    assert_eq!(texts, ["site-verification=1", NEW]);
}

#[tokio::test]
async fn nothing_is_put_back_that_was_not_taken() {
    let changes = |method: &str, _: &str| (method == "PATCH").then_some(Wrong::Refused(403));
    let (done, texts) = replaced(Box::new(changes)).await;
    match done {
        Err(PublishError::Provider { source: ProviderFailure::Forbidden, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(texts, ["site-verification=1", OLD]);
}

async fn refused(refusal: Option<u16>, key: &str, name: &str) -> ProviderFailure {
    let api = Api::start(refusal);
    let changes = [change(name, RecordKind::A, &[], &[], RecordData::A([192, 0, 2, 25].into()))];
    match api.publisher(key).apply(&zone(name), &changes).await {
        Err(PublishError::Provider { source, .. }) => source,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn refusals_are_told_by_what_they_mean_and_without_the_key() {
    assert_eq!(refused(None, "another", "own.test").await, ProviderFailure::Unauthorized);
    assert_eq!(refused(Some(403), KEY, "own.test").await, ProviderFailure::Forbidden);
    assert_eq!(refused(Some(429), KEY, "own.test").await, ProviderFailure::RateLimited);
    assert_eq!(refused(None, KEY, "strange.test").await, ProviderFailure::NoZone);
    let ProviderFailure::Other(said) = refused(Some(500), KEY, "own.test").await else { panic!("500") };
    assert!(said.contains("no, …") && !said.contains(KEY), "{said}");
}

#[tokio::test]
async fn a_record_that_the_interface_does_not_have_is_told_when_all_else_is_done() {
    let api = Api::start(None);
    let odd = Tlsa { usage: 9, selector: 1, matching: 1, data: vec![1] };
    let changes = [
        change("_25._tcp.own.test", RecordKind::Tlsa, &[], &[], RecordData::Tlsa(odd)),
        change("own.test", RecordKind::A, &[], &[], RecordData::A([192, 0, 2, 25].into())),
    ];
    match api.publisher(KEY).apply(&zone("own.test"), &changes).await {
        Err(PublishError::Provider { source: ProviderFailure::Unsupported(RecordKind::Tlsa), .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(api.at("own.test.", "A"), ["192.0.2.25"]);
}
