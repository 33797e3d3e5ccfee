//! No act by a wrong key: pressed twice, held down, typed ahead, pasted; on every screen.

use super::*;

/// The screens and the board, by the keys that lead to them.
const SCREENS: [&str; 5] = ["1", "2", "3", "4", "ot"];
/// Keys that begin acts somewhere.
const ACTS: [&str; 10] = ["d", "x", "D", "X", "A", "+", "c", "i", "u", "<ctrl-r>"];
/// How often a keyboard repeats a key that is held down.
const REPEAT: Duration = Duration::milliseconds(33);

/// How many acts are begun for good.
fn acts(effects: &[Effect]) -> usize {
    let is_one = |effect: &&Effect| matches!(effect, Effect::Perform { request, rehearsal: false, .. } if is_act(request));
    effects.iter().filter(is_one).count()
}

fn on(screen: &str) -> Desk {
    let mut desk = Desk::logged_in();
    desk.operate(screen);
    desk
}

/// A console that asks whether user1 and two sessions shall be cut off.
fn asked() -> Desk {
    let mut desk = on("1");
    desk.operate("x");
    desk.assert_shows("Suspend user1?");
    desk
}

#[test]
fn a_key_pressed_twice_does_one_act() {
    for screen in SCREENS {
        for key in ACTS {
            let mut desk = on(screen);
            let mut begun = 0;
            for _ in 0..2 {
                begun += acts(&desk.press(key));
                begun += answered(&mut desk);
            }
            assert!(begun <= 1, "{key} on screen {screen}: {begun} acts");
        }
    }
}

/// Gives the usual answers, draws, and lets no time pass. How many acts that begins.
fn answered(desk: &mut Desk) -> usize {
    let mut begun = 0;
    while !desk.open.is_empty() {
        let asked = desk.open.remove(0);
        let result = Ok(usual(&asked.request, asked.rehearsal));
        begun += acts(&desk.tell(Msg::Done(asked.ticket, result)));
    }
    for ticket in std::mem::take(&mut desk.watched) {
        desk.tell(Msg::Drawn(ticket));
    }
    begun
}

#[test]
fn a_key_held_down_does_one_act() {
    for screen in SCREENS {
        for key in ACTS {
            let mut desk = on(screen);
            let mut begun = 0;
            for _ in 0..30 {
                begun += acts(&desk.press(key)) + answered(&mut desk);
                desk.now += REPEAT;
            }
            assert!(begun <= 1, "{key} on screen {screen}: {begun} acts");
        }
    }
}

#[test]
fn after_a_pause_or_another_key_it_counts_again() {
    let mut desk = on("1");
    assert_eq!(acts(&desk.press("c")), 1);
    desk.answer();
    assert_eq!(acts(&desk.press("c")), 0);
    assert_eq!(acts(&desk.press("jc")), 1);
    desk.answer();
    desk.now += Duration::seconds(1);
    assert_eq!(acts(&desk.press("c")), 1);
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
            let mut desk = on(screen);
            let begun = acts(&desk.press(script));
            desk.answer_unseen();
            let more = acts(&desk.press("yy600<enter>"));
            assert!(begun + more <= 1, "{script} on screen {screen}");
        }
    }
}

#[test]
fn a_paste_does_nothing_at_all() {
    for screen in SCREENS {
        let mut desk = on(screen);
        for text in ["ddyy\n", "xxyy\n", "*d600\n", "uuyy\n", "Duser1\n"] {
            assert_eq!(desk.tell(Msg::Paste(text.into())), [], "{screen}");
        }
    }
    let mut desk = asked();
    assert_eq!(desk.tell(Msg::Paste("y\n".into())), []);
    assert_eq!(desk.tell(Msg::Key(keys("y")[0])), [], "what follows a paste at once belongs to it");
    assert_eq!(acts(&desk.press("y")), 1);
}

