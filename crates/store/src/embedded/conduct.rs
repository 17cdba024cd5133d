//! The conduct of accounts in SQLite. A commit is on disk with the next checkpoint of the log: nothing waits for it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::database::{self, DatabaseError, Durability};
use crate::PortFuture;
use crate::conduct::{Changes, Conduct, ConductError, Conducts, Known};

const MIGRATIONS: &[&str] = &["CREATE TABLE secret (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    value BLOB NOT NULL
) STRICT;
CREATE TABLE conduct (
    account TEXT PRIMARY KEY,
    last INTEGER NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE known (
    account TEXT NOT NULL,
    tag INTEGER NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (account, tag)
) STRICT, WITHOUT ROWID;"];

/// See the head of this file.
pub struct SqliteConducts {
    connection: Arc<Mutex<Connection>>,
}

impl SqliteConducts {
    /// Opens or creates the file. Blocks.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DatabaseError> {
        let connection = database::open(path.as_ref(), Durability::Late, MIGRATIONS)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, ConductError> + Send + 'static,
    ) -> PortFuture<'_, Result<T, ConductError>> {
        let connection = Arc::clone(&self.connection);
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || {
                // A panic in between leaves a connection that is still good: a transaction that is dropped is undone.
                work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
            });
            done.await.unwrap_or_else(|error| Err(ConductError(error.to_string())))
        })
    }
}

fn failed(error: impl std::fmt::Display) -> ConductError {
    ConductError(error.to_string())
}

/// SQLite's integers are signed; no time comes near their end.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn secret(connection: &mut Connection) -> Result<[u8; 32], ConductError> {
    // `randomblob` is SQLite's own generator, seeded by the system's.
    connection
        .execute("INSERT OR IGNORE INTO secret (number, value) VALUES (1, randomblob(32))", [])
        .map_err(failed)?;
    let value: Option<Vec<u8>> =
        connection.query_row("SELECT value FROM secret", [], |row| row.get(0)).optional().map_err(failed)?;
    value.unwrap_or_default().try_into().map_err(|_| failed("the secret is not 32 octets long"))
}

fn read_conducts(connection: &mut Connection) -> Result<Vec<Conduct>, ConductError> {
    let mut statement =
        connection.prepare_cached("SELECT value FROM conduct ORDER BY account").map_err(failed)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
    let texts: Vec<String> = rows.collect::<Result<_, _>>().map_err(failed)?;
    Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
}

fn read_known(connection: &mut Connection) -> Result<Vec<Known>, ConductError> {
    let mut statement = connection
        .prepare_cached("SELECT account, tag, day FROM known ORDER BY account, tag")
        .map_err(failed)?;
    let rows = statement
        .query_map([], |row| {
            let tag: i64 = row.get(1)?;
            Ok(Known { account: row.get(0)?, tag: tag.cast_unsigned(), day: row.get(2)? })
        })
        .map_err(failed)?;
    rows.collect::<Result<_, _>>().map_err(failed)
}

fn write(transaction: &Transaction<'_>, changes: &Changes) -> Result<(), ConductError> {
    for conduct in &changes.conducts {
        let value = serde_json::to_string(conduct).map_err(failed)?;
        transaction
            .prepare_cached("INSERT OR REPLACE INTO conduct (account, last, value) VALUES (?1, ?2, ?3)")
            .and_then(|mut statement| {
                statement.execute(params![conduct.account, signed(conduct.last), value])
            })
            .map_err(failed)?;
    }
    for (account, day) in &changes.forgotten {
        transaction
            .prepare_cached("DELETE FROM known WHERE account = ?1 AND day <= ?2")
            .and_then(|mut statement| statement.execute(params![account, day]))
            .map_err(failed)?;
    }
    for Known { account, tag, day } in &changes.known {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO known (account, tag, day) VALUES (?1, ?2, ?3)")
            .and_then(|mut statement| statement.execute(params![account, tag.cast_signed(), day]))
            .map_err(failed)?;
    }
    Ok(())
}

impl Conducts for SqliteConducts {
    fn secret(&self) -> PortFuture<'_, Result<[u8; 32], ConductError>> {
        self.work(secret)
    }

    fn conducts(&self) -> PortFuture<'_, Result<Vec<Conduct>, ConductError>> {
        self.work(read_conducts)
    }

    fn known(&self) -> PortFuture<'_, Result<Vec<Known>, ConductError>> {
        self.work(read_known)
    }

    fn save(&self, changes: Changes) -> PortFuture<'_, Result<(), ConductError>> {
        self.work(move |connection| {
            let transaction = connection.transaction().map_err(failed)?;
            write(&transaction, &changes)?;
            transaction.commit().map_err(failed)
        })
    }

    fn forget_before(&self, time: u64, day: u32) -> PortFuture<'_, Result<(), ConductError>> {
        self.work(move |connection| {
            let transaction = connection.transaction().map_err(failed)?;
            transaction
                .execute("DELETE FROM conduct WHERE last < ?1", [signed(time)])
                .and_then(|_| transaction.execute("DELETE FROM known WHERE day < ?1", [day]))
                .and_then(|_| {
                    let sql = "DELETE FROM known WHERE account NOT IN (SELECT account FROM conduct)";
                    transaction.execute(sql, [])
                })
                .map_err(failed)?;
            transaction.commit().map_err(failed)
        })
    }
}
