//! References to accounts as people type them.

use std::fmt;

use crate::domain::text::visible;

use super::account::{User, UserId};

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

    /// Returns the text that stands for the account when it is typed, or `None` if that would stand for another: a username
    /// of digits reads as an id.
    pub fn typed(&self) -> Option<String> {
        let text = self.to_string();
        (Self::parse(&text).as_ref() == Ok(self)).then_some(text)
    }

    /// Returns an account's username, if that stands for the account when it is typed.
    pub fn typed_username(user: &User) -> Option<String> {
        Self::Username(user.username.clone()?).typed()
    }

    /// Returns an account by its username, or by its id if the username cannot be typed or stands for something else.
    pub fn of(user: &User) -> Self {
        let name = Self::typed_username(user).filter(|name| visible(name) == *name);
        name.map_or(Self::Id(user.id), Self::Username)
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
    fn only_what_is_read_as_the_same_account_is_typed_for_it() {
        let username = |name: &str| Who::Username(name.into()).typed();
        assert_eq!(username("ada"), Some("ada".into()));
        assert_eq!(["12", "a@b", ""].map(username), [None, None, None]);
        assert_eq!(Who::Email("ada".into()).typed(), None);
        assert_eq!((Who::Id(UserId(7)).typed(), Who::Id(UserId(-7)).typed()), (Some("7".into()), None));
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
}
