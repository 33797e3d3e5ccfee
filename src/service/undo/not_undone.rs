//! The entries that an undo or a redo leaves as they are because the things were changed since, with the reasons.

use crate::domain::journal::Action;
use crate::domain::text::count;

use super::super::bulk::{BulkAction as _, is_meanwhile};
use super::super::contract::{ActionSummary, Failure, FailureKind, NotUndone, Reply};
use super::super::instance::Service;
use super::super::request_context::RequestContext;
use super::super::transaction::{Snapshot, with_snapshot};
use super::UndoAction;

/// The most entries whose reasons are reported.
const MAX_REASONS: usize = 100;

/// The entries that are left as they are.
#[derive(Debug, Default)]
struct Left {
    total: u64,
    /// The first entries for which the reason is known.
    reasons: Vec<NotUndone>,
}

impl Left {
    /// Finds the entries of an action that are left, except these.
    fn of(snapshot: Snapshot<'_>, undo: &UndoAction, but: &[i64]) -> Result<Self, Failure> {
        let mut left = Self::default();
        for entry in snapshot.rows.entries_to_undo(undo.act)? {
            if but.binary_search(&entry).is_ok() {
                continue;
            }
            left.total += 1;
            if left.reasons.len() < MAX_REASONS
                && let Err(failure) = undo.plan(snapshot, entry)
            {
                left.reasons.push(NotUndone { entry, why: failure.message });
            }
        }
        Ok(left)
    }

    fn added_to(self, summary: ActionSummary) -> ActionSummary {
        ActionSummary { vanished: self.total, not_undone: self.reasons, ..summary }
    }
}

/// Adds to the reply the entries that are left as they are. If these are all entries of the action, returns a failure
/// that says so.
pub(super) fn with_left(
    service: &Service,
    context: &RequestContext<'_>,
    undo: &UndoAction,
    result: Result<Reply, Failure>,
) -> Result<Reply, Failure> {
    if !undo.several {
        return result;
    }
    let left = |but: &[i64]| with_snapshot(service, context, |snapshot| Left::of(snapshot, undo, but));
    match result {
        // The undo is committed even if the rest cannot be read: it may have ended the operator's own session.
        Ok(Reply::Done(summary)) => Ok(Reply::Done(match left(&[]) {
            Ok(left) => left.added_to(summary),
            Err(_) => summary,
        })),
        Ok(Reply::Counted { summary, rows }) => {
            let left = left(&rows.ids)?;
            Ok(Reply::Counted { summary: left.added_to(summary), rows })
        }
        Err(failure) if is_meanwhile(&failure) => Err(match left(&[]) {
            Ok(left) => none(undo.action, &left).unwrap_or(failure),
            Err(_) => failure,
        }),
        other => other,
    }
}

/// Returns the failure that says that nothing of the action can be undone, if that is so.
fn none(action: Action, left: &Left) -> Option<Failure> {
    let is_all = left.total > 0 && left.reasons.len() as u64 == left.total.min(MAX_REASONS as u64);
    if !is_all {
        return None;
    }
    let summary = ActionSummary {
        vanished: left.total,
        not_undone: left.reasons.clone(),
        ..ActionSummary::new(action)
    };
    let action = if action == Action::Redone { "done again" } else { "undone" };
    let entries = count(left.total, "change", "changes");
    let message = format!("None of the {entries} can be {action}: {}.", summary.reasons());
    Some(Failure::new(FailureKind::Conflict, message).hint("Look at what was done since."))
}
