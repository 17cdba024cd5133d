//! Answers to what providers like to ask, from what this host knows of itself. What it does not know stands in square
//! brackets, for a person to fill in; no sentence says more than is known.

use postamt_mail::words::Words;
use postamt_store::cases::{Case, CaseQuestion};

use super::text::{about, to_provider};

/// What this host knows of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Domains that it sends for.
    pub domains: Vec<String>,
    /// Messages that were counted, and in how many days.
    pub counted: Option<(u64, u64)>,
    /// From outside nobody may send without a login.
    pub needs_login: bool,
    /// Mail of each domain is signed with DKIM.
    pub signs: bool,
}

/// Words by which a question is recognised, German and English, in small letters.
const SIGNS: [(CaseQuestion, &[&str]); 5] = [
    (
        CaseQuestion::Content,
        &[
            "what kind",
            "type of mail",
            "type of email",
            "purpose",
            "content",
            "use case",
            "zweck",
            "welche art",
            "inhalt",
            "wofür",
        ],
    ),
    (
        CaseQuestion::Volume,
        &[
            "how many",
            "volume",
            "per day",
            "per hour",
            "wie viele",
            "wieviele",
            "pro tag",
            "am tag",
            "menge",
            "umfang",
            "volumen",
        ],
    ),
    (
        CaseQuestion::Prevention,
        &[
            "prevent",
            "against spam",
            "opt-in",
            "abuse",
            "unsubscribe",
            "verhindern",
            "gegen spam",
            "missbrauch",
            "abmeld",
        ],
    ),
    (
        CaseQuestion::Blocklists,
        &["blocklist", "blacklist", "listed", "reputation", "sperrliste", "gelistet", "schwarze"],
    ),
    (CaseQuestion::Relay, &["587", "465", "relay", "smarthost", "smart host"]),
];

/// The usual questions in a provider's words.
#[must_use]
pub fn recognise(text: &str) -> Vec<CaseQuestion> {
    let text = text.to_lowercase();
    let is_asked = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    SIGNS.iter().filter(|(_, signs)| is_asked(signs)).map(|(question, _)| *question).collect()
}

/// The answer as it is sent.
#[must_use]
pub fn answer(case: &Case, questions: &[CaseQuestion], known: &Known, words: &Words) -> String {
    let mut parts = vec![words.get("case-answer-greeting", &[])];
    if questions.is_empty() {
        parts.push(words.get("case-answer-open", &[]));
    }
    parts.extend(questions.iter().map(|question| one(case, *question, known, words)));
    parts.push(words.get("case-answer-end", &[]));
    to_provider(case, &about(case), parts, words)
}

fn one(case: &Case, question: CaseQuestion, known: &Known, words: &Words) -> String {
    let host = ("host", (&case.subject.hostname).into());
    match question {
        CaseQuestion::Content if known.domains.is_empty() => {
            words.get("case-answer-content-unknown", &[host])
        }
        CaseQuestion::Content => {
            words.get("case-answer-content", &[host, ("domains", known.domains.join(", ").into())])
        }
        CaseQuestion::Volume => match known.counted {
            Some((messages, days)) if messages > 0 && days > 0 => {
                let a_day = (messages + days / 2) / days;
                let values = [("messages", messages.into()), ("days", days.into()), ("a_day", a_day.into())];
                words.get("case-answer-volume", &values)
            }
            _ => words.get("case-answer-volume-unknown", &[]),
        },
        CaseQuestion::Prevention => {
            let login = match known.needs_login {
                true => "case-answer-prevention-login",
                false => "case-answer-prevention-login-unknown",
            };
            let dkim = known.signs.then_some("case-answer-prevention-dkim");
            let measures = [Some(login), dkim, Some("case-answer-prevention-abuse")];
            let measures = measures.into_iter().flatten().map(|id| words.get(id, &[]));
            let measures = measures.collect::<Vec<_>>().join(" ");
            words.get("case-answer-prevention", &[("measures", measures.into())])
        }
        CaseQuestion::Blocklists => {
            let addresses: Vec<String> = case.subject.addresses.iter().map(ToString::to_string).collect();
            words.get("case-answer-blocklists", &[("addresses", addresses.join(", ").into())])
        }
        CaseQuestion::Relay => words.get("case-answer-relay", &[]),
    }
}
