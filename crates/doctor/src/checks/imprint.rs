//! Does the site under the name of the sending address say who runs it. Telekom's mailboxes (t-online.de) demand it of
//! whoever sends to them, private people included; others look there when they decide by hand.
//!
//! Asked are the name itself and the domain that it belongs to, over HTTPS and HTTP. A site that cannot be reached from
//! here may well be reached by others: then nothing is known.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::documents::{Bounds, WebAddress};
use tokio::task::JoinSet;

use super::context::Context;
use super::finding::{Certainty, Finding, Kind};
use super::run::{Check, CheckFuture, Scope};
use super::{dns, hostname};

const BOUNDS: Bounds = Bounds {
    accept: "text/html, application/xhtml+xml",
    size: 1 << 20,
    time: Duration::from_secs(15),
    redirects: 4,
};
/// What leads to who runs a site, in an address or in the words of a link.
const WORDS: [&str; 10] = [
    "impressum",
    "imprint",
    "kontakt",
    "contact",
    "legal",
    "anbieterkennzeichnung",
    "about",
    "ueber-uns",
    "über uns",
    "mentions-legales",
];

static FOUND: Kind = Kind::ok("imprint.found");
static MISSING: Kind = Kind::note("imprint.missing", "https://postmaster.t-online.de/index.en.html");
static NOT_REACHED: Kind = Kind::unknown("imprint.not-reached");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "imprint",
    scope: Scope::Host,
    not_after: &[&dns::SILENT, &hostname::NOT_COMPLETE],
    limit: Duration::from_secs(60),
    kinds: &[&FOUND, &MISSING, &NOT_REACHED],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let sources = context.public_sources().await;
    let names: BTreeSet<Domain> = sources.into_iter().map(|source| source.ehlo_name).collect();
    let mut found = Vec::new();
    for name in names {
        found.push(judge(&context, &name).await);
    }
    found
}

/// What one address gave.
struct Visit {
    address: WebAddress,
    /// Whether the page names who runs it; or why there is no page.
    page: Result<bool, String>,
}

async fn judge(context: &Arc<Context>, name: &Domain) -> Finding {
    let visits = visits(context, name).await;
    if let Some(visit) = visits.iter().find(|visit| visit.page == Ok(true)) {
        return Finding::new(&FOUND, name).with("page", &visit.address);
    }
    if let Some(visit) = visits.iter().find(|visit| visit.page.is_ok()) {
        let finding = Finding::new(&MISSING, name).with("page", &visit.address);
        return finding.seen(&visit.address).surely(Certainty::Likely);
    }
    let failures = visits.iter().filter_map(|visit| Some((&visit.address, visit.page.as_ref().err()?)));
    failures.fold(Finding::new(&NOT_REACHED, name), |finding, (address, why)| {
        finding.seen(format!("{address}: {why}"))
    })
}

/// All at once, told in the order in which they are looked at.
async fn visits(context: &Arc<Context>, name: &Domain) -> Vec<Visit> {
    let mut hosts = vec![name.clone()];
    let organisation = name.organisational();
    if organisation != *name {
        hosts.push(organisation.clone());
    }
    hosts.extend(Domain::new(&format!("www.{organisation}")));
    hosts.dedup();
    let addresses =
        hosts.iter().flat_map(|host| [true, false].map(|is_secure| WebAddress::home(host, is_secure)));
    let mut running = JoinSet::new();
    for (place, address) in addresses.enumerate() {
        let context = Arc::clone(context);
        running.spawn(async move { (place, visit(&context, address).await) });
    }
    let mut found = running.join_all().await;
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, visit)| visit).collect()
}

async fn visit(context: &Context, address: WebAddress) -> Visit {
    let page = match context.documents.get(&address, BOUNDS).await {
        Ok(document) if document.is_good() => Ok(names_somebody(&String::from_utf8_lossy(&document.body))),
        Ok(document) => Err(document.status.to_string()),
        Err(error) => Err(error.to_string()),
    };
    Visit { address, page }
}

/// A link that leads there, or a page that is one itself.
fn names_somebody(page: &str) -> bool {
    let page = page.to_lowercase();
    let is_imprint = page.contains("impressum") || page.contains("imprint");
    let mut links = page.split("<a ").skip(1).filter_map(|rest| rest.split("</a").next());
    is_imprint || links.any(|link| WORDS.iter().any(|word| link.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_name_somebody() {
        for page in [
            "<a href=\"/Impressum\">Rechtliches</a>",
            "<p>x</p><A class=y HREF='/c'>\n<b>Contact</b> us</A>",
            "<h1>Impressum</h1> Erika Muster, Musterweg 1",
            "<a href=/mentions-legales>x</a>",
        ] {
            assert!(names_somebody(page), "{page}");
        }
        for page in [
            "",
            "<h1>It works!</h1>",
            "<p>contact</p>",
            "<a href=\"/blog\">Blog</a><p>no contact here</p>",
            "<address>Apache</address>",
        ] {
            assert!(!names_somebody(page), "{page}");
        }
    }
}
