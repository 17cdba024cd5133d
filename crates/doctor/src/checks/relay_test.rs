//! Whether this host relays for strangers: the known tricks, from its own outside addresses, against its own ports,
//! without login. Each must be refused at MAIL or RCPT; DATA is never said.
//!
//! The recipients are in a domain that cannot exist, so that even an open relay would carry nothing anywhere.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_net::smtp::{Connection, Hop, Probe, Timeouts, TlsPolicy, Verify};

use super::context::{Context, Host, Listening, Service};
use super::finding::{Certainty, Finding, Kind, Remedy};
use super::look::{CONNECT, REPLY};
use super::run::{Check, CheckFuture, Scope};
use super::submission::{mail_listeners, near};
use super::{hostname, programs};

/// Reserved: nothing there can take mail (RFC 2606 §2).
const FOREIGN: &str = "postamt-relay-test.invalid";
/// Nobody has this address.
const NOBODY: &str = "postamt-relay-test-nobody";
/// Sender and recipient; `{own}` is a domain of ours, `{host}` the hostname, `{ip}` the address that is met, `{far}`
/// the foreign domain. What ends at us proves a little less, and nothing where anybody at all is taken there.
const FORMS: [(&str, &str); 22] = [
    ("", "test@{far}"),
    ("test@{far}", "test@{far}"),
    ("test@{host}", "test@{far}"),
    ("test@{own}", "test@{far}"),
    ("postmaster@{own}", "test@{far}"),
    ("test@[{ip}]", "test@{far}"),
    ("test", "test@{far}"),
    ("test@localhost", "test@{far}"),
    ("test@{far}", "\"test@{far}\""),
    ("test@{far}", "\"test%{far}\""),
    ("test@{far}", "test%{far}@{host}"),
    ("test@{far}", "test%{far}@{own}"),
    ("test@{far}", "test%{far}@[{ip}]"),
    ("test@{far}", "test@{far}@{host}"),
    ("test@{far}", "test@{far}@[{ip}]"),
    ("test@{far}", "\"test@{far}\"@{host}"),
    ("test@{far}", "\"test@{far}\"@[{ip}]"),
    ("test@{far}", "@{host}:test@{far}"),
    ("test@{far}", "@[{ip}]:test@{far}"),
    ("test@{far}", "{far}!test"),
    ("test@{far}", "{far}!test@{host}"),
    ("test@{far}", "{far}!test@[{ip}]"),
];

static REFUSES: Kind = Kind::ok("relay_test.refuses");
static OPEN: Kind = Kind::error("relay_test.open", "RFC 5321 §7.9");
static NOT_KNOWN: Kind = Kind::unknown("relay_test.not-known");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "relay_test",
    scope: Scope::Host,
    not_after: &[&hostname::NOT_COMPLETE, &programs::NOT_RUNNING, &programs::IN_THE_WAY],
    limit: Duration::from_secs(240),
    kinds: &[&REFUSES, &OPEN, &NOT_KNOWN],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

/// What came out at one port from one address.
#[derive(Default)]
struct Trial {
    /// Forms that were tried.
    tried: usize,
    /// Dialogues of those that were taken, and whether the recipient is foreign beyond doubt.
    taken: Vec<(String, bool)>,
    /// Why not all were tried.
    failure: Option<String>,
}

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let Some(host) = context.host() else { return Vec::new() };
    let (mut good, mut open, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for listener in mail_listeners(host).filter(|listener| !listener.address.ip().is_loopback()) {
        for (target, source) in ways(&context, host, listener) {
            let trial = attempt(&context, host, listener.service, target, source).await;
            let port = target.port().to_string();
            match (&trial.failure, trial.taken.is_empty()) {
                (_, false) => open.push((port, trial)),
                (None, true) if trial.tried == 0 => {}
                (None, true) => good.push((port, trial)),
                (Some(_), true) => unknown.push((port, trial)),
            }
        }
    }
    let open = told(&OPEN, &open).map(|finding| finding.remedy(Remedy::command("systemctl stop postamt")));
    [open, told(&NOT_KNOWN, &unknown), told(&REFUSES, &good)].into_iter().flatten().collect()
}

/// One finding for all ports of a kind.
fn told(kind: &'static Kind, trials: &[(String, Trial)]) -> Option<Finding> {
    let mut ports: Vec<&str> = trials.iter().map(|(port, _)| port.as_str()).collect();
    ports.dedup();
    let count = trials.iter().map(|(_, trial)| trial.tried).sum::<usize>() as u64;
    let mut finding = Finding::new(kind, ports.join(", ")).with_number("count", count);
    for (port, trial) in trials {
        let lines = trial.taken.iter().map(|(dialogue, _)| dialogue).chain(&trial.failure);
        finding = lines.fold(finding, |finding, line| finding.seen(format!("{port}: {line}")));
    }
    let mut taken = trials.iter().flat_map(|(_, trial)| &trial.taken);
    if taken.clone().next().is_some() && !taken.any(|(_, is_foreign)| *is_foreign) {
        finding = finding.surely(Certainty::Likely);
    }
    (!trials.is_empty()).then_some(finding)
}

