//! The reports of others in SQLite: a row per report and one per sum. A report and its sums are written in one
//! transaction, so it counts wholly or not at all.

use std::net::IpAddr;
use std::path::Path;

use postamt_mail::dmarc_reports::Action;
use rusqlite::{Connection, Row, Transaction, params};

use super::database::{DatabaseError, Durability, Shared, number, signed};
use crate::PortFuture;
use crate::reports::{
    Kept, MOST_A_DAY, MOST_OF_ONE_REPORTER, MOST_OF_THE_KNOWN, MOST_SUMS, ReportError, ReportFact, ReportSum,
    Reports,
};

const MIGRATIONS: &[&str] = &["CREATE TABLE report (
    domain TEXT NOT NULL,
    reporter TEXT NOT NULL,
    id TEXT NOT NULL,
    organisation TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    received_day INTEGER NOT NULL,
    begin INTEGER NOT NULL,
    end INTEGER NOT NULL,
    policy TEXT,
    messages INTEGER NOT NULL,
    aligned INTEGER NOT NULL,
    PRIMARY KEY (domain, reporter, id)
) WITHOUT ROWID;
CREATE INDEX report_received ON report (domain, received_day, reporter);
CREATE INDEX report_begin ON report (begin);
CREATE TABLE sum (
    domain TEXT NOT NULL,
    day INTEGER NOT NULL,
    source TEXT NOT NULL,
    disposition TEXT NOT NULL,
    dkim_aligned INTEGER NOT NULL,
    spf_aligned INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    PRIMARY KEY (domain, day, source, disposition, dkim_aligned, spf_aligned)
) WITHOUT ROWID;
CREATE INDEX sum_day ON sum (day);"];

const DAY: u64 = 86_400;

/// See the head of this file.
pub struct SqliteReports {
    connection: Shared,
}

impl SqliteReports {
    /// Opens or creates the file. Blocks.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DatabaseError> {
        Ok(Self { connection: Shared::open(path.as_ref(), Durability::Full, MIGRATIONS)? })
    }

    fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> PortFuture<'_, Result<T, ReportError>> {
        let work =
            |connection: &mut Connection| work(connection).map_err(|error| ReportError(error.to_string()));
        Box::pin(self.connection.work(work, ReportError))
    }
}

impl Reports for SqliteReports {
    fn keep(&self, report: ReportFact, sums: Vec<ReportSum>) -> PortFuture<'_, Result<Kept, ReportError>> {
        self.work(move |connection| {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            if is_known(&transaction, &report)? {
                return Ok(Kept::Known);
            }
            if is_too_much(&transaction, &report)? {
                return Ok(Kept::TooMany);
            }
            insert(&transaction, &report)?;
            for sum in &sums {
                add(&transaction, sum)?;
            }
            transaction.commit()?;
            Ok(Kept::New)
        })
    }

    fn reports(&self, from_day: u64) -> PortFuture<'_, Result<Vec<ReportFact>, ReportError>> {
        self.work(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT reporter, organisation, id, domain, received_at, begin, end, policy, messages, aligned
                 FROM report WHERE begin >= ?1 ORDER BY begin, domain, reporter, id",
            )?;
            let rows = statement.query_map([signed(from_day.saturating_mul(DAY))], report_of)?;
            rows.collect()
        })
    }

    fn sums(&self, from_day: u64) -> PortFuture<'_, Result<Vec<ReportSum>, ReportError>> {
        self.work(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT domain, day, source, disposition, dkim_aligned, spf_aligned, messages FROM sum
                 WHERE day >= ?1 ORDER BY domain, day, source, disposition, dkim_aligned, spf_aligned",
            )?;
            let rows = statement.query_map([signed(from_day)], sum_of)?;
            rows.collect()
        })
    }

    fn expire(&self, before_day: u64) -> PortFuture<'_, Result<(), ReportError>> {
        self.work(move |connection| {
            let before = signed(before_day.saturating_mul(DAY));
            connection.execute("DELETE FROM report WHERE begin < ?1", [before])?;
            connection.execute("DELETE FROM sum WHERE day < ?1", [signed(before_day)]).map(drop)
        })
    }
}

