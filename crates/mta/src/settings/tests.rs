//! Settings for tests of single stages.

use super::*;

fn domain(text: &str) -> Domain {
    Domain::new(text).expect("a valid domain")
}

/// A server `mx.own.test` for `own.test`, which receives for `local.test`.
pub(crate) fn sample() -> Settings {
    Settings {
        hostname: domain("mx.own.test"),
        own_domains: vec![domain("own.test")],
        listeners: Vec::new(),
        certificate: CertificateFiles { chain: PathBuf::new(), key: PathBuf::new(), generate: false },
        limits: Limits {
            message_bytes: 1 << 20,
            recipients: 100,
            header_bytes: 1 << 16,
            sessions: 100,
            sessions_per_peer: 10,
            command_timeout: Duration::from_secs(5),
            data_timeout: Duration::from_secs(5),
            shutdown_grace: Duration::from_secs(5),
            password_checks: 1,
            password_cost: PasswordCost { memory_kib: 64, passes: 1, rounds: 4096 },
            content_cache_bytes: 1 << 20,
        },
        filters: Vec::new(),
        account_limits: Allowed::ANYTHING,
        own_networks: Vec::new(),
        countries: None,
        local_submission: LocalSubmission {
            socket: PathBuf::new(),
            drop_directory: PathBuf::new(),
            trusted_users: vec![0],
            enabled: false,
        },
        local_domains: vec![LocalDomain {
            domain: domain("local.test"),
            target: LocalTarget::Maildir("/nowhere".to_owned()),
        }],
        postmaster: PostmasterTarget::Maildir(PathBuf::from("/nowhere")),
        routes: Vec::new(),
        relays: Vec::new(),
        fallback: None,
        outgoing: Outgoing {
            sources: Vec::new(),
            port: 25,
            connect_timeout: Duration::from_secs(1),
            tls_timeout: Duration::from_secs(1),
            reply_timeout: Duration::from_secs(1),
            ipv4: true,
            ipv6: true,
            chunking: true,
            own_addresses: Vec::new(),
        },
        pacing: Pacing {
            connections: 5,
            initial_connections: 2,
            messages_per_connection: 10,
            messages_per_minute: None,
            idle: Duration::from_millis(100),
            first_pause: Duration::from_secs(30),
            total_connections: 50,
        },
        retry: RetrySchedule {
            waits: vec![Duration::from_secs(1)],
            lifetime: Duration::from_secs(60),
            delay_notice: None,
        },
        notices: Notices { language: postamt_mail::words::Language::En, postmaster_copy: false },
        dkim_direct: DkimOnRoute::default(),
        history_lifetime: Duration::from_secs(60),
    }
}

#[test]
fn a_network_holds_its_addresses_and_no_others() {
    let network = Network { address: "192.0.2.0".parse().expect("an address"), prefix: 24 };
    assert!(network.contains("192.0.2.255".parse().expect("an address")));
    assert!(network.contains("::ffff:192.0.2.7".parse().expect("an address")));
    assert!(!network.contains("192.0.3.0".parse().expect("an address")));
    let all = Network { address: "::".parse().expect("an address"), prefix: 0 };
    assert!(all.contains("2001:db8::1".parse().expect("an address")));
}
