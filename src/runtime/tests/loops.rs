//! Whole loops without threads: the console over a real store, every request performed at once. The input is
//! scripted; the assertions are about text on the screen and rows in the store.

use tempfile::TempDir;

use crate::domain::secret::Secret;
use crate::domain::session::RowStatus;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status, UserId};
use crate::service::contract::{AccountAction, AccountSelection, Directories, Request, Sessions};
use crate::store::contract_tests::{deletion_info, revoked};
use crate::tui::effect::Msg;

use super::console::{Console, OTHER, PASSWORD, add, command, has_directory, read, store_with, user, write};
use super::now;

fn is_code(word: &str) -> bool {
    word.len() == 9 && word.find('-') == Some(4)
}

#[test]
fn a_first_day_from_the_set_up_to_leaving() {
    let folder = TempDir::new().unwrap();
    let mut console = Console::start(&folder);
    console.shows("Set up NEXUS");
    console.press("Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>");
    console.press(&format!("{PASSWORD}<tab>{PASSWORD}<enter>"));
    console.shows("row 1 of 1");

    console.press("aGrace<tab>Hopper<tab>grace<tab>grace@nexus.example<enter>");
    console.shows("Access code for grace");
    let code = console.word(is_code);
    console.press("<enter>");
    console.hides(&code);
    console.press("jc");
    assert_eq!(user(&folder, "grace").status, Status::Confirmed);
    assert!(has_directory(&folder, "00002_GRACE/Videos"));

    console.press("2a<ctrl-u>grace<enter>");
    let token = console.word(|word| word.starts_with("nxs_"));
    let verify = Request::Sessions(Sessions::Verify(Secret::from_text(&token).unwrap()));
    assert!(command(&folder, verify.clone()).is_ok());
    console.press("<enter>kx");
    console.shows("Revoke session");
    console.press("y");
    assert!(command(&folder, verify).is_err());

    console.press("3jl");
    console.shows("row 2 of 9");
    console.press("aAttic<enter>");
    assert!(has_directory(&folder, "00002_GRACE/Attic"));
    console.press("j");
    console.shows("00002_GRACE / Attic");
    console.press("r<ctrl-u>Loft<enter>");
    assert!(has_directory(&folder, "00002_GRACE/Loft"));
    console.press("m<ctrl-u>00001_ADA<enter>");
    console.shows("A directory stays with its owner");
    console.press("<ctrl-u>00002_GRACE/Videos<enter>");
    assert!(has_directory(&folder, "00002_GRACE/Videos/Loft"));
    console.press("gjjd");
    console.shows("Trashed 00002_GRACE/Audios · u undoes");
    assert!(!has_directory(&folder, "00002_GRACE/Audios"));

    assert!(!console.has_left);
    console.press("q");
    assert!(console.has_left);
    assert_eq!(read(&folder, |rows| rows.session(1)).unwrap().row_status, RowStatus::Expired);
}

