//! Rules: which way a recipient's mail goes. A pure function of settings and envelope, so that the same
//! question has the same answer at the 250, after a restart and in `queue list`.

use postamt_mail::address::{Address, Domain, Host};

use crate::flow::{Channel, Destination};
use crate::settings::{RouteRule, RouteTarget, Settings};

/// What is known of a message when its route is chosen.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Login.
    pub account: Option<&'a str>,
    /// [`Channel::name`] of the way it came.
    pub channel: &'a str,
    /// Envelope sender.
    pub sender: Option<&'a Address>,
    /// The recipient.
    pub recipient: &'a Address,
    /// Rules that hold do not count: the message was released.
    pub past_hold: bool,
}

/// Chooses the destination of one recipient: our own mailboxes, then the rules in order, then directly.
#[must_use]
pub fn choose(settings: &Settings, question: Question<'_>) -> Destination {
    let Host::Domain(domain) = question.recipient.host() else {
        // Address literals are refused at RCPT; one that came by another version of the rules is kept for the operator.
        return Destination::Hold;
    };
    if settings.local_domains.iter().any(|local| local.domain == *domain) {
        return Destination::Local(domain.clone());
    }
    if goes_to_postmaster(settings, question.channel, question.recipient) {
        return Destination::Postmaster;
    }
    match rule_of(settings, question).and_then(|place| settings.routes.get(place)).map(|rule| &rule.target) {
        None | Some(RouteTarget::Direct) => Destination::Direct(domain.clone()),
        Some(RouteTarget::DirectOnly) => Destination::DirectOnly(domain.clone()),
        Some(RouteTarget::DirectOr(relay)) => {
            Destination::DirectOr(domain.clone(), relay.name.as_str().into())
        }
        Some(RouteTarget::Relay(relay)) => Destination::Relay(relay.name.as_str().into()),
        Some(RouteTarget::Discard) => Destination::Discard,
        Some(RouteTarget::Hold) => Destination::Hold,
    }
}

/// The place of the rule that mail to a domain that is not ours follows; `None` without one: it goes directly.
#[must_use]
pub fn rule_of(settings: &Settings, question: Question<'_>) -> Option<usize> {
    let Host::Domain(domain) = question.recipient.host() else { return None };
    let counts = |rule: &RouteRule| !(question.past_hold && matches!(rule.target, RouteTarget::Hold));
    settings.routes.iter().position(|rule| counts(rule) && matches(rule, question, domain))
}

/// postmaster@ or abuse@ of an own domain (RFC 5321 §4.5.1, RFC 2142 §4 and §5).
#[must_use]
pub fn is_postmaster(settings: &Settings, address: &Address) -> bool {
    is_role(address) && address.domain().is_some_and(|domain| is_own(settings, domain))
}

/// postmaster@ or abuse@ anything.
#[must_use]
pub fn is_role(address: &Address) -> bool {
    let role = address.local();
    role.eq_ignore_ascii_case("postmaster") || role.eq_ignore_ascii_case("abuse")
}

/// Whether such mail goes to whom the settings name as the postmaster: what comes from outside for a role, and
/// whatever is for a role of our host name, which has no other mailbox. What our users write to postmaster@ one of
/// their domains goes to that domain's exchanger.
#[must_use]
pub fn goes_to_postmaster(settings: &Settings, channel: &str, address: &Address) -> bool {
    is_postmaster(settings, address)
        && (channel == Channel::Exchange.name() || address.domain() == Some(&settings.hostname))
}

/// Whether a domain is ours: listed, or our host name itself.
#[must_use]
pub fn is_own(settings: &Settings, domain: &Domain) -> bool {
    settings.hostname == *domain || settings.own_domains.contains(domain)
}

fn matches(rule: &RouteRule, question: Question<'_>, recipient_domain: &Domain) -> bool {
    let sender_domain = question.sender.and_then(Address::domain);
    any_or_empty(&rule.recipient_domains, |pattern| domain_matches(pattern, recipient_domain))
        && any_or_empty(&rule.sender_domains, |pattern| {
            sender_domain.is_some_and(|domain| domain_matches(pattern, domain))
        })
        && any_or_empty(&rule.accounts, |account| question.account == Some(account))
}

fn any_or_empty(list: &[String], matches: impl Fn(&str) -> bool) -> bool {
    list.is_empty() || list.iter().any(|item| matches(item))
}

/// `example.org` is itself; `*.example.org` is everything below it; `*` is everything.
fn domain_matches(pattern: &str, domain: &Domain) -> bool {
    match pattern.strip_prefix('*') {
        Some("") => true,
        Some(suffix) => domain.as_str().len() > suffix.len() && domain.as_str().ends_with(suffix),
        None => domain.as_str() == pattern,
    }
}
