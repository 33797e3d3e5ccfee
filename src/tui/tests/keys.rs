//! Keys that hold everywhere, and who gets a key.

use crate::domain::filter::{Filter, ListKind};

use super::*;

fn users_filter(effects: &[Effect]) -> Filter {
    match requests(effects).as_slice() {
        [Request::Accounts(Accounts::List { filter, .. })] => filter.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn after_the_log_in_the_cursor_is_on_the_first_account() {
    let service = Service::logged_in();
    service.assert_shows("Users");
    service.assert_shows("row 1 of 600");
}

#[test]
fn the_numbers_are_the_screens() {
    let mut service = Service::logged_in();
    let effects = service.press("2");
    assert!(matches!(requests(&effects)[..], [Request::Sessions(Sessions::List { .. })]));
    let effects = service.press("3");
    assert!(matches!(requests(&effects)[..], [Request::Directories(Directories::Tree { .. })]));
    let effects = service.press("4");
    assert!(matches!(requests(&effects)[..], [Request::Journal(Journal::Lines { .. })]));
    let effects = service.press("1");
    assert!(matches!(requests(&effects)[..], [Request::Accounts(Accounts::List { .. })]));
}

#[test]
fn a_screen_is_found_as_it_was_left() {
    let mut service = Service::logged_in();
    service.operate("jjj/u<enter>jj2");
    service.assert_shows("row 1 of 600");
    service.operate("1");
    service.assert_shows("row 3 of 600");
    service.assert_shows("/ u");
}

#[test]
fn every_row_leads_to_its_own_history() {
    for (screen, filter) in [("1", "account:2"), ("2", "session:2"), ("3", "directory:2"), ("4", "account:3")]
    {
        let mut service = Service::logged_in();
        service.operate(screen);
        service.operate("j");
        let effects = service.press("H");
        let [Request::Journal(Journal::Lines { filter: asked, sort, .. })] = requests(&effects)[..] else {
            panic!("{screen}: {effects:?}")
        };
        assert_eq!(*asked, Filter::parse(ListKind::Journal, filter).unwrap());
        assert!(sort.descending, "newest first");
        service.answer();
        service.assert_shows("Journal");
        service.assert_shows(&format!("/ {filter}"));
        service.operate("<esc>");
        service.assert_hides(filter);
    }
}

#[test]
fn the_journal_is_found_by_name() {
    let mut service = Service::logged_in();
    service.operate(":journal<enter>");
    service.assert_shows("confirm");
    service.operate("?");
    service.operate("history");
    service.operate("<esc>1?all that was done");
    service.assert_shows("newest first");
}

#[test]
fn the_boards_are_filters() {
    let mut service = Service::logged_in();
    let pending = Filter::parse(ListKind::Users, "status:pending").unwrap();
    assert_eq!(users_filter(&service.press("op")), pending);
    let effects = service.press("oe");
    let [Request::Sessions(Sessions::List { filter, .. })] = requests(&effects)[..] else { panic!() };
    assert_eq!(*filter, Filter::parse(ListKind::Sessions, "status:expired").unwrap());
    service.answer();
    service.assert_shows("status:expired");
}

#[test]
fn a_sequence_is_given_up_by_any_other_key() {
    let mut service = Service::logged_in();
    assert_eq!(service.press("o<esc>"), []);
    assert_eq!(service.press("ox"), []);
    assert_eq!(service.press("p"), [], "it does not go on later");
}

#[test]
fn the_palette_goes_to_a_row_and_runs_commands() {
    let mut service = Service::logged_in();
    service.operate(":500<enter>");
    service.assert_shows("row 500 of 600");
    service.operate(":9999<enter>");
    service.assert_shows("row 600 of 600");
    let effects = service.press(":pending<enter>");
    assert_eq!(users_filter(&effects).terms.len(), 1);
    service.answer();
    service.operate(":sort by username<enter><enter>");
    service.operate(":nonsense<enter>");
    service.assert_shows("× There is no such command");
    service.operate("<esc>");
    assert!(service.press(":q<enter>").contains(&Effect::Leave));
}

#[test]
fn the_help_knows_all_keys_and_filters_them() {
    let mut service = Service::logged_in();
    service.operate("?");
    service.assert_shows("confirm the account");
    service.operate("lock the");
    service.assert_shows("lock the console");
    service.assert_hides("confirm the account");
    service.operate("<esc>");
    service.assert_shows("row 1 of 600");
}

#[test]
fn the_help_names_no_key_that_the_screen_has_for_itself() {
    for (screen, own) in [("ot", "bring it back"), ("4", "undo the act")] {
        let mut service = Service::logged_in();
        service.operate(screen);
        service.operate("?");
        service.operate(own);
        service.assert_shows(own);
        service.operate("<esc>?undo your last");
        service.assert_hides("undo your last action");
    }
}

#[test]
fn times_are_told_either_way() {
    let mut service = Service::logged_in();
    service.operate("2");
    let before = service.seen();
    service.operate("t");
    assert_ne!(service.seen(), before);
    service.operate("t");
    assert_eq!(service.seen(), before);
}

#[test]
fn drawing_anew_and_the_shell_are_there_everywhere() {
    for mut service in [Service::logged_in(), Service::new((80, 24))] {
        assert_eq!(service.press("<ctrl-l>"), [Effect::Redraw]);
        assert_eq!(service.press("<ctrl-z>"), [Effect::Suspend]);
        assert_eq!(service.tell(Msg::Resumed), [Effect::Redraw]);
    }
}

#[test]
fn a_key_without_a_meaning_says_so_as_an_error() {
    let mut service = Service::logged_in();
    for (script, words) in
        [("Z", "× There is no key Z here."), ("oz", "no key o z here"), ("<f2>", "no key F2")]
    {
        assert_eq!(service.press(script), []);
        service.assert_shows(words);
        service.press("j");
        service.assert_hides(words);
    }
}

#[test]
fn escape_on_a_main_screen_with_nothing_open_does_nothing() {
    let mut service = Service::logged_in();
    let before = service.seen();
    assert_eq!(service.press("<esc><esc>"), []);
    assert_eq!(service.seen(), before);
}

#[test]
fn escape_takes_back_box_field_marks_and_filter_in_that_order() {
    let mut service = Service::logged_in();
    service.operate("/u<enter><space>/x?<esc>");
    service.assert_shows("/ u");
    service.operate("<space>?<esc>");
    service.assert_shows("1 marked");
    service.operate("<esc>");
    service.assert_hides("1 marked");
    service.assert_shows("/ u");
    service.operate("<esc>");
    service.assert_hides("/ u");
}

#[test]
fn a_paste_outside_a_text_field_does_nothing() {
    let mut service = Service::logged_in();
    let before = service.seen();
    assert_eq!(service.tell(Msg::Paste("xyq\ny".into())), []);
    assert_eq!(service.seen(), before);
    service.operate("x");
    assert_eq!(service.tell(Msg::Paste("y".into())), [], "no box is accepted by a paste");
    service.assert_shows("Suspend user1?");
}

#[test]
fn a_paste_goes_into_the_field_with_the_cursor() {
    let mut service = Service::logged_in();
    service.press("/");
    assert_eq!(users_filter(&service.tell(Msg::Paste("grace".into()))).terms.len(), 1);
    service.operate("<esc>a");
    service.tell(Msg::Paste("Grace".into()));
    service.assert_shows("Grace");
}

#[test]
fn letters_in_a_text_field_are_no_commands() {
    let mut service = Service::logged_in();
    let effects = service.press("/q1?:Lt<enter>");
    assert!(requests(&effects).iter().all(|request| matches!(request, Request::Accounts(_))));
    assert!(!effects.contains(&Effect::Leave));
}

#[test]
fn a_key_that_is_let_go_is_none() {
    let mut service = Service::logged_in();
    let mut key = keys("j")[0];
    key.kind = crossterm::event::KeyEventKind::Release;
    service.tell(Msg::Key(key));
    service.assert_shows("row 1 of 600");
}

#[test]
fn copying_is_told() {
    let mut service = Service::logged_in();
    assert_eq!(service.press("y"), [Effect::Copy("user1@nexus.example".into())]);
    service.assert_shows("Copied");
}

#[test]
fn a_new_size_reads_what_fits() {
    let mut service = Service::logged_in();
    service.size = (120, 50);
    let effects = service.tell(Msg::Resize(120, 50));
    assert!(requests(&effects).len() >= 2, "rows, and the details beside them: {effects:?}");
    service.answer();
    service.assert_shows("00001_USER1");
}

#[test]
fn too_small_a_terminal_says_what_it_needs() {
    let mut service = Service::logged_in();
    service.size = (39, 9);
    service.tell(Msg::Resize(39, 9));
    service.assert_shows("NEXUS needs 40");
    for (size, name) in [((40, 12), "Users"), ((60, 18), "Users"), ((500, 200), "Users")] {
        service.size = size;
        service.tell(Msg::Resize(size.0, size.1));
        service.answer();
        service.assert_shows(name);
        service.assert_shows("row 1 of 600");
    }
}

#[test]
fn a_plain_user_is_shown_only_the_keys_that_he_may_use() {
    let mut service = Service::over(StorePath::Usual("/srv/nexus.db".into()), (120, 36));
    service.answer();
    service.press("alan<tab>sesame<enter>");
    let asked = service.open.pop().unwrap();
    assert!(matches!(asked.request, Request::SignIn(SignIn::LogIn { .. })), "{:?}", asked.request);
    let plain = Operator { level: AccessLevel::User, ..operator(7) };
    service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(plain))));
    service.answer();
    for (keys, shown, hidden) in [
        ("1", " e edit", " c confirm"),
        ("1", " P password", " d delete"),
        ("0", " Enter open", " c confirm"),
        ("2", " x revoke", " S sweep"),
        ("3", " r rename", " c confirm"),
        ("1o", "ended sessions", "pending accounts"),
    ] {
        service.operate(keys);
        let seen = service.seen();
        assert!(seen.contains(shown) && !seen.contains(hidden), "{keys}: {seen}");
    }
    // A form that he could not send is not opened.
    for (keys, words) in [
        ("1n", "Only an admin may write notes on accounts."),
        ("1a", "Only an admin may add accounts."),
        ("2a", "Only an admin may issue tokens."),
    ] {
        service.operate(keys);
        let seen = service.seen();
        assert!(seen.contains(words) && !seen.contains("Enter save"), "{keys}: {seen}");
    }
    // The help leaves them out as well, and so does the palette.
    service.operate("<esc>1?promote");
    service.assert_shows("no key matches");
    service.operate("<esc><esc>:session ");
    for (command, is_there) in [("session renew", true), ("session revoke", true), ("session issue", false)] {
        assert_eq!(service.shows(command), is_there, "{command}: {}", service.seen());
    }
    service.operate("<esc>:user ");
    for (command, is_there) in [("user edit", true), ("user suspend", false), ("user add", false)] {
        assert_eq!(service.shows(command), is_there, "{command}: {}", service.seen());
    }
}

