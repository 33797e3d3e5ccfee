//! Keys that came in one burst: those for a form or a menu reach it, those for a box that asks do not.

use super::*;

/// How many acts are begun for good.
fn acts(effects: &[Effect]) -> usize {
    let is_one = |effect: &&Effect| matches!(effect, Effect::Perform { request, rehearsal: false, .. } if is_act(request));
    effects.iter().filter(is_one).count()
}

#[test]
fn a_menu_that_opens_late_gets_what_was_typed_behind_its_key() {
    let mut desk = Desk::logged_in();
    desk.press("/alan<enter>jPc");
    desk.assert_hides("Password of");
    desk.answer();
    desk.assert_shows("Make an access code for user2");
    desk.operate("<enter>");
    desk.assert_shows("Access code for user1");
}

#[test]
fn a_form_that_opens_late_gets_what_was_typed_behind_its_key() {
    let mut desk = Desk::logged_in();
    desk.press("/alan<enter>e<ctrl-u>Turing");
    desk.answer();
    desk.assert_shows("Edit user1");
    desk.assert_shows("Turing");
    let mut desk = Desk::logged_in();
    desk.press("opa");
    desk.answer();
    desk.assert_shows("Add an account");
}

#[test]
fn keys_behind_one_that_leads_elsewhere_are_for_what_is_there() {
    let mut desk = Desk::logged_in();
    desk.press("/alan<enter>sjX");
    desk.answer();
    desk.assert_shows("End 600 sessions?");
    desk.assert_shows("Type 600");
}

#[test]
fn a_box_that_asks_gets_nothing_of_what_was_typed_ahead() {
    for script in ["/alan<enter>xy", "/alan<enter>Ay<enter>y", "/alan<enter>*d600<enter>", "/alan<enter>Pry"]
    {
        let mut desk = Desk::logged_in();
        let mut begun = acts(&desk.press(script));
        desk.answer_unseen();
        assert_eq!(desk.open.len(), 0);
        begun += acts(&desk.press("y600<enter>"));
        assert_eq!(begun, 0, "{script}");
    }
}

#[test]
fn a_row_that_is_still_read_is_waited_for() {
    let mut desk = Desk::logged_in();
    desk.press(":500<enter>P");
    desk.answer();
    desk.assert_shows("Password of user500");
    let mut desk = Desk::logged_in();
    desk.press("op:500<enter>P");
    desk.answer();
    desk.assert_shows("Password of user500");
    let mut desk = Desk::logged_in();
    desk.press("v:500<enter>vx");
    desk.answer();
    desk.assert_shows("Suspend 500 accounts?");
}

#[test]
fn keys_keep_their_order() {
    let mut desk = Desk::logged_in();
    desk.press("/alan<enter>P<esc>jj");
    desk.answer();
    desk.assert_hides("Password of");
    desk.assert_shows("row 3 of 600");
    desk.assert_shows("/ alan");
}

#[test]
fn a_key_held_down_while_rows_are_read_is_one_act() {
    let mut desk = Desk::logged_in();
    desk.press("/alan<enter>");
    for _ in 0..60 {
        desk.tell(Msg::Key(keys("c")[0]));
        desk.now += Duration::milliseconds(33);
    }
    let asked = desk.open.pop().unwrap();
    let result = Ok(usual(&asked.request, asked.rehearsal));
    assert_eq!(acts(&desk.tell(Msg::Done(asked.ticket, result))), 1);
}

#[test]
fn control_c_does_not_wait_and_nothing_waits_for_rows_that_do_not_come() {
    let mut desk = Desk::logged_in();
    assert!(desk.press("/alan<enter>Pc<ctrl-c>").contains(&Effect::Leave));
    let mut desk = Desk::logged_in();
    desk.press("/alan<enter>Pc");
    for asked in std::mem::take(&mut desk.open) {
        desk.tell(Msg::Done(asked.ticket, Err(failure(FailureKind::Unavailable, "The store is busy."))));
    }
    desk.assert_shows("The store is busy.");
    desk.press("P");
    desk.answer();
    desk.assert_shows("Password of user1");
    desk.operate("<esc>");
    desk.assert_shows("row 1 of 600");
}
