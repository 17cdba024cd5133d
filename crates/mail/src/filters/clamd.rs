//! The answers of clamd, in the form that commands with a leading `z` get: one line, ended by NUL (clamd(8)).
//!
//! [`scan`] reads the answer to INSTREAM, [`version`] that to VERSION. Anything else than what the manual has is an error
//! of the daemon, with its words.

use crate::date;

/// What clamd has found in a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// Nothing.
    Clean,
    /// This.
    Found(String),
    /// The stream is longer than clamd's `StreamMaxLength`: it was not looked at.
    TooLong,
    /// clamd could not scan it, and says why.
    Failed(String),
}

/// clamd's version and its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// `ClamAV 1.0.7`.
    pub program: String,
    /// The number of the daily signatures; `None` where it has none of ClamAV's own.
    pub signatures: Option<u32>,
    /// When they were made, to the day; seconds since 1970.
    pub made: Option<u64>,
}

/// The answer to INSTREAM, without its NUL: `stream: OK`, `stream: NAME FOUND`, `… ERROR`.
#[must_use]
pub fn scan(answer: &str) -> Scan {
    let answer = answer.trim_end();
    let verdict = answer.strip_prefix("stream: ").unwrap_or(answer);
    if verdict == "OK" {
        return Scan::Clean;
    }
    if let Some(name) = verdict.strip_suffix(" FOUND") {
        return Scan::Found(printable(name));
    }
    if verdict.contains("size limit exceeded") {
        return Scan::TooLong;
    }
    Scan::Failed(printable(verdict.strip_suffix(" ERROR").unwrap_or(verdict)))
}

/// The answer to VERSION: `ClamAV 1.0.7/27345/Mon Jul 22 08:26:29 2024`.
#[must_use]
pub fn version(answer: &str) -> Version {
    let mut parts = answer.trim_end().splitn(3, '/');
    let program = printable(parts.next().unwrap_or_default());
    let signatures = parts.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
    let made = parts.next().and_then(day_of).filter(|_| signatures.is_some());
    Version { program, signatures, made }
}

/// The day of `Mon Jul 22 08:26:29 2024`, in seconds since 1970. The zone is clamd's own, and the hour is left out.
fn day_of(text: &str) -> Option<u64> {
    let mut words = text.split_whitespace().skip(1);
    let (month, day, year) = (words.next()?, words.next()?, words.nth(1)?);
    let month = date::MONTHS.iter().position(|name| *name == month)? + 1;
    let (day, year): (u64, u64) = (day.parse().ok()?, year.parse().ok()?);
    // At most a year from the first of January: the calendar tells which day it is.
    let first = year.checked_sub(1970).filter(|years| *years < 1000)? * 365;
    (first..first + 700).find(|days| date::civil(*days) == (year, month, day)).map(|days| days * 86_400)
}

/// A name goes into replies and logs: nothing of it may end a line there.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        assert_eq!(scan("stream: OK"), Scan::Clean);
        assert_eq!(
            scan("stream: Win.Test.EICAR_HDB-1 FOUND"),
            Scan::Found("Win.Test.EICAR_HDB-1".to_owned())
        );
        assert_eq!(scan("stream: Two words FOUND\n"), Scan::Found("Two words".to_owned()));
        assert_eq!(scan("INSTREAM size limit exceeded. ERROR"), Scan::TooLong);
        assert_eq!(
            scan("stream: Can't allocate memory ERROR"),
            Scan::Failed("Can't allocate memory".to_owned())
        );
        assert_eq!(scan("UNKNOWN COMMAND"), Scan::Failed("UNKNOWN COMMAND".to_owned()));
        assert_eq!(scan(""), Scan::Failed(String::new()));
        assert_eq!(scan("stream: A\r\n250 ok FOUND"), Scan::Found("A250 ok".to_owned()));
    }

    #[test]
    fn versions_are_read() {
        let full = version("ClamAV 1.0.7/27345/Mon Jul 22 08:26:29 2024\n");
        assert_eq!(full.program, "ClamAV 1.0.7");
        assert_eq!(full.signatures, Some(27_345));
        assert_eq!(full.made, Some(1_721_606_400));
        assert_eq!(version("ClamAV 1/1/Mon Jul 22").made, None);
        let bare = Version { program: "ClamAV 1.0.7".to_owned(), signatures: None, made: None };
        assert_eq!(version("ClamAV 1.0.7"), bare);
        assert_eq!(version("ClamAV 1.0.7/0/Thu Jan  1 00:00:00 1970"), bare);
    }
}
