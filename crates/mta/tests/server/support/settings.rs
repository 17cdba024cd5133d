//! The usual settings of a server in a test.

use std::path::Path;
use std::time::Duration;

use postamt_lab::world::Parameters;
use postamt_mail::words::Language;
use postamt_mta::brakes::limits::Allowed;
use postamt_mta::passwords::PasswordCost;
use postamt_mta::settings::*;

/// For a world with these parameters; files lie in `directory`.
pub fn usual(parameters: &Parameters, directory: &Path) -> Settings {
    let listener = |address, purpose| Listener { address, purpose, relay_networks: Vec::new() };
    let sources = parameters
        .source_addresses
        .iter()
        .map(|address| Source { address: *address, ehlo_name: parameters.hostname.clone() })
        .collect();
    Settings {
        hostname: parameters.hostname.clone(),
        own_domains: vec![parameters.domain.clone()],
        listeners: vec![
            listener(parameters.exchange, Purpose::Exchange),
            listener(parameters.submission, Purpose::Submission),
            listener(parameters.submissions, Purpose::Submissions),
        ],
        certificate: CertificateFiles {
            chain: directory.join("tls/cert.pem"),
            key: directory.join("tls/key.pem"),
            generate: true,
        },
        limits: Limits {
            message_bytes: 1 << 20,
            recipients: 1000,
            header_bytes: 1 << 16,
            sessions: 500,
            sessions_per_peer: 100,
            command_timeout: Duration::from_secs(30),
            data_timeout: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(10),
            password_checks: 1,
            password_cost: PasswordCost { memory_kib: 64, passes: 1, rounds: 4096 },
            content_cache_bytes: 8 << 20,
        },
        filters: Vec::new(),
        account_limits: Allowed::ANYTHING,
        own_networks: loopback().to_vec(),
        countries: None,
        local_submission: LocalSubmission {
            socket: directory.join("sendmail.sock"),
            drop_directory: directory.join("drop"),
            trusted_users: Vec::new(),
            enabled: true,
        },
        local_domains: Vec::new(),
        postmaster: PostmasterTarget::Maildir(directory.join("postmaster")),
        routes: Vec::new(),
        relays: Vec::new(),
        fallback: None,
        outgoing: Outgoing {
            sources,
            port: parameters.remote_port,
            connect_timeout: parameters.connect_timeout,
            tls_timeout: Duration::from_secs(5),
            reply_timeout: Duration::from_secs(10),
            ipv4: true,
            ipv6: parameters.source_addresses.iter().any(std::net::IpAddr::is_ipv6),
            chunking: true,
            own_addresses: Vec::new(),
        },
        pacing: Pacing {
            connections: 20,
            initial_connections: 2,
            messages_per_connection: 100,
            messages_per_minute: None,
            idle: Duration::from_millis(500),
            first_pause: Duration::from_secs(1),
            total_connections: 200,
        },
        retry: RetrySchedule {
            waits: parameters.retry.clone(),
            lifetime: parameters.lifetime,
            delay_notice: None,
        },
        notices: Notices { language: Language::De, postmaster_copy: false },
        dkim_direct: DkimOnRoute::default(),
        history_lifetime: Duration::from_secs(3600),
    }
}
