//! Results of actions for programs: one object, whose keys `assets/manual/json.md` documents.

use serde_json::json;

use crate::domain::dependents::total;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::service::contract::{Action, ActionSummary, FactorSlip, Own, SideEffects, Subject};

use super::output::Value;

/// A key and its value in the output for programs.
pub(super) type ReportField = (&'static str, Value);

/// A token or code, which is shown only once, and its end.
pub(super) type OneTimeSecret<'s> = Option<(&'s Secret, Timestamp)>;

/// Returns the keys that every action has.
pub(super) fn head(
    action: Action,
    dry_run: bool,
    changed: u64,
    unchanged: u64,
    ids: Vec<i64>,
    entry: Option<i64>,
    left_out: u64,
) -> Vec<ReportField> {
    vec![
        ("action", action.word().into()),
        ("dry_run", Value::Flag(dry_run)),
        ("changed", changed.into()),
        ("unchanged", unchanged.into()),
        ("ids", Value::Ids(ids)),
        ("entry", Value::of(entry.map(Value::Number))),
        ("left_out", left_out.into()),
    ]
}

/// Returns the result of the set-up of a second factor.
pub(super) fn factor_fields(slip: FactorSlip) -> Vec<ReportField> {
    let FactorSlip { summary, codes, offer, is_verified: _ } = slip;
    let mut fields = fields(summary, false, None);
    fields.push(("uri", offer.uri.expose().into()));
    fields.push(("secret", offer.secret.expose().into()));
    fields.push(("recovery_codes", Value::Json(codes.iter().map(Secret::expose).collect())));
    fields
}

/// Returns the result of an action or of its dry run.
pub(super) fn fields(summary: ActionSummary, dry_run: bool, shown: OneTimeSecret<'_>) -> Vec<ReportField> {
    let action = summary.action;
    // The row that a dry run made is gone again, and the next one may get another id.
    let made = action.row().makes_row.then(|| summary.id.filter(|_| !dry_run));
    let changed = if summary.ids.is_empty() { summary.rows() } else { summary.ids.len() as u64 };
    let left_out = summary.left_out + summary.vanished + u64::from(summary.own == Own::LeftOut);
    let counts = counts(&summary).into_iter().map(|(key, count)| (key, count.into()));
    let taken_back = is_undo(action).then(|| {
        let not_undone =
            summary.not_undone.iter().map(|left| json!({ "entry": left.entry, "reason": left.why }));
        [
            ("of", Value::of(summary.of.map(Action::word))),
            ("undoes", Value::of(summary.entry.map(Value::Number))),
            ("not_undone", Value::Json(not_undone.collect())),
        ]
    });
    let ids = if made == Some(None) && dry_run { Vec::new() } else { summary.ids };
    let entry = summary.written.filter(|_| !dry_run);
    let mut fields = head(action, dry_run, changed, summary.unchanged, ids, entry, left_out);
    fields.extend(counts);
    fields.extend(taken_back.into_iter().flatten());
    fields.extend(made.map(|id| ("id", Value::of(id.map(Value::Number)))));
    if let Some((secret, expires_at)) = shown {
        let key = if action == Action::Issued { "token" } else { "access_code" };
        fields.extend([(key, secret.expose().into()), ("expires_at", expires_at.into())]);
    }
    fields
}

/// Returns the numbers of other rows that the action changed.
fn counts(summary: &ActionSummary) -> Vec<(&'static str, u64)> {
    let ended = ("sessions_ended", summary.sessions);
    let made = ("directories_made", summary.directories);
    let carried = ("other_rows", total(summary.carried()));
    let cleared = ("references_cleared", total(summary.cleared()));
    match summary.action.row().side_effects {
        SideEffects::Nothing => Vec::new(),
        SideEffects::SessionsEnd => vec![ended],
        SideEffects::DirectoriesMade => vec![made],
        SideEffects::SessionsEndDirectoriesMade => vec![ended, made],
        SideEffects::TakenAlong => {
            let mut counts = vec![
                ("accounts", summary.accounts),
                ("sessions", summary.sessions),
                ("directories", summary.directories),
                carried,
                cleared,
            ];
            if summary.action == Action::Erased {
                counts.push(("entries_erased", summary.erased.entries));
            }
            counts
        }
        SideEffects::TakenAlongOrLost => vec![
            ("accounts", summary.accounts),
            ("sessions", summary.sessions),
            ("directories", summary.directories),
            ("sessions_lost", summary.lost),
            carried,
            cleared,
        ],
        SideEffects::Subdirectories => vec![("directories", summary.directories)],
        SideEffects::SubdirectoriesTakenAlong => vec![("directories", summary.directories), carried, cleared],
    }
}

fn is_undo(action: Action) -> bool {
    action.row().subject == Subject::UndoneAction
}
