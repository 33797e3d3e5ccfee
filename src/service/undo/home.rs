//! Directories that were made for an account and taken back: they leave nothing in the bin, for nobody deleted them, and
//! the journal says how to make them again with the ids that they had.

use crate::domain::directory::Directory;
use crate::domain::journal::{BIN, Entry, FieldValues, MADE};
use crate::domain::user::User;
use crate::store::NewDirectory;

use super::super::bulk::Snapshot;
use super::super::contract::Failure;
use super::super::directories::free;
use super::super::{Transaction, homes};

/// The field that holds, for each path in [`MADE`], the row's id and the directory's.
const IDS: &str = "directory_ids";

/// The field that counts the directories that were taken back.
pub(super) const REMOVED: &str = "directories_removed";

/// A directory that was made and taken back.
pub(super) struct Removed {
    path: String,
    /// The ids that it had, where the journal knows them.
    ids: Option<(i64, String)>,
}

/// Returns the directories that this entry took back.
pub(super) fn removed(entry: &Entry) -> Vec<Removed> {
    let mut ids = entry.before.texts(IDS).into_iter();
    let parse = |ids: String| {
        let (id, directory_id) = ids.split_once(' ')?;
        Some((id.parse().ok()?, directory_id.to_owned()))
    };
    let with_ids = |path| Removed { path, ids: ids.next().and_then(parse) };
    entry.before.texts(MADE).into_iter().map(with_ids).collect()
}

/// Refuses where something else is at one of the paths by now.
///
/// # Errors
/// [`FailureKind::Conflict`](super::super::contract::FailureKind::Conflict).
pub(super) fn are_free(snapshot: Snapshot<'_>, user: &User, removed: &[Removed]) -> Result<(), Failure> {
    removed.iter().try_for_each(|one| free(&snapshot.rows.directories_at(&one.path)?, &one.path, user.id))
}

impl Transaction<'_> {
    /// Removes directories that were made for an account, with all that was made below them. The image of
    /// what was there before says how to make them again.
    pub(super) fn remove_made(
        &mut self,
        user: &User,
        tops: &[Directory],
        paths: &[String],
        before: FieldValues,
    ) -> Result<FieldValues, Failure> {
        let mut ids = Vec::new();
        for path in paths {
            let there = self.rows.directories_at(path)?;
            let own = there.iter().find(|there| there.user_id == user.id);
            ids.push(own.map_or_else(String::new, |own| format!("{} {}", own.id, own.directory_id)));
        }
        for directory in tops {
            if let Some(item) = self.bin_directory(directory.id, None, None)?.number(BIN) {
                self.rows.purge(item)?;
            }
        }
        Ok(before.with(MADE, paths.to_vec()).with(IDS, ids))
    }

    /// Makes directories again: their paths.
    pub(super) fn make_again(&mut self, user: &User, removed: Vec<Removed>) -> Result<Vec<String>, Failure> {
        let mut paths = Vec::new();
        for Removed { path, ids } in removed {
            if let Some((id, directory_id)) = ids.filter(|(id, _)| !self.is_used(*id)) {
                self.rows.insert_directory(&NewDirectory {
                    id: Some(id),
                    user_id: user.id,
                    directory_id,
                    path: path.clone(),
                    name: None,
                    date_added: self.now,
                    last_modified: None,
                    last_accessed: None,
                    username: user.username.clone(),
                })?;
            } else {
                homes::make(
                    self.rows,
                    self.now,
                    user.id,
                    user.username.as_deref(),
                    std::slice::from_ref(&path),
                )?;
            }
            paths.push(path);
        }
        Ok(paths)
    }

    /// Whether another directory has got this id meanwhile.
    fn is_used(&self, id: i64) -> bool {
        self.rows.directory(id).is_ok_and(|found| found.is_some())
    }
}
