//! `postamt lab --scenario blocked`: the server behind an Internet provider that blocks port 25.
//!
//! ```text
//! namespace ─▶ Isp (two routers, operators, relays) ─▶ stage ─▶ serve::Server ─▶ story, step by step ─▶ verdict
//! ```
//!
//! Here the pieces are put together; what is told, and when a step has happened, is in [`super::story`].

use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::port25::targets::{Anchor, Operator, TargetList};
use postamt_lab::isp::control::{self, Control};
use postamt_lab::isp::{
    CANARY, Isp, IspError, IspSettings, RELAY_LOGIN, RELAY_PASSWORD, ROUTERS, Relay, RelayKind,
};
use postamt_lab::namespace::Namespace;
use postamt_lab::world::Parameters;
use postamt_net::tls::TlsContext;
use tokio::sync::mpsc;

use super::stage::{Further, Stage};
use super::story::{Place, Story};
use super::view::View;
use super::{broken, isp, start, stay};
use crate::config::quoted;
use crate::serve::{Probed, probe_of};
use crate::terminal::{Stop, Terminal};

/// Mail lives longer than port 25 is blocked.
const LIFETIME: Duration = Duration::from_secs(600);
/// The relay of the detour.
const RELAY: RelayKind = RelayKind::Mailgun;

/// Builds everything, tells the story, and stays where that is wanted.
///
/// # Errors
/// The provider or the server does not start.
pub async fn rehearse(
    stage: &Stage,
    namespace: &Namespace,
    once: bool,
    terminal: Terminal,
) -> Result<bool, Stop> {
    let built = Isp::build(IspSettings::rehearsal()).await;
    let provider = Arc::new(built.map_err(|error| no_provider(error, terminal))?);
    let parameters = parameters(&provider)?;
    let relay = provider.relay(RELAY).map_err(broken)?;
    stage.write("relay.password", RELAY_PASSWORD)?;
    let further = further(stage, relay);
    let config = stage.prepare(provider.world(), &parameters, &further).await?;
    let (eyes, probe) = probe_of(probed(&provider), &config, terminal)?;
    let (events, incoming) = mpsc::unbounded_channel();
    let server = start(stage, &config, events, Some(probed(&provider)), terminal).await?;
    let control = control::serve(&stage.file(isp::SOCKET), Arc::clone(&provider)).map_err(broken)?;
    opening(&provider, relay, stage, terminal);
    let view = View::new(incoming, provider.world().receipts().stream(), terminal);
    let place = Place { isp: &provider, relay, parameters: &parameters, stage, server: &server, eyes, probe };
    let mut story = Story::new(place, view, terminal);
    let as_expected = story.tell().await?;
    if !once {
        explain(stage, terminal);
        stay(stage, namespace, story.view(), terminal).await?;
    }
    server.stop().await;
    drop::<Control>(control);
    Ok(!once || as_expected)
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
            "\n[port25]\nrelay = {name}\n\n[[relay]]\nname = {name}\nhost = {}\nport = {}\nports = {:?}\n\
             extra_roots = {}\nlogin = {}\npassword_file = {}\n",
            quoted(relay.host.as_str()),
            ports[0],
            &ports[1..],
            path("lab-root.pem"),
            quoted(RELAY_LOGIN),
            path("relay.password"),
        ),
    }
}

/// Whom a probe asks here: the lab's operators.
fn probed(provider: &Isp) -> Probed {
    let operator = |operator: &postamt_lab::isp::Operator| Operator {
        name: operator.name.to_owned(),
        web: Some(operator.host.clone()),
        submission: Some(operator.host.clone()),
        offers_starttls: true,
        ..Operator::new(operator.domains[0].clone())
    };
    let anchor = |operator: &postamt_lab::isp::Operator| Anchor {
        name: operator.name.to_owned(),
        addresses: operator.addresses.to_vec(),
    };
    Probed {
        targets: TargetList {
            operators: provider.operators().iter().map(operator).collect(),
            anchors: provider.operators().iter().take(3).map(anchor).collect(),
            canaries: CANARY.to_vec(),
        },
        tls: TlsContext::with_roots([provider.world().authority().root().clone()]),
    }
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
    terminal.say("lab-configuration", &[("path", stage.config_path().display().to_string().into())]);
}

/// How the provider is told what to do.
fn explain(stage: &Stage, terminal: Terminal) {
    let program =
        std::env::current_exe().map_or_else(|_| "postamt".to_owned(), |path| path.display().to_string());
    let socket = stage.file(isp::SOCKET).display().to_string();
    terminal.say("lab-isp-how", &[]);
    for words in ["drop", "reject-icmp hop=1", "open", "operator mars banned", "show"] {
        terminal.print(&format!("  {program} lab isp --socket {socket} {words}"));
    }
}
