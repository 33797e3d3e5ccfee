//! Tests of the query plans of the statements that matter.

use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::Sort;
use crate::domain::session::SessionColumn;

use super::super::moments::ENDS;
use super::super::names::NameColumn;
use super::super::{active_hours, calendar, idle, unused};
use super::*;

/// The questions whether there are any such rows at all, each asked once for all rows of a statement: whether any sessions
/// end step by step, any accounts have dates or are subject to the rule for idle ones, and any tokens to their limit.
const ASKED_ONCE: [&str; 4] = [
    "SCAN nexus_operations USING COVERING INDEX nexus_operations_sessions",
    "SCAN nexus_accounts USING COVERING INDEX nexus_accounts_dated",
    "SCAN nexus_idle",
    "SCAN nexus_unused",
];

/// Returns the steps of the query plan of a statement, except [`ASKED_ONCE`].
pub(super) fn plan(store: &SqliteStore, sql: &str) -> String {
    let mut statement = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let values = vec![rusqlite::types::Null; statement.parameter_count()];
    let rows =
        statement.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
    rows.map(|row| row.unwrap())
        .filter(|step| !ASKED_ONCE.contains(&step.as_str()))
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn the_plans_that_matter_use_their_indexes() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for (sql, index) in [
        ("SELECT id FROM de_torres_vincent_users WHERE username = ? COLLATE NOCASE", "nexus_users_username"),
        ("SELECT id FROM de_torres_vincent_users WHERE email = ? COLLATE NOCASE", "nexus_users_email"),
        ("SELECT id FROM de_torres_vincent_session_tokens WHERE session_token = ?", "nexus_sessions_token"),
        (sessions::OVERDUE, "nexus_sessions_active"),
        (
            &format!(
                "SELECT id FROM de_torres_vincent_session_tokens s WHERE s.status = 'active' AND {ENDS} > ?"
            ),
            "nexus_sessions_active",
        ),
        (boot::OVER, "nexus_sessions_boot"),
        ("SELECT bundle FROM nexus_bin_sessions WHERE session_token = ?", "nexus_bin_sessions_token"),
        (
            "SELECT id FROM de_torres_vincent_user_directories WHERE directory_path = ?",
            "nexus_directories_by_path",
        ),
        ("SELECT id FROM de_torres_vincent_user_directories WHERE user_id = ?", "nexus_directories_user"),
    ] {
        let plan = plan(&store, sql);
        assert!(plan.contains("SEARCH") && plan.contains(index) && !plan.contains("SCAN"), "{sql}\n{plan}");
    }
}

#[test]
fn accounts_are_completed_along_the_indexes_of_their_names() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for column in [NameColumn::Username, NameColumn::Email] {
        let plan = plan(&store, &completion::query(column));
        let name = column.name();
        for index in [format!("nexus_users_{name}"), format!("nexus_name_keys_{name}")] {
            assert!(plan.contains(&format!("INDEX {index} ({name}>? AND {name}<?)")), "{plan}");
        }
        for table in ["de_torres_vincent_users", "nexus_name_keys"] {
            assert!(!plan.contains(&format!("SCAN {table}")), "{plan}");
        }
        assert!(!plan.contains("FOR ORDER BY"), "{plan}");
    }
}

#[test]
fn an_overview_counts_along_indexes_from_the_moment_that_is_asked_about() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let [began, ended, over, days_over, days_begun] = overview::change_queries(None).map(|(sql, _)| sql);
    for (sql, index) in [
        (began, "n USING COVERING INDEX nexus_sessions_started (started_at>? AND started_at<?)"),
        (ended, "e USING COVERING INDEX nexus_session_ends_at (ended_at>? AND ended_at<?)"),
        (over, "s USING INDEX nexus_sessions_active (<expr>>? AND <expr><?)"),
        (
            active_hours::ACTIVE.to_owned(),
            "s USING COVERING INDEX nexus_sessions_active (<expr>>? AND <expr><?)",
        ),
        (days_over, "a USING COVERING INDEX nexus_accounts_expires_on (expires_on>?)"),
        (days_begun, "a USING COVERING INDEX nexus_accounts_valid_from (valid_from>?)"),
    ] {
        // The accounts out of their dates, few of all, are found along indexes and then gone through.
        let plan = plan(&store, &sql).replace("SCAN CONSTANT ROW", "").replace("SCAN o", "");
        assert!(plan.contains(index) && !plan.contains("SCAN"), "{sql}\n{plan}");
    }
}

