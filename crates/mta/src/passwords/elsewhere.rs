//! Whether a password is known to a service of leaked ones, asked so that the service does not learn which password it
//! is (k-anonymity): the first five hexadecimal digits of its SHA-1 go out, all that begin so come back, with padding
//! so that not even the length of the answer tells more. The form is that of "Pwned Passwords".
//!
//! Only where the operator has switched it on. A service that does not answer decides nothing.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use postamt_mail::address::Domain;
use postamt_net::fetch::{FetchError, Fetcher};

/// Asks for an answer with made-up lines, whose count is 0.
const PADDING: (&str, &str) = ("Add-Padding", "true");

/// Where the service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeService {
    /// Its host.
    pub host: Domain,
    /// The path up to the five digits, `/range/`.
    pub path: String,
}

/// How often a password was leaked; 0 is not at all.
///
/// # Errors
/// The service does not answer.
pub async fn times_leaked(
    fetcher: &dyn Fetcher,
    service: &RangeService,
    password: &str,
) -> Result<u64, FetchError> {
    let hash: String = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes())
        .as_ref()
        .iter()
        .map(|octet| format!("{octet:02X}"))
        .collect();
    let (prefix, suffix) = hash.split_at(5);
    let path = format!("{}{prefix}", service.path);
    let answer = fetcher.fetch_with(&service.host, &path, Some(PADDING)).await?;
    Ok(count(&String::from_utf8_lossy(&answer), suffix))
}

/// Lines are `SUFFIX:COUNT`.
fn count(answer: &str, suffix: &str) -> u64 {
    answer
        .lines()
        .filter_map(|line| line.trim().split_once(':'))
        .find(|(known, _)| known.eq_ignore_ascii_case(suffix))
        .and_then(|(_, times)| times.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use bytes::Bytes;
    use postamt_net::PortFuture;

    use super::*;

    /// Answers with this, and notes what was asked.
    struct Service(Result<&'static str, FetchError>, Mutex<Vec<String>>);

    impl Fetcher for Service {
        fn fetch_with<'a>(
            &'a self,
            host: &'a Domain,
            path: &'a str,
            header: Option<(&'static str, &'static str)>,
        ) -> PortFuture<'a, Result<Bytes, FetchError>> {
            let asked = format!("{host}{path} {header:?}");
            self.1.lock().expect("not poisoned").push(asked);
            let answer = self.0.clone().map(|text| Bytes::from_static(text.as_bytes()));
            Box::pin(async move { answer })
        }
    }

    // SHA-1 of "password" is 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
    const ANSWER: &str = "0018A45C4D1DEF81644B54AB7F969B88D65:11\r\n\
                          1E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n\
                          1E4C9B93F3F0682250B6CF8331B7EE68FD9:0\r\n";

    #[tokio::test]
    async fn the_service_learns_five_digits_and_no_more() {
        let service = Service(Ok(ANSWER), Mutex::default());
        let place =
            RangeService { host: Domain::new("leaks.test").expect("a domain"), path: "/range/".into() };
        assert_eq!(times_leaked(&service, &place, "password").await.expect("an answer"), 9_545_824);
        assert_eq!(times_leaked(&service, &place, "korrekt-pferd").await.expect("an answer"), 0);
        let asked = service.1.lock().expect("not poisoned").clone();
        assert_eq!(asked[0], "leaks.test/range/5BAA6 Some((\"Add-Padding\", \"true\"))");
        let down = Service(Err(FetchError::Status(503)), Mutex::default());
        assert!(times_leaked(&down, &place, "password").await.is_err());
    }

    #[test]
    fn padding_and_rubbish_are_no_leaks() {
        assert_eq!(count(ANSWER, "1E4C9B93F3F0682250B6CF8331B7EE68FD9"), 0);
        assert_eq!(
            count("<html>1E4C9B93F3F0682250B6CF8331B7EE68FD8", "1E4C9B93F3F0682250B6CF8331B7EE68FD8"),
            0
        );
        assert_eq!(count("", "1E4C9B93F3F0682250B6CF8331B7EE68FD8"), 0);
    }
}
