//! Entries of the journal as sentences: `suspended alan: "payment failed" · ended 2 sessions`. Names and values in them are
//! as stored: the caller makes a sentence visible before showing it.

use std::borrow::Cow;

use crate::domain::difference::{Difference, differences};
use crate::domain::directory::split;
use crate::domain::journal::{
    Action, BINNED, CHANGED, EntityKind, EntityRef, Entry, FieldValues, MADE, Outcome, SESSIONS_ENDED,
};
use crate::domain::text::{clip, count, excerpt_bare};
use crate::domain::user::FIELDS;
use crate::service::contract::Sentence;

use super::fields::{noun, rank};

/// The most width of a value in a sentence, in cells.
const VALUE: usize = 60;
/// The most fields that a sentence names.
const NAMED: usize = 3;

/// Returns the sentence about an entry, without a capital and a full stop.
pub(super) fn sentence(entry: &Entry) -> String {
    let action = Action::parse(&entry.action);
    if entry.outcome == Outcome::Refused {
        return refused(entry, action);
    }
    let reason = entry.reason.as_ref().map(|reason| format!(": \"{reason}\"")).unwrap_or_default();
    let main =
        action.map_or_else(|| format!("{} {}", entry.action, name(entry)), |action| done(entry, action));
    let mut parts = vec![main + &reason];
    parts.extend(action.map(|action| beside(entry, action)).unwrap_or_default());
    parts.extend(entry.erased.object.then(|| "erased".to_owned()));
    parts.join(" · ")
}

/// Returns the sentence about several entries of one action, by the first of them.
pub(super) fn of_several(entry: &Entry, entries: u64) -> String {
    let (one, many) = match entry.object.kind {
        EntityKind::Account => ("account", "accounts"),
        EntityKind::Session => ("session", "sessions"),
        EntityKind::Directory => ("directory", "directories"),
        EntityKind::Store => ("change", "changes"),
    };
    let rows = count(entries, one, many);
    let words = match Action::parse(&entry.action) {
        None => format!("{} {rows}", entry.action),
        Some(action) => {
            let past = past(action);
            match action.row().sentence {
                Sentence::Entry => {
                    let undone = entry.undoes.map(|undone| format!("the action of entry {undone}"));
                    format!("{past} {} on {rows}", undone.as_deref().unwrap_or("an action"))
                }
                Sentence::ObjectAnd(words) => format!("{past} {rows}{words}"),
                Sentence::Object
                | Sentence::Alone
                | Sentence::Password
                | Sentence::Factor
                | Sentence::Fields
                | Sentence::Account
                | Sentence::Until
                | Sentence::NewName
                | Sentence::NewPath
                | Sentence::File(_)
                | Sentence::Count => format!("{past} {rows}"),
            }
        }
    };
    let reason = entry.reason.as_ref().map(|reason| format!(": \"{reason}\"")).unwrap_or_default();
    words + &reason
}

/// Returns the name of the thing that an entry is about: `alan`, `session 3fa9c1e0 of alan`, a path.
pub(super) fn name(entry: &Entry) -> String {
    let object = &entry.object;
    match object.label.rsplit_once(' ') {
        _ if object.label.is_empty() => {
            numbered(object, " of ").unwrap_or_else(|| unnamed(object.kind).to_owned())
        }
        Some((account, id)) if object.kind == EntityKind::Session => format!("session {id} of {account}"),
        _ => object.label.clone(),
    }
}

/// Returns the thing by its number, with its account behind `joint`: `account 3`, `session 12 of account 3`. One without a
/// number goes by its account alone, if it has one.
pub(super) fn numbered(object: &EntityRef, joint: &str) -> Option<String> {
    let thing = object.id.map(|id| format!("{} {id}", object.kind.word()));
    let owner = object.account.filter(|_| object.kind != EntityKind::Account || thing.is_none());
    let parts: Vec<_> = thing.into_iter().chain(owner.map(|account| format!("account {account}"))).collect();
    (!parts.is_empty()).then(|| parts.join(joint))
}

/// Returns a thing of which nothing is known but its kind.
const fn unnamed(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Account => "an account",
        EntityKind::Session => "a session",
        EntityKind::Directory => "a directory",
        EntityKind::Store => "the store",
    }
}

/// Returns the account of a session's label: `alan` of `alan 3fa9c1e0`.
fn account(entry: &Entry) -> Cow<'_, str> {
    let label = entry.object.label.as_str();
    if entry.erased.object {
        return entry.object.account.map_or("an account".into(), |id| format!("account {id}").into());
    }
    let name = label.rsplit_once(' ').filter(|_| entry.object.kind == EntityKind::Session);
    name.map_or(label, |(name, _)| name).into()
}

