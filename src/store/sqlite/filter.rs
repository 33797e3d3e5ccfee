//! Filters as SQL: fixed pieces of text, every value bound.

use chrono::NaiveDate;
use rusqlite::types::Value;

use crate::domain::filter::{Bound, Filter, ListKind, Term, Test};
use crate::domain::session::{RowStatus, SessionOrigin};
use crate::domain::time::{Duration, Timestamp, to_stored};
use crate::domain::user::{UserId, Who};
use crate::store::ListOf;

use super::moments::{ACTIVE, ADDED, CREATED, ENDS, active_values, moment};
use super::names::{self, Sql};
use super::{bin_filter, journal_filter};

/// The last moment that the stored form can hold; further ones would sort before all others.
const LAST: &str = "9999-12-31 23:59:59";

/// The expression that is true if an account's words contain a text. Text of other programs that is not ASCII is
/// folded here.
const HOLDS: &str = "instr(CASE k.folded WHEN 1 THEN k.words ELSE nexus_fold(k.words) END, ?) > 0";

/// A condition and the values bound in it, in order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Condition {
    /// Returns the condition of a filter, and of a scope if there is one.
    pub(super) fn of(subject: ListKind, now: Timestamp, filter: &Filter, scope: Option<UserId>) -> Self {
        let mut all = Self::everything();
        if let Some(user) = scope {
            let (sql, values) = match subject {
                ListKind::Journal => journal_filter::of_account(user),
                ListKind::Users | ListKind::Sessions | ListKind::Directories | ListKind::Bin => {
                    (format!("{} = ?", owner(subject)), vec![Value::Integer(user.0)])
                }
            };
            all.and(&sql, values);
        }
        all.terms(subject, now, filter, one_account(filter, scope).as_ref());
        all
    }

    /// Returns the condition of a filter for one row that is found by its id.
    pub(super) fn of_one_row(subject: ListKind, now: Timestamp, filter: &Filter) -> Self {
        let mut all = Self::everything();
        all.terms(subject, now, filter, Some(&(owner(subject).to_owned(), Vec::new())));
        all
    }

    /// Adds the terms of a filter; `one` is the only account whose words are searched.
    fn terms(&mut self, subject: ListKind, now: Timestamp, filter: &Filter, one: Option<&Sql>) {
        for term in &filter.terms {
            let (sql, values) = match &term.test {
                test if subject == ListKind::Journal => journal_filter::asked(now, test),
                test if subject == ListKind::Bin => bin_filter::asked(test),
                Test::Word(word) => holding(subject, word, one),
                Test::Email(part) => in_email(part, one.is_none()),
                test => condition(subject, now, test),
            };
            // A condition on NULL is NULL: it counts as not held, so that `!` turns it round. (Only then is it said,
            // for SQLite finds no index behind a function.)
            self.and(&if term.negated { format!("NOT ifnull({sql}, 0)") } else { sql }, values);
        }
    }

    /// Returns true if every row matches.
    pub(super) fn is_everything(&self) -> bool {
        self.values.is_empty() && self.sql == "1"
    }

    /// Returns the condition that every row matches.
    pub(super) fn everything() -> Self {
        Self { sql: "1".into(), values: Vec::new() }
    }

    pub(super) fn and(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(values);
    }
}

/// Returns a name that identifies a list while the rows stay the same. Conditions that depend on the time are the
/// same for a minute.
pub(super) fn list_name<C: std::fmt::Debug>(subject: ListKind, now: Timestamp, list: &ListOf<C>) -> String {
    let minute = now - Duration::seconds(now.timestamp().rem_euclid(60));
    let condition = Condition::of(subject, minute, &list.filter, list.scope);
    // Its text as it is: to quote it takes longer than to find some lists.
    format!("{subject:?} {} {:?} {:?}", condition.sql, condition.values, list.sort)
}

fn row_id(subject: ListKind) -> &'static str {
    match subject {
        ListKind::Users => "u.id",
        ListKind::Sessions => "s.id",
        ListKind::Directories => "d.id",
        ListKind::Journal => "j.seq",
        ListKind::Bin => "b.id",
    }
}

