//! New rows of directories, and the paths that are free for them.

use crate::auth::token::new_directory_id;
use crate::domain::directory::{Directory, split};
use crate::domain::text::excerpt;
use crate::domain::time::Timestamp;
use crate::domain::user::{Field, UserId};
use crate::store::NewDirectory;

use super::contract::{Failure, FailureKind};

/// Returns a new directory of the account at a path that [`require_path_free`] accepts.
///
/// # Errors
/// The system has no random numbers.
pub(super) fn new_directory(
    now: Timestamp,
    owner: UserId,
    username: Option<&str>,
    path: &str,
) -> Result<NewDirectory, Failure> {
    Ok(NewDirectory {
        id: None,
        user_id: owner,
        directory_id: new_directory_id(now, owner)?,
        path: path.to_owned(),
        name: None,
        date_added: now,
        last_modified: None,
        last_accessed: None,
        username: username.map(str::to_owned),
    })
}

/// Refuses a path that cannot become a directory of the account; `existing` are the directories that have this path.
///
/// # Errors
/// [`FailureKind::Conflict`] if the account has one of them, or if the path is at the top and anybody has.
pub(super) fn require_path_free(existing: &[Directory], path: &str, owner: UserId) -> Result<(), Failure> {
    let at_top = split(path).0.is_none();
    match existing.iter().find(|directory| at_top || directory.user_id == owner) {
        None => Ok(()),
        Some(existing) => {
            let message = format!(
                "There is a directory {} already; it belongs to {}.",
                excerpt(path),
                excerpt(&existing.owner)
            );
            Err(Failure::new(FailureKind::Conflict, message).about(Field::DirectoryName))
        }
    }
}
