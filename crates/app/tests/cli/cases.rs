//! `postamt port25 case`: a request to a provider from its draft to its end, without a server and with one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{SystemTime, UNIX_EPOCH};

use super::support::Site;

fn site() -> Site {
    let far = "[[route]]\nrecipient_domains = [\"far.test\"]\nto = \"direct\"\n";
    let site = Site::new(&format!("{far}[outgoing]\nipv6 = false\n"));
    std::fs::write(site.path("letter"), "Dear support,\n\nplease open port 25.\n").expect("written");
    site
}

fn new(site: &Site) -> serde_json::Value {
    let letter = site.path("letter").display().to_string();
    let arguments = ["port25", "case", "new", "--letter", &letter, "--provider", "hetzner-cloud", "--json"];
    site.good(&arguments).json()
}

#[test]
fn the_life_of_a_case_without_a_server() {
    let site = site();
    let case = |arguments: &[&str]| site.run(&[&["port25", "case"], arguments].concat());
    assert!(case(&["list"]).out.contains("There is no case yet"));
    let drafted = new(&site);
    assert_eq!(drafted["id"], "c1", "{drafted}");
    assert_eq!(drafted["stage"], "drafted", "{drafted}");
    assert_eq!(drafted["provider"], "hetzner-cloud", "{drafted}");

    // Nobody can have answered.
    let early = case(&["answered", "c1", "granted"]);
    assert_eq!(early.code, 1, "{early:?}");
    assert!(early.err.contains("has not been sent yet") && early.err.contains("case sent c1"), "{early:?}");

    let sent = case(&["sent", "c1", "--ticket", "4711", "--note", "by the panel", "--json"]).json();
    assert_eq!((&sent["stage"], &sent["ticket"]), (&"sent".into(), &"4711".into()), "{sent}");
    let (at, again) = (sent["steps"][1]["at"].as_u64(), sent["follow_up_at"].as_u64());
    assert_eq!(again.zip(at).map(|(again, at)| again - at), Some(2 * 86_400), "{sent}");

    let said = "How many mails per day? Why not port 587?";
    let asked = case(&["answered", "1", "more", "--ticket", "4712", "--note", said]);
    assert!(asked.out.contains("[4712]") && asked.out.contains("RFC 5321"), "{asked:?}");
    assert!(asked.out.contains("[how many messages a day]"), "{asked:?}");
    assert_eq!(case(&["sent", "c1", "--channel", "email"]).code, 0);

    let refused = case(&["answered", "c1", "refused", "--lang", "de"]);
    assert!(refused.out.contains("1. Über ein Relay") && refused.out.contains("2. "), "{refused:?}");
    assert_eq!(case(&["note", "c1", "rang them up"]).code, 0);
    assert_eq!(case(&["answered", "c1", "granted"]).code, 0);
    assert_eq!(case(&["close", "c1", "--note", "done"]).code, 0);
    let over = case(&["sent", "c1"]);
    assert!(over.code == 1 && over.err.contains("Case c1 is closed"), "{over:?}");

    // Nothing is forgotten.
    let export = case(&["export"]);
    for part in
        ["please open port 25", "4711", "4712", said, "by mail", "[de]", "[en]", "rang them up", "done"]
    {
        assert!(export.out.contains(part), "{part}: {export:?}");
    }
    let shown = case(&["show", "c1", "--json"]).json();
    let events: Vec<_> =
        shown["steps"].as_array().expect("steps").iter().map(|step| step["event"].clone()).collect();
    let expected = ["drafted", "sent", "more_asked", "sent", "refused", "noted", "granted", "closed"];
    assert_eq!(events, expected, "{shown}");
    assert!(case(&["list"]).out.contains("No case is open"));
    assert!(case(&["list", "--all"]).out.starts_with("c1: closed"));
    for (id, part) in [("c9", "There is no case c9"), ("x", "is no case")] {
        let none = case(&["show", id]);
        assert!(none.code == 1 && none.err.contains(part), "{none:?}");
    }
}

