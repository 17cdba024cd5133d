//! The rules of the knowledge base that its form alone does not keep: ids, both languages, addresses of pages, dates,
//! sources, and clues that could recognise nobody.

use postamt_net::documents::WebAddress;

use super::{Base, BaseError, Bilingual, Certainty, ClueBook, DmiPattern, Policy, Provider};

/// The form that this program reads.
const VERSION: u32 = 1;

pub(super) fn check(base: &Base) -> Result<(), BaseError> {
    let wrong = |id: &str, fault: String| Err(BaseError::Entry { id: id.to_owned(), fault });
    if base.schema_version != VERSION {
        return wrong("-", format!("form {}, this program reads form {VERSION}", base.schema_version));
    }
    if base.compiled.len() != 10 || !is_date(&base.compiled) {
        return wrong("-", format!("`compiled` is no day: {}", base.compiled));
    }
    for (place, provider) in base.providers.iter().enumerate() {
        if base.providers[..place].iter().any(|other| other.id == provider.id) {
            return wrong(&provider.id, "its id stands twice".to_owned());
        }
        if let Some(fault) = fault(provider, &base.compiled) {
            return wrong(&provider.id, fault);
        }
    }
    Ok(())
}

fn fault(provider: &Provider, compiled: &str) -> Option<String> {
    let is_id = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-')
    };
    if !is_id(&provider.id) || provider.name.trim().is_empty() {
        return Some("no id, or no name".to_owned());
    }
    let is_country =
        provider.country.len() == 2 && provider.country.bytes().all(|it| it.is_ascii_uppercase());
    if !is_country && provider.country != "unknown" {
        return Some(format!("no country: {}", provider.country));
    }
    texts(provider).or_else(|| pages(provider)).or_else(|| evidence(provider, compiled)).or_else(|| {
        let request = &provider.request;
        if request.method.is_answered() != request.follow_up_days.is_some() {
            return Some("`follow_up_days` belongs to what is answered, and to nothing else".to_owned());
        }
        if provider.policy == Policy::Never && request.method.is_answered() {
            return Some("never opened, and yet there is somebody to ask".to_owned());
        }
        clues(&provider.clues)
    })
}

/// Both languages say something, and not the same.
fn texts(provider: &Provider) -> Option<String> {
    let request = &provider.request;
    let all: [Option<&Bilingual>; 6] = [
        provider.detail.as_ref(),
        provider.relay.as_ref(),
        request.place.as_ref(),
        request.answer.as_ref(),
        request.afterwards.as_ref(),
        provider.reverse_dns.as_ref().map(|it| &it.place),
    ];
    let is_wrong = |text: &&Bilingual| {
        let (german, english) = (text.de.trim(), text.en.trim());
        german.is_empty()
            || english.is_empty()
            || (german == english && english.contains(' ') && !is_path(english))
    };
    let wrong = all.into_iter().flatten().find(is_wrong)?;
    Some(format!("a text lacks one of its languages: {:?}", wrong.en))
}

/// A way through a panel has the panel's words in both languages.
fn is_path(text: &str) -> bool {
    text.contains(" > ")
}

fn pages(provider: &Provider) -> Option<String> {
    let request = &provider.request;
    let reverse = provider.reverse_dns.as_ref().and_then(|it| it.url.as_ref());
    let cited = provider.sources.iter().filter(|source| source.starts_with("http"));
    let cited = cited.filter_map(|source| source.split(' ').next());
    let named = [&request.url, &request.documents].into_iter().flatten().chain(reverse).map(String::as_str);
    let wrong = named.chain(cited).find(|url| url.parse::<WebAddress>().is_err())?;
    Some(format!("no address of a page: {wrong}"))
}

fn evidence(provider: &Provider, compiled: &str) -> Option<String> {
    if !provider.seen.is_empty() && !is_date(&provider.seen) {
        return Some(format!("no date: {}", provider.seen));
    }
    if provider.seen.as_str() > compiled {
        return Some(format!("seen after it was put together: {}", provider.seen));
    }
    if provider.sources.iter().any(|source| source.trim().is_empty()) {
        return Some("an empty source".to_owned());
    }
    let says_something = provider.policy != Policy::Unknown || provider.detail.is_some();
    if provider.sources.is_empty() && (says_something || provider.confidence != Certainty::Low) {
        return Some("no source".to_owned());
    }
    None
}

/// `2026`, `2026-11` or `2026-11-24`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let number = |place: usize| parts.get(place).map_or(Ok(1), |part| part.parse::<u32>());
    matches!(lengths[..], [4] | [4, 2] | [4, 2, 2])
        && matches!((number(0), number(1), number(2)), (Ok(1990..), Ok(1..=12), Ok(1..=31)))
}

fn clues(clues: &ClueBook) -> Option<String> {
    let is_end = |text: &&String| {
        let is_name =
            |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b".-*".contains(&octet);
        text.split('.').count() < 2 || text.split('.').any(str::is_empty) || !text.bytes().all(is_name)
    };
    if let Some(end) = clues.ptr.iter().chain(&clues.ptr_unverified).find(is_end) {
        return Some(format!("no end of a PTR name: {end}"));
    }
    if clues.asns.iter().any(|number| clues.asns_unverified.contains(number)) {
        return Some("a number is verified and unverified".to_owned());
    }
    let names = clues.organisations.iter().chain(&clues.organisations_unverified);
    if let Some(name) =
        names.into_iter().find(|name| super::super::recognise::names::words_of(name).is_empty())
    {
        return Some(format!("no name of an organisation: {name:?}"));
    }
    let is_open = |pattern: &DmiPattern| pattern.is.is_some() == pattern.starts.is_some();
    clues.dmi.iter().any(is_open).then(|| "a string of the firmware needs `is` or `starts`".to_owned())
}
