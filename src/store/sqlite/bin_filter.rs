//! Terms of a filter on the bin.

use rusqlite::types::Value;

use crate::domain::filter::Test;
use crate::domain::name;
use crate::domain::user::Who;

use super::names::{self, NameColumn, Sql, UNUSUAL};

/// Returns the condition of a term on bin items and its parameters. A term for another list matches none.
pub(super) fn asked(test: &Test) -> Sql {
    let of = |asked: &str, value: Value| (format!("({asked})"), vec![value]);
    match test {
        Test::Word(word) => {
            of("nexus_holds(b.label || char(10) || ifnull(b.email, ''), ?)", Value::Text(word.clone()))
        }
        Test::User(who) => called(who),
        Test::Id(id) => of("b.id = ?", Value::Integer(*id)),
        Test::Status(_)
        | Test::State(_)
        | Test::Level(_)
        | Test::Created(_)
        | Test::Expires(_)
        | Test::Seen(_)
        | Test::NeverSeen
        | Test::HasSessions
        | Test::HasCode
        | Test::HasHome
        | Test::HasFailures
        | Test::Email(_)
        | Test::Note(_)
        | Test::Origin(_)
        | Test::Label(_)
        | Test::By(_)
        | Test::Action(_)
        | Test::Outcome(_)
        | Test::From(_)
        | Test::EntityRef(..)
        | Test::UnknownAccount
        | Test::Since(_) => ("0".into(), Vec::new()),
    }
}

/// Returns the condition that an item belongs to the account with this name, in the bin or not.
fn called(who: &Who) -> Sql {
    let (id, mut values) = names::id_of(who);
    let binned = |column, name: &str| {
        let (same, values) = with_name(column, name);
        (format!("SELECT b.user_id FROM nexus_bin b WHERE {same}"), values)
    };
    let (theirs, more) = match who {
        Who::Id(_) => return (format!("(b.user_id = {id})"), values),
        Who::Username(name) => binned(NameColumn::Username, name),
        Who::Email(name) => {
            let (email, mut more) = binned(NameColumn::Email, name);
            let (username, others) = binned(NameColumn::Username, name);
            let again = more.clone();
            more.extend(others);
            more.extend(again);
            (format!("{email} UNION ALL {username} AND NOT EXISTS ({email})"), more)
        }
    };
    values.extend(more);
    (format!("(b.user_id IN (SELECT {id} UNION ALL {theirs}))"), values)
}

/// Returns the condition that an item is an account with this name in this column, in whatever spelling.
pub(super) fn with_name(column: NameColumn, text: &str) -> Sql {
    let column = column.name();
    let sql = format!(
        "b.id IN (SELECT id FROM nexus_bin WHERE {column} = ? COLLATE NOCASE
           UNION ALL SELECT id FROM nexus_bin INDEXED BY nexus_bin_unusual
             WHERE (username GLOB {UNUSUAL} OR email GLOB {UNUSUAL}) AND nexus_key({column}) = ?)"
    );
    (sql, vec![Value::Text(name::key(text)); 2])
}
