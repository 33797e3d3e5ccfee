//! The entries of a filtered list of the journal. Entries are only ever added: what was found once stays right, and after a
//! change only the new entries are looked at.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::domain::filter::Filter;
use crate::domain::journal::{Action, Head};
use crate::store::Result;

use super::cache::CachedReader;
use super::statement::{all, first};
use super::window::List;
use super::{journal_filter, journal_folds, journal_head};

/// The most new entries that are looked at one by one.
const MOST: i64 = 20_000;

/// Returns the numbers of the entries of a list, in its order.
pub(super) fn find(reader: CachedReader<'_>, filter: &Filter, list: &List<'_>) -> Result<Arc<Vec<i64>>> {
    let connection = reader.connection;
    if !journal_filter::is_lasting(filter) {
        return reader.list(&list.name, || find_all(connection, list));
    }
    let head = journal_head::read(connection)?;
    let ids = match reader.kept_entries(&list.name)? {
        Some((known, ids)) if known == head => return Ok(ids),
        Some((known, ids)) if has_only_grown(connection, &known, &head)? => {
            let mut newer = newer_ids(connection, list, known.seq)?;
            if newer.is_empty() {
                ids
            } else if list.descending {
                newer.reverse();
                newer.extend(ids.iter());
                Arc::new(newer)
            } else {
                Arc::new(ids.iter().copied().chain(newer).collect())
            }
        }
        Some(_) | None => Arc::new(find_all(connection, list)?),
    };
    let head = (!is_being_erased(connection)?).then_some(head);
    reader.keep_list(&list.name, Arc::clone(&ids), head);
    Ok(ids)
}

fn find_all(connection: &Connection, list: &List<'_>) -> Result<Vec<i64>> {
    // The indexes hold all that is asked, but not in this order: to sort what is found is quicker than to look at every
    // entry.
    let mut seqs = list.ids_unordered(connection)?;
    // They come in long runs, which a stable sort only merges.
    seqs.sort_by_key(|seq| *seq);
    if list.descending {
        seqs.reverse();
    }
    Ok(seqs)
}

/// Returns true if a few entries were added to a journal since then, and none of the older ones has lost a part.
pub(super) fn has_only_grown(connection: &Connection, known: &Head, head: &Head) -> Result<bool> {
    if !(1..=MOST).contains(&head.seq.saturating_sub(known.seq))
        || journal_folds::hash_of(connection, known.seq)?.as_deref() != Some(known.hash.as_str())
    {
        return Ok(false);
    }
    // Whoever erases says so first.
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM nexus_journal NOT INDEXED WHERE seq > ?1 AND verb = ?2)";
    Ok(first(connection, sql, (known.seq, Action::Erased.word()), |row| row.get(0))?.unwrap_or(false))
}

/// Returns true while parts of entries are being erased.
pub(super) fn is_being_erased(connection: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM nexus_operations WHERE kind = 'erase')";
    Ok(first(connection, sql, [], |row| row.get(0))?.unwrap_or(true))
}

/// Returns the numbers of the entries of a list after this one, in ascending order.
fn newer_ids(connection: &Connection, list: &List<'_>, seq: i64) -> Result<Vec<i64>> {
    let values = list.condition.values.iter().chain([&Value::Integer(seq)]).cloned().collect::<Vec<_>>();
    all(connection, &newer_sql(list), &values, |row| row.get(0))
}

/// Returns the statement that finds them, along the journal itself.
pub(super) fn newer_sql(list: &List<'_>) -> String {
    let (table, condition) = (journal_filter::TABLE, &list.condition.sql);
    format!("SELECT j.seq FROM {table} NOT INDEXED WHERE {condition} AND j.seq > ? ORDER BY j.seq")
}