#[test]
fn what_is_asked_of_the_journal_stands_in_its_indexes() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for expression in [
        "since:2d",
        "since:2d result:refused",
        "result:refused",
        "by:ada",
        "verb:delete",
        "by:ada verb:delete user:7 since:2d",
        "user:alan",
        "account:7",
        "session:7",
        "directory:7",
    ] {
        let filter = Filter::parse(ListKind::Journal, expression).unwrap();
        let list = journal::list(now(), &ListOf { filter, ..ListOf::default() });
        let plan =
            plan(&store, &format!("SELECT j.seq FROM {} WHERE {}", list.find_from, list.condition.sql));
        assert!(plan.contains("SEARCH j USING") && !plan.contains("SCAN j"), "{expression}\n{plan}");
        let along = "COVERING INDEX nexus_journal_not_done (outcome=?";
        assert_eq!(plan.contains(along), expression.contains("refused"), "{expression}\n{plan}");
        // Of one account little is read, whatever else is asked.
        let names_one = expression.contains("user:") || expression.contains("account:");
        let along = "INDEX nexus_journal_account (<expr>=? AND account_id=?";
        assert_eq!(plan.contains(along), names_one, "{expression}\n{plan}");
    }
}

#[test]
fn what_is_worked_out_for_a_row_reads_no_table_whole() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for (of, from) in [
        (sessions::NEWEST, "de_torres_vincent_users u WHERE u.id"),
        (directories::ABOVE, "de_torres_vincent_user_directories d WHERE d.id"),
        (directories::CHILDREN, "de_torres_vincent_user_directories d WHERE d.id"),
    ] {
        let plan = plan(&store, &format!("SELECT {of} FROM {from} = ?"));
        assert!(plan.contains("SEARCH") && !plan.contains("SCAN"), "{plan}");
    }
    let plan = plan(&store, tree::CHILDREN_OF_ONE);
    assert_eq!(plan, "SEARCH c USING COVERING INDEX nexus_directories_children (parent=?)");
    let plan = self::plan(&store, tree::CHILDREN_OF_EACH);
    assert!(plan.ends_with("SEARCH c USING COVERING INDEX nexus_directories_children (parent=?)"), "{plan}");
}

#[test]
fn streams_by_id_sort_nothing() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let (users, sessions) =
        (users::list(now(), &ListOf::default()), sessions::list(now(), &ListOf::default()));
    for sql in [users.after_sql(), sessions.after_sql()] {
        let plan = plan(&store, &sql);
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}

#[test]
fn the_calendar_is_read_along_the_indexes_of_its_days() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for (sql, index) in [
        (
            calendar::BEGINNING,
            "a USING COVERING INDEX nexus_accounts_valid_from (valid_from>? AND valid_from<?)",
        ),
        (
            calendar::ENDING,
            "a USING COVERING INDEX nexus_accounts_expires_on (expires_on>? AND expires_on<?)",
        ),
        (calendar::IDLE, "i USING COVERING INDEX nexus_idle_base (base>? AND base<?)"),
        (idle::OVERDUE, "i USING COVERING INDEX nexus_idle_base (base<?)"),
        (unused::OVERDUE, "k USING COVERING INDEX nexus_unused_base (base<?)"),
    ] {
        let plan = plan(&store, sql);
        assert!(
            plan.contains(index) && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"),
            "{sql}\n{plan}"
        );
    }
}

