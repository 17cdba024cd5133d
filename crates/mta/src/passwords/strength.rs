//! How soon a password would be guessed: its length, the account's name in it, the estimate of `zxcvbn` (words, names,
//! keyboard rows, dates, also with substitutions; from its own lists and from what is known of the account), and the
//! leaked ones. Pure; takes some milliseconds.

pub use zxcvbn::feedback::{Suggestion, Warning};

use super::leaked;

/// Fewer characters than this are refused.
pub const SHORTEST: usize = 12;
/// Scores of `zxcvbn` go from 0 to 4; from 3 on a stolen hash still resists for long (10^8 guesses and more).
const LEAST_SCORE: u8 = 3;

/// What is weak about a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Shorter than [`SHORTEST`] characters.
    #[error("the password has fewer than {SHORTEST} characters")]
    TooShort,
    /// It contains the name of the account or its domain.
    #[error("the password contains the account's name")]
    ContainsName,
    /// It is in the embedded list of leaked ones, in this or another case.
    #[error("the password is in lists of leaked passwords")]
    Leaked,
    /// The service that was asked knows it.
    #[error("the password was found {times} times in leaked data")]
    LeakedElsewhere {
        /// How often.
        times: u64,
    },
    /// Too few guesses would find it.
    #[error("the password would be found after about 10^{} guesses", .0.magnitude)]
    Guessable(Guessable),
}

/// Why it would be guessed, and what helps.
#[derive(Debug, Clone, PartialEq)]
pub struct Guessable {
    /// The number of guesses as a power of ten.
    pub magnitude: u32,
    /// What makes it weak, if one thing does.
    pub warning: Option<Warning>,
    /// What would help.
    pub suggestions: Vec<Suggestion>,
}

// The feedback of `zxcvbn` has no `Eq`, although nothing in it speaks against it.
impl Eq for Guessable {}

/// Refuses passwords that are guessed first. `known` is what an attacker knows of the account beside its name: domains,
/// the host name.
///
/// # Errors
/// The first [`Weakness`].
pub fn check_strength(password: &str, name: &str, known: &[&str]) -> Result<(), Weakness> {
    if password.chars().count() < SHORTEST {
        return Err(Weakness::TooShort);
    }
    let lower = password.to_lowercase();
    if parts(name).any(|part| part.len() >= 4 && lower.contains(&part.to_lowercase())) {
        return Err(Weakness::ContainsName);
    }
    if leaked::is_known(password) {
        return Err(Weakness::Leaked);
    }
    let mut inputs = vec![name];
    inputs.extend(parts(name));
    inputs.extend(known.iter().flat_map(|text| std::iter::once(*text).chain(parts(text))));
    let estimate = zxcvbn::zxcvbn(password, &inputs);
    if u8::from(estimate.score()) >= LEAST_SCORE {
        return Ok(());
    }
    let feedback = estimate.feedback();
    Err(Weakness::Guessable(Guessable {
        magnitude: estimate.guesses_log10().max(0.0) as u32,
        warning: feedback.and_then(|feedback| feedback.warning()),
        suggestions: feedback.map(|feedback| feedback.suggestions().to_vec()).unwrap_or_default(),
    }))
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['@', '.', '-', '+', '_', '/']).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::generate;
    use super::*;

    #[test]
    fn weak_passwords_are_named() {
        let name = "anna.schmidt@own.test";
        let check = |password: &str| check_strength(password, name, &["mail.own.test", "rosenheim.test"]);
        assert_eq!(check("kurz"), Err(Weakness::TooShort));
        assert_eq!(check("schmidt-2026-xy"), Err(Weakness::ContainsName));
        for (password, warning) in [
            ("121212121212", Some(Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess)),
            ("qwertyuiopasdfghjkl", Some(Warning::ThisIsSimilarToACommonlyUsedPassword)),
            ("abcdefghijklmnop", Some(Warning::SequencesLikeAbcAreEasyToGuess)),
            // Nobody's dictionary but the account's own.
            ("rosenheim2026", None),
        ] {
            match check(password) {
                Err(Weakness::Guessable(why)) => assert_eq!(why.warning, warning, "{password}: {why:?}"),
                // Leaked ones are known before they are weighed.
                other => assert_eq!(other, Err(Weakness::Leaked), "{password}"),
            }
        }
        assert!(check("rosenheim2026").is_err(), "what is known of the account counts");
        assert_eq!(check_strength("rosenheim-kaktus-9", name, &[]), Ok(()));
        assert_eq!(check(&generate()), Ok(()));
    }
}
