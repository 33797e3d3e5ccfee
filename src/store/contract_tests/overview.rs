//! The figures of an overview, of the whole service and of one account.

use crate::domain::journal::{Action, EntityKind, EntityRef, NewEntry, Origin, Outcome};
use crate::domain::overview::{AccountCounts, Figures, SESSION_POINTS};
use crate::domain::session::SessionOrigin;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{AccessLevel, Fields, Status, UserId};
use crate::store::{NewSession, NewUser, SessionStart, Store};

use super::{account, deletion_info, entry, keep, look, now, revoked, token};

fn figures(store: &dyn Store, of: Option<UserId>) -> Figures {
    look(store, |rows| rows.figures(now(), of))
}

fn minutes_ago(minutes: i64) -> Timestamp {
    now() - Duration::minutes(minutes)
}

/// Returns an account to insert, with a status and the days since it was created.
fn created(name: &str, status: Status, days: i64) -> NewUser {
    let new = account(name, AccessLevel::User);
    NewUser {
        fields: Fields { status: Some(status), ..new.fields },
        created_at: now() - Duration::days(days),
        ..new
    }
}

/// Returns a session to insert, with the minutes since it began and the minutes until it ends.
fn lasting(user_id: UserId, digest: &str, began: i64, ends: i64) -> NewSession {
    let new = token(user_id, digest);
    let start = new.start.map(|start| SessionStart { at: minutes_ago(began), ..start });
    NewSession { expiration: Some(now() + Duration::minutes(ends)), start, ..new }
}

pub(super) fn accounts_by_status_and_week(store: &mut dyn Store) {
    assert_eq!(figures(store, None).accounts, AccountCounts::default());
    let ids: Vec<_> = [
        ("ada", Status::Confirmed, 0),
        ("bob", Status::Pending, 6),
        ("cyd", Status::Pending, 7),
        ("dan", Status::Suspended, 400),
        ("eve", Status::Confirmed, 174),
    ]
    .map(|(name, status, days)| keep(store, |rows| rows.insert_user(&created(name, status, days))))
    .to_vec();
    let all = figures(store, None);
    assert_eq!(all.accounts, AccountCounts { confirmed: 2, pending: 2, suspended: 1 });
    // 2026-11-23 is a Monday: what happened a day before belongs to the week before.
    let weeks: Vec<_> = all.new_accounts.iter().map(|week| week.accounts).collect();
    assert_eq!((weeks.len(), &weeks[24..], weeks.iter().sum::<u64>()), (26, &[2, 1][..], 4));
    assert_eq!(weeks[0], 1, "174 days are less than 25 weeks, and this one is not over");
    let waiting =
        |figures: &Figures| figures.waiting.iter().map(|user| user.label().to_owned()).collect::<Vec<_>>();
    assert_eq!(waiting(&all), ["bob", "cyd"]);
    let own = figures(store, Some(ids[0]));
    assert_eq!(own.accounts, AccountCounts { confirmed: 1, ..AccountCounts::default() });
    assert_eq!((waiting(&own), own.new_accounts[25].accounts), (vec![], 1));
    keep(store, |rows| rows.bin_user(ids[1], &deletion_info()));
    assert_eq!(figures(store, None).accounts.pending, 1);
}

