//! The lab with an Internet provider, by the real binary: the story of a blocked port 25, that of the request to open it
//! with each character of the provider's support desk, and the switch beside it.
//!
//! Needs network namespaces with a firewall of their own and the program `nft`, so its name begins with `peers`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn postamt(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postamt"));
    command.args(arguments).env_clear().env("LANG", "C.UTF-8").env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

fn run(arguments: &[&str]) -> Output {
    postamt(arguments).output().expect("started")
}

#[test]
fn the_story_of_a_blocked_port_goes_as_expected() {
    let ran = run(&["lab", "--scenario", "blocked", "--once", "--json"]);
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    let steps: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    let steps = steps.as_array().expect("a list");
    let named: Vec<_> = steps.iter().filter_map(|step| step["step"].as_str()).collect();
    assert_eq!(named, ["direct", "blocked", "verdict", "detour", "open", "trial", "direct_again"]);
    assert!(steps.iter().all(|step| step["as_expected"] == true), "{steps:?}");
}

const OPERATORS: [&str; 5] = ["merkur", "venus", "mars", "jupiter", "saturn"];

/// The story of a request, as it was told.
struct Story(Vec<serde_json::Value>);

impl Story {
    fn of(support: &str, language: &str) -> Self {
        let ran = run(&[
            "lab",
            "--scenario",
            "request",
            "--support",
            support,
            "--once",
            "--json",
            "--lang",
            language,
        ]);
        let steps: serde_json::Value =
            serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        let steps = steps.as_array().expect("a list").clone();
        assert!(steps.iter().all(|step| step["as_expected"] == true), "{support}: {steps:#?}");
        assert_eq!(ran.status.code(), Some(0), "{support}: {ran:?}");
        Self(steps)
    }

    fn steps(&self) -> Vec<&str> {
        self.0.iter().filter_map(|step| step["step"].as_str()).collect()
    }

    /// What was written in a step.
    fn said(&self, step: &str) -> &serde_json::Value {
        &self.0.iter().find(|told| told["step"] == step).expect("the step")["said"]
    }

    fn text(&self, step: &str, part: &str) -> &str {
        self.said(step)[part].as_str().unwrap_or_else(|| panic!("no {part} in {step}: {:?}", self.0))
    }

    fn leaves_out(&self, step: &str, topic: &str) -> bool {
        self.said(step)["left_out"].as_array().expect("a list").contains(&topic.into())
    }
}

/// Every server that did not answer, on both ways, and the routers between which the packets end.
fn proves_the_block(letter: &str, silence: &str, routers: [&str; 2]) {
    for (number, operator) in OPERATORS.iter().enumerate() {
        for address in
            [format!("198.51.100.10{}:25", number + 1), format!("[2001:db8:1::10{}]:25", number + 1)]
        {
            let server = format!("mx.{operator}.test {address}");
            let line = letter.lines().find(|line| line.contains(&server));
            assert!(line.is_some_and(|line| line.ends_with(silence)), "{server}: {letter}");
        }
    }
    for router in routers {
        assert_eq!(letter.matches(router).count(), 2, "{router}, once for each way: {letter}");
    }
}

#[test]
fn a_request_goes_its_way_with_each_character_of_the_support_desk() {
    let (lenient, strict, never) = std::thread::scope(|scope| {
        let stories = [("lenient", "en"), ("strict", "de"), ("never", "de")]
            .map(|(support, language)| scope.spawn(move || Story::of(support, language)));
        stories.map(|story| story.join().expect("told")).into()
    });
    whoever_is_lenient_grants(&lenient);
    whoever_is_strict_asks_first(&strict);
    whoever_never_does_refuses(&never);
    // Past the harness, which keeps what `println!` says: a letter is there to be read.
    let mut stdout = std::io::stdout().lock();
    for letter in
        [strict.text("letter", "text"), strict.text("mended", "text"), lenient.text("letter", "text")]
    {
        writeln!(stdout, "----\n{letter}\n----").expect("written");
    }
}

fn whoever_is_lenient_grants(story: &Story) {
    let steps = [
        "direct",
        "blocked",
        "verdict",
        "letter",
        "sent",
        "granted",
        "trial_of_all",
        "confirmed",
        "direct_again",
    ];
    assert_eq!(story.steps(), steps);
    let letter = story.text("letter", "text");
    let routers = [
        "Last router that answers on the way to port 25: 203.0.113.1 (gw1.anbieter.test).",
        "Last router that answers on the way to port 25: 2001:db8:ff01::1 (gw1.anbieter.test).",
    ];
    proves_the_block(letter, "no answer", ["(gw1.anbieter.test).", "(kern2.anbieter.test)."]);
    assert!(routers.iter().all(|router| letter.contains(router)), "{letter}");
    assert!(letter.starts_with("Subject: Request to open outbound port 25"), "{letter}");
    assert!(story.text("granted", "text").contains("now open for 192.0.2.25, 2001:db8::25"));
    assert_eq!(story.said("confirmed")["letters"], 1, "the operator is told once");
}

