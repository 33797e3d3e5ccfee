use crate::domain::secret::Secret;
use crate::domain::user::{AccessLevel, Field, Status, User, UserId};
use crate::service::contract::FailureKind;
use crate::tui::dialog::NamedAccount;
use crate::tui::testing::{directory, keys, user, window};

use super::*;

const GOOD: &str = "seven orange kettles sing";

fn press(edit: &mut Edit, script: &str) -> Vec<Ask> {
    keys(script).into_iter().flat_map(|key| edit.press(key)).collect()
}

/// Returns the only request of a form after these keys.
fn request(mut edit: Edit, script: &str) -> Request {
    let mut asks = press(&mut edit, script);
    asks.retain(|ask| !matches!(ask, Ask::Complete(..)));
    match asks.as_slice() {
        [Ask::Submit(request)] => request.clone(),
        other => panic!("{other:?}"),
    }
}

fn secret() -> Secret {
    Secret::from_text(GOOD).unwrap()
}

fn alan() -> User {
    User { address: Some("12 Königsallee".into()), ..user(3, "alan") }
}

fn edit_account(user: &User, by_admin: bool) -> Edit {
    let level = if by_admin { AccessLevel::Admin } else { AccessLevel::User };
    Edit::new(FormDialog::edit_account(user, level))
}

fn code() -> Edit {
    Edit::new(FormDialog::MakeCode((&alan()).into()))
}

fn token(account: &str) -> Edit {
    Edit::new(FormDialog::IssueToken { account: account.into() })
}

fn add_directory(parent: Option<String>) -> Edit {
    Edit::new(FormDialog::AddDirectory { parent })
}

fn rename_photos() -> Edit {
    Edit::new(FormDialog::RenameDirectory { id: 5, name: "Photos".into() })
}

