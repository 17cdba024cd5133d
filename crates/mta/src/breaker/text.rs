//! Reasons and evidence as words of a person's language; no end of sentence, since they stand inside others.

use postamt_mail::words::Words;
use postamt_store::facts::{ConnectProblem, Evidence, PathReason};

/// Why a way out is in its state.
#[must_use]
pub fn reason(reason: &PathReason, words: &Words) -> String {
    match reason {
        PathReason::NothingAgainst => words.get("path-reason-nothing-against", &[]),
        PathReason::SilentOperators { operators } => {
            words.get("path-reason-silent-operators", &[("count", (*operators).into())])
        }
        PathReason::ProbedClosed { verdict } => {
            words.get("path-reason-probed-closed", &[("verdict", verdict.into())])
        }
        PathReason::TrialFailed => words.get("path-reason-trial-failed", &[]),
        PathReason::ProbedOpen => words.get("path-reason-probed-open", &[]),
        PathReason::TimeToLook => words.get("path-reason-time-to-look", &[]),
        PathReason::TrialPassed => words.get("path-reason-trial-passed", &[]),
        PathReason::ProbedOpenAgain => words.get("path-reason-probed-open-again", &[]),
        PathReason::TrialQuiet => words.get("path-reason-trial-quiet", &[]),
        PathReason::Sentence(text) => text.clone(),
    }
}

/// Something that was seen.
#[must_use]
pub fn evidence(evidence: &Evidence, words: &Words) -> String {
    let (operator, problem) = match evidence {
        Evidence::Words(text) => return text.clone(),
        Evidence::Connect { operator, problem } => (("operator", operator.into()), problem),
    };
    match problem {
        ConnectProblem::Unanswered { seconds } => {
            words.get("path-seen-unanswered", &[operator, ("seconds", (*seconds).into())])
        }
        ConnectProblem::TimedOut => words.get("path-seen-timed-out", &[operator]),
        ConnectProblem::Refused => words.get("path-seen-refused", &[operator]),
        ConnectProblem::Unreachable { code } => {
            words.get("path-seen-unreachable", &[operator, ("code", code.to_string().into())])
        }
        ConnectProblem::Prohibited { code } => {
            words.get("path-seen-prohibited", &[operator, ("code", code.to_string().into())])
        }
        ConnectProblem::NoRoute => words.get("path-seen-no-route", &[operator]),
    }
}

#[cfg(test)]
mod tests {
    use postamt_mail::words::{Language, words};

    use super::*;

    fn every_reason() -> Vec<PathReason> {
        let mut reasons = vec![
            PathReason::NothingAgainst,
            PathReason::SilentOperators { operators: 3 },
            PathReason::TrialFailed,
            PathReason::ProbedOpen,
            PathReason::TimeToLook,
            PathReason::TrialPassed,
            PathReason::ProbedOpenAgain,
            PathReason::TrialQuiet,
            PathReason::Sentence("as an older version said it".to_owned()),
        ];
        for verdict in ["dropped", "refused", "prohibited", "local_firewall", "intercepted", "another"] {
            reasons.push(PathReason::ProbedClosed { verdict: verdict.to_owned() });
        }
        reasons
    }

    fn every_evidence() -> Vec<Evidence> {
        let problems = [
            ConnectProblem::Unanswered { seconds: 6 },
            ConnectProblem::TimedOut,
            ConnectProblem::Refused,
            ConnectProblem::Unreachable { code: 113 },
            ConnectProblem::Prohibited { code: 1 },
            ConnectProblem::NoRoute,
        ];
        let connect = |problem| Evidence::Connect { operator: "example.org".to_owned(), problem };
        let said = Evidence::Words("what a probe saw".to_owned());
        problems.into_iter().map(connect).chain([said]).collect()
    }

    fn all(language: Language) -> String {
        let words = words(language);
        let reasons = every_reason().into_iter().map(|it| reason(&it, words));
        let seen = every_evidence().into_iter().map(|it| evidence(&it, words));
        reasons.chain(seen).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn german() {
        insta::assert_snapshot!(all(Language::De));
    }

    #[test]
    fn english() {
        insta::assert_snapshot!(all(Language::En));
    }

    #[test]
    fn what_is_written_down_is_read_again_and_so_are_the_sentences_of_older_versions() {
        for reason in every_reason() {
            let text = serde_json::to_string(&reason).expect("written");
            assert!(text.contains(reason.key()), "{text}");
            assert_eq!(serde_json::from_str::<PathReason>(&text).expect("read"), reason);
        }
        for evidence in every_evidence() {
            let text = serde_json::to_string(&evidence).expect("written");
            assert_eq!(serde_json::from_str::<Evidence>(&text).expect("read"), evidence);
        }
    }
}
