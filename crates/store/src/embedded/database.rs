//! Opening a SQLite file: mode 0600, write-ahead log, migrations by `user_version`; and what all who have one share: work
//! on it away from the async threads ([`Shared`]), and numbers as SQLite keeps them.
//!
//! A file that a newer version has written is refused. Opening blocks.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Row};

/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The file system or SQLite refused.
    #[error("cannot open the database {path}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What was said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A newer version has changed its form.
    #[error("the database {path} was written by a newer version (form {found}, this one knows {known})")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: u32,
        /// The newest that we know.
        known: u32,
    },
}

/// When a commit is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Before it returns.
    Full,
    /// With the next checkpoint of the log; a crash loses the last commits but nothing else.
    Late,
}

/// A connection that many ask for; one at a time has it.
#[derive(Debug, Clone)]
pub(super) struct Shared(Arc<Mutex<Connection>>);

impl Shared {
    /// Opens or creates the file, as [`open`] does.
    pub(super) fn open(
        path: &Path,
        durability: Durability,
        migrations: &[&str],
    ) -> Result<Self, DatabaseError> {
        Ok(Self(Arc::new(Mutex::new(open(path, durability, migrations)?))))
    }

    /// Does the work on a thread that may block; `broken` makes the failure of it where it panicked.
    pub(super) async fn work<T: Send + 'static, E: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        broken: impl FnOnce(String) -> E,
    ) -> Result<T, E> {
        let connection = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            // A panic in between leaves a connection that is still good: a transaction that is dropped is undone.
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.unwrap_or_else(|error| Err(broken(error.to_string())))
    }
}

/// A number of a row. SQLite's integers are signed; no time and no sum comes near their end.
pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|number| u64::try_from(number).unwrap_or(0))
}

/// A number for a row.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Opens or creates a database and brings it to the newest form: `migrations[n]` leads from form n to n + 1.
pub(super) fn open(
    path: &Path,
    durability: Durability,
    migrations: &[&str],
) -> Result<Connection, DatabaseError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| DatabaseError::Open {
        path: path.to_owned(),
        source,
    };
    create(path).map_err(|error| failed(error.into()))?;
    let mut connection = connect(path).map_err(|error| failed(error.into()))?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Late => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous).map_err(|error| failed(error.into()))?;
    let found = migrate(&mut connection, migrations).map_err(|error| failed(error.into()))?;
    let known = migrations.len() as u32;
    if found > known {
        return Err(DatabaseError::Newer { path: path.to_owned(), found, known });
    }
    Ok(connection)
}

/// A second connection to an existing database, for reading.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    Ok(connection)
}

/// The file itself is made here, since SQLite would make it readable for others; the log takes over its mode.
fn create(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

fn migrate(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<u32> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (number, migration) in (1_u32..).zip(migrations).skip(found as usize) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    transaction.commit()?;
    Ok(found)
}
