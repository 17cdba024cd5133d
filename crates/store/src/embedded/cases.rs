//! Cases in SQLite: a row per case, one per step and one for the last look at it, each write synced. Commands and the server may have the file
//! open at the same time.

use std::ops::RangeInclusive;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, Row, TransactionBehavior, params};

use super::database::{DatabaseError, Durability, Shared, number, signed};
use crate::PortFuture;
use crate::cases::{Case, CaseError, CaseId, CaseLook, CaseStep, CaseSubject, Cases};

const MIGRATIONS: &[&str] = &[
    "CREATE TABLE file (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    follows INTEGER UNIQUE,
    subject TEXT NOT NULL
);
CREATE TABLE step (
    file INTEGER NOT NULL,
    number INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (file, number)
) WITHOUT ROWID;",
    "CREATE TABLE look (
    file INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    steps INTEGER NOT NULL
);",
];

/// See the head of this file.
pub struct SqliteCases {
    connection: Shared,
}

impl SqliteCases {
    /// Opens or creates the file. Blocks.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DatabaseError> {
        Ok(Self { connection: Shared::open(path.as_ref(), Durability::Full, MIGRATIONS)? })
    }
}

impl Cases for SqliteCases {
    fn cases(&self) -> PortFuture<'_, Result<Vec<Case>, CaseError>> {
        Box::pin(self.connection.work(|connection| read(connection, 0..=u32::MAX), CaseError::Database))
    }

    fn open_case(&self, subject: CaseSubject, first: CaseStep) -> PortFuture<'_, Result<Case, CaseError>> {
        let work = move |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
            let follows = subject.follows.map(|id| id.0);
            let inserted = transaction.execute(
                "INSERT INTO file (follows, subject) VALUES (?1, ?2)",
                params![follows, encode(&subject)?],
            );
            match (inserted, subject.follows) {
                (Err(error), Some(id)) if is_taken(&error) => return Err(CaseError::Moved(id)),
                (inserted, _) => inserted.map_err(failed)?,
            };
            let number = u32::try_from(transaction.last_insert_rowid());
            let id = CaseId(number.map_err(|error| CaseError::Database(error.to_string()))?);
            add(&transaction, id, 0, &first)?;
            transaction.commit().map_err(failed)?;
            Ok(Case { id, subject, steps: vec![first] })
        };
        Box::pin(self.connection.work(work, CaseError::Database))
    }

    fn add_step(&self, id: CaseId, seen: usize, step: CaseStep) -> PortFuture<'_, Result<Case, CaseError>> {
        let work = move |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
            let mut case = read(&transaction, id.0..=id.0)?.pop().ok_or(CaseError::Unknown(id))?;
            if case.steps.len() != seen {
                return Err(CaseError::Moved(id));
            }
            add(&transaction, id, seen, &step)?;
            transaction.commit().map_err(failed)?;
            case.steps.push(step);
            Ok(case)
        };
        Box::pin(self.connection.work(work, CaseError::Database))
    }
    fn looks(&self) -> PortFuture<'_, Result<Vec<CaseLook>, CaseError>> {
        let work = |connection: &mut Connection| {
            let mut statement = connection
                .prepare_cached("SELECT file, at, steps FROM look ORDER BY file")
                .map_err(failed)?;
            let look = |row: &Row<'_>| {
                Ok(CaseLook { id: CaseId(row.get(0)?), at: number(row, 1)?, steps: number(row, 2)? })
            };
            let rows = statement.query_map([], look).map_err(failed)?;
            rows.collect::<Result<_, _>>().map_err(failed)
        };
        Box::pin(self.connection.work(work, CaseError::Database))
    }

    fn save_look(&self, look: CaseLook) -> PortFuture<'_, Result<(), CaseError>> {
        let work = move |connection: &mut Connection| {
            connection
                .prepare_cached("INSERT OR REPLACE INTO look (file, at, steps) VALUES (?1, ?2, ?3)")
                .and_then(|mut statement| {
                    statement.execute(params![look.id.0, signed(look.at), signed(look.steps)])
                })
                .map(drop)
                .map_err(failed)
        };
        Box::pin(self.connection.work(work, CaseError::Database))
    }
}

fn add(connection: &Connection, id: CaseId, number: usize, step: &CaseStep) -> Result<(), CaseError> {
    let value = encode(step)?;
    let number = i64::try_from(number).map_err(|error| CaseError::Database(error.to_string()))?;
    connection
        .prepare_cached("INSERT INTO step (file, number, value) VALUES (?1, ?2, ?3)")
        .and_then(|mut statement| statement.execute(params![id.0, number, value]))
        .map_err(failed)?;
    Ok(())
}

/// The cases of these numbers, oldest first. Each has its first step, which comes with it.
fn read(connection: &Connection, numbers: RangeInclusive<u32>) -> Result<Vec<Case>, CaseError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT file.number, subject, value FROM file JOIN step ON step.file = file.number
            WHERE file.number BETWEEN ?1 AND ?2 ORDER BY file.number, step.number",
        )
        .map_err(failed)?;
    let rows = statement
        .query_map([numbers.start(), numbers.end()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .map_err(failed)?;
    let rows: Vec<(u32, String, String)> = rows.collect::<Result<_, _>>().map_err(failed)?;
    let case = |rows: &[(u32, String, String)]| {
        let (number, subject, _) = &rows[0];
        let steps = rows.iter().map(|(_, _, step)| decode(step)).collect::<Result<_, _>>()?;
        Ok(Case { id: CaseId(*number), subject: decode(subject)?, steps })
    };
    rows.chunk_by(|one, next| one.0 == next.0).map(case).collect()
}

fn is_taken(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
}

fn failed(error: rusqlite::Error) -> CaseError {
    CaseError::Database(error.to_string())
}

fn decode<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, CaseError> {
    serde_json::from_str(text).map_err(|error| CaseError::Database(error.to_string()))
}

fn encode(value: &impl serde::Serialize) -> Result<String, CaseError> {
    serde_json::to_string(value).map_err(|error| CaseError::Database(error.to_string()))
}