#[test]
fn a_session_is_read_with_one_look_into_each_table() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let active = Filter::parse(ListKind::Sessions, "status:active").unwrap();
    let sort = Sort { column: SessionColumn::Expiration, descending: false };
    let list = sessions::list(now(), &ListOf { filter: active, sort, scope: Some(UserId(7)) });
    let row = plan(&store, &format!("SELECT {} FROM {} WHERE s.id = ?", list.columns, list.from));
    let looks = row.split("; ").filter_map(|step| step.strip_prefix("SEARCH ")?.split(' ').next());
    // Those behind `e` are for what is asked once: nearly always there is no such row, and none of them takes place.
    let rules = ["i", "y", "x", "v", "k", "nexus_settings", "nexus_settings"];
    let limit = ["k", "k", "nexus_settings", "nexus_settings"];
    assert_eq!(
        looks.collect::<Vec<_>>(),
        [&["s", "u", "n", "e", "o", "v", "v"][..], &rules, &limit].concat(),
        "{row}"
    );
    // What no condition asks about is not looked at where only ids are found.
    let ids = plan(&store, &list.ids_sql(&format!("{ENDS}, s.id")));
    assert!(ids.contains("nexus_sessions_user_active") && !ids.contains("TEMP B-TREE"), "{ids}");
    let tables: Vec<_> = ids.split("; ").filter(|step| step.starts_with("SEARCH")).collect();
    // Four of the list itself; the others decide if an account is usable, by its days and by the rule for idle ones, and if
    // the session is a token that nobody used for too long.
    assert_eq!(tables.len(), 14, "{ids}");
}

#[test]
fn sessions_of_accounts_that_were_found_are_looked_up_by_their_index() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for expression in ["id:7", "status:active", "origin:service"] {
        let filter = Filter::parse(ListKind::Sessions, expression).unwrap();
        let list = sessions::list(now(), &ListOf { filter: filter.clone(), ..ListOf::default() });
        let plan = plan(&store, &sessions::of_owners(now(), &[1, 2], &filter, &list).ids_sql("s.id"));
        assert!(plan.contains("SEARCH s USING") && !plan.contains("SCAN s"), "{expression}\n{plan}");
    }
}

#[test]
fn the_directories_of_one_account_are_searched_along_their_paths() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for (expression, scope) in [("wedding", Some(UserId(7))), ("user:7 wedding", None), ("user:ada x", None)]
    {
        let filter = Filter::parse(ListKind::Directories, expression).unwrap();
        let list = directories::list(now(), &ListOf { filter, scope, ..ListOf::default() });
        let plan = plan(&store, &list.ids_sql("d.id"));
        let steps = "SEARCH u USING INTEGER PRIMARY KEY (rowid=?)";
        let along = "SEARCH d USING COVERING INDEX nexus_directories_path (user_id=?)";
        assert!(plan.starts_with(steps) && plan.contains(along) && !plan.contains("SCAN d"), "{plan}");
    }
}

#[test]
fn what_belongs_to_one_account_is_found_by_its_indexes() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for expression in ["user:ada", "user:ada status:active", "user:7 status:active"] {
        let filter = Filter::parse(ListKind::Sessions, expression).unwrap();
        let list = sessions::list(now(), &ListOf { filter, ..ListOf::default() });
        let plan = plan(&store, &list.ids_sql("s.id"));
        // Names whose keys are not worked out yet are few, and looked through one by one.
        let unfolded = "SCAN k USING COVERING INDEX nexus_name_keys_unfolded";
        let is_scan =
            |step: &str| step.starts_with("SCAN") && step != unfolded && !step.starts_with("SCAN (");
        assert!(plan.contains("INDEX nexus_sessions_user"), "{expression}\n{plan}");
        assert!(!plan.split("; ").any(is_scan), "{expression}\n{plan}");
    }
}