/// Mail that waits for the closed way says what was asked, and `port25 status` too; for people and for programs.
fn why_tells_the_case(site: &Site) {
    let queued = ["send", "--from", "anna@own.test", "--to", "bob@far.test", "--body", "Hello"];
    site.good(&queued);
    let id = site.good(&["queue", "list", "--json"]).json()[0]["id"].as_str().expect("an id").to_owned();
    let shown = |stage: &str, text: &str, german: &str| {
        for command in [&["port25", "status"][..], &["queue", "why", &id]] {
            let told = site.good(command);
            assert!(told.out.contains(text), "{text}: {told:?}");
            let told = site.good(&[command, &["--lang", "de"]].concat());
            assert!(told.out.contains(german), "{german}: {told:?}");
            let json = site.good(&[command, &["--json"]].concat()).json();
            let case = if command[0] == "queue" { &json["case"] } else { &json[0]["case"] };
            let wanted = (&"c1".into(), &stage.into(), &"hetzner-cloud".into());
            assert_eq!((&case["id"], &case["stage"], &case["provider"]), wanted, "{json}");
            assert!(case["since"].as_u64() > Some(0), "{json}");
            let (sent, due) = (case["sent_at"].as_u64(), case["due_at"].as_u64());
            let is_sent = stage == "sent";
            assert_eq!((sent.is_some(), due > sent), (is_sent, is_sent), "{json}");
        }
    };
    shown("drafted", "is drafted (", "ist entworfen (");
    site.good(&["port25", "case", "sent", "c1", "--ticket", "4711"]);
    shown("sent", "request sent to Hetzner Cloud on ", "Antrag an Hetzner Cloud abgeschickt am ");
}

/// Tells the server of a probe, as `port25 check` does.
fn probed(site: &Site, verdict: &str, at: u64) {
    let probe = serde_json::json!({
        "path": { "source": null, "family": "ipv4" }, "at": at, "verdict": verdict, "confidence": 90,
        "evidence": ["five operators"], "report": "{}",
    });
    let request = serde_json::json!({ "request": "probed", "probes": [probe] });
    let mut stream = UnixStream::connect(site.path("run/control.sock")).expect("a server");
    writeln!(stream, "{request}").expect("asked");
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).expect("answered");
    assert_eq!(answer.trim_end(), r#"{"done":1}"#);
}

#[test]
fn the_server_confirms_what_it_sees_open_and_drafts_anew_what_is_lost() {
    let site = site();
    let server = site.start();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    probed(&site, "dropped", now);
    server.wait_for("path_changed + relay");
    assert_eq!(new(&site)["paths"][0]["family"], "ipv4");
    let status = site.good(&["port25", "status"]);
    assert!(status.out.contains("the request to Hetzner Cloud is drafted"), "{status:?}");
    why_tells_the_case(&site);
    site.good(&["port25", "case", "answered", "c1", "granted"]);
    assert_eq!(site.good(&["port25", "case", "show", "c1", "--json"]).json()["stage"], "granted");

    // Relay, trial, direct.
    probed(&site, "open", now + 1);
    server.wait_for("path_changed + trial");
    probed(&site, "open", now + 86_400);
    server.wait_for("path_changed + direct");
    server.wait_for("case id=c1 + confirmed");
    server.wait_for("told + case c1");
    assert_eq!(site.good(&["port25", "case", "show", "c1", "--json"]).json()["stage"], "confirmed");

    probed(&site, "refused", now + 86_401);
    server.wait_for("told + case c2");
    let list = site.good(&["port25", "case", "list", "--all", "--json"]).json();
    assert_eq!((&list[0]["stage"], &list[1]["stage"]), (&"closed".into(), &"drafted".into()), "{list}");
    assert_eq!(list[1]["follows"], "c1", "{list}");
    let letter = list[1]["steps"][0]["texts"][0]["text"].as_str().expect("a letter");
    assert!(letter.contains("4711") && letter.contains("please open port 25"), "{letter}");
    assert_eq!(list.as_array().map(Vec::len), Some(2), "once");
}
