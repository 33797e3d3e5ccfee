//! What came of an act, for programs: one object, whose keys `assets/manual/json.md` documents.

use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::service::contract::{Own, Tally, Verb};

use super::errand::Course;
use super::output::Value;

/// A field of what programs read.
pub(super) type Field = (&'static str, Value);

/// A token or code that is shown this once, and its end.
pub(super) type Shown<'s> = Option<(&'s Secret, Timestamp)>;

/// The keys that every act has.
pub(super) fn head(
    action: Verb,
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
pub(super) fn fields(tally: Tally, course: Course, shown: Shown<'_>) -> Vec<Field> {
    let verb = tally.verb;
    let rehearsal = course == Course::Rehearsal;
    // What a rehearsal made is gone again, and may get another id.
    let made = makes_a_row(verb).then(|| tally.id.filter(|_| !rehearsal));
    let changed = if tally.ids.is_empty() { tally.rows() } else { tally.ids.len() as u64 };
    let left_out = tally.left_out + tally.vanished + u64::from(tally.own == Own::LeftOut);
    let counts = counts(&tally).into_iter().map(|(key, count)| (key, count.into()));
    let taken_back = is_undo(verb).then(|| {
        [("of", Value::of(tally.of.map(Verb::word))), ("undoes", Value::of(tally.entry.map(Value::Number)))]
    });
    let ids = if made == Some(None) { Vec::new() } else { tally.ids };
    let entry = tally.written.filter(|_| !rehearsal);
    let mut fields = head(verb, course, changed, tally.unchanged, ids, entry, left_out);
    fields.extend(counts);
    fields.extend(taken_back.into_iter().flatten());
    fields.extend(made.map(|id| ("id", Value::of(id.map(Value::Number)))));
    if let Some((secret, expires_at)) = shown {
        let key = if verb == Verb::Issued { "token" } else { "access_code" };
        fields.extend([(key, secret.expose().into()), ("expires_at", expires_at.into())]);
    }
    fields
}

/// The numbers of what went along with the rows that an act changed.
fn counts(tally: &Tally) -> Vec<(&'static str, u64)> {
    let ended = ("sessions_ended", tally.sessions);
    let made = ("directories_made", tally.directories);
    match tally.verb {
        Verb::SetUp | Verb::Added | Verb::Provisioned => vec![made],
        Verb::Edited | Verb::Confirmed | Verb::Suspended | Verb::Promoted | Verb::Demoted => {
            vec![ended, made]
        }
        Verb::PasswordSet | Verb::Revoked => vec![ended],
        Verb::Deleted | Verb::Restored | Verb::Purged => {
            vec![
                ("accounts", tally.accounts),
                ("sessions", tally.sessions),
                ("directories", tally.directories),
            ]
        }
        Verb::Undone | Verb::Redone => vec![
            ("accounts", tally.accounts),
            ("sessions", tally.sessions),
            ("directories", tally.directories),
            ("sessions_lost", tally.lost),
        ],
        Verb::Renamed | Verb::Moved | Verb::Trashed => vec![("directories", tally.directories)],
        Verb::CodeMade
        | Verb::CodeRevoked
        | Verb::Issued
        | Verb::Renewed
        | Verb::Swept
        | Verb::Opened
        | Verb::LoggedIn
        | Verb::LoggedOut
        | Verb::Imported
        | Verb::Repaired
        | Verb::ClockSet => Vec::new(),
    }
}

const fn makes_a_row(verb: Verb) -> bool {
    matches!(verb, Verb::SetUp | Verb::Added | Verb::Issued)
}

const fn is_undo(verb: Verb) -> bool {
    matches!(verb, Verb::Undone | Verb::Redone)
}