fn owner(subject: ListKind) -> &'static str {
    match subject {
        ListKind::Users => "u.id",
        ListKind::Sessions => "s.user_id",
        ListKind::Directories => "d.user_id",
        ListKind::Journal => "j.account_id",
        ListKind::Bin => "b.user_id",
    }
}

/// Returns the account that all rows belong to, if the filter or the scope names one: its id as SQL, and the
/// parameters.
pub(super) fn one_account(filter: &Filter, scope: Option<UserId>) -> Option<Sql> {
    let named = |term: &Term| {
        if let Test::User(who) = &term.test
            && !term.negated
        {
            return Some(names::id_of(who));
        }
        None
    };
    let own = scope.map(|user| names::id_of(&Who::Id(user)));
    own.or_else(|| filter.terms.iter().find_map(named))
}

/// Returns the condition that the account's words or, for a directory, its path contain the text. The words of one
/// account are read once, those of all accounts once for all rows.
fn holding(subject: ListKind, word: &str, one: Option<&Sql>) -> Sql {
    let text = || Value::Text(word.to_owned());
    let (theirs, mut values) = if let Some((id, values)) = one {
        let sql = format!("EXISTS (SELECT 1 FROM nexus_names k WHERE k.user_id = {id} AND {HOLDS})");
        (sql, [values.clone(), vec![text()]].concat())
    } else {
        let sql = format!("{} IN (SELECT k.user_id FROM nexus_names k WHERE {HOLDS})", owner(subject));
        (sql, vec![text()])
    };
    if subject != ListKind::Directories {
        return (format!("({theirs})"), values);
    }
    values.push(text());
    (format!("({theirs} OR nexus_holds(d.directory_path, ?))"), values)
}

/// Returns the condition that the account's email contains the text. Of all accounts only those are looked at whose
/// words contain it.
fn in_email(text: &str, of_many: bool) -> Sql {
    let value = || Value::Text(text.to_owned());
    let holds = "nexus_holds(u.email, ?)";
    if of_many {
        let among = format!("u.id IN (SELECT k.user_id FROM nexus_names k WHERE {HOLDS})");
        (format!("({among} AND {holds})"), vec![value(), value()])
    } else {
        (format!("({holds})"), vec![value()])
    }
}

fn condition(subject: ListKind, now: Timestamp, test: &Test) -> (String, Vec<Value>) {
    let words = |words: &str| vec![Value::Text(words.to_owned())];
    let time = |time: Timestamp| Value::Text(to_stored(time));
    match test {
        // Words are looked for in what belongs to one account otherwise than in everything.
        Test::Word(word) => holding(subject, word, None),
        Test::Email(part) => in_email(part, true),
        Test::Note(part) => (NOTED.into(), vec![Value::Text(part.clone())]),
        Test::Status(status) => ("(u.status = ?)".into(), words(status.word())),
        Test::Level(level) => ("(u.access_level = ?)".into(), words(level.word())),
        Test::State(RowStatus::Active) => (ACTIVE.into(), active_values(now).to_vec()),
        Test::State(RowStatus::Expired) => {
            (format!("(NOT ifnull({ACTIVE}, 0))"), active_values(now).to_vec())
        }
        Test::Id(id) => (format!("({} = ?)", row_id(subject)), vec![Value::Integer(*id)]),
        Test::User(who) => {
            let (id, values) = names::id_of(who);
            (format!("(u.id = {id})"), values)
        }
        Test::Created(bound) => since(&created(subject), *bound, now),
        Test::Seen(Bound::Over(span)) => {
            // Never seen is longer ago than anything.
            (format!("ifnull({} < ?, 1)", seen(subject)), vec![time(before(now, *span))])
        }
        Test::Seen(bound) => since(&TimeColumn::texts(seen(subject)), *bound, now),
        Test::NeverSeen => (format!("({} IS NULL)", seen(subject)), Vec::new()),
        Test::Expires(bound) => match subject {
            ListKind::Users => expires_on(*bound, now),
            ListKind::Sessions | ListKind::Directories | ListKind::Journal | ListKind::Bin => {
                expires(*bound, now)
            }
        },
        Test::Origin(origin) => of_origin(*origin),
        Test::Label(part) => (HAS_LABEL.into(), words(part)),
        Test::HasCode => (HAS_CODE.into(), vec![time(now)]),
        Test::HasHome => (HAS_HOME.into(), Vec::new()),
        Test::HasFailures => (HAS_FAILURES.into(), Vec::new()),
        Test::By(_)
        | Test::From(_)
        | Test::Action(_)
        | Test::Outcome(_)
        | Test::EntityRef(..)
        | Test::UnknownAccount
        | Test::Since(_) => journal_filter::asked(now, test),
        Test::HasSessions => {
            let sql = format!(
                "EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens s WHERE s.user_id = u.id AND {ACTIVE})"
            );
            (sql, active_values(now).to_vec())
        }
    }
}