/// The keys that mean the same on every screen, one behind another.
const EVERYWHERE: &str = "j k <down> <up> g <home> G <end> <ctrl-d> <ctrl-u> <pagedown> <pageup> l <right> <enter> h <left> \
    0 1 2 3 4 <tab> <backspace> <alt-left> <alt-right> ? <f1> : op oe ot u <ctrl-r> Y R t L <ctrl-l> <ctrl-z> <esc> q <ctrl-c>";
/// Those of every list.
const LISTS: &str = "/ , <space> v * ~ H y C <lt> >";

#[test]
fn every_key_of_the_table_means_something_on_every_screen() {
    let screens = ["0", "1", "2", "3", "4", "ot", "op", "oe"];
    for screen in screens {
        let of_lists = LISTS.split(' ').filter(|_| screen != "0");
        for key in EVERYWHERE.split_whitespace().chain(of_lists) {
            for size in [(120, 36), (80, 24), (60, 18)] {
                let mut service = Service::new(size);
                service.log_in();
                service.operate(screen);
                service.press(key);
                service.assert_hides("There is no key");
            }
        }
    }
}

#[test]
fn keys_of_what_is_not_there_yet_are_not_shown() {
    for screen in ["0", "1", "2", "3", "4", "ot"] {
        let mut service = Service::logged_in();
        service.operate(screen);
        let help = service.model.help();
        for key in ["f2", "o m"] {
            assert!(help.iter().all(|row| !row.on.contains(&key)), "{screen}: {key}");
        }
    }
}
