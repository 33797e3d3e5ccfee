use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::tui::testing::{keys, text};
use crate::tui::theme::{TerminalFeatures, Theme};

use super::*;

fn account() -> Form {
    Form::new(vec![
        Row::account(Field::FirstName, ""),
        Row::account(Field::Username, ""),
        Row::account(Field::Email, ""),
    ])
}

fn passwords() -> Form {
    Form::new(vec![
        Row::new("New password", InputField::secret(), Rule::NewPassword),
        Row::new("The same again", InputField::secret(), Rule::Again),
    ])
}

/// Returns a form of one field with this rule.
fn one(rule: Rule) -> Form {
    Form::new(vec![Row::new("Field", InputField::text(""), rule)])
}

fn press(form: &mut Form, script: &str) -> FormResponse {
    keys(script).into_iter().map(|key| form.press(key)).last().unwrap()
}

fn seen(form: &Form) -> String {
    seen_in(form, 60)
}

/// Returns the whole form in so many columns, as text.
fn seen_in(form: &Form, columns: u16) -> String {
    let theme = Theme::new(TerminalFeatures { colour: true, unicode: true });
    let mut terminal =
        Terminal::new(TestBackend::new(columns, form.lines(Labels::Above, columns, theme))).unwrap();
    terminal.draw(|frame| form.view(frame, frame.area(), theme, Labels::Above)).unwrap();
    text(&terminal)
}

#[test]
fn tab_and_the_arrows_go_round() {
    let mut form = account();
    for (script, at) in
        [("<tab>", 1), ("<down>", 2), ("<tab>", 0), ("<backtab>", 2), ("<up>", 1), ("<backtab>", 0)]
    {
        press(&mut form, script);
        assert_eq!(form.focus, at, "{script}");
    }
}

#[test]
fn enter_goes_to_the_first_field_that_must_be_filled() {
    let mut form = account();
    assert_eq!(press(&mut form, "Ada<enter>"), FormResponse::Handled);
    assert_eq!(form.focus, 2, "the username may be empty");
    assert_eq!(press(&mut form, "ada@nexus.example<enter>"), FormResponse::Submit);
}

#[test]
fn enter_on_an_empty_field_that_must_be_filled_says_so() {
    let mut form = account();
    assert_eq!(press(&mut form, "<enter>"), FormResponse::Handled);
    assert_eq!(form.focus, 0);
    assert!(seen(&form).contains("must not be empty"));
}

#[test]
fn a_field_is_checked_as_it_is_left_and_not_before() {
    let mut form = account();
    press(&mut form, "<tab><tab>nobody");
    assert!(!seen(&form).contains('×'));
    press(&mut form, "<tab>");
    assert!(seen(&form).contains('×'));
    press(&mut form, "<backtab>@nexus.example");
    assert!(!seen(&form).contains('×'), "typing takes the fault away");
}

#[test]
fn a_field_left_empty_is_not_blamed_before_the_form_is_handed_in() {
    let mut form = account();
    press(&mut form, "<tab><tab><tab>");
    assert!(!seen(&form).contains('×'));
}

#[test]
fn a_wrong_field_keeps_the_form_and_takes_the_cursor() {
    let mut form = account();
    assert_eq!(press(&mut form, "Ada<tab><tab>nobody<backtab><backtab><enter>"), FormResponse::Handled);
    assert_eq!(form.focus, 2);
    assert_eq!(press(&mut form, "@nexus.example<ctrl-s>"), FormResponse::Submit);
}

#[test]
fn what_another_program_wrote_is_no_fault_until_it_is_changed() {
    let mut form = Form::new(vec![
        Row::account(Field::FirstName, "Jo"),
        Row::account(Field::Username, "two words"),
        Row::account(Field::Email, "not-an-email"),
    ]);
    assert_eq!(press(&mut form, "e<enter>"), FormResponse::Submit);
    assert_eq!(press(&mut form, "<tab>!<enter>"), FormResponse::Handled);
    assert_eq!(press(&mut form, "<backspace><enter>"), FormResponse::Submit);
}

