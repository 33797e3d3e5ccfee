//! Coming and going: log-in, lock, the end of a session, leaving.

use crate::domain::clock::ClockBehind;
use crate::domain::time::to_rfc3339;

use super::*;

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
    let mut service = Service::new((80, 24));
    assert_eq!(service.open[0].caller, Caller::Nobody);
    service.answer();
    service.press("ada<tab>sesame<enter>");
    assert_eq!(service.open[0].caller, Caller::Nobody);
    service.answer();
    service.press("R");
    assert_eq!(service.open[0].caller, Caller::Operator(1));
}

#[test]
fn a_name_with_a_q_in_it_does_not_leave() {
    let mut service = Service::new((80, 24));
    assert_eq!(service.press("q"), [], "the fields are not there yet");
    service.answer();
    assert_eq!(service.press("uentin<tab>q<enter>").len(), 1);
    assert_eq!(service.press("q"), [], "it is checking");
    let [Asked { request: Request::SignIn(SignIn::LogIn { name, .. }), .. }] = &service.open[..] else {
        panic!()
    };
    assert_eq!(name, "quentin");
}

#[test]
fn q_leaves_at_once_and_ends_the_session() {
    for key in ["q", "<ctrl-c>"] {
        let effects = Service::logged_in().press(key);
        assert_eq!(log_outs(&effects), [Caller::Operator(1)], "{key}");
        assert!(leaves(&effects), "{key}");
    }
}

#[test]
fn at_the_gate_only_ctrl_c_leaves_and_there_is_no_session_to_end() {
    let mut service = Service::new((80, 24));
    service.answer();
    let effects = service.press("<ctrl-c>");
    assert!(leaves(&effects) && log_outs(&effects).is_empty());
}

#[test]
fn ctrl_c_leaves_from_anywhere() {
    for script in ["a", "?", ":", "d", "P", "/", "o", ",", "L"] {
        let mut service = Service::logged_in();
        service.operate(script);
        assert!(leaves(&service.press("<ctrl-c>")), "{script}");
    }
}

#[test]
fn while_an_act_is_under_way_leaving_asks_and_only_y_leaves() {
    for key in ["q", "<ctrl-c>"] {
        let mut service = Service::logged_in();
        service.press("c");
        assert!(!leaves(&service.press(key)), "{key}");
        service.read();
        service.assert_shows("Leave all the same?");
        assert_eq!(service.press("q"), [], "any other key stays");
        service.assert_hides("Leave all the same?");
        service.press(key);
        assert!(!leaves(&service.press("y")), "{key}: y was typed before the box was seen");
        service.read();
        service.now += Duration::seconds(1);
        let effects = service.press("y");
        assert!(matches!(effects[0], Effect::Cancel(_)));
        assert!(leaves(&effects));
        assert_eq!(log_outs(&effects), [Caller::Operator(1)]);
    }
}

#[test]
fn unsaved_text_is_dropped_only_by_a_yes() {
    for (key, question) in [("<esc>", "Drop what you typed?"), ("<ctrl-c>", "Leave all the same?")] {
        let mut service = Service::logged_in();
        service.operate("eX");
        service.press(key);
        assert!(service.press("y").is_empty(), "{key}: y was typed before the box was seen");
        service.read();
        service.assert_shows(question);
        service.assert_shows("Edit user1");
        service.assert_hides("Access level");
        service.press("<enter>");
        service.assert_shows("USER1X");
        service.press(key);
        service.read();
        service.now += Duration::seconds(1);
        let effects = service.press("y");
        assert_eq!(leaves(&effects), key == "<ctrl-c>");
        assert_eq!(service.shows("Edit user1"), key == "<ctrl-c>");
    }
}

#[test]
fn a_form_without_changes_closes_and_lets_go_at_once() {
    let mut service = Service::logged_in();
    service.operate("eX<backspace><esc>");
    service.assert_hides("Edit user1");
    service.operate("e");
    assert!(leaves(&service.press("<ctrl-c>")));
}

#[test]
fn a_locked_console_does_not_tell_whose_form_it_hides() {
    let mut service = Service::logged_in();
    service.operate("eX");
    service.now += Duration::minutes(16);
    service.tell(Msg::Woken);
    service.press("<ctrl-c>");
    service.read();
    service.assert_shows("A form holds text that is not saved.");
    service.assert_hides("user1");
}

#[test]
fn reads_under_way_do_not_hold_up_leaving() {
    let mut service = Service::logged_in();
    let request_id = {
        service.press("R");
        service.open[0].request_id
    };
    let effects = service.press("q");
    assert!(effects.contains(&Effect::Cancel(request_id)) && leaves(&effects));
}

#[test]
fn the_end_from_outside_asks_nothing() {
    let mut service = Service::logged_in();
    service.press("cd");
    let effects = service.tell(Msg::Terminate);
    assert!(leaves(&effects));
    assert_eq!(log_outs(&effects), [Caller::Operator(1)]);
}

#[test]
fn a_lock_hides_everything_and_unlocking_brings_it_back() {
    let mut service = Service::logged_in();
    service.operate("/u<enter>jj<space>L");
    service.assert_shows("Locked");
    for words in ["user1", "row", "Users"] {
        service.assert_hides(words);
    }
    assert_eq!(service.press("12o?:"), [], "all of it is password");
    service.operate("<ctrl-u>sesame<enter>");
    service.assert_shows("row 4 of 600");
    service.assert_shows("1 marked");
    service.assert_shows("/ u");
}

