//! The accounts in a SQLite file of their own.
//!
//! Every read asks the database on a blocking thread, so a change by another process (`postamt account add`
//! while the server runs) is seen at the next login. A change is on disk before it is answered.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use super::app_passwords;
use super::database::{Durability, Shared};
use crate::PortFuture;
use crate::accounts::{Account, AccountError, Accounts, AppPassword, LastUse, OwnLimits, ScramKeys, SendAs};

pub use super::database::DatabaseError;

const MIGRATIONS: &[&str] = &[
    "CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    scram_salt BLOB NOT NULL,
    scram_iterations INTEGER NOT NULL,
    scram_stored_key BLOB NOT NULL,
    scram_server_key BLOB NOT NULL,
    send_as TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID",
    "ALTER TABLE accounts ADD COLUMN limits TEXT NOT NULL DEFAULT '{}'",
    // SQLite's randomblob() is seeded by the system.
    "CREATE TABLE app_passwords (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    scram_salt BLOB NOT NULL,
    scram_iterations INTEGER NOT NULL,
    scram_stored_key BLOB NOT NULL,
    scram_server_key BLOB NOT NULL,
    send_as TEXT NOT NULL,
    networks TEXT NOT NULL,
    until INTEGER,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    last_used_from TEXT,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER app_passwords_go_with_their_account AFTER DELETE ON accounts
    BEGIN DELETE FROM app_passwords WHERE account = OLD.name; END;
CREATE TABLE secret (id INTEGER PRIMARY KEY CHECK (id = 0), value BLOB NOT NULL) STRICT;
INSERT INTO secret VALUES (0, randomblob(32));",
];

const COLUMNS: &str = "name, password_hash, scram_salt, scram_iterations, scram_stored_key, scram_server_key, \
                       send_as, enabled, created_at, limits";

/// The embedded accounts.
#[derive(Debug, Clone)]
pub struct SqliteAccounts {
    connection: Shared,
}

impl SqliteAccounts {
    /// Opens or creates the file (mode 0600). Blocks.
    ///
    /// # Errors
    /// The system or SQLite refuses, or a newer version has changed the file's form.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DatabaseError> {
        Ok(Self { connection: Shared::open(path.as_ref(), Durability::Full, MIGRATIONS)? })
    }

    /// Runs a step with the connection on a blocking thread.
    fn with<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Connection) -> Result<T, AccountError> + Send + 'static,
    ) -> PortFuture<'_, Result<T, AccountError>> {
        Box::pin(self.connection.work(move |connection| step(connection), AccountError::Database))
    }
}

impl Accounts for SqliteAccounts {
    fn add(&self, account: Account) -> PortFuture<'_, Result<(), AccountError>> {
        self.with(move |connection| {
            let sql =
                format!("INSERT INTO accounts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
            match write(connection, &sql, &account) {
                Ok(_) => Ok(()),
                Err(rusqlite::Error::SqliteFailure(error, _))
                    if error.code == ErrorCode::ConstraintViolation =>
                {
                    Err(AccountError::Exists)
                }
                Err(error) => Err(failure(error)),
            }
        })
    }

