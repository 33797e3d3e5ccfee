//! Coming and going: log-in, lock, the end of a session, leaving.

use super::*;
use crate::domain::clock::ClockBehind;
use crate::domain::time::to_rfc3339;

fn log_outs(effects: &[Effect]) -> Vec<Caller> {
    let caller = |effect: &Effect| match effect {
        Effect::Perform { caller, request: Request::SignIn(SignIn::LogOut), .. } => Some(*caller),
        _ => None,
    };
    effects.iter().filter_map(caller).collect()
}

fn leaves(effects: &[Effect]) -> bool {
    effects.last() == Some(&Effect::Leave)
}

#[test]
fn nobody_asks_before_the_log_in_and_the_operator_after_it() {
    let mut desk = Desk::new((80, 24));
    assert_eq!(desk.open[0].caller, Caller::Nobody);
    desk.answer();
    desk.press("ada<tab>sesame<enter>");
    assert_eq!(desk.open[0].caller, Caller::Nobody);
    desk.answer();
    desk.press("R");
    assert_eq!(desk.open[0].caller, Caller::Operator(1));
}

#[test]
fn a_name_with_a_q_in_it_does_not_leave() {
    let mut desk = Desk::new((80, 24));
    assert_eq!(desk.press("q"), [], "the fields are not there yet");
    desk.answer();
    assert_eq!(desk.press("uentin<tab>q<enter>").len(), 1);
    assert_eq!(desk.press("q"), [], "it is checking");
    let [Asked { request: Request::SignIn(SignIn::LogIn { name, .. }), .. }] = &desk.open[..] else {
        panic!()
    };
    assert_eq!(name, "quentin");
}

#[test]
fn q_leaves_at_once_and_ends_the_session() {
    for key in ["q", "<ctrl-c>"] {
        let effects = Desk::logged_in().press(key);
        assert_eq!(log_outs(&effects), [Caller::Operator(1)], "{key}");
        assert!(leaves(&effects), "{key}");
    }
}

#[test]
fn at_the_gate_only_ctrl_c_leaves_and_there_is_no_session_to_end() {
    let mut desk = Desk::new((80, 24));
    desk.answer();
    let effects = desk.press("<ctrl-c>");
    assert!(leaves(&effects) && log_outs(&effects).is_empty());
}

#[test]
fn ctrl_c_leaves_from_anywhere() {
    for script in ["a", "?", ":", "d", "P", "/", "o", ",", "L"] {
        let mut desk = Desk::logged_in();
        desk.operate(script);
        assert!(leaves(&desk.press("<ctrl-c>")), "{script}");
    }
}

#[test]
fn while_an_act_is_under_way_leaving_asks_and_only_y_leaves() {
    for key in ["q", "<ctrl-c>"] {
        let mut desk = Desk::logged_in();
        desk.press("c");
        assert_eq!(desk.press(key), [], "{key}");
        desk.assert_shows("Leave all the same?");
        assert_eq!(desk.press("q"), [], "any other key stays");
        desk.assert_hides("Leave all the same?");
        assert_eq!(desk.press(key), []);
        let effects = desk.press("y");
        assert!(matches!(effects[0], Effect::Cancel(_)));
        assert!(leaves(&effects));
        assert_eq!(log_outs(&effects), [Caller::Operator(1)]);
    }
}

#[test]
fn reads_under_way_do_not_hold_up_leaving() {
    let mut desk = Desk::logged_in();
    let ticket = {
        desk.press("R");
        desk.open[0].ticket
    };
    let effects = desk.press("q");
    assert!(effects.contains(&Effect::Cancel(ticket)) && leaves(&effects));
}

#[test]
fn the_end_from_outside_asks_nothing() {
    let mut desk = Desk::logged_in();
    desk.press("cd");
    let effects = desk.tell(Msg::Terminate);
    assert!(leaves(&effects));
    assert_eq!(log_outs(&effects), [Caller::Operator(1)]);
}

#[test]
fn a_lock_hides_everything_and_unlocking_brings_it_back() {
    let mut desk = Desk::logged_in();
    desk.operate("/u<enter>jj<space>L");
    desk.assert_shows("Locked");
    for words in ["user1", "row", "Users"] {
        desk.assert_hides(words);
    }
    assert_eq!(desk.press("12o?:"), [], "all of it is password");
    desk.operate("<ctrl-u>sesame<enter>");
    desk.assert_shows("row 4 of 600");
    desk.assert_shows("1 marked");
    desk.assert_shows("/ u");
}

#[test]
fn only_the_own_session_is_unlocked() {
    let mut desk = Desk::logged_in();
    desk.operate("2L");
    desk.press("sesame<enter>");
    let asked = desk.open.remove(0);
    assert_eq!(asked.caller, Caller::Operator(1));
    assert!(matches!(asked.request, Request::SignIn(SignIn::Unlock(_))));
    desk.tell(Msg::Done(asked.ticket, Err(failure(FailureKind::Refused, "Wrong password."))));
    desk.assert_shows("Wrong password.");
    desk.assert_shows("Locked");
    desk.operate("right<enter>");
    desk.assert_shows("Sessions");
}

