//! No action by a wrong key: pressed twice, held down, typed ahead, pasted; on every screen.

use super::*;

/// The screens and the board, by the keys that lead to them.
const SCREENS: [&str; 5] = ["1", "2", "3", "4", "ot"];
/// Keys that submit actions on some screen.
const ACTS: [&str; 10] = ["d", "x", "D", "X", "A", "+", "c", "i", "u", "<ctrl-r>"];
/// The interval at which a keyboard repeats a key that is held down.
const REPEAT: Duration = Duration::milliseconds(33);

/// Returns the number of actions that are performed, not only counted.
fn acts(effects: &[Effect]) -> usize {
    let is_one = |effect: &&Effect| matches!(effect, Effect::Perform { request, dry_run: false, .. } if is_act(request));
    effects.iter().filter(is_one).count()
}

fn on(screen: &str) -> Service {
    let mut service = Service::logged_in();
    service.operate(screen);
    service
}

/// Returns a console that asks whether user1 and two sessions shall be cut off.
fn asked() -> Service {
    let mut service = on("1");
    service.operate("x");
    service.assert_shows("Suspend user1?");
    service
}

#[test]
fn a_key_pressed_twice_does_one_act() {
    for screen in SCREENS {
        for key in ACTS {
            let mut service = on(screen);
            let mut begun = 0;
            for _ in 0..2 {
                begun += acts(&service.press(key));
                begun += answered(&mut service);
            }
            assert!(begun <= 1, "{key} on screen {screen}: {begun} acts");
        }
    }
}

/// Gives the usual replies, draws, and lets no time pass. Returns the number of actions that this performs.
fn answered(service: &mut Service) -> usize {
    let mut begun = 0;
    while !service.open.is_empty() {
        let asked = service.open.remove(0);
        let result = Ok(usual(&asked.request, asked.dry_run));
        begun += acts(&service.tell(Msg::Done(asked.request_id, result)));
    }
    for request_id in std::mem::take(&mut service.watched) {
        service.tell(Msg::Drawn(request_id));
    }
    begun
}

#[test]
fn a_key_held_down_does_one_act() {
    for screen in SCREENS {
        for key in ACTS {
            let mut service = on(screen);
            let mut begun = 0;
            for _ in 0..30 {
                begun += acts(&service.press(key)) + answered(&mut service);
                service.now += REPEAT;
            }
            assert!(begun <= 1, "{key} on screen {screen}: {begun} acts");
        }
    }
}

#[test]
fn after_a_pause_or_another_key_it_counts_again() {
    let mut service = on("1");
    assert_eq!(acts(&service.press("c")), 1);
    service.answer();
    assert_eq!(acts(&service.press("c")), 0);
    assert_eq!(acts(&service.press("jc")), 1);
    service.answer();
    service.now += Duration::seconds(1);
    assert_eq!(acts(&service.press("c")), 1);
}

#[test]
fn what_is_typed_ahead_does_one_act_and_accepts_no_box() {
    for screen in SCREENS {
        for script in [
            "ddyy<enter>",
            "xxyy<enter>",
            "XyXy",
            "dydydydy",
            "*dddyyy600<enter>",
            "*d600<enter>",
            "uuyy<enter>",
            "DDyyuser1<enter>",
            "*D600<enter>",
        ] {
            let mut service = on(screen);
            let begun = acts(&service.press(script));
            service.answer_unseen();
            let more = acts(&service.press("yy600<enter>"));
            assert!(begun + more <= 1, "{script} on screen {screen}");
        }
    }
}

#[test]
fn a_paste_does_nothing_at_all() {
    for screen in SCREENS {
        let mut service = on(screen);
        for text in ["ddyy\n", "xxyy\n", "*d600\n", "uuyy\n", "Duser1\n"] {
            assert_eq!(service.tell(Msg::Paste(text.into())), [], "{screen}");
        }
    }
    let mut service = asked();
    assert_eq!(service.tell(Msg::Paste("y\n".into())), []);
    assert_eq!(service.tell(Msg::Key(keys("y")[0])), [], "what follows a paste at once belongs to it");
    assert_eq!(acts(&service.press("y")), 1);
}

