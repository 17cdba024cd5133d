//! `postamt doctor message --rspamd` and a real Rspamd with the rules that Debian ships: a clean message, and GTUBE.
//!
//! Rspamd is installed on the system (see `cargo xtask test`), but runs only here, in the namespaces of the test, where
//! the list of top-level domains is a short one and nothing is compiled ahead: both only cost time.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::host::{Host, Running};
use crate::support::peers::start_dns;
use crate::support::server::configure;
use crate::support::{SERVER, in_world, place, run, until};

pub const GTUBE: &str = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

pub fn start_rspamd() -> Running {
    let folder = place("rspamd");
    fs::create_dir_all(format!("{folder}/local.d")).unwrap();
    fs::write(format!("{folder}/suffixes"), "test\ncom\nnet\norg\n").unwrap();
    let options = format!(
        "dns {{ nameserver = [\"{SERVER}:53\"]; timeout = 1s; retransmits = 1; }}\n\
         url_tld = \"{folder}/suffixes\";\ndisable_hyperscan = true;\n"
    );
    fs::write(format!("{folder}/local.d/options.inc"), options).unwrap();
    fs::write(format!("{folder}/local.d/logging.inc"), "type = \"console\";\n").unwrap();
    run("chown", &["-R", "_rspamd:_rspamd", &folder]);
    let log = fs::File::create(place("rspamd.log")).unwrap();
    let mut command = Command::new("rspamd");
    command.args(["-f", "-u", "_rspamd", "-g", "_rspamd"]);
    for name in ["LOCAL_CONFDIR", "DBDIR", "RUNDIR"] {
        command.args(["--var", &format!("{name}={folder}")]);
    }
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    let rspamd = command.spawn().expect("Rspamd is installed: run `cargo xtask test` as root");
    let running = Running(rspamd);
    // 127.0.0.1:11333, in the state 0A: listening.
    until("Rspamd", || run("cat", &["/proc/net/tcp"]).contains("0100007F:2C45 00000000:0000 0A"));
    running
}

/// What the doctor says of a message with this body: the finding about Rspamd.
fn judged(configuration: &str, body: &str) -> Value {
    let file = place("mail.eml");
    let text = format!(
        "Received: from mail.sender.test (mail.sender.test [{SERVER}]) by mx.recorder.test with ESMTPS;\r\n \
         Tue, 24 Nov 2026 10:00:00 +0100\r\nFrom: Anna Absender <anna@sender.test>\r\n\
         To: Bert Empfang <bert@recorder.test>\r\nSubject: Tomorrow's meeting\r\n\
         Date: Tue, 24 Nov 2026 10:00:00 +0100\r\nMessage-ID: <meeting-1@sender.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{body}\r\n"
    );
    fs::write(&file, text).unwrap();
    let asked =
        ["--rspamd", "http://127.0.0.1:11333", "--from-address", SERVER, "--helo", "mail.sender.test"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_postamt"));
    command.args(["--config", configuration, "--json", "doctor", "message", &file]).args(asked);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let findings = report["findings"].as_array().expect("a list");
    let about =
        findings.iter().find(|it| it["id"].as_str().is_some_and(|id| id.starts_with("message.rspamd")));
    about.unwrap_or_else(|| panic!("nothing of Rspamd: {report:#}")).clone()
}

fn points(finding: &Value, name: &str) -> f64 {
    finding["values"][name].as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{finding}"))
}

#[test]
fn a_clean_message_passes_and_gtube_is_refused_by_name() {
    in_world("rspamd::a_clean_message_passes_and_gtube_is_refused_by_name", || {
        let host = Host::new("names", "192.0.2.53");
        let _names = start_dns(&host, &[]);
        let _rspamd = start_rspamd();
        let configuration = configure(&place("state"), &format!("[dns]\nservers = [\"{SERVER}:53\"]\n"));

        let clean =
            judged(&configuration, "Hello Bert,\r\n\r\nwe meet at ten in the small room.\r\n\r\nAnna");
        let log = || fs::read_to_string(place("rspamd.log")).unwrap_or_default();
        assert_eq!(clean["id"], "message.rspamd-good", "{clean:#}\n{}", log());
        assert_eq!((&clean["severity"], &clean["values"]["action"]), (&"ok".into(), &"no action".into()));
        assert!(points(&clean, "score") < 4.0 && points(&clean, "limit") == 15.0, "{clean:#}");
        // It was told who sends: SPF passes for that address.
        let seen = clean["seen"].as_array().expect("a list");
        assert!(
            seen.iter().any(|line| line.as_str().is_some_and(|line| line.contains("R_SPF_ALLOW"))),
            "{clean:#}"
        );

        let spam = judged(&configuration, GTUBE);
        assert_eq!(spam["id"], "message.rspamd-bad", "{spam:#}\n{}", log());
        assert_eq!((&spam["severity"], &spam["values"]["action"]), (&"error".into(), &"reject".into()));
        assert!(points(&spam, "score") >= points(&spam, "limit"), "{spam:#}");
        let seen = spam["seen"].as_array().expect("a list");
        assert!(seen.iter().any(|line| line.as_str().is_some_and(|line| line.contains("GTUBE"))), "{spam:#}");
    });
}
