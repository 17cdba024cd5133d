//! The probe as this ISP's customer runs it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::port25::outcome::{Family, PathKey};
use postamt_doctor::port25::targets::{Anchor, Operator, TargetList};
use postamt_doctor::port25::{Eyes, PathReport, ProbeSettings, Report, check};
use postamt_lab::isp::{CANARY, Isp};
use postamt_net::clock::SystemClock;
use postamt_net::dns::{HickoryResolver, ResolverSettings};
use postamt_net::smtp::TlsContext;

/// IPv4 and IPv6, in the order of the lab's addresses.
pub const FAMILIES: [Family; 2] = [Family::Ipv4, Family::Ipv6];
/// What the issue promises.
const LONGEST: Duration = Duration::from_secs(15);

pub fn settings(isp: &Isp) -> ProbeSettings {
    let operator = |operator: &postamt_lab::isp::Operator| Operator {
        name: operator.name.to_owned(),
        web: Some(operator.host.clone()),
        submission: Some(operator.host.clone()),
        offers_starttls: true,
        ..Operator::new(operator.domains[0].clone())
    };
    let anchor = |operator: &postamt_lab::isp::Operator| Anchor {
        name: format!("anchor {}", operator.name),
        addresses: operator.addresses.to_vec(),
    };
    let targets = TargetList {
        operators: isp.operators().iter().map(operator).collect(),
        anchors: isp.operators().iter().take(3).map(anchor).collect(),
        canaries: CANARY.to_vec(),
    };
    ProbeSettings::new(targets, "post.absender.test")
}

/// Probes with a resolver that remembers nothing.
pub async fn probe(isp: &Isp, settings: &ProbeSettings) -> Report {
    let servers = ResolverSettings { servers: Some(isp.dns_servers()), ..ResolverSettings::default() };
    let eyes = Eyes {
        resolver: Arc::new(HickoryResolver::new(&servers).unwrap()),
        tls: TlsContext::with_roots([isp.world().authority().root().clone()]),
        clock: Arc::new(SystemClock),
    };
    let began = std::time::Instant::now();
    let report = check(&eyes, settings, None).await;
    assert!(began.elapsed() < LONGEST, "{:?}: {report:#?}", began.elapsed());
    report
}

pub fn path(report: &Report, family: Family) -> &PathReport {
    report.path(PathKey { source: None, family }).unwrap()
}

/// A root without a firewall program, but with the kernel's counters.
pub fn unprivileged_root() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(Path::new("/proc"), root.path().join("proc")).unwrap();
    root
}
