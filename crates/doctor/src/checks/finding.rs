//! What a check has to say: plain values with stable ids. The sentences are in the catalogue, under the id.
//!
//! The finding `ptr.missing` is told by `doctor-ptr-missing`, what is expected by `doctor-ptr-missing-expected`, and
//! what to do by `doctor-ptr-missing-now`; all three may use every value of the finding.

use std::borrow::Cow;
use std::collections::BTreeMap;

use postamt_mail::refusals::Recognised;
use postamt_net::dns::record::RecordData;
use serde::{Serialize, Serializer};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Worth knowing, nothing to mend.
    Note,
    /// It could not be found out. Never counted as bad.
    Unknown,
    /// It costs mail or reputation sooner or later.
    Warning,
    /// Mail is refused or lost because of it.
    Error,
}

impl Severity {
    /// Counted as a finding by the exit code.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Warning | Self::Error)
    }

    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It was seen and leaves no doubt.
    Certain,
    /// Very likely, by a rule that has exceptions.
    Likely,
    /// A guess.
    Guess,
}

impl Certainty {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Guess => "guess",
        }
    }
}

/// A kind of finding: constants of the check that can say it.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// `check.what`: stable, for programs and for `--only`.
    pub id: &'static str,
    /// How bad it is, unless the check says otherwise.
    pub severity: Severity,
    /// Where the expectation comes from: a clause of an RFC, or a provider's page. Empty where nothing is amiss.
    pub source: &'static str,
}

impl Kind {
    /// As it should be.
    #[must_use]
    pub const fn ok(id: &'static str) -> Self {
        Self { id, severity: Severity::Ok, source: "" }
    }

    /// Worth knowing.
    #[must_use]
    pub const fn note(id: &'static str, source: &'static str) -> Self {
        Self { id, severity: Severity::Note, source }
    }

    /// Could not be found out.
    #[must_use]
    pub const fn unknown(id: &'static str) -> Self {
        Self { id, severity: Severity::Unknown, source: "" }
    }

    /// Costs mail sooner or later.
    #[must_use]
    pub const fn warning(id: &'static str, source: &'static str) -> Self {
        Self { id, severity: Severity::Warning, source }
    }

    /// Costs mail.
    #[must_use]
    pub const fn error(id: &'static str, source: &'static str) -> Self {
        Self { id, severity: Severity::Error, source }
    }

    /// The id of its sentence; `part` is empty, `expected` or `now`.
    #[must_use]
    pub fn sentence(&self, part: &str) -> String {
        let id = self.id.replace(['.', '_'], "-");
        if part.is_empty() { format!("doctor-{id}") } else { format!("doctor-{id}-{part}") }
    }
}

/// What stands in for a variable of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Datum {
    /// Verbatim text.
    Text(String),
    /// A number: chooses the plural.
    Number(u64),
    /// A sentence of the catalogue, said in the reader's language.
    Sentence(&'static str),
    /// A point in time, seconds since 1970.
    Time(u64),
    /// A sentence from elsewhere, in both languages.
    Both {
        /// In English; also the one in JSON.
        en: String,
        /// In German.
        de: String,
    },
    /// A part of a refusal's explanation.
    Refusal {
        /// Which part.
        part: RefusalPart,
        /// The refusal.
        refusal: Recognised,
        /// Who said it, where the provider is not known.
        host: String,
    },
}

/// What is said of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalPart {
    /// What it is about.
    Kind,
    /// Whose matter it is.
    Fault,
    /// What helps.
    Remedy,
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) | Self::Both { en: text, .. } => serializer.serialize_str(text),
            Self::Number(number) | Self::Time(number) => serializer.serialize_u64(*number),
            Self::Sentence(id) => serializer.serialize_str(id),
            Self::Refusal { part, refusal, .. } => serializer.serialize_str(match part {
                RefusalPart::Kind => refusal.pattern.kind.name(),
                RefusalPart::Fault => refusal.pattern.fault.name(),
                RefusalPart::Remedy => refusal.pattern.remedy.name(),
            }),
        }
    }
}

/// What to do, in a form that can be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Remedy {
    /// A DNS record that is to be there, in place of those of the same name that `replaces` holds verbatim.
    Record {
        /// The owner, without the final dot.
        name: String,
        /// `A`, `TXT`, `PTR` and so on.
        #[serde(rename = "type")]
        record_type: &'static str,
        /// The data as a zone file has it, names with the final dot.
        value: String,
        /// Data of records of that name and type that must go.
        replaces: Vec<String>,
    },
    /// A record that must go.
    NoRecord {
        /// The owner.
        name: String,
        /// Its type.
        #[serde(rename = "type")]
        record_type: &'static str,
        /// Its data.
        value: String,
    },
    /// A command of the shell.
    Command {
        /// The line.
        line: String,
    },
    /// A setting of Postamt's configuration.
    Setting {
        /// The lines, section included.
        lines: String,
    },
    /// A page, as of a list that takes addresses off.
    Page {
        /// Its address.
        url: String,
    },
}

