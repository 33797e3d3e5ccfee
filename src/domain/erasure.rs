//! The erasure of what the journal says of a person.

use std::collections::BTreeSet;

use super::journal::Break;

/// The names that an account has had.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormerNames {
    pub usernames: BTreeSet<String>,
    pub emails: BTreeSet<String>,
    /// First and last names, in this order.
    pub full: BTreeSet<String>,
    /// The names of its home.
    pub homes: BTreeSet<String>,
}

impl FormerNames {
    /// Adds the name by which entries call the account: its username, else its email.
    pub fn add_label(&mut self, label: String) {
        if label.contains('@') {
            self.emails.insert(label);
        } else {
            self.usernames.insert(label);
        }
    }

    /// Adds those that are not blank.
    pub fn add(&mut self, username: Option<String>, email: Option<String>, full: Option<(String, String)>) {
        let is_name = |name: &String| !name.trim().is_empty();
        self.usernames.extend(username.filter(is_name));
        self.emails.extend(email.filter(is_name));
        let full = full.map(|(first, last)| format!("{} {}", first.trim(), last.trim()));
        self.full.extend(full.filter(|name| name.trim().contains(' ')));
    }

    /// Returns all names.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let all = self.usernames.iter().chain(&self.emails).chain(&self.full).chain(&self.homes);
        all.map(String::as_str)
    }
}

/// The data that an erasure of an account would remove from the store, besides the account itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erasable {
    /// The items in the bin that are the account, or that belonged to it.
    pub items: Vec<i64>,
    /// The entries that are about the account, or that it wrote.
    pub entries: Vec<i64>,
    /// Entries about others that mention the account by a name: a reason, or the path of its home.
    pub mentions: Vec<i64>,
    /// The names for which mentions were looked for. Those that another account has now are not among them.
    pub names: FormerNames,
    /// The newest entry that was looked at.
    pub up_to: i64,
    /// The first entry that is not as it was written, if that keeps anything from being erased.
    pub broken: Option<Break>,
}

impl Erasable {
    /// Returns true if nothing is left of the account.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.entries.is_empty() && self.mentions.is_empty()
    }
}
