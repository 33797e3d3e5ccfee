//! One rule decides whether accounts and sessions are good: lists, filters, counts and the view all say the same.

use crate::domain::calendar::AheadChange;
use crate::domain::day::Day;
use crate::domain::filter::Test;
use crate::domain::idle_settings::IdleRule;
use crate::domain::session::{RowStatus, Session, SessionColumn};
use crate::domain::time::{Duration, to_stored};
use crate::domain::user::{Fields, Shut, Status, User};
use crate::store::AdminTerm;

use super::super::active_hours;
use super::*;

/// Returns the ids of the sessions that the view holds at a time.
fn by_view(store: &SqliteStore, at: Timestamp) -> Vec<i64> {
    let sql = "SELECT sql FROM sqlite_schema WHERE name = 'nexus_valid_sessions'";
    let view: String = store.connection.query_row(sql, [], |row| row.get(0)).unwrap();
    let (_, select) = view.split_once(" AS\n").unwrap();
    let select = select.replace("'now'", &format!("'{}'", to_stored(at)));
    let sql = format!("SELECT id FROM ({select}) ORDER BY id");
    let mut statement = store.connection.prepare(&sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

fn all_sessions(store: &SqliteStore, at: Timestamp) -> Vec<Session> {
    look(store, |rows| rows.sessions(at, &ListOf::<SessionColumn>::default(), ALL)).rows
}

fn all_users(store: &SqliteStore, at: Timestamp) -> Vec<User> {
    look(store, |rows| rows.users(at, &ListOf::<UserColumn>::default(), ALL)).rows
}

/// Returns true if everything that tells active sessions and usable accounts agrees at a time.
pub(super) fn agree_at(store: &SqliteStore, at: Timestamp) -> bool {
    let sessions = all_sessions(store, at);
    let ids = |sessions: &[Session]| sessions.iter().map(|session| session.id).collect::<Vec<_>>();
    let active: Vec<_> = sessions.iter().filter(|session| session.ended(at).is_none()).cloned().collect();
    let filtered = |state: RowStatus| {
        look(store, |rows| rows.session_ids(at, &Filter::default().and(Test::State(state))))
    };
    let sorted = ListOf {
        filter: Filter::default().and(Test::State(RowStatus::Active)),
        sort: crate::domain::page::Sort { column: SessionColumn::Expiration, descending: false },
        ..ListOf::default()
    };
    let by_end = look(store, |rows| rows.sessions(at, &sorted, ALL));
    let mut ended = ids(&sessions);
    ended.retain(|id| !ids(&active).contains(id));
    let is_told_of_accounts = all_users(store, at).iter().all(|user| {
        let own = active.iter().filter(|session| session.user_id == user.id).count() as u64;
        let counted = look(store, |rows| rows.active_sessions(at, user.id));
        let has = look(store, |rows| rows.user_ids(at, &Filter::default().and(Test::HasSessions)));
        (user.active_sessions, counted, has.contains(&user.id.0)) == (own, own, own > 0)
            && (own == 0 || user.shut(at).is_none())
    });
    let mut ids_by_end = ids(&by_end.rows);
    ids_by_end.sort_unstable();
    is_told_of_accounts
        && by_view(store, at) == ids(&active)
        && filtered(RowStatus::Active) == ids(&active)
        && filtered(RowStatus::Expired) == ended
        && (by_end.total, ids_by_end) == (active.len() as u64, ids(&active))
        && active_hours::active(&store.connection, at).unwrap() == active.len() as u64
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn dated(valid_from: &str, expires_on: &str) -> Fields {
    Fields { valid_from: Some(valid_from.into()), expires_on: Some(expires_on.into()), ..Fields::default() }
}

#[test]
fn an_account_is_usable_from_its_first_day_to_the_end_of_its_last() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        let ada = rows.insert_user(&account("ada", AccessLevel::Admin))?;
        let mut week = token(ada, "a");
        week.expiration = Some(now() + Duration::days(7));
        rows.insert_session(&week)?;
        rows.update_user(now(), ada, &dated("2026-11-23", "2026-11-25"))
    });
    for (at, shut) in [
        ("2026-11-22 23:59:59", Some(Shut::NotYet(day("2026-11-23")))),
        ("2026-11-23 00:00:00", None),
        ("2026-11-25 23:59:59", None),
        ("2026-11-26 00:00:00", Some(Shut::Expired(day("2026-11-25")))),
    ] {
        let at = from_stored(at).unwrap();
        assert!(agree_at(&store, at), "{at}");
        let usable = |term| look(&store, |rows| rows.has_usable_admin(at, term, &|_, _| true));
        assert_eq!(all_users(&store, at)[0].shut(at), shut, "{at}");
        assert_eq!(all_sessions(&store, at)[0].ended(at).is_none(), shut.is_none(), "{at}");
        assert_eq!([AdminTerm::Now, AdminTerm::Lasting].map(usable), [shut.is_none(), false], "{at}");
    }
    keep(&mut store, |rows| rows.update_user(now(), UserId(1), &dated("", "")));
    let user = &all_users(&store, now())[0];
    assert_eq!((user.valid_from, user.expires_on), (None, None));
    assert!(look(&store, |rows| rows.has_usable_admin(now(), AdminTerm::Lasting, &|_, _| true)));
}