#[test]
fn it_locks_after_a_quarter_of_an_hour_without_a_key() {
    let mut desk = Desk::logged_in();
    desk.wait(Duration::minutes(14));
    desk.press("j");
    desk.wait(Duration::minutes(14));
    desk.assert_shows("row 2 of 600");
    desk.wait(Duration::minutes(1));
    desk.assert_shows("Locked");
}

#[test]
fn a_lock_by_idleness_keeps_the_box_on_top() {
    let mut desk = Desk::logged_in();
    desk.operate("aGrace");
    desk.wait(Duration::minutes(15));
    desk.assert_shows("Locked");
    desk.assert_hides("Grace");
    desk.tell(Msg::Paste("x".into()));
    desk.press("<backspace>");
    desk.operate("sesame<enter>");
    desk.assert_shows("Grace");
}

#[test]
fn the_end_of_the_session_leads_to_the_log_in_with_a_word() {
    let mut desk = Desk::logged_in();
    desk.operate("2a");
    desk.now = operator(1).expires_at;
    let effects = desk.tell(Msg::Woken);
    assert_eq!(requests(&effects), [&Request::SignIn(SignIn::Look)]);
    desk.answer();
    desk.assert_shows("Log in");
    desk.assert_shows("Your session is over.");
    desk.assert_hides("Issue");
    desk.press("a");
    desk.assert_hides("Your session is over.");
}

#[test]
fn any_answer_can_say_that_the_session_was_ended() {
    for script in ["R", "c", "d", "2"] {
        let mut desk = Desk::logged_in();
        desk.press(script);
        let asked = desk.open.remove(0);
        desk.open.clear();
        desk.tell(Msg::Done(asked.ticket, Err(signed_out())));
        desk.answer();
        desk.assert_shows("Your session was ended.");
        desk.assert_shows("Log in");
        desk.assert_hides("user1");
    }
}

#[test]
fn the_next_operator_starts_afresh() {
    let mut desk = Desk::logged_in();
    desk.operate("/u<enter><space>2");
    desk.press("R");
    let asked = desk.open.remove(0);
    desk.tell(Msg::Done(asked.ticket, Err(signed_out())));
    desk.answer();
    desk.operate("ada<tab>sesame<enter>");
    desk.assert_shows("Users");
    desk.assert_hides("marked");
    desk.assert_hides("/ u");
}

#[test]
fn a_change_by_another_program_reads_again_and_asks_whether_the_session_is_good() {
    let mut desk = Desk::logged_in();
    let effects = desk.tell(Msg::StoreChanged);
    let [Request::SignIn(SignIn::StillIn), Request::Accounts(Accounts::List { span, .. })] =
        requests(&effects)[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!(span.anchor, Anchor::Row { id: 1, last_seen_at: 0 });
    let still_in = desk.open.remove(0);
    desk.tell(Msg::Done(still_in.ticket, Err(signed_out())));
    desk.answer();
    desk.assert_shows("Log in");
}

#[test]
fn a_change_by_another_program_reads_the_journal_again() {
    let mut desk = Desk::logged_in();
    desk.operate("4");
    let effects = desk.tell(Msg::StoreChanged);
    assert!(matches!(requests(&effects)[..], [_, Request::Journal(Journal::List { .. })]), "{effects:?}");
}

#[test]
fn a_change_of_the_operators_level_shows() {
    let mut desk = Desk::logged_in();
    desk.assert_shows("ada · admin");
    desk.tell(Msg::StoreChanged);
    let still_in = desk.open.remove(0);
    let demoted = Operator { level: AccessLevel::User, ..operator(1) };
    desk.tell(Msg::Done(still_in.ticket, Ok(Reply::SignedIn(demoted))));
    desk.assert_shows("ada · user");
}

#[test]
fn a_clock_behind_the_journal_is_said_on_every_screen_until_it_is_right() {
    for size in [(80, 24), (40, 12)] {
        let mut desk = Desk::new(size);
        desk.answer();
        let newest = now() + Duration::hours(3);
        desk.tell(Msg::Clock(Some(ClockBehind { wall: now(), newest, entry: 7 })));
        desk.assert_shows("clock behind");
        desk.press("ada<tab>sesame<enter>");
        desk.answer();
        for screen in ["1", "2", "3", "4", "L"] {
            desk.operate(screen);
            desk.assert_shows("clock behind");
        }
        desk.tell(Msg::Clock(None));
        desk.assert_hides("clock behind");
    }
}

#[test]
fn a_clock_that_gets_behind_is_said_with_both_times() {
    let mut desk = Desk::new((240, 24));
    desk.answer();
    let newest = now() + Duration::hours(3);
    desk.tell(Msg::Clock(Some(ClockBehind { wall: now(), newest, entry: 7 })));
    desk.assert_shows(&to_rfc3339(now()));
    desk.assert_shows(&to_rfc3339(newest));
}

#[test]
fn a_change_while_nobody_is_in_asks_for_nothing() {
    let mut desk = Desk::new((80, 24));
    desk.answer();
    assert_eq!(desk.tell(Msg::StoreChanged), []);
}
