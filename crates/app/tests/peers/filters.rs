//! Content filters in earnest: a real clamd, with a signature of our own for EICAR, and a real Rspamd with Debian's rules
//! refuse what they should over a real SMTP session; and each is killed under load, when what the configuration says
//! happens, and nothing that was taken is lost.
//!
//! Both are installed on the system (see `cargo xtask test`), but run only here, in the namespaces of the test.

use std::collections::HashSet;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::Value;

use crate::rspamd::{GTUBE, start_rspamd};
use crate::support::host::{Host, Running};
use crate::support::peers::{give, make_certificates, start_dns};
use crate::support::recorder::Recorder;
use crate::support::server::{LOGIN, PASSWORD, Server, add_account, configure};
use crate::support::session::Session;
use crate::support::{PATIENCE, RECORDER, SERVER, in_world, place, run, until};

/// In two parts, so that no scanner takes this file for one.
const EICAR: [&str; 2] = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"];
const READER: &str = "reader@recorder.test";
/// Clients at a time, and what each has to send.
const CLIENTS: usize = 4;
const EACH: usize = 60;

/// A clamd that knows one virus: no database of ClamAV's is needed, and none is fetched.
fn start_clamd() -> Running {
    let folder = place("clamav");
    fs::create_dir_all(&folder).unwrap();
    let hex: String = EICAR.concat().bytes().map(|octet| format!("{octet:02x}")).collect();
    fs::write(format!("{folder}/own.ndb"), format!("Eicar-Test-Signature:0:*:{hex}\n")).unwrap();
    let configuration = format!(
        "DatabaseDirectory {folder}\nLocalSocket {folder}/clamd.ctl\nLocalSocketMode 666\nFixStaleSocket yes\n\
         User clamav\nForeground yes\nStreamMaxLength 26214400\nLogTime yes\nSelfCheck 0\n"
    );
    fs::write(place("clamd.conf"), configuration).unwrap();
    run("chown", &["-R", "clamav:clamav", &folder]);
    let log = fs::File::create(place("clamd.log")).unwrap();
    let mut command = Command::new("clamd");
    command.args(["-c", &place("clamd.conf")]).stdin(Stdio::null());
    command.stdout(log.try_clone().unwrap()).stderr(log);
    let clamd = Running(command.spawn().expect("clamd is installed: run `cargo xtask test` as root"));
    until("clamd", || std::os::unix::net::UnixStream::connect(format!("{folder}/clamd.ctl")).is_ok());
    clamd
}

/// The sections that both tests have; hosts of the network may relay, so that a client needs no TLS.
fn configuration(filters: &str) -> String {
    let (certificate, key) = (place("mail.sender.test.pem"), place("mail.sender.test.key"));
    let more = format!(
        "[tls]\ncertificate = \"{certificate}\"\nkey = \"{key}\"\n\n\
         [[listener]]\naddress = \"{SERVER}:587\"\npurpose = \"submission\"\n\n\
         [[listener]]\naddress = \"{SERVER}:25\"\npurpose = \"exchange\"\nrelay_networks = [\"192.0.2.0/24\"]\n\n\
         [dns]\nservers = [\"{SERVER}:53\"]\n\n[outgoing]\nipv6 = false\n\n{filters}"
    );
    configure(&place("state"), &more)
}

fn clamav(when_down: &str) -> String {
    let socket = place("clamav/clamd.ctl");
    format!("[clamav]\naddress = \"unix:{socket}\"\nwhen_down = \"{when_down}\"\n\n")
}

fn rspamd(when_down: &str) -> String {
    format!("[rspamd]\nurl = \"http://127.0.0.1:11333\"\nwhen_down = \"{when_down}\"\n\n")
}

