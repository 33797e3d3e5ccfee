//! The records that the commands print of an account: in a list and by itself.

use crate::domain::list_columns::accounts;
use crate::domain::name;
use crate::domain::page::Window;
use crate::domain::time::{Timestamp, ago, date_time, to_stored};
use crate::domain::user::{FIELDS, Field, FieldSpec, User, UserColumn};
use crate::service::contract::{FactorState, Reply, UserDetail};

use super::super::list::Row;
use super::super::output::{Cell, Column, Heading, Key, Record, Value};
use super::super::status_cell::state_cell;

fn seen(now: Timestamp, time: Option<Timestamp>) -> Cell {
    Cell::optional(time.map(|time| ago(now, time)).as_deref())
}

impl Row for User {
    type Column = UserColumn;
    const NONE: &'static str = "No accounts.";

    fn id(&self) -> i64 {
        self.id.0
    }

    fn window(reply: Reply) -> Option<Window<Self>> {
        let Reply::Users(window) = reply else { return None };
        Some(window)
    }
}

impl Record for User {
    fn keys() -> Vec<Key<Self>> {
        let field =
            |spec: &'static FieldSpec| Key::new(spec.column, |user: &Self, _| Value::of(spec.of_user(user)));
        let mut keys = vec![Key::new("id", |user: &Self, _| Value::Number(user.id.0))];
        keys.extend(FIELDS.iter().map(field));
        keys.extend([
            Key::new("created_at", |user: &Self, _| Value::of(user.created_at)),
            Key::new("updated_at", |user: &Self, _| Value::of(user.updated_at)),
            Key::new("usable", |user: &Self, now| Value::Flag(user.shut(now).is_none())),
            Key::new("active_sessions", |user: &Self, _| user.active_sessions.into()),
            Key::new("last_seen", |user: &Self, _| Value::of(user.last_seen)),
        ]);
        keys
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::numbers("Id", &["id"]), |user: &Self, _| Cell::id(user.id.0)),
            Column::new(accounts::STATUS, |user: &Self, now| state_cell(user, now)),
            Column::new(accounts::USERNAME, |user: &Self, _| Cell::optional(user.username.as_deref())),
            Column::new(accounts::NAME, |user: &Self, _| Cell::text(&user.full_name())),
            Column::new(accounts::EMAIL, |user: &Self, _| Cell::text(&user.email)),
            Column::new(accounts::LEVEL, |user: &Self, _| Cell::text(user.level.word())),
            Column::new(accounts::SESSIONS, |user: &Self, _| Cell::number(user.active_sessions)),
            Column::new(accounts::LAST_SEEN, |user: &Self, now| seen(now, user.last_seen)),
        ]
    }
}

/// The fields in the columns of a list of accounts; the others are shown with one account.
const LISTED: [Field; 6] =
    [Field::FirstName, Field::LastName, Field::Username, Field::Email, Field::AccessLevel, Field::Status];

/// Returns the word for the state of a second factor.
const fn factor_word(state: FactorState) -> &'static str {
    match state {
        FactorState::None => "none",
        FactorState::Waiting => "waiting",
        FactorState::Since(_) => "on",
    }
}

/// Returns the time since which a second factor is asked for.
const fn since(state: FactorState) -> Option<Timestamp> {
    match state {
        FactorState::Since(since) => Some(since),
        FactorState::None | FactorState::Waiting => None,
    }
}

/// Returns a warning about look-alike letters in the account's names.
fn look_alikes(user: &User) -> Option<String> {
    name::warning(user.username.as_deref(), &user.email)
}

/// Returns the reason that was given for the account's status.
fn status_reason(detail: &UserDetail) -> Option<&String> {
    detail.status_set.as_ref()?.reason.as_ref()
}

