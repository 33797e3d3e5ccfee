//! Waiting: what is superseded, what is stale, what is said meanwhile, when to wake.

use super::*;

#[test]
fn a_newer_read_cancels_the_older_one_and_its_answer_is_dropped() {
    let mut desk = Desk::logged_in();
    desk.press("/");
    let effects = desk.press("a");
    let [Effect::Perform { ticket: old, .. }] = effects[..] else { panic!("{effects:?}") };
    let effects = desk.press("b");
    assert_eq!(effects[0], Effect::Cancel(old));
    let none = Window { total: 0, ..Window::default() };
    assert_eq!(desk.tell(Msg::Done(old, Ok(Reply::Users(none)))), []);
    desk.assert_shows("of 600");
}

#[test]
fn a_ticket_is_redeemed_once() {
    let mut desk = Desk::logged_in();
    desk.press("c");
    let ticket = desk.open[0].ticket;
    desk.finish(Err(failure(FailureKind::Refused, "It is refused.")));
    desk.press("j");
    desk.tell(Msg::Done(ticket, Err(failure(FailureKind::Refused, "It is refused."))));
    desk.assert_hides("It is refused.");
}

#[test]
fn a_screen_that_is_not_in_front_takes_its_rows_and_asks_for_nothing() {
    let mut desk = Desk::logged_in();
    desk.press("R");
    let rows = desk.open.remove(0);
    desk.press("2");
    let result = Ok(usual(&rows.request, false));
    assert_eq!(desk.tell(Msg::Done(rows.ticket, result)), []);
}

#[test]
fn a_wait_is_said_after_a_moment() {
    let mut desk = Desk::logged_in();
    desk.press("c");
    assert_eq!(desk.model.wake_at(), Some(desk.now + Duration::milliseconds(150)));
    desk.wait(Duration::milliseconds(149));
    desk.assert_hides("confirming");
    desk.wait(Duration::milliseconds(1));
    desk.assert_shows("confirming…");
}

#[test]
fn long_work_shows_how_far_it_is_and_escape_stops_it() {
    let mut desk = Desk::logged_in();
    desk.press("c");
    let ticket = desk.open[0].ticket;
    desk.tell(Msg::Progress(ticket, Progress { done: 0, total: 1_000 }));
    desk.now += Duration::milliseconds(1_999);
    desk.tell(Msg::Progress(ticket, Progress { done: 500, total: 1_000 }));
    desk.assert_hides("500 of 1,000");
    desk.wait(Duration::milliseconds(1));
    desk.assert_shows("500 of 1,000, 250/s, 2 s left");
    desk.wait(Duration::seconds(10));
    desk.assert_shows("500 of 1,000, 250/s, 2 s left");
    assert_eq!(desk.press("<esc>"), [Effect::Cancel(ticket)]);
    desk.assert_shows("stopping…");
    let stopped = "Stopped; 500 of 1,000 accounts are confirmed.";
    let effects = desk.tell(Msg::Done(ticket, Err(failure(FailureKind::Stopped, stopped))));
    assert!(matches!(requests(&effects)[..], [Request::Accounts(Accounts::List { .. })]), "a part is done");
    desk.assert_shows(stopped);
    desk.assert_hides("stopping…");
}

#[test]
fn the_console_is_of_use_while_work_goes_on() {
    let mut desk = Desk::logged_in();
    desk.operate("*");
    desk.press("A");
    desk.answer();
    let effects = desk.press("600<enter>");
    let Some(Effect::Perform { ticket: long, .. }) = effects.last() else { panic!("{effects:?}") };
    desk.open.clear();
    desk.tell(Msg::Progress(*long, Progress { done: 0, total: 600 }));
    let begun = desk.now;
    desk.assert_hides("marked");
    desk.operate("2/ada<enter>j1jj<space><space>");
    desk.assert_shows("2 marked");
    desk.now = begun + Duration::seconds(4);
    desk.tell(Msg::Progress(*long, Progress { done: 200, total: 600 }));
    desk.assert_shows("200 of 600, 50/s, 8 s left   Esc stops");
    desk.tell(Msg::Done(*long, Ok(Reply::Done(Tally { accounts: 600, ..Tally::new(Verb::Promoted) }))));
    desk.assert_shows("Promoted 600 accounts");
    desk.assert_shows("2 marked");
}

#[test]
fn what_is_done_after_it_waits_and_is_stopped_after_it() {
    let mut desk = Desk::logged_in();
    let ticket = |effects: &[Effect]| match effects {
        [Effect::Perform { ticket, .. }, ..] => *ticket,
        _ => panic!("{effects:?}"),
    };
    let (first, second) = (ticket(&desk.press("c")), ticket(&desk.press("jc")));
    desk.wait(Duration::milliseconds(150));
    desk.assert_shows("confirming…   Esc stops   1 more after it");
    assert_eq!(desk.press("<esc>"), [Effect::Cancel(first)]);
    assert_eq!(desk.press("<esc>"), [Effect::Cancel(second)]);
    assert_eq!(desk.press("<esc>"), []);
}

#[test]
fn a_long_count_shows_how_far_it_is_too() {
    let mut desk = Desk::logged_in();
    desk.operate("*");
    let effects = desk.press("d");
    let [Effect::Perform { ticket, rehearsal: true, .. }] = effects[..] else { panic!("{effects:?}") };
    desk.tell(Msg::Progress(ticket, Progress { done: 0, total: 600 }));
    desk.now += Duration::seconds(3);
    desk.tell(Msg::Progress(ticket, Progress { done: 300, total: 600 }));
    desk.assert_shows("counting ██████████░░░░░░░░░░ 300 of 600, 100/s, 3 s left");
    assert_eq!(desk.press("<esc>"), [Effect::Cancel(ticket)]);
    desk.assert_hides("300 of 600");
}

#[test]
fn reading_rows_is_no_work_to_wait_for() {
    let mut desk = Desk::logged_in();
    desk.press("R");
    desk.wait(Duration::seconds(3));
    desk.assert_hides("Esc stops");
}

#[test]
fn it_wakes_for_what_comes_next() {
    let mut desk = Desk::new((80, 24));
    let since = desk.now;
    assert_eq!(desk.model.wake_at(), Some(since + Duration::milliseconds(150)), "a wait is said");
    desk.wait(Duration::milliseconds(150));
    assert_eq!(desk.model.wake_at(), Some(since + Duration::seconds(2)), "and shows a bar");
    desk.wait(Duration::milliseconds(1_850));
    assert_eq!(desk.model.wake_at(), None, "then nothing changes by itself");
    desk.answer();
    assert_eq!(desk.model.wake_at(), Some(since + Duration::minutes(1)), "the store is checked");
    desk.operate("ada<tab>sesame<enter>");
    let last_key = desk.now;
    let wake_at = desk.model.wake_at().unwrap();
    assert!(wake_at > desk.now && wake_at <= desk.now + Duration::minutes(1), "the time left changes");
    desk.wait(Duration::milliseconds(14 * 60_000 + 59_999));
    let lock = last_key + Duration::minutes(15);
    assert_eq!(desk.model.wake_at(), Some(lock.min(desk.model.wake_at().unwrap())));
}

#[test]
fn it_never_wakes_in_the_past() {
    let mut desk = Desk::logged_in();
    desk.press("c");
    for _ in 0..2_000 {
        let Some(at) = desk.model.wake_at() else { break };
        assert!(at > desk.now, "{at} is not after {}", desk.now);
        desk.now = at;
        desk.tell(Msg::Woken);
    }
}
