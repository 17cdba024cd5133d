//! When two names mean the same: organisations without their legal form, and ends of host names label by label.
//!
//! A part of a name is never enough: `Hetzner Online GmbH` is not `Hetzner Online Services`, and `your-server.de` is not
//! the end of `your-server.de.example.test`.

/// Words that say what kind of company it is, or that are left of an abbreviation of it.
const LEGAL_FORMS: [&str; 46] = [
    "ab",
    "ag",
    "as",
    "b",
    "berhad",
    "bhd",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "ehf",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "l",
    "lc",
    "limited",
    "llc",
    "lp",
    "ltd",
    "ltda",
    "nv",
    "nyrt",
    "ohg",
    "ooo",
    "oy",
    "oyj",
    "p",
    "plc",
    "pty",
    "pvt",
    "r",
    "s",
    "sa",
    "sarl",
    "sas",
    "se",
    "spa",
    "srl",
    "sro",
    "uab",
    "v",
    "zrt",
];

/// The words of a name in lower case, without the legal form at its end or beginning.
#[must_use]
pub fn words_of(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let mut words: Vec<String> = name
        .split(|it: char| !it.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let is_form = |word: &String| LEGAL_FORMS.contains(&word.as_str()) || (word == "a" || word == "o");
    while words.last().is_some_and(is_form) {
        words.pop();
    }
    if words.len() > 1 && ["uab", "ooo"].contains(&words[0].as_str()) {
        words.remove(0);
    }
    words
}

/// Whether both are names of one organisation.
#[must_use]
pub fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (words_of(left), words_of(right));
    !left.is_empty() && left == right
}

/// Whether a host name ends in these labels; `*` in a label stands for any characters.
#[must_use]
pub fn ends_in(name: &str, end: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let wanted: Vec<&str> = end.split('.').collect();
    labels.len() >= wanted.len()
        && labels.iter().rev().zip(wanted.iter().rev()).all(|(label, pattern)| fits(label, pattern))
}

fn fits(label: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => label == pattern,
        Some((head, tail)) => {
            label.len() >= head.len() + tail.len() && label.starts_with(head) && label.ends_with(tail)
        }
    }
}
