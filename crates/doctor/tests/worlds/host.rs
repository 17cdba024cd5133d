//! Worlds whose host is wrong: port 25, firewall, programs, clock, disk, modes of files.

use std::path::PathBuf;

use postamt_doctor::checks::context::{Listening, Service};
use postamt_doctor::checks::machine::debian::{Updates, Waiting};
use postamt_doctor::checks::machine::{Listener, Protections, Room, SecretFile, SecretFolder};
use postamt_doctor::port25::host::LocalRule;

use super::support::{Change, Cure, NOW, State, World, judge, parsed, report_of};

/// Port 25 is wanted, and `program` holds it.
fn listening(state: &mut State, program: &str) {
    state.host.listeners = vec![Listening { address: parsed("0.0.0.0:25"), service: Service::Exchange }];
    state.machine.listeners = vec![Listener { program: program.to_owned(), port: 25 }];
}

fn room(state: &mut State, free: u64, free_files: u64) {
    let (total, total_files) = (100 << 30, 10_000_000);
    state.machine.room = Some(Room { free, total, free_files: Some(free_files), total_files });
}

fn secret(state: &mut State, mode: u32) {
    let path = PathBuf::from("/var/lib/postamt/dkim/example.test/s.rsa.pem");
    state.machine.secrets = vec![SecretFile { path, mode, owner: 999, bits: None }];
    state.machine.server_user = Some(999);
}

/// A password of a relay that is worth so many bits and belongs to this user.
fn password(state: &mut State, bits: u32, owner: u32) {
    secret(state, 0o600);
    state.machine.secrets[0].bits = Some(bits);
    state.machine.secrets[0].owner = owner;
}

/// A key that is as it should be, in a folder that is like this.
fn folder(state: &mut State, path: &str, mode: u32, owner: u32, group: u32) {
    secret(state, 0o600);
    state.machine.secret_folders = vec![SecretFolder { path: PathBuf::from(path), mode, owner, group }];
}

/// A Debian whose lists were fetched so many days ago, with so many packages waiting.
fn debian(state: &mut State, days: u64, packages: &[&str], are_automatic: bool) {
    let waiting = |name: &&str| Waiting {
        name: (*name).to_owned(),
        installed: "1.0-1".to_owned(),
        offered: "1.0-1+deb12u1".to_owned(),
    };
    state.machine.updates = Some(Updates {
        waiting: Some(packages.iter().map(waiting).collect()),
        fetched: Some(NOW - days * 86_400),
        are_automatic,
    });
}

/// A server that has all protections, changed by `change`.
fn protected(state: &mut State, change: fn(&mut Protections)) {
    let mut held = Protections {
        capabilities: vec!["CAP_NET_BIND_SERVICE".to_owned()],
        no_new_privileges: true,
        no_core_dumps: true,
        landlock: Some("5".to_owned()),
        places: Vec::new(),
        refused_calls: 48,
    };
    change(&mut held);
    state.machine.protections = Some(held);
}

