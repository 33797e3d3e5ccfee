//! The form for the first admin.

use super::*;

#[test]
fn the_set_up_shows_each_field_and_what_it_is_for_at_any_size() {
    let login = looked_into(Admins::Never);
    for (columns, rows) in [(40, 12), (60, 18), (80, 24), (120, 36)] {
        let seen = frame(&login, &context(columns, rows));
        let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("Nobody can log in yet: make the first admin."), "{seen}");
        for label in ["First name", "Last name", "Username", "Email", "Password", "The same again"] {
            assert!(seen.contains(label), "{label} at {columns}x{rows}: {seen}");
        }
    }
}

#[test]
fn the_set_up_makes_the_first_admin() {
    let mut login = looked_into(Admins::Never);
    let script = format!("Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>{GOOD}<tab>{GOOD}<enter>");
    let fields = Fields {
        first_name: Some("Ada".into()),
        last_name: Some("Lovelace".into()),
        username: Some("ada".into()),
        email: Some("ada@nexus.example".into()),
        ..Fields::default()
    };
    assert_eq!(pressed(&mut login, &script), asked(SignIn::SetUp { fields, password: secret(GOOD) }));
    assert_eq!(reply(&mut login, Ok(Reply::SignedIn(operator()))), [Ask::Enter(operator())]);
}

#[test]
fn the_set_up_takes_no_weak_password_and_no_two_different_ones() {
    let mut login = looked_into(Admins::Never);
    pressed(&mut login, "Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>");
    assert_eq!(pressed(&mut login, "password<tab>password<enter>"), []);
    assert!(seen(&login).contains('×'), "the policy's words stand beside the field");
    let other = format!("<ctrl-u>{GOOD}<tab><ctrl-u>{GOOD}!<enter>");
    assert_eq!(pressed(&mut login, &other), []);
    assert!(seen(&login).contains("differs from the first"));
    assert_eq!(pressed(&mut login, "<backspace><enter>").len(), 1);
}

#[test]
fn a_refused_set_up_keeps_what_was_typed_and_marks_the_field() {
    let mut login = looked_into(Admins::Never);
    let script = format!("Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>{GOOD}<tab>{GOOD}<enter>");
    let first = pressed(&mut login, &script);
    let taken = Failure::new(FailureKind::Conflict, "This email is taken.").about(Field::Email);
    reply(&mut login, Err(taken));
    assert!(seen(&login).contains("This email is taken."));
    assert_eq!(pressed(&mut login, "<enter>"), first, "both passwords are still there");
}
