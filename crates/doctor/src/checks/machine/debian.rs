//! What Debian's package files say: which packages are installed, which newer ones the security archive offers, and
//! whether they are installed by themselves. Compared as dpkg does (deb-version(7)); blocks.
//!
//! Where one of the lists cannot be read, it is not known that nothing waits.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::lists;

/// A package that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub name: String,
    /// The version that is there.
    pub installed: String,
    /// The one that is offered.
    pub offered: String,
}

/// What is known of updates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Updates {
    /// Security updates that wait; `None` where there are no lists to read.
    pub waiting: Option<Vec<Waiting>>,
    /// When the lists were fetched, seconds since 1970.
    pub fetched: Option<u64>,
    /// They are installed by themselves.
    pub are_automatic: bool,
}

/// Reads; `None` where this is no Debian.
#[must_use]
pub fn read(root: &Path) -> Option<Updates> {
    let mut installed: BTreeMap<(String, String), String> = BTreeMap::new();
    paragraphs(&root.join("var/lib/dpkg/status"), |package| {
        if package.is_installed {
            installed.insert((package.name, package.architecture), package.version);
        }
    })?;
    let has_unattended = installed.keys().any(|(name, _)| name == "unattended-upgrades");
    Some(Updates {
        waiting: waiting(&root.join("var/lib/apt/lists"), &installed),
        fetched: fetched(root),
        are_automatic: has_unattended && is_switched_on(&root.join("etc/apt/apt.conf.d")),
    })
}

fn waiting(folder: &Path, installed: &BTreeMap<(String, String), String>) -> Option<Vec<Waiting>> {
    let mut offered: BTreeMap<(String, String), String> = BTreeMap::new();
    let (mut was_read, mut is_whole) = (false, true);
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        // Debian: …_dists_bookworm-security_main_binary-amd64_Packages; Ubuntu: …_dists_noble-security_…
        if !name.contains("-security_") || !lists::is_of_packages(&name) {
            continue;
        }
        let read = paragraphs(&entry.path(), |package| {
            let key = (package.name, package.architecture);
            let Some(old) = installed.get(&key) else { return };
            let newest = offered.get(&key).unwrap_or(old);
            if compare(&package.version, newest) == Ordering::Greater {
                offered.insert(key, package.version);
            }
        });
        was_read |= read.is_some();
        is_whole &= read.is_some();
    }
    let waiting = |((name, architecture), offered): ((String, String), String)| {
        let installed = installed.get(&(name.clone(), architecture)).cloned().unwrap_or_default();
        Waiting { name, installed, offered }
    };
    let is_known = was_read && (is_whole || !offered.is_empty());
    is_known.then(|| offered.into_iter().map(waiting).collect())
}

/// apt puts what it fetches through this folder.
fn fetched(root: &Path) -> Option<u64> {
    let times = ["var/lib/apt/lists", "var/lib/apt/lists/partial"].into_iter().filter_map(|folder| {
        let changed = std::fs::metadata(root.join(folder)).ok()?.modified().ok()?;
        changed.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
    });
    times.max()
}

/// `APT::Periodic::Unattended-Upgrade "1";`; the last file counts (apt.conf(5)).
fn is_switched_on(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let texts = paths.iter().filter_map(|path| std::fs::read_to_string(path).ok());
    let values: Vec<bool> =
        texts.flat_map(|text| text.lines().filter_map(setting).collect::<Vec<_>>()).collect();
    values.last().copied().unwrap_or(false)
}

fn setting(line: &str) -> Option<bool> {
    let rest = line.trim().strip_prefix("APT::Periodic::Unattended-Upgrade")?;
    let value = rest.split('"').nth(1)?;
    Some(!value.is_empty() && value != "0")
}

/// A paragraph of dpkg's status or of a list.
#[derive(Default)]
struct Package {
    name: String,
    architecture: String,
    version: String,
    is_installed: bool,
}

/// Reads line by line: lists can be large. `None` where there is no such file, or none that can be read to its end.
fn paragraphs(path: &Path, mut each: impl FnMut(Package)) -> Option<()> {
    let mut package = Package::default();
    let read = lists::each_line(path, |line| {
        let line = String::from_utf8_lossy(line);
        if line.is_empty() {
            each(std::mem::take(&mut package));
        } else if let Some((field, value)) = line.split_once(": ") {
            match field {
                "Package" => value.clone_into(&mut package.name),
                "Architecture" => value.clone_into(&mut package.architecture),
                "Version" => value.clone_into(&mut package.version),
                "Status" => package.is_installed = value.ends_with(" ok installed"),
                _ => {}
            }
        }
    });
    read.ok()?;
    if !package.name.is_empty() {
        each(package);
    }
    Some(())
}

/// Which version is later.
fn compare(left: &str, right: &str) -> Ordering {
    let parts = |version: &str| {
        let (epoch, rest) = version.split_once(':').unwrap_or(("0", version));
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
        (epoch.parse::<u64>().unwrap_or(0), upstream.to_owned(), revision.to_owned())
    };
    let (left, right) = (parts(left), parts(right));
    left.0.cmp(&right.0).then_with(|| part(&left.1, &right.1)).then_with(|| part(&left.2, &right.2))
}

