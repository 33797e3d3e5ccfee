//! The completion of accounts: the request for those that a text may mean, and the texts that name them. The filter line
//! and the palette share it.

use crate::domain::user::{User, Who};
use crate::service::contract::{Accounts, Request};

/// An account that a text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChoice {
    /// The text that names the account: its username, or its id if that cannot be typed or reads as something else.
    pub name: String,
    /// A few words about it.
    pub about: String,
}

impl From<&User> for AccountChoice {
    fn from(user: &User) -> Self {
        let name = Who::of(user).to_string();
        let label = if name == user.label() { String::new() } else { format!("{} · ", user.label()) };
        let about = format!("{label}{} · {}", user.full_name(), user.email);
        Self { name, about }
    }
}

/// Returns the request for the accounts that a text may mean.
pub fn request(typed: &str) -> Request {
    Request::Accounts(Accounts::Begun(typed.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::user;

    #[test]
    fn an_account_is_named_so_that_it_is_found_again() {
        for (username, name) in
            [("alan", "alan"), ("al two", "al two"), ("123", "7"), ("a@b", "7"), ("al\u{1b}[2J", "7")]
        {
            assert_eq!(AccountChoice::from(&user(7, username)).name, name, "{username:?}");
        }
        let nameless = User { username: None, email: "x@nexus.example".into(), ..user(7, "x") };
        let choice = AccountChoice::from(&nameless);
        assert_eq!(choice.about, "x@nexus.example · X Tester · x@nexus.example");
    }
}
