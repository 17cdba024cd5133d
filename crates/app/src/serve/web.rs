//! The doors for HTTP: opened at the start, closed at the end.

use std::net::TcpListener;
use std::sync::Arc;

use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_mta::settings::Purpose;
use postamt_web::{Challenges, Encryption, Site, adopt, bind};
use tokio_util::sync::CancellationToken;

use super::activation;
use crate::config::Config;
use crate::identity;
use crate::terminal::{Stop, Terminal};

/// Opens the doors of the configuration and answers at them until `stop`. Returns what is answered, where the
/// challenges of certificate authorities go.
///
/// # Errors
/// A port that cannot be opened.
pub async fn open(
    config: &Config,
    (https, http): (Vec<TcpListener>, Vec<TcpListener>),
    running: &Running,
    events: &Arc<dyn EventSink>,
    stop: &CancellationToken,
    terminal: Terminal,
) -> Result<Arc<Site>, Stop> {
    let site = Arc::new(site(config));
    let tls = running.clone();
    let tls = Encryption::Tls(Arc::new(move || tls.tls_config()));
    // A port that is open already is not opened again.
    let passed: Vec<u16> = https.iter().chain(&http).filter_map(activation::port).collect();
    let plain = config.web.http.iter().map(|address| (*address, Encryption::None, "http"));
    let encrypted = config.web.https.iter().map(|address| (*address, tls.clone(), "https"));
    let passed_on = https.into_iter().map(|socket| (socket, tls.clone(), "https"));
    for (socket, encryption, purpose) in
        passed_on.chain(http.into_iter().map(|it| (it, Encryption::None, "http")))
    {
        let door = adopt(socket, encryption).map_err(anyhow::Error::from)?;
        let address = door.address().map_err(anyhow::Error::from)?;
        events.event(Event::Listening { address: address.to_string(), purpose });
        tokio::spawn(postamt_web::serve(door, site.clone(), stop.clone()));
    }
    for (address, encryption, purpose) in plain.chain(encrypted) {
        if passed.contains(&address.port()) {
            continue;
        }
        let door = bind(address, encryption).await.map_err(|error| {
            let text = format!("{:#}", anyhow::Error::from(error));
            terminal.stop("serve-start", &[("error", text.into())])
        })?;
        let bound = door.address().unwrap_or(address);
        events.event(Event::Listening { address: bound.to_string(), purpose });
        tokio::spawn(postamt_web::serve(door, site.clone(), stop.clone()));
    }
    Ok(site)
}

fn site(config: &Config) -> Site {
    Site {
        hostname: config.server.hostname.clone(),
        domains: config.server.domains.clone(),
        submissions: identity::port(config, Purpose::Submissions, 465),
        submission: identity::port(config, Purpose::Submission, 587),
        mailbox: config.web.mailbox.clone(),
        sts: config.web.mta_sts,
        challenges: Challenges::default(),
    }
}
