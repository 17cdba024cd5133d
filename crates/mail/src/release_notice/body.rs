//! The body of a notice: TOML. Keys that are not known are passed over, so that later notices can say more; what is
//! known must be right, since half a notice would look like a whole one.

use serde::Deserialize;
use toml::value::{Datetime, Offset};

use super::{Advisory, FORMAT, Gravity, Notice};
use crate::date;

/// Advisories in a notice.
const ADVISORIES: usize = 200;
/// Characters of a title.
const TITLE: usize = 300;
/// Octets of an id.
const ID: usize = 40;
/// Octets of an address.
const URL: usize = 400;

#[derive(Deserialize)]
struct Form {
    format: String,
}

#[derive(Deserialize)]
struct Body {
    issued: Datetime,
    valid_until: Datetime,
    latest: String,
    url: String,
    #[serde(default)]
    advisory: Vec<RawAdvisory>,
}

#[derive(Deserialize)]
struct RawAdvisory {
    id: String,
    affected: Vec<String>,
    severity: String,
    title: Title,
    url: String,
}

#[derive(Deserialize)]
struct Title {
    en: String,
    de: String,
}

pub(super) fn read(text: &str) -> Result<Notice, String> {
    let Form { format } = toml::from_str(text).map_err(|error| error.to_string())?;
    if format != FORMAT {
        return Err(format!("its format is {format:?}, not {FORMAT:?}"));
    }
    let body: Body = toml::from_str(text).map_err(|error| error.to_string())?;
    let (issued, valid_until) = (seconds(&body.issued)?, seconds(&body.valid_until)?);
    if valid_until <= issued {
        return Err(format!("it ends at {} and begins later, at {}", body.valid_until, body.issued));
    }
    if body.advisory.len() > ADVISORIES {
        return Err(format!("it has more than {ADVISORIES} advisories"));
    }
    let advisories: Vec<Advisory> = body.advisory.into_iter().map(advisory).collect::<Result<_, _>>()?;
    for (number, advisory) in advisories.iter().enumerate() {
        if advisories[..number].iter().any(|other| other.id == advisory.id) {
            return Err(format!("advisory {} stands twice", advisory.id));
        }
    }
    Ok(Notice { issued, valid_until, latest: body.latest.parse()?, url: address(body.url)?, advisories })
}

fn advisory(raw: RawAdvisory) -> Result<Advisory, String> {
    let is_id = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_');
    if raw.id.is_empty() || raw.id.len() > ID || !raw.id.bytes().all(is_id) {
        return Err(format!("{:?} is no id of an advisory", raw.id));
    }
    if raw.affected.is_empty() {
        return Err(format!("advisory {} affects no version", raw.id));
    }
    let gravity = Gravity::ALL.into_iter().find(|gravity| gravity.name() == raw.severity);
    let gravity = gravity.ok_or_else(|| format!("{:?} is no severity", raw.severity))?;
    Ok(Advisory {
        id: raw.id,
        affected: raw.affected.iter().map(|range| range.parse()).collect::<Result<_, String>>()?,
        gravity,
        title_en: title(raw.title.en)?,
        title_de: title(raw.title.de)?,
        url: address(raw.url)?,
    })
}

/// It stands in a letter and on terminals: a line without anything that moves a cursor.
fn title(text: String) -> Result<String, String> {
    let is_good = !text.trim().is_empty() && text.chars().count() <= TITLE;
    if is_good && !text.chars().any(char::is_control) {
        Ok(text)
    } else {
        Err(format!("{text:?} is no title"))
    }
}

fn address(text: String) -> Result<String, String> {
    let host = text.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let is_good = !host.is_empty() && text.len() <= URL && text.bytes().all(|octet| octet.is_ascii_graphic());
    if is_good { Ok(text) } else { Err(format!("{text:?} is no https address")) }
}

/// Seconds since 1970 of a moment in UTC (RFC 3339 §5.6).
fn seconds(moment: &Datetime) -> Result<u64, String> {
    let wrong = || format!("{moment} is no moment in UTC after 1970, such as 2026-11-24T08:00:00Z");
    let (Some(day), Some(time), Some(Offset::Z)) = (&moment.date, &moment.time, &moment.offset) else {
        return Err(wrong());
    };
    let days = date::days(u64::from(day.year), usize::from(day.month), u64::from(day.day));
    let within = u64::from(time.hour) * 3600 + u64::from(time.minute) * 60;
    Ok(days.ok_or_else(wrong)? * 86_400 + within + u64::from(time.second.unwrap_or(0)))
}
