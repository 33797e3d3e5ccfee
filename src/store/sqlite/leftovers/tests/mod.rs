//! Tests of leftovers with files as they are on the disk: a kill is a copy of them.

mod journals;
mod logs;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::domain::filter::Filter;
use crate::domain::user::{AccessLevel, Fields, UserId};
use crate::store::Access;
use crate::store::contract_tests::{account, keep, look, now};
use crate::store::sqlite::SqliteStore;

use super::*;

/// A store and the files beside it, as they were at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moment {
    file: Vec<u8>,
    log: Option<Vec<u8>>,
    journal: Option<Vec<u8>>,
}

/// A folder with a store.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("nexus.db")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        beside(&self.path(), suffix)
    }

    fn open(&self) -> Result<SqliteStore> {
        SqliteStore::open(&self.path(), Access::ReadWrite)
    }

    /// Returns another program's connection.
    fn other(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    fn moment(&self) -> Moment {
        let at = |suffix| fs::read(self.beside(suffix)).ok().filter(|bytes| !bytes.is_empty());
        Moment { file: fs::read(self.path()).unwrap(), log: at("-wal"), journal: at("-journal") }
    }

    /// Puts the files of a moment into a new folder, as nobody has them open.
    fn of(moment: &Moment) -> Self {
        let place = Self::new();
        let write = |path: PathBuf, bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        };
        write(place.path(), &moment.file);
        for (suffix, bytes) in [("-wal", &moment.log), ("-journal", &moment.journal)] {
            if let Some(bytes) = bytes {
                write(place.beside(suffix), bytes);
            }
        }
        place
    }

    fn count(&self) -> usize {
        look(&self.open().unwrap(), |rows| rows.user_ids(now(), &Filter::default())).len()
    }

    /// Checks that it is refused with everything left as it is.
    #[track_caller]
    fn is_refused(&self, suffix: &str) {
        let seen = || {
            let modified = |path: PathBuf| path.metadata().and_then(|file| file.modified()).ok();
            (self.moment(), modified(self.path()), modified(self.beside(suffix)))
        };
        let before = seen();
        for access in [Access::ReadWrite, Access::ReadOnly] {
            match SqliteStore::open(&self.path(), access) {
                Err(StoreError::Leftover { file, leftover, .. }) => {
                    assert_eq!((file, leftover), (self.path(), self.beside(suffix)));
                }
                other => panic!("{other:?}"),
            }
        }
        let found = findings(&self.path()).unwrap();
        assert!(matches!(&found[..], [Finding { severity: Severity::Error, .. }]), "{found:?}");
        assert!(before == seen(), "something was touched");
    }
}

fn add(store: &mut SqliteStore, name: &str) {
    keep(store, |rows| rows.insert_user(&account(name, AccessLevel::User)));
}

/// Returns a store with so many accounts, closed in order.
fn store_of(accounts: usize) -> Place {
    let place = Place::new();
    let mut store = place.open().unwrap();
    for n in 0..accounts {
        add(&mut store, &format!("a{n}"));
    }
    drop(store);
    place
}

/// Adds accounts to a store and is killed before it closes it.
fn killed_while_adding(place: &Place, names: &[&str]) -> Moment {
    let mut store = place.open().unwrap();
    for name in names {
        add(&mut store, name);
    }
    place.moment()
}
