//! The journal: writing and listing entries.

use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Row, params};

use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{
    Action, Actor, EntityKind, EntityRef, Entry, Erased, FieldValues, Head, JournalColumn, NewEntry, Origin,
    Outcome, REASON, erased_name,
};
use crate::domain::page::{Anchor, RowRange, Sort, Window};
use crate::domain::text::hex;
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{UserId, Who};
use crate::store::journal_chain::{ErasablePart, SALT, earlier_link, link};
use crate::store::{ActorFilter, ListOf, Result, StoreError};

use super::cache::CachedReader;
use super::filter::{Condition, list_name};
use super::journal_filter::{self, TABLE};
use super::journal_orders::EntryOrder;
use super::journal_parts::{BY_ACCOUNT, IN_ANY_PART};
use super::journal_verify::field;
use super::statement::{all, execute, first};
use super::values::{as_text, number, optional, text, time, word};
use super::window::List;
use super::{error, journal_head, journal_ids, journal_windows};

/// The columns of an entry: those of the table, true if the action that it began still runs as an operation, and for each of
/// its parts true if it was erased.
const COLUMNS: &str = "j.seq, j.at, j.actor_id, j.actor, j.sudo_user, j.session_id, j.place, j.verb, j.outcome, j.kind,
  j.object_id, j.label, j.account_id, j.before, j.after, j.act, j.undoes, j.hash,
  j.seq IN (SELECT o.entry FROM nexus_operations o WHERE o.entry IS NOT NULL), length(j.actor_seal) IS 32, length(j.object_seal) IS 32";

/// The index of the hash among them.
const HASH: usize = 17;

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let integer = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_i64().ok());
    let mut after = FieldValues::parse(&as_text(row, 14)?);
    let reason = after.take_text(REASON);
    let erased = Erased { actor: row.get(HASH + 2)?, object: row.get(HASH + 3)? };
    let account = integer(2)?.map(UserId);
    let name = if erased.actor { erased_name(account) } else { text(row, 3)? };
    Ok(Entry {
        seq: row.get(0)?,
        at: time(row, 1)?,
        actor: Actor { account, name, sudo_user: optional(row, 4)? },
        origin: Origin { session: integer(5)?, place: text(row, 6)? },
        action: text(row, 7)?,
        outcome: match word(row, 8, Outcome::parse)? {
            Some(Outcome::Done) if row.get(HASH + 1)? => Outcome::Begun,
            outcome => outcome.unwrap_or(Outcome::Refused),
        },
        object: EntityRef {
            kind: word(row, 9, EntityKind::parse)?.unwrap_or(EntityKind::Store),
            id: integer(10)?,
            label: text(row, 11)?,
            account: integer(12)?.map(UserId),
        },
        before: FieldValues::parse(&as_text(row, 13)?),
        after,
        act: integer(15)?.unwrap_or_default(),
        undoes: integer(16)?,
        reason,
        hash: text(row, HASH)?,
        erased,
    })
}

/// Writes an entry after the newest one, whose hash is given, and returns its number.
pub(super) fn record_after(connection: &Connection, head: &Head, new: &NewEntry) -> Result<i64> {
    insert(connection, head, &new_salts(connection, 2 * SALT)?, new).map(|head| head.seq)
}

