//! What of an act an undo or a redo leaves as it is, because it was changed since: told with the reasons.

use super::super::bulk::{BulkAction as _, Snapshot, is_meanwhile};
use super::super::contract::{ActionSummary, Failure, FailureKind, NotUndone, Reply};
use super::super::{RequestContext, Service, with_snapshot};
use super::TakingBack;
use crate::domain::journal::Action;
use crate::domain::text::count;

/// The most entries whose reasons are told.
const MOST: usize = 100;

/// The entries that are left as they are.
#[derive(Debug, Default)]
struct Left {
    total: u64,
    /// The first of them for which the reason is known.
    reasons: Vec<NotUndone>,
}

impl Left {
    /// Finds what is left of an act, but for these entries.
    fn of(snapshot: Snapshot<'_>, act: &TakingBack, but: &[i64]) -> Result<Self, Failure> {
        let mut left = Self::default();
        for entry in snapshot.rows.entries_to_undo(act.act)? {
            if but.binary_search(&entry).is_ok() {
                continue;
            }
            left.total += 1;
            if left.reasons.len() < MOST
                && let Err(failure) = act.plan(snapshot, entry)
            {
                left.reasons.push(NotUndone { entry, why: failure.message });
            }
        }
        Ok(left)
    }

    fn told(self, summary: ActionSummary) -> ActionSummary {
        ActionSummary { vanished: self.total, not_undone: self.reasons, ..summary }
    }
}

/// Returns the reply with what was left as it is, or where that is all of the act a failure that says so.
pub(super) fn told(
    service: &Service,
    context: &RequestContext<'_>,
    act: &TakingBack,
    result: Result<Reply, Failure>,
) -> Result<Reply, Failure> {
    if !act.several {
        return result;
    }
    let left = |but: &[i64]| {
        with_snapshot(service, context, |rows, principal| {
            Left::of(Snapshot { rows, principal, now: context.now }, act, but)
        })
    };
    match result {
        // What was done stays done, whether it can be told what was left or not: an undo may end the session of who did it.
        Ok(Reply::Done(summary)) => Ok(Reply::Done(match left(&[]) {
            Ok(left) => left.told(summary),
            Err(_) => summary,
        })),
        Ok(Reply::Counted { summary, rows }) => {
            let left = left(&rows.ids)?;
            Ok(Reply::Counted { summary: left.told(summary), rows })
        }
        Err(failure) if is_meanwhile(&failure) => Err(match left(&[]) {
            Ok(left) => none(act.action, &left).unwrap_or(failure),
            Err(_) => failure,
        }),
        other => other,
    }
}

/// Says that nothing of an act can be taken back, where that is so.
fn none(action: Action, left: &Left) -> Option<Failure> {
    let is_all = left.total > 0 && left.reasons.len() as u64 == left.total.min(MOST as u64);
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