#[test]
fn a_box_takes_nothing_that_came_before_it_was_drawn() {
    let mut service = on("1");
    service.press("x");
    assert_eq!(service.press("yy<enter>n"), [], "it is not counted yet");
    service.answer_unseen();
    assert_eq!(service.press("yy<enter>n"), [], "it is not drawn yet");
    service.read();
    service.assert_shows("Suspend user1?");
    assert_eq!(acts(&service.press("xXdD")), 0, "not by the key that opened it");
    assert_eq!(acts(&service.press("y")), 1);
}

#[test]
fn a_box_shows_after_the_count_or_after_a_moment() {
    let mut service = on("1");
    service.press("x");
    assert_eq!(service.model.wake_at(), Some(service.now + Duration::milliseconds(150)));
    service.wait(Duration::milliseconds(149));
    service.assert_hides("Cancel");
    service.wait(Duration::milliseconds(1));
    service.assert_shows("Cancel");
    service.answer();
    service.assert_shows("Suspend user1?");
}

#[test]
fn what_is_undone_whole_is_done_without_a_box() {
    let mut service = on("1");
    let effects = service.press("d");
    assert!(matches!(effects[..], [Effect::Perform { dry_run: true, .. }]));
    service.assert_hides("Cancel");
    service.answer();
    service.assert_shows("Deleted user1 with 2 sessions and 8 directories · u undoes");
    service.operate("3d");
    service.assert_shows("· u undoes");
}

#[test]
fn while_it_counts_nothing_else_is_begun_and_escape_stops_it() {
    let mut service = on("1");
    let effects = service.press("d");
    let [Effect::Perform { request_id, .. }] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(service.press("cjA2qL"), []);
    assert_eq!(service.press("<esc>"), [Effect::Cancel(request_id)]);
    service.assert_shows("row 1 of 600");
    assert_eq!(acts(&service.press("c")), 1);
}

#[test]
fn a_box_that_does_not_show_is_not_answered() {
    let mut service = asked();
    service.tell(Msg::Resize(30, 5));
    service.read();
    assert_eq!(acts(&service.press("y")), 0);
    service.tell(Msg::Resize(80, 24));
    service.answer();
    assert_eq!(acts(&service.press("y")), 1);
}

#[test]
fn a_lock_takes_the_question_back() {
    let mut service = asked();
    service.wait(Duration::minutes(15));
    service.operate("sesame<enter>");
    service.assert_shows("row 1 of 600");
    service.assert_hides("Suspend user1?");
}

#[test]
fn a_form_stays_below_the_question_and_comes_back_on_cancel() {
    let mut service = on("1");
    service.operate("e<ctrl-u>Augusta<backtab><backtab><backtab><backtab><right><enter>");
    service.assert_shows("Change user1?");
    service.assert_shows("Status becomes suspended.");
    service.assert_shows("Ends 2 sessions for good.");
    service.operate("<enter>");
    service.assert_hides("Change user1?");
    service.assert_shows("Augusta");
    service.operate("<enter>");
    assert_eq!(acts(&service.press("y")), 1);
    service.answer();
    service.assert_hides("Augusta");
}

#[test]
fn a_form_that_changes_no_standing_is_saved_at_once() {
    let mut service = on("1");
    assert_eq!(acts(&service.press("e<ctrl-u>Augusta<enter>")), 1);
}

#[test]
fn what_the_count_refuses_stands_in_the_form() {
    let mut service = on("1");
    service.press("e<ctrl-u>Augusta<backtab><right><enter>");
    let asked = service.open.pop().unwrap();
    service.tell(Msg::Done(asked.request_id, Err(failure(FailureKind::Refused, "It is the last admin."))));
    service.assert_shows("It is the last admin.");
    service.assert_shows("Augusta");
}

#[test]
fn a_password_for_somebody_else_is_asked_about() {
    let good = "seven orange kettles sing";
    let mut service = on("1");
    service.operate(&format!("jPp{good}<tab>{good}<enter>"));
    service.assert_shows("Set the password of user1?");
    assert_eq!(acts(&service.press("y")), 1);
}

#[test]
fn a_purge_takes_the_name_and_nothing_less() {
    let mut service = on("ot");
    service.operate("D");
    service.assert_shows("Purge user1?");
    service.assert_shows("This cannot be undone.");
    assert_eq!(acts(&service.press("y<enter>")), 0);
    service.assert_shows("It does not match.");
    service.operate("<backspace>");
    assert_eq!(service.tell(Msg::Paste("user1".into())), [], "a name that is pasted is not typed");
    service.now += Duration::seconds(1);
    assert_eq!(acts(&service.press("<enter>")), 0);
    service.assert_hides("Purge user1?");
    service.now += Duration::seconds(1);
    service.operate("Duser1");
    assert_eq!(acts(&service.press("<enter>")), 1);
}