#[test]
fn a_taken_email_marks_the_field_and_keeps_what_was_typed() {
    let folder = store_with(&["grace"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press("je<tab><ctrl-u>Murray<tab><tab><ctrl-u>ADA@nexus.example<enter>");
    console.shows("This email is taken.");
    console.shows("Murray");
    assert_eq!(user(&folder, "grace").last_name, "Tester");
    console.press("<ctrl-u>grace@navy.example<enter>");
    console.hides("This email is taken.");
    let grace = user(&folder, "grace");
    assert_eq!((grace.last_name.as_str(), grace.email.as_str()), ("Murray", "grace@navy.example"));
}

#[test]
fn a_colleagues_change_to_another_field_is_not_written_over() {
    let folder = store_with(&["grace"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press("je<tab><ctrl-u>Murray");
    let phone = Fields { contact_number: Some("555".into()), ..Fields::default() };
    write(&folder, |rows| rows.update_user(now(), UserId(2), &phone));
    console.press("<enter>");
    let grace = user(&folder, "grace");
    assert_eq!((grace.last_name.as_str(), grace.contact_number.as_deref()), ("Tester", Some("555")));
    console.shows("Murray");
}

#[test]
fn an_access_code_leads_to_a_password_and_into_the_console() {
    let folder = store_with(&[]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press("aGrace<tab>Hopper<tab>grace<tab>grace@nexus.example<enter>");
    let code = console.word(is_code);
    console.press("<enter>q");

    let mut console = Console::of(&folder, "grace", &code);
    console.shows("Choose a password");
    console.press(&format!("{OTHER}<tab>{OTHER}<enter>"));
    console.shows("grace · user");
    assert_eq!(user(&folder, "grace").status, Status::Confirmed);
    let mut console = Console::of(&folder, "grace", &code);
    console.shows("Wrong username or password.");
    console.shows("Next try in 1 s");
    console.press(&format!("{OTHER}<enter>"));
    console.shows("Next try in 1 s");
    console.now += Duration::seconds(1);
    console.tell(Msg::Woken);
    console.hides("Next try");
    console.press("<enter>");
    console.shows("1 failure since your last log-in, just now by ");
    console.shows("grace · user");
}

#[test]
fn a_plain_user_sees_and_does_only_what_is_his_own() {
    let folder = store_with(&["alan", "grace"]);
    let admin = Console::of(&folder, "ada", PASSWORD);
    admin.shows("row 1 of 3");
    let mut console = Console::of(&folder, "alan", PASSWORD);
    console.shows("row 1 of 1");
    for screen in ["1", "2", "3"] {
        console.press(screen);
        for name in ["ada", "grace", "ADA", "GRACE"] {
            console.hides(name);
        }
    }
    console.press("1A");
    console.hides("Promote alan?");
    console.press("2a<ctrl-u>ada<enter>");
    console.hides("nxs_");
    console.press("<esc>");
    console.press("y1e<ctrl-u>Alan Mathison<enter>");
    assert_eq!(user(&folder, "alan").first_name, "Alan Mathison");
    assert_eq!(user(&folder, "alan").level, AccessLevel::User);
}

#[test]
fn a_password_set_by_an_admin_must_be_changed() {
    let folder = store_with(&["alan"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press(&format!("jPp{OTHER}<tab>{OTHER}<enter>"));
    console.shows("Set the password of alan?");
    console.press("y");
    console.shows("✓ Set the password of alan");
    let mut console = Console::of(&folder, "alan", OTHER);
    console.shows("Somebody else chose this password.");
    console.press(&format!("{OTHER}<tab>{OTHER}<enter>"));
    console.shows("Choose a password");
    console.press(&format!("<backtab><ctrl-u>{PASSWORD}<tab><ctrl-u>{PASSWORD}<enter>"));
    console.shows("alan · user");
}

#[test]
fn who_may_not_come_in_is_told_so() {
    let folder = store_with(&["alan"]);
    for (name, password) in [("ada", "wrong"), ("nobody", PASSWORD)] {
        let console = Console::of(&folder, name, password);
        console.shows("Wrong username or password.");
        console.shows(name);
    }
    for (status, words) in [
        (Status::Pending, "This account is waiting for confirmation."),
        (Status::Suspended, "This account is suspended."),
    ] {
        let fields = Fields { status: Some(status), ..Fields::default() };
        write(&folder, |rows| rows.update_user(now(), UserId(2), &fields));
        Console::of(&folder, "alan", "wrong").shows("Wrong username or password.");
        let alan = AccountSelection::one(UserId(2));
        command(&folder, Request::Accounts(AccountAction::Unlock.on(alan))).unwrap();
        Console::of(&folder, "alan", PASSWORD).shows(words);
    }
}

#[test]
fn what_another_program_writes_shows_and_the_cursor_stays_on_its_row() {
    let folder = store_with(&["grace", "alan", "edsger"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press(",ujjj");
    console.shows("row 4 of 4");
    add(&folder, "barbara", AccessLevel::User);
    write(&folder, |rows| rows.bin_user(user(&folder, "edsger").id, &deletion_info()).map(drop));
    write(&folder, |rows| {
        let fields = Fields { status: Some(Status::Suspended), ..Fields::default() };
        rows.update_user(now(), UserId(3), &fields)
    });
    console.shows("edsger");
    console.tell(Msg::StoreChanged);
    console.shows("barbara");
    console.shows("suspended");
    console.hides("edsger");
    console.shows("row 4 of 4");
    console.press("P");
    console.shows("Password of grace");
}

#[test]
fn a_session_that_is_ended_elsewhere_leads_to_the_log_in() {
    let folder = store_with(&[]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.shows("row 1 of 1");
    write(&folder, |rows| rows.end_session(1, &revoked()));
    console.tell(Msg::StoreChanged);
    console.shows("Log in");
    console.hides("row 1 of 1");
    console.press(&format!("ada<tab>{PASSWORD}<enter>"));
    console.shows("row 1 of 1");
}

#[test]
fn the_lock_opens_to_the_operators_password_only() {
    let folder = store_with(&[]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press("2");
    console.now += Duration::minutes(15);
    console.tell(Msg::Woken);
    console.shows("Locked");
    console.press(&format!("{OTHER}<enter>"));
    console.shows("Locked");
    console.now += Duration::seconds(1);
    console.press(&format!("{PASSWORD}<enter>"));
    console.shows("this one");
}

#[test]
fn the_last_admin_stays() {
    let folder = store_with(&["alan"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    for key in ["x", "d", "A"] {
        console.press(key);
        console.press("y");
        let ada = user(&folder, "ada");
        assert_eq!((ada.level, ada.status), (AccessLevel::Admin, Status::Confirmed), "{key}");
        console.press("<esc>");
    }
}

#[test]
fn homes_are_made_and_trees_moved_without_losing_anything_below() {
    let folder = store_with(&["alan"]);
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press("ji");
    let deep = |path: &str| Request::Directories(Directories::Add { path: path.into(), owner: None });
    for path in ["00002_ALAN/Photos/2024", "00002_ALAN/Photos/2024/Trip"] {
        command(&folder, deep(path)).unwrap();
    }
    console.press("f");
    console.shows("00002_ALAN");
    console.press("l/<ctrl-u>2024<enter>");
    console.shows("00002_ALAN/Photos/2024");
    console.press("m<ctrl-u>00002_ALAN/Videos<enter>");
    assert!(has_directory(&folder, "00002_ALAN/Videos/2024/Trip"));
    assert!(!has_directory(&folder, "00002_ALAN/Photos/2024"));
}
