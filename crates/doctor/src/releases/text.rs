//! The letter to the operator about what is new.

use postamt_mail::dsn::Letter;
use postamt_mail::release_notice::{Gravity, Version};
use postamt_mail::words::{Language, Value, Words};

use super::News;

/// The sentence that names how bad a weakness is.
#[must_use]
pub const fn gravity(gravity: Gravity) -> &'static str {
    match gravity {
        Gravity::Low => "notice-release-gravity-low",
        Gravity::Moderate => "notice-release-gravity-moderate",
        Gravity::High => "notice-release-gravity-high",
        Gravity::Critical => "notice-release-gravity-critical",
    }
}

/// One letter about all of `news`, for a host that runs this version.
#[must_use]
pub fn letter(news: &[News], host: &str, running: &Version, words: &Words) -> Letter {
    let mut paragraphs = Vec::new();
    let (mut weaknesses, mut newest) = (0_usize, String::new());
    for news in news {
        match news {
            News::Advisory(advisory) => {
                weaknesses += 1;
                let title = match words.language() {
                    Language::De => &advisory.title_de,
                    Language::En => &advisory.title_en,
                };
                let values = [
                    ("id", Value::from(advisory.id.as_str())),
                    ("gravity", words.get(gravity(advisory.gravity), &[]).into()),
                    ("title", title.as_str().into()),
                    ("url", advisory.url.as_str().into()),
                ];
                paragraphs.push(words.get("notice-release-advisory", &values));
            }
            News::Release { version, url } => {
                newest = version.to_string();
                let values = [("version", Value::from(newest.as_str())), ("url", url.as_str().into())];
                paragraphs.push(words.get("notice-release-newer", &values));
            }
        }
    }
    let values = || {
        [
            ("host", Value::from(host)),
            ("running", running.to_string().into()),
            ("version", newest.as_str().into()),
            ("count", weaknesses.into()),
        ]
    };
    let kind = if weaknesses > 0 { "advisory" } else { "newer" };
    paragraphs.insert(0, words.get(&format!("notice-release-intro-{kind}"), &values()));
    paragraphs.push(words.get("notice-release-next", &[]));
    Letter { subject: words.get(&format!("notice-release-subject-{kind}"), &values()), paragraphs }
}
