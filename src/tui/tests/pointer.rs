//! The mouse on the screens and their boxes.

use crate::domain::user::UserColumn;
use crate::tui::pointer::Wheel;

use super::*;

const DOWN: Gesture = Gesture::Wheel(Wheel::Down);
const UP: Gesture = Gesture::Wheel(Wheel::Up);

/// Returns a console of this size with the mouse on, at which ada has logged in.
fn with_mouse(size: (u16, u16)) -> Service {
    let mut service = Service::with_mouse(size);
    service.log_in();
    service
}

fn users_order(effects: &[Effect]) -> (UserColumn, bool) {
    match requests(effects)[..] {
        [Request::Accounts(Accounts::List { sort, .. }), ..] => (sort.column, sort.descending),
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn while_the_mouse_is_off_nothing_comes_of_it() {
    let mut service = Service::logged_in();
    let before = service.seen();
    for gesture in [Gesture::Click, DOWN, UP] {
        for y in 0..24 {
            assert_eq!(service.point((12, y), gesture), []);
        }
    }
    assert_eq!(service.seen(), before);
}

#[test]
fn the_mouse_is_turned_on_and_off_by_name() {
    let mut service = Service::logged_in();
    let effects = service.press(":mouse<enter>");
    assert!(effects.contains(&Effect::ReportMouse(true)), "{effects:?}");
    service.assert_shows("The mouse is on");
    service.click("user5  ");
    service.assert_shows("row 5 of 600");
    let effects = service.press(":mouse<enter>");
    assert!(effects.contains(&Effect::ReportMouse(false)), "{effects:?}");
    service.click("user9  ");
    service.assert_shows("row 5 of 600");
}

#[test]
fn in_lines_there_is_no_mouse() {
    let mut service = Service::in_lines();
    service.log_in();
    assert_eq!(without_saves(service.press(":mouse<enter>")), []);
}

#[test]
fn a_click_puts_the_cursor_on_the_row_and_a_second_one_is_enter() {
    let mut service = with_mouse((120, 36));
    service.click("user7  ");
    service.answer();
    service.assert_shows("row 7 of 600");
    let beside = service.seen();
    assert!(!beside.contains('┃'), "the list has the focus\n{beside}");
    service.click("user7  ");
    service.answer();
    service.assert_shows("┃");
    // A key between two clicks parts them.
    service.click("user4  ");
    service.answer();
    service.press("t");
    service.click("user4  ");
    service.assert_hides("┃");
}

#[test]
fn a_click_on_the_row_under_the_cursor_is_no_second_one() {
    let mut service = with_mouse((120, 36));
    service.operate("jj");
    service.click("user3  ");
    service.answer();
    service.assert_hides("┃");
}

#[test]
fn a_click_on_the_details_gives_them_the_focus_and_the_wheel_scrolls_them() {
    let mut service = with_mouse((120, 12));
    let (x, y) = service.place_of("USER1 Tester");
    let details = (x.max(90), y.max(3));
    service.point(details, Gesture::Click);
    service.answer();
    service.assert_shows("┃");
    let before = service.seen();
    service.point(details, DOWN);
    assert_ne!(service.seen(), before);
    service.assert_shows("row 1 of 600");
    service.point(details, UP);
    assert_eq!(service.seen(), before);
    service.point((12, 5), DOWN);
    service.assert_shows("row 4 of 600");
}

#[test]
fn the_wheel_moves_three_rows_and_stops_at_the_ends() {
    let mut service = with_mouse((80, 24));
    service.point((12, 6), DOWN);
    service.point((12, 6), DOWN);
    service.assert_shows("row 7 of 600");
    for _ in 0..4 {
        service.point((12, 6), UP);
    }
    service.assert_shows("row 1 of 600");
    service.operate("G");
    service.point((12, 6), DOWN);
    service.assert_shows("row 600 of 600");
}

#[test]
fn a_tab_leads_to_its_screen_with_and_without_numbers() {
    for size in [(120, 36), (80, 24)] {
        let mut service = with_mouse(size);
        for (tab, at) in [("2 Sessions", 2), ("3 Directories", 5), ("4 Journal", 0), ("1 Users", 6)] {
            let (x, y) = service.place_of(tab);
            service.point((x + at, y), Gesture::Click);
            service.answer();
            let name = tab.split_once(' ').unwrap().1;
            assert_eq!(service.model.page().name, format!("NEXUS {name}"), "{size:?}\n{}", service.seen());
        }
        // The name of the program is no tab where it is drawn, nor is what stands on the right.
        let before = service.seen();
        let beside = service.seen().lines().next().unwrap().find("NEXUS").map(|_| [0, 3, 7]);
        for x in beside.into_iter().flatten().chain([size.0 - 1, size.0 - 5]) {
            assert_eq!(service.point((x, 0), Gesture::Click), []);
        }
        assert_eq!(service.seen(), before);
    }
}

#[test]
fn a_heading_sorts_by_its_column_and_again_the_other_way() {
    let mut service = with_mouse((120, 36));
    let effects = service.click("Level");
    assert_eq!(users_order(&effects), (UserColumn::Level, false));
    service.answer();
    service.assert_shows("Level ▴");
    assert_eq!(users_order(&service.click("Level")), (UserColumn::Level, true));
    service.answer();
    service.assert_shows("Level ▾");
    assert_eq!(users_order(&service.click("Username")), (UserColumn::Username, false));
    service.answer();
    // Left of the first column is none.
    let (_, y) = service.place_of("Username");
    assert_eq!(service.point((1, y), Gesture::Click), []);
}

#[test]
fn every_heading_of_the_journal_sorts_by_its_column() {
    let mut service = with_mouse((120, 36));
    service.operate("4");
    for heading in ["What", "By", "Time"] {
        service.click(heading);
        service.answer();
        service.assert_shows(&format!("{heading} ▴"));
    }
}

#[test]
fn a_click_on_a_heading_gives_the_list_the_focus() {
    let mut service = with_mouse((120, 36));
    service.operate("<tab>");
    service.assert_shows("┃");
    service.click("Level");
    service.answer();
    service.assert_shows("Level ▴");
    service.assert_hides("┃");
}

#[test]
fn a_click_while_a_filter_is_typed_keeps_the_filter() {
    let mut service = with_mouse((80, 24));
    service.operate("/user");
    service.click("user5  ");
    service.answer();
    service.assert_shows("row 5 of 600");
    service.operate("j");
    service.assert_shows("row 6 of 600");
    service.assert_shows("/ user");
    // A text that is no filter cannot be kept.
    service.operate("<esc>/nope:x");
    service.click("user9  ");
    service.operate("j");
    service.assert_shows("nope:xj");
}

#[test]
fn a_question_takes_no_click() {
    let mut service = with_mouse((80, 24));
    service.operate("x");
    service.assert_shows("Suspend user1?");
    let before = service.seen();
    for y in 0..24 {
        for x in 0..80 {
            assert_eq!(service.point((x, y), Gesture::Click), []);
        }
    }
    assert_eq!(service.seen(), before);
    service.operate("n");
    service.assert_hides("Suspend user1?");
}

#[test]
fn in_a_menu_a_click_only_moves_the_cursor() {
    let mut service = with_mouse((80, 24));
    service.operate("jP");
    assert_eq!(service.click("set a password"), []);
    service.assert_shows("revoke the access code");
    // Outside the box nothing happens either.
    assert_eq!(service.point((2, 0), Gesture::Click), []);
    service.operate("<enter>");
    service.assert_shows("Set a password for");
}

#[test]
fn in_a_form_a_click_goes_to_the_field() {
    let mut service = with_mouse((80, 24));
    service.operate("a");
    service.click("Email");
    service.operate("kay@nexus.example");
    let line = service.seen().lines().find(|line| line.contains("Email")).unwrap().to_owned();
    assert!(line.contains("kay@nexus.example"), "{line}");
}

#[test]
fn at_the_log_in_a_click_goes_to_the_field() {
    let mut service = Service::with_mouse((80, 24));
    service.answer();
    service.click("Password");
    service.operate("sesame");
    service.click("Username or email");
    service.operate("ada");
    service.assert_shows("••••••");
    service.assert_shows("ada");
}

#[test]
fn help_palette_columns_and_views_follow_a_click_and_the_wheel() {
    let mut service = with_mouse((120, 36));
    service.operate("?");
    service.click("suspend the account");
    service.operate("<enter>");
    service.assert_shows("Suspend user1?");
    service.operate("n:se");
    let (x, y) = service.place_of("sessions ");
    service.point((x, y), Gesture::Click);
    service.operate("<enter>");
    service.assert_shows(":sessions");
    service.operate("<esc><esc>C");
    service.click("✓ Level");
    service.operate("<space>");
    assert!(!service.seen().lines().nth(2).unwrap().contains("Level"), "{}", service.seen());
    service.operate("<esc>:save one<enter>:save two<enter>:views<enter>");
    service.point((60, 18), DOWN);
    service.operate("<enter>");
    service.assert_hides("Saved views");
}

#[test]
fn while_a_code_is_made_the_mouse_reaches_neither_tabs_nor_rows() {
    let mut service = with_mouse((120, 36));
    service.operate("j");
    service.press(":access-code<enter>");
    service.answer_counts();
    for words in ["Sessions", "user7  ", "user7  "] {
        assert_eq!(service.click(words), []);
    }
    service.point((12, 6), DOWN);
    service.assert_shows("row 2 of 600");
    service.assert_hides("┃");
    service.answer();
    service.assert_shows("Access code for user1");
}

#[test]
fn an_error_goes_with_a_click_and_stays_with_the_wheel() {
    let mut service = with_mouse((80, 24));
    service.operate("Z");
    service.assert_shows("There is no key Z");
    service.point((12, 6), DOWN);
    service.assert_shows("There is no key Z");
    service.assert_shows("row 4 of 600");
    let at = service.place_of("There is no key Z");
    service.point(at, Gesture::Click);
    service.assert_hides("There is no key Z");
    service.assert_shows("row 4 of 600");
    service.operate("Z");
    service.click("user2  ");
    service.assert_hides("There is no key Z");
    service.assert_shows("row 2 of 600");
}

#[test]
fn a_figure_of_the_overview_is_opened_by_a_second_click() {
    let mut service = with_mouse((120, 36));
    service.operate("0");
    let filter = |effects: &[Effect]| match requests(effects)[..] {
        [Request::Accounts(Accounts::List { filter, .. }), ..] => filter.to_string(),
        ref other => panic!("{other:?}"),
    };
    assert_eq!(service.click("8 suspended"), []);
    service.point((20, 20), UP);
    assert_eq!(filter(&service.press("<enter>")), "", "the wheel goes to other figures");
    service.answer();
    service.operate("0");
    assert_eq!(service.click("8 suspended"), []);
    assert_eq!(filter(&service.click("8 suspended")), "status:suspended");
}

#[test]
fn a_click_gives_up_a_sequence_and_is_lost_while_keys_wait_for_rows() {
    let mut service = with_mouse((80, 24));
    service.press("o");
    service.click("user2  ");
    service.press("p");
    service.assert_shows("There is no key p");
    service.press("/alan<enter>x");
    let before = service.seen();
    service.click("user5  ");
    assert_eq!(service.seen(), before);
}

#[test]
fn the_mouse_keeps_the_console_from_locking() {
    let mut service = with_mouse((80, 24));
    service.wait(Duration::minutes(14));
    service.point((12, 6), DOWN);
    service.wait(Duration::minutes(2));
    service.assert_hides("Locked");
    service.wait(Duration::minutes(14));
    service.assert_shows("Locked");
}
