//! What came of an act, for programs: one object, whose keys `assets/manual/json.md` documents.

use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::service::contract::{Action, ActionSummary, Own, SideEffects, Subject};

use super::output::Value;
use super::runner::Course;

/// A field of what programs read.
pub(super) type Field = (&'static str, Value);

/// A token or code that is shown this once, and its end.
pub(super) type Shown<'s> = Option<(&'s Secret, Timestamp)>;

/// The keys that every act has.
pub(super) fn head(
    action: Action,
    course: Course,
    changed: u64,
    unchanged: u64,
    ids: Vec<i64>,
    entry: Option<i64>,
    left_out: u64,
) -> Vec<Field> {
    vec![
        ("action", action.word().into()),
        ("dry_run", Value::Flag(course == Course::Rehearsal)),
        ("changed", changed.into()),
        ("unchanged", unchanged.into()),
        ("ids", Value::Ids(ids)),
        ("entry", Value::of(entry.map(Value::Number))),
        ("left_out", left_out.into()),
    ]
}

/// What an act came to, or in a rehearsal would come to.
pub(super) fn fields(summary: ActionSummary, course: Course, shown: Shown<'_>) -> Vec<Field> {
    let action = summary.action;
    let dry_run = course == Course::Rehearsal;
    // What a rehearsal made is gone again, and may get another id.
    let made = action.row().makes_row.then(|| summary.id.filter(|_| !dry_run));
    let changed = if summary.ids.is_empty() { summary.rows() } else { summary.ids.len() as u64 };
    let left_out = summary.left_out + summary.vanished + u64::from(summary.own == Own::LeftOut);
    let counts = counts(&summary).into_iter().map(|(key, count)| (key, count.into()));
    let taken_back = is_undo(action).then(|| {
        [
            ("of", Value::of(summary.of.map(Action::word))),
            ("undoes", Value::of(summary.entry.map(Value::Number))),
        ]
    });
    let ids = if made == Some(None) { Vec::new() } else { summary.ids };
    let entry = summary.written.filter(|_| !dry_run);
    let mut fields = head(action, course, changed, summary.unchanged, ids, entry, left_out);
    fields.extend(counts);
    fields.extend(taken_back.into_iter().flatten());
    fields.extend(made.map(|id| ("id", Value::of(id.map(Value::Number)))));
    if let Some((secret, expires_at)) = shown {
        let key = if action == Action::Issued { "token" } else { "access_code" };
        fields.extend([(key, secret.expose().into()), ("expires_at", expires_at.into())]);
    }
    fields
}

/// The numbers of what went along with the rows that an act changed.
fn counts(summary: &ActionSummary) -> Vec<(&'static str, u64)> {
    let ended = ("sessions_ended", summary.sessions);
    let made = ("directories_made", summary.directories);
    match summary.action.row().side_effects {
        SideEffects::Nothing => Vec::new(),
        SideEffects::SessionsEnd => vec![ended],
        SideEffects::DirectoriesMade => vec![made],
        SideEffects::SessionsEndDirectoriesMade => vec![ended, made],
        SideEffects::TakenAlong => {
            vec![
                ("accounts", summary.accounts),
                ("sessions", summary.sessions),
                ("directories", summary.directories),
            ]
        }
        SideEffects::TakenAlongOrLost => vec![
            ("accounts", summary.accounts),
            ("sessions", summary.sessions),
            ("directories", summary.directories),
            ("sessions_lost", summary.lost),
        ],
        SideEffects::Subdirectories => vec![("directories", summary.directories)],
    }
}

fn is_undo(action: Action) -> bool {
    action.row().subject == Subject::UndoneAction
}