/// Has [`User`]'s keys and columns and some more.
impl Record for UserDetail {
    fn keys() -> Vec<Key<Self>> {
        let mut keys: Vec<_> =
            User::keys().into_iter().map(|key| key.of(|detail: &Self| &detail.user)).collect();
        keys.extend([
            Key::new("home", |detail: &Self, _| Value::of(detail.home.as_ref())),
            Key::new("directories", |detail: &Self, _| detail.directories.into()),
            Key::new("status_since", |detail: &Self, _| {
                Value::of(detail.status_set.as_ref().and_then(|set| set.at))
            }),
            Key::new("status_by", |detail: &Self, _| {
                Value::of(detail.status_set.as_ref().map(|set| &set.by))
            }),
            Key::new("status_reason", |detail: &Self, _| Value::of(status_reason(detail))),
            Key::new("code_expires_at", |detail: &Self, _| {
                Value::of(detail.code.as_ref().map(|code| code.terms.expires_at))
            }),
            Key::new("must_change", |detail: &Self, _| Value::Flag(detail.must_change)),
            Key::new("second_factor", |detail: &Self, _| factor_word(detail.second_factor).into()),
            Key::new("second_factor_since", |detail: &Self, _| Value::of(since(detail.second_factor))),
            Key::new("next_try_at", |detail: &Self, _| {
                Value::of(detail.waits.iter().map(|wait| wait.until).max())
            }),
            Key::new("look_alikes", |detail: &Self, _| Value::of(look_alikes(&detail.user).as_ref())),
        ]);
        keys
    }

    fn columns() -> Vec<Column<Self>> {
        let unlisted = FIELDS.iter().filter(|spec| !LISTED.contains(&spec.field));
        let unlisted = unlisted.map(|spec| {
            Column::new(Heading::words(spec.heading), |user: &User, _| Cell::optional(spec.of_user(user)))
        });
        let of_user = User::columns().into_iter().chain(unlisted);
        let mut columns: Vec<_> = of_user.map(|column| column.of(|detail: &Self| &detail.user)).collect();
        columns.extend([
            Column::new(Heading::words("Created"), |detail: &Self, _| Cell::time(detail.user.created_at)),
            Column::new(Heading::words("Modified"), |detail: &Self, _| Cell::time(detail.user.updated_at)),
            Column::new(Heading::words("Home"), |detail: &Self, _| Cell::optional(detail.home.as_deref())),
            Column::new(Heading::words("Directories"), |detail: &Self, _| Cell::number(detail.directories)),
            Column::new(Heading::words("Status since"), |detail: &Self, _| {
                Cell::time(detail.status_set.as_ref().and_then(|set| set.at))
            }),
            Column::new(Heading::words("Status by"), |detail: &Self, _| {
                Cell::optional(detail.status_set.as_ref().map(|set| set.by.as_str()))
            }),
            Column::new(Heading::words("Status reason"), |detail: &Self, _| {
                Cell::optional(status_reason(detail).map(String::as_str))
            }),
            Column::new(Heading::words("Access code"), |detail: &Self, _| {
                Cell::time(detail.code.as_ref().map(|code| code.terms.expires_at))
            }),
            Column::new(Heading::words("Password"), |detail: &Self, _| {
                Cell::text(if detail.must_change { "to be changed at the next log-in" } else { "stays" })
            }),
            Column::new(Heading::words("Second factor"), |detail: &Self, _| match detail.second_factor {
                FactorState::None => Cell::optional(None),
                FactorState::Waiting => Cell::text("waits for its first code"),
                FactorState::Since(since) => Cell::text(&format!("since {} UTC", date_time(since))),
            }),
            Column::new(Heading::words("Next try"), |detail: &Self, _| {
                let waits: Vec<_> =
                    detail.waits.iter().map(|wait| wait.words(&to_stored(wait.until))).collect();
                Cell::optional((!waits.is_empty()).then(|| waits.join(", ")).as_deref())
            }),
            Column::new(Heading::words("Look-alikes"), |detail: &Self, _| {
                Cell::optional(look_alikes(&detail.user).as_deref())
            }),
        ]);
        columns
    }
}
