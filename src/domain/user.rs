//! Accounts: the meaning of a row of the users table, and the rules for its fields.

use std::fmt;

use super::time::Timestamp;

/// The id of an account; never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The permissions of an account in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessLevel {
    /// Sees and changes only its own data.
    User,
    /// Sees and changes everything.
    Admin,
}

impl AccessLevel {
    /// Both levels, the lower one first.
    pub const ALL: [Self; 2] = [Self::User, Self::Admin];

    /// Returns the word that the store holds.
    pub const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }

    /// Returns the level that `word` names, letter case ignored.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word().eq_ignore_ascii_case(word))
    }
}

/// The status of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Awaits confirmation by an operator; cannot log in.
    Pending,
    /// In use.
    Confirmed,
    /// Suspended by an operator; cannot log in.
    Suspended,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Confirmed, Self::Suspended];

    /// Returns the word that the store holds.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Suspended => "suspended",
        }
    }

    /// Returns the status that `word` names, letter case ignored.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word().eq_ignore_ascii_case(word))
    }
}

/// An account as lists and details show it. Holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub first_name: String,
    pub last_name: String,
    /// Unique, letter case ignored.
    pub username: Option<String>,
    /// Unique, letter case ignored.
    pub email: String,
    pub contact_number: Option<String>,
    /// Postal address; may hold line breaks.
    pub address: Option<String>,
    pub level: AccessLevel,
    pub status: Status,
    /// Time of creation; `None` if another program wrote something that is not a time.
    pub created_at: Option<Timestamp>,
    /// Time of the last change of a field.
    pub updated_at: Option<Timestamp>,
    /// The last time that one of its sessions was used.
    pub last_seen: Option<Timestamp>,
    /// Number of active sessions.
    pub active_sessions: u64,
}

impl User {
    /// Returns the account's name for people: its username, else its email.
    pub fn label(&self) -> &str {
        self.username.as_deref().unwrap_or(&self.email)
    }

    /// Returns first and last name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// Returns the current values of the fields that an operator may set.
    pub fn fields(&self) -> Fields {
        Fields {
            first_name: Some(self.first_name.clone()),
            last_name: Some(self.last_name.clone()),
            username: Some(self.username.clone().unwrap_or_default()),
            email: Some(self.email.clone()),
            contact_number: Some(self.contact_number.clone().unwrap_or_default()),
            address: Some(self.address.clone().unwrap_or_default()),
            level: Some(self.level),
            status: Some(self.status),
        }
    }
}

/// Sort columns of the users list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserColumn {
    /// Order of creation.
    #[default]
    Id,
    /// Username, letter case ignored; accounts without one come first.
    Username,
    /// Last name, then first name; letter case and accents ignored.
    Name,
    /// Email, letter case ignored.
    Email,
    Status,
    Level,
    /// First name, letter case and accents ignored.
    FirstName,
    /// Date of creation.
    Created,
    /// Date of the last change.
    Updated,
    /// Time last seen; accounts never seen come first.
    LastSeen,
}

/// Changes to the fields that an operator may set: `None` leaves a field as it is, an empty text clears an
/// optional one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub email: Option<String>,
    pub contact_number: Option<String>,
    pub address: Option<String>,
    pub level: Option<AccessLevel>,
    pub status: Option<Status>,
}

impl Fields {
    /// Returns the text fields that are set, in the order in which forms show them.
    pub fn texts(&self) -> impl Iterator<Item = (Field, &str)> {
        [
            (Field::FirstName, &self.first_name),
            (Field::LastName, &self.last_name),
            (Field::Username, &self.username),
            (Field::Email, &self.email),
            (Field::ContactNumber, &self.contact_number),
            (Field::Address, &self.address),
        ]
        .into_iter()
        .filter_map(|(field, text)| text.as_deref().map(|text| (field, text)))
    }

