//! Taking back and doing again, from everywhere.

use super::*;

/// Returns the undos that are performed, not only counted.
fn undone(effects: &[Effect]) -> Vec<Undo> {
    let undo = |effect: &Effect| match effect {
        Effect::Perform { request, dry_run: false, .. } => match request.uncounted() {
            Request::Undo(undo) => Some(*undo),
            _ => None,
        },
        _ => None,
    };
    effects.iter().filter_map(undo).collect()
}

/// Returns the console after this key, and the effects of the count that it leads to.
fn counted(screen: &str, key: &str) -> (Service, Vec<Effect>) {
    let mut service = Service::logged_in();
    service.operate(screen);
    let effects = service.press(key);
    assert!(matches!(effects[..], [Effect::Perform { dry_run: true, .. }]), "{effects:?}");
    let asked = service.open.remove(0);
    let effects = service.tell(Msg::Done(asked.request_id, Ok(usual(&asked.request, true))));
    (service, effects)
}

#[test]
fn u_takes_back_the_last_act_and_control_r_does_it_again() {
    for screen in ["1", "2", "3"] {
        let (mut service, effects) = counted(screen, "u");
        assert_eq!(undone(&effects), [Undo::Last], "{screen}");
        service.answer();
        service.assert_shows("Undid confirm of user1 · Ctrl-r redoes it");
        let (mut service, effects) = counted(screen, "<ctrl-r>");
        assert_eq!(undone(&effects), [Undo::Redo], "{screen}");
        service.answer();
        service.assert_shows("Redid confirm of user1 · u undoes");
    }
}

#[test]
fn on_the_journal_u_takes_back_the_act_under_the_cursor() {
    let (mut service, effects) = counted("4j", "u");
    assert_eq!(undone(&effects), [Undo::Entry(2)]);
    let rows = service.finish(Ok(Reply::Done(ActionSummary {
        of: Some(Action::Confirmed),
        accounts: 1,
        ..ActionSummary::new(Action::Undone)
    })));
    assert!(matches!(requests(&rows)[..], [Request::Journal(Journal::Lines { .. })]), "{rows:?}");
    let (_, effects) = counted("4", "<ctrl-r>");
    assert_eq!(undone(&effects), [Undo::Redo]);
}

#[test]
fn an_undoing_is_copied_by_the_entry_that_it_undid() {
    for (key, told) in [("u", "Undid"), ("<ctrl-r>", "Redid")] {
        let mut service = Service::logged_in();
        service.operate(key);
        service.assert_shows(told);
        service.assert_shows("Y copies the command");
        assert_eq!(service.press("Y"), [Effect::Copy("nexus undo 7".into())]);
    }
}

#[test]
fn why_an_act_is_not_taken_back_stays_to_be_read() {
    let mut service = Service::logged_in();
    service.press("u");
    let asked = service.open.remove(0);
    let since = "alan was changed since: status is pending, not suspended.";
    service.tell(Msg::Done(asked.request_id, Err(failure(FailureKind::Conflict, since))));
    service.wait(Duration::minutes(1));
    service.assert_shows(since);
    service.assert_hides("Cancel");
}

/// Answers the first count of the console with a changed summary.
fn counting(service: &mut Service, change: impl FnOnce(ActionSummary) -> ActionSummary) -> Vec<Effect> {
    let asked = service.open.remove(0);
    assert!(asked.dry_run, "{asked:?}");
    let summary = change(summary(&asked.request));
    let rows = rows(&asked.request);
    service.tell(Msg::Done(asked.request_id, Ok(Reply::Counted { summary, rows })))
}

#[test]
fn an_undoing_is_done_at_once_whatever_it_ends() {
    let mut service = Service::logged_in();
    service.press("u");
    let effects = counting(&mut service, |summary| ActionSummary {
        accounts: 600,
        ended: 3,
        lost: 2,
        label: None,
        ..summary
    });
    assert_eq!(undone(&effects), [Undo::Last]);
}

#[test]
fn what_is_undone_is_the_act_that_was_counted() {
    let mut service = Service::logged_in();
    service.press("u");
    let effects = counting(&mut service, |summary| summary);
    let [Effect::Perform { request: Request::Counted(counted), .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(&counted.rows.as_ref().unwrap().ids[..], [7]);
}

#[test]
fn an_undoing_of_ones_own_is_asked_about() {
    let mut service = Service::logged_in();
    service.press("u");
    let own = |summary| ActionSummary { own: Own::Level, of: Some(Action::Promoted), ended: 3, ..summary };
    assert_eq!(undone(&counting(&mut service, own)), []);
    service.read();
    service.assert_shows("Undo promote of user1?");
    service.assert_shows("This is your own account");
    service.assert_hides("undoes");
    assert_eq!(undone(&service.press("uu")), [], "not by the key that opened it");
    assert_eq!(undone(&service.press("y")), [Undo::Last]);
}

#[test]
fn the_board_of_the_bin_brings_back_and_purges() {
    let mut service = Service::logged_in();
    let effects = service.press("ot");
    assert!(matches!(requests(&effects)[..], [Request::Bin(Bin::List { .. })]), "{effects:?}");
    service.answer();
    service.assert_shows("Bin");
    service.operate("u");
    service.assert_shows("Restored user1 with 2 sessions and 8 directories · u undoes");
    service.operate("Duser1<enter>");
    service.assert_shows("Purged user1 with 2 sessions and 8 directories");
    service.assert_hides("u undoes");
    service.operate("1");
    service.assert_hides("Bin");
}