fn past(action: Action) -> String {
    let past = action.row().past;
    past.chars().take(1).flat_map(char::to_lowercase).chain(past.chars().skip(1)).collect()
}

fn refused(entry: &Entry, action: Option<Action>) -> String {
    let why = entry.after.text("refused").map(|why| format!(": {why}")).unwrap_or_default();
    match action {
        Some(Action::LoggedIn) => {
            let from = Some(&entry.origin.place).filter(|place| !place.is_empty());
            let from = from.map(|place| format!(" from {place}")).unwrap_or_default();
            format!("failed to log in as {}{from}{why}", account(entry))
        }
        Some(action) => format!("tried to {} {}{why}", action.row().infinitive, name(entry)),
        None => format!("tried {} {}{why}", entry.action, name(entry)),
    }
}

fn done(entry: &Entry, action: Action) -> String {
    let path = |values: &FieldValues| values.text("directory_path").unwrap_or(&entry.object.label).to_owned();
    let past = past(action);
    match action.row().sentence {
        Sentence::Object => format!("{past} {}", name(entry)),
        Sentence::ObjectAnd(words) => format!("{past} {}{words}", name(entry)),
        Sentence::Alone => past,
        Sentence::Password => match entry.after.text("password") {
            Some(text) if text != CHANGED => format!("rehashed the password of {}", name(entry)),
            Some(_) | None => format!("{past} {}", name(entry)),
        },
        Sentence::Factor => match entry.after.text("second_factor") {
            Some(_) => format!("proved the second factor of {}", name(entry)),
            None => format!("{past} {}", name(entry)),
        },
        Sentence::Fields => edited(entry),
        Sentence::Account => format!("{past} {}", account(entry)),
        Sentence::Until => match entry.after.told("expiration") {
            Some(end) => format!("{past} {} until {end}", name(entry)),
            None => format!("{past} {}", name(entry)),
        },
        Sentence::NewName => format!("{past} {} to {}", path(&entry.before), split(&path(&entry.after)).1),
        Sentence::NewPath => format!("{past} {} to {}", path(&entry.before), path(&entry.after)),
        Sentence::File(words) => format!("{past}{words}{}", file(entry)),
        Sentence::Count => match entry.after.number(SESSIONS_ENDED) {
            Some(ended) => format!("{past} {}", count(ended.unsigned_abs(), "session", "sessions")),
            None => format!("{past} the ended sessions"),
        },
        Sentence::Entry => {
            let undone = entry.undoes.map(|undone| format!("entry {undone}: ")).unwrap_or_default();
            format!("{past} {undone}{}", name(entry))
        }
    }
}

/// Returns the name of the file that the entry is about, without its folder.
fn file(entry: &Entry) -> &str {
    entry.object.label.rsplit('/').next().unwrap_or_default()
}

/// Returns the changed fields of an account, those that weigh first.
fn changes(entry: &Entry) -> Vec<Difference<'_>> {
    let is_field = |found: &Difference<'_>| FIELDS.iter().any(|spec| spec.column == found.field);
    let mut changes: Vec<_> = differences(&entry.before, &entry.after).filter(is_field).collect();
    changes.sort_by_key(|found| rank(found.field));
    changes
}

fn edited(entry: &Entry) -> String {
    let name = name(entry);
    let changes = changes(entry);
    let short = |text: &str| clip(&excerpt_bare(text), VALUE).into_owned();
    match changes.as_slice() {
        [] => format!("changed {name}"),
        [one] => {
            let field = noun(one.field);
            let known = |side: &Option<Cow<'_, str>>, values: &FieldValues| {
                side.as_deref()
                    .filter(|_| values.get(one.field).is_some_and(|value| !value.is_null()))
                    .map(short)
            };
            match (known(&one.before, &entry.before), known(&one.after, &entry.after)) {
                (Some(was), Some(is)) => format!("changed the {field} of {name} from {was} to {is}"),
                (None, Some(is)) => format!("set the {field} of {name} to {is}"),
                (Some(_), None) => format!("cleared the {field} of {name}"),
                (None, None) => format!("changed the {field} of {name}"),
            }
        }
        several => {
            let names: Vec<_> = several.iter().take(NAMED).map(|found| noun(found.field)).collect();
            let more = several.len() - names.len();
            let fields = match (names.split_last(), more) {
                (Some((last, first)), 0) => format!("{} and {last}", first.join(", ")),
                (_, more) => format!("{} and {more} more", names.join(", ")),
            };
            format!("changed the {fields} of {name}")
        }
    }
}