    /// Checks every field that is set.
    ///
    /// # Errors
    /// The first invalid field and the rule that it breaks.
    pub fn check(&self) -> Result<(), (Field, &'static str)> {
        self.texts().try_for_each(|(field, text)| field.check(text).map_err(|rule| (field, rule)))
    }
}

/// A field of a form, an error or a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    FirstName,
    LastName,
    Username,
    Email,
    ContactNumber,
    Address,
    AccessLevel,
    Status,
    /// A password (never its value).
    Password,
    /// The name of a directory.
    DirectoryName,
    Span,
}

impl Field {
    /// Returns the label that forms show.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Username => "Username",
            Self::Email => "Email",
            Self::ContactNumber => "Phone",
            Self::Address => "Address",
            Self::AccessLevel => "Access level",
            Self::Status => "Status",
            Self::Password => "Password",
            Self::DirectoryName => "Name",
            Self::Span => "Time",
        }
    }

    /// Checks that `text` is valid for this field.
    ///
    /// # Errors
    /// The rule that `text` breaks.
    pub fn check(self, text: &str) -> Result<(), &'static str> {
        match self {
            Self::FirstName | Self::LastName => check_name(text),
            Self::Username if text.is_empty() => Ok(()),
            Self::Username => check_username(text),
            Self::Email => check_email(text),
            Self::ContactNumber => check_line(text, 50, "at most 50 characters", "no control characters"),
            Self::Address => check_line(
                &text.replace(['\n', '\r'], " "),
                1_000,
                "at most 1,000 characters",
                "no control characters except line breaks",
            ),
            Self::AccessLevel | Self::Status | Self::Password | Self::DirectoryName | Self::Span => Ok(()),
        }
    }
}

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

fn check_name(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        return Err("must not be empty");
    }
    check_line(text, 50, "at most 50 characters", "no control characters")
}

/// Checks a username: 1–50 of ASCII letters, digits, `.`, `_`, `-`, with at least one letter (so that it is
/// never taken for an id).
fn check_username(text: &str) -> Result<(), &'static str> {
    if text.len() > 50 {
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
fn check_email(text: &str) -> Result<(), &'static str> {
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

/// A reference to an account by id, email or username. The form of the text alone decides which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Digits only.
    Id(UserId),
    /// Contains an `@`: an email, or a username if no account has that email.
    Email(String),
    /// Anything else.
    Username(String),
}

impl Who {
    /// Parses an id, an email or a username, whatever characters the store may hold.
    ///
    /// # Errors
    /// The rule that `text` breaks, if it can be none of the three.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() {
            Err("use an id, an email or a username")
        } else if text.bytes().all(|b| b.is_ascii_digit()) {
            text.parse().map(|id| Self::Id(UserId(id))).map_err(|_| "the id is too large")
        } else if text.contains('@') {
            Ok(Self::Email(text.to_owned()))
        } else {
            Ok(Self::Username(text.to_owned()))
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Email(text) | Self::Username(text) => text.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_both_ways() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.word()), Some(status));
        }
        assert_eq!(AccessLevel::parse("Admin"), Some(AccessLevel::Admin));
        assert_eq!(Status::parse("gone"), None);
    }

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
    fn who_is_told_apart_by_form() {
        assert_eq!(Who::parse("12"), Ok(Who::Id(UserId(12))));
        assert_eq!(Who::parse("a@b"), Ok(Who::Email("a@b".into())));
        assert_eq!(Who::parse("ada"), Ok(Who::Username("ada".into())));
        for name in ["zoë", "two words", "bob ", "-dash", "a\"b", "１２", "+5", " 12", "12 "] {
            assert_eq!(Who::parse(name), Ok(Who::Username(name.into())));
        }
        assert_eq!(Who::parse("@"), Ok(Who::Email("@".into())));
        for bad in ["", "99999999999999999999"] {
            assert!(Who::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_first_broken_field_is_named() {
        let fields = Fields { email: Some("x".into()), username: Some("1".into()), ..Fields::default() };
        assert_eq!(fields.check().unwrap_err().0, Field::Username);
    }
}