/// Writes an entry after this one, with the salts of its two parts, and returns what the next one follows on. In a store of an
/// earlier schema it has the form of the others there; they are all chained anew when the store is brought up to date.
pub(super) fn insert(connection: &Connection, head: &Head, salts: &[u8], new: &NewEntry) -> Result<Head> {
    // Only somebody who wrote past the triggers can have got to the last number there is.
    let seq = head.seq.checked_add(1).ok_or(StoreError::Damaged)?;
    let (before, after) = (new.before.to_string(), new.after.to_string());
    let (at, act) = (to_stored(new.at), new.act.unwrap_or(seq));
    let integer = |number: Option<i64>| number.map_or(ValueRef::Null, ValueRef::Integer);
    let columns = [
        ValueRef::Integer(seq),
        ValueRef::from(at.as_str()),
        integer(new.actor.account.map(|id| id.0)),
        ValueRef::from(new.actor.name.as_str()),
        new.actor.sudo_user.as_deref().map_or(ValueRef::Null, ValueRef::from),
        integer(new.origin.session),
        ValueRef::from(new.origin.place.as_str()),
        ValueRef::from(new.action.word()),
        ValueRef::from(new.outcome.word()),
        ValueRef::from(new.object.kind.word()),
        integer(new.object.id),
        ValueRef::from(new.object.label.as_str()),
        integer(new.object.account.map(|id| id.0)),
        ValueRef::from(before.as_str()),
        ValueRef::from(after.as_str()),
        ValueRef::Integer(act),
        integer(new.undoes),
    ];
    let fields = columns.map(field);
    let (actor_salt, object_salt) = salts.split_at(SALT.min(salts.len()));
    let digests =
        [ErasablePart::Actor.digest(&fields, actor_salt), ErasablePart::Object.digest(&fields, object_salt)];
    let [actor, object] = &digests;
    let hash = hex(&link(&head.hash, &fields, [actor, object], None));
    // The caller rolls back all of it: SQLite need not keep what this statement alone would have to take back.
    let sql = "INSERT OR FAIL INTO nexus_journal (seq, at, actor_id, actor, sudo_user, session_id, place, verb, outcome,
                 kind, object_id, label, account_id, before, after, act, undoes, hash, actor_seal, object_seal)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let others = [ValueRef::from(hash.as_str()), ValueRef::Blob(actor_salt), ValueRef::Blob(object_salt)];
    let inserted = execute(connection, sql, borrowed(columns.into_iter().chain(others)));
    if error::unless_missing(inserted)?.is_some() {
        return Ok(Head { seq, hash });
    }
    let hash = earlier_link(&head.hash, &fields);
    // The form of the schemas before entries could be erased.
    let sql = "INSERT INTO nexus_journal (seq, at, actor_id, actor, sudo_user, session_id, place, verb, outcome, kind,
                 object_id, label, account_id, before, after, act, undoes, hash)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    execute(connection, sql, borrowed(columns.into_iter().chain([ValueRef::from(hash.as_str())])))?;
    Ok(Head { seq, hash })
}

/// Binds values where they stand.
fn borrowed<'v>(values: impl Iterator<Item = ValueRef<'v>>) -> impl rusqlite::Params {
    rusqlite::params_from_iter(values.map(ToSqlOutput::Borrowed))
}

/// Returns so many random bytes for the salts of the parts of entries.
pub(super) fn new_salts(connection: &Connection, bytes: usize) -> Result<Vec<u8>> {
    Ok(first(connection, "SELECT randomblob(?)", [bytes as i64], |row| row.get(0))?.unwrap_or_default())
}

/// Returns the entries about an account itself since then, newest first.
pub(super) fn about(connection: &Connection, account: UserId, since: Timestamp) -> Result<Vec<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {BY_ACCOUNT} WHERE {IN_ANY_PART} AND j.account_id = ? AND j.kind = 'account'
           AND j.at > ? AND j.outcome = 'done' ORDER BY j.seq DESC"
    );
    all(connection, &sql, &[Value::Integer(account.0), Value::Text(to_stored(since))], entry)
}

/// Returns the entry with the latest time, from the newest clock entry on. An entry before that, whose clock ran
/// years ahead, does not count.
pub(super) fn latest(connection: &Connection) -> Result<Option<(i64, Timestamp)>> {
    let sql = "SELECT j.seq, j.at FROM nexus_journal j INDEXED BY nexus_journal_at
               WHERE j.seq >= ifnull((SELECT max(c.seq) FROM nexus_journal c INDEXED BY nexus_journal_verb
                                      WHERE c.verb = ? AND c.outcome = 'done'), 0)
               ORDER BY j.at DESC LIMIT 1";
    let found = first(connection, sql, [Action::ClockSet.word()], |row| Ok((row.get(0)?, time(row, 1)?)))?;
    Ok(found.and_then(|(seq, at)| Some((seq, at?))))
}

/// Returns the time of the newest entry.
pub(super) fn newest_time(connection: &Connection) -> Result<Option<Timestamp>> {
    let sql = "SELECT at FROM nexus_journal ORDER BY seq DESC LIMIT 1";
    Ok(first(connection, sql, [], |row| time(row, 0))?.flatten())
}

/// Returns the latest time at which an action was done.
pub(super) fn last_done(connection: &Connection, action: Action) -> Result<Option<Timestamp>> {
    let sql =
        "SELECT max(at) FROM nexus_journal INDEXED BY nexus_journal_verb WHERE verb = ? AND outcome = ?";
    let values = params![action.word(), Outcome::Done.word()];
    Ok(first(connection, sql, values, |row| time(row, 0))?.flatten())
}

