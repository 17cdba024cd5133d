//! What must be kept in mind of TLS on the way to a domain: whether its MX records are secure, so that TLSA records
//! of its hosts count (RFC 7672 §2.2.1), and its MTA-STS policy (RFC 8461). Domains that share their hosts share a
//! site only where they agree in this.

use std::sync::Arc;

use postamt_mail::mta_sts::{Mode, Policy};

use crate::flow::PlannedHost;

/// See the head of this file.
#[derive(Debug, Clone, Default)]
pub struct Security {
    /// The names of the hosts come from a validated answer.
    pub dnssec: bool,
    /// The domain's policy, in force or on trial.
    pub policy: Option<Arc<Policy>>,
    /// The sender gave up all demands on TLS (`TLS-Required: No`, RFC 8689 §5).
    pub waived: bool,
}

impl Security {
    /// The part of a site's name that keeps apart what must not share connections; empty for most.
    #[must_use]
    pub fn mark(&self, hosts: &[PlannedHost]) -> String {
        if self.waived {
            return " (TLS-Required: No)".to_owned();
        }
        let mut mark = String::new();
        if self.dnssec {
            mark.push_str(" (DNSSEC)");
        }
        let Some(policy) = self.policy.as_ref().filter(|policy| policy.mode != Mode::None) else {
            return mark;
        };
        let names = || hosts.iter().filter_map(|host| host.name.as_ref());
        let mut permitted: Vec<_> =
            names().filter(|name| policy.permits(name)).map(|name| name.as_str()).collect();
        permitted.sort_unstable();
        let which = if permitted.len() == names().count() { String::new() } else { permitted.join(",") };
        let gap = if which.is_empty() { "" } else { ": " };
        mark.push_str(&format!(" (MTA-STS {}{gap}{which})", policy.mode.name()));
        mark
    }
}

#[cfg(test)]
mod tests {
    use postamt_mail::address::Domain;

    use super::*;

    fn hosts(names: &[&str]) -> Vec<PlannedHost> {
        let host = |name: &&str| PlannedHost { name: Domain::new(name).ok(), preference: 10 };
        names.iter().map(host).collect()
    }

    fn policy(mode: &str, mx: &str) -> Option<Arc<Policy>> {
        let text = format!("version: STSv1\nmode: {mode}\nmx: {mx}\nmax_age: 1\n");
        Policy::parse(text.as_bytes()).ok().map(Arc::new)
    }

    #[test]
    fn only_what_differs_is_kept_apart() {
        let hosts = hosts(&["a.mx.test", "b.mx.test"]);
        let mark = |dnssec, policy| Security { dnssec, policy, waived: false }.mark(&hosts);
        assert_eq!(mark(false, None), "");
        assert_eq!(mark(false, policy("none", "a.mx.test")), "");
        assert_eq!(mark(true, None), " (DNSSEC)");
        assert_eq!(mark(false, policy("enforce", "*.mx.test")), " (MTA-STS enforce)");
        assert_eq!(mark(false, policy("testing", "*.mx.test")), " (MTA-STS testing)");
        assert_eq!(mark(true, policy("enforce", "b.mx.test")), " (DNSSEC) (MTA-STS enforce: b.mx.test)");
        let waived = Security { dnssec: true, policy: policy("enforce", "*.mx.test"), waived: true };
        assert_eq!(waived.mark(&hosts), " (TLS-Required: No)");
    }
}
