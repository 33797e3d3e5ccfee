use crate::domain::page::Anchor;
use crate::domain::session::{EndReason, IdleLimit, RowStatus, SessionEnd};
use crate::domain::time::Duration;
use crate::domain::user::UserId;
use crate::tui::dialog::Dialog;
use crate::tui::effect::Slot;
use crate::tui::overlays::edit::Edit;
use crate::tui::screens::list_screen::ListScreen;
use crate::tui::screens::screen::Screen as _;
use crate::tui::testing::{act, context, frame, keys, press, session, window};

use super::*;

type SessionsScreen = ListScreen<SessionList>;

fn loaded() -> SessionsScreen {
    let (mut screen, context) = (SessionsScreen::default(), context(80, 24));
    screen.open(&context, None);
    let rows = vec![session(1, 1, "ada"), session(2, 3, "alan"), session(3, 3, "alan")];
    screen.reply(&context, Slot::Rows, Ok(Reply::Sessions(window(rows))));
    screen
}

fn pressed(script: &str) -> Vec<Ask> {
    press(&mut loaded(), &context(80, 24), script)
}

#[test]
fn it_opens_on_the_first_rows() {
    let asks = SessionsScreen::default().open(&context(80, 24), None);
    let [Ask::Query(Slot::Rows, Request::Sessions(SessionRequest::List { filter, span, .. }))] =
        asks.as_slice()
    else {
        panic!("{asks:?}")
    };
    assert!(filter.is_empty());
    assert_eq!((span.anchor, span.before), (Anchor::Position(0), 0));
}

#[test]
fn the_session_under_the_cursor_is_revoked_or_the_marked_ones_together() {
    assert_eq!(*act(&pressed("jx")), Request::Sessions(SessionRequest::Revoke(Selection::one(2))));
    let marked = Selection::Ids(vec![1, 2]);
    assert_eq!(*act(&pressed("<space><space>x")), Request::Sessions(SessionRequest::Revoke(marked)));
}

#[test]
fn all_of_the_users_sessions_are_revoked_by_one_act() {
    let filter = Filter::of_account(Who::Id(UserId(3)));
    let all = Selection::Shown { filter, except: vec![] };
    assert_eq!(*act(&pressed("jX")), Request::Sessions(SessionRequest::Revoke(all)));
}

#[test]
fn one_session_is_renewed_or_all_that_the_filter_shows() {
    let renew = |which| Request::Sessions(SessionRequest::Renew { which, life: DEFAULT_LIFE });
    assert_eq!(*act(&pressed("+")), renew(Selection::one(1)));
    let all = Selection::Shown { filter: Filter::default(), except: vec![] };
    assert_eq!(*act(&pressed("*+")), renew(all));
}

#[test]
fn sweeping_needs_no_row() {
    assert_eq!(*act(&pressed("S")), Request::Sessions(SessionRequest::Sweep));
}

#[test]
fn a_token_is_issued_for_the_account_under_the_cursor() {
    let asks = pressed("ja");
    let [Ask::Open(Dialog::Form(form))] = asks.as_slice() else { panic!("{asks:?}") };
    let life = DEFAULT_LIFE;
    let who = Who::Username("alan".into());
    let asks = Edit::new(form.clone()).press(keys("<enter>")[0]);
    assert_eq!(asks, [Ask::Submit(Request::Sessions(SessionRequest::Issue { who, life, label: None }))]);
}

#[test]
fn it_leads_to_the_accounts_sessions_and_directories() {
    assert_eq!(pressed("js"), [Ask::Go(Route::filtered(ScreenId::SESSIONS, "user:3"))]);
    assert_eq!(pressed("jf"), [Ask::Go(Route::filtered(ScreenId::DIRECTORIES, "user:3"))]);
}

#[test]
fn the_short_id_is_copied() {
    assert_eq!(pressed("y"), [Ask::Copy("00000001".into())]);
}

#[test]
fn sorting_reads_the_rows_anew_either_way_round() {
    for (script, column, descending) in [
        (",i", SessionColumn::Id, false),
        (",U", SessionColumn::User, true),
        (",e", SessionColumn::Expiration, false),
        (",T", SessionColumn::LastSeen, true),
    ] {
        let asks = pressed(script);
        let [Ask::Query(Slot::Rows, Request::Sessions(SessionRequest::List { sort, .. })), Ask::Remember(_)] =
            asks.as_slice()
        else {
            panic!("{asks:?}")
        };
        assert_eq!((sort.column, sort.descending), (column, descending));
    }
}

#[test]
fn a_filter_to_open_with_is_in_force() {
    let asks = SessionsScreen::default().open(&context(80, 24), Some("status:expired"));
    let [Ask::Query(Slot::Rows, Request::Sessions(SessionRequest::List { filter, .. }))] = asks.as_slice()
    else {
        panic!("{asks:?}")
    };
    assert_eq!(filter.terms.len(), 1);
}

#[test]
fn enter_shows_the_session_in_detail_and_h_the_list_again() {
    let (mut screen, context) = (loaded(), context(80, 24));
    for (open, close) in [("<enter>", "h"), ("l", "<left>"), ("<right>", "<esc>"), ("<tab>", "<tab>")] {
        press(&mut screen, &context, open);
        assert!(frame(&screen, &context).contains("session 1 · account 1"), "{open}");
        press(&mut screen, &context, close);
        assert!(frame(&screen, &context).contains("row 1 of 3"), "{close}");
    }
}

