//! Content filters: their settings in TOML, and what the pipeline takes of them, in the order in which they are asked.

use std::net::IpAddr;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mail::filters::rspamd::Action;
use postamt_mta::settings::{
    FilterKind, FilterSettings, Reaction, RspamdActions, RuleAction, RuleActions, Unfiltered,
};
use postamt_net::milter;
use postamt_net::service::ServiceAddress;

use super::problem::Problem;
use super::section::{FieldReader, Setting};
use super::settings::secret;
use super::source::Node;
use super::values::{Choice, choice_setting, quoted, text, word_of};
use super::{Config, Milter, Spot};

/// How long the rules may look at one message; they take a second for the largest.
const RULES_LIMIT: Duration = Duration::from_secs(60);

/// Where Rspamd's worker `normal` listens.
const RSPAMD_PORT: u16 = 11_333;
/// Octets of a message that Rspamd takes unless it is told otherwise (`max_message`).
const RSPAMD_BYTES: u64 = 50 << 20;

/// The address of an Rspamd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RspamdUrl(pub ServiceAddress);

/// What one of Rspamd's actions does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RspamdAction {
    action: Action,
    reaction: Reaction,
}

/// The filters of a configuration, the cheaper ones first. Faults are those of the password's file.
pub(super) fn filters(config: &Config, problems: &mut Vec<Problem>) -> Vec<FilterSettings> {
    let milters = config.milters.iter().map(|milter| of_milter(config, milter));
    let daemons = clamav(config).into_iter().chain(rspamd(config, problems));
    std::iter::once(rules(config)).chain(daemons).chain(milters).collect()
}

fn rspamd(config: &Config, problems: &mut Vec<Problem>) -> Option<FilterSettings> {
    let rspamd = &config.rspamd;
    let address = rspamd.url.clone()?.0;
    let main = Spot { file: config.files.first()?.as_path().into(), line: 0 };
    let password = match &rspamd.password_file {
        Some(file) => Some(secret(file, &main, problems)?),
        None => None,
    };
    let mut actions = RspamdActions::default();
    for RspamdAction { action, reaction } in &rspamd.actions {
        match action {
            Action::Greylist => actions.greylist = *reaction,
            Action::AddHeader => actions.add_header = *reaction,
            Action::RewriteSubject => actions.rewrite_subject = *reaction,
            Action::SoftReject => actions.soft_reject = *reaction,
            _ => actions.reject = *reaction,
        }
    }
    Some(FilterSettings {
        name: "rspamd".to_owned(),
        kind: FilterKind::Rspamd { address, password, actions },
        when_down: rspamd.when_down,
        when_too_large: Unfiltered::Accept,
        size_limit: RSPAMD_BYTES,
        time_limit: rspamd.time_limit_secs.0,
    })
}

fn rules(config: &Config) -> FilterSettings {
    let rules = &config.content_rules;
    FilterSettings {
        name: "content_rules".to_owned(),
        kind: FilterKind::Rules {
            actions: RuleActions {
                executables: rules.executables,
                macros: rules.macros,
                repeated_fields: rules.repeated_fields,
                missing_from: rules.missing_from,
                non_ascii_header: rules.non_ascii_header,
            },
            language: config.server.language,
        },
        // Nothing that is a part of this server is down; should its thread break, the client comes again.
        when_down: Unfiltered::Defer,
        when_too_large: Unfiltered::Accept,
        size_limit: u64::MAX,
        time_limit: RULES_LIMIT,
    }
}

fn of_milter(config: &Config, milter: &Milter) -> FilterSettings {
    FilterSettings {
        name: milter.name.clone(),
        kind: FilterKind::Milter {
            address: milter.address.0.clone(),
            body_limit: config.limits.message_bytes.get() as usize,
        },
        when_down: milter.when_down,
        // A milter has no limit of size that we know of: it says what it has enough of.
        when_too_large: Unfiltered::Accept,
        size_limit: u64::MAX,
        time_limit: milter.time_limit_secs.0,
    }
}

fn clamav(config: &Config) -> Option<FilterSettings> {
    let clamav = &config.clamav;
    Some(FilterSettings {
        name: "clamav".to_owned(),
        kind: FilterKind::ClamAv { address: clamav.address.clone()?, infected: clamav.infected },
        when_down: clamav.when_down,
        when_too_large: Unfiltered::Accept,
        size_limit: u64::from(clamav.message_bytes.get()),
        time_limit: clamav.time_limit_secs.0,
    })
}