/// Returns the number of entries about an action that an actor wrote from a place since then.
pub(super) fn actions_from(
    connection: &Connection,
    action: Action,
    actor: &str,
    place: &str,
    since: Timestamp,
) -> Result<u64> {
    let sql = "SELECT count(*) FROM nexus_journal INDEXED BY nexus_journal_verb
               WHERE verb = ? AND actor = ? COLLATE NOCASE AND at > ? AND actor = ?2 AND place = ?";
    let values = params![action.word(), actor, to_stored(since), place];
    Ok(first(connection, sql, values, |row| number(row, 0))?.unwrap_or_default())
}

/// Returns a journal entry.
pub(super) fn find(connection: &Connection, seq: i64) -> Result<Option<Entry>> {
    first(connection, &format!("SELECT {COLUMNS} FROM {TABLE} WHERE j.seq = ?"), [seq], entry)
}

/// The entries of an action `?1`: the index of actions leaves their first ones out.
const OF_ACT: &str = "(SELECT seq, outcome FROM nexus_journal WHERE seq = ?1 AND act = ?1
  UNION ALL SELECT seq, outcome FROM nexus_journal WHERE act = ?1 AND act <> seq)";

/// Returns the numbers of an action's entries that can still be undone, in ascending order.
pub(super) fn to_undo(connection: &Connection, act: i64) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT j.seq FROM {OF_ACT} j WHERE j.outcome = 'done'
           AND NOT EXISTS (SELECT 1 FROM nexus_journal u WHERE u.undoes = j.seq) ORDER BY j.seq"
    );
    all(connection, &sql, &[Value::Integer(act)], |row| row.get(0))
}

/// Returns true if an entry of an action was undone.
pub(super) fn is_undone_in_part(connection: &Connection, act: i64) -> Result<bool> {
    let sql =
        format!("SELECT EXISTS (SELECT 1 FROM {OF_ACT} j CROSS JOIN nexus_journal u ON u.undoes = j.seq)");
    Ok(first(connection, &sql, [act], |row| row.get(0))?.unwrap_or_default())
}

/// Returns the number of the entry that undid this one.
pub(super) fn undone_by(connection: &Connection, seq: i64) -> Result<Option<i64>> {
    first(connection, "SELECT seq FROM nexus_journal WHERE undoes = ?", [seq], |row| row.get(0))
}

/// Returns the first entry of the newest action of an actor before another one.
pub(super) fn previous_action(
    connection: &Connection,
    actor: &ActorFilter,
    act: i64,
) -> Result<Option<Entry>> {
    let (whose, value) = match actor {
        ActorFilter::Session(id) => (format!("{IN_ANY_PART} AND j.session_id = ?"), Value::Integer(*id)),
        ActorFilter::Commands(user) => {
            let whose = "j.actor = ? AND j.actor_id IS NULL AND j.session_id IS NULL";
            (whose.to_owned(), Value::Text(user.clone()))
        }
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLE} WHERE {whose} AND j.seq < ? AND j.act = j.seq AND j.outcome = 'done'
         ORDER BY j.seq DESC LIMIT 1"
    );
    first(connection, &sql, params![value, act], entry)
}

/// Returns the account that most recently had this name, according to the journal.
pub(super) fn former_holder(connection: &Connection, who: &Who) -> Result<Option<UserId>> {
    let (Who::Username(name) | Who::Email(name)) = who else {
        let Who::Id(id) = who else { return Ok(None) };
        let sql = format!(
            "SELECT j.account_id FROM {BY_ACCOUNT} WHERE {IN_ANY_PART} AND j.account_id = ? AND j.kind = 'account' LIMIT 1"
        );
        return Ok(first(connection, &sql, [id.0], |row| row.get(0))?.map(UserId));
    };
    let sql = format!(
        "SELECT l.account_id FROM nexus_journal_labels l WHERE l.label = ?1
         ORDER BY (SELECT max(j.seq) FROM {BY_ACCOUNT} WHERE {IN_ANY_PART} AND j.account_id = l.account_id
           AND j.kind = 'account' AND j.label = ?1 COLLATE NOCASE) DESC LIMIT 1"
    );
    Ok(first(connection, &sql, [name], |row| row.get(0))?.map(UserId))
}