/// By turns what is not digits, character by character, and numbers.
fn part(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    while !left.is_empty() || !right.is_empty() {
        let (words, numbers) = (take(&mut left, &mut right, false), take(&mut left, &mut right, true));
        let number = |digits: &[u8]| String::from_utf8_lossy(digits).parse::<u128>().unwrap_or(0);
        let order = letters(words.0, words.1).then_with(|| number(numbers.0).cmp(&number(numbers.1)));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// The leading run of digits, or of what is none, of both.
fn take<'a>(left: &mut &'a [u8], right: &mut &'a [u8], digits: bool) -> (&'a [u8], &'a [u8]) {
    let run = |text: &mut &'a [u8]| {
        let end = text.iter().position(|it| it.is_ascii_digit() != digits).unwrap_or(text.len());
        let (head, tail) = text.split_at(end);
        *text = tail;
        head
    };
    (run(left), run(right))
}

/// A tilde before the end, the end before letters, letters before the rest.
fn letters(left: &[u8], right: &[u8]) -> Ordering {
    let weight = |octet: Option<&u8>| match octet {
        Some(b'~') => -1,
        None => 0,
        Some(octet) if octet.is_ascii_alphabetic() => i32::from(*octet),
        Some(octet) => i32::from(*octet) + 256,
    };
    let length = left.len().max(right.len());
    let weights = |text: &[u8]| (0..length).map(|place| weight(text.get(place))).collect::<Vec<_>>();
    weights(left).cmp(&weights(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_dpkg_does() {
        for (earlier, later) in [
            ("1.0", "1.1"),
            ("1.9", "1.10"),
            ("1.0~rc1", "1.0"),
            ("1.0~~", "1.0~"),
            ("1.0", "1.0a"),
            ("1.0a", "1.0+b"),
            ("9", "1:1"),
            ("1.0-1", "1.0-1+deb12u1"),
            ("3.0.11-1~deb12u2", "3.0.15-1~deb12u1"),
            ("1.0-9", "1.0-10"),
            ("2.36-9+deb12u9", "2.36-9+deb12u10"),
        ] {
            assert_eq!(compare(earlier, later), Ordering::Less, "{earlier} {later}");
            assert_eq!(compare(later, earlier), Ordering::Greater, "{later} {earlier}");
        }
        assert_eq!(compare("1.01", "1.1"), Ordering::Equal);
        assert_eq!(compare("0:1.0", "1.0-0"), Ordering::Equal);
    }

    #[test]
    fn packages_that_wait() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        assert_eq!(read(root.path()), None);
        let installed = |name: &str, version: &str| {
            format!(
                "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n"
            )
        };
        let gone = "Package: old\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n";
        let status =
            [installed("openssl", "3.0.11-1~deb12u2"), installed("bash", "5.2-2"), gone.to_owned()].concat();
        write("var/lib/dpkg/status", &status);
        assert_eq!(read(root.path()).unwrap().waiting, None, "no lists");
        let offered = |name: &str, version: &str| {
            format!("Package: {name}\nArchitecture: amd64\nVersion: {version}\nDescription: x\n y\n\n")
        };
        let list =
            "var/lib/apt/lists/deb.test_debian-security_dists_bookworm-security_main_binary-amd64_Packages";
        let offers = [
            offered("openssl", "3.0.14-1~deb12u1"),
            offered("openssl", "3.0.15-1~deb12u1"),
            offered("bash", "5.2-1"),
            offered("old", "2"),
        ];
        write(list, &offers.concat());
        write(
            "var/lib/apt/lists/deb.test_debian_dists_bookworm_main_binary-amd64_Packages",
            &offered("bash", "9"),
        );
        let updates = read(root.path()).unwrap();
        let openssl = Waiting {
            name: "openssl".to_owned(),
            installed: "3.0.11-1~deb12u2".to_owned(),
            offered: "3.0.15-1~deb12u1".to_owned(),
        };
        assert_eq!(updates.waiting, Some(vec![openssl]));
        assert!(updates.fetched.is_some() && !updates.are_automatic);

        let second = list.replace("_main_", "_contrib_");
        write(&format!("{second}.lz4"), "cut off");
        assert!(read(root.path()).unwrap().waiting.is_some(), "what one list says is so");
        write(list, &offered("bash", "5.2-1"));
        assert_eq!(read(root.path()).unwrap().waiting, None, "another may say more");
        std::fs::remove_file(root.path().join(format!("{second}.lz4"))).unwrap();
        assert_eq!(read(root.path()).unwrap().waiting, Some(Vec::new()));

        write("etc/apt/apt.conf.d/20auto-upgrades", "// x\nAPT::Periodic::Unattended-Upgrade \"1\";\n");
        assert!(!read(root.path()).unwrap().are_automatic, "switched on, and not installed");
        write("var/lib/dpkg/status", &format!("{status}{}", installed("unattended-upgrades", "2.9")));
        assert!(read(root.path()).unwrap().are_automatic);
        write("etc/apt/apt.conf.d/99off", "APT::Periodic::Unattended-Upgrade \"0\";\n");
        assert!(!read(root.path()).unwrap().are_automatic);
    }
}