#[test]
fn every_rule_is_said_in_words() {
    let cases = [
        (Rule::Span, "soon", "8h"),
        (Rule::Who, "99999999999999999999", "3"),
        (Rule::Name, "a/b", "Photos 2"),
        (Rule::Path, "/etc", "00003_ALAN/Photos"),
        (Rule::Account(Field::Email), "nobody", "ada@nexus.example"),
    ];
    for (rule, wrong, right) in cases {
        let mut form = one(rule);
        assert_eq!(press(&mut form, &format!("{wrong}<enter>")), FormResponse::Handled, "{rule:?}");
        assert!(seen(&form).contains('×'), "{rule:?}");
        assert_eq!(press(&mut form, &format!("<ctrl-u>{right}<enter>")), FormResponse::Submit, "{rule:?}");
    }
}

#[test]
fn a_new_password_keeps_the_policy_and_is_typed_twice() {
    let mut form = passwords();
    assert!(seen(&form).contains(crate::service::contract::PASSWORD_RULE.split(' ').next().unwrap()));
    assert_eq!(press(&mut form, "password<tab>password<enter>"), FormResponse::Handled);
    assert_eq!(form.focus, 0);
    let script = "<ctrl-u>seven orange kettles sing<tab><ctrl-u>seven orange kettles<enter>";
    assert_eq!(press(&mut form, script), FormResponse::Handled);
    assert!(seen(&form).contains("differs from the first"));
    assert_eq!(press(&mut form, " sing<enter>"), FormResponse::Submit);
}

#[test]
fn a_password_must_not_be_made_of_the_account() {
    let email = Row::account(Field::Email, "bartholomew@nexus.example");
    let mut form = Form::new(vec![email, Row::new("Password", InputField::secret(), Rule::NewPassword)]);
    assert_eq!(press(&mut form, "<tab>bartholomew@nexus.example<enter>"), FormResponse::Handled);
}

#[test]
fn f2_shows_what_is_typed_and_hides_it_again() {
    let mut form = passwords();
    press(&mut form, "sesame");
    assert!(!seen(&form).contains("sesame"));
    press(&mut form, "<f2>");
    assert!(seen(&form).contains("sesame"));
    press(&mut form, "<f2>");
    assert!(!seen(&form).contains("sesame"));
}

#[test]
fn emptied_secrets_are_hidden_and_the_first_has_the_cursor() {
    let mut form = passwords();
    press(&mut form, "sesame<tab>sesame<f2>");
    form.clear_secrets();
    assert_eq!(form, passwords());
}

#[test]
fn blame_marks_the_field_it_is_about() {
    let mut form = account();
    press(&mut form, "Ada");
    assert!(form.blame(Field::Email, "This email is taken."));
    assert_eq!((form.focus, form.value(0)), (2, "Ada"));
    assert!(seen(&form).contains("This email is taken."));
    assert!(!form.blame(Field::Span, "too long"), "there is no such field");
}

#[test]
fn a_paste_goes_into_the_field_with_the_cursor() {
    let mut form = account();
    press(&mut form, "<tab>");
    form.paste("grace\n");
    assert_eq!((form.value(0), form.value(1)), ("", "grace"));
}

#[test]
fn keys_that_edit_nothing_are_passed_on() {
    assert_eq!(press(&mut account(), "<ctrl-z>"), FormResponse::Ignored);
    assert_eq!(press(&mut Form::new(vec![]), "x"), FormResponse::Ignored);
}

#[test]
fn the_field_with_the_cursor_shows_however_low_the_room_is() {
    let mut form = account();
    press(&mut form, "<tab><tab>ada");
    let mut terminal = Terminal::new(TestBackend::new(30, 2)).unwrap();
    let theme = Theme::new(TerminalFeatures { colour: false, unicode: false });
    terminal.draw(|frame| form.view(frame, frame.area(), theme, Labels::Above)).unwrap();
    assert!(text(&terminal).contains("Email"));
}

#[test]
fn what_is_wrong_is_read_whole_however_narrow_the_form_is() {
    let fault = "must have at least 15 characters, none of them from the name of the account";
    for columns in [24, 36, 60] {
        let mut form = account();
        assert!(form.blame(Field::Email, fault));
        let seen = seen_in(&form, columns);
        let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("× {fault}")), "{columns}: {seen}");
    }
}
