//! The lab with an Internet provider, by the real binary: the story of a blocked port 25, and the switch beside it.
//!
//! Needs network namespaces with a firewall of their own and the program `nft`, so its name begins with `peers`.

use std::io::{BufRead as _, BufReader};
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

    let isp = |words: &[&str]| {
        let ran = run(&[&["lab", "isp", "--socket", socket], words].concat());
        (ran.status.code(), String::from_utf8(ran.stdout).expect("text").trim().to_owned())
    };
    assert_eq!(isp(&[]), (Some(0), "open".to_owned()));
    assert_eq!(isp(&["drop", "hop=1"]), (Some(0), "drop hop=1".to_owned()));
    assert_eq!(isp(&["operator", "mars", "banned"]), (Some(0), "mars banned".to_owned()));
    assert_eq!(isp(&["explode"]), (Some(1), String::new()));
    assert_eq!(isp(&["show"]), (Some(0), "drop hop=1".to_owned()));
    assert_eq!(lab.stop(), Some(0));
    assert_eq!(isp(&["show"]).0, Some(1), "nobody is there any more");
}
