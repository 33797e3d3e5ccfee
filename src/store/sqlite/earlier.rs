//! Reading a store of an earlier schema: a copy of it is brought up to the latest one, and the store stays as it is.
//!
//! The copy lies in a temporary file of SQLite's own that only its owner may use and that has no name: it goes with the
//! connection, however that ends (sqlite.org/inmemorydb.html, 3).

use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::domain::access::Access;
use crate::store::{Result, StoreError};

use super::schema::{HeaderMarks, LATEST};
use super::{error, migrations, pages, settings};

/// The size of the largest store that is copied: what a folder for temporary files can be expected to hold.
pub(super) const MOST_BYTES: u64 = 1 << 30;

/// All pages of a file at once, so that the copy is of one state.
const ALL_PAGES: i32 = -1;

/// Copies the store that is open here and brings the copy up to the latest schema.
///
/// # Errors
/// [`StoreError::Earlier`] where the store takes more than `most` bytes; [`StoreError::Altered`]; the copy cannot be made.
pub(super) fn migrated_copy(store: &Connection, most: u64) -> Result<Connection> {
    let bytes = pages::size(store)?;
    if bytes > most {
        let found = HeaderMarks::of(store).map_err(error::of)?.version;
        return Err(StoreError::Earlier { found, latest: LATEST, bytes, most });
    }
    let mut copy = settings::connect(Path::new(""), Access::Existing)?;
    fill(store, &mut copy)?;
    migrations::apply_to_copy(&mut copy)?;
    Ok(copy)
}

fn fill(store: &Connection, copy: &mut Connection) -> Result<()> {
    let backup = Backup::new(store, copy).map_err(error::of)?;
    match backup.step(ALL_PAGES).map_err(error::of)? {
        StepResult::Done => Ok(()),
        _ => Err(StoreError::Busy),
    }
}
