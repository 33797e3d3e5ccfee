//! Taking back and doing again, from everywhere.

use super::*;

/// What is to be taken back for good, if anything.
fn undone(effects: &[Effect]) -> Vec<Undo> {
    let undo = |effect: &Effect| match effect {
        Effect::Perform { request, rehearsal: false, .. } => match request.act() {
            Request::Undo(undo) => Some(*undo),
            _ => None,
        },
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

/// What the count of what the console asks for first finds.
fn counting(desk: &mut Desk, change: impl FnOnce(Tally) -> Tally) -> Vec<Effect> {
    let asked = desk.open.remove(0);
    assert!(asked.rehearsal, "{asked:?}");
    let tally = change(tally(&asked.request));
    let rows = rows(&asked.request);
    desk.tell(Msg::Done(asked.ticket, Ok(Reply::Counted { tally, rows })))
}

#[test]
fn an_undoing_is_done_at_once_whatever_it_ends() {
    let mut desk = Desk::logged_in();
    desk.press("u");
    let effects =
        counting(&mut desk, |tally| Tally { accounts: 600, ended: 3, lost: 2, label: None, ..tally });
    assert_eq!(undone(&effects), [Undo::Last]);
}

#[test]
fn what_is_undone_is_the_act_that_was_counted() {
    let mut desk = Desk::logged_in();
    desk.press("u");
    let effects = counting(&mut desk, |tally| tally);
    let [Effect::Perform { request: Request::Counted(counted), .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(&counted.rows.ids[..], [7]);
}

#[test]
fn an_undoing_of_ones_own_is_asked_about() {
    let mut desk = Desk::logged_in();
    desk.press("u");
    let own = |tally| Tally { own: Own::Level, of: Some(Verb::Promoted), ended: 3, ..tally };
    assert_eq!(undone(&counting(&mut desk, own)), []);
    desk.read();
    desk.assert_shows("Undo promote of user1?");
    desk.assert_shows("This is your own account");
    desk.assert_hides("undoes");
    assert_eq!(undone(&desk.press("uu")), [], "not by the key that opened it");
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
