//! The configuration: `/etc/postamt/postamt.toml` and `conf.d/*.toml` beside it.
//!
//! ```text
//! files ─▶ source (tree with lines) ─▶ fields (typed sections) ─▶ Config ─▶ settings (what the pipeline takes)
//! ```
//!
//! [`load`] reports all faults at once, each with file and line. It looks at nothing but these files, so that
//! every user's `sendmail` can call it; [`settings::make`] then reads the secrets that the server needs.

mod allowance;
mod authority;
mod example;
mod fields;
mod filters;
mod leaks;
mod network;
mod notice;
mod problem;
mod section;
pub mod settings;
mod source;
#[cfg(test)]
mod tests;
mod values;

use std::path::{Path, PathBuf};

pub use authority::AcmeDirectory;
pub use example::{Chosen, effective, example, reference, written};
pub use fields::{
    AccountLimits, Accounts, ClamAv, ContentRules, Dkim, Dns, Guard, History, Limits, Listener, LocalDomain,
    Log, Milter, Notices, Outgoing, Pacing, Port25, Postmaster, Relay, Retry, Route, Rspamd, Sendmail,
    Server, Source, Tls, Web,
};
pub use filters::rspamd_address;
pub use leaks::LeakService;
pub use problem::{Fault, Problem, Problems};
pub use source::{Spot, include_directory};
pub use values::{LogFormat, RouteDetour, RouteTo, quoted, word_of};

use section::{nearest, repeated, single};

/// Where the configuration is when `--config` does not say otherwise.
pub const DEFAULT_PATH: &str = "/etc/postamt/postamt.toml";

/// All sections, typed; cross references are checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The main file and those included.
    pub files: Vec<PathBuf>,
    /// `[server]`
    pub server: Server,
    /// `[[listener]]`
    pub listeners: Vec<Listener>,
    /// `[tls]`
    pub tls: Tls,
    /// `[web]`
    pub web: Web,
    /// `[limits]`
    pub limits: Limits,
    /// `[account_limits]`
    pub account_limits: AccountLimits,
    /// `[accounts]`
    pub accounts: Accounts,
    /// `[guard]`
    pub guard: Guard,
    /// `[content_rules]`
    pub content_rules: ContentRules,
    /// `[[milter]]`
    pub milters: Vec<Milter>,
    /// `[clamav]`
    pub clamav: ClamAv,
    /// `[rspamd]`
    pub rspamd: Rspamd,
    /// `[sendmail]`
    pub sendmail: Sendmail,
    /// `[[local_domain]]`
    pub local_domains: Vec<LocalDomain>,
    /// `[postmaster]`
    pub postmaster: Postmaster,
    /// `[[relay]]`, each with its place for faults that show later.
    pub relays: Vec<(Spot, Relay)>,
    /// `[[route]]`
    pub routes: Vec<Route>,
    /// `[outgoing]`
    pub outgoing: Outgoing,
    /// `[[source]]`
    pub sources: Vec<Source>,
    /// `[pacing]`
    pub pacing: Pacing,
    /// `[retry]`
    pub retry: Retry,
    /// `[notices]`
    pub notices: Notices,
    /// `[dkim]`
    pub dkim: Dkim,
    /// `[dns]`
    pub dns: Dns,
    /// `[port25]`
    pub port25: Port25,
    /// `[updates]`
    pub updates: fields::Updates,
    /// `[log]`
    pub log: Log,
    /// `[history]`
    pub history: History,
}

impl Config {
    /// Socket of the operator's commands.
    #[must_use]
    pub fn control_socket(&self) -> PathBuf {
        self.server.runtime_directory.join("control.sock")
    }

    /// Socket of `sendmail`.
    #[must_use]
    pub fn submission_socket(&self) -> PathBuf {
        self.server.runtime_directory.join("submission.sock")
    }

    /// Where `sendmail` leaves mail while the server is down.
    #[must_use]
    pub fn drop_directory(&self) -> PathBuf {
        self.server.state_directory.join("drop")
    }

    /// Where the DKIM keys are.
    #[must_use]
    pub fn dkim_directory(&self) -> PathBuf {
        self.dkim.directory.clone().unwrap_or_else(|| self.server.state_directory.join("dkim"))
    }

    /// Where certificates and their keys are that no file of the configuration names.
    #[must_use]
    pub fn tls_directory(&self) -> PathBuf {
        self.server.state_directory.join("tls")
    }

    /// Key and chain from a certificate authority.
    #[must_use]
    pub fn acme_file(&self) -> PathBuf {
        self.tls_directory().join("acme.pem")
    }

    /// Where the accounts are.
    #[must_use]
    pub fn accounts_file(&self) -> PathBuf {
        self.server.state_directory.join("accounts.sqlite")
    }

    /// Where the facts about the ways out are.
    #[must_use]
    pub fn facts_file(&self) -> PathBuf {
        self.server.state_directory.join("facts.sqlite")
    }

    /// Where the requests to providers are.
    #[must_use]
    pub fn cases_file(&self) -> PathBuf {
        self.server.state_directory.join("cases.sqlite")
    }