/// What swaks and the server say to each other over this message.
fn submitted(client: &Host, body: &str) -> String {
    let text = format!(
        "From: Anna <anna@sender.test>\nTo: Bert <{READER}>\nSubject: Tomorrow's meeting\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n{body}\n"
    );
    client.write("etc/mail.txt", &text);
    let line = [
        "swaks",
        "--server",
        "mail.sender.test",
        "--port",
        "587",
        "--tls",
        "--auth",
        "PLAIN",
        "--from",
        LOGIN,
        "--to",
        READER,
        "--auth-user",
        LOGIN,
        "--auth-password",
        PASSWORD,
        "--data",
        "/etc/mail.txt",
    ];
    let output = client.command(&line).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn eicar_and_gtube_are_refused_at_submission() {
    in_world("filters::eicar_and_gtube_are_refused_at_submission", || {
        let client = Host::new("client", "192.0.2.10");
        make_certificates(&["mail.sender.test"]);
        give(&client, "ca.pem", "etc/ca.pem");
        let recorder = Recorder::listen(&format!("{RECORDER}:25"));
        let _dns = start_dns(&client, &[]);
        let (_clamd, _rspamd) = (start_clamd(), start_rspamd());
        let configuration = configuration(&(clamav("defer") + &rspamd("defer")));
        add_account(&configuration);
        let server = Server::start(&configuration);

        let infected = submitted(&client, &EICAR.concat());
        let virus = "* 550 5.7.1 the message contains a virus: Eicar-Test-Signature";
        assert!(infected.contains(virus), "{infected}");
        let spam = submitted(&client, GTUBE);
        assert!(spam.contains("* 550 5.7.1 the spam filter takes this message for spam (reject)"), "{spam}");
        assert!(!spam.contains("GTUBE("), "symbols are for the log: {spam}");
        let clean = submitted(&client, "Hello Bert,\n\nwe meet at ten in the small room.\n\nAnna");
        assert!(clean.contains("250 2.0.0 queued as"), "{clean}");
        assert!(recorder.next().body().starts_with("Hello Bert,"));
        let log = crate::support::server::log_text();
        assert!(log.contains("filter=rspamd") && log.contains("GTUBE("), "{log}");
        assert!(log.contains("filter=clamav") && log.contains("verdict=reject"), "{log}");

        let mut doctor = Command::new(env!("CARGO_BIN_EXE_postamt"));
        doctor.args(["--config", &configuration, "--json", "doctor", "--only", "filters"]);
        let report: Value = serde_json::from_slice(&doctor.output().unwrap().stdout).unwrap();
        let ids: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|finding| finding["id"].as_str())
            .collect();
        assert_eq!(ids, ["filters.signatures-none", "filters.reached"], "{report:#}");
        server.stop();
        assert!(recorder.drain().is_empty(), "what was refused went nowhere");
    });
}

/// What became of the load: its subjects by the code that each was told last.
struct Load {
    taken: HashSet<String>,
    deferred: usize,
}

/// Sends from several clients at a time; each message is offered again until it is taken. When a third of it is through, the
/// filter is killed; it is started again when the clients have heard what they should of that, or all is through.
fn load(kill: impl FnOnce(), again: impl FnOnce() -> Running, is_felt: impl Fn(usize) -> bool) -> Load {
    let (through, deferred) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let send = |client: usize| {
        let mut session = Session::open(&format!("{SERVER}:25")).unwrap();
        let mut taken = Vec::new();
        for number in 0..EACH {
            let subject = format!("Load {client}-{number}");
            let message =
                format!("From: Anna <{LOGIN}>\r\nTo: Bert <{READER}>\r\nSubject: {subject}\r\n\r\nHello");
            let end = Instant::now() + PATIENCE;
            loop {
                let reply = session.send(LOGIN, READER, &message).unwrap();
                if reply.starts_with("250 2.0.0 queued as") {
                    break;
                }
                assert!(reply.starts_with("451 4.7.1 the content filter"), "{reply}");
                assert!(Instant::now() < end, "never taken: {subject}");
                deferred.fetch_add(1, Ordering::SeqCst);
                std::thread::park_timeout(std::time::Duration::from_millis(100));
            }
            taken.push(subject);
            through.fetch_add(1, Ordering::SeqCst);
        }
        taken
    };
    let (send, through, deferred) = (&send, &through, &deferred);
    let mut running = None;
    let taken = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || send(client))).collect();
        until("a third of it", || through.load(Ordering::SeqCst) >= CLIENTS * EACH / 3);
        kill();
        let heard = || deferred.load(Ordering::SeqCst);
        until("what comes of it", || is_felt(heard()) || through.load(Ordering::SeqCst) == CLIENTS * EACH);
        running = Some(again());
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    drop(running);
    Load { taken, deferred: deferred.load(Ordering::SeqCst) }
}

