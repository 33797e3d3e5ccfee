//! Waiting: what is superseded, what is stale, what is said meanwhile, when to wake.

use super::*;

#[test]
fn a_newer_read_cancels_the_older_one_and_its_answer_is_dropped() {
    let mut service = Service::logged_in();
    service.press("/");
    let effects = service.press("a");
    let [Effect::Perform { request_id: old, .. }] = effects[..] else { panic!("{effects:?}") };
    let effects = service.press("b");
    assert_eq!(effects[0], Effect::Cancel(old));
    let none = Window { total: 0, ..Window::default() };
    assert_eq!(service.tell(Msg::Done(old, Ok(Reply::Users(none)))), []);
    service.assert_shows("of 600");
}

#[test]
fn a_ticket_is_redeemed_once() {
    let mut service = Service::logged_in();
    service.press("c");
    let request_id = service.open[0].request_id;
    service.finish(Err(failure(FailureKind::Refused, "It is refused.")));
    service.press("j");
    service.tell(Msg::Done(request_id, Err(failure(FailureKind::Refused, "It is refused."))));
    service.assert_hides("It is refused.");
}

#[test]
fn a_screen_that_is_not_in_front_takes_its_rows_and_asks_for_nothing() {
    let mut service = Service::logged_in();
    service.press("R");
    let rows = service.open.remove(0);
    service.press("2");
    let result = Ok(usual(&rows.request, false));
    assert_eq!(service.tell(Msg::Done(rows.request_id, result)), []);
}

#[test]
fn a_wait_is_said_after_a_moment() {
    let mut service = Service::logged_in();
    service.press("c");
    assert_eq!(service.model.wake_at(), Some(service.now + Duration::milliseconds(150)));
    service.wait(Duration::milliseconds(149));
    service.assert_hides("confirming");
    service.wait(Duration::milliseconds(1));
    service.assert_shows("confirming…");
}

#[test]
fn long_work_shows_how_far_it_is_and_escape_stops_it() {
    let mut service = Service::logged_in();
    service.press("c");
    let request_id = service.open[0].request_id;
    service.tell(Msg::Progress(request_id, Progress { done: 0, total: 1_000 }));
    service.now += Duration::milliseconds(1_999);
    service.tell(Msg::Progress(request_id, Progress { done: 500, total: 1_000 }));
    service.assert_hides("500 of 1,000");
    service.wait(Duration::milliseconds(1));
    service.assert_shows("500 of 1,000, 250/s, 2 s left");
    service.wait(Duration::seconds(10));
    service.assert_shows("500 of 1,000, 250/s, 2 s left");
    assert_eq!(service.press("<esc>"), [Effect::Cancel(request_id)]);
    service.assert_shows("stopping…");
    let stopped = "Stopped; 500 of 1,000 accounts are confirmed.";
    let effects = service.tell(Msg::Done(request_id, Err(failure(FailureKind::Stopped, stopped))));
    assert!(matches!(requests(&effects)[..], [Request::Accounts(Accounts::List { .. })]), "a part is done");
    service.assert_shows(stopped);
    service.assert_hides("stopping…");
}

#[test]
fn the_console_is_of_use_while_work_goes_on() {
    let mut service = Service::logged_in();
    service.operate("*");
    service.press("A");
    service.answer();
    let effects = service.press("600<enter>");
    let Some(Effect::Perform { request_id: long, .. }) = effects.last() else { panic!("{effects:?}") };
    service.open.clear();
    service.tell(Msg::Progress(*long, Progress { done: 0, total: 600 }));
    let begun = service.now;
    service.assert_hides("marked");
    service.operate("2/ada<enter>j1jj<space><space>");
    service.assert_shows("2 marked");
    service.now = begun + Duration::seconds(4);
    service.tell(Msg::Progress(*long, Progress { done: 200, total: 600 }));
    service.assert_shows("200 of 600, 50/s, 8 s left   Esc stops");
    service.tell(Msg::Done(
        *long,
        Ok(Reply::Done(ActionSummary { accounts: 600, ..ActionSummary::new(Action::Promoted) })),
    ));
    service.assert_shows("Promoted 600 accounts");
    service.assert_shows("2 marked");
}

#[test]
fn what_is_done_after_it_waits_and_is_stopped_after_it() {
    let mut service = Service::logged_in();
    let request_id = |effects: &[Effect]| match effects {
        [Effect::Perform { request_id, .. }, ..] => *request_id,
        _ => panic!("{effects:?}"),
    };
    let (first, second) = (request_id(&service.press("c")), request_id(&service.press("jc")));
    service.wait(Duration::milliseconds(150));
    service.assert_shows("confirming…   Esc stops   1 more after it");
    assert_eq!(service.press("<esc>"), [Effect::Cancel(first)]);
    assert_eq!(service.press("<esc>"), [Effect::Cancel(second)]);
    assert_eq!(service.press("<esc>"), []);
}

#[test]
fn a_long_count_shows_how_far_it_is_too() {
    let mut service = Service::logged_in();
    service.operate("*");
    let effects = service.press("d");
    let [Effect::Perform { request_id, dry_run: true, .. }] = effects[..] else { panic!("{effects:?}") };
    service.tell(Msg::Progress(request_id, Progress { done: 0, total: 600 }));
    service.now += Duration::seconds(3);
    service.tell(Msg::Progress(request_id, Progress { done: 300, total: 600 }));
    service.assert_shows("counting ██████████░░░░░░░░░░ 300 of 600, 100/s, 3 s left");
    assert_eq!(service.press("<esc>"), [Effect::Cancel(request_id)]);
    service.assert_hides("300 of 600");
}

#[test]
fn reading_rows_is_no_work_to_wait_for() {
    let mut service = Service::logged_in();
    service.press("R");
    service.wait(Duration::seconds(3));
    service.assert_hides("Esc stops");
}

#[test]
fn it_wakes_for_what_comes_next() {
    let mut service = Service::new((80, 24));
    let since = service.now;
    assert_eq!(service.model.wake_at(), Some(since + Duration::milliseconds(150)), "a wait is said");
    service.wait(Duration::milliseconds(150));
    assert_eq!(service.model.wake_at(), Some(since + Duration::seconds(2)), "and shows a bar");
    service.wait(Duration::milliseconds(1_850));
    assert_eq!(service.model.wake_at(), None, "then nothing changes by itself");
    service.answer();
    assert_eq!(service.model.wake_at(), Some(since + Duration::minutes(1)), "the store is checked");
    service.operate("ada<tab>sesame<enter>");
    let last_key = service.now;
    let wake_at = service.model.wake_at().unwrap();
    assert!(wake_at > service.now && wake_at <= service.now + Duration::minutes(1), "the time left changes");
    service.wait(Duration::milliseconds(14 * 60_000 + 59_999));
    let lock = last_key + Duration::minutes(15);
    assert_eq!(service.model.wake_at(), Some(lock.min(service.model.wake_at().unwrap())));
}

#[test]
fn it_never_wakes_in_the_past() {
    let mut service = Service::logged_in();
    service.press("c");
    for _ in 0..2_000 {
        let Some(at) = service.model.wake_at() else { break };
        assert!(at > service.now, "{at} is not after {}", service.now);
        service.now = at;
        service.tell(Msg::Woken);
    }
}
