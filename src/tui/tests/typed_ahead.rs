//! Keys that came in one burst: those for a form or a menu reach it, those for a box that asks do not.

use super::*;

/// Returns the number of actions that are performed, not only counted.
fn acts(effects: &[Effect]) -> usize {
    let is_one = |effect: &&Effect| matches!(effect, Effect::Perform { request, dry_run: false, .. } if is_act(request));
    effects.iter().filter(is_one).count()
}

#[test]
fn a_menu_that_opens_late_gets_what_was_typed_behind_its_key() {
    let mut service = Service::logged_in();
    service.press("/alan<enter>jPC");
    service.assert_hides("Password of");
    service.answer();
    service.assert_shows("Make an access code for user2");
    service.operate("<enter>");
    service.assert_shows("Access code for user1");
}

#[test]
fn a_form_that_opens_late_gets_what_was_typed_behind_its_key() {
    let mut service = Service::logged_in();
    service.press("/alan<enter>e<ctrl-u>Turing");
    service.answer();
    service.assert_shows("Edit user1");
    service.assert_shows("Turing");
    let mut service = Service::logged_in();
    service.press("opa");
    service.answer();
    service.assert_shows("Add an account");
}

#[test]
fn keys_behind_one_that_leads_elsewhere_are_for_what_is_there() {
    let mut service = Service::logged_in();
    service.press("/alan<enter>sjX");
    service.answer();
    service.assert_shows("Revoke 600 sessions?");
    service.assert_shows("type 600");
}

#[test]
fn a_box_that_asks_gets_nothing_of_what_was_typed_ahead() {
    for script in ["/alan<enter>xy", "/alan<enter>Ay<enter>y", "/alan<enter>*d600<enter>", "/alan<enter>Pry"]
    {
        let mut service = Service::logged_in();
        let mut begun = acts(&service.press(script));
        service.answer_unseen();
        assert_eq!(service.open.len(), 0);
        begun += acts(&service.press("y600<enter>"));
        assert_eq!(begun, 0, "{script}");
    }
}

#[test]
fn a_row_that_is_still_read_is_waited_for() {
    let mut service = Service::logged_in();
    service.press(":500<enter>P");
    service.answer();
    service.assert_shows("Password of user500");
    let mut service = Service::logged_in();
    service.press("op:500<enter>P");
    service.answer();
    service.assert_shows("Password of user500");
    let mut service = Service::logged_in();
    service.press("v:500<enter>vx");
    service.answer();
    service.assert_shows("Suspend 500 accounts?");
}

#[test]
fn keys_keep_their_order() {
    let mut service = Service::logged_in();
    service.press("/alan<enter>P<esc>jj");
    service.answer();
    service.assert_hides("Password of");
    service.assert_shows("row 3 of 600");
    service.assert_shows("/ alan");
}

#[test]
fn a_key_held_down_while_rows_are_read_is_one_act() {
    let mut service = Service::logged_in();
    service.press("/alan<enter>");
    for _ in 0..60 {
        service.tell(Msg::Key(keys("c")[0]));
        service.now += Duration::milliseconds(33);
    }
    let asked = service.open.pop().unwrap();
    let result = Ok(usual(&asked.request, asked.dry_run));
    assert_eq!(acts(&service.tell(Msg::Done(asked.request_id, result))), 1);
}

#[test]
fn control_c_does_not_wait_and_nothing_waits_for_rows_that_do_not_come() {
    let mut service = Service::logged_in();
    assert!(service.press("/alan<enter>Pc<ctrl-c>").contains(&Effect::Leave));
    let mut service = Service::logged_in();
    service.press("/alan<enter>Pc");
    for asked in std::mem::take(&mut service.open) {
        service
            .tell(Msg::Done(asked.request_id, Err(failure(FailureKind::Unavailable, "The store is busy."))));
    }
    service.assert_shows("The store is busy.");
    service.press("P");
    service.answer();
    service.assert_shows("Password of user1");
    service.operate("<esc>");
    service.assert_shows("row 1 of 600");
}
