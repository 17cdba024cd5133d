//! The technical annex: the probe path by path, then what proves each sentence, with its time, as it was seen.

use postamt_mail::words::Words;

use super::evidence::is_blocked;
use super::{Case, Claim, State};
use crate::port25::route::{Hop, Route};
use crate::port25::text;

/// Its lines, without a heading.
pub(super) fn lines(case: &Case<'_>, claims: &[Claim], words: &Words) -> Vec<String> {
    let mut lines = Vec::new();
    if claims.iter().any(|claim| claim.id == "block") {
        lines.extend(probe(case, words));
    }
    let mut proofs = Vec::new();
    for backing in claims.iter().flat_map(|claim| &claim.backed_by).filter(|it| !it.id.starts_with("port25."))
    {
        let is_it = |id: &str, about: &str| id == backing.id && about == backing.about;
        let seen = case.evidence.iter().filter(|it| is_it(&it.id, &it.about) && it.state == State::Ok);
        for line in
            seen.flat_map(|it| if it.seen.is_empty() { vec![it.told.clone()] } else { it.seen.clone() })
        {
            let line = format!("  {}", line.replace('\n', "\n  "));
            if !line.trim().is_empty() && !proofs.contains(&line) {
                proofs.push(line);
            }
        }
    }
    if !proofs.is_empty() {
        let at = words.time(case.evidence.iter().map(|it| it.at).min().unwrap_or(case.at));
        lines.push(words.get("letter-annex-proofs", &[("time", at.into())]));
        lines.extend(proofs);
    }
    lines
}

fn probe(case: &Case<'_>, words: &Words) -> Vec<String> {
    let Some(probe) = case.probe else { return Vec::new() };
    let mut lines = Vec::new();
    for path in probe.paths.iter().filter(|path| is_blocked(path)) {
        let values =
            [("path", text::heading(&path.path, words).into()), ("time", words.time(probe.at).into())];
        lines.push(words.get("letter-annex-probe", &values));
        lines.extend(
            text::targets(&path.observations, words).into_iter().map(|line| line.trim_end().to_owned()),
        );
        if let Some(route) = path.route.as_ref().filter(|route| !route.routers().is_empty()) {
            lines.extend(routers(route, words));
            lines.extend(text::hops(route, words));
        }
        lines.push(String::new());
    }
    lines
}

/// Between which routers it ends.
fn routers(route: &Route, words: &Words) -> Vec<String> {
    let line = |id: &str, hop: Option<&Hop>| {
        let hop = hop.filter(|hop| hop.router.is_some())?;
        let router = hop.router.map(|router| router.to_string()).unwrap_or_default();
        let name = hop.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let port = route.control.port.to_string();
        Some(words.get(id, &[("router", format!("{router}{name}").into()), ("port", port.into())]))
    };
    let last = line("letter-annex-last-router", route.last_on_mail.as_ref());
    let next = line("letter-annex-next-router", route.first_on_control_only.as_ref());
    last.into_iter().chain(next).collect()
}
