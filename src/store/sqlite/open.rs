//! Opening a SQLite file as a store.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use crate::store::{Access, Making, Opening, Result, StoreError};

use super::cache::Cache;
use super::creation::Unnamed;
use super::file::{FoundFile, Identity};
use super::leftovers::{Leftovers, Trial};
use super::permissions::Heeded;
use super::private_copy::PrivateCopy;
use super::stamp::FileStamp;
use super::{
    SqliteStore, creation, damage, earlier, error, file, location, migrations, permissions, read_only,
    settings,
};

/// The schema with which a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The latest one, after a migration if need be.
    Migrated,
    /// The one that the file has.
    AsItIs,
}

impl SqliteStore {
    /// Opens the store at `path`. With [`Access::ReadWrite`] it creates the store if there is none.
    ///
    /// # Errors
    /// The file is not a store of this program or cannot be used. It is then left unchanged.
    pub fn open(path: &Path, opening: impl Into<Opening>) -> Result<Self> {
        let store = Self::connect(path, opening.into(), Scope::Migrated)?;
        if store.read_only.is_none() {
            store.compare_schema()?;
        }
        Ok(store)
    }

    /// Opens the store at `path` for an examination, without comparing or migrating its schema. It is written only after the
    /// schema was found to be as expected, or by a repair.
    pub(super) fn open_as_it_is(path: &Path, opening: Opening) -> Result<Self> {
        Self::connect(path, opening, Scope::AsItIs)
    }

    fn connect(path: &Path, opening: Opening, scope: Scope) -> Result<Self> {
        let Opening { access, group, .. } = opening;
        let place = location::find(path)?;
        let heeded = match &place {
            Some(place) => {
                let heeded = permissions::check(place, group)?;
                read_only::check_readable(place)?;
                Some(heeded)
            }
            None => None,
        };
        // Dropped at the end: until then other programs wait to examine the same leftovers.
        let can_write = heeded.as_ref().is_some_and(|heeded| heeded.read_only.is_none())
            && place.as_deref().is_some_and(read_only::can_write);
        let trial = if can_write { Trial::InPlace } else { Trial::InCopy };
        let leftovers = Leftovers::find(place.as_deref().unwrap_or(path), trial, opening)?;
        let found = file::inspect(leftovers.path(), leftovers.is_first_making()?)?;
        leftovers.refuse_misfits(found)?;
        if let (Some(place), Some(heeded)) = (place, heeded) {
            let copy = leftovers.take_copy();
            match found {
                FoundFile::Store => return Self::open_found(place, opening, heeded, scope, copy),
                FoundFile::HalfMade if access == Access::ReadWrite => {
                    return Self::open_found(place, opening, heeded, scope, copy);
                }
                FoundFile::Nothing | FoundFile::HalfMade => {}
            }
        }
        match (access, scope) {
            (Access::ReadWrite, Scope::Migrated) => {
                if opening.making != Making::AtOnce
                    && let Some((unnamed, connection)) = Unnamed::open(path, opening)?
                {
                    let store = Self::without_file(path, opening, connection);
                    return Ok(Self { unnamed: Some(unnamed), ..store });
                }
                let place = creation::create(path, group)?;
                // Somebody else may have put a file there meanwhile.
                let heeded = permissions::check(&place, group)?;
                Self::open_found(place, opening, heeded, scope, None)
            }
            (Access::DryRun, Scope::Migrated) => {
                // A temporary file without a name, which SQLite deletes with the connection (sqlite.org/inmemorydb.html, 3).
                let mut connection = settings::connect(Path::new(""), opening.access)?;
                migrations::make(&mut connection, path)?;
                Ok(Self::without_file(path, opening, connection))
            }
            (Access::Existing | Access::ReadOnly, Scope::Migrated) | (_, Scope::AsItIs) => {
                Err(StoreError::Missing(path.to_owned()))
            }
        }
    }

    /// Opens the file at a resolved path; `copy` is a copy of it, if one has been made already.
    fn open_found(
        path: PathBuf,
        opening: Opening,
        heeded: Heeded,
        scope: Scope,
        copy: Option<PrivateCopy>,
    ) -> Result<Self> {
        let copy = Cell::new(copy);
        let identity = Some(Identity::of(&path)?);
        let Heeded { read_only: limited, mut warnings } = heeded;
        let leaves_no_trace = limited.is_some() || !read_only::can_write(&path);
        let read = || {
            if !leaves_no_trace {
                let connection = settings::connect(&path, Access::ReadOnly)?;
                // The first reading opens the log and its shared memory, for which there may be no room.
                if !matches!(migrations::is_earlier(&connection), Err(StoreError::Full)) {
                    return Ok((connection, None));
                }
            }
            read_only::connect(&path, opening.uninterrupted, copy.take())
        };
        let may_write = opening.access.writes() && !leaves_no_trace;
        let damage = damage::standing(&path, may_write, || Ok(read()?.0))?;
        let damage = damage.map(|damage| damage.finding(&path));
        warnings.extend(damage.clone());
        let read_only = match opening.access {
            _ if damage.is_some() => damage.map(|damage| StoreError::KnownDamage(Box::new(damage))),
            Access::ReadOnly => Some(StoreError::ReadOnly),
            Access::ReadWrite | Access::Existing | Access::DryRun => {
                limited.or_else(|| leaves_no_trace.then_some(StoreError::NotWritable))
            }
        };
        let access = if read_only.is_some() { Access::ReadOnly } else { opening.access };
        let (mut connection, mut unlocked) =
            if access.writes() { (settings::connect(&path, access)?, None) } else { read()? };
        match scope {
            Scope::Migrated if access.writes() => migrations::apply(&mut connection, &path, opening)?,
            Scope::Migrated if migrations::is_earlier(&connection)? => {
                // Before copying, and after SQLite has opened the log: as root it sets that file's owner then.
                unlocked = Some(FileStamp::of(&path));
                connection = earlier::migrated_copy(&connection, earlier::MOST_BYTES)?;
            }
            Scope::AsItIs | Scope::Migrated => {}
        }
        settings::prepare(&mut connection, access)?;
        let store = Self {
            connection,
            path,
            identity,
            unnamed: None,
            opening,
            read_only,
            warnings,
            unlocked,
            stop: Arc::default(),
            cache: RefCell::new(Cache::new(opening.search_memory.bytes())),
            verified: Cell::default(),
            caught_up: Cell::default(),
        };
        // SQLite opened the same file that was inspected.
        store.check_identity()?;
        Ok(store)
    }

    /// Returns an empty store without a file.
    fn without_file(path: &Path, opening: Opening, connection: Connection) -> Self {
        Self {
            connection,
            path: path.to_owned(),
            identity: None,
            unnamed: None,
            opening,
            read_only: None,
            warnings: Vec::new(),
            unlocked: None,
            stop: Arc::default(),
            cache: RefCell::new(Cache::new(opening.search_memory.bytes())),
            verified: Cell::default(),
            caught_up: Cell::default(),
        }
    }

    /// Gives a new store its name after its first change, and opens it there.
    pub(super) fn take_name(&mut self) -> Result<()> {
        let Some(unnamed) = self.unnamed.take() else { return Ok(()) };
        // All of it is in the file: such a store has no log.
        let nothing = Connection::open_in_memory().map_err(error::of)?;
        drop(std::mem::replace(&mut self.connection, nothing));
        unnamed.give_name()?;
        let stop = Arc::clone(&self.stop);
        *self = Self { stop, ..Self::open(&self.path, self.opening)? };
        Ok(())
    }
}
