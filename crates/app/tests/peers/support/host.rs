//! A host: a network namespace on the bridge, and a writable copy of the peers' file tree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{SERVER, finish, place, run, tree};

/// A host of the small network.
pub struct Host {
    name: String,
    root: PathBuf,
}

/// A program in the foreground; it ends with this value.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Host {
    /// Makes a host with an address of the bridge's network.
    pub fn new(name: &str, address: &str) -> Self {
        let root = mount_tree(name);
        run("ip", &["netns", "add", name]);
        let (ours, theirs) = (format!("v-{name}"), format!("w-{name}"));
        run("ip", &["link", "add", "name", &ours, "type", "veth", "peer", "name", &theirs, "netns", name]);
        run("ip", &["link", "set", &ours, "master", "br0", "up"]);
        let inside = ["-n", name];
        run("ip", &[&inside[..], &["link", "set", "lo", "up"]].concat());
        run("ip", &[&inside[..], &["address", "add", &format!("{address}/24"), "dev", &theirs]].concat());
        run("ip", &[&inside[..], &["link", "set", &theirs, "up"]].concat());
        let host = Self { name: name.into(), root };
        host.write("etc/resolv.conf", &format!("nameserver {SERVER}\n"));
        host.write("etc/hosts", "127.0.0.1 localhost\n");
        host
    }

    /// A command on this host.
    pub fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name, "chroot"]).arg(&self.root).args(line);
        command.stdin(Stdio::null()).env("LC_ALL", "C").env("HOME", "/root");
        command
    }

    /// Runs a command that must succeed.
    pub fn run(&self, line: &[&str]) -> String {
        finish(&mut self.command(line))
    }

    /// Runs a command that must succeed, with `input` as its standard input.
    pub fn feed(&self, line: &[&str], input: &[u8]) -> String {
        self.write("tmp/input", "");
        fs::write(self.root.join("tmp/input"), input).expect("input");
        let file = fs::File::open(self.root.join("tmp/input")).expect("input");
        finish(self.command(line).stdin(file))
    }

    /// Starts a program that stays; its output goes into the file `name` of the world.
    pub fn start(&self, line: &[&str]) -> Running {
        let log = fs::File::create(place(&format!("{}-{}.log", self.name, line[0].replace('/', "_"))))
            .expect("log");
        let mut command = self.command(line);
        command.stdout(log.try_clone().expect("log")).stderr(log);
        Running(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Whether something listens on a TCP port of this host.
    pub fn listens(&self, port: u16) -> bool {
        let listeners = run("ip", &["netns", "exec", &self.name, "cat", "/proc/net/tcp"]);
        // Local address, remote address, and state 0A: listening.
        listeners.lines().any(|line| line.contains(&format!(":{port:04X} 00000000:0000 0A")))
    }

    /// Where its files are.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes a file of this host.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Reads a file of this host; empty when it is not there.
    pub fn read(&self, path: &str) -> String {
        fs::read(self.root.join(path))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }
}

/// A writable copy of the tree, with /proc and /dev.
fn mount_tree(name: &str) -> PathBuf {
    let folder = PathBuf::from(place(&format!("host-{name}")));
    for part in ["upper", "work", "root"] {
        fs::create_dir_all(folder.join(part)).expect("folder");
    }
    let lower = tree().canonicalize().expect("the tree");
    let (upper, work, root) = (folder.join("upper"), folder.join("work"), folder.join("root"));
    let layers =
        format!("lowerdir={},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
    let root_text = root.to_string_lossy().into_owned();
    run("mount", &["-t", "overlay", "overlay", "-o", &layers, &root_text]);
    run("mount", &["-t", "proc", "proc", &format!("{root_text}/proc")]);
    run("mount", &["--rbind", "/dev", &format!("{root_text}/dev")]);
    root
}
