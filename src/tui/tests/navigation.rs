//! Back, forward and out; the box after the first key of a sequence; the help; the daily tasks that are about them.

use crate::domain::filter::{Filter, ListKind};
use crate::domain::user::UserColumn;

use super::*;

/// Returns the only list of accounts that was asked for.
fn accounts(effects: &[Effect]) -> (&Filter, UserColumn, bool, Anchor) {
    let lists: Vec<_> = requests(effects)
        .into_iter()
        .filter_map(|request| match request {
            Request::Accounts(Accounts::List { filter, sort, span }) => {
                Some((filter, sort.column, sort.descending, span.anchor))
            }
            _ => None,
        })
        .collect();
    let [list] = lists[..] else { panic!("{effects:?}") };
    list
}

#[test]
fn back_brings_back_screen_filter_order_and_row() {
    for back in ["<backspace>", "<alt-left>", "<ctrl-h>"] {
        let mut service = Service::logged_in();
        service.operate("/u<enter>,Njjjj2");
        service.operate("1g/x<enter>,i");
        service.assert_shows("/ ux");
        service.operate(&back.repeat(3));
        service.assert_shows("Sessions");
        let effects = service.press(back);
        let (filter, column, descending, anchor) = accounts(&effects);
        assert_eq!(filter, &Filter::parse(ListKind::Users, "u").unwrap());
        assert_eq!((column, descending), (UserColumn::Name, true));
        assert_eq!(anchor, Anchor::Row { id: 5, last_seen_at: 4 });
        service.answer();
        service.assert_shows("row 5 of 600");
    }
}

#[test]
fn forward_goes_where_back_came_from_until_another_way_is_taken() {
    let mut service = Service::logged_in();
    service.operate("jj2jjj3<backspace>");
    service.assert_shows("Sessions");
    service.assert_shows("row 4 of 600");
    service.operate("<backspace>");
    service.assert_shows("Users");
    service.assert_shows("row 3 of 600");
    service.operate("<alt-right>");
    service.assert_shows("row 4 of 600");
    service.operate("<alt-right>");
    service.assert_shows("Directories");
    service.operate("<alt-right>");
    service.assert_shows("– Nothing to go forward to");
    service.operate("<backspace>4");
    service.assert_shows("Journal");
    service.operate("<alt-right>");
    service.assert_shows("Journal");
    service.operate("<backspace><backspace><backspace>");
    service.assert_shows("– Nothing to go back to");
    service.assert_shows("row 3 of 600");
}

#[test]
fn a_filter_that_was_typed_is_one_step_and_so_is_an_order() {
    let mut service = Service::logged_in();
    service.operate("/user<enter>,E");
    service.operate("<backspace>");
    service.assert_shows("/ user");
    let effects = service.press("<backspace>");
    let (filter, column, ..) = accounts(&effects);
    assert_eq!((filter, column), (&Filter::default(), UserColumn::Id));
    service.answer();
    let effects = service.press("<alt-right>");
    assert_eq!(accounts(&effects).0.terms.len(), 1);
    // A filter that was dropped while it was typed was nowhere.
    service.answer();
    service.operate("/xyz<esc><backspace>");
    service.assert_hides("/ user");
}

#[test]
fn backspace_in_a_text_field_edits() {
    let mut service = Service::logged_in();
    service.operate("2/abc<backspace><alt-left>");
    service.assert_shows("Sessions");
    service.assert_shows("/ ab");
    service.operate("<esc>:users<backspace>");
    service.assert_shows(":user");
    service.assert_shows("Sessions");
}

#[test]
fn backspace_in_the_details_leads_back_to_the_list() {
    let mut service = Service::logged_in();
    service.operate("2jj<enter><backspace>");
    service.assert_shows("Sessions");
    service.assert_shows("row 3 of 600");
    service.operate("<backspace>");
    service.assert_shows("Users");
}

