//! Records as people and programs take them: lines of a zone, the fields of a provider's form, JSON.

use postamt_net::dns::record::RecordData;
use serde::Serialize;

use super::{Judged, Purpose, State, TTL, Weight};

/// A line of a zone file.
#[must_use]
pub fn zone_line(name: &str, data: &RecordData) -> String {
    format!("{name}. {TTL} IN {} {data}", data.kind())
}

/// A record as JSON shows it.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// What for.
    pub purpose: Purpose,
    /// How much depends on it.
    pub weight: Weight,
    /// Whether DNS says it; absent where nobody was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: &'static str,
    /// Its value, texts without quotes and in one piece.
    pub value: String,
    /// Time to live, in seconds.
    pub ttl: u32,
    /// The line of a zone.
    pub zone_line: String,
    /// Values that must go.
    pub replaces: Vec<String>,
    /// Why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Shown {
    /// With the state, when DNS was asked.
    #[must_use]
    pub fn new(judged: &Judged, asked: bool) -> Self {
        let wanted = &judged.wanted;
        Self {
            purpose: wanted.purpose,
            weight: wanted.weight,
            state: asked.then_some(judged.state),
            name: wanted.name.clone(),
            kind: wanted.data.kind().name(),
            value: wanted.data.plain(),
            ttl: TTL,
            zone_line: zone_line(&wanted.name, &wanted.data),
            replaces: wanted.replaces.iter().map(RecordData::plain).collect(),
            failure: judged.failure.clone(),
        }
    }
}

/// How a form wants long texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// Without quotes and in one piece: nearly all do, and part them themselves.
    Whole,
    /// In quotes and in parts of 255 octets (RFC 1035 §3.3.14).
    Parted,
}

/// A row of a provider's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Type.
    pub kind: &'static str,
    /// The name relative to its zone, `@` for the zone itself.
    pub host: String,
    /// Time to live, in seconds.
    pub ttl: u32,
    /// Priority, where the type has one.
    pub priority: String,
    /// The rest of the value; names without final dot.
    pub value: String,
}

/// The fields of a form for a zone.
#[must_use]
pub fn row(name: &str, zone: &str, data: &RecordData, texts: Texts) -> Row {
    let host = match name.strip_suffix(zone) {
        Some("") => "@",
        Some(above) => above.trim_end_matches('.'),
        None => name,
    };
    let (priority, value) = match data {
        RecordData::Mx { preference, exchange } => (preference.to_string(), exchange.clone()),
        RecordData::Srv { priority, weight, port, target } => {
            (priority.to_string(), format!("{weight} {port} {target}"))
        }
        RecordData::Cname(name) | RecordData::Ptr(name) => (String::new(), name.clone()),
        RecordData::Txt(_) if texts == Texts::Parted => (String::new(), data.to_string()),
        other => (String::new(), other.plain()),
    };
    Row { kind: data.kind().name(), host: host.to_owned(), ttl: TTL, priority, value }
}

/// Rows with columns of equal width; the value, which may be long, at the end.
#[must_use]
pub fn table(heads: [&str; 5], rows: &[Row]) -> Vec<String> {
    let cells = |row: &Row| {
        let ttl = row.ttl.to_string();
        [row.kind.to_owned(), row.host.clone(), ttl, row.priority.clone(), row.value.clone()]
    };
    let mut lines: Vec<[String; 5]> = vec![heads.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    let line = |[kind, host, ttl, priority, value]: &[String; 5]| {
        let [first, second, third, fourth] = widths;
        format!("{kind:first$}  {host:second$}  {ttl:third$}  {priority:fourth$}  {value}")
    };
    lines.iter().map(line).collect()
}
