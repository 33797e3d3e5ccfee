//! Commands by name: on every screen only what was typed is run.

use crate::domain::filter::{Filter, ListKind};
use crate::tui::keys::Help;

use super::*;

/// Every screen and board, by the keys that lead there.
const SCREENS: [&str; 5] = ["1", "2", "3", "4", "ot"];

#[test]
fn commands_have_the_names_of_the_command_line() {
    for (screen, names) in [
        (
            "1",
            "confirm edit suspend password access-code add delete revoke promote demote provision history undo redo",
        ),
        ("2", "revoke renew issue sweep history"),
        ("3", "add rename move trash provision history"),
        ("4", "undo redo users sessions directories journal bin sweep issue quit"),
        ("ot", "restore purge"),
    ] {
        for name in names.split(' ') {
            let mut service = Service::logged_in();
            service.operate(screen);
            service.operate(&format!("j:{name}"));
            service.assert_shows(&format!("│ {name}"));
            service.operate("<enter>");
            service.assert_hides("× ");
            service.assert_hides("Command or row number");
        }
    }
}

#[test]
fn every_name_is_there_once() {
    for screen in SCREENS {
        let mut service = Service::logged_in();
        service.operate(screen);
        let mut names: Vec<_> = service.model.help().iter().map(Help::command).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert!(!names.contains(&""), "a key of screen {screen} has no name");
        assert_eq!(names.len(), count, "a name on screen {screen} has two meanings");
    }
}

#[test]
fn a_name_that_was_half_typed_never_runs_another_act() {
    let mut service = Service::logged_in();
    assert!(matches!(
        requests(&service.press(":sus<enter>"))[..],
        [Request::Accounts(Accounts::Act { action: AccountAction::Suspend, .. })]
    ));
    let mut service = Service::logged_in();
    assert!(matches!(
        requests(&service.press(":sessions<enter>"))[..],
        [Request::Sessions(Sessions::List { .. })]
    ));
    let mut service = Service::logged_in();
    assert_eq!(service.press(":suspension<enter>"), []);
    service.assert_shows(":confirm");
    assert!(matches!(
        requests(&service.press("<enter>"))[..],
        [Request::Accounts(Accounts::Act { action: AccountAction::Confirm, .. })]
    ));
}

#[test]
fn on_the_board_of_pending_accounts_a_name_does_what_it_says() {
    let asked = |script: &str| {
        let mut service = Service::logged_in();
        service.operate("op");
        match requests(&service.press(script))[..] {
            [Request::Accounts(Accounts::Act { action, .. })] => *action,
            ref other => panic!("{script}: {other:?}"),
        }
    };
    assert_eq!(asked(":suspend<enter>"), AccountAction::Suspend);
    assert_eq!(asked(":reject<enter>"), AccountAction::Reject);
    assert_eq!(asked("x"), AccountAction::Reject);
}

#[test]
fn a_level_is_set_and_not_changed_over() {
    for (command, action) in [("promote", AccountAction::Promote), ("demote", AccountAction::Demote)] {
        let mut service = Service::logged_in();
        let effects = service.press(&format!(":{command}<enter>"));
        let [Request::Accounts(Accounts::Act { action: asked, .. })] = requests(&effects)[..] else {
            panic!("{effects:?}")
        };
        assert_eq!(*asked, action);
    }
}

#[test]
fn without_a_match_the_list_says_so_and_enter_does_nothing() {
    let mut service = Service::logged_in();
    assert_eq!(service.press(":xyz"), []);
    service.assert_shows("no such command");
    assert_eq!(service.press("<enter>"), []);
    service.assert_shows("Command or row number");
    service.assert_hides("✓");
}

#[test]
fn an_argument_leads_to_what_it_names() {
    let mut service = Service::logged_in();
    service.press(":sessions alan");
    let effects = service.press("<enter>");
    let [Request::Sessions(Sessions::List { filter, .. })] = requests(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(*filter, Filter::parse(ListKind::Sessions, "user:alan").unwrap());
    service.answer();
    let effects = service.press(":users status:pending ada<enter>");
    let [Request::Accounts(Accounts::List { filter, .. })] = requests(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(*filter, Filter::parse(ListKind::Users, "status:pending ada").unwrap());
    service.answer();
    service.operate(":directories 3<enter>");
    service.assert_shows("/ user:3");
    service.operate(":journal verb:confirm<enter>");
    service.assert_shows("/ verb:confirm");
}

#[test]
fn an_argument_that_is_not_understood_is_an_error() {
    for (script, words) in [
        (":users colour:red<enter>", "\"colour:red\" is not understood"),
        (":journal since:never<enter>", "is not understood"),
        (":suspend alan<enter>", "suspend takes no argument"),
    ] {
        let mut service = Service::logged_in();
        assert_eq!(without_saves(service.press(script)), [], "{script}");
        service.assert_shows("× ");
        service.assert_shows(words);
    }
}

#[test]
fn where_nothing_was_typed_tab_and_enter_run_nothing() {
    let mut service = Service::logged_in();
    let effects = service.press(":<tab><enter>");
    assert!(requests(&effects).iter().all(|request| request.is_read()), "{effects:?}");
}

#[test]
fn it_tells_that_more_follows_and_goes_on_to_it() {
    let mut service = Service::logged_in();
    service.operate(":");
    service.assert_shows("more ─");
    service.assert_hides("▴ 1 more");
    service.operate(&"<down>".repeat(9));
    service.assert_shows("▴ 1 more ─");
}