    /// Where the bans are.
    #[must_use]
    pub fn bans_file(&self) -> PathBuf {
        self.server.state_directory.join("bans.sqlite")
    }

    /// Where the conduct of accounts is.
    #[must_use]
    pub fn conduct_file(&self) -> PathBuf {
        self.server.state_directory.join("conduct.sqlite")
    }

    /// Where the memory of the TLS of others is.
    #[must_use]
    pub fn transport_file(&self) -> PathBuf {
        self.server.state_directory.join("transport.sqlite")
    }

    /// Where the reports of others are.
    #[must_use]
    pub fn reports_file(&self) -> PathBuf {
        self.server.state_directory.join("reports.sqlite")
    }

    /// Where the history is.
    #[must_use]
    pub fn history_file(&self) -> PathBuf {
        self.server.state_directory.join("history.sqlite")
    }

    /// Where the spool is.
    #[must_use]
    pub fn spool_directory(&self) -> PathBuf {
        self.server.state_directory.join("spool")
    }
}

/// Reads and checks the configuration.
///
/// # Errors
/// All faults that were found, in the order of their places.
pub fn load(path: &Path) -> Result<Config, Problems> {
    let mut problems = Vec::new();
    let source = source::read(path, &mut problems);
    if matches!(problems.first(), Some(Problem { fault: Fault::Missing | Fault::Unreadable { .. }, .. })) {
        return Err(Problems(problems));
    }
    let config = sections(&source, path, &mut problems);
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => {
            problems.sort_by(|a, b| a.spot.cmp(&b.spot));
            Err(Problems(problems))
        }
    }
}

/// Reads every section before it gives up, so that all faults are seen.
fn sections(source: &source::Source, path: &Path, problems: &mut Vec<Problem>) -> Option<Config> {
    unknown_sections(source, problems);
    let root = &source.table;
    let file = Spot { file: path.into(), line: 0 };
    let server = single(root, &file, problems);
    let listeners = repeated(root, problems);
    let tls = single(root, &file, problems);
    let web = single(root, &file, problems);
    let limits = single(root, &file, problems);
    let account_limits = single(root, &file, problems);
    let accounts = single(root, &file, problems);
    let guard = single(root, &file, problems);
    let content_rules = single(root, &file, problems);
    let milters = repeated(root, problems);
    let clamav = single(root, &file, problems);
    let rspamd = single(root, &file, problems);
    let sendmail = single(root, &file, problems);
    let local_domains = repeated(root, problems);
    let postmaster = single(root, &file, problems);
    let relays = repeated(root, problems);
    let routes = repeated(root, problems);
    let outgoing = single(root, &file, problems);
    let sources = repeated(root, problems);
    let pacing = single(root, &file, problems);
    let retry = single(root, &file, problems);
    let notices = single(root, &file, problems);
    let dkim = single(root, &file, problems);
    let dns = single(root, &file, problems);
    let port25: Option<Port25> = single(root, &file, problems);
    let updates = single(root, &file, problems);
    let log = single(root, &file, problems);
    let history = single(root, &file, problems);
    exactly_one_target(local_domains.as_deref().unwrap_or_default(), problems);
    known_relays(routes.as_deref().unwrap_or_default(), relays.as_deref(), problems);
    known_detour(root, &file, port25.as_ref(), relays.as_deref(), problems);
    let rules = Rules { root, file: &file, problems };
    rules.check(server.as_ref(), tls.as_ref(), postmaster.as_ref(), retry.as_ref(), outgoing.as_ref());
    let rules = Rules { root, file: &file, problems };
    rules.pairs(dns.as_ref(), updates.as_ref());
    Some(Config {
        files: source.files.clone(),
        server: server?,
        listeners: without_places(listeners?),
        tls: tls?,
        web: web?,
        limits: limits?,
        account_limits: account_limits?,
        accounts: accounts?,
        guard: guard?,
        content_rules: content_rules?,
        milters: without_places(milters?),
        clamav: clamav?,
        rspamd: rspamd?,
        sendmail: sendmail?,
        local_domains: without_places(local_domains?),
        postmaster: postmaster?,
        relays: relays?,
        routes: without_places(routes?),
        outgoing: outgoing?,
        sources: without_places(sources?),
        pacing: pacing?,
        retry: retry?,
        notices: notices?,
        dkim: dkim?,
        dns: dns?,
        port25: port25?,
        updates: updates?,
        log: log?,
        history: history?,
    })
}

fn without_places<T>(sections: Vec<(Spot, T)>) -> Vec<T> {
    sections.into_iter().map(|(_, section)| section).collect()
}

fn unknown_sections(source: &source::Source, problems: &mut Vec<Problem>) {
    let names = || example::DESCRIPTIONS.iter().map(|description| description.name);
    for (key, (spot, _)) in &source.table {
        if !names().any(|name| name == key) {
            let fault = Fault::UnknownKey { key: key.clone(), nearest: nearest(key, names()) };
            problems.push(Problem { spot: spot.clone(), fault });
        }
    }
}