#[test]
fn nothing_is_done_to_the_row_under_the_cursor_before_the_way_back_is_over() {
    let mut service = Service::logged_in();
    service.operate("jjjj2");
    service.operate("1gjj");
    // From row 3 back through Sessions to row 5, and delete it, in one burst.
    service.press("<backspace>");
    service.answer();
    service.press("<backspace>");
    service.press("d");
    assert!(!service.open.iter().any(|asked| is_act(&asked.request)), "the row is not there yet");
    while let Some(asked) = service.open.first().cloned() {
        if let Request::Accounts(Accounts::Act { action: AccountAction::Delete, accounts }) = &asked.request {
            assert_eq!(*accounts, AccountSelection::one(UserId(5)));
            return;
        }
        service.open.remove(0);
        service.tell(Msg::Done(asked.request_id, Ok(usual(&asked.request, asked.dry_run))));
    }
    panic!("nothing was deleted");
}

#[test]
fn escape_leads_out_of_every_board_to_where_it_was_opened() {
    for (board, seen) in [("op", "/ status:pending"), ("oe", "/ status:expired"), ("ot", "Bin")] {
        let mut service = Service::logged_in();
        service.operate("3jjj");
        service.operate(board);
        service.assert_shows(seen);
        service.operate("j<space>");
        service.operate("<esc>");
        service.assert_hides("marked");
        service.assert_shows(seen);
        service.operate("<esc>");
        service.assert_shows("Directories");
        service.assert_shows("row 4 of 600");
        service.assert_hides(seen);
        assert_eq!(service.press("<esc>"), [], "a main screen with nothing open");
        service.assert_shows("Directories");
    }
}

#[test]
fn escape_after_s_f_and_h_leads_back_to_the_row() {
    for key in ["s", "f", "H"] {
        let mut service = Service::logged_in();
        service.operate("/user<enter>jj");
        service.operate(key);
        service.assert_hides("USER3 Tester");
        service.operate("<esc>");
        service.assert_shows("/ user");
        service.assert_shows("USER3 Tester");
        service.assert_shows("row 3 of 600");
        service.operate("<esc>");
        service.assert_hides("/ user");
    }
}

#[test]
fn a_screen_that_escape_led_out_of_shows_again_what_it_showed_before() {
    for (key, screen) in [("s", "2"), ("f", "3"), ("H", "4")] {
        let mut service = Service::logged_in();
        service.operate(&format!("{key}<esc>{screen}"));
        service.assert_hides("/ user:");
        service.assert_hides("/ account:");
        service.operate(&format!("/x<enter>1{key}<esc>{screen}"));
        service.assert_shows("/ x");
    }
}

#[test]
fn escape_undoes_a_filter_typed_on_a_board_before_it_leads_out() {
    let mut service = Service::logged_in();
    service.operate("jjH");
    service.assert_shows("/ account:3");
    service.operate("/ verb:delete<enter>");
    service.assert_shows("/ account:3 verb:delete");
    service.operate("<esc>");
    service.assert_hides("verb:delete");
    service.assert_shows("/ account:3");
    service.operate("<esc>");
    service.assert_shows("row 3 of 600");
    service.assert_shows("user3");
}

#[test]
fn escape_leads_out_through_several_screens_and_backspace_in_again() {
    let mut service = Service::logged_in();
    service.operate("js");
    service.operate("jjH");
    service.assert_shows("Journal");
    service.operate("<esc>");
    service.assert_shows("Sessions");
    service.assert_shows("row 3 of 600");
    service.operate("<esc>");
    service.assert_shows("Users");
    service.operate("<backspace>");
    service.assert_shows("Sessions");
    service.operate("<esc>");
    service.assert_shows("row 2 of 600");
}

#[test]
fn a_screen_that_is_called_by_its_digit_is_a_main_screen() {
    let mut service = Service::logged_in();
    service.operate("js12<esc>");
    service.assert_shows("Sessions");
    service.assert_hides("/ user");
    assert_eq!(service.press("<esc>"), []);
    service.assert_shows("Sessions");
}

#[test]
fn a_notice_stays_until_the_next_screen() {
    let mut service = Service::logged_in();
    service.operate("y");
    service.assert_shows("Copied");
    service.operate("2");
    service.assert_hides("Copied");
}

#[test]
fn the_next_operator_finds_no_way_back_into_what_another_one_saw() {
    let mut service = Service::logged_in();
    service.operate("/secret<enter>2");
    service.press("R");
    let asked = service.open.remove(0);
    service.tell(Msg::Done(asked.request_id, Err(signed_out())));
    service.answer();
    service.operate("ada<tab>sesame<enter><backspace>");
    service.assert_shows("Users");
    service.assert_hides("secret");
}