/// Returns a range of the journal. Entries have no gaps, so an entry's number tells its position in the whole
/// journal. `After` continues in the list's order.
pub(super) fn window(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<JournalColumn>,
    span: RowRange,
) -> Result<Window<Entry>> {
    let condition = Condition::of(ListKind::Journal, now, &wanted.filter, wanted.scope);
    if let Anchor::After(seq) = span.anchor {
        let rows = following(reader.connection, &condition, wanted.sort.descending, seq, span.len)?;
        return Ok(Window { rows, ..Window::default() });
    }
    if condition.is_everything() {
        return match EntryOrder::of(wanted.sort.column) {
            None => all_entries(reader.connection, wanted.sort.descending, span),
            Some(order) => {
                let window = journal_windows::entries(reader, order, wanted.sort.descending, span)?;
                window.try_filter_map(|seq| find(reader.connection, seq))
            }
        };
    }
    let list = list(now, wanted);
    list.window_in(reader, &*found(reader, now, wanted, &list)?, span, entry)
}

/// Returns the numbers of the entries that a filter matches, in the order of the [`list`] that asks for them.
pub(super) fn found(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<JournalColumn>,
    sorted: &List<'_>,
) -> Result<Arc<Vec<i64>>> {
    let Some(order) = EntryOrder::of(wanted.sort.column) else {
        return journal_ids::find(reader, &wanted.filter, sorted);
    };
    reader.list(&sorted.name, || {
        let by_time = Sort { column: JournalColumn::Seq, descending: false };
        let by_time = ListOf { sort: by_time, ..wanted.clone() };
        let seqs = journal_ids::find(reader, &wanted.filter, &list(now, &by_time))?;
        order.sort(reader.connection, &seqs, wanted.sort.descending)
    })
}

/// Returns the list that a filter asks for.
pub(super) fn list(now: Timestamp, wanted: &ListOf<JournalColumn>) -> List<'static> {
    List {
        table: TABLE,
        from: TABLE,
        find_from: journal_filter::find_from(&wanted.filter, wanted.scope),
        id: "j.seq",
        key: None,
        descending: wanted.sort.descending,
        scan: None,
        columns: COLUMNS,
        column_values: Vec::new(),
        unfiltered: Condition::of(ListKind::Journal, now, &Filter::default(), wanted.scope),
        name: list_name(ListKind::Journal, now, wanted),
        condition: Condition::of(ListKind::Journal, now, &wanted.filter, wanted.scope),
    }
}

/// Returns the entries that follow on this one: older ones if `descending`, newer ones otherwise.
fn following(
    connection: &Connection,
    condition: &Condition,
    descending: bool,
    seq: i64,
    len: u32,
) -> Result<Vec<Entry>> {
    let (compare, way) = if descending { ("<", "DESC") } else { (">", "ASC") };
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLE} WHERE {} AND j.seq {compare} ? ORDER BY j.seq {way} LIMIT ?",
        condition.sql
    );
    let bounds = [Value::Integer(seq), Value::Integer(i64::from(len))];
    all(connection, &sql, condition.values.iter().chain(&bounds), entry)
}

fn all_entries(connection: &Connection, descending: bool, span: RowRange) -> Result<Window<Entry>> {
    let total = u64::try_from(journal_head::read(connection)?.seq).unwrap_or_default();
    let position = |seq: u64| if descending { total.saturating_sub(seq) } else { seq.saturating_sub(1) };
    let anchor = match span.anchor {
        Anchor::Row { id, last_seen_at } => match u64::try_from(id) {
            Ok(seq) if (1..=total).contains(&seq) => position(seq),
            _ => last_seen_at,
        },
        Anchor::Position(at) => at,
        Anchor::After(_) => 0,
    }
    .min(total.saturating_sub(1));
    let first = anchor.saturating_sub(u64::from(span.before));
    let (compare, way, from) =
        if descending { ("<=", "DESC", total.saturating_sub(first)) } else { (">=", "ASC", first + 1) };
    let sql = format!("SELECT {COLUMNS} FROM {TABLE} WHERE j.seq {compare} ? ORDER BY j.seq {way} LIMIT ?");
    let values = [Value::Integer(from as i64), Value::Integer(i64::from(span.len))];
    let rows = all(connection, &sql, &values, entry)?;
    Ok(Window { rows, first, anchor: (total > 0).then_some(anchor), total, unfiltered: total })
}