fn broken(spot: &Spot, sentence: &'static str, arguments: Vec<(&'static str, String)>) -> Problem {
    Problem { spot: spot.clone(), fault: Fault::Rule { sentence, arguments } }
}

fn exactly_one_target(local_domains: &[(Spot, LocalDomain)], problems: &mut Vec<Problem>) {
    for (spot, local) in local_domains {
        let targets = [local.maildir.is_some(), local.lmtp.is_some(), local.host.is_some()];
        if targets.into_iter().filter(|set| *set).count() != 1 {
            let arguments = vec![("domain", local.domain.to_string())];
            problems.push(broken(spot, "config-local-domain-target", arguments));
        }
    }
}

fn known_relays(routes: &[(Spot, Route)], relays: Option<&[(Spot, Relay)]>, problems: &mut Vec<Problem>) {
    let Some(relays) = relays else { return };
    for (spot, route) in routes {
        // What goes by another way takes no detour in any case: false is true there.
        if matches!(route.detour, Some(RouteDetour::Relay(_))) && route.to != RouteTo::Direct {
            problems.push(broken(spot, "config-route-detour", Vec::new()));
        }
        let name = match (&route.to, &route.detour) {
            (RouteTo::Relay(name), _) | (RouteTo::Direct, Some(RouteDetour::Relay(name))) => name,
            _ => continue,
        };
        if !relays.iter().any(|(_, relay)| relay.name == *name) {
            problems.push(broken(spot, "config-route-relay", vec![("name", name.clone())]));
        }
    }
    for (number, (spot, relay)) in relays.iter().enumerate() {
        if let Some((first, _)) = relays[..number].iter().find(|(_, other)| other.name == relay.name) {
            let arguments = vec![("name", relay.name.clone()), ("first", first.to_string())];
            problems.push(broken(spot, "config-relay-twice", arguments));
        }
        // Where one token is name and password, it stands in the file alone.
        let has_name = relay.login.is_some() || (relay.same_twice() && relay.password_file.is_some());
        if has_name != relay.password_file.is_some() {
            problems.push(broken(spot, "config-relay-login", vec![("name", relay.name.clone())]));
        }
    }
}

/// The relay of `[port25]` must be one of the relays.
fn known_detour(
    root: &source::Table,
    file: &Spot,
    port25: Option<&Port25>,
    relays: Option<&[(Spot, Relay)]>,
    problems: &mut Vec<Problem>,
) {
    let (Some(name), Some(relays)) = (port25.and_then(|port25| port25.relay.as_ref()), relays) else {
        return;
    };
    if !relays.iter().any(|(_, relay)| relay.name == *name) {
        let spot = root.get("port25").map_or(file, |(spot, _)| spot);
        problems.push(broken(spot, "config-port25-relay", vec![("name", name.clone())]));
    }
}

/// Rules within sections that stand once. A section that has other faults is not judged.
struct Rules<'a> {
    root: &'a source::Table,
    file: &'a Spot,
    problems: &'a mut Vec<Problem>,
}

impl Rules<'_> {
    fn check(
        mut self,
        server: Option<&Server>,
        tls: Option<&Tls>,
        postmaster: Option<&Postmaster>,
        retry: Option<&Retry>,
        outgoing: Option<&Outgoing>,
    ) {
        let no_domains = server.is_some_and(|server| server.domains.is_empty());
        self.broken(no_domains, "server", "config-no-domains");
        let half = tls.is_some_and(|tls| tls.certificate.is_some() != tls.key.is_some());
        self.broken(half, "tls", "config-certificate-pair");
        let both = tls.is_some_and(|tls| tls.acme.is_some() && tls.certificate.is_some());
        self.broken(both, "tls", "config-acme-or-files");
        let two = postmaster.is_some_and(|one| one.maildir.is_some() && one.forward.is_some());
        self.broken(two, "postmaster", "config-postmaster-target");
        let no_waits = retry.is_some_and(|retry| retry.waits_secs.is_empty());
        self.broken(no_waits, "retry", "config-no-waits");
        let no_family = outgoing.is_some_and(|outgoing| !outgoing.ipv4 && !outgoing.ipv6);
        self.broken(no_family, "outgoing", "config-no-family");
    }

    fn pairs(mut self, dns: Option<&Dns>, updates: Option<&fields::Updates>) {
        let half = dns.is_some_and(|dns| dns.provider.is_some() != dns.provider_token_file.is_some());
        self.broken(half, "dns", "config-dns-provider-pair");
        let two = dns.is_some_and(|dns| dns.provider.is_some() && dns.update_key.is_some());
        self.broken(two, "dns", "config-dns-publisher");
        let half = updates.is_some_and(|updates| updates.url.is_some() != updates.key.is_some());
        self.broken(half, "updates", "config-updates-pair");
    }

    fn broken(&mut self, is_broken: bool, section: &str, sentence: &'static str) {
        if is_broken {
            let spot = self.root.get(section).map_or(self.file, |(spot, _)| spot);
            self.problems.push(broken(spot, sentence, Vec::new()));
        }
    }
}
