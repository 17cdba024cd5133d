//! What is there: the answers of the authoritative servers to every question that was put to them.

use std::collections::BTreeMap;

use postamt_net::dns::record::{RecordData, RecordKind};

/// What the servers of a zone said to one question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// What any of them has.
    pub records: Vec<RecordData>,
    /// What each of them has that answered, by its name.
    pub servers: Vec<(String, Vec<RecordData>)>,
    /// Why nothing is known.
    pub failure: Option<String>,
}

impl Seen {
    /// As if one server had said it.
    #[must_use]
    pub fn of(records: Vec<RecordData>) -> Self {
        Self { servers: vec![(String::new(), records.clone())], records, failure: None }
    }

    /// Nobody could be asked.
    #[must_use]
    pub fn failed(reason: impl Into<String>) -> Self {
        Self { failure: Some(reason.into()), ..Self::default() }
    }

    /// Whether any server has this record.
    #[must_use]
    pub fn somewhere(&self, record: &RecordData) -> bool {
        self.records.contains(record)
    }

    /// Whether every server that answered has it.
    #[must_use]
    pub fn everywhere(&self, record: &RecordData) -> bool {
        !self.servers.is_empty() && self.servers.iter().all(|(_, records)| records.contains(record))
    }
}

/// All answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present(BTreeMap<(String, RecordKind), Seen>);

impl Present {
    /// Nothing was asked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes an answer.
    pub fn insert(&mut self, name: &str, kind: RecordKind, seen: Seen) {
        self.0.insert((name.to_owned(), kind), seen);
    }

    /// The answer to a question.
    #[must_use]
    pub fn at(&self, name: &str, kind: RecordKind) -> Option<&Seen> {
        self.0.get(&(name.to_owned(), kind))
    }

    /// The records of a name; none when there are none or nobody was asked.
    #[must_use]
    pub fn records(&self, name: &str, kind: RecordKind) -> &[RecordData] {
        self.at(name, kind).map_or(&[], |seen| &seen.records)
    }

    /// The texts of a name.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.records(name, RecordKind::Txt).iter().filter_map(|record| match record {
            RecordData::Txt(text) => Some(text.as_str()),
            _ => None,
        })
    }
}