static WORLDS: &[World] = &[
    World {
        name: "the server has all protections",
        zone: "",
        state: |state| protected(state, |_| {}),
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "a kernel without any protection, and a server that stays root",
        zone: "",
        state: |state| {
            protected(state, |held| {
                *held = Protections { capabilities: vec!["CAP_CHOWN".to_owned()], ..Protections::default() };
            });
        },
        finds: &["process.calls-open", "process.dumps", "process.files-open", "process.root"],
        cure: Cure::Done(|state| protected(state, |_| {})),
    },
    World {
        name: "port 25 blocked",
        zone: "",
        state: |state| state.port25[0] = "dropped",
        finds: &["port25.blocked"],
        cure: Cure::Done(|state| state.port25[0] = "open"),
    },
    World {
        name: "port 25 intercepted",
        zone: "",
        state: |state| state.port25[0] = "intercepted",
        finds: &["port25.blocked"],
        cure: Cure::Done(|state| state.port25[0] = "open"),
    },
    World {
        name: "port 25 blocked, with a relay to take",
        zone: "",
        state: |state| {
            state.port25 = ["refused", "open"];
            state.host.has_relay = true;
        },
        finds: &["port25.blocked"],
        cure: Cure::Done(|state| state.port25[0] = "open"),
    },
    World {
        name: "port 25 blocked, where all mail leaves by relays",
        zone: "",
        state: |state| {
            state.port25 = ["dropped", "no_network"];
            state.host.direct = false;
        },
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "port 25 throttled",
        zone: "",
        state: |state| state.port25[0] = "throttled",
        finds: &["port25.throttled"],
        cure: Cure::Done(|state| state.port25[0] = "open"),
    },
    World {
        name: "no way out over IPv6",
        zone: "",
        state: |state| state.port25[1] = "no_network",
        finds: &["port25.no-ipv6"],
        cure: Cure::None,
    },
    World {
        name: "no network at all",
        zone: "",
        state: |state| state.port25 = ["no_network", "no_network"],
        finds: &["port25.no-network", "port25.no-network"],
        cure: Cure::Done(|state| state.port25 = ["open", "open"]),
    },
    World {
        name: "port 25 cannot be judged",
        zone: "",
        state: |state| state.port25[0] = "inconclusive",
        finds: &["port25.not-known"],
        cure: Cure::None,
    },
    World {
        name: "the host's own firewall",
        zone: "",
        state: |state| {
            let text = "table inet filter, chain output: tcp dport 25 drop".to_owned();
            state.machine.rules = vec![LocalRule { text, family: None }];
        },
        finds: &["firewall.blocks"],
        cure: Cure::Done(|state| state.machine.rules.clear()),
    },
    World {
        name: "the host's own firewall, where all mail leaves by relays",
        zone: "",
        state: |state| {
            let text = "table inet filter, chain output: tcp dport 25 drop".to_owned();
            state.machine.rules = vec![LocalRule { text, family: None }];
            state.host.direct = false;
        },
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "Postfix on port 25",
        zone: "",
        state: |state| listening(state, "master"),
        finds: &["programs.in-the-way"],
        cure: Cure::Done(|state| listening(state, "postamt")),
    },
    World {
        name: "Exim on port 25",
        zone: "",
        state: |state| listening(state, "exim4"),
        finds: &["programs.in-the-way"],
        cure: Cure::Done(|state| listening(state, "postamt")),
    },
    World {
        name: "Sendmail on port 25",
        zone: "",
        state: |state| listening(state, "sendmail-mta"),
        finds: &["programs.in-the-way"],
        cure: Cure::Done(|state| listening(state, "postamt")),
    },
    World {
        name: "the server is not running",
        zone: "",
        state: |state| {
            listening(state, "postamt");
            state.machine.listeners.clear();
        },
        finds: &["programs.not-running"],
        cure: Cure::Done(|state| listening(state, "postamt")),
    },
    World {
        name: "the clock is a minute ahead",
        zone: "",
        state: |state| state.clock_milliseconds = Some(60_000),
        finds: &["clock.wrong"],
        cure: Cure::Done(|state| state.clock_milliseconds = Some(-40)),
    },
    World {
        name: "the clock is an hour behind",
        zone: "",
        state: |state| state.clock_milliseconds = Some(-3_600_000),
        finds: &["clock.wrong"],
        cure: Cure::Done(|state| state.clock_milliseconds = Some(3)),
    },
    World {
        name: "no time server answers",
        zone: "",
        state: |state| state.clock_milliseconds = None,
        finds: &["clock.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "the disk is nearly full",
        zone: "",
        state: |state| room(state, 300 << 20, 9_000_000),
        finds: &["room.short"],
        cure: Cure::Done(|state| room(state, 30 << 30, 9_000_000)),
    },
    World {
        name: "the disk is full",
        zone: "",
        state: |state| room(state, 1 << 20, 9_000_000),
        finds: &["room.short"],
        cure: Cure::Done(|state| room(state, 30 << 30, 9_000_000)),
    },
    World {
        name: "no inodes are left",
        zone: "",
        state: |state| room(state, 30 << 30, 12),
        finds: &["room.files-short"],
        cure: Cure::Done(|state| room(state, 30 << 30, 9_000_000)),
    },
    World {
        name: "a key that everybody can read",
        zone: "",
        state: |state| secret(state, 0o644),
        finds: &["secrets.open"],
        cure: Cure::Done(|state| secret(state, 0o600)),
    },
    World {
        name: "a key that the group can change",
        zone: "",
        state: |state| secret(state, 0o660),
        finds: &["secrets.open"],
        cure: Cure::Done(|state| secret(state, 0o640)),
    },
    World {
        name: "a key that somebody else owns",
        zone: "",
        state: |state| password(state, 90, 1000),
        finds: &["secrets.foreign"],
        cure: Cure::Done(|state| password(state, 90, 999)),
    },
    World {
        name: "a key in a folder that everybody may write to",
        zone: "",
        state: |state| folder(state, "/var/lib/postamt/dkim", 0o777, 999, 999),
        finds: &["secrets.folder-open"],
        cure: Cure::Done(|state| folder(state, "/var/lib/postamt/dkim", 0o755, 999, 999)),
    },
    World {
        name: "a key in a folder that a group of others may write to",
        zone: "",
        state: |state| folder(state, "/var/local", 0o2775, 0, 50),
        finds: &["secrets.folder-open"],
        cure: Cure::Done(|state| folder(state, "/var/local", 0o2755, 0, 50)),
    },
    World {
        name: "a folder of the server that somebody else owns",
        zone: "",
        state: |state| folder(state, "/var/lib/postamt/dkim", 0o700, 1000, 1000),
        finds: &["secrets.folder-foreign"],
        cure: Cure::Done(|state| folder(state, "/var/lib/postamt/dkim", 0o700, 999, 999)),
    },
    World {
        name: "a key in somebody's home",
        zone: "",
        state: |state| folder(state, "/home/anna", 0o777, 1000, 1000),
        finds: &["secrets.folder-foreign", "secrets.folder-open"],
        cure: Cure::Done(|state| folder(state, "/etc/postamt", 0o755, 0, 0)),
    },
    World {
        name: "a key below /tmp, where nobody may take away what is another's",
        zone: "",
        state: |state| folder(state, "/tmp", 0o1777, 0, 0),
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "a key in a folder that only its owner's own group may write to",
        zone: "",
        state: |state| folder(state, "/var/lib/postamt", 0o775, 999, 999),
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "a password of six letters",
        zone: "",
        state: |state| password(state, 28, 0),
        finds: &["secrets.weak"],
        cure: Cure::Done(|state| password(state, 70, 0)),
    },
    World {
        name: "security updates wait",
        zone: "",
        state: |state| debian(state, 0, &["openssl", "libc6"], true),
        finds: &["updates.waiting"],
        cure: Cure::Done(|state| debian(state, 0, &[], true)),
    },
    World {
        name: "nobody installs security updates",
        zone: "",
        state: |state| debian(state, 1, &[], false),
        finds: &["updates.not-automatic"],
        cure: Cure::Done(|state| debian(state, 1, &[], true)),
    },
    World {
        name: "the lists of packages are old",
        zone: "",
        state: |state| debian(state, 30, &[], true),
        finds: &["updates.not-known"],
        cure: Cure::Done(|state| debian(state, 0, &[], true)),
    },
    World {
        name: "there are no lists of packages to read",
        zone: "",
        state: |state| {
            debian(state, 0, &[], true);
            state.machine.updates.as_mut().expect("a Debian").waiting = None;
        },
        finds: &["updates.not-known"],
        cure: Cure::Done(|state| debian(state, 0, &[], true)),
    },
];

/// A program whose name may not be seen may be anybody's, this server's or another's.
#[tokio::test]
async fn only_who_is_seen_is_ours() {
    let worlds: [(Change, bool); 2] =
        [(|state| listening(state, "postamt"), true), (|state| listening(state, "?"), false)];
    for (state, is_ours) in worlds {
        let world = World { name: "a holder of port 25", zone: "", state, finds: &[], cure: Cure::None };
        let report = report_of(&world).await;
        let said: Vec<&str> =
            report.findings().iter().map(|it| it.kind.id).filter(|id| id.starts_with("programs.")).collect();
        assert_eq!(said, if is_ours { vec!["programs.ours"] } else { vec![] });
    }
}

#[tokio::test]
async fn host() {
    judge(WORLDS).await;
}