#[test]
fn a_box_takes_nothing_that_came_before_it_was_drawn() {
    let mut desk = on("1");
    desk.press("x");
    assert_eq!(desk.press("yy<enter>n"), [], "it is not counted yet");
    desk.answer_unseen();
    assert_eq!(desk.press("yy<enter>n"), [], "it is not drawn yet");
    desk.read();
    desk.assert_shows("Suspend user1?");
    assert_eq!(acts(&desk.press("xXdD")), 0, "not by the key that opened it");
    assert_eq!(acts(&desk.press("y")), 1);
}

#[test]
fn a_box_shows_after_the_count_or_after_a_moment() {
    let mut desk = on("1");
    desk.press("x");
    assert_eq!(desk.model.wake_at(), Some(desk.now + Duration::milliseconds(150)));
    desk.wait(Duration::milliseconds(149));
    desk.assert_hides("Cancel");
    desk.wait(Duration::milliseconds(1));
    desk.assert_shows("Cancel");
    desk.answer();
    desk.assert_shows("Suspend user1?");
}

#[test]
fn what_is_undone_whole_is_done_without_a_box() {
    let mut desk = on("1");
    let effects = desk.press("d");
    assert!(matches!(effects[..], [Effect::Perform { rehearsal: true, .. }]));
    desk.assert_hides("Cancel");
    desk.answer();
    desk.assert_shows("Deleted user1 with 2 sessions and 8 directories · u undoes");
    desk.operate("3d");
    desk.assert_shows("· u undoes");
}

#[test]
fn while_it_counts_nothing_else_is_begun_and_escape_stops_it() {
    let mut desk = on("1");
    let effects = desk.press("d");
    let [Effect::Perform { ticket, .. }] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(desk.press("cjA2qL"), []);
    assert_eq!(desk.press("<esc>"), [Effect::Cancel(ticket)]);
    desk.assert_shows("row 1 of 600");
    assert_eq!(acts(&desk.press("c")), 1);
}

#[test]
fn a_box_that_does_not_show_is_not_answered() {
    let mut desk = asked();
    desk.tell(Msg::Resize(30, 5));
    desk.read();
    assert_eq!(acts(&desk.press("y")), 0);
    desk.tell(Msg::Resize(80, 24));
    desk.answer();
    assert_eq!(acts(&desk.press("y")), 1);
}

#[test]
fn a_lock_takes_the_question_back() {
    let mut desk = asked();
    desk.wait(Duration::minutes(15));
    desk.operate("sesame<enter>");
    desk.assert_shows("row 1 of 600");
    desk.assert_hides("Suspend user1?");
}

#[test]
fn a_form_stays_below_the_question_and_comes_back_on_cancel() {
    let mut desk = on("1");
    desk.operate("e<ctrl-u>Augusta<backtab><right><enter>");
    desk.assert_shows("Change user1?");
    desk.assert_shows("status becomes suspended");
    desk.assert_shows("2 sessions end and stay ended");
    desk.operate("<enter>");
    desk.assert_hides("Change user1?");
    desk.assert_shows("Augusta");
    desk.operate("<enter>");
    assert_eq!(acts(&desk.press("y")), 1);
    desk.answer();
    desk.assert_hides("Augusta");
}

#[test]
fn a_form_that_changes_no_standing_is_saved_at_once() {
    let mut desk = on("1");
    assert_eq!(acts(&desk.press("e<ctrl-u>Augusta<enter>")), 1);
}

#[test]
fn what_the_count_refuses_stands_in_the_form() {
    let mut desk = on("1");
    desk.press("e<ctrl-u>Augusta<backtab><right><enter>");
    let asked = desk.open.pop().unwrap();
    desk.tell(Msg::Done(asked.ticket, Err(failure(FailureKind::Refused, "It is the last admin."))));
    desk.assert_shows("It is the last admin.");
    desk.assert_shows("Augusta");
}

#[test]
fn a_password_for_somebody_else_is_asked_about() {
    let good = "seven orange kettles sing";
    let mut desk = on("1");
    desk.operate(&format!("jPp{good}<tab>{good}<enter>"));
    desk.assert_shows("Set the password of user1?");
    assert_eq!(acts(&desk.press("y")), 1);
}