/// From each outside address that has no privilege to the listener at that address.
fn ways(context: &Context, host: &Host, listener: &Listening) -> Vec<(SocketAddr, Option<IpAddr>)> {
    let address = listener.address;
    let own = context.machine.addresses.iter().copied();
    let strangers = own.filter(|own| own.is_ipv4() == address.is_ipv4() && !host.may_relay.contains(own));
    let mut ways: Vec<_> = strangers
        .filter(|own| address.ip().is_unspecified() || address.ip() == *own)
        .map(|own| (SocketAddr::new(own, address.port()), Some(own)))
        .collect();
    let near = near(address);
    if ways.is_empty() && !host.may_relay.contains(&near.ip()) {
        ways.push((near, None));
    }
    ways
}

async fn attempt(
    context: &Context,
    host: &Host,
    service: Service,
    target: SocketAddr,
    source: Option<IpAddr>,
) -> Trial {
    let tls = match service {
        Service::Exchange => TlsPolicy::None,
        Service::Submission => TlsPolicy::Required(Verify::Encrypt),
        Service::Submissions | Service::Web => TlsPolicy::Implicit(Verify::Encrypt),
    };
    let timeouts = Timeouts { connect: CONNECT, quit: Duration::from_secs(2), ..Timeouts::all(REPLY) };
    // Not by our own name: a stranger comes.
    let hop = Hop { tls, source, timeouts, ..Hop::new(target, format!("[{}]", target.ip())) };
    let mut trial = Trial::default();
    let mut stranger = Stranger { context, hop, connection: None };
    for (sender, recipient) in FORMS {
        let fill = |text: &str| {
            let own = host.domains.first().unwrap_or(&host.hostname);
            let text = text.replace("{own}", own.as_str()).replace("{host}", host.hostname.as_str());
            text.replace("{far}", FOREIGN).replace("{ip}", &target.ip().to_string())
        };
        let (sender, recipient) = (fill(sender), fill(recipient));
        let said = format!("MAIL FROM:<{sender}> RCPT TO:<{recipient}>");
        let probe = match stranger.say(&sender, &recipient).await {
            Ok(probe) => probe,
            // A port where nobody can be met at all is a matter of `submission`.
            Err(Silence::NoConnection(failure)) => {
                trial.failure = trial.failure.or((trial.tried > 0).then_some(failure));
                break;
            }
            Err(Silence::Broken(failure)) => {
                trial.tried += 1;
                trial.failure.get_or_insert(format!("{said}: {failure}"));
                break;
            }
        };
        trial.tried += 1;
        let reply = probe.recipient.as_ref().unwrap_or(&probe.mail);
        if !is_settled(&probe) {
            trial.failure.get_or_insert(format!("{said} {reply}"));
        } else if probe.recipient.is_some() && reply.code.is_success() {
            let is_foreign = recipient.ends_with(FOREIGN);
            if is_foreign || !stranger.anybody_is_taken(&sender, &recipient).await {
                trial.taken.push((format!("{said} {reply}"), is_foreign));
            }
        }
    }
    if let Some(open) = stranger.connection {
        open.quit().await;
    }
    trial
}

/// Yes or no: 4yz says neither (RFC 5321 §4.2.1).
fn is_settled(probe: &Probe) -> bool {
    let code = probe.recipient.as_ref().unwrap_or(&probe.mail).code;
    code.is_success() || code.is_permanent()
}

/// Why there is no answer.
enum Silence {
    NoConnection(String),
    Broken(String),
}

/// Who comes to the port, with the connection as long as it can be used.
struct Stranger<'a> {
    context: &'a Context,
    hop: Hop,
    connection: Option<Connection>,
}

impl Stranger<'_> {
    /// A server that has had enough of errors hangs up or puts off: the form gets a connection of its own then.
    async fn say(&mut self, sender: &str, recipient: &str) -> Result<Probe, Silence> {
        if let Some(mut open) = self.connection.take().filter(Connection::is_usable)
            && let Ok(probe) = open.probe_verbatim(sender, recipient).await
            && is_settled(&probe)
        {
            self.connection = Some(open);
            return Ok(probe);
        }
        let opened = Connection::open(&*self.context.dialer, &self.context.tls, &self.hop).await;
        let mut open = opened.map_err(|failure| Silence::NoConnection(failure.to_string()))?;
        let probe = open.probe_verbatim(sender, recipient).await;
        let probe = probe.map_err(|failure| Silence::Broken(failure.to_string()))?;
        self.connection = Some(open);
        Ok(probe)
    }

    async fn anybody_is_taken(&mut self, sender: &str, recipient: &str) -> bool {
        match &mut self.connection {
            Some(open) => takes_anybody(open, sender, recipient).await,
            None => false,
        }
    }
}

/// Whether the domain or host at the end of a recipient takes mail for everybody: then it has taken an odd address of its
/// own, and nobody knows what becomes of that.
async fn takes_anybody(connection: &mut Connection, sender: &str, recipient: &str) -> bool {
    let Some((_, place)) = recipient.rsplit_once('@') else { return false };
    let probe = connection.probe_verbatim(sender, &format!("{NOBODY}@{place}")).await;
    probe.is_ok_and(|probe| probe.recipient.is_some_and(|reply| reply.code.is_success()))
}
