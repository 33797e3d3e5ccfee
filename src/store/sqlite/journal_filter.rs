//! Terms of a filter on the journal.

use chrono::{NaiveDate, NaiveTime};
use rusqlite::types::Value;

use crate::domain::filter::{Filter, Since, Term, Test};
use crate::domain::journal::{CLAIMED, EntityKind, Outcome};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{UserId, Who};

use super::journal_parts::{BY_ACCOUNT, IN_ANY_PART};
use super::names::{self, Sql};

/// The journal.
pub(super) const TABLE: &str = "nexus_journal j";

/// The number of all entries.
pub(super) const TOTAL: &str = "SELECT ifnull(max(seq), 0) FROM nexus_journal";

/// Returns true if whether an entry matches never changes, as long as no part of it is erased.
pub(super) fn is_lasting(filter: &Filter) -> bool {
    filter.terms.iter().all(|term| match &term.test {
        // Operations end, and names come to belong to other accounts.
        Test::Outcome(Outcome::Begun) | Test::User(Who::Username(_) | Who::Email(_)) => false,
        Test::Outcome(Outcome::Done | Outcome::Refused)
        | Test::User(Who::Id(_))
        | Test::Word(_)
        | Test::By(_)
        | Test::Action(_)
        | Test::From(_)
        | Test::Since(_)
        | Test::EntityRef(..)
        | Test::UnknownAccount
        | Test::Status(_)
        | Test::State(_)
        | Test::Level(_)
        | Test::Id(_)
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
        | Test::Label(_) => true,
    })
}

/// Returns the condition of a term on journal entries and its parameters. A term for another list matches none.
pub(super) fn asked(now: Timestamp, test: &Test) -> Sql {
    let holds = |sql: &str, word: &str| (sql.to_owned(), vec![Value::Text(word.to_owned())]);
    match test {
        Test::Word(word) => holds("nexus_holds(j.label || char(10) || j.actor, ?)", word),
        Test::By(name) => holds("(j.actor = ? COLLATE NOCASE)", name),
        Test::Action(action) => holds("(j.verb = ?)", action.word()),
        Test::Outcome(Outcome::Begun) => {
            ("(j.seq IN (SELECT entry FROM nexus_operations))".into(), Vec::new())
        }
        // Few entries were not done: an index has no others.
        Test::Outcome(Outcome::Refused) => {
            holds("(j.outcome <> 'done' AND j.outcome = ?)", Outcome::Refused.word())
        }
        Test::Outcome(Outcome::Done) => holds("(j.outcome = ?)", Outcome::Done.word()),
        Test::From(place) => {
            let values = [place.clone(), format!("{place}{CLAIMED}")].map(Value::Text).to_vec();
            ("(j.place COLLATE NOCASE IN (?, ?))".into(), values)
        }
        Test::Since(since) => {
            let (sql, moments) = bounds(now, *since);
            (sql.into(), moments.into_iter().map(|moment| Value::Text(to_stored(moment))).collect())
        }
        // An account's history is also its sessions': how they began and ended.
        Test::EntityRef(EntityKind::Account, id) => {
            let sql = format!("({IN_ANY_PART} AND j.account_id = ? AND j.kind IN ('account', 'session'))");
            (sql, vec![Value::Integer(*id)])
        }
        Test::EntityRef(kind, id) => {
            let values = vec![Value::Text(kind.word().into()), Value::Integer(*id)];
            ("(j.kind <> 'account' AND j.kind = ? AND j.object_id = ?)".into(), values)
        }
        Test::UnknownAccount => ("(j.account_id IS NULL AND j.kind = 'account')".into(), Vec::new()),
        Test::User(Who::Id(id)) => of_account(*id),
        Test::User(who @ (Who::Username(name) | Who::Email(name))) => called(who, name),
        Test::Status(_)
        | Test::State(_)
        | Test::Level(_)
        | Test::Id(_)
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
        | Test::Label(_) => ("0".into(), Vec::new()),
    }
}

/// Returns the condition that an entry is about an account or something of it.
pub(super) fn of_account(id: UserId) -> Sql {
    (format!("({IN_ANY_PART} AND j.account_id = ?)"), vec![Value::Integer(id.0)])
}

/// Returns the tables that find the entries of a filtered list: along the index of accounts if a term names one.
pub(super) fn find_from(filter: &Filter, scope: Option<UserId>) -> &'static str {
    let names_one = |term: &Term| {
        let test = &term.test;
        !term.negated && matches!(test, Test::EntityRef(EntityKind::Account, _) | Test::User(_))
    };
    if scope.is_some() || filter.terms.iter().any(names_one) { BY_ACCOUNT } else { TABLE }
}

/// Returns the condition that an entry is about the account that has this name or once had it.
fn called(who: &Who, name: &str) -> Sql {
    let (id, mut values) = names::id_of(who);
    let sql = format!(
        "({IN_ANY_PART} AND j.account_id IN (SELECT {id}
           UNION SELECT account_id FROM nexus_journal_labels WHERE label = ?))"
    );
    values.push(Value::Text(name.to_owned()));
    (sql, values)
}

/// Returns the condition on the time of an entry, and its moments.
fn bounds(now: Timestamp, since: Since) -> (&'static str, Vec<Timestamp>) {
    let from = "(j.at >= ?)";
    match since {
        Since::Ago(span) => (from, vec![now.checked_sub_signed(span).unwrap_or(Timestamp::UNIX_EPOCH)]),
        Since::Day(day) => (from, vec![begin_of(day)]),
        Since::Days(first, last) => match last.succ_opt() {
            Some(next) => ("(j.at >= ? AND j.at < ?)", vec![begin_of(first), begin_of(next)]),
            None => (from, vec![begin_of(first)]),
        },
        Since::At(moment) => (from, vec![moment]),
    }
}

fn begin_of(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}
