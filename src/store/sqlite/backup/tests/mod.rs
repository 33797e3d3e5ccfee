use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::domain::backup::{BackupCheck, CHECK};
use crate::domain::filter::Filter;
use crate::domain::finding::Severity;
use crate::domain::integrity;
use crate::domain::journal::Head;
use crate::domain::session::{EndReason, SessionEnd};
use crate::domain::user::{AccessLevel, UserId, Who};
use crate::store::contract_tests::{account, keep, look, now, token};
use crate::store::sqlite::schema::LATEST;
use crate::store::{
    Access, BackupSource, Finished, Maintenance, Making, Opening, Read as Rows, Replaced, Restoration,
    Result, Store, StoreError, Write, examine, verify_backup,
};

use super::super::{SqliteStore, schema};

mod backups;
mod restores;

fn store(folder: &TempDir, name: &str) -> SqliteStore {
    SqliteStore::open(&folder.path().join(name), Access::ReadWrite).unwrap()
}

/// Returns a store with these accounts, each with an active session.
fn with_accounts(folder: &TempDir, name: &str, accounts: &[&str]) -> SqliteStore {
    let mut store = store(folder, name);
    for name in accounts {
        add(&mut store, name);
    }
    store
}

fn add(store: &mut dyn Store, name: &str) {
    keep(store, |rows| {
        let id = rows.insert_user(&account(name, AccessLevel::User))?;
        rows.insert_session(&token(id, &format!("sha256:{name}"))).map(drop)
    });
}

fn names(store: &dyn Store) -> Vec<String> {
    look(store, |rows| {
        let ids = rows.user_ids(now(), &Filter::default())?;
        let named = ids.into_iter().map(|id| rows.user(now(), &Who::Id(UserId(id))));
        Ok(named.map(|user| user.unwrap().unwrap().username.unwrap()).collect())
    })
}

/// Backs up the store into a new file.
fn backed_up(store: &SqliteStore, folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    drop(File::create_new(&path).unwrap());
    store.back_up(&path, &mut |_| true).unwrap();
    path
}

fn check(path: &Path) -> Result<BackupCheck> {
    verify_backup(BackupSource::File(path), &mut |_| true)
}

/// Returns the object and the severity of each finding.
fn findings(check: &BackupCheck) -> Vec<(&str, Severity)> {
    check.findings.iter().map(|finding| (finding.object.as_str(), finding.severity)).collect()
}

/// Runs SQL on a file as another program does, past NEXUS's triggers.
fn spoil(path: &Path, sql: &str) {
    let other = Connection::open(path).unwrap();
    other.pragma_update(None, "foreign_keys", false).unwrap();
    other.execute_batch(sql).unwrap();
}

type Judge = dyn FnMut(Result<&dyn Rows>) -> Result<()>;

/// A restore with nothing around it.
struct Plain {
    accepts: fn(&BackupCheck) -> bool,
    judge: Box<Judge>,
    fails: bool,
    /// The number of reports after which it is stopped.
    stops_after: Option<usize>,
    /// True if it is stopped by the first report behind the record of it.
    stops_once_recorded: bool,
    steps: usize,
    replaced: Option<Replaced>,
}

impl Default for Plain {
    fn default() -> Self {
        Self {
            accepts: BackupCheck::is_fit,
            judge: Box::new(|_| Ok(())),
            fails: false,
            stops_after: None,
            stops_once_recorded: false,
            steps: 0,
            replaced: None,
        }
    }
}

impl Restoration for Plain {
    fn step(&mut self, _: Finished) -> bool {
        self.steps += 1;
        let is_late = self.stops_once_recorded && self.replaced.is_some();
        !is_late && self.stops_after.is_none_or(|most| self.steps <= most)
    }
    fn accepts(&mut self, check: &BackupCheck) -> bool {
        (self.accepts)(check)
    }
    fn prepare(&mut self, rows: &mut dyn Write) -> Result<()> {
        rows.end_all_sessions(&SessionEnd::new(now(), None, EndReason::StoreRestored))
    }
    fn judge(&mut self, replaced: Result<&dyn Rows>) -> Result<()> {
        (self.judge)(replaced)
    }
    fn record(&mut self, _: &mut dyn Write, replaced: &Replaced) -> Result<()> {
        self.replaced = Some(replaced.clone());
        if self.fails { Err(StoreError::Gone) } else { Ok(()) }
    }
}

fn restore(store: &mut SqliteStore, backup: &Path) -> Result<Option<Replaced>> {
    store.restore(&mut File::open(backup).unwrap(), &mut Plain::default())
}
