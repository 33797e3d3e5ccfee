//! The fields of an account and their rules.

use super::*;

#[test]
fn usernames_keep_their_rule() {
    for good in ["ada", "u5_mller", "a.b-c", "1a"] {
        assert_eq!(Field::Username.check(good), Ok(()), "{good}");
    }
    for bad in ["12", "zoë", "a b", "a/b", &"x".repeat(51), "._-"] {
        assert!(Field::Username.check(bad).is_err(), "{bad}");
    }
}

#[test]
fn emails_keep_their_rule() {
    for good in ["ada@nexus.example", "user5@exämple.example", "a+b@c"] {
        assert_eq!(Field::Email.check(good), Ok(()), "{good}");
    }
    for bad in ["", "ada", "@x", "a@", "a@b@c", "a b@c", "a@.c", "a@b..c", "a\u{1b}@c"] {
        assert!(Field::Email.check(bad).is_err(), "{bad}");
    }
}

#[test]
fn names_are_not_empty_and_hold_no_control_characters() {
    assert!(Field::FirstName.check(" ").is_err());
    assert!(Field::LastName.check("a\u{1b}[0m").is_err());
    assert_eq!(Field::LastName.check("O'Brien-李"), Ok(()));
    assert_eq!(Field::Address.check("12 Street\nCity"), Ok(()));
}

#[test]
fn fields_stand_in_their_table_in_the_order_of_their_variants() {
    for (place, spec) in FIELDS.iter().enumerate() {
        assert_eq!(spec.field as usize, place, "{}", spec.column);
    }
}

#[test]
fn a_value_that_was_set_is_read_from_the_same_field() {
    for spec in &FIELDS {
        let value = spec.words().last().copied().unwrap_or("x");
        let fields: Fields = [(spec, value.to_owned())].into_iter().collect();
        let set: Vec<_> = fields.values().map(|(spec, value)| (spec.field, value)).collect();
        assert_eq!(set, [(spec.field, value)]);
        assert_eq!(fields.filter(|_, _| false), Fields::default());
    }
}

#[test]
fn an_account_does_not_end_before_it_begins() {
    let days = |first: &str, last: &str| Fields {
        valid_from: Some(first.into()),
        expires_on: Some(last.into()),
        ..Fields::default()
    };
    assert_eq!(days("2026-03-01", "2026-03-01").check(), Ok(()));
    assert_eq!(days("", "2026-03-01").check(), Ok(()));
    assert_eq!(days("2026-03-02", "2026-03-01").check().unwrap_err().0, Field::ExpiresOn);
    assert_eq!(days("2026-02-30", "").check().unwrap_err().0, Field::ValidFrom);
    let kept = days("2026-03-02", "").or(&days("2026-01-01", "2026-03-01"));
    assert_eq!(kept, days("2026-03-02", ""));
}

#[test]
fn the_first_broken_field_is_named() {
    let fields = Fields { email: Some("x".into()), username: Some("1".into()), ..Fields::default() };
    assert_eq!(fields.check().unwrap_err().0, Field::Username);
}