fn whoever_is_strict_asks_first(story: &Story) {
    let steps = [
        "direct",
        "blocked",
        "verdict",
        "letter",
        "sent",
        "asked",
        "mended",
        "granted",
        "trial_of_all",
        "confirmed",
        "direct_again",
    ];
    assert_eq!(story.steps(), steps);
    let (first, second) = (story.text("letter", "text"), story.text("mended", "text"));
    for letter in [first, second] {
        proves_the_block(letter, "keine Antwort", ["(gw1.anbieter.test).", "(kern2.anbieter.test)."]);
        assert!(letter.contains("Messung von Port 25, IPv4 von 192.0.2.25, "), "{letter}");
        assert!(letter.contains("Uhr (UTC)") && letter.contains("abuse@"), "{letter}");
    }
    let names = "192.0.2.25 (mail.absender.test)";
    assert!(story.leaves_out("letter", "reverse") && !first.contains(names), "{first}");
    assert!(!story.leaves_out("mended", "reverse") && second.contains(names), "{second}");
    // An entry on a list is not glossed over, and once it is gone the letter says so.
    assert!(story.leaves_out("letter", "listed") && !first.contains("Sperrlisten"), "{first}");
    assert!(!story.leaves_out("mended", "listed") && second.contains("Sperrlisten"), "{second}");
    // Of what the letter left out, the desk asks for what its list has.
    let asked = story.text("asked", "text");
    assert_eq!(asked.matches("\n* ").count(), 1, "{asked}");
    assert!(asked.contains("PTR-Eintrag") && asked.contains("das fehlt für 192.0.2.25"), "{asked}");
    let drafted = story.text("asked", "drafted");
    assert!(
        drafted.starts_with("Betreff: ") && drafted.contains("[Ihre Antwort auf die Frage]"),
        "{drafted}"
    );
    for step in ["asked", "granted"] {
        assert_eq!(story.text(step, "subject"), "[SD-1001] Port 25");
    }
}

fn whoever_never_does_refuses(story: &Story) {
    assert_eq!(story.steps(), ["direct", "blocked", "verdict", "letter", "sent", "refused", "stays"]);
    let ways = story.text("refused", "drafted");
    let place = |part: &str| ways.find(part).unwrap_or_else(|| panic!("no {part}: {ways}"));
    assert!(place("1. Über ein Relay") < place("2. "), "{ways}");
    assert!(place("2. ") < place("Nachbar Test"), "{ways}");
}

/// A lab that stays; killed when it is dropped.
struct Lab(Child);

impl Lab {
    /// Starts it and returns what it says until it waits.
    fn start(directory: &Path) -> (Self, Vec<String>) {
        let directory = directory.to_str().expect("a path");
        let mut command =
            postamt(&["lab", "--scenario", "blocked", "--lang", "de", "--directory", directory]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("started");
        let lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        let mut said = Vec::new();
        for line in lines.map_while(Result::ok) {
            let last = line.contains("Strg-C");
            said.push(line);
            if last {
                break;
            }
        }
        (Self(child), said)
    }

    fn stop(mut self) -> Option<i32> {
        let process = Pid::from_raw(i32::try_from(self.0.id()).expect("a number")).expect("a process");
        kill_process(process, Signal::TERM).expect("it is still there");
        self.0.wait().expect("ended").code()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill();
    }
}

#[test]
fn the_provider_of_a_running_lab_does_as_it_is_told() {
    let directory = tempfile::tempdir().expect("a directory");
    let (lab, said) = Lab::start(directory.path());
    assert!(said.iter().any(|line| line.contains("Alle 7 Schritte")), "{said:#?}");
    let router = "Port 25 wird bis 203.0.113.1 (gw1.anbieter.test, Station 1) beantwortet";
    assert!(said.iter().any(|line| line.contains(router)), "the verdict names the hop: {said:#?}");
    let socket = directory.path().join("isp.socket");
    let socket = socket.to_str().expect("a path");
    assert!(said.iter().any(|line| line.contains(&format!("lab isp --socket {socket} drop"))), "{said:#?}");
    assert!(said.iter().any(|line| line.contains("port25 request --provider anbieter")), "{said:#?}");

    let isp = |words: &[&str]| {
        let ran = run(&[&["lab", "isp", "--socket", socket], words].concat());
        (ran.status.code(), String::from_utf8(ran.stdout).expect("text").trim().to_owned())
    };
    assert_eq!(isp(&[]), (Some(0), "open".to_owned()));
    assert_eq!(isp(&["drop", "hop=1"]), (Some(0), "drop hop=1".to_owned()));
    assert_eq!(isp(&["operator", "mars", "banned"]), (Some(0), "mars banned".to_owned()));
    assert_eq!(isp(&["support", "never"]), (Some(0), "support never".to_owned()));
    assert_eq!(isp(&["explode"]), (Some(1), String::new()));
    assert_eq!(isp(&["show"]), (Some(0), "drop hop=1".to_owned()));
    assert_eq!(lab.stop(), Some(0));
    assert_eq!(isp(&["show"]).0, Some(1), "nobody is there any more");
}
