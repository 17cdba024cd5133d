//! The document of an aggregate report: RFC 7489 Appendix C, RFC 9990 Appendix A, and what reporters make of them.
//!
//! One pass over the events of the XML, without a tree: what is not known is passed over with all that it holds, so both
//! schemas and the extensions of either are read alike. Names count without their prefix. A document type is refused, and
//! no entity is known but XML's own five, so nothing grows. Values beyond [`LONGEST_VALUE`] octets are cut.

use std::net::IpAddr;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Action, AggregateReport, ReportRecord};
use crate::address::Domain;

/// Elements within each other; a report needs five.
const DEEPEST: usize = 16;
/// Records of a report: the largest senders have some ten thousand sources a day.
pub const MOST_RECORDS: usize = 20_000;
/// Octets of a value that are kept.
const LONGEST_VALUE: usize = 1024;
/// Letters of a name or number for people.
const LONGEST_NAME: usize = 200;
/// Messages of one record; more is a mistake or a lie.
const MOST_MESSAGES: u64 = 1_000_000_000;
/// Seconds of a report: a day is usual, a week is asked for by `ri` of old records.
const LONGEST_TIME: u64 = 31 * 86_400;

/// Why a document is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Its root is something else.
    #[error("it is another document")]
    NotAReport,
    /// It is no XML; what is said of it may quote the document, and is for nobody's log.
    #[error("it is not well-formed")]
    Malformed(String),
    /// It has a document type, which reports have not.
    #[error("it has a document type")]
    DocumentType,
    /// Elements lie too deep.
    #[error("its elements lie more than {DEEPEST} deep")]
    TooDeep,
    /// Too many records.
    #[error("it has more than {MOST_RECORDS} records")]
    TooManyRecords,
    /// Something is missing without which it says nothing.
    #[error("it has no usable {0}")]
    Missing(&'static str),
}

/// Reads a document.
///
/// # Errors
/// [`XmlError`].
pub fn read(document: &[u8]) -> Result<AggregateReport, XmlError> {
    // Other encodings occur in names only, which are for people.
    let text = String::from_utf8_lossy(document);
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text));
    let mut building = Building::default();
    loop {
        let event = reader.read_event().map_err(|error| XmlError::Malformed(error.to_string()))?;
        match event {
            Event::Start(element) => building.enter(element.local_name().as_ref())?,
            Event::Empty(element) => {
                building.enter(element.local_name().as_ref())?;
                building.leave()?;
            }
            Event::End(_) => building.leave()?,
            Event::Text(text) => building.add(&text.into_inner()),
            Event::CData(text) => building.add(&text.into_inner()),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten();
                let mut octets = [0; 4];
                match (character, &*reference.into_inner()) {
                    (Some(character), _) => building.add(character.encode_utf8(&mut octets)),
                    (None, "amp") => building.add("&"),
                    (None, "lt") => building.add("<"),
                    (None, "gt") => building.add(">"),
                    (None, "quot") => building.add("\""),
                    (None, "apos") => building.add("'"),
                    (None, _) => building.add("\u{fffd}"),
                }
            }
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => return building.finish(),
        }
    }
}

/// What has been read so far.
#[derive(Default)]
struct Building {
    path: Vec<&'static str>,
    has_root: bool,
    value: String,
    organisation: String,
    id: String,
    begin: Option<u64>,
    end: Option<u64>,
    domain: Option<Domain>,
    policy: Option<Action>,
    record: Row,
    records: Vec<ReportRecord>,
    unreadable: usize,
}

/// A record that is being read.
#[derive(Default)]
struct Row {
    source: Option<IpAddr>,
    messages: Option<u32>,
    disposition: Option<Action>,
    dkim_aligned: bool,
    spf_aligned: bool,
    header_from: Option<Domain>,
}

impl Building {
    fn enter(&mut self, name: &str) -> Result<(), XmlError> {
        if self.path.is_empty() && name != "feedback" {
            return Err(XmlError::NotAReport);
        }
        if self.path.len() == DEEPEST {
            return Err(XmlError::TooDeep);
        }
        self.has_root = true;
        self.path.push(known(name));
        self.value.clear();
        Ok(())
    }

    fn add(&mut self, text: &str) {
        let room = LONGEST_VALUE.saturating_sub(self.value.len());
        let end = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.value.push_str(&text[..end]);
    }

