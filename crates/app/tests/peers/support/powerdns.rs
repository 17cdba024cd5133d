//! PowerDNS's HTTP interface in front of a Knot: what is changed by it is really served.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::finish;
use super::host::Host;

/// Where it listens.
pub const ADDRESS: &str = "127.0.0.1:8081";
/// The key that it knows.
pub const KEY: &str = "k3y-of-the-panel";

/// Answers until the test ends.
pub fn start(host: &Host) {
    let listener = TcpListener::bind(ADDRESS).expect("the interface's port");
    let root = host.root().to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            answer(stream, &root);
        }
    });
}

fn answer(mut stream: TcpStream, root: &Path) {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    let mut line = String::new();
    reader.read_line(&mut line).expect("a request");
    let (mut key, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).expect("a header");
        let Some((name, value)) = header.trim().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "x-api-key" => key = value.trim().to_owned(),
            "content-length" => length = value.trim().parse().expect("a number"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    let (status, text) = if key != KEY {
        (401, String::new())
    } else if line.starts_with("PATCH ") {
        change(&body, root);
        (204, String::new())
    } else {
        (200, zone(root))
    };
    let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", text.len());
    stream.write_all(format!("{head}{text}").as_bytes()).expect("the answer");
}

fn knotc(root: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("chroot");
    command.arg(root).args(["knotc", "-c", "/etc/knot.conf"]).args(arguments).stdin(Stdio::null());
    finish(&mut command)
}

fn change(body: &[u8], root: &Path) {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    knotc(root, &["zone-begin", "sender.test"]);
    for set in body["rrsets"].as_array().expect("a list") {
        let (name, kind) = (text(&set["name"]), text(&set["type"]));
        if records(root).contains_key(&(name.clone(), kind.clone())) {
            knotc(root, &["zone-unset", "sender.test", &name, &kind]);
        }
        for record in set["records"].as_array().into_iter().flatten() {
            knotc(root, &["zone-set", "sender.test", &name, "300", &kind, &text(&record["content"])]);
        }
    }
    knotc(root, &["zone-commit", "sender.test"]);
}

/// Contents by name and type.
fn records(root: &Path) -> BTreeMap<(String, String), Vec<String>> {
    let mut all: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for line in knotc(root, &["zone-read", "sender.test"]).lines() {
        // [sender.test.] NAME TTL TYPE DATA
        let mut fields = line.splitn(5, ' ').skip(1);
        let (Some(name), Some(_), Some(kind), Some(data)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        all.entry((name.to_owned(), kind.to_owned())).or_default().push(data.to_owned());
    }
    all
}

fn zone(root: &Path) -> String {
    let set = |((name, kind), contents): ((String, String), Vec<String>)| {
        let records: Vec<Value> =
            contents.iter().map(|content| json!({"content": content, "disabled": false})).collect();
        json!({"name": name, "type": kind, "ttl": 300, "records": records})
    };
    let sets: Vec<Value> = records(root).into_iter().map(set).collect();
    json!({"name": "sender.test.", "rrsets": sets}).to_string()
}