/// The condition that an account's note contains a text. Only accounts with a note are looked at.
const NOTED: &str = "(u.id IN (SELECT o.user_id FROM nexus_accounts o INDEXED BY nexus_accounts_noted
  WHERE o.note IS NOT NULL AND nexus_holds(o.note, ?)))";

/// The condition that an account has an access code that is still valid.
const HAS_CODE: &str = "(u.access_code IS NOT NULL AND u.id IN (SELECT c.user_id FROM nexus_access_codes c
  WHERE c.expires_at > ? AND c.tries_left > 0))";

/// The condition that log-ins to an account failed, as the throttle counts them. Few accounts are tried: they are found by the
/// targets of the tries.
const HAS_FAILURES: &str = "(u.id IN (SELECT CAST(substr(f.target, 9) AS INTEGER) FROM nexus_failed_log_ins f
  WHERE f.target > 'account:' AND f.target < 'account;' AND f.failures > 0))";

/// The condition that a session has a label that contains a text. Few sessions have one: they are found by its index.
const HAS_LABEL: &str = "(s.id IN (SELECT l.session_id FROM nexus_sessions l INDEXED BY nexus_sessions_label
  WHERE l.label IS NOT NULL AND nexus_holds(l.label, ?)))";

/// The condition that an account has a directory with the name of a home, as
/// [`is_home_name`](crate::domain::directory::is_home_name) tells it.
const HAS_HOME: &str = "(u.id IN (SELECT h.user_id FROM de_torres_vincent_user_directories h
  WHERE h.directory_name GLOB '[0-9][0-9][0-9][0-9][0-9]*_*'
    AND substr(h.directory_name, 1, instr(h.directory_name, '_') - 1) NOT GLOB '*[^0-9]*'))";

/// Returns the condition that a session came from there; one without a row of NEXUS's own came from elsewhere.
fn of_origin(origin: SessionOrigin) -> Sql {
    let value = |origin: SessionOrigin| Value::Text(origin.word().to_owned());
    match origin {
        SessionOrigin::Console | SessionOrigin::Service => ("(n.origin = ?)".into(), vec![value(origin)]),
        SessionOrigin::Elsewhere => (
            "(n.origin IS NULL OR n.origin NOT IN (?, ?))".into(),
            vec![value(SessionOrigin::Console), value(SessionOrigin::Service)],
        ),
    }
}

/// Returns the condition that an active session ends before or after a time from now, or on one of some days.
fn expires(bound: Bound, now: Timestamp) -> Sql {
    let active = active_values(now).to_vec();
    let ends = |compare: char, span: Duration| {
        let then = vec![Value::Text(after(now, span))];
        (format!("({ACTIVE} AND {ENDS} {compare} ?)"), [active.clone(), then].concat())
    };
    match bound {
        Bound::Under(span) => ends('<', span),
        Bound::Over(span) => ends('>', span),
        Bound::Days(first, last) => {
            let (ends, values) = on_days(&TimeColumn::texts(ENDS), first, last);
            (format!("({ACTIVE} AND {ends})"), [active, values].concat())
        }
    }
}

