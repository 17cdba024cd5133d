//! Postfix in the host's namespace, from a writable copy of the peers' file tree: its defaults, and the relay service
//! as `smtp_fallback_relay`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postamt_lab::isp::{Isp, RELAY_LOGIN, RELAY_PASSWORD};

use super::case::{ENTRANCE, RELAY, WORLD};

/// Postfix's daemons, none of them in a chroot of its own.
const MASTER: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// A Postfix that runs; stopped when it is dropped.
pub struct Postfix {
    root: PathBuf,
}

impl Postfix {
    /// Makes the copy, writes the configuration and starts it.
    pub fn start(isp: &Isp) -> Self {
        let postfix = Self { root: mount_tree() };
        let relay = isp.relay(RELAY).unwrap();
        let next = format!("[{}]:{}", relay.host, relay.starttls_ports[0]);
        let server = isp.dns_servers()[0].ip();
        postfix.write("etc/resolv.conf", &format!("nameserver {server}\n"));
        postfix.write("etc/hosts", "127.0.0.1 localhost\n");
        postfix.write("etc/postfix/password", &format!("{next} {RELAY_LOGIN}:{RELAY_PASSWORD}\n"));
        postfix.write("etc/postfix/roots.pem", &isp.world().authority().root_pem());
        postfix.write("etc/postfix/master.cf", &format!("{ENTRANCE} inet n - n - - smtpd\n{MASTER}"));
        postfix.write(
            "etc/postfix/main.cf",
            &format!(
                "compatibility_level = 3.6
myhostname = mail.absender.test
mydestination =
local_recipient_maps =
alias_maps =
inet_protocols = all
mynetworks = 127.0.0.0/8
maillog_file = /var/log/postfix.log
smtp_tls_security_level = may
smtp_tls_CAfile = /etc/postfix/roots.pem
smtp_fallback_relay = {next}
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = texthash:/etc/postfix/password
smtp_sasl_security_options = noanonymous
"
            ),
        );
        let defaults = [
            "smtp_connect_timeout",
            "smtp_mx_address_limit",
            "minimal_backoff_time",
            "default_process_limit",
            "default_destination_concurrency_limit",
        ];
        println!("{}", postfix.run(&[&["postconf"], &defaults[..]].concat()));
        postfix.run(&["postfix", "start"]);
        postfix
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.root.join(name), text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    fn run(&self, line: &[&str]) -> String {
        run("chroot", &[&[self.root.to_str().unwrap()], line].concat())
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = fs::read_to_string(self.root.join("var/log/postfix.log")).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(40).collect();
            println!("{}", last.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
        // The namespaces end it otherwise.
        let stop = Command::new("chroot").arg(&self.root).args(["postfix", "stop"]).output();
        drop(stop);
    }
}

/// A writable copy of the tree, with /proc and /dev.
fn mount_tree() -> PathBuf {
    let folder = Path::new(WORLD).join("postfix");
    for part in ["upper", "work", "root"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/root");
    let tree = tree.canonicalize().expect("the other mail programs: run `cargo xtask peers`");
    let (upper, work, root) = (folder.join("upper"), folder.join("work"), folder.join("root"));
    let layers =
        format!("lowerdir={},upperdir={},workdir={}", tree.display(), upper.display(), work.display());
    let at = |name: &str| root.join(name).to_str().unwrap().to_owned();
    run("mount", &["-t", "overlay", "overlay", "-o", &layers, root.to_str().unwrap()]);
    run("mount", &["-t", "proc", "proc", &at("proc")]);
    run("mount", &["--rbind", "/dev", &at("dev")]);
    root
}

fn run(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C").stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} ended with {}: {text}{errors}", output.status);
    text
}
