//! Directories that were made for an account and taken back. They leave nothing in the bin, because nobody deleted
//! them; the journal keeps the ids with which they are made again.

use crate::domain::directory::Directory;
use crate::domain::journal::{BIN, Entry, FieldValues, MADE};
use crate::domain::user::User;
use crate::store::NewDirectory;

use super::super::contract::Failure;
use super::super::directory_rows::require_path_free;
use super::super::transaction::{Snapshot, Transaction};
use super::super::{bin, homes};

/// The field that holds, for each path in [`MADE`], the ids of the row and of the directory.
const IDS: &str = "directory_ids";

/// The field that counts the directories that were removed.
pub(super) const REMOVED: &str = "directories_removed";

/// A directory that was made and removed.
pub(super) struct Removed {
    path: String,
    /// The earlier ids, if the journal knows them.
    ids: Option<(i64, String)>,
}

/// Returns the directories that this entry removed.
pub(super) fn removed(entry: &Entry) -> Vec<Removed> {
    let mut ids = entry.before.texts(IDS).into_iter();
    let parse = |ids: String| {
        let (id, directory_id) = ids.split_once(' ')?;
        Some((id.parse().ok()?, directory_id.to_owned()))
    };
    let with_ids = |path| Removed { path, ids: ids.next().and_then(parse) };
    entry.before.texts(MADE).into_iter().map(with_ids).collect()
}

/// Refuses if something else is at one of the paths by now.
///
/// # Errors
/// [`FailureKind::Conflict`](super::super::contract::FailureKind::Conflict).
pub(super) fn are_free(snapshot: Snapshot<'_>, user: &User, removed: &[Removed]) -> Result<(), Failure> {
    removed
        .iter()
        .try_for_each(|one| require_path_free(&snapshot.rows.directories_at(&one.path)?, &one.path, user.id))
}

/// Removes directories that were made for an account, with everything that was made below them. Returns `before` with the
/// ids by which they can be made again.
pub(super) fn remove_made(
    tx: &mut Transaction<'_>,
    user: &User,
    tops: &[Directory],
    paths: &[String],
    before: FieldValues,
) -> Result<FieldValues, Failure> {
    let mut ids = Vec::new();
    for path in paths {
        let there = tx.rows.directories_at(path)?;
        let own = there.iter().find(|there| there.user_id == user.id);
        ids.push(own.map_or_else(String::new, |own| format!("{} {}", own.id, own.directory_id)));
    }
    for directory in tops {
        if let Some(item) = bin::trash_directory(tx, directory.id, None, None)?.number(BIN) {
            tx.rows.purge(item)?;
        }
    }
    Ok(before.with(MADE, paths.to_vec()).with(IDS, ids))
}

/// Makes removed directories again and returns their paths.
pub(super) fn make_again(
    tx: &mut Transaction<'_>,
    user: &User,
    removed: Vec<Removed>,
) -> Result<Vec<String>, Failure> {
    let mut paths = Vec::new();
    for Removed { path, ids } in removed {
        if let Some((id, directory_id)) = ids.filter(|(id, _)| !is_used(tx, *id)) {
            tx.rows.insert_directory(&NewDirectory {
                id: Some(id),
                user_id: user.id,
                directory_id,
                path: path.clone(),
                name: None,
                date_added: tx.now,
                last_modified: None,
                last_accessed: None,
                username: user.username.clone(),
            })?;
        } else {
            homes::make(tx, user.id, user.username.as_deref(), std::slice::from_ref(&path))?;
        }
        paths.push(path);
    }
    Ok(paths)
}

/// Returns true if another directory has this id by now.
fn is_used(tx: &Transaction<'_>, id: i64) -> bool {
    tx.rows.directory(id).is_ok_and(|found| found.is_some())
}
