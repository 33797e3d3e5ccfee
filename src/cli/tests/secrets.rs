//! Passwords and tokens from every source.

use crate::domain::secret::Secret;
use crate::service::contract::{AccountChange, Accounts, Request, Sessions};

use super::super::testing::World;

fn secret() -> Secret {
    Secret::from_text("correct horse battery").unwrap()
}

#[test]
fn marks_and_line_ends_are_no_part_of_a_password_and_control_characters_are_refused() {
    let password = ["user", "password", "ada", "--yes"];
    let from_file = [&password[..], &["--password-file", "f"]].concat();
    let from_input = [&password[..], &["--password-stdin"]].concat();
    let ran = |given: &str| {
        let typed = [given, given];
        [
            World { file: Some(("f", given)), ..World::default() }.act(&from_file),
            World { input: given, ..World::default() }.act(&from_input),
            World { typed: &typed, ..World::terminal() }.act(&password),
        ]
    };
    for end in ["", "\n", "\r\n", "\r"] {
        for ran in ran(&format!("\u{feff}correct horse battery{end}")) {
            assert!(matches!(
                &ran.asked[..],
                [(Request::Accounts(Accounts::Change { change: AccountChange::SetPassword { password, .. }, .. }), _)] if *password == secret()
            ));
        }
    }
    for given in ["correct\rhorse battery", "correct horse\0battery", "\u{1b}[31mcorrect", "a\u{9b}b\n"] {
        for ran in ran(given) {
            assert_eq!((ran.code, ran.asked.len()), (6, 0), "{given:?}");
            assert!(ran.err.contains("control character"), "{}", ran.err);
        }
    }
}

#[test]
fn a_password_file_holds_one_line_only() {
    let act = ["user", "password", "ada", "--yes", "--password-file", "f"];
    for given in ["correct horse battery\n\n", "correct horse battery\nstaple", "\ncorrect horse battery\n"] {
        let ran = World { file: Some(("f", given)), ..World::default() }.act(&act);
        assert_eq!((ran.code, ran.asked.len()), (6, 0), "{given:?}");
        assert!(ran.err.contains("control character U+000A"), "{}", ran.err);
    }
}

#[test]
fn a_token_keeps_the_same_rule() {
    for (input, code) in
        [("nxs_a\rb", 6), ("nxs_a\0", 6), ("nxs_\u{85}\n", 6), ("", 5), ("\u{feff}nxs_a\r", 0)]
    {
        let ran = World { input, ..World::default() }.act(&["session", "verify"]);
        assert_eq!(ran.asked.len(), usize::from(code == 0), "{input:?} {}", ran.err);
        if let Some((Request::Sessions(Sessions::Verify(token)), _)) = ran.asked.first() {
            assert_eq!(token.expose(), "nxs_a");
        } else {
            assert_eq!(ran.code, code, "{input:?} {}", ran.err);
        }
    }
}
