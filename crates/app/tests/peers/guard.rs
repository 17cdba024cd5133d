//! Who guesses is dropped by the kernel, by a set in the real nftables, and a line about it is understood by the stock
//! filter of the real fail2ban.

use std::fs;
use std::process::Command;

use crate::support::host::Host;
use crate::support::server::{Server, add_account, configure};
use crate::support::{SERVER, in_world, place, run, until};

const CLIENT: &str = "192.0.2.10";

/// A server that root starts and that becomes another user.
fn configuration() -> String {
    let path = configure(
        &place("state"),
        &format!(
            "[guard]
nftables = true
fail2ban_log = \"{log}\"

[[listener]]
address = \"{SERVER}:465\"
purpose = \"submissions\"
",
            log = place("fail2ban/log"),
        ),
    );
    fs::create_dir_all(place("fail2ban")).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("[server]\n", "[server]\nuser = \"nobody\"\n", 1)).unwrap();
    run("chown", &["nobody", &place("postamt-run")]);
    add_account(&path);
    path
}

/// Six names that no account has, which is enough.
fn guess(client: &Host) {
    for number in 0..6 {
        let name = format!("info{number}@sender.test");
        let login = ["--auth", "PLAIN", "--auth-user", &name, "--auth-password", "123456"];
        let line =
            [&["swaks", "--server", SERVER, "--port", "465", "--tlsc", "--quit-after", "AUTH"], &login[..]];
        let refused = client.command(&line.concat()).output().unwrap();
        assert!(!refused.status.success(), "{refused:?}");
    }
}

fn connects(client: &Host) -> bool {
    let line = ["socat", "-u", "/dev/null", &format!("TCP:{SERVER}:465,connect-timeout=2")];
    client.command(&line).output().unwrap().status.success()
}

fn set(name: &str) -> String {
    run("nft", &["list", "set", "inet", "postamt", name])
}

fn has_table() -> bool {
    run("nft", &["list", "tables"]).contains("inet postamt")
}

/// User id and permitted capabilities of the process with this word in its command line.
fn rights_of(word: &str) -> (String, String) {
    let status = |pid: &str| fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let pids = run("pgrep", &["-f", &format!("postamt .*{word}")]);
    let status = status(pids.lines().next().expect("a process"));
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    (field("Uid:"), field("CapPrm:"))
}

/// The addresses that the stock filter finds in the log.
fn found_by_fail2ban(mode: &str) -> Vec<String> {
    let filter = format!("postfix[mode={mode}]");
    let found = run("fail2ban-regex", &["-o", "ip", &place("fail2ban/log"), &filter]);
    found.lines().map(str::to_owned).collect()
}

#[test]
fn who_guesses_is_dropped_by_the_kernel_and_known_to_fail2ban() {
    in_world("guard::who_guesses_is_dropped_by_the_kernel_and_known_to_fail2ban", || {
        let client = Host::new("client", CLIENT);
        let configuration = configuration();
        let server = Server::start(&configuration);
        until("the table", has_table);
        // Nothing but ports below 1024 for the server, nothing but nftables for its helper.
        assert_eq!(rights_of("serve"), ("65534".to_owned(), "0000000000000400".to_owned()));
        assert_eq!(rights_of("firewall"), ("65534".to_owned(), "0000000000001000".to_owned()));
        assert!(connects(&client));

        guess(&client);
        until("the client in the set", || set("banned4").contains(CLIENT));
        assert!(!connects(&client));
        let chain = run("nft", &["list", "chain", "inet", "postamt", "input"]);
        let drops = chain.lines().find(|line| line.contains("@banned4")).unwrap();
        assert!(!drops.contains("packets 0 "), "{chain}");
        assert_eq!(found_by_fail2ban("auth"), [CLIENT; 6]);
        assert_eq!(found_by_fail2ban("errors"), [CLIENT]);
        let list = server.command(&["ban", "list"]);
        assert!(list.contains("logins with names that no account has: 6"), "{list}");

        server.command(&["ban", "remove", CLIENT]);
        until("a connection", || connects(&client));
        assert!(!set("banned4").contains(CLIENT));

        for network in [CLIENT, "198.51.100.7", "198.51.100.0/24", "2001:db8:1::/48"] {
            server.command(&["ban", "add", network, "--for", "2h"]);
        }
        until("all of them", || set("banned6").contains("2001:db8:1::/48"));
        until("the wider one", || set("banned4").contains("198.51.100.0/24"));
        assert!(!set("banned4").contains("198.51.100.7"), "a network covers its hosts");
        assert!(!connects(&client));

        server.stop();
        assert!(!has_table());
        assert!(!connects(&client), "nobody listens");
        let server = Server::start(&configuration);
        until("the bans again", || has_table() && set("banned4").contains(CLIENT));
        assert!(!connects(&client));
        server.kill();
        until("the end of the table", || !has_table());
    });
}

#[test]
fn without_the_right_the_server_runs_and_bans_hold_without_nftables() {
    in_world("guard::without_the_right_the_server_runs_and_bans_hold_without_nftables", || {
        let configuration = configuration();
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set", "-net_admin", env!("CARGO_BIN_EXE_postamt")]);
        command.args(["--config", &configuration, "--lang", "en"]);
        let server = Server::start_as(&configuration, command);
        let log = || fs::read_to_string(place("postamt.log")).unwrap();
        until("the warning", || log().contains("bans are not written to nftables any more"));
        assert!(log().contains("it needs the right CAP_NET_ADMIN"), "{}", log());
        server.command(&["ban", "add", CLIENT]);
        assert!(server.command(&["ban", "why", CLIENT]).contains("until the ban is removed"));
        assert!(!has_table());
        server.stop();
    });
}