/// `kill -9` for Rspamd and its workers, which would go on without it.
fn kill_with_workers(rspamd: Running) {
    let main = rspamd.0.id().to_string();
    let workers = fs::read_to_string(format!("/proc/{main}/task/{main}/children")).unwrap();
    let all: Vec<&str> = workers.split_whitespace().collect();
    assert!(!all.is_empty(), "no workers");
    // The main process first: it would start others.
    run("kill", &[&["-9", main.as_str()][..], &all].concat());
}

/// Everything that was taken arrives, once, and nothing else does.
fn arrived(recorder: &Recorder, taken: &HashSet<String>) {
    let mut seen = HashSet::new();
    while seen.len() < taken.len() {
        let subject = recorder.next().fields("Subject").remove(0);
        assert!(taken.contains(&subject), "never taken: {subject}");
        assert!(seen.insert(subject.clone()), "twice: {subject}");
    }
    assert!(recorder.drain().is_empty());
}

fn scene(filter: &str) -> (Recorder, Running, Server) {
    let names = Host::new("names", "192.0.2.53");
    make_certificates(&["mail.sender.test"]);
    let recorder = Recorder::listen(&format!("{RECORDER}:25"));
    let dns = start_dns(&names, &[]);
    let server = Server::start(&configuration(filter));
    (recorder, dns, server)
}

#[test]
fn clamd_is_killed_under_load_and_mail_is_deferred() {
    in_world("filters::clamd_is_killed_under_load_and_mail_is_deferred", || {
        let clamd = start_clamd();
        let (recorder, _dns, server) = scene(&clamav("defer"));
        let load = load(move || drop(clamd), start_clamd, |deferred| deferred > 0);
        assert_eq!(load.taken.len(), CLIENTS * EACH);
        assert!(load.deferred > 0, "nobody has noticed");
        arrived(&recorder, &load.taken);
        let log = crate::support::server::log_text();
        assert!(log.contains("filter_changed filter=clamav") && log.contains("state=up"), "{log}");
        server.stop();
    });
}

#[test]
fn clamd_is_killed_under_load_and_mail_is_held() {
    in_world("filters::clamd_is_killed_under_load_and_mail_is_held", || {
        let clamd = start_clamd();
        let (recorder, _dns, server) = scene(&clamav("hold"));
        let load = load(move || drop(clamd), start_clamd, |_| false);
        assert_eq!((load.taken.len(), load.deferred), (CLIENTS * EACH, 0));
        let list: Value = serde_json::from_str(&server.command(&["--json", "queue", "list"])).unwrap();
        let held: Vec<&Value> =
            list.as_array().unwrap().iter().filter(|entry| entry["state"] == "held").collect();
        assert!(!held.is_empty());
        let reason = held[0]["held_by"].as_str().unwrap();
        assert!(reason.starts_with("clamav: not filtered: "), "{reason}");
        let text = server.command(&["queue", "why", held[0]["id"].as_str().unwrap()]);
        assert!(text.contains("content filter clamav") && text.contains("not filtered"), "{text}");
        server.command(&["queue", "release", "--all"]);
        arrived(&recorder, &load.taken);
        server.stop();
    });
}

#[test]
fn rspamd_is_killed_under_load_and_mail_is_deferred() {
    in_world("filters::rspamd_is_killed_under_load_and_mail_is_deferred", || {
        let rspamd_now = start_rspamd();
        let (recorder, _dns, server) = scene(&rspamd("defer"));
        let load = load(move || kill_with_workers(rspamd_now), start_rspamd, |deferred| deferred > 0);
        assert_eq!(load.taken.len(), CLIENTS * EACH);
        assert!(load.deferred > 0, "nobody has noticed");
        arrived(&recorder, &load.taken);
        server.stop();
    });
}

#[test]
fn rspamd_is_killed_under_load_and_mail_goes_on() {
    in_world("filters::rspamd_is_killed_under_load_and_mail_goes_on", || {
        let rspamd_now = start_rspamd();
        let (recorder, _dns, server) = scene(&rspamd("accept"));
        let load = load(move || kill_with_workers(rspamd_now), start_rspamd, |_| false);
        assert_eq!((load.taken.len(), load.deferred), (CLIENTS * EACH, 0));
        arrived(&recorder, &load.taken);
        server.stop();
    });
}