fn is_known(transaction: &Transaction<'_>, report: &ReportFact) -> rusqlite::Result<bool> {
    let mut statement = transaction.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM report WHERE domain = ?1 AND reporter = ?2 AND id = ?3)",
    )?;
    statement.query_row(params![report.domain, report.reporter, report.id], |row| row.get(0))
}

fn is_too_much(transaction: &Transaction<'_>, report: &ReportFact) -> rusqlite::Result<bool> {
    let mut statement = transaction.prepare_cached(
        "SELECT COUNT(*), TOTAL(reporter = ?3) FROM report WHERE domain = ?1 AND received_day = ?2",
    )?;
    let day = signed(report.received_at / DAY);
    let (all, of_this) = statement.query_row(params![report.domain, day, report.reporter], |row| {
        Ok((row.get::<_, u32>(0)?, row.get::<_, f64>(1)?))
    })?;
    if of_this >= f64::from(MOST_OF_ONE_REPORTER) || all >= MOST_OF_THE_KNOWN {
        return Ok(true);
    }
    Ok(all >= MOST_A_DAY && !was_here(transaction, report, day)?)
}

/// The reporter has been heard about this domain on an earlier day.
fn was_here(transaction: &Transaction<'_>, report: &ReportFact, day: i64) -> rusqlite::Result<bool> {
    let mut statement = transaction.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM report WHERE domain = ?1 AND reporter = ?2 AND received_day < ?3)",
    )?;
    statement.query_row(params![report.domain, report.reporter, day], |row| row.get(0))
}

fn insert(transaction: &Transaction<'_>, report: &ReportFact) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO report (domain, reporter, id, organisation, received_at, received_day, begin, end, policy,
         messages, aligned) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    statement
        .execute(params![
            report.domain,
            report.reporter,
            report.id,
            report.organisation,
            signed(report.received_at),
            signed(report.received_at / DAY),
            signed(report.begin),
            signed(report.end),
            report.policy.map(Action::name),
            signed(report.messages),
            signed(report.aligned),
        ])
        .map(drop)
}

/// Adds to a sum that is there, or makes one; one too many goes without its source.
fn add(transaction: &Transaction<'_>, sum: &ReportSum) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO sum (domain, day, source, disposition, dkim_aligned, spf_aligned, messages)
         VALUES (?1, ?2, CASE WHEN EXISTS (
             SELECT 1 FROM sum WHERE domain = ?1 AND day = ?2 AND source = ?3
             AND disposition = ?4 AND dkim_aligned = ?5 AND spf_aligned = ?6
         ) OR (SELECT COUNT(*) FROM sum WHERE domain = ?1 AND day = ?2) < ?8 THEN ?3 ELSE '' END, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET messages = messages + excluded.messages",
    )?;
    let source = sum.source.map(|source| source.to_string()).unwrap_or_default();
    statement
        .execute(params![
            sum.domain,
            signed(sum.day),
            source,
            sum.disposition.name(),
            sum.dkim_aligned,
            sum.spf_aligned,
            signed(sum.messages),
            MOST_SUMS,
        ])
        .map(drop)
}

fn report_of(row: &Row<'_>) -> rusqlite::Result<ReportFact> {
    Ok(ReportFact {
        reporter: row.get(0)?,
        organisation: row.get(1)?,
        id: row.get(2)?,
        domain: row.get(3)?,
        received_at: number(row, 4)?,
        begin: number(row, 5)?,
        end: number(row, 6)?,
        policy: row.get::<_, Option<String>>(7)?.and_then(|name| Action::of(&name)),
        messages: number(row, 8)?,
        aligned: number(row, 9)?,
    })
}

fn sum_of(row: &Row<'_>) -> rusqlite::Result<ReportSum> {
    Ok(ReportSum {
        domain: row.get(0)?,
        day: number(row, 1)?,
        source: row.get::<_, String>(2)?.parse::<IpAddr>().ok(),
        // Only our own words are written.
        disposition: Action::of(&row.get::<_, String>(3)?).unwrap_or(Action::None),
        dkim_aligned: row.get(4)?,
        spf_aligned: row.get(5)?,
        messages: number(row, 6)?,
    })
}
