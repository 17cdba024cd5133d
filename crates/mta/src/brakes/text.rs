//! The signs of a stolen account in words.

use postamt_mail::words::{Language, Words, words};
use postamt_store::conduct::Sign;

/// One sign.
#[must_use]
pub fn sentence(sign: &Sign, words: &Words) -> String {
    match sign {
        Sign::Volume { recipients, usual } => {
            let values = [("recipients", (*recipients).into()), ("usual", (*usual).into())];
            words.get("account-sign-volume", &values)
        }
        Sign::Strangers { recipients, usual } => {
            let values = [("recipients", (*recipients).into()), ("usual", (*usual).into())];
            words.get("account-sign-strangers", &values)
        }
        Sign::Bounces { failed, of } => {
            words.get("account-sign-bounces", &[("failed", (*failed).into()), ("of", (*of).into())])
        }
        Sign::Network { network } => words.get("account-sign-network", &[("network", network.into())]),
        Sign::Alike { recipients } => {
            words.get("account-sign-alike", &[("recipients", (*recipients).into())])
        }
    }
}

/// All of them in one line, in English, for the log and the history.
#[must_use]
pub fn plain(signs: &[Sign]) -> String {
    let words = words(Language::En);
    signs.iter().map(|sign| sentence(sign, words)).collect::<Vec<_>>().join("; ")
}