#[test]
fn a_purge_of_several_takes_their_number() {
    let mut service = on("ot");
    service.operate("<space><space>D");
    service.assert_shows("Purge 2 accounts?");
    assert_eq!(acts(&service.press("y")), 0);
    service.operate("<ctrl-u>2");
    assert_eq!(acts(&service.press("<enter>")), 1);
}

/// Answers a count with this summary of the usual rows.
fn count(service: &mut Service, change: impl FnOnce(ActionSummary) -> ActionSummary) -> Vec<Effect> {
    let asked = service.open.remove(0);
    assert!(asked.dry_run, "{asked:?}");
    let (summary, rows) = (change(summary(&asked.request)), rows(&asked.request));
    service.tell(Msg::Done(asked.request_id, Ok(Reply::Counted { summary, rows })))
}

/// Returns the rows of the only action.
fn rows_of(effects: &[Effect]) -> &CountedRows {
    let acts: Vec<_> = requests(effects).into_iter().filter(|request| is_act(request)).collect();
    match acts[..] {
        [Request::Counted(counted)] => counted.rows.as_ref().unwrap(),
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn a_yes_is_for_the_rows_that_were_counted() {
    for (screen, script, accept, many) in [
        ("1", "*d", "600<enter>", 600),
        ("1", "*x", "600<enter>", 600),
        ("1", "<space><space>d", "y", 2),
        ("2", "*x", "600<enter>", 600),
        ("2", "*+", "600<enter>", 600),
        ("ot", "*D", "600<enter>", 600),
        ("ot", "*u", "600<enter>", 600),
    ] {
        let mut service = on(screen);
        service.operate(script);
        // Somebody else changes the store while the box is open: the list shows it, the box is as it was.
        service.tell(Msg::StoreChanged);
        service.answer();
        let effects = service.press(accept);
        assert_eq!(rows_of(&effects).ids.len(), many, "{script} on {screen}");
    }
}

#[test]
fn what_is_done_at_once_is_done_to_the_row_that_was_counted() {
    let mut service = on("1");
    service.press("d");
    let effects = count(&mut service, |summary| summary);
    assert_eq!(rows_of(&effects).ids[..], [1]);
}

#[test]
fn ones_own_session_is_asked_about_in_so_many_words() {
    let mut service = on("2");
    service.press("x");
    count(&mut service, |summary| ActionSummary { own: Own::Session, ..summary });
    service.read();
    service.assert_shows("This ends your own session.");
    assert_eq!(acts(&service.press("y")), 1);
}

#[test]
fn ones_own_account_is_asked_about_and_nothing_says_that_u_undoes_it() {
    for (key, own) in [("x", Own::Account), ("d", Own::Account), ("A", Own::Level)] {
        let mut service = on("1");
        service.press(key);
        count(&mut service, |summary| ActionSummary { own, ..summary });
        service.read();
        service.assert_shows("This is your own account");
        service.assert_hides("undoes");
        assert_eq!(acts(&service.press("y")), 1, "{key}");
    }
}

#[test]
fn that_ones_own_is_left_out_is_said_before_and_after() {
    let mut service = on("1");
    service.press("*x");
    let left_out = |summary| ActionSummary { own: Own::LeftOut, ..summary };
    count(&mut service, left_out);
    service.read();
    service.assert_shows("Your own account is left out.");
    service.press("600<enter>");
    let summary =
        left_out(ActionSummary { accounts: 599, ended: 3, ..ActionSummary::new(Action::Suspended) });
    service.finish(Ok(Reply::Done(summary)));
    service.assert_shows("your own account is left out");
    service.assert_shows("u undoes the rest");
}

#[test]
fn one_account_without_active_sessions_is_suspended_at_once() {
    let mut service = on("1");
    service.press("x");
    let effects =
        count(&mut service, |summary| ActionSummary { sessions: 0, ended: 0, cuts_off: true, ..summary });
    assert_eq!(acts(&effects), 1);
}