#[test]
fn the_operators_own_session_and_the_ended_ones_are_told() {
    let (mut screen, context) = (loaded(), context(80, 24));
    let ended = Session { row_status: RowStatus::Expired, ..session(2, 3, "alan") };
    screen.reply(&context, Slot::Rows, Ok(Reply::Sessions(window(vec![session(1, 1, "ada"), ended]))));
    let frame = frame(&screen, &context);
    assert!(frame.contains("this one") && frame.contains("active") && frame.contains("expired"), "{frame}");
}

#[test]
fn a_narrow_list_tells_the_day_of_an_end_and_a_detail_no_time_left() {
    let (mut screen, context) = (loaded(), context(40, 12));
    let over =
        Session { expiration: Some(context.now - Duration::days(400)), ..session(1, 1, "barbara.liskov") };
    let end = SessionEnd::new(context.now, Some("root".into()), EndReason::Revoked);
    let revoked = Session { row_status: RowStatus::Expired, end: Some(end), ..session(2, 3, "alan") };
    screen.reply(&context, Slot::Rows, Ok(Reply::Sessions(window(vec![over, revoked]))));
    let shown = frame(&screen, &context);
    let places: Vec<_> = ["19 Oct 2025", "revoked"]
        .into_iter()
        .map(|words| shown.lines().find_map(|line| Some(line.split_once(words)?.0.chars().count())))
        .collect();
    assert!(places[0].is_some() && places[0] == places[1], "{places:?}\n{shown}");
    press(&mut screen, &context, "j<enter>");
    let shown = frame(&screen, &context);
    assert!(
        shown.contains("× revoked") && shown.contains("Ended") && !shown.contains("Time left"),
        "{shown}"
    );
}

#[test]
fn an_end_that_is_no_time_is_told_as_it_stands_in_list_and_detail() {
    let (mut screen, context) = (loaded(), context(120, 24));
    let never = Session {
        expiration: None,
        unreadable_expiration: Some("ne\u{1b}ver".into()),
        ..session(1, 1, "ada")
    };
    let revoked = Session { row_status: RowStatus::Expired, ..never.clone() };
    let none = Session { unreadable_expiration: None, ..never.clone() };
    let mut shows = |session: Session, list: &str, details: &[&str]| {
        screen.reply(&context, Slot::Rows, Ok(Reply::Sessions(window(vec![session]))));
        press(&mut screen, &context, "<esc>");
        let shown = frame(&screen, &context);
        assert!(shown.contains(list), "{shown}");
        press(&mut screen, &context, "<enter>");
        let shown = frame(&screen, &context);
        assert!(details.iter().all(|detail| shown.contains(detail)), "{shown}");
    };
    shows(never, "unreadable date “ne", &["Expires", "unreadable date “ne␛ver”"]);
    shows(revoked, "unreadable date “ne", &["× expired", "unreadable date “ne␛ver”"]);
    shows(none, "over", &["Ended       it has no end", "no time was set"]);
}

#[test]
fn a_token_with_an_idle_limit_says_when_it_ends_unused() {
    let (mut screen, context) = (loaded(), context(120, 24));
    let at = |minutes: i64| context.now + Duration::minutes(minutes);
    let limited = |minutes: i64| {
        let idle_limit = Some(IdleLimit { used_at: at(minutes - 60), ends_at: at(minutes) });
        Session { idle_limit, last_seen: Some(at(minutes - 60)), ..session(1, 1, "ada") }
    };
    screen.reply(&context, Slot::Rows, Ok(Reply::Sessions(window(vec![limited(10)]))));
    press(&mut screen, &context, "<enter>");
    assert!(frame(&screen, &context).contains("If unused"), "{}", frame(&screen, &context));
    screen.reply(&context, Slot::Rows, Ok(Reply::Sessions(window(vec![limited(-10)]))));
    let shown = frame(&screen, &context);
    assert!(shown.contains("not used since") && !shown.contains("If unused"), "{shown}");
}

#[test]
fn an_empty_list_says_why_and_only_issuing_and_sweeping_work() {
    let (mut screen, context) = (SessionsScreen::default(), context(80, 24));
    screen.open(&context, None);
    screen.reply(&context, Slot::Rows, Ok(Reply::Sessions(Window::default())));
    assert!(frame(&screen, &context).contains("There are no sessions"));
    assert_eq!(press(&mut screen, &context, "xX+sfy<enter>"), []);
    assert_eq!(press(&mut screen, &context, "aS").len(), 2);
}

#[test]
fn details_do_not_repeat_what_the_row_shows() {
    let (mut screen, context) = (loaded(), context(200, 50));
    let over = Session { expiration: Some(context.now - Duration::hours(1)), ..session(1, 1, "ada") };
    screen.reply(&context, Slot::Rows, Ok(Reply::Sessions(window(vec![over]))));
    let context = Context { now: context.now + Duration::milliseconds(60), relative: false, ..context };
    screen.wake(&context);
    let seen = frame(&screen, &context);
    for words in ["Started", "Last seen"] {
        assert_eq!(seen.matches(words).count(), 1, "{words}: {seen}");
    }
    assert!(seen.contains("Ended") && !seen.contains("Expired"), "its end is told once: {seen}");
    // An age does not say when.
    let seen = frame(&screen, &Context { relative: true, ..context });
    assert_eq!(seen.matches("Started").count(), 2, "{seen}");
}