pub(super) fn sessions_now_and_before(store: &mut dyn Store) {
    let ada = keep(store, |rows| rows.insert_user(&account("ada", AccessLevel::Admin)));
    let bob = keep(store, |rows| rows.insert_user(&account("bob", AccessLevel::User)));
    let pending = keep(store, |rows| rows.insert_user(&created("cyd", Status::Pending, 1)));
    let add = |store: &mut dyn Store, new: NewSession| keep(store, |rows| rows.insert_session(&new));
    add(store, lasting(ada, "a", 200, 600));
    let ended = add(store, lasting(ada, "b", 180, 600));
    add(store, lasting(bob, "over", 300, -60));
    add(store, lasting(bob, "later", 2_000, 3_000));
    add(store, NewSession { start: None, ..lasting(pending, "pending", 0, 600) });
    // Another program's: nobody knows when it began.
    add(store, NewSession { start: None, ..lasting(bob, "other", 0, 90) });
    let console = lasting(ada, "console", 20, 100);
    let start = console.start.clone().map(|start| SessionStart { origin: SessionOrigin::Console, ..start });
    add(store, NewSession { start, ..console });
    let end = crate::domain::session::SessionEnd { at: minutes_ago(30), ..revoked() };
    assert!(keep(store, |rows| rows.end_session(ended, &end)));

    let all = figures(store, None);
    let at = |figures: &Figures, minutes: i64| {
        let point = figures.sessions.points.iter().find(|point| point.at == minutes_ago(minutes));
        point.map(|point| point.active)
    };
    assert_eq!((all.sessions.points.len(), all.sessions.active()), (SESSION_POINTS, 4));
    assert_eq!(at(&all, 10), Some(4));
    assert_eq!(
        [at(&all, 40), at(&all, 70), at(&all, 190), at(&all, 250), at(&all, 1_440)],
        [Some(4), Some(5), Some(4), Some(3), Some(2)]
    );
    let ending: Vec<_> = all.ending.iter().map(|session| session.user.as_str()).collect();
    assert_eq!(ending, ["bob", "ada"], "consoles end by themselves, and one that ends later is not soon");
    let next_end = |of| look(store, |rows| rows.tab_counts(now(), of)).next_end;
    let in_minutes = |minutes| Some(now() + Duration::minutes(minutes));
    assert_eq!([next_end(None), next_end(Some(ada)), next_end(Some(bob))], [90, 100, 90].map(in_minutes));
    assert_eq!(next_end(Some(pending)), None, "nothing runs out that is not active");
    let own = figures(store, Some(bob));
    assert_eq!((own.sessions.active(), at(&own, 70), own.ending.len()), (2, Some(3), 1));
    assert_eq!(keep(store, |rows| rows.sweep(now(), 10)).len(), 1);
    assert_eq!(figures(store, None).sessions, all.sessions, "a sweep only writes down what is known");
}

/// Returns a log-in of an account, or of an unknown name.
fn log_in(account: Option<i64>, label: &str, place: &str, at: Timestamp, outcome: Outcome) -> NewEntry {
    NewEntry {
        at,
        action: Action::LoggedIn,
        outcome,
        origin: Origin { session: None, place: place.into() },
        object: EntityRef {
            kind: EntityKind::Account,
            id: account,
            label: label.into(),
            account: account.map(UserId),
        },
        ..entry()
    }
}

pub(super) fn log_ins_by_day_and_failures(store: &mut dyn Store) {
    let days_ago = |days| now() - Duration::days(days);
    keep(store, |rows| {
        for (account, label, place, at, outcome) in [
            (Some(1), "ada", "pts/0", days_ago(30), Outcome::Done),
            (Some(1), "ada", "pts/0", days_ago(29), Outcome::Done),
            (Some(1), "ada", "pts/0", days_ago(1), Outcome::Refused),
            (Some(2), "bob", "pts/0", minutes_ago(1_439), Outcome::Refused),
            (Some(1), "ada", "10.0.0.9", minutes_ago(3), Outcome::Refused),
            (Some(1), "ada", "10.0.0.9", minutes_ago(2), Outcome::Refused),
            (None, "unknown", "10.0.0.9", minutes_ago(1), Outcome::Refused),
            (Some(1), "ada", "pts/0", now(), Outcome::Done),
        ] {
            rows.record(&log_in(account, label, place, at, outcome))?;
        }
        // What is refused or done otherwise is no log-in.
        rows.record(&NewEntry { outcome: Outcome::Refused, ..entry() })
    });
    let all = figures(store, None);
    let days: Vec<_> = all.log_ins.iter().map(|day| (day.done, day.failed)).collect();
    assert_eq!((days.len(), days[0], days[28], days[29]), (30, (1, 0), (0, 2), (1, 3)));
    assert_eq!((all.failures.total, all.failures.unknown_names), (4, 1));
    let accounts: Vec<_> =
        all.failures.accounts.iter().map(|one| (one.label.as_str(), one.failures)).collect();
    assert_eq!(accounts, [("ada", 2), ("bob", 1)]);
    let places: Vec<_> = all.failures.places.iter().map(|one| (one.place.as_str(), one.failures)).collect();
    assert_eq!(places, [("10.0.0.9", 3), ("pts/0", 1)]);
    let own = figures(store, Some(UserId(2)));
    assert_eq!((own.failures.total, own.failures.unknown_names, own.failures.accounts.len()), (1, 0, 1));
    assert_eq!(own.log_ins.iter().map(|day| day.done + day.failed).sum::<u64>(), 1);
    let facts = look(store, |rows| rows.store_facts());
    assert_eq!((facts.entries, facts.bin_items), (9, 0));
    assert!(facts.bytes > 0 && facts.schema > 0);
}