#[test]
fn a_box_after_the_first_key_lists_what_may_follow() {
    let mut service = Service::logged_in();
    service.press("o");
    service.assert_shows("│ o…   p pending accounts   e ended sessions   t the bin   Esc │");
    service.press("<esc>");
    service.assert_hides("o…");
    service.press(",");
    for words in [",…", "u username", "l access level", "capitals sort the other way"] {
        service.assert_shows(words);
    }
    service.press("u");
    service.answer();
    service.assert_hides(",…");
}

#[test]
fn the_box_fits_the_smallest_terminal() {
    for size in [(40, 10), (40, 12), (60, 18)] {
        let mut service = Service::logged_in();
        service.size = size;
        service.tell(Msg::Resize(size.0, size.1));
        service.answer();
        service.press(",");
        service.assert_shows("username");
        service.assert_shows("last seen");
        service.assert_shows("Esc");
    }
}

#[test]
fn what_cannot_follow_is_an_error_that_says_what_can() {
    let mut service = Service::logged_in();
    service.press("ox");
    service.assert_shows("× There is no key o x here.");
    service.assert_shows("After o: p e t.");
    service.assert_hides("o…");
}

#[test]
fn the_help_runs_the_key_under_its_cursor() {
    let mut service = Service::logged_in();
    service.operate("<f1>");
    service.assert_shows("This account");
    service.operate("the bin");
    service.operate("<esc>?ended ses<enter>");
    service.assert_shows("/ status:expired");
    service.operate("?revoke<esc>?");
    service.assert_shows("This session");
}

#[test]
fn the_help_says_that_more_follows() {
    let mut service = Service::logged_in();
    service.operate("?");
    service.assert_shows("▾ more below");
    service.press(&"<down>".repeat(30));
    service.assert_shows("▴ ▾ more above and below");
    service.press(&"<pagedown>".repeat(30));
    service.assert_shows("▴ more above");
    service.assert_hides("below");
}

/// Presses the keys one by one and returns their number, counted as the tasks count: a chord is one.
fn keys_of_task(service: &mut Service, script: &str) -> usize {
    service.operate(script);
    keys(script).len()
}

#[test]
fn the_first_ten_pending_accounts_are_confirmed_with_nine_keys() {
    let mut service = Service::logged_in();
    let before = keys_of_task(&mut service, "opv:10<enter>c");
    service.assert_shows("Confirm 10 accounts?");
    let effects = service.press("y");
    let [Request::Counted(_)] = requests(&effects)[..] else { panic!("{effects:?}") };
    let Request::Accounts(Accounts::Act {
        action: AccountAction::Confirm,
        accounts: AccountSelection::Named(accounts),
    }) = requests(&effects)[0].uncounted()
    else {
        panic!("{effects:?}")
    };
    assert_eq!(accounts.len(), 10);
    assert!(before < 9, "{before}");
    service.assert_shows("/ status:pending");
}

#[test]
fn an_account_is_found_and_suspended_with_eight_keys() {
    let mut service = Service::logged_in();
    let mut count = keys_of_task(&mut service, "/alan<enter>");
    service.press("x");
    let [Asked { request, dry_run: true, .. }] = &service.open[..] else { panic!("{:?}", service.open) };
    let Request::Accounts(Accounts::Act { action: AccountAction::Suspend, accounts }) = request.clone()
    else {
        panic!("{request:?}")
    };
    assert_eq!(accounts, AccountSelection::one(UserId(1)));
    // In this store every account has sessions, which asks; without any it is done at once.
    service.answer();
    count += 1 + keys_of_task(&mut service, "y");
    service.assert_shows("Suspended user1");
    assert!(count <= 8, "{count}");
}

#[test]
fn who_made_her_an_admin_is_on_the_screen_after_six_keys() {
    let mut service = Service::logged_in();
    let count = keys_of_task(&mut service, "/gra<enter>H");
    service.assert_shows("Journal");
    service.assert_shows("/ account:1");
    assert!(count <= 6, "{count}");
}

#[test]
fn what_a_colleague_deleted_last_comes_back_with_three_keys() {
    let mut service = Service::logged_in();
    service.operate("ot");
    let effects = service.press("u");
    let [Request::Bin(Bin::Restore { which: InBin::Items(which), .. })] = requests(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(*which, Selection::one(1), "the newest is the first");
}
