//! Tests of the query plans of the orders of lists.

use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::JournalColumn;
use crate::domain::page::Sort;
use crate::domain::session::SessionColumn;

use super::super::journal_orders::{EntryOrder, WalkStart};
use super::super::keyset::{
    ALL as ALL_ROWS, About, Columns, KeysetPosition, Order, Reading, Restriction, ScanStart,
};
use super::super::sort_orders;
use super::plans::plan;
use super::*;

const SESSION_COLUMNS: [SessionColumn; 9] = [
    SessionColumn::Started,
    SessionColumn::Origin,
    SessionColumn::State,
    SessionColumn::Id,
    SessionColumn::User,
    SessionColumn::Status,
    SessionColumn::Expiration,
    SessionColumn::LastSeen,
    SessionColumn::Label,
];

/// The orders of a flat list of directories that an index has.
const DIRECTORY_COLUMNS: [DirectoryColumn; 4] =
    [DirectoryColumn::Id, DirectoryColumn::Name, DirectoryColumn::Added, DirectoryColumn::Modified];

/// Returns every statement that a scan in an order may run, from each kind of position.
fn statements(order: Order, only: Restriction<'_>, columns: &str) -> Vec<String> {
    let at = |range| KeysetPosition { range, key: values::Stored::Null, id: 1 };
    let mut found = Vec::new();
    for order in [order, order.reversed()] {
        for columns in [Columns::KeysetPosition, Columns::Row(columns, &[])] {
            let reading = Reading { columns, only, limit: 1 };
            for range in 0..order.ranges.len() {
                let place = at(range);
                for start in [ScanStart::Beginning, ScanStart::At(&place), ScanStart::Beyond(&place)] {
                    found.extend(order.statements(start, reading));
                }
            }
        }
    }
    found
}

/// Fails unless the statement reads along an index or in id order, and sorts nothing.
fn assert_walks(store: &SqliteStore, sql: &str, walks_in_id_order: bool) {
    let plan = plan(store, sql);
    let first = plan.split("; ").next().unwrap();
    let along_index = first.contains(" INDEX ") || first.contains("USING INTEGER PRIMARY KEY");
    assert!(along_index || walks_in_id_order, "{sql}\n{plan}");
    // Sessions of accounts with the same label are put in order by their ids: they are those of one account.
    let of_one_label =
        sql.contains("nexus_users_label") && (sql.contains("= ?") || plan.contains("LAST TERM"));
    let sorts = plan.contains("TEMP B-TREE") && !of_one_label;
    assert!(!sorts, "{sql}\n{plan}");
    // What is joined is found row by row.
    let joined = plan.split("; ").skip(1).filter(|line| line.starts_with("SCAN"));
    assert_eq!(joined.count(), 0, "{sql}\n{plan}");
}

#[test]
fn every_order_of_a_list_is_walked_along_an_index_from_any_place_both_ways() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let scan = |order: Order, only: Restriction<'_>, columns: &str| {
        for sql in statements(order, only, columns) {
            // Ids need no index, and accounts never seen stand in their order.
            let by_id = order.ranges.iter().any(|range| range.key.is_none() && sql.contains(range.from));
            assert_walks(&store, &sql, by_id);
        }
    };
    for column in USER_COLUMNS {
        let list =
            users::list(now(), &ListOf { sort: Sort { column, descending: false }, ..ListOf::default() });
        scan(list.scan.unwrap().order, ALL_ROWS, list.columns);
    }
    for column in SESSION_COLUMNS {
        let list =
            sessions::list(now(), &ListOf { sort: Sort { column, descending: false }, ..ListOf::default() });
        scan(list.scan.unwrap().order, ALL_ROWS, list.columns);
    }
    let active = Filter::parse(ListKind::Sessions, "status:active").unwrap();
    let sort = Sort { column: SessionColumn::Expiration, descending: false };
    let list = sessions::list(now(), &ListOf { filter: active, sort, ..ListOf::default() });
    let only = list.scan.clone().unwrap().only;
    let only = Restriction { sql: &only.sql, about: About::Joined, values: &[] };
    scan(list.scan.unwrap().order, only, list.columns);
    let flat = DIRECTORY_COLUMNS.map(|column| (sort_orders::of_directories(column), "1"));
    for (ranges, sql) in flat.into_iter().chain([
        (sort_orders::ROOTS, "1"),
        (sort_orders::ROOTS_OF_ONE, "t.user_id = ?"),
        (sort_orders::CHILDREN, "t.parent = ?"),
    ]) {
        scan(
            Order { ranges, descending: false },
            Restriction { sql, about: About::Scanned, values: &[] },
            directories::COLUMNS,
        );
    }
}