    fn find<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Option<Account>, AccountError>> {
        let name = name.to_lowercase();
        self.with(move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM accounts WHERE name = ?1");
            let mut statement = connection.prepare_cached(&sql).map_err(failure)?;
            statement.query_row([name], read).optional().map_err(failure)
        })
    }

    fn list(&self) -> PortFuture<'_, Result<Vec<Account>, AccountError>> {
        self.with(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM accounts ORDER BY name");
            let mut statement = connection.prepare_cached(&sql).map_err(failure)?;
            let accounts = statement.query_map([], read).map_err(failure)?;
            accounts.collect::<Result<_, _>>().map_err(failure)
        })
    }

    fn update(&self, account: Account) -> PortFuture<'_, Result<(), AccountError>> {
        self.with(move |connection| {
            let sql = "UPDATE accounts SET password_hash = ?2, scram_salt = ?3, scram_iterations = ?4, \
                       scram_stored_key = ?5, scram_server_key = ?6, send_as = ?7, enabled = ?8, \
                       created_at = ?9, limits = ?10 WHERE name = ?1";
            known(write(connection, sql, &account))
        })
    }

    fn remove<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<(), AccountError>> {
        let name = name.to_lowercase();
        self.with(move |connection| known(connection.execute("DELETE FROM accounts WHERE name = ?1", [name])))
    }

    fn rehash(&self, name: String, old: String, new: String) -> PortFuture<'_, Result<bool, AccountError>> {
        self.with(move |connection| {
            let sql = "UPDATE accounts SET password_hash = ?3 WHERE name = ?1 AND password_hash = ?2";
            let changed = connection.execute(sql, [name.to_lowercase(), old, new]);
            changed.map(|rows| rows == 1).map_err(failure)
        })
    }

    fn app_passwords<'a>(
        &'a self,
        account: &'a str,
    ) -> PortFuture<'a, Result<Vec<AppPassword>, AccountError>> {
        let account = account.to_lowercase();
        self.with(move |connection| app_passwords::list(connection, &account).map_err(failure))
    }

    fn add_app_password(&self, password: AppPassword) -> PortFuture<'_, Result<(), AccountError>> {
        self.with(move |connection| match app_passwords::add(connection, &password) {
            Ok(0) => Err(AccountError::Unknown),
            Ok(_) => Ok(()),
            Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == ErrorCode::ConstraintViolation => {
                Err(AccountError::DeviceExists)
            }
            Err(error) => Err(failure(error)),
        })
    }

    fn remove_app_password<'a>(
        &'a self,
        account: &'a str,
        name: &'a str,
    ) -> PortFuture<'a, Result<(), AccountError>> {
        let (account, name) = (account.to_lowercase(), name.to_lowercase());
        self.with(move |connection| {
            let sql = "DELETE FROM app_passwords WHERE account = ?1 AND name = ?2";
            match connection.execute(sql, [account, name]) {
                Ok(0) => Err(AccountError::DeviceUnknown),
                Ok(_) => Ok(()),
                Err(error) => Err(failure(error)),
            }
        })
    }

    fn note_use(
        &self,
        account: String,
        name: String,
        last_use: LastUse,
    ) -> PortFuture<'_, Result<(), AccountError>> {
        self.with(move |connection| {
            app_passwords::note_use(connection, &account, &name, last_use).map_err(failure)
        })
    }

    fn secret(&self) -> PortFuture<'_, Result<[u8; 32], AccountError>> {
        self.with(|connection| {
            connection.query_row("SELECT value FROM secret", [], |row| row.get(0)).map_err(failure)
        })
    }
}

fn write(connection: &Connection, sql: &str, account: &Account) -> rusqlite::Result<usize> {
    let send_as = serde_json::to_string(&account.send_as)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let limits = serde_json::to_string(&account.limits)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    connection.prepare_cached(sql)?.execute(params![
        account.name.to_lowercase(),
        account.password_hash,
        account.scram.salt,
        account.scram.iterations,
        account.scram.stored_key,
        account.scram.server_key,
        send_as,
        account.enabled,
        account.created_at as i64,
        limits,
    ])
}

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    let send_as: Vec<SendAs> = read_json(row, 6)?;
    let limits: OwnLimits = read_json(row, 9)?;
    let created_at: i64 = row.get(8)?;
    Ok(Account {
        name: row.get(0)?,
        password_hash: row.get(1)?,
        scram: ScramKeys {
            salt: row.get(2)?,
            iterations: row.get(3)?,
            stored_key: row.get(4)?,
            server_key: row.get(5)?,
        },
        send_as,
        limits,
        enabled: row.get(7)?,
        created_at: created_at as u64,
    })
}

fn read_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error.into())
    })
}

fn known(changed: rusqlite::Result<usize>) -> Result<(), AccountError> {
    match changed {
        Ok(0) => Err(AccountError::Unknown),
        Ok(_) => Ok(()),
        Err(error) => Err(failure(error)),
    }
}

fn failure(error: rusqlite::Error) -> AccountError {
    AccountError::Database(error.to_string())
}
