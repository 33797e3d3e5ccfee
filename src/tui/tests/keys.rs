//! Keys that hold everywhere, and who gets a key.

use super::*;
use crate::domain::filter::{Filter, Subject};

fn users_filter(effects: &[Effect]) -> Filter {
    match requests(effects).as_slice() {
        [Request::Accounts(Accounts::List { filter, .. })] => filter.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn after_the_log_in_the_cursor_is_on_the_first_account() {
    let desk = Desk::logged_in();
    desk.assert_shows("Users");
    desk.assert_shows("row 1 of 600");
}

#[test]
fn the_numbers_are_the_screens() {
    let mut desk = Desk::logged_in();
    let effects = desk.press("2");
    assert!(matches!(requests(&effects)[..], [Request::Sessions(Sessions::List { .. })]));
    let effects = desk.press("3");
    assert!(matches!(requests(&effects)[..], [Request::Directories(Directories::Tree { .. })]));
    let effects = desk.press("4");
    assert!(matches!(requests(&effects)[..], [Request::Journal(Journal::List { .. })]));
    let effects = desk.press("1");
    assert!(matches!(requests(&effects)[..], [Request::Accounts(Accounts::List { .. })]));
}

#[test]
fn a_screen_is_found_as_it_was_left() {
    let mut desk = Desk::logged_in();
    desk.operate("jjj/u<enter>jj2");
    desk.assert_shows("row 1 of 600");
    desk.operate("1");
    desk.assert_shows("row 3 of 600");
    desk.assert_shows("/ u");
}

#[test]
fn every_row_leads_to_its_own_history() {
    for (screen, filter) in [("1", "account:2"), ("2", "session:2"), ("3", "directory:2"), ("4", "account:3")]
    {
        let mut desk = Desk::logged_in();
        desk.operate(screen);
        desk.operate("j");
        let effects = desk.press("H");
        let [Request::Journal(Journal::List { filter: asked, sort, .. })] = requests(&effects)[..] else {
            panic!("{screen}: {effects:?}")
        };
        assert_eq!(*asked, Filter::parse(Subject::Journal, filter).unwrap());
        assert!(sort.descending, "newest first");
        desk.answer();
        desk.assert_shows("Journal");
        desk.assert_shows(&format!("/ {filter}"));
        desk.operate("<esc>");
        desk.assert_hides(filter);
    }
}

#[test]
fn the_journal_is_found_by_name() {
    let mut desk = Desk::logged_in();
    desk.operate(":journal<enter>");
    desk.assert_shows("confirm");
    desk.operate("?");
    desk.operate("history");
    desk.operate("<esc>1?all that was done");
    desk.assert_shows("newest first");
}

#[test]
fn the_boards_are_filters() {
    let mut desk = Desk::logged_in();
    let pending = Filter::parse(Subject::Users, "status:pending").unwrap();
    assert_eq!(users_filter(&desk.press("op")), pending);
    let effects = desk.press("oe");
    let [Request::Sessions(Sessions::List { filter, .. })] = requests(&effects)[..] else { panic!() };
    assert_eq!(*filter, Filter::parse(Subject::Sessions, "status:expired").unwrap());
    desk.answer();
    desk.assert_shows("status:expired");
}

#[test]
fn a_sequence_is_given_up_by_any_other_key() {
    let mut desk = Desk::logged_in();
    assert_eq!(desk.press("o<esc>"), []);
    assert_eq!(desk.press("ox"), []);
    assert_eq!(desk.press("p"), [], "it does not go on later");
}

#[test]
fn the_palette_goes_to_a_row_and_runs_commands() {
    let mut desk = Desk::logged_in();
    desk.operate(":500<enter>");
    desk.assert_shows("row 500 of 600");
    desk.operate(":9999<enter>");
    desk.assert_shows("row 600 of 600");
    let effects = desk.press(":pending<enter>");
    assert_eq!(users_filter(&effects).terms.len(), 1);
    desk.answer();
    desk.operate(":sort by username<enter><enter>");
    desk.operate(":nonsense<enter>");
    desk.assert_shows("× There is no such command");
    desk.operate("<esc>");
    assert!(desk.press(":q<enter>").contains(&Effect::Leave));
}

#[test]
fn the_help_knows_all_keys_and_filters_them() {
    let mut desk = Desk::logged_in();
    desk.operate("?");
    desk.assert_shows("confirm the account");
    desk.operate("lock the");
    desk.assert_shows("lock the console");
    desk.assert_hides("confirm the account");
    desk.operate("<esc>");
    desk.assert_shows("row 1 of 600");
}

#[test]
fn the_help_names_no_key_that_the_screen_has_for_itself() {
    for (screen, own) in [("ot", "bring it back"), ("4", "undo the act")] {
        let mut desk = Desk::logged_in();
        desk.operate(screen);
        desk.operate("?");
        desk.operate(own);
        desk.assert_shows(own);
        desk.operate("<esc>?undo your last");
        desk.assert_hides("undo your last act");
    }
}

#[test]
fn times_are_told_either_way() {
    let mut desk = Desk::logged_in();
    desk.operate("2");
    let before = desk.seen();
    desk.operate("t");
    assert_ne!(desk.seen(), before);
    desk.operate("t");
    assert_eq!(desk.seen(), before);
}

#[test]
fn drawing_anew_and_the_shell_are_there_everywhere() {
    for mut desk in [Desk::logged_in(), Desk::new((80, 24))] {
        assert_eq!(desk.press("<ctrl-l>"), [Effect::Redraw]);
        assert_eq!(desk.press("<ctrl-z>"), [Effect::Suspend]);
        assert_eq!(desk.tell(Msg::Resumed), [Effect::Redraw]);
    }
}

#[test]
fn a_key_without_a_meaning_says_so_as_an_error() {
    let mut desk = Desk::logged_in();
    for (script, words) in
        [("W", "× There is no key W here."), ("oz", "no key o z here"), ("<f2>", "no key F2")]
    {
        assert_eq!(desk.press(script), []);
        desk.assert_shows(words);
        desk.press("j");
        desk.assert_hides(words);
    }
}

#[test]
fn escape_on_a_main_screen_with_nothing_open_does_nothing() {
    let mut desk = Desk::logged_in();
    let before = desk.seen();
    assert_eq!(desk.press("<esc><esc>"), []);
    assert_eq!(desk.seen(), before);
}

#[test]
fn escape_takes_back_box_field_marks_and_filter_in_that_order() {
    let mut desk = Desk::logged_in();
    desk.operate("/u<enter><space>/x?<esc>");
    desk.assert_shows("/ u");
    desk.operate("<space>?<esc>");
    desk.assert_shows("1 marked");
    desk.operate("<esc>");
    desk.assert_hides("1 marked");
    desk.assert_shows("/ u");
    desk.operate("<esc>");
    desk.assert_hides("/ u");
}

#[test]
fn a_paste_outside_a_text_field_does_nothing() {
    let mut desk = Desk::logged_in();
    let before = desk.seen();
    assert_eq!(desk.tell(Msg::Paste("xyq\ny".into())), []);
    assert_eq!(desk.seen(), before);
    desk.operate("x");
    assert_eq!(desk.tell(Msg::Paste("y".into())), [], "no box is accepted by a paste");
    desk.assert_shows("Suspend user1?");
}

#[test]
fn a_paste_goes_into_the_field_with_the_cursor() {
    let mut desk = Desk::logged_in();
    desk.press("/");
    assert_eq!(users_filter(&desk.tell(Msg::Paste("grace".into()))).terms.len(), 1);
    desk.operate("<esc>a");
    desk.tell(Msg::Paste("Grace".into()));
    desk.assert_shows("Grace");
}

#[test]
fn letters_in_a_text_field_are_no_commands() {
    let mut desk = Desk::logged_in();
    let effects = desk.press("/q1?:Lt<enter>");
    assert!(requests(&effects).iter().all(|request| matches!(request, Request::Accounts(_))));
    assert!(!effects.contains(&Effect::Leave));
}

#[test]
fn a_key_that_is_let_go_is_none() {
    let mut desk = Desk::logged_in();
    let mut key = keys("j")[0];
    key.kind = crossterm::event::KeyEventKind::Release;
    desk.tell(Msg::Key(key));
    desk.assert_shows("row 1 of 600");
}

#[test]
fn copying_is_told() {
    let mut desk = Desk::logged_in();
    assert_eq!(desk.press("y"), [Effect::Copy("user1@nexus.example".into())]);
    desk.assert_shows("Copied");
}

#[test]
fn a_new_size_reads_what_fits() {
    let mut desk = Desk::logged_in();
    desk.size = (120, 50);
    let effects = desk.tell(Msg::Resize(120, 50));
    assert!(requests(&effects).len() >= 2, "rows, and the details beside them: {effects:?}");
    desk.answer();
    desk.assert_shows("00001_USER1");
}

#[test]
fn too_small_a_terminal_says_what_it_needs() {
    let mut desk = Desk::logged_in();
    desk.size = (39, 9);
    desk.tell(Msg::Resize(39, 9));
    desk.assert_shows("NEXUS needs 40");
    for (size, name) in [((40, 12), "Users"), ((60, 18), "Users"), ((500, 200), "Users")] {
        desk.size = size;
        desk.tell(Msg::Resize(size.0, size.1));
        desk.answer();
        desk.assert_shows(name);
        desk.assert_shows("row 1 of 600");
    }
}
