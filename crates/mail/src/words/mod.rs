//! Every sentence that a person reads: the message catalogue, German and English, in Fluent's form.
//!
//! `words(language).get("dsn-subject-failed", &[("name", "value".into())])` gives the sentence. The texts lie in
//! `words/de/*.ftl` and `words/en/*.ftl`, one file per part of the program, and are compiled in; the tests prove
//! that both languages have the same messages with the same variables. An unknown id is a mistake in the source: it
//! stops a debug build and shows the id in a release.
//!
//! Ids carry the name of their file in front, `queue-why-deferred` in `queue.ftl`, so that files cannot collide.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

use crate::date;

#[cfg(test)]
mod tests;

/// A language that Postamt speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    /// The language of a locale, as `LC_ALL` or `LANG` have it: `de_AT.UTF-8`. Everything that is not German is
    /// English.
    #[must_use]
    pub fn from_locale(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("de") { Self::De } else { Self::En }
    }

    /// The other one, for texts in both.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::De => Self::En,
            Self::En => Self::De,
        }
    }

    /// The language tag (RFC 5646).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// The text is no language that we have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the languages are `de` and `en`")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|language| language.tag() == text).ok_or(UnknownLanguage)
    }
}

/// What stands in for a variable of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Words.
    Text(Cow<'a, str>),
    /// A number: it chooses the plural, and is written in digits.
    Number(f64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<u16> for Value<'_> {
    fn from(number: u16) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<usize> for Value<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

/// The catalogue of one language.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("language", &self.language).finish_non_exhaustive()
    }
}

/// The catalogue of a language.
#[must_use]
pub fn words(language: Language) -> &'static Words {
    static GERMAN: LazyLock<Words> = LazyLock::new(|| Words::new(Language::De));
    static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::new(Language::En));
    match language {
        Language::De => &GERMAN,
        Language::En => &ENGLISH,
    }
}

impl Words {
    fn new(language: Language) -> Self {
        let locale = match language {
            Language::De => langid!("de"),
            Language::En => langid!("en"),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Marks around variables would end up in terminals, mail and logs.
        bundle.set_use_isolating(false);
        for (file, source) in sources(language) {
            // What cannot be read is left out, and the tests name it; the rest still speaks.
            let resource =
                FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, errors)| {
                    debug_assert!(errors.is_empty(), "words/{language}/{file}.ftl: {errors:?}");
                    resource
                });
            if let Err(errors) = bundle.add_resource(resource) {
                debug_assert!(errors.is_empty(), "words/{language}/{file}.ftl: {errors:?}");
            }
        }
        Self { language, bundle }
    }

    /// Whose words these are.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether there is a sentence of that id.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.bundle.get_message(id).is_some_and(|message| message.value().is_some())
    }

    /// The sentence `id` with its variables filled in.
    ///
    /// # Panics
    /// In debug builds, when there is no such sentence or a variable of it is not given.
    #[must_use]
    pub fn get(&self, id: &str, values: &[(&str, Value<'_>)]) -> String {
        let pattern = self.bundle.get_message(id).and_then(|message| message.value());
        debug_assert!(pattern.is_some(), "no sentence `{id}` in words/{}", self.language);
        let Some(pattern) = pattern else { return id.to_owned() };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            arguments.set(*name, fluent(value));
        }
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "`{id}` in words/{}: {errors:?}", self.language);
        text
    }

    /// A point in time to the minute, as people of that language write it, in UTC.
    #[must_use]
    pub fn time(&self, unix_seconds: u64) -> String {
        self.at("general-time", unix_seconds)
    }

    /// The day of a moment, in UTC, as people write it.
    #[must_use]
    pub fn date(&self, unix_seconds: u64) -> String {
        self.at("general-date", unix_seconds)
    }

    fn at(&self, id: &str, unix_seconds: u64) -> String {
        let (year, month, day) = date::civil(unix_seconds / 86_400);
        let two = |number: u64| Value::from(format!("{number:02}"));
        self.get(
            id,
            &[
                ("year", year.to_string().into()),
                ("month", two(month as u64)),
                ("day", two(day)),
                ("hour", two(unix_seconds / 3600 % 24)),
                ("minute", two(unix_seconds / 60 % 60)),
            ],
        )
    }
}

fn fluent<'a>(value: &'a Value<'_>) -> FluentValue<'a> {
    match value {
        Value::Text(text) => FluentValue::from(&**text),
        Value::Number(number) => FluentValue::from(*number),
    }
}

macro_rules! sources {
    ($language:literal: $($file:literal),*) => {
        &[$(($file, include_str!(concat!($language, "/", $file, ".ftl")))),*]
    };
}

/// The files of a language, each with its name.
fn sources(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::De => sources!(
            "de": "general", "dsn", "explain", "queue", "account", "ban", "guard", "dkim", "relay", "lab", "serve", "config", "sendmail", "path", "port25", "doctor", "doctor-message", "doctor-refusals", "doctor-send", "dmarc", "tls", "setup", "notice", "refusal", "dns", "provider", "letter", "case", "desk", "rdns", "delist", "rules"
        ),
        Language::En => sources!(
            "en": "general", "dsn", "explain", "queue", "account", "ban", "guard", "dkim", "relay", "lab", "serve", "config", "sendmail", "path", "port25", "doctor", "doctor-message", "doctor-refusals", "doctor-send", "dmarc", "tls", "setup", "notice", "refusal", "dns", "provider", "letter", "case", "desk", "rdns", "delist", "rules"
        ),
    }
}