impl Remedy {
    /// A record to add.
    #[must_use]
    pub fn record(name: impl Into<String>, record_type: &'static str, value: impl Into<String>) -> Self {
        Self::Record { name: name.into(), record_type, value: value.into(), replaces: Vec::new() }
    }

    /// A text to add, in place of those `there` that are others.
    #[must_use]
    pub fn text<'a>(name: impl Into<String>, value: &str, there: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Record {
            name: name.into(),
            record_type: "TXT",
            value: quoted(value),
            replaces: there.into_iter().filter(|text| *text != value).map(quoted).collect(),
        }
    }

    /// A command.
    #[must_use]
    pub fn command(line: impl Into<String>) -> Self {
        Self::Command { line: line.into() }
    }

    /// What is to be copied, as lines; `None` for what is to be taken away.
    #[must_use]
    pub fn lines(&self) -> String {
        match self {
            Self::Record { name, record_type, value, replaces } => {
                let gone = replaces.iter().map(|old| format!("- {name}. IN {record_type} {old}\n"));
                format!("{}{name}. IN {record_type} {value}", gone.collect::<String>())
            }
            Self::NoRecord { name, record_type, value } => format!("- {name}. IN {record_type} {value}"),
            Self::Command { line } => line.clone(),
            Self::Setting { lines } => lines.clone(),
            Self::Page { url } => url.clone(),
        }
    }
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub kind: &'static Kind,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub certainty: Certainty,
    /// The address, name or file that it is about.
    pub about: String,
    /// What was seen, verbatim: records, replies, rules.
    pub seen: Vec<String>,
    /// Where the expectation comes from.
    pub source: Cow<'static, str>,
    /// The variables of the sentences.
    pub values: BTreeMap<&'static str, Datum>,
    /// What to do, ready to be copied.
    pub remedies: Vec<Remedy>,
}

impl Finding {
    /// A finding about something; its sentences know it as `$about`.
    #[must_use]
    pub fn new(kind: &'static Kind, about: impl ToString) -> Self {
        let about = about.to_string();
        Self {
            kind,
            severity: kind.severity,
            certainty: Certainty::Certain,
            values: BTreeMap::from([("about", Datum::Text(about.clone()))]),
            about,
            seen: Vec::new(),
            source: Cow::Borrowed(kind.source),
            remedies: Vec::new(),
        }
    }

    /// With a variable.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.insert(name, Datum::Text(value.to_string()));
        self
    }

    /// With a number.
    #[must_use]
    pub fn with_number(mut self, name: &'static str, value: u64) -> Self {
        self.values.insert(name, Datum::Number(value));
        self
    }

    /// With a variable of any kind.
    #[must_use]
    pub fn with_datum(mut self, name: &'static str, value: Datum) -> Self {
        self.values.insert(name, value);
        self
    }

    /// With what was seen.
    #[must_use]
    pub fn seen(mut self, line: impl ToString) -> Self {
        self.seen.push(line.to_string());
        self
    }

    /// With a text that was seen at this name, as it stands in the zone.
    #[must_use]
    pub fn seen_text(self, name: &str, text: &str) -> Self {
        self.seen(format!("{name}. IN TXT {}", quoted(text)))
    }

    /// With all that were seen there.
    #[must_use]
    pub fn seen_texts<T: AsRef<str>>(self, name: &str, texts: &[T]) -> Self {
        texts.iter().fold(self, |finding, text| finding.seen_text(name, text.as_ref()))
    }

    /// With something to do.
    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedies.push(remedy);
        self
    }

    /// Less than certain.
    #[must_use]
    pub fn surely(mut self, certainty: Certainty) -> Self {
        self.certainty = certainty;
        self
    }

    /// Better or worse than usual.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// With another source.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Cow::Owned(source.into());
        self
    }

    /// The check that says it: the part of the id before the dot.
    #[must_use]
    pub fn check(&self) -> &'static str {
        self.kind.id.split('.').next().unwrap_or(self.kind.id)
    }
}

/// A text as a zone file has it (RFC 1035 §5.1).
pub(crate) fn quoted(text: &str) -> String {
    RecordData::Txt(text.to_owned()).to_string()
}
