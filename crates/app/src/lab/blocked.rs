//! `postamt lab --scenario blocked` and `request`: the server behind an Internet provider that blocks port 25.
//!
//! ```text
//! namespace ─▶ Isp (two routers, operators, relays), Desk ─▶ stage ─▶ serve::Server ─▶ story, step by step ─▶ verdict
//! ```
//!
//! Here the pieces are put together; what is told, and when a step has happened, is in [`super::story`]. The server
//! takes its domain's mail itself, so that the provider's support desk can answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_lab::isp::control::{self, Control};
use postamt_lab::isp::{
    Attitude, CANARY, Desk, Isp, IspError, IspSettings, RELAY_LOGIN, RELAY_PASSWORD, ROUTERS, Relay,
    RelayKind, SUPPORT_ADDRESS,
};
use postamt_lab::namespace::Namespace;
use postamt_lab::world::{Parameters, SENDER_DOMAIN, SENDER_HOST};
use postamt_lab::zones::{Record, RecordKind};
use postamt_net::tls::TlsContext;
use tokio::sync::mpsc;

use super::commands::Commands;
use super::stage::{Further, Stage};
use super::story::{Place, Step, Story};
use super::view::View;
use super::{broken, isp, request, start, stay};
use crate::cli::{self, Rehearsal, Support};
use crate::config::{Config, quoted};
use crate::serve::{Probed, probe_of};
use crate::terminal::{Stop, Terminal};

/// Mail lives longer than port 25 is blocked.
const LIFETIME: Duration = Duration::from_secs(600);
/// The relay of the detour.
const RELAY: RelayKind = RelayKind::Mailgun;

/// Operators whose addresses are known without DNS.
const ANCHORS: usize = 3;
/// The list of whom a probe asks, on the stage.
const TARGETS: &str = "targets.toml";

/// Builds everything, tells the story, and stays where that is wanted.
///
/// # Errors
/// The provider or the server does not start.
pub async fn rehearse(
    stage: &Stage,
    namespace: &Namespace,
    options: &cli::Lab,
    terminal: Terminal,
) -> Result<bool, Stop> {
    let built = Isp::build(IspSettings::rehearsal()).await;
    let provider = Arc::new(built.map_err(|error| no_provider(error, terminal))?);
    provider.set_support(attitude(options.support));
    take_own_mail(&provider);
    let desk = Desk::open(Arc::clone(&provider)).await.map_err(broken)?;
    let parameters = parameters(&provider)?;
    let relay = provider.relay(RELAY).map_err(broken)?;
    let config = prepare(stage, &provider, relay, &parameters).await?;
    let (eyes, probe) = probe_of(probed(&provider, &config, terminal)?, &config, terminal)?;
    let (events, incoming) = mpsc::unbounded_channel();
    let server = start(stage, &config, events, Some(probed(&provider, &config, terminal)?), terminal).await?;
    let control = control::serve(&stage.file(isp::SOCKET), Arc::clone(&provider)).map_err(broken)?;
    opening(&provider, relay, stage, terminal);
    let view = View::new(incoming, provider.world().receipts().stream(), terminal);
    let commands = Commands::new(stage, terminal)?;
    let place = Place {
        isp: &provider,
        relay,
        parameters: &parameters,
        stage,
        commands,
        server: &server,
        eyes,
        probe,
    };
    let mut story = Story::new(place, view, steps(options), terminal);
    let as_expected = story.tell().await?;
    if !options.once {
        explain(stage, namespace, terminal);
        stay(stage, namespace, story.view(), terminal).await?;
    }
    server.stop().await;
    drop::<Control>(control);
    desk.close().await.map_err(broken)?;
    Ok(!options.once || as_expected)
}

const fn attitude(support: Support) -> Attitude {
    match support {
        Support::Lenient => Attitude::Lenient,
        Support::Strict => Attitude::Strict,
        Support::Never => Attitude::Never,
    }
}

const fn steps(options: &cli::Lab) -> &'static [Step] {
    match options.scenario {
        Rehearsal::Request => request::steps(attitude(options.support)),
        Rehearsal::Mail | Rehearsal::Blocked => &Step::BLOCKED,
    }
}

/// Mail for the sender's domain comes to the server itself: bounces, and answers of the support desk.
fn take_own_mail(provider: &Isp) {
    let zones = provider.world().zones();
    zones.take(SENDER_DOMAIN, RecordKind::Mx);
    zones.add(SENDER_DOMAIN, Record::Mx { preference: 10, exchange: SENDER_HOST.to_owned() });
}

/// Puts everything on the stage that the server and its operator's commands read.
async fn prepare(
    stage: &Stage,
    provider: &Isp,
    relay: &Relay,
    parameters: &Parameters,
) -> Result<Config, Stop> {
    stage.write("relay.password", RELAY_PASSWORD)?;
    stage.write(TARGETS, &targets(provider))?;
    let config = stage.prepare(provider.world(), parameters, &further(stage, relay)).await?;
    let providers = config.server.state_directory.join("providers.toml");
    std::fs::write(providers, request::PROVIDERS).map_err(anyhow::Error::from)?;
    std::fs::create_dir_all(request::mailbox(stage)).map_err(anyhow::Error::from)?;
    Ok(config)
}

