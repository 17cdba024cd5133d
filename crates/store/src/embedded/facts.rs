//! Facts in SQLite: a handful of rows, written seldom, each write synced.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::watch;

use super::database::{DatabaseError, Durability, Shared};
use crate::PortFuture;
use crate::facts::{
    FactError, Facts, HandedFact, NoticeFact, PathFact, PathKey, PreflightFact, ProbeFact, ProviderFact,
    ToldFact,
};

const MIGRATIONS: &[&str] = &["CREATE TABLE fact (
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, path)
) WITHOUT ROWID;"];

/// See the head of this file.
pub struct SqliteFacts {
    connection: Shared,
    changes: watch::Sender<u64>,
}

impl SqliteFacts {
    /// Opens or creates the file. Blocks.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DatabaseError> {
        let connection = Shared::open(path.as_ref(), Durability::Full, MIGRATIONS)?;
        Ok(Self { connection, changes: watch::Sender::new(0) })
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, FactError> {
        let work =
            |connection: &mut Connection| work(connection).map_err(|error| FactError(error.to_string()));
        self.connection.work(work, FactError).await
    }

    async fn read(&self, kind: &'static str) -> Result<Vec<String>, FactError> {
        self.work(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT value FROM fact WHERE kind = ?1 ORDER BY path")?;
            let rows = statement.query_map([kind], |row| row.get(0))?;
            rows.collect()
        })
        .await
    }

    /// Writes a fact that others wait for.
    async fn tell(&self, kind: &'static str, path: PathKey, value: String) -> Result<(), FactError> {
        if self.write(kind, path.to_string(), value).await? {
            self.changes.send_modify(|version| *version += 1);
        }
        Ok(())
    }

    /// True when it was another one before.
    async fn write(&self, kind: &'static str, path: String, value: String) -> Result<bool, FactError> {
        self.work(move |connection| {
            let before: Option<String> = connection
                .prepare_cached("SELECT value FROM fact WHERE kind = ?1 AND path = ?2")?
                .query_row(params![kind, path], |row| row.get(0))
                .optional()?;
            if before.as_ref() == Some(&value) {
                return Ok(false);
            }
            connection
                .prepare_cached("INSERT OR REPLACE INTO fact (kind, path, value) VALUES (?1, ?2, ?3)")?
                .execute(params![kind, path, value])?;
            Ok(true)
        })
        .await
    }

    async fn forget(&self, kind: &'static str, path: String) -> Result<(), FactError> {
        let forgotten = self
            .work(move |connection| {
                connection
                    .prepare_cached("DELETE FROM fact WHERE kind = ?1 AND path = ?2")?
                    .execute(params![kind, path])
            })
            .await?;
        if forgotten > 0 {
            self.changes.send_modify(|version| *version += 1);
        }
        Ok(())
    }
}

fn decode<T: serde::de::DeserializeOwned>(rows: Vec<String>) -> Result<Vec<T>, FactError> {
    rows.iter().map(|row| serde_json::from_str(row).map_err(|error| FactError(error.to_string()))).collect()
}

fn encode<T: serde::Serialize>(fact: &T) -> Result<String, FactError> {
    serde_json::to_string(fact).map_err(|error| FactError(error.to_string()))
}

impl Facts for SqliteFacts {
    fn paths(&self) -> PortFuture<'_, Result<Vec<PathFact>, FactError>> {
        Box::pin(async move { decode(self.read("path").await?) })
    }

    fn save_path(&self, fact: PathFact) -> PortFuture<'_, Result<(), FactError>> {
        Box::pin(async move { self.tell("path", fact.path, encode(&fact)?).await })
    }

    fn probes(&self) -> PortFuture<'_, Result<Vec<ProbeFact>, FactError>> {
        Box::pin(async move { decode(self.read("probe").await?) })
    }

    fn save_probe(&self, fact: ProbeFact) -> PortFuture<'_, Result<(), FactError>> {
        Box::pin(async move { self.tell("probe", fact.path, encode(&fact)?).await })
    }

    fn told(&self) -> PortFuture<'_, Result<Vec<ToldFact>, FactError>> {
        Box::pin(async move { decode(self.read("told").await?) })
    }

    fn save_told(&self, fact: ToldFact) -> PortFuture<'_, Result<(), FactError>> {
        Box::pin(async move {
            let value = encode(&fact)?;
            self.write("told", fact.about, value).await.map(|_| ())
        })
    }

    fn preflights(&self) -> PortFuture<'_, Result<Vec<PreflightFact>, FactError>> {
        Box::pin(async move { decode(self.read("preflight").await?) })
    }

    fn save_preflight(&self, fact: PreflightFact) -> PortFuture<'_, Result<(), FactError>> {
        Box::pin(async move {
            let value = encode(&fact)?;
            self.write("preflight", fact.relay, value).await.map(|_| ())
        })
    }

    fn handed(&self) -> PortFuture<'_, Result<Vec<HandedFact>, FactError>> {
        Box::pin(async move { decode(self.read("handed").await?) })
    }

    fn save_handed(&self, fact: HandedFact) -> PortFuture<'_, Result<(), FactError>> {
        Box::pin(async move {
            let value = encode(&fact)?;
            self.write("handed", fact.relay, value).await.map(|_| ())
        })
    }

    fn providers(&self) -> PortFuture<'_, Result<Vec<ProviderFact>, FactError>> {
        Box::pin(async move { decode(self.read("provider").await?) })
    }

    fn save_provider(&self, fact: ProviderFact) -> PortFuture<'_, Result<(), FactError>> {
        Box::pin(async move {
            let value = encode(&fact)?;
            self.write("provider", fact.provider, value).await.map(|_| ())
        })
    }

    fn forget_provider(&self, provider: String) -> PortFuture<'_, Result<(), FactError>> {
        Box::pin(async move { self.forget("provider", provider).await })
    }

    fn notice(&self) -> PortFuture<'_, Result<Option<NoticeFact>, FactError>> {
        Box::pin(async move { Ok(decode(self.read("notice").await?)?.pop()) })
    }

    fn save_notice(&self, fact: NoticeFact) -> PortFuture<'_, Result<(), FactError>> {
        Box::pin(async move { self.write("notice", String::new(), encode(&fact)?).await.map(|_| ()) })
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
