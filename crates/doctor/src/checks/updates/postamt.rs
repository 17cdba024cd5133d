//! Newer releases and known weaknesses of Postamt itself, by the signed notice that the server fetches (`[updates]`).
//! Without that section nothing is judged; what the server could not fetch is unknown and never fine.

use postamt_mail::release_notice::Gravity;

use super::super::context::Context;
use super::super::finding::{Datum, Finding, Kind, Remedy, Severity};
use crate::releases::{Doubt, Standing, gravity_in_words, standing};

pub(super) static CURRENT: Kind = Kind::ok("updates.postamt-current");
pub(super) static NEWER: Kind = Kind::note("updates.postamt-newer", "docs/release-notice.md");
pub(super) static WEAK: Kind = Kind::error("updates.postamt-weak", "docs/release-notice.md");
pub(super) static NOT_KNOWN: Kind = Kind::unknown("updates.postamt-not-known");

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let Some(source) = &context.notices else { return Vec::new() };
    let (now, running) = (context.clock.unix_seconds(), &source.running);
    let fact = match &context.facts {
        Some(facts) => facts.notice().await,
        None => Ok(None),
    };
    let known = match fact {
        Ok(fact) => standing(fact.as_ref(), source, now),
        Err(error) => {
            return vec![not_known("doctor-updates-postamt-not-asked", &source.address).seen(error)];
        }
    };
    let mut found: Vec<Finding> = known
        .advisories
        .iter()
        .map(|advisory| {
            let is_grave = advisory.gravity >= Gravity::High;
            let title = Datum::Both { en: advisory.title_en.clone(), de: advisory.title_de.clone() };
            Finding::new(&WEAK, &advisory.id)
                .severity(if is_grave { Severity::Error } else { Severity::Warning })
                .with("running", running)
                .with_datum("title", title)
                .with_datum("gravity", Datum::Sentence(gravity_in_words(advisory.gravity)))
                .remedy(Remedy::Page { url: advisory.url.clone() })
        })
        .collect();
    if let Some((version, url)) = &known.newer {
        let finding = Finding::new(&NEWER, version).with("running", running);
        found.push(finding.remedy(Remedy::Page { url: url.clone() }));
    }
    found.extend(doubt(&known, &source.address));
    if found.is_empty() {
        let fetched = Datum::Time(known.fetched_at.unwrap_or(now));
        found.push(Finding::new(&CURRENT, running).with_datum("fetched", fetched));
    }
    found
}

/// What stands in the way of knowing.
fn doubt(known: &Standing, address: &impl ToString) -> Option<Finding> {
    let finding = match known.doubt.as_ref()? {
        Doubt::NotAsked => not_known("doctor-updates-postamt-not-asked", address),
        Doubt::NoNotice => not_known("doctor-updates-postamt-no-notice", address),
        Doubt::Over { .. } => not_known("doctor-updates-postamt-over", address),
        Doubt::Stale { .. } => not_known("doctor-updates-postamt-stale", address),
    };
    Some(known.failure.iter().fold(finding, |finding, failure| finding.seen(failure)))
}

fn not_known(why: &'static str, address: &impl ToString) -> Finding {
    Finding::new(&NOT_KNOWN, address.to_string()).with_datum("why", Datum::Sentence(why))
}