impl Choice for RuleAction {
    const WORDS: &'static [(&'static str, Self)] =
        &[("reject", RuleAction::Reject), ("hold", RuleAction::Hold), ("accept", RuleAction::Accept)];
}

impl Choice for Unfiltered {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("defer", Unfiltered::Defer),
        ("accept", Unfiltered::Accept),
        ("hold", Unfiltered::Hold),
        ("reject", Unfiltered::Reject),
    ];
}

impl Choice for Reaction {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("reject", Reaction::Reject),
        ("defer", Reaction::Defer),
        ("hold", Reaction::Hold),
        ("mark", Reaction::Mark),
        ("accept", Reaction::Accept),
    ];
}
choice_setting!(Unfiltered, Reaction, RuleAction);

/// Where a milter listens, written as milters write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilterAddress(pub ServiceAddress);

impl Setting for MilterAddress {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-milter", |text| milter::address(text).map(Self))
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&milter::written(&self.0)))
    }
}

impl Setting for ServiceAddress {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-service", address)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

/// `unix:/PATH` or `HOST:PORT`.
fn address(text: &str) -> Option<ServiceAddress> {
    if let Some(path) = text.strip_prefix("unix:") {
        return Some(ServiceAddress::Unix(path.into())).filter(|_| path.starts_with('/'));
    }
    let (host, port) = text.rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = port.parse().ok().filter(|port| *port > 0)?;
    let is_host = host.parse::<IpAddr>().is_ok() || Domain::new(host).is_ok();
    is_host.then(|| ServiceAddress::Tcp { host: host.to_owned(), port })
}

/// `http://HOST[:PORT]`, or `unix:/PATH`.
#[must_use]
pub fn rspamd_address(url: &str) -> Option<ServiceAddress> {
    if url.starts_with("unix:") {
        return address(url);
    }
    let authority = url.strip_prefix("http://")?.trim_end_matches('/');
    address(authority).or_else(|| address(&format!("{authority}:{RSPAMD_PORT}")))
}

impl Setting for RspamdUrl {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-rspamd", rspamd_address).map(Self)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&match &self.0 {
            socket @ ServiceAddress::Unix(_) => socket.to_string(),
            port => format!("http://{port}"),
        }))
    }
}

impl Setting for RspamdAction {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-rspamd-action", action)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&format!("{} = {}", self.action.name(), word_of(self.reaction))))
    }
}

fn action(text: &str) -> Option<RspamdAction> {
    let (action, word) = text.split_once('=')?;
    let action = Action::from(action.trim());
    let may_be_set = !matches!(action, Action::NoAction | Action::Quarantine | Action::Other(_));
    let (_, reaction) = Reaction::WORDS.iter().find(|(known, _)| *known == word.trim())?;
    may_be_set.then_some(RspamdAction { action, reaction: *reaction })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16) -> Option<ServiceAddress> {
        Some(ServiceAddress::Tcp { host: host.to_owned(), port })
    }

    #[test]
    fn services_have_sockets_ports_and_urls() {
        assert_eq!(
            address("unix:/run/clamav/clamd.ctl"),
            Some(ServiceAddress::Unix("/run/clamav/clamd.ctl".into()))
        );
        assert_eq!(address("127.0.0.1:3310"), tcp("127.0.0.1", 3310));
        assert_eq!(address("[::1]:3310"), tcp("::1", 3310));
        assert_eq!(address("scanner.example.org:3310"), tcp("scanner.example.org", 3310));
        for wrong in ["", "unix:", "unix:clamd", "127.0.0.1", "127.0.0.1:0", ":3310", "a b:1", "/run/x:1"] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
        assert_eq!(rspamd_address("http://127.0.0.1:11333/"), tcp("127.0.0.1", 11_333));
        assert_eq!(rspamd_address("http://[::1]"), tcp("::1", 11_333));
        assert_eq!(rspamd_address("http://rspamd.example.org"), tcp("rspamd.example.org", 11_333));
        for wrong in ["", "http://", "https://127.0.0.1", "ftp://x.test", "http://127.0.0.1:x/"] {
            assert_eq!(rspamd_address(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn actions_are_read() {
        let hold = |action| Some(RspamdAction { action, reaction: Reaction::Hold });
        assert_eq!(action("reject = hold"), hold(Action::Reject));
        assert_eq!(action("add header=hold"), hold(Action::AddHeader));
        for wrong in ["", "reject", "reject = no", "no action = reject", "nothing = hold"] {
            assert_eq!(action(wrong), None, "{wrong}");
        }
    }
}
