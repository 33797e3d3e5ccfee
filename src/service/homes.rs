//! Homes: each account's own tree of directories, made with its libraries. Only rows: the disk is not touched here.

use crate::domain::directory::{LIBRARIES, home_name, join};
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::store::Write;

use super::contract::Failure;
use super::directories::insert;

/// Makes the account's home and its libraries where they are missing. How many rows that took.
///
/// # Errors
/// [`FailureKind::Conflict`](super::contract::FailureKind) where another account's directory has the home's name.
pub(super) fn provision(rows: &mut dyn Write, now: Timestamp, user: &User) -> Result<u64, Failure> {
    let home = match rows.home(user.id)? {
        Some(home) => home.path,
        None => home_name(user.id, user.username.as_deref()),
    };
    let libraries = LIBRARIES.iter().map(|name| join(Some(&home), name));
    let mut made = 0;
    for path in std::iter::once(home.clone()).chain(libraries) {
        let there = rows.directories_at(&path)?;
        if there.iter().all(|directory| directory.user_id != user.id) {
            insert(rows, now, user, &path)?;
            made += 1;
        }
    }
    Ok(made)
}
