//! Do the name servers answer, do they validate DNSSEC, and are they such that blocklists answer them.
//!
//! Without answers nearly every other check has no ground, so this one runs first and the others are not judged.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dns::{DnsError, DnssecStatus};
use tokio::task::JoinSet;

use super::context::{Context, Subject};
use super::finding::{Finding, Kind, Remedy};
use super::run::{Check, CheckFuture, Scope};

/// No name server answers.
pub static SILENT: Kind = Kind::error("dns.silent", "RFC 5321 §5.1");
static ANSWERS: Kind = Kind::ok("dns.answers");
static VALIDATES: Kind = Kind::ok("dns.validates");
static NOT_VALIDATING: Kind = Kind::note("dns.not-validating", "RFC 7672 §2.1.1");
static PUBLIC: Kind =
    Kind::warning("dns.public-resolver", "https://www.spamhaus.org/organization/dnsblusage/");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "dns",
    scope: Scope::Both,
    not_after: &[],
    limit: Duration::from_secs(40),
    kinds: &[&SILENT, &ANSWERS, &VALIDATES, &NOT_VALIDATING, &PUBLIC],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

/// Who has not answered any question by then is silent; a mail server would wait longer and still be lost.
const PATIENCE: Duration = Duration::from_secs(15);

/// Resolvers that serve everybody; blocklists refuse them or answer them wrongly. From the operators' own pages.
const PUBLIC_RESOLVERS: [(&str, &[&str]); 6] = [
    ("Google Public DNS", &["8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844"]),
    ("Cloudflare", &["1.1.1.1", "1.0.0.1", "2606:4700:4700::1111", "2606:4700:4700::1001"]),
    ("Quad9", &["9.9.9.9", "149.112.112.112", "9.9.9.10", "2620:fe::fe", "2620:fe::9"]),
    ("OpenDNS", &["208.67.222.222", "208.67.220.220", "2620:119:35::35", "2620:119:53::53"]),
    ("AdGuard DNS", &["94.140.14.14", "94.140.15.15", "2a10:50c0::ad1:ff", "2a10:50c0::ad2:ff"]),
    ("dns0.eu", &["193.110.81.0", "185.253.5.0"]),
];

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let name = match &context.subject {
        Subject::Host(host) => host.hostname.clone(),
        Subject::Domain(domain) => domain.clone(),
    };
    let status = match status(&context, &name).await {
        Ok(status) => status,
        Err(error) => return vec![silent(&context, &error)],
    };
    let mut found = vec![Finding::new(&ANSWERS, &name)];
    if context.host().is_none() {
        return found;
    }
    found.push(match status {
        DnssecStatus::Unknown => own_resolver(Finding::new(&NOT_VALIDATING, &name)),
        DnssecStatus::Secure | DnssecStatus::Insecure => Finding::new(&VALIDATES, &name),
    });
    found.extend(servers(&context).into_iter().filter_map(|server| public(server.ip())));
    found
}

/// The status of the first answer to any of several questions: a broken zone of one's own must not look like a dead
/// resolver, so the name, what is above it and the domains are asked at one time.
async fn status(context: &Arc<Context>, name: &Domain) -> Result<DnssecStatus, DnsError> {
    let above = name.as_str().rsplit('.').next().and_then(|label| Domain::new(label).ok());
    let mut asking = JoinSet::new();
    for other in above.into_iter().chain(context.domains().iter().cloned()) {
        let context = Arc::clone(context);
        asking.spawn(async move { context.resolver.mx(&other).await.map(|answer| answer.dnssec) });
    }
    let (own, of_name) = (Arc::clone(context), name.clone());
    asking.spawn(async move { own.resolver.a(&of_name).await.map(|answer| answer.dnssec) });
    let mut last = DnsError::Timeout { name: name.to_string(), record: "A" };
    let answers = async {
        while let Some(answer) = asking.join_next().await {
            match answer {
                Ok(Ok(status)) => return Some(status),
                Ok(Err(error)) => last = error,
                Err(_) => {}
            }
        }
        None
    };
    let answer = tokio::time::timeout(PATIENCE, answers).await;
    answer.ok().flatten().ok_or(last)
}

fn silent(context: &Context, error: &DnsError) -> Finding {
    let asked: Vec<String> = servers(context).iter().map(ToString::to_string).collect();
    Finding::new(&SILENT, asked.join(", ")).seen(error).remedy(Remedy::command("resolvectl status"))
}

fn servers(context: &Context) -> Vec<SocketAddr> {
    match context.host() {
        Some(host) if !host.name_servers.is_empty() => host.name_servers.clone(),
        _ => context.machine.name_servers.clone(),
    }
}

fn public(server: IpAddr) -> Option<Finding> {
    let text = server.to_string();
    let (operator, _) = PUBLIC_RESOLVERS.iter().find(|(_, addresses)| addresses.contains(&text.as_str()))?;
    let finding = Finding::new(&PUBLIC, server).with("operator", operator);
    Some(own_resolver(finding.seen(format!("nameserver {server}"))))
}

fn own_resolver(finding: Finding) -> Finding {
    let setting = "[dns]\nservers = [\"127.0.0.1:53\"]".to_owned();
    finding.remedy(Remedy::command("apt install unbound")).remedy(Remedy::Setting { lines: setting })
}
