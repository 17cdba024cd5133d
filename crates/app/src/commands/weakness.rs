//! Why a password is refused, and what helps, in the reader's language: `zxcvbn` itself speaks English only.

use postamt_mta::passwords::{Guessable, SHORTEST, Suggestion, Warning, Weakness};

use crate::terminal::{Stop, Terminal};

/// The sentence for a weakness.
#[must_use]
pub fn stop(weakness: &Weakness, terminal: Terminal) -> Stop {
    match weakness {
        Weakness::TooShort => terminal.stop("account-weak-short", &[("least", SHORTEST.into())]),
        Weakness::ContainsName => terminal.stop("account-weak-name", &[]),
        Weakness::Leaked => terminal.stop("account-weak-leaked", &[]),
        Weakness::LeakedElsewhere { times } => {
            terminal.stop("account-weak-leaked-elsewhere", &[("times", (*times).into())])
        }
        Weakness::Guessable(why) => guessable(why, terminal),
    }
}

fn guessable(why: &Guessable, terminal: Terminal) -> Stop {
    let ids = why.warning.map(warning).into_iter().chain(why.suggestions.iter().copied().map(suggestion));
    let sentences: Vec<String> = ids.map(|id| terminal.sentence(id, &[])).collect();
    let guesses = format!("10^{}", why.magnitude);
    let values = [("guesses", guesses.into()), ("why", sentences.join(" ").into())];
    terminal.stop("account-weak-guessable", &values)
}

const fn warning(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => "account-guess-row",
        Warning::ShortKeyboardPatternsAreEasyToGuess => "account-guess-keyboard",
        Warning::RepeatsLikeAaaAreEasyToGuess => "account-guess-repeat",
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => "account-guess-repeats",
        Warning::ThisIsATop10Password => "account-guess-top-ten",
        Warning::ThisIsATop100Password => "account-guess-top-hundred",
        Warning::ThisIsACommonPassword => "account-guess-common",
        Warning::ThisIsSimilarToACommonlyUsedPassword => "account-guess-similar",
        Warning::SequencesLikeAbcAreEasyToGuess => "account-guess-sequence",
        Warning::RecentYearsAreEasyToGuess => "account-guess-year",
        Warning::AWordByItselfIsEasyToGuess => "account-guess-word",
        Warning::DatesAreOftenEasyToGuess => "account-guess-date",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => "account-guess-name",
        Warning::CommonNamesAndSurnamesAreEasyToGuess => "account-guess-names",
    }
}

const fn suggestion(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => "account-help-words",
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => "account-help-no-symbols",
        Suggestion::AddAnotherWordOrTwo => "account-help-another",
        Suggestion::CapitalizationDoesntHelpVeryMuch => "account-help-capital",
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => "account-help-upper",
        Suggestion::ReversedWordsArentMuchHarderToGuess => "account-help-reversed",
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => "account-help-substitution",
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => "account-help-pattern",
        Suggestion::AvoidRepeatedWordsAndCharacters => "account-help-repeats",
        Suggestion::AvoidSequences => "account-help-sequences",
        Suggestion::AvoidRecentYears => "account-help-years",
        Suggestion::AvoidYearsThatAreAssociatedWithYou => "account-help-own-years",
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => "account-help-own-dates",
    }
}
