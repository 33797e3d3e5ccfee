//! The hash chain of a whole journal, verified.

use rusqlite::Connection;

use crate::domain::journal::{Break, Head};
use crate::store::Result;

use super::journal_verify;
use super::watch::Watch;

/// The entries that are verified between two reports.
const ENTRIES_AT_ONCE: u32 = 50_000;

/// Returns the first place at which the journal is not as it was written.
///
/// # Errors
/// [`StoreError::Stopped`](crate::store::StoreError::Stopped); the journal cannot be read.
pub(super) fn first_break(connection: &Connection, watch: &Watch) -> Result<Option<Break>> {
    let mut head = Head::empty();
    loop {
        let check = journal_verify::verify(connection, &head, ENTRIES_AT_ONCE)?;
        if check.broken.is_some() {
            return Ok(check.broken);
        }
        watch.done((check.head.seq - head.seq).unsigned_abs())?;
        if check.is_last {
            return Ok(None);
        }
        head = check.head;
    }
}
