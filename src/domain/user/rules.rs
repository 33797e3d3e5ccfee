//! The rules that the fields of an account keep. Each returns the rule that a text breaks.

use crate::domain::day::Day;

fn check_line(
    text: &str,
    most: usize,
    too_long: &'static str,
    control: &'static str,
) -> Result<(), &'static str> {
    if text.chars().count() > most {
        Err(too_long)
    } else if text.chars().any(char::is_control) {
        Err(control)
    } else {
        Ok(())
    }
}

/// Checks a first or last name.
pub(super) fn check_name(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        return Err("must not be empty");
    }
    check_line(text, 50, "at most 50 characters", "no control characters")
}

/// Checks a telephone number.
pub(super) fn check_contact_number(text: &str) -> Result<(), &'static str> {
    check_line(text, 50, "at most 50 characters", "no control characters")
}

/// Checks a postal address, which may have line breaks.
pub(super) fn check_address(text: &str) -> Result<(), &'static str> {
    check_line(
        &text.replace(['\n', '\r'], " "),
        1_000,
        "at most 1,000 characters",
        "no control characters except line breaks",
    )
}

/// Checks a username, which may be empty: 1–50 of ASCII letters, digits, `.`, `_`, `-`, with at least one letter (so
/// that it is never taken for an id).
pub(super) fn check_username(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        Ok(())
    } else if text.len() > 50 {
        Err("at most 50 characters")
    } else if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) {
        Err("only letters a-z, digits, and . _ -")
    } else if !text.bytes().any(|b| b.is_ascii_alphabetic()) {
        Err("needs at least one letter")
    } else {
        Ok(())
    }
}

/// Maximum length of an email, in bytes (RFC 5321, 4.5.3.1.3: a path of 256 with its brackets).
const MAX_EMAIL: usize = 254;

/// Checks an email: one `@` with something on both sides, no blanks or control characters, at most 254 bytes
/// (RFC 5321, 4.5.3.1.3).
pub(super) fn check_email(text: &str) -> Result<(), &'static str> {
    let Some((local, domain)) = text.split_once('@') else { return Err("needs an @, as in ada@example.org") };
    if text.len() > MAX_EMAIL {
        Err("at most 254 bytes")
    } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Err("no blanks or control characters")
    } else if local.is_empty() || domain.is_empty() || domain.contains('@') {
        Err("needs one @ with something on both sides")
    } else if domain.starts_with('.') || domain.ends_with('.') || domain.contains("..") {
        Err("the part after the @ is not a host name")
    } else {
        Ok(())
    }
}

/// Checks a day, which may be empty.
pub(super) fn check_day(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || Day::parse(text).is_some() {
        Ok(())
    } else {
        Err("must be a date such as 2026-03-01")
    }
}
