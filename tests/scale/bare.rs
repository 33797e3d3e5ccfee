//! The store's file through rusqlite alone: what times are compared with, and what other programs do to it.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::outcome::{Effort, Outcome, Sample, failed};
use crate::random::Random;

/// Rows of a page.
pub(crate) const PAGE: u32 = 50;

/// Another program's hold on the file.
pub(crate) struct Bare {
    connection: Connection,
}

impl Bare {
    /// Opens the file with the cache that NEXUS gives itself.
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(60))?;
        connection.pragma_update(None, "cache_size", -16_384)?;
        Ok(Self { connection })
    }

    /// L: an account's columns by its rowid, prepared.
    pub(crate) fn lookup(&self, users: u64, random: &mut Random) -> Outcome<Sample> {
        let sql = "SELECT * FROM de_torres_vincent_users WHERE id = ?";
        let mut statement = self.connection.prepare(sql)?;
        let columns = statement.column_count();
        Effort::QUICK.time(
            || Ok(1 + random.below(users) as i64),
            |id| Ok(statement.query_row([id], |row| values(row, columns)).optional()?),
        )
    }

    /// P: the columns of 50 accounts that follow each other by rowid, prepared; each value is taken out of SQLite's
    /// hands, for a page that is shown is a page that is held.
    pub(crate) fn page(&self, users: u64, random: &mut Random) -> Outcome<Sample> {
        self.pages(users, random, values)
    }

    /// The same where each value is only looked at.
    pub(crate) fn page_passed_over(&self, users: u64, random: &mut Random) -> Outcome<Sample> {
        self.pages(users, random, |row, columns| {
            (0..columns).try_for_each(|column| {
                black_box(row.get_ref(column)?);
                Ok(())
            })
        })
    }

    fn pages<T>(
        &self,
        users: u64,
        random: &mut Random,
        read: impl Fn(&Row<'_>, usize) -> rusqlite::Result<T>,
    ) -> Outcome<Sample> {
        let sql = "SELECT * FROM de_torres_vincent_users WHERE id > ? ORDER BY id LIMIT ?";
        let mut statement = self.connection.prepare(sql)?;
        let columns = statement.column_count();
        Effort::QUICK.time(
            || Ok(random.below(users.saturating_sub(u64::from(PAGE))) as i64),
            |id| {
                let rows = statement.query_map([id, i64::from(PAGE)], |row| read(row, columns))?;
                Ok(black_box(rows.collect::<rusqlite::Result<Vec<_>>>()?))
            },
        )
    }

    /// The digests of up to `most` sessions, from all over the table.
    pub(crate) fn digests(&self, most: u64) -> Outcome<Vec<String>> {
        let step = (self.number("SELECT max(id) FROM de_torres_vincent_session_tokens")? / most).max(1);
        let sql = "WITH RECURSIVE n(id) AS (VALUES (?1) UNION ALL SELECT id + ?1 FROM n LIMIT ?2)
                   SELECT s.session_token FROM n JOIN de_torres_vincent_session_tokens s USING (id)";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([step as i64, most as i64], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Marks every session whose time is over as expired.
    pub(crate) fn sweep(&self) -> Outcome<()> {
        self.run(
            "UPDATE de_torres_vincent_session_tokens SET status = 'expired'
             WHERE status = 'active' AND expiration <= datetime('now')",
        )
    }

    /// Marks up to `most` sessions whose time is over, from all over the table, as active. How many.
    pub(crate) fn neglect(&self, most: u64) -> Outcome<u64> {
        let over = "FROM de_torres_vincent_session_tokens WHERE expiration <= datetime('now')";
        let step = (self.number(&format!("SELECT count(*) {over}"))? / most).max(1);
        self.run(&format!(
            "UPDATE de_torres_vincent_session_tokens SET status = 'active'
             WHERE id IN (SELECT id {over} AND id % {step} = 0 LIMIT {most})"
        ))?;
        Ok(self.connection.changes())
    }

    /// Returns the number of sessions that are marked as active although their time is over.
    pub(crate) fn overdue(&self) -> Outcome<u64> {
        self.number(
            "SELECT count(*) FROM de_torres_vincent_session_tokens WHERE status = 'active' AND expiration <= datetime('now')",
        )
    }

    /// Leaves `most` accounts pending and confirms the others. Returns the number of pending ones.
    pub(crate) fn leave_pending(&self, most: u64) -> Outcome<u64> {
        self.run(&format!(
            "UPDATE de_torres_vincent_users SET status = 'confirmed'
             WHERE status = 'pending' AND id NOT IN
               (SELECT id FROM de_torres_vincent_users WHERE status = 'pending' LIMIT {most})"
        ))?;
        self.pending()
    }

    /// Returns the number of pending accounts.
    pub(crate) fn pending(&self) -> Outcome<u64> {
        self.number("SELECT count(*) FROM de_torres_vincent_users WHERE status = 'pending'")
    }

    /// Returns the last account that is pending.
    pub(crate) fn last_pending(&self) -> Outcome<u64> {
        self.number("SELECT max(id) FROM de_torres_vincent_users WHERE status = 'pending'")
    }

    /// Returns true if this account is pending.
    pub(crate) fn is_pending(&self, id: u64) -> Outcome<bool> {
        let sql = "SELECT count(*) FROM de_torres_vincent_users WHERE status = 'pending' AND id = ?";
        Ok(self.connection.query_row(sql, [id as i64], |row| row.get(0))?)
    }

    /// Returns the number of accounts.
    pub(crate) fn users(&self) -> Outcome<u64> {
        self.number("SELECT count(*) FROM de_torres_vincent_users")
    }

    /// Gives an account another last name.
    pub(crate) fn rename(&self, id: u64, last_name: &str) -> Outcome<()> {
        let sql = "UPDATE de_torres_vincent_users SET lastname = ? WHERE id = ?";
        match self.connection.execute(sql, (last_name, id as i64))? {
            1 => Ok(()),
            _ => failed(format!("account {id} is not there")),
        }
    }

    /// Moves the content of the write-ahead log into the file.
    pub(crate) fn checkpoint(&self) -> Outcome<()> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    fn number(&self, sql: &str) -> Outcome<u64> {
        Ok(self.connection.query_row(sql, [], |row| row.get::<_, i64>(0))? as u64)
    }

    fn run(&self, sql: &str) -> Outcome<()> {
        Ok(self.connection.execute_batch(sql)?)
    }
}

/// Takes out all columns.
fn values(row: &Row<'_>, columns: usize) -> rusqlite::Result<Vec<Value>> {
    (0..columns).map(|column| row.get(column)).collect()
}

/// A program that wants to write again and again, and notes how long it waits for its turn.
pub(crate) struct Rival {
    stop: Arc<AtomicBool>,
    waits: thread::JoinHandle<Outcome<Vec<Duration>>>,
}

impl Rival {
    /// The pause between two tries.
    const PAUSE: Duration = Duration::from_millis(2);
    /// The pause while somebody else holds the store.
    const NAP: Duration = Duration::from_micros(200);

    /// Starts the program.
    pub(crate) fn start(path: &Path) -> Outcome<Self> {
        let mut connection = Connection::open(path)?;
        connection.busy_handler(Some(|_| {
            thread::sleep(Self::NAP);
            true
        }))?;
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let waits = thread::spawn(move || {
            let mut waits = Vec::new();
            while !seen.load(Ordering::Relaxed) {
                let start = Instant::now();
                connection.execute_batch("BEGIN IMMEDIATE")?;
                waits.push(start.elapsed());
                connection.execute_batch("ROLLBACK")?;
                thread::sleep(Self::PAUSE);
            }
            Ok(waits)
        });
        Ok(Self { stop, waits })
    }

    /// It ends: how long it waited each time.
    pub(crate) fn stop(self) -> Outcome<Sample> {
        self.stop.store(true, Ordering::Relaxed);
        match self.waits.join() {
            Ok(waits) => Sample::times(waits?),
            Err(_) => failed("the other writer broke down"),
        }
    }
}
