//! `nexus overview`, as a table and as JSON.

use crate::domain::calendar::Calendar;
use crate::domain::overview::{
    AccountCounts, AccountFailures, Failures, Figures, LogInDay, NewAccountWeek, PlaceFailures,
    SessionCounts, SessionPoint, StoreFacts,
};
use crate::domain::time::Duration;
use crate::domain::user::{Status, User, UserId};
use crate::service::contract::{Overview, Reply, Request, StoreOverview};

use super::super::testing::{Ran, World, now, session, user};

/// Returns a service with a hostile name, whose store was checked two hours ago.
fn overview() -> Overview {
    let today = now().date_naive();
    let figures = Figures {
        accounts: AccountCounts { confirmed: 1_241, pending: 51, suspended: 8 },
        sessions: SessionCounts {
            points: vec![
                SessionPoint { at: now() - Duration::hours(2), active: 418 },
                SessionPoint { at: now(), active: 312 },
            ],
        },
        log_ins: vec![
            LogInDay { day: today - Duration::days(1), done: 240, failed: 0 },
            LogInDay { day: today, done: 118, failed: 4 },
        ],
        new_accounts: vec![NewAccountWeek { from: today, accounts: 6 }],
        waiting: vec![User { status: Status::Pending, ..user(4, "ed\u{1b}[2Jsger") }],
        ending: vec![session(34, "2026-11-23 13:00:00")],
        ahead: Calendar::default(),
        failures: Failures {
            total: 4,
            unknown_names: 3,
            accounts: vec![AccountFailures { id: UserId(2), label: "grace".into(), failures: 1 }],
            places: vec![PlaceFailures { place: "203.0.113.9".into(), failures: 4 }],
        },
    };
    let store = StoreOverview {
        location: "/srv/nexus.db".into(),
        facts: StoreFacts {
            bytes: 12_400_000,
            schema: 8,
            entries: 4_711,
            bin_items: 1,
            last_backup: Some(now() - Duration::hours(9)),
        },
        sound_at: Some(now() - Duration::hours(2)),
        is_damaged: false,
    };
    Overview { at: now(), figures, since: None, store: Some(store) }
}

fn shown(args: &[&str], overview: &Overview) -> Ran {
    World::default().run(&[&["overview"], args].concat(), &mut |request, dry_run| {
        assert_eq!((request, dry_run), (&Request::Overview, false));
        Ok(Reply::Overview(Box::new(overview.clone())))
    })
}

#[test]
fn people_read_a_line_for_each_figure() {
    let ran = shown(&[], &overview());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!("overview_table", ran.out);
    let damaged = StoreOverview { is_damaged: true, ..overview().store.unwrap() };
    let ran = shown(&[], &Overview { store: Some(damaged), ..overview() });
    assert!(ran.out.ends_with("× damaged; run nexus doctor\n"), "{}", ran.out);
}

#[test]
fn without_utf8_all_of_it_is_ascii() {
    let mut world = World::default();
    world.environment.ascii = true;
    let ran = world.run(&["overview"], &mut |_, _| Ok(Reply::Overview(Box::new(overview()))));
    assert!(ran.out.is_ascii() && ran.out.contains("\nFailed from "), "{}", ran.out);
}

#[test]
fn programs_get_one_object() {
    let ran = shown(&["--format", "json"], &overview());
    let object: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    insta::assert_snapshot!("overview_json", serde_json::to_string_pretty(&object).unwrap());
    assert!(!ran.out.contains('\u{1b}'));
    let empty = Overview { figures: Figures::default(), store: None, ..overview() };
    let object: serde_json::Value = serde_json::from_str(&shown(&["--format", "json"], &empty).out).unwrap();
    assert_eq!(
        (&object["store"], &object["sessions"]["peak"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
}