fn no_provider(error: IspError, terminal: Terminal) -> Stop {
    match error {
        IspError::NoFirewall { .. } => terminal.stop("lab-isp-no-firewall", &[]),
        other => broken(other),
    }
}

fn parameters(provider: &Isp) -> Result<Parameters, Stop> {
    let parameters = provider.parameters().map_err(broken)?;
    Ok(Parameters { lifetime: LIFETIME, ..parameters })
}

fn further(stage: &Stage, relay: &Relay) -> Further {
    let path = |name: &str| quoted(&stage.file(name).display().to_string());
    let (name, ports) = (quoted(relay.kind.name()), relay.starttls_ports);
    Further {
        // What is sent after the change shall need a connection of its own.
        pacing: "messages_per_connection = 1\n".to_owned(),
        sections: format!(
            "{}\n[port25]\nrelay = {name}\ntargets = {}\n\n[[relay]]\nname = {name}\nhost = {}\nport = {}\nports = {:?}\n\
             extra_roots = {}\nlogin = {}\npassword_file = {}\n",
            request::mailboxes(stage, SENDER_DOMAIN),
            path(TARGETS),
            quoted(relay.host.as_str()),
            ports[0],
            &ports[1..],
            path("lab-root.pem"),
            quoted(RELAY_LOGIN),
            path("relay.password"),
        ),
    }
}

/// Whom a probe asks here, by the configuration as everywhere; and whose certificates it trusts.
fn probed(provider: &Isp, config: &Config, terminal: Terminal) -> Result<Probed, Stop> {
    let tls = TlsContext::with_roots([provider.world().authority().root().clone()]);
    Probed::configured(config, tls, terminal)
}

/// The lab's operators, in the form of the list of targets.
fn targets(provider: &Isp) -> String {
    const PROVENANCE: &str = "sources = [\"postamt lab\"]\nseen = \"2026-11-24\"\nconfidence = \"high\"\n";
    let list = |addresses: &[IpAddr]| {
        let quoted: Vec<String> = addresses.iter().map(|address| quoted(&address.to_string())).collect();
        quoted.join(", ")
    };
    let mut text = "schema_version = 1\ncompiled = \"2026-11-24\"\n".to_owned();
    for operator in provider.operators() {
        let (name, host) = (quoted(operator.name), quoted(operator.host.as_str()));
        let domain = quoted(operator.domains[0].as_str());
        text.push_str(&format!(
            "\n[[operator]]\nid = {name}\nname = {name}\ndomains = [{domain}]\nweb = {host}\nsubmission = {host}\n\
             starttls = true\n{PROVENANCE}"
        ));
    }
    for operator in provider.operators().iter().take(ANCHORS) {
        let (name, addresses) = (quoted(operator.name), list(&operator.addresses));
        text.push_str(&format!("\n[[anchor]]\nname = {name}\naddresses = [{addresses}]\n{PROVENANCE}"));
    }
    text.push_str(&format!("\n[[canary]]\naddresses = [{}]\n{PROVENANCE}", list(&CANARY)));
    text
}

/// Who is there, and what lies between.
fn opening(provider: &Isp, relay: &Relay, stage: &Stage, terminal: Terminal) {
    if terminal.json {
        return;
    }
    let routers = ROUTERS.map(|router| format!("{} ({})", router.name, router.addresses[0])).join(", ");
    terminal.say("lab-blocked-opening", &[("routers", routers.into())]);
    for operator in provider.operators() {
        let domains: Vec<_> = operator.domains.iter().map(|domain| domain.as_str()).collect();
        let (host, address) = (operator.host.as_str(), operator.addresses[0].to_string());
        terminal.print(&format!("  {host:<20} {address:<18} {}", domains.join(", ")));
    }
    terminal.say("lab-blocked-relay", &[("relay", relay.host.as_str().into())]);
    let desk = match provider.support() {
        Attitude::Lenient => "lab-request-desk-lenient",
        Attitude::Strict => "lab-request-desk-strict",
        Attitude::Never => "lab-request-desk-never",
    };
    terminal.say(desk, &[("address", SUPPORT_ADDRESS.into())]);
    terminal.say("lab-configuration", &[("path", stage.config_path().display().to_string().into())]);
}

/// How the provider is told what to do, and how it is asked.
fn explain(stage: &Stage, namespace: &Namespace, terminal: Terminal) {
    let program =
        std::env::current_exe().map_or_else(|_| "postamt".to_owned(), |path| path.display().to_string());
    let socket = stage.file(isp::SOCKET).display().to_string();
    terminal.say("lab-isp-how", &[]);
    for words in ["drop", "reject-icmp hop=1", "open", "operator mars banned", "support never", "show"] {
        terminal.print(&format!("  {program} lab isp --socket {socket} {words}"));
    }
    let (config, roots) = (stage.config_path(), stage.file("lab-root.pem"));
    let with_config = format!("{program} --config {}", config.display());
    terminal.say("lab-request-how", &[]);
    terminal.print(&format!(
        "  {} env SSL_CERT_FILE={} {with_config} port25 request --provider anbieter --to email",
        super::stage::enter(namespace),
        roots.display(),
    ));
    terminal.print(&format!(
        "  {with_config} send --from {} --to {SUPPORT_ADDRESS} --subject 'Port 25' < …",
        super::stage::LOGIN,
    ));
    terminal.print(&format!("  {with_config} port25 case list"));
}