#[test]
fn only_the_own_session_is_unlocked() {
    let mut service = Service::logged_in();
    service.operate("2L");
    service.press("sesame<enter>");
    let asked = service.open.remove(0);
    assert_eq!(asked.caller, Caller::Operator(1));
    assert!(matches!(asked.request, Request::SignIn(SignIn::Unlock(_))));
    service.tell(Msg::Done(asked.request_id, Err(failure(FailureKind::Refused, "Wrong password."))));
    service.assert_shows("Wrong password.");
    service.assert_shows("Locked");
    service.operate("right<enter>");
    service.assert_shows("Sessions");
}

#[test]
fn it_locks_after_a_quarter_of_an_hour_without_a_key() {
    let mut service = Service::logged_in();
    service.wait(Duration::minutes(14));
    service.press("j");
    service.wait(Duration::minutes(14));
    service.assert_shows("row 2 of 600");
    service.wait(Duration::minutes(1));
    service.assert_shows("Locked");
}

#[test]
fn a_lock_by_idleness_keeps_the_box_on_top() {
    let mut service = Service::logged_in();
    service.operate("aGrace");
    service.wait(Duration::minutes(15));
    service.assert_shows("Locked");
    service.assert_hides("Grace");
    service.tell(Msg::Paste("x".into()));
    service.press("<backspace>");
    service.operate("sesame<enter>");
    service.assert_shows("Grace");
}

#[test]
fn the_end_of_the_session_leads_to_the_log_in_with_a_word() {
    let mut service = Service::logged_in();
    service.operate("2a");
    service.now = operator(1).expires_at;
    let effects = service.tell(Msg::Woken);
    assert_eq!(requests(&effects), [&Request::SignIn(SignIn::Look)]);
    service.answer();
    service.assert_shows("Log in");
    service.assert_shows("Your session is over.");
    service.assert_hides("Issue");
    service.press("a");
    service.assert_hides("Your session is over.");
}

#[test]
fn any_answer_can_say_that_the_session_was_ended() {
    for script in ["R", "c", "d", "2"] {
        let mut service = Service::logged_in();
        service.press(script);
        let asked = service.open.remove(0);
        service.open.clear();
        service.tell(Msg::Done(asked.request_id, Err(signed_out())));
        service.answer();
        service.assert_shows("Your session was ended.");
        service.assert_shows("Log in");
        service.assert_hides("user1");
    }
}

#[test]
fn the_next_operator_starts_afresh() {
    let mut service = Service::logged_in();
    service.operate("/u<enter><space>2");
    service.press("R");
    let asked = service.open.remove(0);
    service.tell(Msg::Done(asked.request_id, Err(signed_out())));
    service.answer();
    service.operate("ada<tab>sesame<enter>");
    service.assert_shows("Users");
    service.assert_hides("marked");
    service.assert_hides("/ u");
}

#[test]
fn a_change_by_another_program_reads_again_and_asks_whether_the_session_is_good() {
    let mut service = Service::logged_in();
    let effects = service.tell(Msg::StoreChanged);
    let [
        Request::SignIn(SignIn::StillIn),
        Request::Accounts(Accounts::List { span, .. }),
        Request::Accounts(Accounts::TabCounts),
    ] = requests(&effects)[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!(span.anchor, Anchor::Row { id: 1, last_seen_at: 0 });
    let still_in = service.open.remove(0);
    service.tell(Msg::Done(still_in.request_id, Err(signed_out())));
    service.answer();
    service.assert_shows("Log in");
}

#[test]
fn a_change_by_another_program_reads_the_journal_again() {
    let mut service = Service::logged_in();
    service.operate("4");
    let effects = service.tell(Msg::StoreChanged);
    assert!(matches!(requests(&effects)[..], [_, Request::Journal(Journal::Lines { .. }), _]), "{effects:?}");
}

#[test]
fn a_change_of_the_operators_level_shows() {
    let mut service = Service::logged_in();
    // A narrower title has no room for the operator beside the tabs.
    service.size = (100, 24);
    service.tell(Msg::Resize(100, 24));
    service.answer();
    service.size = (120, 36);
    service.tell(Msg::Resize(120, 36));
    service.answer();
    service.assert_shows("ada · admin");
    service.tell(Msg::StoreChanged);
    let still_in = service.open.remove(0);
    let demoted = Operator { level: AccessLevel::User, ..operator(1) };
    service.tell(Msg::Done(still_in.request_id, Ok(Reply::SignedIn(demoted))));
    service.assert_shows("ada · user");
}

#[test]
fn a_clock_behind_the_journal_is_said_on_every_screen_until_it_is_right() {
    for size in [(80, 24), (40, 12)] {
        let mut service = Service::new(size);
        service.answer();
        let newest = now() + Duration::hours(3);
        service.tell(Msg::Clock(Some(ClockBehind { wall: now(), newest, entry: 7 })));
        service.assert_shows("clock behind");
        service.press("ada<tab>sesame<enter>");
        service.answer();
        for screen in ["1", "2", "3", "4", "L"] {
            service.operate(screen);
            service.assert_shows("clock behind");
        }
        service.tell(Msg::Clock(None));
        service.assert_hides("clock behind");
    }
}

#[test]
fn a_clock_that_gets_behind_is_said_with_both_times() {
    let mut service = Service::new((240, 24));
    service.answer();
    let newest = now() + Duration::hours(3);
    service.tell(Msg::Clock(Some(ClockBehind { wall: now(), newest, entry: 7 })));
    service.assert_shows(&to_rfc3339(now()));
    service.assert_shows(&to_rfc3339(newest));
}

#[test]
fn a_change_while_nobody_is_in_asks_for_nothing() {
    let mut service = Service::new((80, 24));
    service.answer();
    assert_eq!(service.tell(Msg::StoreChanged), []);
}
