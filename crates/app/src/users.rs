//! The users of this host, as far as /etc/passwd knows them: no name service is loaded into this process.

use rustix::process::{Gid, Uid, getuid};

/// A line of /etc/passwd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Login name.
    pub name: String,
    /// Numeric id.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// The first part of the comment field: the full name.
    pub full_name: String,
}

impl User {
    /// For rustix.
    #[must_use]
    pub fn ids(&self) -> (Uid, Gid) {
        (Uid::from_raw(self.uid), Gid::from_raw(self.gid))
    }
}

/// The user of that login name.
#[must_use]
pub fn by_name(name: &str) -> Option<User> {
    all().find(|user| user.name == name)
}

/// The user that runs this process.
#[must_use]
pub fn myself() -> Option<User> {
    let uid = getuid().as_raw();
    all().find(|user| user.uid == uid)
}

fn all() -> impl Iterator<Item = User> {
    let text = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    text.lines().filter_map(parse).collect::<Vec<_>>().into_iter()
}

fn parse(line: &str) -> Option<User> {
    let mut parts = line.split(':');
    let name = parts.next()?.to_owned();
    let uid = parts.nth(1)?.parse().ok()?;
    let gid = parts.next()?.parse().ok()?;
    let comment = parts.next().unwrap_or_default();
    // `&` stands for the login name, by old custom.
    let full_name = comment.split(',').next().unwrap_or_default().replace('&', &name);
    Some(User { name, uid, gid, full_name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_line() {
        let user = parse("alice:x:1000:1001:Alice & Co,Room 1,,:/home/alice:/bin/sh");
        let full_name = "Alice alice Co".to_owned();
        assert_eq!(user, Some(User { name: "alice".into(), uid: 1000, gid: 1001, full_name }));
        assert_eq!(parse("broken:x:none"), None);
    }
}
