//! Configurations of programs that send mail, at the places where distributions put them.
//!
//! [`read`] looks at each file once. What is not there, cannot be read or is not understood gives no finding: the
//! advice then asks the person.

use std::path::{Path, PathBuf};

use super::Finding;

/// What is read of one program's file.
type Reader = fn(&str) -> Option<Role>;

/// What a program does with mail.
enum Role {
    /// Delivers itself, or hands everything to this relay.
    Server(Option<String>),
    /// Hands everything to this relay.
    Forwarder(String),
}

/// Program, file, and how the file is read.
const PROGRAMS: [(&str, &str, Reader); 8] = [
    ("Postfix", "etc/postfix/main.cf", postfix),
    ("Exim", "etc/exim4/update-exim4.conf.conf", exim),
    ("Sendmail", "etc/mail/sendmail.cf", sendmail),
    ("OpenSMTPD", "etc/smtpd.conf", opensmtpd),
    ("DragonFly Mail Agent", "etc/dma/dma.conf", dma),
    ("msmtp", "etc/msmtprc", msmtp),
    ("nullmailer", "etc/nullmailer/remotes", nullmailer),
    ("sSMTP", "etc/ssmtp/ssmtp.conf", ssmtp),
];

/// Reads what is there; `own` is the configuration of Postamt itself.
pub(super) fn read(root: &Path, own: &Path) -> Vec<Finding> {
    let finding = |(program, file, reader): &(&str, &str, Reader)| {
        let text = std::fs::read_to_string(root.join(file)).ok()?;
        let (program, place) = ((*program).to_owned(), format!("/{file}"));
        Some(match reader(&text)? {
            Role::Server(relay) => Finding::MailServer { program, place, relay },
            Role::Forwarder(relay) => Finding::Forwarder { program, place, relay },
        })
    };
    postamt(root, own).into_iter().chain(PROGRAMS.iter().filter_map(finding)).collect()
}

/// Lines without comments and surrounding space.
fn lines(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
}

/// The last `name = value`, as these programs read their files.
fn setting<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    lines(text).rev().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches(['\'', '"']))
    })
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Its own configuration and the files beside it: with a default route to a relay, nothing goes directly.
fn postamt(root: &Path, own: &Path) -> Option<Finding> {
    let parsed = |file: &Path| std::fs::read_to_string(file).ok()?.parse::<toml::Table>().ok();
    let mut tables = vec![parsed(own)?];
    tables.extend(beside(own).iter().filter_map(|file| parsed(file)));
    let target = tables.iter().find_map(target_of_everything);
    let relay = target.and_then(|target| target.strip_prefix("relay:")).map(ToOwned::to_owned);
    let place = format!("/{}", own.strip_prefix(root).unwrap_or(own).display());
    Some(Finding::MailServer { program: "Postamt".to_owned(), place, relay })
}

/// `conf.d/*.toml`, in the order in which the server reads them.
fn beside(own: &Path) -> Vec<PathBuf> {
    let entries = own.parent().map(|folder| std::fs::read_dir(folder.join("conf.d")));
    let entries = entries.into_iter().flatten().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

/// Where the first route leads that has no condition.
fn target_of_everything(table: &toml::Table) -> Option<&str> {
    let is_empty = |route: &toml::Value, list: &str| {
        route.get(list).and_then(toml::Value::as_array).is_none_or(Vec::is_empty)
    };
    let lists = ["recipient_domains", "sender_domains", "accounts"];
    let mut routes = table.get("route").and_then(toml::Value::as_array)?.iter();
    let everything = routes.find(|route| lists.iter().all(|list| is_empty(route, list)))?;
    everything.get("to").and_then(toml::Value::as_str)
}

fn postfix(text: &str) -> Option<Role> {
    let relay = setting(text, "relayhost").and_then(filled);
    // `default_transport = smtp:[relay]` is the other way to say it.
    let transport = setting(text, "default_transport").and_then(|it| it.split_once(':')).map(|it| it.1);
    Some(Role::Server(relay.or_else(|| transport.and_then(filled))))
}

/// Debian's questions and answers.
fn exim(text: &str) -> Option<Role> {
    let kind = setting(text, "dc_eximconfig_configtype")?;
    match kind {
        "internet" => Some(Role::Server(None)),
        "smarthost" | "satellite" => Some(Role::Server(filled(setting(text, "dc_smarthost")?))),
        // Only for this machine.
        _ => None,
    }
}

/// `DS` names the smarthost.
fn sendmail(text: &str) -> Option<Role> {
    let relay = text.lines().find_map(|line| line.strip_prefix("DS")).map(str::trim);
    Some(Role::Server(relay.and_then(filled)))
}

/// `action "out" relay host smtp+tls://relay`.
fn opensmtpd(text: &str) -> Option<Role> {
    let mut relays =
        lines(text).filter(|line| line.starts_with("action") && line.contains("relay")).peekable();
    relays.peek()?;
    let host = relays.find_map(|line| {
        let mut words = line.split_ascii_whitespace().skip_while(|word| *word != "host");
        words.nth(1).map(|host| host.trim_matches('"').to_owned())
    });
    Some(Role::Server(host))
}

fn dma(text: &str) -> Option<Role> {
    let mut words = lines(text).filter_map(|line| line.split_once(char::is_whitespace));
    let relay = words.find(|(name, _)| *name == "SMARTHOST").map(|(_, host)| host.trim().to_owned());
    Some(Role::Server(relay))
}

fn msmtp(text: &str) -> Option<Role> {
    let mut words = lines(text).filter_map(|line| line.split_once(char::is_whitespace));
    words.find(|(name, _)| *name == "host").map(|(_, host)| Role::Forwarder(host.trim().to_owned()))
}

/// One remote a line, the host first.
fn nullmailer(text: &str) -> Option<Role> {
    let host = lines(text).next()?.split_ascii_whitespace().next()?;
    Some(Role::Forwarder(host.to_owned()))
}

fn ssmtp(text: &str) -> Option<Role> {
    setting(text, "mailhub").and_then(filled).map(Role::Forwarder)
}
