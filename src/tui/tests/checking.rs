//! The daily check of the store, in the time in which nobody types.

use crate::service::contract::Check;

use super::*;

/// Returns the step of the check that the console has requested, if any.
fn asked(service: &Service) -> Option<Check> {
    service.open.iter().find_map(|asked| match asked.request {
        Request::Check(check) => Some(check),
        _ => None,
    })
}

/// Answers the step of the check.
fn answer(service: &mut Service, result: Result<CheckStep, Failure>) -> Vec<Effect> {
    let at = service.open.iter().position(|asked| matches!(asked.request, Request::Check(_))).unwrap();
    let asked = service.open.remove(at);
    service.tell(Msg::Done(asked.request_id, result.map(Reply::Check)))
}

/// Gives the usual answers until the check asks for something.
fn answer_others(service: &mut Service) {
    while !service.open.is_empty() && asked(service).is_none() {
        let asked = service.open.remove(0);
        let reply = usual(&asked.request, asked.dry_run);
        service.tell(Msg::Done(asked.request_id, Ok(reply)));
    }
}

fn cancelled(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Cancel(_)))
}

/// Waits for as long as the console says, or not at all.
fn wake(service: &mut Service) -> Vec<Effect> {
    let at = service.model.wake_at().unwrap();
    service.wait(at - service.now)
}

/// Returns a console at which nobody has typed for a minute and a check has begun.
fn begun() -> Service {
    let mut service = Service::logged_in();
    service.wait(Duration::seconds(60));
    answer(&mut service, Ok(CheckStep::Begun));
    service
}

#[test]
fn it_begins_a_minute_after_the_last_key_and_not_before() {
    let mut service = Service::logged_in();
    service.wait(Duration::seconds(59));
    assert_eq!(asked(&service), None);
    service.operate("j");
    service.wait(Duration::seconds(59));
    assert_eq!(asked(&service), None);
    service.wait(Duration::seconds(1));
    assert_eq!(asked(&service), Some(Check::Begin));
}

#[test]
fn the_console_wakes_for_it_once_and_then_only_a_day_later() {
    let mut service = Service::logged_in();
    let last_key = service.now;
    while asked(&service).is_none() {
        wake(&mut service);
    }
    assert!(service.now - last_key <= Duration::seconds(61), "{}", service.now - last_key);
    let due_at = service.now + Duration::days(1);
    answer(&mut service, Ok(CheckStep::NotDue(due_at)));
    for _ in 0..100 {
        let at = service.model.wake_at().unwrap();
        assert!(at > service.now, "no busy waiting");
        wake(&mut service);
        assert_eq!(asked(&service), None);
    }
}

#[test]
fn it_goes_through_all_tables_one_at_a_time_and_is_noted_at_the_end() {
    let mut service = begun();
    let begun_at = service.now;
    for table in 0..20 {
        assert_eq!(asked(&service), Some(Check::Table(table)));
        service.now += Duration::seconds(1);
        answer(&mut service, Ok(CheckStep::Sound));
    }
    answer(&mut service, Ok(CheckStep::NoMore));
    assert_eq!(asked(&service), Some(Check::End { begun_at }));
    answer(&mut service, Ok(CheckStep::Noted { mended: false }));
    assert_eq!(asked(&service), None);
    service.assert_hides("sound");
    assert!(service.model.wake_at().unwrap() > service.now);
}

#[test]
fn a_key_or_a_paste_stops_it_at_once_and_it_goes_on_where_it_was() {
    for stop in [Msg::Key(keys("j")[0]), Msg::Paste("x".into())] {
        let mut service = begun();
        answer(&mut service, Ok(CheckStep::Sound));
        assert_eq!(asked(&service), Some(Check::Table(1)));
        let effects = service.tell(stop.clone());
        assert!(matches!(effects.first(), Some(Effect::Cancel(_))), "{effects:?}");
        service.answer();
        service.wait(Duration::seconds(59));
        assert_eq!(asked(&service), None);
        service.wait(Duration::seconds(1));
        assert_eq!(asked(&service), Some(Check::Table(1)));
    }
}

#[test]
fn a_change_by_another_program_does_not_stop_it_and_is_shown_meanwhile() {
    let mut service = begun();
    let effects = service.tell(Msg::StoreChanged);
    assert!(!cancelled(&effects) && !requests(&effects).is_empty(), "{effects:?}");
    assert_eq!(asked(&service), Some(Check::Table(0)));
    // It waits for the rows to be read before it goes on.
    answer(&mut service, Ok(CheckStep::Sound));
    assert_eq!(asked(&service), None);
    answer_others(&mut service);
    assert_eq!(asked(&service), Some(Check::Table(1)));
}

#[test]
fn nothing_is_begun_while_anything_is_under_way() {
    let mut service = Service::logged_in();
    service.press("c");
    service.wait(Duration::seconds(70));
    assert_eq!(asked(&service), None);
    answer_others(&mut service);
    assert_eq!(asked(&service), Some(Check::Begin));
}

#[test]
fn it_goes_on_at_the_log_in_and_while_the_console_is_locked() {
    let mut service = Service::new((80, 24));
    service.answer();
    service.wait(Duration::seconds(61));
    assert_eq!(asked(&service), Some(Check::Begin));
    let mut service = begun();
    service.wait(Duration::minutes(16));
    service.assert_shows("Locked");
    answer(&mut service, Ok(CheckStep::Sound));
    assert_eq!(asked(&service), Some(Check::Table(1)));
}

#[test]
fn damage_that_it_finds_is_marked_at_once_and_it_rests_for_a_day() {
    let mut service = begun();
    let damage = failure(FailureKind::Damaged, "The store is damaged (table x).");
    answer(&mut service, Err(damage));
    service.assert_shows("damaged read-only");
    service.assert_shows("The store is damaged (table x).");
    assert_eq!(asked(&service), Some(Check::Damaged));
    answer(&mut service, Ok(CheckStep::Noted { mended: false }));
    assert_eq!(asked(&service), None);
    assert!(service.model.wake_at().unwrap() > service.now);
}

#[test]
fn damage_that_another_program_has_found_is_marked() {
    let mut service = Service::logged_in();
    service.tell(Msg::Damaged(failure(FailureKind::Damaged, "The store is damaged.")));
    service.assert_shows("damaged read-only");
}

#[test]
fn a_check_that_fails_otherwise_is_tried_again_in_an_hour() {
    let mut service = begun();
    answer(&mut service, Err(failure(FailureKind::Unavailable, "The store is busy.")));
    service.assert_hides("busy");
    service.wait(Duration::minutes(5));
    for _ in 0..6 {
        assert_eq!(asked(&service), None);
        service.operate("j");
        service.wait(Duration::minutes(10));
    }
    assert_eq!(asked(&service), Some(Check::Begin));
}

#[test]
fn a_store_that_is_sound_again_is_said() {
    let mut service = begun();
    answer(&mut service, Ok(CheckStep::NoMore));
    answer(&mut service, Ok(CheckStep::Noted { mended: true }));
    service.assert_shows("sound again");
}
