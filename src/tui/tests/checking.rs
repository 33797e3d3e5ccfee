//! The daily check of the store, in the time in which nobody types.

use super::*;
use crate::service::contract::Check;

/// What the console has asked the check to do, if anything.
fn asked(desk: &Desk) -> Option<Check> {
    desk.open.iter().find_map(|asked| match asked.request {
        Request::Check(check) => Some(check),
        _ => None,
    })
}

/// Answers the step of the check.
fn answer(desk: &mut Desk, result: Result<CheckStep, Failure>) -> Vec<Effect> {
    let at = desk.open.iter().position(|asked| matches!(asked.request, Request::Check(_))).unwrap();
    let asked = desk.open.remove(at);
    desk.tell(Msg::Done(asked.ticket, result.map(Reply::Check)))
}

/// Gives the usual answers until the check asks for something.
fn answer_others(desk: &mut Desk) {
    while !desk.open.is_empty() && asked(desk).is_none() {
        let asked = desk.open.remove(0);
        let reply = usual(&asked.request, asked.rehearsal);
        desk.tell(Msg::Done(asked.ticket, Ok(reply)));
    }
}

fn cancelled(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Cancel(_)))
}

/// Waits for as long as the console says, or not at all.
fn wake(desk: &mut Desk) -> Vec<Effect> {
    let at = desk.model.wake_at().unwrap();
    desk.wait(at - desk.now)
}

/// A console at which nobody has typed for a minute and a check has begun.
fn begun() -> Desk {
    let mut desk = Desk::logged_in();
    desk.wait(Duration::seconds(60));
    answer(&mut desk, Ok(CheckStep::Begun));
    desk
}

#[test]
fn it_begins_a_minute_after_the_last_key_and_not_before() {
    let mut desk = Desk::logged_in();
    desk.wait(Duration::seconds(59));
    assert_eq!(asked(&desk), None);
    desk.operate("j");
    desk.wait(Duration::seconds(59));
    assert_eq!(asked(&desk), None);
    desk.wait(Duration::seconds(1));
    assert_eq!(asked(&desk), Some(Check::Begin));
}

#[test]
fn the_console_wakes_for_it_once_and_then_only_a_day_later() {
    let mut desk = Desk::logged_in();
    let last_key = desk.now;
    while asked(&desk).is_none() {
        wake(&mut desk);
    }
    assert!(desk.now - last_key <= Duration::seconds(61), "{}", desk.now - last_key);
    let due_at = desk.now + Duration::days(1);
    answer(&mut desk, Ok(CheckStep::NotDue(due_at)));
    for _ in 0..100 {
        let at = desk.model.wake_at().unwrap();
        assert!(at > desk.now, "no busy waiting");
        wake(&mut desk);
        assert_eq!(asked(&desk), None);
    }
}

#[test]
fn it_goes_through_all_tables_one_at_a_time_and_is_noted_at_the_end() {
    let mut desk = begun();
    let begun_at = desk.now;
    for table in 0..20 {
        assert_eq!(asked(&desk), Some(Check::Table(table)));
        desk.now += Duration::seconds(1);
        answer(&mut desk, Ok(CheckStep::Sound));
    }
    answer(&mut desk, Ok(CheckStep::NoMore));
    assert_eq!(asked(&desk), Some(Check::End { begun_at }));
    answer(&mut desk, Ok(CheckStep::Noted { mended: false }));
    assert_eq!(asked(&desk), None);
    desk.assert_hides("sound");
    assert!(desk.model.wake_at().unwrap() > desk.now);
}

#[test]
fn a_key_or_a_paste_stops_it_at_once_and_it_goes_on_where_it_was() {
    for stop in [Msg::Key(keys("j")[0]), Msg::Paste("x".into())] {
        let mut desk = begun();
        answer(&mut desk, Ok(CheckStep::Sound));
        assert_eq!(asked(&desk), Some(Check::Table(1)));
        let effects = desk.tell(stop.clone());
        assert!(matches!(effects.first(), Some(Effect::Cancel(_))), "{effects:?}");
        desk.answer();
        desk.wait(Duration::seconds(59));
        assert_eq!(asked(&desk), None);
        desk.wait(Duration::seconds(1));
        assert_eq!(asked(&desk), Some(Check::Table(1)));
    }
}

#[test]
fn a_change_by_another_program_does_not_stop_it_and_is_shown_meanwhile() {
    let mut desk = begun();
    let effects = desk.tell(Msg::StoreChanged);
    assert!(!cancelled(&effects) && !requests(&effects).is_empty(), "{effects:?}");
    assert_eq!(asked(&desk), Some(Check::Table(0)));
    // It waits for the rows to be read before it goes on.
    answer(&mut desk, Ok(CheckStep::Sound));
    assert_eq!(asked(&desk), None);
    answer_others(&mut desk);
    assert_eq!(asked(&desk), Some(Check::Table(1)));
}

#[test]
fn nothing_is_begun_while_anything_is_under_way() {
    let mut desk = Desk::logged_in();
    desk.press("c");
    desk.wait(Duration::seconds(70));
    assert_eq!(asked(&desk), None);
    answer_others(&mut desk);
    assert_eq!(asked(&desk), Some(Check::Begin));
}

#[test]
fn it_goes_on_at_the_log_in_and_while_the_console_is_locked() {
    let mut desk = Desk::new((80, 24));
    desk.answer();
    desk.wait(Duration::seconds(61));
    assert_eq!(asked(&desk), Some(Check::Begin));
    let mut desk = begun();
    desk.wait(Duration::minutes(16));
    desk.assert_shows("Locked");
    answer(&mut desk, Ok(CheckStep::Sound));
    assert_eq!(asked(&desk), Some(Check::Table(1)));
}

#[test]
fn damage_that_it_finds_is_marked_at_once_and_it_rests_for_a_day() {
    let mut desk = begun();
    let damage = failure(FailureKind::Damaged, "The store is damaged (table x).");
    answer(&mut desk, Err(damage));
    desk.assert_shows("damaged read-only");
    desk.assert_shows("The store is damaged (table x).");
    assert_eq!(asked(&desk), Some(Check::Damaged));
    answer(&mut desk, Ok(CheckStep::Noted { mended: false }));
    assert_eq!(asked(&desk), None);
    assert!(desk.model.wake_at().unwrap() > desk.now);
}

#[test]
fn damage_that_another_program_has_found_is_marked() {
    let mut desk = Desk::logged_in();
    desk.tell(Msg::Damaged(failure(FailureKind::Damaged, "The store is damaged.")));
    desk.assert_shows("damaged read-only");
}

#[test]
fn a_check_that_fails_otherwise_is_tried_again_in_an_hour() {
    let mut desk = begun();
    answer(&mut desk, Err(failure(FailureKind::Unavailable, "The store is busy.")));
    desk.assert_hides("busy");
    desk.wait(Duration::minutes(5));
    for _ in 0..6 {
        assert_eq!(asked(&desk), None);
        desk.operate("j");
        desk.wait(Duration::minutes(10));
    }
    assert_eq!(asked(&desk), Some(Check::Begin));
}

#[test]
fn a_store_that_is_sound_again_is_said() {
    let mut desk = begun();
    answer(&mut desk, Ok(CheckStep::NoMore));
    answer(&mut desk, Ok(CheckStep::Noted { mended: true }));
    desk.assert_shows("sound again");
}
