//! The table of app passwords, in the file of the accounts: `accounts.rs` calls these with its connection, on a blocking
//! thread. They fail as SQLite fails; lists in a column are JSON.

use ipnet::IpNet;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use crate::accounts::{AppPassword, LastUse, ScramKeys, SendAs};

pub(super) fn list(connection: &Connection, account: &str) -> rusqlite::Result<Vec<AppPassword>> {
    let mut statement = connection.prepare_cached(
        "SELECT account, name, digest, scram_salt, scram_iterations, scram_stored_key, scram_server_key, \
         send_as, networks, until, created_at, last_used_at, last_used_from \
         FROM app_passwords WHERE account = ?1 ORDER BY name",
    )?;
    statement.query_map([account], read)?.collect()
}

/// Adds nothing, and says 0, when there is no such account.
pub(super) fn add(connection: &Connection, password: &AppPassword) -> rusqlite::Result<usize> {
    let send_as = json(&password.send_as)?;
    let networks = json(&password.networks)?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO app_passwords (account, name, digest, scram_salt, scram_iterations, scram_stored_key, \
         scram_server_key, send_as, networks, until, created_at) \
         SELECT name, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM accounts WHERE name = ?1",
    )?;
    statement.execute(params![
        password.account.to_lowercase(),
        password.name.to_lowercase(),
        password.digest,
        password.scram.salt,
        password.scram.iterations,
        password.scram.stored_key,
        password.scram.server_key,
        send_as,
        networks,
        password.until.map(|until| until as i64),
        password.created_at as i64,
    ])
}

pub(super) fn note_use(
    connection: &Connection,
    account: &str,
    name: &str,
    last_use: LastUse,
) -> rusqlite::Result<()> {
    let from = last_use.from.map(|from| from.to_string());
    let mut statement = connection.prepare_cached(
        "UPDATE app_passwords SET last_used_at = ?3, last_used_from = ?4 WHERE account = ?1 AND name = ?2",
    )?;
    statement.execute(params![account.to_lowercase(), name.to_lowercase(), last_use.at as i64, from])?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn read(row: &Row<'_>) -> rusqlite::Result<AppPassword> {
    let wrong = |column: usize| {
        move |error: Box<dyn std::error::Error + Send + Sync>| {
            rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error)
        }
    };
    let send_as: Vec<SendAs> =
        serde_json::from_str(&row.get::<_, String>(7)?).map_err(|error| wrong(7)(error.into()))?;
    let networks: Vec<IpNet> =
        serde_json::from_str(&row.get::<_, String>(8)?).map_err(|error| wrong(8)(error.into()))?;
    let from: Option<String> = row.get(12)?;
    let from = from.map(|text| text.parse()).transpose();
    let from = from.map_err(|error: std::net::AddrParseError| wrong(12)(error.into()))?;
    let last_used_at: Option<i64> = row.get(11)?;
    Ok(AppPassword {
        account: row.get(0)?,
        name: row.get(1)?,
        digest: row.get(2)?,
        scram: ScramKeys {
            salt: row.get(3)?,
            iterations: row.get(4)?,
            stored_key: row.get(5)?,
            server_key: row.get(6)?,
        },
        send_as,
        networks,
        until: row.get::<_, Option<i64>>(9)?.map(|until| until as u64),
        created_at: row.get::<_, i64>(10)? as u64,
        last_use: last_used_at.map(|at| LastUse { at: at as u64, from }),
    })
}
