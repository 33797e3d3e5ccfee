//! The reversal of a change of a directory: it goes back to where it was, or into the bin.

use crate::domain::dependents::DeletionTarget;
use crate::domain::directory::{is_within, split};
use crate::domain::journal::{Action, Entry};
use crate::domain::text::excerpt;
use crate::service::contract::{ActionSummary, Failure};
use crate::service::transaction::Snapshot;
use crate::service::{dependents, directories};

use super::{Reversal, came_to_be, conflict, for_good, is_as_left, lay_at};

/// Returns the number of directories that the same action moved into this one after that entry. The last change is
/// undone first, so they are gone by the time this one is undone.
fn came_after(snapshot: Snapshot<'_>, entry: &Entry, path: &str) -> Result<i64, Failure> {
    let mut sum = 0;
    for seq in snapshot.rows.entries_to_undo(entry.act)? {
        let later = snapshot.rows.entry(seq)?.filter(|later| later.seq > entry.seq);
        let inside = later.filter(|later| later.object.account == entry.object.account);
        let came = inside.and_then(|later| {
            let to = later.after.text("directory_path")?;
            is_within(to, path).then(|| later.after.number("directories").unwrap_or(1))
        });
        sum += came.unwrap_or_default();
    }
    Ok(sum)
}

pub(super) fn of_directory(
    snapshot: Snapshot<'_>,
    entry: &Entry,
) -> Result<(ActionSummary, Reversal), Failure> {
    let found = entry.object.id.map(|id| snapshot.rows.directory(id)).transpose()?.flatten();
    let vanished = || conflict(format!("{} no longer exists.", excerpt(&entry.object.label)));
    let directory = found.filter(|found| snapshot.principal.sees(found.user_id)).ok_or_else(vanished)?;
    is_as_left(&directory.path, &entry.after, &directories::at_path(&directory.path))?;
    if split(&directory.path).0.is_none() {
        snapshot.principal.admin_only("change a directory at the top")?;
    }
    let below = snapshot.rows.below(directory.id)?;
    let summary = ActionSummary { directories: 1 + below, ..ActionSummary::new(Action::Undone) };
    if came_to_be(entry, "directory_path") {
        let then = entry.after.number("directories").unwrap_or(1);
        let more = i64::try_from(summary.directories).unwrap_or(i64::MAX) - then;
        if more != 0 && more != came_after(snapshot, entry, &directory.path)? {
            return Err(conflict(format!("What lies in {} was changed since.", excerpt(&directory.path))));
        }
        let target = DeletionTarget::Directory(directory.id);
        let summary = summary.with_dependents(dependents::find(snapshot, target, &directory.path)?);
        let number = lay_at(snapshot, entry)?;
        // It was restored to another path. In the bin it gets its old path, so that the removal can be undone, too.
        let was = Some(&entry.object.label).filter(|was| number.is_some() && **was != directory.path);
        let was = was.filter(|was| directories::can_go(snapshot.rows, &directory, was).is_ok());
        let path = was.unwrap_or(&directory.path).clone();
        return Ok((summary.clone(), Reversal::BinDirectory(directory, summary, number, path)));
    }
    let path = entry.before.text("directory_path").ok_or_else(|| for_good(entry))?.to_owned();
    directories::can_go(snapshot.rows, &directory, &path)?;
    Ok((summary, Reversal::Relocate(directory, path)))
}
