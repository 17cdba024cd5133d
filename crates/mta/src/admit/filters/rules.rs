//! The rules that need no filter: what the `mail` crate finds in a message, and what the settings make of it.
//!
//! They are for what leaves in our name. What strangers send to our own people is only handed on.

use postamt_mail::reply::Reply;
use postamt_mail::rules::{Finding, HeaderCharacters, Rule, inspect};
use postamt_mail::words::Language;
use postamt_net::PortFuture;
use postamt_net::service::Way;

use super::answer::{Answer, Candidate, Down, Filter, Verdict};
use crate::flow::{Channel, Identity};
use crate::settings::{RuleAction, RuleActions};

/// A message of more octets is looked through on a thread of its own, so that nobody else waits for it.
const SMALL: u64 = 128 * 1024;

/// See the head of this file.
pub struct Rules {
    /// What becomes of what they find.
    pub actions: RuleActions,
    /// The operator's language.
    pub language: Language,
}

impl Filter for Rules {
    fn judge<'a>(&'a self, _: &'a Way, message: &'a Candidate<'a>) -> PortFuture<'a, Result<Answer, Down>> {
        Box::pin(async move {
            let is_from_outside =
                message.channel == Channel::Exchange && matches!(message.identity, Identity::Anonymous);
            let wanted: Vec<Rule> =
                Rule::ALL.into_iter().filter(|rule| self.actions.of(*rule) != RuleAction::Accept).collect();
            if is_from_outside || wanted.is_empty() {
                return Ok(Verdict::Accept.into());
            }
            let characters = match message.envelope.smtputf8 {
                true => HeaderCharacters::Utf8,
                false => HeaderCharacters::Ascii,
            };
            let content = message.content.clone();
            let look = move || inspect(&content, characters, &wanted);
            let findings = if message.size() <= SMALL {
                look()
            } else {
                let looked = tokio::task::spawn_blocking(look).await;
                looked.map_err(|error| Down::Broken(error.to_string()))?
            };
            Ok(self.answer(&findings))
        })
    }

    fn is_there<'a>(&'a self, _: &'a Way) -> PortFuture<'a, bool> {
        Box::pin(std::future::ready(true))
    }
}

impl Rules {
    /// The severest action counts, and the first finding that it is for is told.
    fn answer(&self, findings: &[Finding]) -> Answer {
        let with = |action| findings.iter().find(|finding| self.actions.of(finding.rule) == action);
        let (verdict, finding) = match (with(RuleAction::Reject), with(RuleAction::Hold)) {
            (Some(finding), _) => (Verdict::Reject(refusal(finding)), finding),
            (None, Some(finding)) => (Verdict::Hold(finding.words(self.language)), finding),
            (None, None) => return Verdict::Accept.into(),
        };
        let what = if finding.what.is_empty() { String::new() } else { format!(": {}", finding.what) };
        Answer { details: format!("{}{what}", finding.rule), ..verdict.into() }
    }
}

/// RFC 3463 §3.7: a header section that breaks the rules is a matter of the message's form (X.6.0), an attachment one of
/// policy (X.7.1).
fn refusal(finding: &Finding) -> Reply {
    let status = match finding.rule {
        Rule::Executable | Rule::Macros | Rule::Entangled => (5, 7, 1),
        Rule::RepeatedField | Rule::MissingFrom | Rule::BareHeader => (5, 6, 0),
    };
    // A reply is ASCII (RFC 5321 §4.2), and a file may have any name.
    let words = finding.words(Language::En);
    let words = words.chars().map(|it| if it.is_ascii() { it } else { '?' }).collect::<String>();
    Reply::new(550, status, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: Rule, what: &str) -> Finding {
        Finding { rule, what: what.to_owned() }
    }

    #[test]
    fn the_severest_action_counts() {
        let actions = RuleActions { macros: RuleAction::Hold, ..RuleActions::default() };
        let rules = Rules { actions, language: Language::De };
        let (macros, program) = (finding(Rule::Macros, "a.docm"), finding(Rule::Executable, "prüf.exe"));
        let answer = rules.answer(&[macros.clone(), program]);
        let Verdict::Reject(reply) = answer.verdict else { panic!("{answer:?}") };
        assert!(
            reply.to_string().starts_with("550 5.7.1 The attachment \"pr?f.exe\" is a program"),
            "{reply}"
        );
        assert_eq!(answer.details, "executables: prüf.exe");
        assert!(
            matches!(rules.answer(&[macros]).verdict, Verdict::Hold(reason) if reason.contains("Anhang „a.docm“"))
        );
        assert_eq!(rules.answer(&[]).verdict, Verdict::Accept);
        let answer = rules.answer(&[finding(Rule::RepeatedField, "Subject")]);
        assert!(
            matches!(answer.verdict, Verdict::Reject(reply) if reply.to_string().starts_with("550 5.6.0"))
        );
    }
}