/// Returns the fields that an edit of alan's account sends.
fn edited(by_admin: bool, script: &str) -> Fields {
    match request(edit_account(&alan(), by_admin), script) {
        Request::Accounts(Accounts::Change {
            who: Who::Id(UserId(3)),
            change: AccountChange::Edit { fields, was: Some(_) },
        }) => fields,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_account_is_added_with_an_access_code_instead_of_a_password() {
    let script =
        "Grace<tab>Hopper<tab>grace<tab>grace@nexus.example<tab><tab><tab><right><tab><right><enter>";
    let fields = Fields {
        first_name: Some("Grace".into()),
        last_name: Some("Hopper".into()),
        username: Some("grace".into()),
        email: Some("grace@nexus.example".into()),
        contact_number: Some(String::new()),
        address: Some(String::new()),
        level: Some(AccessLevel::Admin),
        status: Some(Status::Confirmed),
        valid_from: Some(String::new()),
        expires_on: Some(String::new()),
        note: Some(String::new()),
    };
    let add = Accounts::Add { fields, password: None, must_change: false };
    assert_eq!(request(Edit::new(FormDialog::AddAccount), script), Request::Accounts(add));
}

#[test]
fn only_changed_fields_are_sent() {
    assert_eq!(edited(true, "<enter>"), Fields::default());
    let last_name = Some("Turing".into());
    assert_eq!(edited(true, "<tab><ctrl-u>Turing<enter>"), Fields { last_name, ..Fields::default() });
    let level = Some(AccessLevel::Admin);
    let to_level = "<tab>".repeat(6);
    assert_eq!(edited(true, &format!("{to_level}<left><enter>")), Fields { level, ..Fields::default() });
}

#[test]
fn an_emptied_field_is_a_change() {
    let address = Some(String::new());
    let fields = edited(true, "<tab><tab><tab><tab><tab><ctrl-u><enter>");
    assert_eq!(fields, Fields { address, ..Fields::default() });
}

#[test]
fn blanks_that_another_program_stored_are_no_change() {
    let user = User { last_name: "Turing ".into(), address: Some(" 12 Königsallee\n".into()), ..alan() };
    let Request::Accounts(Accounts::Change { change: AccountChange::Edit { fields, was, .. }, .. }) =
        request(edit_account(&user, true), "<enter>")
    else {
        panic!()
    };
    assert_eq!(fields, Fields::default());
    assert_eq!(was.unwrap().last_name.as_deref(), Some("Turing "), "what was read is judged as it was read");
}

#[test]
fn a_plain_user_changes_neither_names_to_log_in_with_nor_standing() {
    let contact_number = Some("5".into());
    let fields = edited(false, "<backtab><backtab>5<enter>");
    assert_eq!(fields, Fields { contact_number, ..Fields::default() });
}

#[test]
fn somebody_elses_password_must_be_changed_at_their_log_in() {
    let set = AccountChange::SetPassword { password: secret(), must_change: true }.of(Who::Id(UserId(3)));
    let script = format!("{GOOD}<tab>{GOOD}<enter>");
    assert_eq!(
        request(Edit::new(FormDialog::SetPassword((&alan()).into())), &script),
        Request::Accounts(set)
    );
}

#[test]
fn the_own_password_needs_the_current_one() {
    let current = Secret::from_text("sesame").unwrap();
    let change = Accounts::ChangeOwnPassword { current, password: secret() };
    let script = format!("sesame<tab>{GOOD}<tab>{GOOD}<enter>");
    assert_eq!(request(Edit::new(FormDialog::ChangeOwnPassword), &script), Request::Accounts(change));
}

#[test]
fn codes_and_tokens_have_a_life() {
    let made = |life| Request::Accounts(AccountChange::MakeCode { life }.of(Who::Id(UserId(3))));
    assert_eq!(request(code(), "<enter>"), made(Duration::hours(24)));
    assert_eq!(request(code(), "<ctrl-u>30m<enter>"), made(Duration::minutes(30)));
    let issued = |who, life| Request::Sessions(Sessions::Issue { who, life, label: None });
    let alan = Who::Username("alan".into());
    assert_eq!(request(token("alan"), "<enter>"), issued(alan, Duration::hours(8)));
    assert_eq!(request(token(""), "7<tab><ctrl-u>2d<enter>"), issued(Who::Id(UserId(7)), Duration::days(2)));
}

#[test]
fn a_directory_is_added_below_another_or_at_the_top() {
    let added = |path: &str, owner| Request::Directories(Directories::Add { path: path.into(), owner });
    let below = add_directory(Some("00003_ALAN/Photos".into()));
    assert_eq!(request(below, "2024<enter>"), added("00003_ALAN/Photos/2024", None));
    let owner = Some(Who::Username("alan".into()));
    assert_eq!(request(add_directory(None), "Attic<enter>alan<enter>"), added("Attic", owner));
}

fn move_directory(parent: &str) -> FormDialog {
    FormDialog::MoveDirectory { id: 5, name: "2024".into(), parent: parent.into(), owner: UserId(3) }
}

#[test]
fn a_directory_is_renamed_and_moved() {
    let renamed = Directories::Rename { place: DirectorySelector::Id(5), name: "Pictures".into() };
    let rename = rename_photos();
    assert_eq!(request(rename, "<ctrl-u>Pictures<enter>"), Request::Directories(renamed));
    let moved = Directories::Move {
        place: DirectorySelector::Id(5),
        to: DirectorySelector::Path("00003_ALAN".into()),
    };
    let move_it = Edit::new(move_directory("00003_ALAN"));
    assert_eq!(request(move_it, "00003_ALAN<enter>"), Request::Directories(moved));
}

#[test]
fn escape_closes_and_sends_nothing() {
    assert_eq!(press(&mut token("alan"), "x<esc>"), [Ask::Close]);
}

#[test]
fn what_breaks_a_rule_is_not_sent() {
    assert_eq!(press(&mut token("99999999999999999999"), "<enter>"), []);
    assert_eq!(press(&mut code(), "<ctrl-u>soon<enter>"), []);
    assert_eq!(press(&mut rename_photos(), "/x<enter>"), []);
}

#[test]
fn a_second_enter_does_not_send_it_twice() {
    let mut edit = token("alan");
    assert_eq!(press(&mut edit, "<enter>").len(), 1);
    edit.sent(RequestId(7));
    assert!(edit.awaits(RequestId(7)) && !edit.awaits(RequestId(6)));
    assert_eq!(press(&mut edit, "<enter>x"), []);
    edit.paste("x");
    assert_eq!(edit.form.value(0), "alan");
    assert_eq!(press(&mut edit, "<esc>"), [Ask::Close]);
}

#[test]
fn a_refusal_keeps_what_was_typed_and_opens_the_box_again() {
    let mut edit = token("alan");
    edit.sent(RequestId(7));
    assert!(
        !edit.refuse(&Failure::new(FailureKind::NotFound, "There is no account alan.")),
        "no field shows it"
    );
    assert_eq!(edit.form.value(0), "alan");
    assert_eq!(press(&mut edit, "<enter>").len(), 1);
}

#[test]
fn a_refusal_about_a_field_stands_beside_it() {
    let mut edit = edit_account(&alan(), true);
    edit.sent(RequestId(7));
    assert!(edit.refuse(&Failure::new(FailureKind::Conflict, "This email is taken.").about(Field::Email)));
    assert_eq!(edit.form.account(Field::Email).as_deref(), Some("alan@nexus.example"));
}

#[test]
fn the_target_of_a_move_is_completed() {
    let mut edit = Edit::new(move_directory(""));
    let press = |edit: &mut Edit, script: &str| -> Vec<Ask> {
        keys(script).into_iter().flat_map(|key| edit.press(key)).collect()
    };
    assert_eq!(
        press(&mut edit, "al"),
        ["a", "al"].map(|text| Ask::Complete(CompletionKind::DirectoryOf(UserId(3)), text.into()))
    );
    let paths = ["00003_ALAN", "00003_ALAN/Photos", "AL/x", "ALBUMS", "AL\u{1b}[2J"];
    let mut rows: Vec<_> = paths.into_iter().zip(1..).map(|(path, id)| directory(id, path)).collect();
    rows.push(directory(5, "AL"));
    edit.complete(Reply::Directories(window(rows)));
    assert_eq!(press(&mut edit, "<tab>"), []);
    assert_eq!(edit.form.value(0), "ALBUMS", "a name that begins with the text");
    press(&mut edit, "<tab>");
    assert_eq!(edit.form.value(0), "AL/x", "a path that begins with it");
    let [Ask::Submit(Request::Directories(Directories::Move { to, .. }))] = &press(&mut edit, "<enter>")[..]
    else {
        panic!()
    };
    assert_eq!(*to, DirectorySelector::Path("AL/x".into()));
}

#[test]
fn a_note_is_changed_alone_and_emptied() {
    let note = |text: &str| Fields { note: Some(text.into()), ..Fields::default() };
    let edit = |script: &str| {
        let account = NamedAccount { id: UserId(3), label: "alan".into() };
        let form = FormDialog::EditNote { account, was: "pays in cash".into() };
        request(Edit::new(form), script)
    };
    let change = |text: &str| {
        let was = Some(Box::new(note("pays in cash")));
        Request::Accounts(AccountChange::Edit { fields: note(text), was }.of(Who::Id(UserId(3))))
    };
    assert_eq!(edit("<ctrl-u>pays by card<enter>"), change("pays by card"));
    assert_eq!(edit("<ctrl-u><enter>"), change(""));
}
