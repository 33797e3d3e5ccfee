use crate::domain::calendar::{AheadChange, AheadKind, Calendar};
use crate::domain::local_zone::LocalZone;
use crate::domain::user::UserId;
use crate::service::contract::FailureKind;
use crate::tui::testing::{act, context, frame, overview, press};

use super::*;

/// Returns an overview that has its figures.
fn read(context: &Context) -> OverviewScreen {
    let mut screen = OverviewScreen::default();
    assert_eq!(screen.open(context, None), [Ask::Query(Slot::Rows, Request::Overview)]);
    assert_eq!(screen.reply(context, Slot::Rows, Ok(Reply::Overview(Box::new(overview())))), []);
    screen
}

/// Returns the filter of the list that the figure with the focus leads to.
fn leads_to(screen: &mut OverviewScreen, context: &Context) -> (ScreenId, String) {
    match press(screen, context, "<enter>").as_slice() {
        [Ask::Go(route)] => (route.screen, route.filter.clone().unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_fits_every_size() {
    for (columns, rows) in [(40, 12), (60, 18), (80, 24), (100, 30), (120, 36), (200, 50)] {
        let context = context(columns, rows);
        let mut screen = read(&context);
        let mut shown = frame(&screen, &context);
        insta::assert_snapshot!(format!("{columns}x{rows}"), shown);
        // Whatever is below is reached.
        press(&mut screen, &context, "G");
        shown = frame(&screen, &context);
        let last = if columns < 100 { "12 in the bin" } else { "New accounts a week" };
        assert!(shown.contains(last), "{shown}");
        assert!(!shown.contains('\u{1b}'));
    }
}

#[test]
fn every_figure_is_a_door() {
    let context = context(120, 36);
    let mut screen = read(&context);
    press(&mut screen, &context, "g");
    let mut doors = Vec::new();
    loop {
        doors.push(leads_to(&mut screen, &context));
        let before = screen.focus;
        press(&mut screen, &context, "j");
        if screen.focus == before {
            break;
        }
    }
    let lines: Vec<_> = doors.iter().map(|(id, filter)| format!("{id:?} {filter}")).collect();
    insta::assert_snapshot!("doors", lines.join("\n"));
    for (id, filter) in doors.iter().filter(|(_, filter)| !filter.is_empty()) {
        let screen = super::super::SCREENS.iter().find(|screen| screen.id == *id).unwrap();
        let parsed = crate::domain::filter::Filter::parse(screen.subject.unwrap(), filter);
        assert!(parsed.is_ok(), "{filter}: {parsed:?}");
    }
}

#[test]
fn the_figure_of_a_heading_has_its_place_before_those_below_it() {
    let context = context(80, 24);
    let mut screen = read(&context);
    assert_eq!(leads_to(&mut screen, &context).1, "status:confirmed", "it begins below the heading");
    press(&mut screen, &context, "k");
    assert_eq!(leads_to(&mut screen, &context), (ScreenId::USERS, String::new()));
    insta::assert_snapshot!("heading", frame(&screen, &context));
    let text = screen.text(&context);
    assert_eq!(text.cursor.as_deref(), Some("1. Accounts: 300"));
    assert_eq!(text.rows[0], "1. Accounts: 300");
    // A click on the heading leads to it too.
    press(&mut screen, &context, "jjjjj");
    screen.click(&context, Position { x: 4, y: area(&context).y });
    assert_eq!(leads_to(&mut screen, &context), (ScreenId::USERS, String::new()));
}

#[test]
fn tab_goes_from_panel_to_panel_and_around() {
    let context = context(80, 24);
    let mut screen = read(&context);
    let first = screen.focus;
    let mut panels = Vec::new();
    for _ in 0..9 {
        press(&mut screen, &context, "<tab>");
        panels.push(screen.focus.unwrap().panel);
        assert!(!frame(&screen, &context).is_empty());
    }
    assert_eq!(screen.focus, first);
    press(&mut screen, &context, "<backtab>");
    assert_eq!(Some(screen.focus.unwrap().panel), panels.iter().rev().nth(1).copied());
}

#[test]
fn an_account_that_waits_is_confirmed_where_it_is() {
    let context = context(80, 24);
    let mut screen = read(&context);
    match press(&mut screen, &context, "c").as_slice() {
        [Ask::ShowError(failure)] => assert_eq!(failure.kind, FailureKind::Invalid),
        other => panic!("{other:?}"),
    }
    let asks = press(&mut screen, &context, "<tab>jc");
    let confirm = AccountAction::Confirm.on(AccountSelection::one(UserId(5)));
    assert_eq!(act(&asks), &Request::Accounts(confirm));
    let reject = AccountAction::Reject.on(AccountSelection::one(UserId(5)));
    assert_eq!(act(&press(&mut screen, &context, "x")), &Request::Accounts(reject));
    assert!(screen.changes("c") && screen.needs_admin("x") && !screen.changes("enter"));
}

#[test]
fn the_focus_stays_in_its_panel_when_rows_go() {
    let context = context(80, 24);
    let mut screen = read(&context);
    press(&mut screen, &context, "<tab>jj");
    let mut fewer = overview();
    fewer.figures.waiting.truncate(1);
    fewer.figures.accounts.pending = 1;
    screen.reply(&context, Slot::Rows, Ok(Reply::Overview(Box::new(fewer))));
    assert_eq!(screen.focus, Some(Focus { panel: panel::PanelId::Waiting, at: DoorPlace::FIRST }));
}

#[test]
fn changes_are_read_at_most_once_a_second_and_one_at_a_time() {
    let mut context = context(80, 24);
    let mut screen = read(&context);
    assert_eq!(screen.refresh(&context), [], "it has just been read");
    let due = screen.wake_at().unwrap();
    assert_eq!(due, context.now + LEAST_GAP);
    context.now = due;
    assert_eq!(screen.wake(&context).len(), 1);
    assert_eq!((screen.wake_at(), screen.refresh(&context)), (None, vec![]), "the answer is still to come");
    // An answer that took long is asked for less often.
    context.now += Duration::milliseconds(200);
    screen.reply(&context, Slot::Rows, Ok(Reply::Overview(Box::new(overview()))));
    assert_eq!(
        screen.wake_at(),
        Some(context.now + Duration::seconds(4)),
        "what was written meanwhile is read"
    );
}

#[test]
fn without_changes_it_is_read_once_a_minute() {
    let mut context = context(80, 24);
    let mut screen = read(&context);
    assert_eq!(screen.wake(&context), []);
    context.now += STALE;
    assert_eq!(screen.wake(&context), [Ask::Query(Slot::Rows, Request::Overview)]);
    let failed = Failure::new(FailureKind::Unavailable, "busy");
    assert_eq!(screen.reply(&context, Slot::Rows, Err(failed.clone())), [Ask::ShowError(failed)]);
    assert_eq!(screen.wake_at(), Some(context.now + STALE));
}

#[test]
fn a_plain_user_and_an_empty_store_have_panels_without_others() {
    let context = context(80, 24);
    let mut screen = read(&context);
    let empty = Overview {
        figures: crate::domain::overview::Figures::default(),
        since: Some(crate::service::contract::SinceLastVisit::default()),
        store: None,
        ..overview()
    };
    screen.reply(&context, Slot::Rows, Ok(Reply::Overview(Box::new(empty))));
    let shown = frame(&screen, &context);
    insta::assert_snapshot!("plain user", shown);
    for hidden in ["Waiting", "Store", "New accounts", "Accounts"] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
}

#[test]
fn times_are_in_the_zone_of_the_operator_and_days_stay_those_of_utc() {
    let local = LocalZone::of(Some("Asia/Tokyo"), |_| Err("none".into()));
    assert!(local.is_some());
    let context = Context { zone: local, relative: false, ..context(120, 36) };
    let shown = frame(&read(&context), &context);
    for words in ["JST", "Log-ins a day (UTC)", "today 19:50", "23 Nov 2026 15:00"] {
        assert!(shown.contains(words), "no {words:?} in\n{shown}");
    }
}

#[test]
fn what_the_coming_days_change_is_a_panel_of_doors() {
    let context = context(120, 50);
    let mut screen = OverviewScreen::default();
    screen.open(&context, None);
    let mut overview = overview();
    let change = |days, kind, id, user: &str| AheadChange {
        at: overview.at + Duration::days(days),
        kind,
        user_id: UserId(id),
        user: user.into(),
    };
    overview.figures.ahead = Calendar {
        changes: vec![
            change(1, AheadKind::BecomesValid, 7, "barbara"),
            change(3, AheadKind::Expires, 8, "evil\u{1b}[2J"),
            change(29, AheadKind::BecomesIdle, 9, "alan"),
        ],
        is_cut: true,
    };
    screen.reply(&context, Slot::Rows, Ok(Reply::Overview(Box::new(overview))));
    let shown = frame(&screen, &context);
    for words in ["Next 30 days", "becomes valid", "expires after", "is suspended as idle", "more"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'));
    let mut doors = Vec::new();
    loop {
        doors.push(leads_to(&mut screen, &context));
        let before = screen.focus;
        press(&mut screen, &context, "j");
        if screen.focus == before {
            break;
        }
    }
    for filter in ["user:7", "user:8", "user:9", "expires:<30d"] {
        assert!(doors.contains(&(ScreenId::USERS, filter.into())), "{filter} {doors:?}");
    }
}
