//! The statements of the history.

use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

use crate::history::{AttemptRecord, MessageRecord, Query};
use crate::queue_id::QueueId;

const COLUMNS: &str =
    "id, received_at, finished_at, size, sender, recipients, account, channel, message_id, attempts";

/// Writes a whole message over whatever is known of it.
pub(super) fn write(connection: &Connection, message: &MessageRecord) -> rusqlite::Result<()> {
    let mut attempts = String::new();
    for attempt in &message.attempts {
        write_attempt(attempt, &mut attempts)?;
    }
    let message_key = message.message_id.as_deref().map(key);
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO messages (id, received_at, finished_at, size, message_key, sender, recipients, \
         account, channel, message_id, attempts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    statement.execute(params![
        message.id as i64,
        message.received_at as i64,
        message.finished_at.map(|time| time as i64),
        message.size as i64,
        message_key,
        message.sender,
        message.recipients.join("\n"),
        message.account,
        message.channel,
        message.message_id,
        attempts,
    ])?;
    Ok(())
}

/// Adds an attempt to a message that is known; an unknown one (lost in a crash) stays unknown.
pub(super) fn add_attempt(
    connection: &Connection,
    id: QueueId,
    attempt: &AttemptRecord,
    finished_at: Option<u64>,
) -> rusqlite::Result<()> {
    let mut line = String::new();
    write_attempt(attempt, &mut line)?;
    let mut statement = connection.prepare_cached(
        "UPDATE messages SET attempts = attempts || ?2, finished_at = coalesce(?3, finished_at) WHERE id = ?1",
    )?;
    statement.execute(params![id.0 as i64, line, finished_at.map(|time| time as i64)])?;
    Ok(())
}

/// Deletes some messages that were finished before a time; returns how many, 0 when none is left.
pub(super) fn expire(connection: &Connection, finished_before: u64, most: u32) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE finished_at < ?1 ORDER BY id LIMIT ?2)",
    )?;
    statement.execute(params![finished_before as i64, most])
}

/// One message.
pub(super) fn find(connection: &Connection, id: QueueId) -> rusqlite::Result<Option<MessageRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM messages WHERE id = ?1");
    connection.prepare_cached(&sql)?.query_row([id.0 as i64], read).optional()
}

/// Messages that match, newest first.
pub(super) fn search(connection: &Connection, query: &Query) -> rusqlite::Result<Vec<MessageRecord>> {
    let message_id = query.message_id.as_deref().map(bare);
    let mut sql = format!("SELECT {COLUMNS} FROM messages WHERE ");
    if message_id.is_some() {
        // The hash finds it, the text decides.
        sql.push_str("message_key = ?1 AND trim(trim(message_id), '<>') = ?2 AND ");
    } else {
        sql.push_str("?1 IS NULL AND ?2 IS NULL AND ");
    }
    sql.push_str(
        "(?3 IS NULL OR sender LIKE ?3 ESCAPE '\\') AND (?4 IS NULL OR recipients LIKE ?4 ESCAPE '\\') \
         ORDER BY id DESC LIMIT ?5",
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(
        params![
            message_id.map(key),
            message_id,
            query.sender.as_deref().map(contains),
            query.recipient.as_deref().map(contains),
            i64::try_from(query.limit).unwrap_or(i64::MAX),
        ],
        read,
    )?;
    found.collect()
}

/// A Message-ID without space and angle brackets around it.
fn bare(message_id: &str) -> &str {
    message_id.trim().trim_matches(['<', '>'])
}

/// The hash under which a Message-ID is found (FNV-1a, 64 bits): it is stored, so it must never change.
fn key(message_id: &str) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for octet in bare(message_id).bytes() {
        hash = (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3);
    }
    hash as i64
}

/// A pattern for LIKE that takes the text literally.
fn contains(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

fn write_attempt(attempt: &AttemptRecord, out: &mut String) -> rusqlite::Result<()> {
    let line = serde_json::to_string(attempt)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    out.push_str(&line);
    out.push('\n');
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<MessageRecord> {
    let number = |column| row.get(column).map(|value: i64| value as u64);
    let recipients: String = row.get(5)?;
    let attempts: String = row.get(9)?;
    let attempts = attempts.lines().map(serde_json::from_str).collect::<Result<_, _>>();
    let finished_at: Option<i64> = row.get(2)?;
    Ok(MessageRecord {
        id: number(0)?,
        received_at: number(1)?,
        sender: row.get(4)?,
        recipients: recipients.split('\n').filter(|text| !text.is_empty()).map(str::to_owned).collect(),
        account: row.get(6)?,
        channel: row.get(7)?,
        size: number(3)?,
        message_id: row.get(8)?,
        attempts: attempts
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(9, Type::Text, error.into()))?,
        finished_at: finished_at.map(|time| time as u64),
    })
}
