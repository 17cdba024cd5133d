//! Times, spans and sizes as people read them, in the local time zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use postamt_mail::words::Words;

/// `2026-11-24 08:03:11`.
#[must_use]
pub fn date_and_time(unix_seconds: u64) -> String {
    let second = i64::try_from(unix_seconds).unwrap_or(i64::MAX);
    Timestamp::from_second(second).map_or_else(
        |_| unix_seconds.to_string(),
        |timestamp| timestamp.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

/// The second at which a day is over.
#[must_use]
pub fn end_of_day(day: jiff::civil::Date) -> Option<u64> {
    let next = TimeZone::system().to_timestamp(day.tomorrow().ok()?.at(0, 0, 0, 0)).ok()?;
    u64::try_from(next.as_second()).ok()
}

/// `4 min`, `3 h`, `2 d`: the largest unit that fits.
#[must_use]
pub fn span(words: &Words, seconds: u64) -> String {
    let (count, id) = match seconds {
        0..120 => (seconds, "queue-span-seconds"),
        120..7_200 => (seconds / 60, "queue-span-minutes"),
        7_200..172_800 => (seconds / 3_600, "queue-span-hours"),
        _ => (seconds / 86_400, "queue-span-days"),
    };
    words.get(id, &[("count", count.into())])
}

/// `712 B`, `4.1 kB`, `12.0 MB`.
#[must_use]
pub fn size(octets: u64) -> String {
    let scaled = |unit: u64| format!("{}.{}", octets / unit, octets % unit * 10 / unit);
    match octets {
        0..1_000 => format!("{octets} B"),
        1_000..1_000_000 => format!("{} kB", scaled(1_000)),
        _ => format!("{} MB", scaled(1_000_000)),
    }
}
