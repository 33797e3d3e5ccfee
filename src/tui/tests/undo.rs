//! Taking back and doing again, from everywhere.

use super::*;

/// What is to be taken back for good, if anything.
fn undone(effects: &[Effect]) -> Vec<Undo> {
    let undo = |effect: &Effect| match effect {
        Effect::Perform { request: Request::Undo(undo), rehearsal: false, .. } => Some(*undo),
        _ => None,
    };
    effects.iter().filter_map(undo).collect()
}

/// The console after this key, and after the count that it leads to.
fn counted(screen: &str, key: &str) -> (Desk, Vec<Effect>) {
    let mut desk = Desk::logged_in();
    desk.operate(screen);
    let effects = desk.press(key);
    assert!(matches!(effects[..], [Effect::Perform { rehearsal: true, .. }]), "{effects:?}");
    let asked = desk.open.remove(0);
    let effects = desk.tell(Msg::Done(asked.ticket, Ok(usual(&asked.request, true))));
    (desk, effects)
}

#[test]
fn u_takes_back_the_last_act_and_control_r_does_it_again() {
    for screen in ["1", "2", "3"] {
        let (mut desk, effects) = counted(screen, "u");
        assert_eq!(undone(&effects), [Undo::Last], "{screen}");
        desk.answer();
        desk.assert_shows("Undid confirm of user1 · Ctrl-r does it again");
        let (mut desk, effects) = counted(screen, "<ctrl-r>");
        assert_eq!(undone(&effects), [Undo::Redo], "{screen}");
        desk.answer();
        desk.assert_shows("Did again confirm of user1 · u undoes");
    }
}

#[test]
fn on_the_journal_u_takes_back_the_act_under_the_cursor() {
    let (mut desk, effects) = counted("4j", "u");
    assert_eq!(undone(&effects), [Undo::Entry(2)]);
    let rows = desk.finish(Ok(Reply::Done(Tally {
        of: Some(Verb::Confirmed),
        accounts: 1,
        ..Tally::new(Verb::Undone)
    })));
    assert!(matches!(requests(&rows)[..], [Request::Journal(Journal::List { .. })]), "{rows:?}");
    let (_, effects) = counted("4", "<ctrl-r>");
    assert_eq!(undone(&effects), [Undo::Redo]);
}

#[test]
fn an_undoing_is_copied_by_the_entry_that_it_undid() {
    for (key, told) in [("u", "Undid"), ("<ctrl-r>", "Did again")] {
        let mut desk = Desk::logged_in();
        desk.operate(key);
        desk.assert_shows(told);
        desk.assert_shows("Y copies the command");
        assert_eq!(desk.press("Y"), [Effect::Copy("nexus undo 7".into())]);
    }
}

#[test]
fn why_an_act_is_not_taken_back_stays_to_be_read() {
    let mut desk = Desk::logged_in();
    desk.press("u");
    let asked = desk.open.remove(0);
    let since = "alan was changed since: status is pending, not suspended.";
    desk.tell(Msg::Done(asked.ticket, Err(failure(FailureKind::Conflict, since))));
    desk.wait(Duration::minutes(1));
    desk.assert_shows(since);
    desk.assert_hides("Cancel");
}

#[test]
fn an_undoing_that_ends_sessions_is_asked_about() {
    let mut desk = Desk::logged_in();
    desk.press("u");
    let asked = desk.open.remove(0);
    let tally = Tally {
        accounts: 1,
        ended: 3,
        label: Some("alan".into()),
        of: Some(Verb::Promoted),
        ..Tally::new(Verb::Undone)
    };
    assert_eq!(undone(&desk.tell(Msg::Done(asked.ticket, Ok(Reply::Done(tally))))), []);
    desk.read();
    desk.assert_shows("Undo promote of alan?");
    desk.assert_shows("3 sessions end and stay ended");
    assert_eq!(undone(&desk.press("uu")), [], "not by the key that opened it");
    assert_eq!(undone(&desk.press("y")), [Undo::Last]);
}

#[test]
fn sessions_that_stay_dead_are_told_of_before_an_undo() {
    let mut desk = Desk::logged_in();
    desk.press("u");
    let asked = desk.open.remove(0);
    let tally = Tally { lost: 2, of: Some(Verb::Suspended), ..usual_tally(&asked.request) };
    assert_eq!(undone(&desk.tell(Msg::Done(asked.ticket, Ok(Reply::Done(tally))))), []);
    desk.read();
    desk.assert_shows("Undo suspend of user1?");
    desk.assert_shows("2 sessions that it ended stay ended");
    assert_eq!(undone(&desk.press("y")), [Undo::Last]);
}

#[test]
fn the_board_of_the_bin_brings_back_and_purges() {
    let mut desk = Desk::logged_in();
    let effects = desk.press("ot");
    assert!(matches!(requests(&effects)[..], [Request::Bin(Bin::List { .. })]), "{effects:?}");
    desk.answer();
    desk.assert_shows("Bin");
    desk.operate("u");
    desk.assert_shows("Restored user1 with 2 sessions and 8 directories · u undoes");
    desk.operate("Duser1<enter>");
    desk.assert_shows("Purged user1 with 2 sessions and 8 directories");
    desk.assert_hides("u undoes");
    desk.operate("1");
    desk.assert_hides("Bin");
}

#[test]
fn an_account_comes_back_whole_or_it_is_said_what_stays_out() {
    let mut desk = Desk::logged_in();
    desk.operate("ot");
    desk.press("u");
    let asked = desk.open.remove(0);
    let tally = Tally { left_out: 1, ..usual_tally(&asked.request) };
    desk.tell(Msg::Done(asked.ticket, Ok(Reply::Done(tally))));
    desk.read();
    desk.assert_shows("Restore user1?");
    desk.assert_shows("1 is there already and stays out");
}

fn usual_tally(request: &Request) -> Tally {
    match usual(request, true) {
        Reply::Done(tally) => tally,
        other => panic!("{other:?}"),
    }
}
