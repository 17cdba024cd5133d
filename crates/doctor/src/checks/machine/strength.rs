//! How many bits a secret can be worth at the most: its length, times what a character of its alphabet is worth, where an
//! alphabet is no larger than twice the characters that occur. It finds what is short or monotonous, and praises nothing.
//!
//! Only the number leaves this file. Keys in PEM and databases are not judged: they were made by programs.

use std::io::Read as _;
use std::path::Path;

/// A password file is short; what is longer is something else.
const LENGTH: u64 = 4096;

/// Of the password or TSIG key in a file; `None` where it holds none.
pub(super) fn bits_of_file(path: &Path) -> Option<u32> {
    let mut octets = Vec::new();
    std::fs::File::open(path).ok()?.take(LENGTH + 1).read_to_end(&mut octets).ok()?;
    let text = (octets.len() as u64 <= LENGTH).then(|| String::from_utf8(octets).ok()).flatten()?;
    bits_of_text(&text)
}

fn bits_of_text(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.is_empty() || text.starts_with("-----BEGIN") || text.starts_with('{') || text.contains('\0') {
        return None;
    }
    // A TSIG key as tsig-keygen writes it, or ALGORITHM:NAME:KEY.
    if let Some((_, rest)) = text.split_once("secret").filter(|_| text.contains('{')) {
        return rest.split('"').nth(1).map(bits);
    }
    if text.starts_with("hmac-") {
        return text.rsplit_once(':').map(|(_, key)| bits(key));
    }
    (!text.contains('\n')).then(|| bits(text))
}

fn bits(secret: &str) -> u32 {
    let mut distinct: Vec<char> = secret.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let has = |test: fn(&char) -> bool| distinct.iter().any(test);
    let classes = [
        (has(char::is_ascii_lowercase), 26),
        (has(char::is_ascii_uppercase), 26),
        (has(char::is_ascii_digit), 10),
        (has(char::is_ascii_punctuation), 32),
        (has(|it| !it.is_ascii_graphic()), 64),
    ];
    let alphabet: usize = classes.iter().filter(|(is_used, _)| *is_used).map(|(_, size)| size).sum();
    let alphabet = match distinct.len() {
        0 | 1 => 1,
        count => alphabet.min(2 * count),
    };
    (secret.chars().count() as f64 * (alphabet as f64).log2()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_or_monotonous_is_worth_little() {
        for weak in ["secret1", "password", "aaaaaaaaaaaaaaaaaaaa", "12345678", "abababababab"] {
            assert!(bits_of_text(weak).unwrap() < 40, "{weak}: {:?}", bits_of_text(weak));
        }
        for good in [
            "Xk7-pQ2m9vTz",
            "correct horse battery staple",
            "f3a9c01b77de42aa",
            "hmac-sha256:k.:q83vEjRWeJrxI0VniavN7w==",
            "key \"k\" {\n algorithm hmac-sha256;\n secret \"q83vEjRWeJrxI0VniavN7w==\";\n};",
        ] {
            assert!(bits_of_text(good).unwrap() >= 40, "{good}: {:?}", bits_of_text(good));
        }
        assert!(bits_of_text("hmac-sha256:a.long.name.of.a.key:YWFh").unwrap() < 40);
        for other in ["", "\n", "-----BEGIN PRIVATE KEY-----\nx", "two\nlines", "SQLite format 3\0"] {
            assert_eq!(bits_of_text(other), None, "{other:?}");
        }
    }
}