/// Returns the condition that the last day of an account is yet to end, before or after a time from now, or is one of some
/// days. Few accounts have one: they are looked up first.
fn expires_on(bound: Bound, now: Timestamp) -> Sql {
    let among = |condition: &str, values| {
        let sql = format!(
            "(u.id IN (SELECT x.user_id FROM nexus_accounts x INDEXED BY nexus_accounts_expires_on
               WHERE x.expires_on IS NOT NULL AND {condition}))"
        );
        (sql, values)
    };
    // A day has ended at a moment if its text, with the hour 24, does not come after that of the moment.
    let [now_text, then] = match bound {
        Bound::Under(span) | Bound::Over(span) => [to_stored(now), after(now, span)].map(Value::Text),
        Bound::Days(first, last) => [first, last].map(|day| Value::Text(day.to_string())),
    };
    match bound {
        Bound::Under(_) => {
            among("x.expires_on >= substr(?, 1, 10) AND x.expires_on || ' 24' < ?", vec![now_text, then])
        }
        Bound::Over(_) => among("x.expires_on || ' 24' > ?", vec![then]),
        Bound::Days(..) => among("x.expires_on BETWEEN ? AND ?", vec![now_text, then]),
    }
}

/// Returns the moment that lies a span after another, in the stored form.
fn after(now: Timestamp, span: Duration) -> String {
    let then = now.checked_add_signed(span).map(to_stored).filter(|then| then.len() == LAST.len());
    then.unwrap_or_else(|| LAST.to_owned())
}

/// Returns the condition that a time is on one of these days.
fn on_days(column: &TimeColumn, first: NaiveDate, last: NaiveDate) -> Sql {
    let text = |time: &str, day: NaiveDate| Value::Text(format!("{day} {time}"));
    let values = vec![text("00:00:00", first), text("23:59:59", last)];
    let TimeColumn { sql, bound } = column;
    (format!("({sql} BETWEEN {bound} AND {bound})"), values)
}

/// A column with times, and the place of a text that is compared with it.
struct TimeColumn {
    sql: &'static str,
    bound: &'static str,
}

impl TimeColumn {
    const fn texts(sql: &'static str) -> Self {
        Self { sql, bound: "?" }
    }

    /// Returns one whose index holds numbers.
    const fn numbers(sql: &'static str) -> Self {
        Self { sql, bound: "unixepoch(?)" }
    }
}

fn created(subject: ListKind) -> TimeColumn {
    match subject {
        ListKind::Users => TimeColumn::numbers(CREATED),
        ListKind::Sessions => TimeColumn::texts("n.started_at"),
        ListKind::Directories => TimeColumn::numbers(ADDED),
        ListKind::Journal => TimeColumn::texts("j.at"),
        ListKind::Bin => TimeColumn::texts("b.deleted_at"),
    }
}

fn seen(subject: ListKind) -> &'static str {
    match subject {
        ListKind::Users => "a.last_seen",
        ListKind::Sessions => "n.last_seen",
        ListKind::Directories => moment!("d.last_accessed"),
        ListKind::Journal => "j.at",
        ListKind::Bin => "b.deleted_at",
    }
}

/// Returns the condition that a time is less, or more, than a span ago.
fn since(column: &TimeColumn, bound: Bound, now: Timestamp) -> (String, Vec<Value>) {
    let (compare, span) = match bound {
        Bound::Under(span) => ('>', span),
        Bound::Over(span) => ('<', span),
        Bound::Days(first, last) => return on_days(column, first, last),
    };
    let TimeColumn { sql, bound } = column;
    (format!("({sql} {compare} {bound})"), vec![Value::Text(to_stored(before(now, span)))])
}

fn before(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_sub_signed(span).unwrap_or(Timestamp::UNIX_EPOCH)
}
