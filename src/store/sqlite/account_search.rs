//! Windows of the list of accounts, whose filters ask the search index.

use std::cell::RefMut;
use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, Row};

use crate::domain::filter::{Filter, Term, Test};
use crate::domain::page::{Anchor, RowRange, Sort, Window};
use crate::domain::time::Timestamp;
use crate::domain::user::{User, UserColumn};
use crate::store::{ListOf, Result};

use super::cache::{Cache, CachedReader};
use super::keyset::Order;
use super::moments::{active, active_values};
use super::place_set::Places;
use super::search_index::{FoundIds, SearchIndex};
use super::sort_orders;
use super::statement::all;
use super::users::{list, user};
use super::values::number;
use super::window::List;

/// The accounts with active sessions, and the number of them. It takes [`active_values`].
const ACTIVE_SESSIONS: &str = concat!(
    "SELECT s.user_id, count(*) FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active
       CROSS JOIN de_torres_vincent_users u ON u.id = s.user_id
     WHERE ",
    active!(),
    " GROUP BY s.user_id"
);

/// Returns a range of the accounts in an order and filter.
pub(super) fn window(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<UserColumn>,
    span: RowRange,
) -> Result<Window<User>> {
    // A stream is in the order of ids, whatever order the list has.
    let by_id =
        matches!(span.anchor, Anchor::After(_)).then(|| ListOf { sort: Sort::default(), ..wanted.clone() });
    let wanted = by_id.as_ref().unwrap_or(wanted);
    let list = list(now, wanted);
    if wanted.sort.column == UserColumn::Sessions {
        return list.window_of(reader, span, user, || by_sessions(reader, now, wanted));
    }
    if !suits_search_index(wanted) {
        return list.window(reader, span, user);
    }
    if wanted.sort.column == UserColumn::Id {
        let found = found_by_id(reader, now, wanted, &list)?;
        let Anchor::After(id) = span.anchor else {
            return list.window_in(reader, &*found, span, user);
        };
        let ids = found.above(id, span.len as usize);
        return Ok(Window { rows: list.rows(reader.connection, &ids, user)?, ..Window::default() });
    }
    list.window_of(reader, span, user, || {
        let (ids, all) = search(reader, now, wanted)?;
        reader.remember(list.unfiltered_sql(), all);
        Ok(ids)
    })
}

/// Returns the accounts of a list in the order of ids.
fn found_by_id(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<UserColumn>,
    list: &List<'_>,
) -> Result<Arc<FoundIds>> {
    let mut search_index = search_index(reader)?;
    if let Some(found) = search_index.found(&list.name) {
        return Ok(found);
    }
    let (places, all) = find_places(reader.connection, &mut search_index, now, wanted)?;
    let found = search_index.keep_found(&list.name, &places, wanted.sort.descending);
    drop(search_index);
    reader.remember(list.unfiltered_sql(), all);
    Ok(found)
}

/// Returns the ids of a list in the order of their active sessions, those with as many by id. Few accounts have any.
fn by_sessions(reader: CachedReader<'_>, now: Timestamp, wanted: &ListOf<UserColumn>) -> Result<Vec<i64>> {
    let by_id = ListOf { sort: Sort::default(), ..wanted.clone() };
    let mut ids = if suits_search_index(&by_id) {
        search(reader, now, &by_id)?.0
    } else {
        list(now, &by_id).ids(reader.connection)?
    };
    let time = active_values(now);
    let count = |row: &Row<'_>| Ok((row.get(0)?, number(row, 1)?));
    let counts: HashMap<i64, u64> =
        all(reader.connection, ACTIVE_SESSIONS, &time, count)?.into_iter().collect();
    ids.sort_by_key(|id| counts.get(id).copied().unwrap_or_default());
    if wanted.sort.descending {
        ids.reverse();
    }
    Ok(ids)
}

/// Returns true if the search index is quicker than the rows: not if a term names one account.
fn suits_search_index(wanted: &ListOf<UserColumn>) -> bool {
    let names_one = |term: &Term| matches!(term.test, Test::User(_)) && !term.negated;
    let is_there =
        |term: &Term| matches!(term.test, Test::Word(_) | Test::Email(_) | Test::Status(_) | Test::Level(_));
    let terms = &wanted.filter.terms;
    wanted.scope.is_none() && !terms.iter().any(names_one) && terms.iter().any(is_there)
}

/// Returns the search index, up to date.
fn search_index(reader: CachedReader<'_>) -> Result<RefMut<'_, SearchIndex>> {
    let mut index = RefMut::map(reader.cache.borrow_mut(), Cache::search_index);
    index.follow(reader.connection)?;
    Ok(index)
}

/// Fills the search index, so that the first filter is as quick as the next.
pub(super) fn warm_up(reader: CachedReader<'_>) -> Result<()> {
    search_index(reader)?.warm_up(reader.connection)
}

/// Returns the accounts that the search index finds by the terms of a filter, and the terms that are left; `None` if it finds
/// none of them quickly, or more accounts than `most`.
pub(super) fn found_owners(
    reader: CachedReader<'_>,
    filter: &Filter,
    most: usize,
) -> Result<Option<(Vec<i64>, Filter)>> {
    let mut index = search_index(reader)?;
    let (places, others) = narrowed(reader.connection, &mut index, filter)?;
    if others.terms.len() == filter.terms.len() || places.count() > most {
        return Ok(None);
    }
    let by_id = Order { ranges: sort_orders::of_users(UserColumn::Id), descending: false };
    Ok(Some((index.in_order(reader.connection, &places, UserColumn::Id, by_id)?, others)))
}

/// Returns the places of the accounts that pass the terms that the search index knows, and the terms that are left.
fn narrowed(connection: &Connection, index: &mut SearchIndex, filter: &Filter) -> Result<(Places, Filter)> {
    let mut places = index.everybody().clone();
    let mut others = Filter::default();
    for term in &filter.terms {
        match index.passing(connection, &term.test)? {
            Some(passing) => places.keep(&passing, term.negated),
            None => others.terms.push(term.clone()),
        }
    }
    Ok((places, others))
}

/// Returns the ids of a filtered list in its order, and the number of all accounts.
fn search(reader: CachedReader<'_>, now: Timestamp, wanted: &ListOf<UserColumn>) -> Result<(Vec<i64>, u64)> {
    let mut search_index = search_index(reader)?;
    let (places, all) = find_places(reader.connection, &mut search_index, now, wanted)?;
    let column = wanted.sort.column;
    let order = Order { ranges: sort_orders::of_users(column), descending: false };
    let mut ids = search_index.in_order(reader.connection, &places, column, order)?;
    if wanted.sort.descending {
        ids.reverse();
    }
    Ok((ids, all))
}

/// Returns the places of the accounts of a filtered list, and the number of all accounts. Conditions that the search index
/// does not know are checked on the rows.
fn find_places(
    connection: &Connection,
    search_index: &mut SearchIndex,
    now: Timestamp,
    wanted: &ListOf<UserColumn>,
) -> Result<(Places, u64)> {
    let all = search_index.everybody().count() as u64;
    let (mut places, others) = narrowed(connection, search_index, &wanted.filter)?;
    if !others.is_empty() {
        let asked = list(now, &ListOf { filter: others, ..ListOf::default() });
        places.keep(&search_index.these(&asked.ids(connection)?), false);
    }
    Ok((places, all))
}
