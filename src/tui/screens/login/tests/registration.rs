//! Registration by somebody who has no account.

use super::super::forms::INVITATION_ROW;
use super::*;

/// Returns the log-in of a store at which people can register like this.
fn registering(registration: Registration) -> LoginScreen {
    let mut login = LoginScreen::new(&start(None));
    let status = StoreStatus { registration, ..status(Admins::Usable) };
    reply(&mut login, Ok(Reply::StoreStatus(status)));
    login
}

/// The keys that fill in the form of an account.
const PIA: &str =
    "Pia<tab>Payne<tab>pia<tab>pia@nexus.example<tab>seven orange kettles sing<tab>seven orange kettles sing";

#[test]
fn where_it_is_open_ctrl_n_leads_to_an_account_and_back() {
    let mut login = registering(Registration::Open);
    assert!(seen(&login).contains("Ctrl-n registers one."));
    assert!(login.help().iter().any(|help| help.on == ["ctrl-n"]));
    pressed(&mut login, "<ctrl-n>");
    assert_eq!(login.name(), "Register");
    assert!(!seen(&login).contains("Invitation code"));
    let fields = Fields {
        first_name: Some("Pia".into()),
        last_name: Some("Payne".into()),
        username: Some("pia".into()),
        email: Some("pia@nexus.example".into()),
        ..Fields::default()
    };
    let register = SignIn::Register { fields, password: secret(GOOD), code: Secret::new() };
    assert_eq!(pressed(&mut login, &format!("{PIA}<enter>")), asked(register));
    reply(&mut login, Ok(Reply::Registered));
    assert_eq!(login.name(), "Log in");
    let shown = seen(&login);
    assert!(shown.contains("Registered. An admin confirms") && shown.contains("pia"), "{shown}");
    pressed(&mut login, "<ctrl-n>x<esc>");
    assert_eq!(login.name(), "Log in");
}

#[test]
fn a_read_only_console_offers_no_registration() {
    let mut login = LoginScreen { read_only: true, ..LoginScreen::new(&start(None)) };
    let status = StoreStatus { registration: Registration::Open, ..status(Admins::Usable) };
    reply(&mut login, Ok(Reply::StoreStatus(status)));
    assert!(!login.can_register() && !seen(&login).contains("Ctrl-n"));
}

#[test]
fn an_invitation_code_is_asked_for_and_not_shown() {
    let mut login = registering(Registration::Code);
    pressed(&mut login, "<ctrl-n>");
    let asks = pressed(&mut login, &format!("{PIA}<tab>3-abcd-efgh<enter>"));
    let [Ask::Perform(_, Request::SignIn(SignIn::Register { code, .. }))] = &asks[..] else {
        panic!("{asks:?}")
    };
    assert_eq!(code.expose(), "3-abcd-efgh");
    assert!(!seen(&login).contains("abcd"));
    let failure = Failure::new(FailureKind::Conflict, "is taken: choose another one").about(Field::Username);
    reply(&mut login, Err(failure));
    let shown = seen(&login);
    assert!(shown.contains("is taken: choose another one") && shown.contains("Pia"), "{shown}");
    assert_eq!(login.form().unwrap().secret(INVITATION_ROW).expose(), "3-abcd-efgh", "what was typed stays");
}

#[test]
fn where_it_is_closed_no_key_leads_to_an_account() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "<ctrl-n>");
    assert_eq!(login.name(), "Log in");
    assert!(!seen(&login).contains("Ctrl-n"));
    let mut login = registering(Registration::Open);
    pressed(&mut login, "ada<tab>ABCD-EFGH<enter>");
    reply(&mut login, Ok(Reply::ChoosePassword(WhyChoose::Code)));
    pressed(&mut login, "<ctrl-n>");
    assert_eq!(login.name(), "Choose a password");
}

#[test]
fn the_form_of_an_account_shows_each_field_at_any_size() {
    let mut login = registering(Registration::Code);
    pressed(&mut login, "<ctrl-n>");
    for (columns, rows) in [(60, 18), (80, 24), (120, 36)] {
        let seen = frame(&login, &context(columns, rows));
        for label in
            ["First name", "Last name", "Username", "Email", "Password", "The same again", "Invitation code"]
        {
            assert!(seen.contains(label), "{label} at {columns}x{rows}: {seen}");
        }
    }
}