#[test]
fn rows_are_skipped_and_counted_along_the_index_of_their_order() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let orders = USER_COLUMNS.iter().map(|column| sort_orders::of_users(*column));
    let orders = orders.chain(SESSION_COLUMNS.iter().map(|column| sort_orders::of_sessions(*column)));
    let orders = orders.chain(DIRECTORY_COLUMNS.iter().map(|column| sort_orders::of_directories(*column)));
    for ranges in
        orders.chain([sort_orders::ROOTS, sort_orders::ACTIVE_SESSIONS, sort_orders::BY_STATE_WITH_OVERDUE])
    {
        for descending in [false, true] {
            let order = Order { ranges, descending };
            for range in 0..ranges.len() {
                let place = KeysetPosition { range, key: values::Stored::Null, id: 1 };
                for start in [ScanStart::Beginning, ScanStart::At(&place), ScanStart::Beyond(&place)] {
                    for sql in order.rank_statements(start) {
                        let is_by_id =
                            ranges.iter().any(|range| range.key.is_none() && sql.contains(range.from));
                        let plan = plan(&store, &sql);
                        let goes_through = |step: &str| {
                            let is_table = step.starts_with("SCAN ") && !step.contains("(subquery-");
                            is_table && step != "SCAN v" && !step.contains(" INDEX ")
                        };
                        assert!(is_by_id || !plan.split("; ").any(goes_through), "{sql}\n{plan}");
                        assert!(
                            !plan.contains("TEMP B-TREE") || sql.contains("nexus_users_label"),
                            "{sql}\n{plan}"
                        );
                    }
                }
            }
        }
    }
    let by_id = Order { ranges: sort_orders::of_users(UserColumn::Id), descending: false };
    let sql = by_id.rank_statements(ScanStart::Beginning).pop().unwrap();
    let plan = plan(&store, &sql);
    let along = "SEARCH u USING COVERING INDEX nexus_users_status (status=? AND rowid>? AND rowid<?)";
    assert!(plan.contains(along), "{sql}\n{plan}");
}

#[test]
fn a_row_is_found_in_every_order_by_its_id() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let ranges = USER_COLUMNS.iter().flat_map(|column| sort_orders::of_users(*column));
    let ranges = ranges.chain(SESSION_COLUMNS.iter().flat_map(|column| sort_orders::of_sessions(*column)));
    let ranges =
        ranges.chain(DIRECTORY_COLUMNS.iter().flat_map(|column| sort_orders::of_directories(*column)));
    for range in ranges.chain(sort_orders::CHILDREN).chain(sort_orders::ACTIVE_SESSIONS) {
        let plan = plan(&store, &range.place_sql());
        assert!(plan.contains("SEARCH") && !plan.contains("SCAN"), "{range:?}\n{plan}");
    }
}

#[test]
fn the_orders_of_the_journal_are_walked_along_their_indexes_alone() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.record(&crate::store::contract_tests::journal::entry()));
    for column in [JournalColumn::Actor, JournalColumn::Action] {
        let order = EntryOrder::of(column).unwrap();
        let place = order.place(&store.connection, 1).unwrap().unwrap();
        for start in [WalkStart::Beginning, WalkStart::At(&place), WalkStart::Beyond(&place)] {
            for descending in [false, true] {
                for (sql, _) in order.statements(start, descending) {
                    let plan = plan(&store, &sql);
                    let walks = plan.contains("USING COVERING INDEX nexus_journal_");
                    assert!(walks && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
                }
            }
        }
    }
}
