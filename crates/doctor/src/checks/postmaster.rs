//! Whether postmaster@ and abuse@ of each domain are accepted where DNS sends their mail: RCPT, then RSET and QUIT.
//!
//! Who blocks a sending host, or wants to report abuse, writes there. A server that cannot be reached, or that refuses
//! us and not the recipient, tells nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::{Address, Domain};
use postamt_mail::refusals::{Fault, recognise};
use postamt_mail::reply::Reply;
use postamt_net::smtp::{Connection, Hop, Timeouts};

use super::context::Context;
use super::finding::{Finding, Kind, Remedy};
use super::look::{ADDRESS_LIMIT, CONNECT, REPLY, is_here};
use super::run::{Check, CheckFuture, Scope};
use super::{dns, exchangers, programs};

/// Whom everybody may write to (RFC 2142 §5, §4).
const ROLES: [&str; 2] = ["postmaster", "abuse"];

static ACCEPTED: Kind = Kind::ok("postmaster.accepted");
static REFUSED: Kind = Kind::error("postmaster.refused", "RFC 5321 §4.5.1");
static ABUSE_REFUSED: Kind = Kind::warning("postmaster.abuse-refused", "RFC 2142 §4");
static NOT_ASKED: Kind = Kind::unknown("postmaster.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "postmaster",
    scope: Scope::Both,
    not_after: &[&dns::SILENT, &programs::NOT_RUNNING, &programs::IN_THE_WAY],
    limit: Duration::from_secs(120),
    kinds: &[&ACCEPTED, &REFUSED, &ABUSE_REFUSED, &NOT_ASKED],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = Vec::new();
    for domain in context.domains() {
        found.extend(judge(&context, domain).await);
    }
    found
}

async fn judge(context: &Context, domain: &Domain) -> Vec<Finding> {
    let Some(exchangers) = exchangers::of(context, domain).await else { return Vec::new() };
    let mut failures = Vec::new();
    for host in &exchangers.hosts {
        match ask(context, host, domain).await {
            Ok(found) => return found,
            Err(mut why) => failures.append(&mut why),
        }
    }
    if failures.is_empty() {
        return Vec::new(); // No host has an address: `mx` says so.
    }
    vec![failures.iter().fold(Finding::new(&NOT_ASKED, domain), Finding::seen)]
}

/// The first address at which somebody answers.
async fn ask(context: &Context, host: &Domain, domain: &Domain) -> Result<Vec<Finding>, Vec<String>> {
    let addresses = context.addresses(host).await.map_err(|error| vec![error.to_string()])?.all;
    let mut failures = Vec::new();
    for address in addresses.into_iter().take(ADDRESS_LIMIT) {
        let target = SocketAddr::new(address, 25);
        let timeouts = Timeouts { connect: CONNECT, quit: Duration::from_secs(2), ..Timeouts::all(REPLY) };
        let source = if is_here(context, address) { None } else { context.source_to(address) };
        let hop = Hop { host: Some(host.clone()), source, timeouts, ..Hop::new(target, context.ehlo_name()) };
        match Connection::open(&*context.dialer, &context.tls, &hop).await {
            Ok(connection) => return converse(connection, host, domain).await,
            Err(failure) => failures.push(format!("{host} [{address}]: {failure}")),
        }
    }
    Err(failures)
}

async fn converse(
    mut connection: Connection,
    host: &Domain,
    domain: &Domain,
) -> Result<Vec<Finding>, Vec<String>> {
    let (mut found, mut accepted, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for role in ROLES {
        let Ok(address) = Address::from_parts(role, domain) else { continue };
        let dialogue = |reply: &Reply| format!("{host}: RCPT TO:<{address}> {reply}");
        match connection.probe(&None, &address).await {
            Ok(probe) => match probe.recipient {
                None => failures.push(format!("{host}: MAIL FROM:<> {}", probe.mail)),
                Some(reply) if reply.code.is_success() => accepted.push(dialogue(&reply)),
                Some(reply) if is_about_the_recipient(host, &reply) => {
                    found.push(refused(role, domain, host, &dialogue(&reply)));
                }
                Some(reply) => failures.push(dialogue(&reply)),
            },
            Err(error) => {
                failures.push(format!("{host}: {error}"));
                break;
            }
        }
    }
    connection.quit().await;
    if !found.is_empty() {
        return Ok(found);
    }
    if failures.is_empty() {
        let finding = Finding::new(&ACCEPTED, domain).with("host", host);
        return Ok(vec![accepted.iter().fold(finding, Finding::seen)]);
    }
    Err(failures)
}

/// A refusal of ourselves, of the sender, or for a while, is none of the recipient (RFC 3463 §3.2, §3.8). Without a code,
/// what the words mean decides; 550 without any meaning is about the mailbox (RFC 5321 §4.2.3).
fn is_about_the_recipient(host: &Domain, reply: &Reply) -> bool {
    // 5.1.7 to 5.1.9 speak of the sender and of servers further on.
    let by_code = |subject, detail| subject == 2 || (subject == 1 && !matches!(detail, 7..=9));
    if !reply.code.is_permanent() || reply.enhanced.is_some_and(|code| !by_code(code.subject, code.detail)) {
        return false;
    }
    match recognise(Some(host.as_str()), &reply.to_string()) {
        Some(found) => found.pattern.fault == Fault::Recipient,
        None => reply.enhanced.is_some() || reply.code.get() == 550,
    }
}

fn refused(role: &str, domain: &Domain, host: &Domain, seen: &str) -> Finding {
    let kind = if role == "postmaster" { &REFUSED } else { &ABUSE_REFUSED };
    let command = format!("postamt doctor --only postmaster {domain}");
    Finding::new(kind, domain).with("host", host).seen(seen).remedy(Remedy::command(command))
}