    fn leave(&mut self) -> Result<(), XmlError> {
        let value = self.value.trim();
        match self.path.as_slice() {
            ["feedback", "report_metadata", "org_name"] => self.organisation = for_people(value),
            ["feedback", "report_metadata", "report_id"] => self.id = for_people(value),
            ["feedback", "report_metadata", "date_range", "begin"] => self.begin = value.parse().ok(),
            ["feedback", "report_metadata", "date_range", "end"] => self.end = value.parse().ok(),
            ["feedback", "policy_published", "domain"] => self.domain = domain(value),
            ["feedback", "policy_published", "p"] => self.policy = Action::of(value),
            ["feedback", "record", "row", "source_ip"] => self.record.source = value.parse().ok(),
            ["feedback", "record", "row", "count"] => self.record.messages = messages(value),
            ["feedback", "record", "row", "policy_evaluated", "disposition"] => {
                // RFC 9990 Appendix A: also `pass`, where nothing was to be done.
                self.record.disposition = Action::of(value);
            }
            ["feedback", "record", "row", "policy_evaluated", "dkim"] => {
                self.record.dkim_aligned = value.eq_ignore_ascii_case("pass");
            }
            ["feedback", "record", "row", "policy_evaluated", "spf"] => {
                self.record.spf_aligned = value.eq_ignore_ascii_case("pass");
            }
            ["feedback", "record", "identifiers", "header_from"] => self.record.header_from = domain(value),
            ["feedback", "record"] => self.end_record()?,
            _ => {}
        }
        self.path.pop();
        self.value.clear();
        Ok(())
    }

    fn end_record(&mut self) -> Result<(), XmlError> {
        if self.records.len() + self.unreadable == MOST_RECORDS {
            return Err(XmlError::TooManyRecords);
        }
        let row = std::mem::take(&mut self.record);
        // The policy stands in front of the records; its domain is that of From where a reporter leaves that out.
        let (Some(source), Some(messages), Some(header_from)) =
            (row.source, row.messages, row.header_from.or_else(|| self.domain.clone()))
        else {
            self.unreadable += 1;
            return Ok(());
        };
        self.records.push(ReportRecord {
            source: source.to_canonical(),
            messages,
            disposition: row.disposition.unwrap_or(Action::None),
            dkim_aligned: row.dkim_aligned,
            spf_aligned: row.spf_aligned,
            header_from,
        });
        Ok(())
    }

    fn finish(self) -> Result<AggregateReport, XmlError> {
        if !self.has_root {
            return Err(XmlError::NotAReport);
        }
        if !self.path.is_empty() {
            return Err(XmlError::Malformed("it is cut off".to_owned()));
        }
        let (Some(begin), Some(end)) = (self.begin, self.end) else {
            return Err(XmlError::Missing("time"));
        };
        if end < begin || end - begin > LONGEST_TIME {
            return Err(XmlError::Missing("time"));
        }
        if self.id.is_empty() {
            return Err(XmlError::Missing("report_id"));
        }
        if self.records.is_empty() {
            return Err(XmlError::Missing("record"));
        }
        Ok(AggregateReport {
            organisation: self.organisation,
            id: self.id,
            begin,
            end,
            domain: self.domain.ok_or(XmlError::Missing("domain"))?,
            policy: self.policy,
            records: self.records,
            unreadable: self.unreadable,
        })
    }
}

/// The elements that count; all others are alike.
fn known(name: &str) -> &'static str {
    const NAMES: [&str; 20] = [
        "feedback",
        "report_metadata",
        "org_name",
        "report_id",
        "date_range",
        "begin",
        "end",
        "policy_published",
        "domain",
        "p",
        "record",
        "row",
        "source_ip",
        "count",
        "policy_evaluated",
        "disposition",
        "dkim",
        "spf",
        "identifiers",
        "header_from",
    ];
    NAMES.into_iter().find(|known| *known == name).unwrap_or("")
}

fn domain(value: &str) -> Option<Domain> {
    Domain::new(value.trim_end_matches('.')).ok()
}

fn messages(value: &str) -> Option<u32> {
    let count: u64 = value.parse().ok()?;
    (1..=MOST_MESSAGES).contains(&count).then(|| u32::try_from(count).ok()).flatten()
}

/// Without what moves a terminal's cursor.
fn for_people(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_NAME).collect()
}