#[test]
fn a_purge_takes_the_name_and_nothing_less() {
    let mut desk = on("ot");
    desk.operate("D");
    desk.assert_shows("Purge user1?");
    desk.assert_shows("this cannot be undone");
    assert_eq!(acts(&desk.press("y<enter>")), 0);
    desk.operate("<ctrl-u>");
    assert_eq!(desk.tell(Msg::Paste("user1".into())), [], "a name that is pasted is not typed");
    desk.now += Duration::seconds(1);
    assert_eq!(acts(&desk.press("<enter>")), 0);
    desk.assert_hides("Purge user1?");
    desk.now += Duration::seconds(1);
    desk.operate("Duser1");
    assert_eq!(acts(&desk.press("<enter>")), 1);
}

#[test]
fn a_purge_of_several_takes_their_number() {
    let mut desk = on("ot");
    desk.operate("<space><space>D");
    desk.assert_shows("Purge 2 accounts?");
    assert_eq!(acts(&desk.press("y")), 0);
    desk.operate("<ctrl-u>2");
    assert_eq!(acts(&desk.press("<enter>")), 1);
}

/// The counts come: these, of the usual rows.
fn count(desk: &mut Desk, change: impl FnOnce(Tally) -> Tally) -> Vec<Effect> {
    let asked = desk.open.remove(0);
    assert!(asked.rehearsal, "{asked:?}");
    let (tally, rows) = (change(tally(&asked.request)), rows(&asked.request));
    desk.tell(Msg::Done(asked.ticket, Ok(Reply::Counted { tally, rows })))
}

/// The rows that the one act is for.
fn rows_of(effects: &[Effect]) -> &CountedRows {
    let acts: Vec<_> = requests(effects).into_iter().filter(|request| is_act(request)).collect();
    match acts[..] {
        [Request::Counted(counted)] => &counted.rows,
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
        let mut desk = on(screen);
        desk.operate(script);
        // Somebody else changes the store while the box is open: the list shows it, the box is as it was.
        desk.tell(Msg::StoreChanged);
        desk.answer();
        let effects = desk.press(accept);
        assert_eq!(rows_of(&effects).ids.len(), many, "{script} on {screen}");
    }
}

#[test]
fn what_is_done_at_once_is_done_to_the_row_that_was_counted() {
    let mut desk = on("1");
    desk.press("d");
    let effects = count(&mut desk, |tally| tally);
    assert_eq!(rows_of(&effects).ids[..], [1]);
}

#[test]
fn ones_own_session_is_asked_about_in_so_many_words() {
    let mut desk = on("2");
    desk.press("x");
    count(&mut desk, |tally| Tally { own: Own::Session, ..tally });
    desk.read();
    desk.assert_shows("This ends your own session.");
    assert_eq!(acts(&desk.press("y")), 1);
}

#[test]
fn ones_own_account_is_asked_about_and_nothing_says_that_u_undoes_it() {
    for (key, own) in [("x", Own::Account), ("d", Own::Account), ("A", Own::Level)] {
        let mut desk = on("1");
        desk.press(key);
        count(&mut desk, |tally| Tally { own, ..tally });
        desk.read();
        desk.assert_shows("This is your own account");
        desk.assert_hides("undoes");
        assert_eq!(acts(&desk.press("y")), 1, "{key}");
    }
}

#[test]
fn that_ones_own_is_left_out_is_said_before_and_after() {
    let mut desk = on("1");
    desk.press("*x");
    let left_out = |tally| Tally { own: Own::LeftOut, ..tally };
    count(&mut desk, left_out);
    desk.read();
    desk.assert_shows("your own account is left out");
    desk.press("600<enter>");
    let tally = left_out(Tally { accounts: 599, ended: 3, ..Tally::new(Verb::Suspended) });
    desk.finish(Ok(Reply::Done(tally)));
    desk.assert_shows("your own account is left out");
    desk.assert_shows("u undoes the rest");
}

#[test]
fn one_account_without_active_sessions_is_suspended_at_once() {
    let mut desk = on("1");
    desk.press("x");
    let effects = count(&mut desk, |tally| Tally { sessions: 0, ended: 0, cuts_off: true, ..tally });
    assert_eq!(acts(&effects), 1);
}