/// Returns what the action did beside what the sentence about it says.
fn beside(entry: &Entry, action: Action) -> Vec<String> {
    let mut parts = Vec::new();
    let after = &entry.after;
    if action == Action::Imported {
        let counts = [
            ("users", "account", "accounts"),
            ("sessions", "session", "sessions"),
            ("directories", "directory", "directories"),
        ];
        let counts = counts.iter().filter_map(|(field, one, many)| {
            let rows = after.number(field).filter(|rows| *rows > 0)?;
            Some(count(rows.unsigned_abs(), one, many))
        });
        parts.push(counts.collect::<Vec<_>>().join(", "));
        parts.retain(|part| !part.is_empty());
    } else if matches!(action, Action::Undone | Action::Redone) {
        let told = changes(entry).into_iter().take(NAMED).filter_map(|found| {
            Some(format!("{} {}", noun(found.field), clip(found.after.as_deref()?, VALUE)))
        });
        parts.extend(told);
    }
    let ended = after.number(SESSIONS_ENDED).filter(|_| action != Action::Swept);
    let ended = ended.or_else(|| after.number("other_sessions_ended"));
    parts.extend(
        ended
            .filter(|ended| *ended > 0)
            .map(|ended| format!("ended {}", count(ended.unsigned_abs(), "session", "sessions"))),
    );
    let listed = |field: &str, verb: &str| {
        let rows = after.get(field).and_then(|list| list.as_array()).map_or(0, Vec::len) as u64;
        (rows > 0).then(|| format!("{verb} {}", count(rows, "directory", "directories")))
    };
    parts.extend(listed(MADE, "made"));
    parts.extend(listed(BINNED, "removed"));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::journal::{Actor, Origin};
    use crate::domain::user::UserId;
    use crate::tui::testing::entry;

    /// Returns an entry about alan's account.
    fn about_alan(action: Action, before: &str, after: &str) -> Entry {
        let (before, after) = (FieldValues::parse(before), FieldValues::parse(after));
        Entry { action: action.word().into(), before, after, ..entry(7) }
    }

    fn told(action: Action, before: &str, after: &str) -> String {
        sentence(&about_alan(action, before, after))
    }

    #[test]
    fn what_was_done_is_told_in_words() {
        assert_eq!(
            told(
                Action::Suspended,
                r#"{"status":"confirmed"}"#,
                r#"{"status":"suspended","sessions_ended":2}"#
            ),
            "suspended alan · ended 2 sessions"
        );
        let why =
            Entry { reason: Some("payment failed".into()), ..about_alan(Action::Suspended, "{}", "{}") };
        assert_eq!(sentence(&why), "suspended alan: \"payment failed\"");
        assert_eq!(
            told(Action::Confirmed, "{}", r#"{"directories_made":["a","a/b"]}"#),
            "confirmed alan · made 2 directories"
        );
        assert_eq!(told(Action::Promoted, "{}", "{}"), "promoted alan to admin");
        assert_eq!(told(Action::PasswordSet, "{}", r#"{"password":"changed"}"#), "set the password of alan");
        assert_eq!(
            told(Action::PasswordSet, "{}", r#"{"password":"the same, hashed anew"}"#),
            "rehashed the password of alan"
        );
        let factor = |after| told(Action::FactorEnrolled, "{}", after);
        assert_eq!(factor(r#"{"verified":true}"#), "set up the second factor of alan");
        assert_eq!(factor(r#"{"second_factor":"code"}"#), "proved the second factor of alan");
    }

    #[test]
    fn an_edit_says_what_became_of_what() {
        let edited = |before: &str, after: &str| told(Action::Edited, before, after);
        assert_eq!(
            edited(r#"{"email":"a@b"}"#, r#"{"email":"c@d"}"#),
            "changed the email of alan from a@b to c@d"
        );
        assert_eq!(
            edited(r#"{"contact_number":null}"#, r#"{"contact_number":"5"}"#),
            "set the phone of alan to 5"
        );
        assert_eq!(
            edited(r#"{"contact_number":"5"}"#, r#"{"contact_number":null}"#),
            "cleared the phone of alan"
        );
        let three = r#"{"email":"x","address":"y","firstname":"z"}"#;
        assert_eq!(edited(three, three), "changed the email, address and first name of alan");
        let day = r#"{"expires_on":"2026-12-01"}"#;
        assert_eq!(edited(r#"{"expires_on":null}"#, day), "set the last day of alan to 2026-12-01");
        let days = r#"{"valid_from":"2026-12-01","expires_on":"2026-12-02"}"#;
        assert_eq!(edited(days, days), "changed the first day and last day of alan");
        let grave = r#"{"lastname":"x","username":"y","access_level":"admin","status":"suspended"}"#;
        assert_eq!(
            edited(grave, grave),
            "changed the access level, status, last name and 1 more of alan",
            "what weighs is not hidden"
        );
        let four = r#"{"email":"x","address":"y","firstname":"z","lastname":"w"}"#;
        assert_eq!(edited(four, four), "changed the email, address, first name and 1 more of alan");
    }

    #[test]
    fn directories_and_sessions_go_by_their_names() {
        let at = |kind, label: &str, action, before: &str, after: &str| {
            let entry = about_alan(action, before, after);
            sentence(&Entry {
                object: EntityRef { kind, label: label.into(), ..entry.object.clone() },
                ..entry
            })
        };
        let (was, is) = (r#"{"directory_path":"a/b"}"#, r#"{"directory_path":"a/c","directories":3}"#);
        assert_eq!(at(EntityKind::Directory, "a/b", Action::Renamed, was, is), "renamed a/b to c");
        assert_eq!(at(EntityKind::Directory, "a/b", Action::Moved, was, is), "moved a/b to a/c");
        let session = |action| at(EntityKind::Session, "alan 3fa9c1e0", action, "{}", "{}");
        assert_eq!(session(Action::Revoked), "revoked session 3fa9c1e0 of alan");
        assert_eq!(session(Action::Issued), "issued a token for alan");
        assert_eq!(session(Action::LoggedIn), "logged in");
        let import = r#"{"sha256":"x","users":300,"sessions":1,"directories":0}"#;
        let told = at(EntityKind::Store, "/srv/old.sql", Action::Imported, "{}", import);
        assert_eq!(told, "imported old.sql · 300 accounts, 1 session");
    }

    #[test]
    fn what_was_refused_is_told_with_the_reason() {
        let refused = |action| Entry {
            outcome: Outcome::Refused,
            actor: Actor { account: None, name: "unknown".into(), sudo_user: None },
            origin: Origin { session: None, place: "203.0.113.9".into() },
            ..about_alan(action, "{}", r#"{"refused":"wrong password"}"#)
        };
        let login = "failed to log in as alan from 203.0.113.9: wrong password";
        assert_eq!(sentence(&refused(Action::LoggedIn)), login);
        assert_eq!(sentence(&refused(Action::Deleted)), "tried to delete alan: wrong password");
    }

    #[test]
    fn what_is_taken_back_is_named() {
        let undo = about_alan(Action::Undone, r#"{"status":"confirmed"}"#, r#"{"status":"pending"}"#);
        let told = sentence(&Entry { undoes: Some(5), ..undo });
        assert_eq!(told, "undid entry 5: alan · status pending");
    }

    #[test]
    fn entries_of_one_action_are_counted() {
        assert_eq!(of_several(&entry(1), 51), "confirmed 51 accounts");
        assert_eq!(of_several(&about_alan(Action::Promoted, "{}", "{}"), 2), "promoted 2 accounts to admin");
        assert_eq!(of_several(&about_alan(Action::Redone, "{}", "{}"), 2), "redid an action on 2 accounts");
        let undone = Entry { undoes: Some(5), ..about_alan(Action::Undone, "{}", "{}") };
        assert_eq!(of_several(&undone, 4), "undid the action of entry 5 on 4 accounts");
        assert_eq!(of_several(&Entry { action: "later".into(), ..entry(1) }, 1_200), "later 1,200 accounts");
    }

    #[test]
    fn what_has_no_number_is_not_told_by_its_bare_kind() {
        let nameless = |kind, account| EntityRef { kind, id: None, label: String::new(), account };
        let unknown = nameless(EntityKind::Account, None);
        assert_eq!(numbered(&unknown, " · "), None);
        let of_ada = nameless(EntityKind::Session, Some(UserId(1)));
        assert_eq!(numbered(&of_ada, " · ").as_deref(), Some("account 1"));
        let entry = Entry { object: unknown, ..about_alan(Action::Deleted, "{}", "{}") };
        assert_eq!(sentence(&entry), "deleted an account");
    }

    #[test]
    fn every_action_makes_a_sentence() {
        for action in Action::ALL {
            let told = told(action, "{}", "{}");
            assert!(
                !told.is_empty() && !told.contains("  ") && !told.starts_with(char::is_uppercase),
                "{told}"
            );
        }
    }
}