#[test]
fn a_sweep_ends_the_sessions_of_accounts_that_expired() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let later = now() + Duration::days(2);
    keep(&mut store, |rows| {
        let ada = rows.insert_user(&account("ada", AccessLevel::User))?;
        let mut week = token(ada, "a");
        week.expiration = Some(now() + Duration::days(7));
        rows.insert_session(&week)?;
        rows.update_user(now(), ada, &dated("", "2026-11-23"))
    });
    assert!(look(&store, |rows| rows.overdue(now())).is_empty());
    assert_eq!(look(&store, |rows| rows.overdue(later)), [1]);
    assert_eq!(keep(&mut store, |rows| rows.sweep(later, 10)), [1]);
    let session = &all_sessions(&store, later)[0];
    assert_eq!(session.why_ended(later).unwrap(), "account expired on 2026-11-23");
    assert!(keep(&mut store, |rows| rows.sweep(later, 10)).is_empty());
    assert!(agree_at(&store, later));
}

#[test]
fn accounts_are_found_by_their_last_day() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        for (name, last) in [("a", ""), ("b", "2026-11-22"), ("c", "2026-11-23"), ("d", "2026-12-31")] {
            let id = rows.insert_user(&account(name, AccessLevel::User))?;
            rows.update_user(now(), id, &dated("", last))?;
        }
        Ok(())
    });
    for (filter, found) in [
        ("expires:<30d", vec![3]),
        ("expires:<90d", vec![3, 4]),
        ("expires:>30d", vec![4]),
        ("expires:2026-11-01..2026-11-23", vec![2, 3]),
        ("!expires:<90d", vec![1, 2]),
    ] {
        let filter = Filter::parse(ListKind::Users, filter).unwrap();
        assert_eq!(look(&store, |rows| rows.user_ids(now(), &filter)), found, "{filter}");
    }
}

#[test]
fn dates_that_are_none_are_refused_whoever_writes_them() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)).map(drop));
    let other = another_program(&folder);
    for bad in ["'2026-02-30'", "'soon'", "'now'", "20260301", "'2026-03-01 00:00'"] {
        let sql = format!("INSERT INTO nexus_accounts (user_id, expires_on) VALUES (1, {bad})");
        assert!(other.execute_batch(&sql).is_err(), "{bad}");
    }
    other.execute_batch("INSERT INTO nexus_accounts (user_id, expires_on) VALUES (1, '2026-03-01')").unwrap();
    assert_eq!(all_users(&store, now())[0].expires_on, Day::parse("2026-03-01"));
}

#[test]
fn the_calendar_lists_what_time_alone_changes() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        let days = [
            ("", ""),
            ("2026-11-28", ""),
            ("", "2026-11-30"),
            ("2026-12-01", "2027-01-01"),
            ("", "2026-11-22"),
        ];
        for (name, (first, last)) in ["a", "b", "c", "d", "e"].into_iter().zip(days) {
            let id = rows.insert_user(&account(name, AccessLevel::User))?;
            rows.update_user(now(), id, &dated(first, last))?;
        }
        let suspended = Fields { status: Some(Status::Suspended), ..dated("2026-11-29", "") };
        let f = rows.insert_user(&account("f", AccessLevel::User))?;
        rows.update_user(now(), f, &suspended)
    });
    let listed = |store: &SqliteStore, of, most| {
        let calendar = look(store, |rows| rows.ahead(now(), of, most));
        let words =
            |change: AheadChange| format!("{} {} {}", change.user, change.kind.word(), to_stored(change.at));
        (calendar.changes.into_iter().map(words).collect::<Vec<_>>(), calendar.is_cut)
    };
    let dated =
        ["b valid 2026-11-28 00:00:00", "c expires 2026-12-01 00:00:00", "d valid 2026-12-01 00:00:00"];
    assert_eq!(listed(&store, None, 10), (dated.map(str::to_owned).to_vec(), false));
    assert_eq!(listed(&store, Some(UserId(4)), 10).0, ["d valid 2026-12-01 00:00:00"]);
    assert_eq!(listed(&store, None, 1), (vec!["b valid 2026-11-28 00:00:00".into()], true));
    keep(&mut store, |rows| {
        rows.set_idle_rule(Some(IdleRule { days: 20, since: now() - Duration::days(3) }))?;
        rows.saw_user(now() + Duration::days(15), UserId(1))
    });
    let (all, _) = listed(&store, None, 100);
    let idle: Vec<_> = all.iter().filter(|words| words.contains("idle")).map(String::as_str).collect();
    // The others were made now; whoever is seen later comes later, after the days of the calendar.
    assert_eq!(idle, ["b", "c", "d", "e"].map(|name| format!("{name} idle 2026-12-13 12:00:00")));
}
