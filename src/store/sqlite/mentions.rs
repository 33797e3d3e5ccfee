//! Entries of the journal that mention a person although they are about somebody else.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};

use crate::domain::journal::{Action, FieldValues, Outcome, REASON, REFUSED};
use crate::domain::user::{UserId, Who};
use crate::store::Result;

use super::error;
use super::journal_parts::{BY_ACCOUNT, IN_ANY_PART};
use super::names::id_of;
use super::statement::{all, first};
use super::values::{optional, text};

/// The names that an account has had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    usernames: BTreeSet<String>,
    emails: BTreeSet<String>,
    /// First and last names, in this order.
    full: BTreeSet<String>,
    /// The names of its home.
    homes: BTreeSet<String>,
}

impl Names {
    /// Reads the names from the journal and the bin. Names that another account has now are left out: entries that mention
    /// them may mean that one.
    pub(super) fn read(connection: &Connection, account: UserId) -> Result<Self> {
        let mut names = Self::default();
        let sql = format!(
            "SELECT j.before, j.after FROM {BY_ACCOUNT}
             WHERE {IN_ANY_PART} AND j.account_id = ?1 AND j.kind = 'account'
             UNION ALL SELECT label, '' FROM nexus_journal_labels WHERE account_id = ?1"
        );
        let read = |row: &Row<'_>| Ok([text(row, 0)?, text(row, 1)?]);
        for [before, after] in all(connection, &sql, &[account.0.into()], read)? {
            if after.is_empty() {
                names.add_label(before);
                continue;
            }
            for values in [before, after].map(|text| FieldValues::parse(&text)) {
                let value = |field| values.text(field).map(str::to_owned);
                names.add(value("username"), value("email"), value("firstname").zip(value("lastname")));
            }
        }
        let sql = "SELECT u.username, u.email, u.firstname, u.lastname
                   FROM nexus_bin b JOIN nexus_bin_users u ON u.bundle = b.id WHERE b.user_id = ?";
        let read =
            |row: &Row<'_>| Ok([optional(row, 0)?, optional(row, 1)?, optional(row, 2)?, optional(row, 3)?]);
        for [username, email, firstname, lastname] in all(connection, sql, &[account.0.into()], read)? {
            names.add(username, email, firstname.zip(lastname));
        }
        names.homes =
            names.usernames.iter().map(|name| format!("{:05}_{}", account.0, name.to_lowercase())).collect();
        names.drop_taken(connection)?;
        Ok(names)
    }

    /// Adds the name by which entries call the account: its username, else its email.
    fn add_label(&mut self, label: String) {
        if label.contains('@') {
            self.emails.insert(label);
        } else {
            self.usernames.insert(label);
        }
    }

    fn add(&mut self, username: Option<String>, email: Option<String>, full: Option<(String, String)>) {
        let is_name = |name: &String| !name.trim().is_empty();
        self.usernames.extend(username.filter(is_name));
        self.emails.extend(email.filter(is_name));
        let full = full.map(|(first, last)| format!("{} {}", first.trim(), last.trim()));
        self.full.extend(full.filter(|name| name.trim().contains(' ')));
    }

    fn drop_taken(&mut self, connection: &Connection) -> Result<()> {
        for (names, who) in [
            (&mut self.usernames, Who::Username as fn(String) -> Who),
            (&mut self.emails, Who::Email as fn(String) -> Who),
        ] {
            let mut free = BTreeSet::new();
            for name in std::mem::take(names) {
                let (id, values) = id_of(&who(name.clone()));
                let sql = format!("SELECT {id}");
                let holder = first(connection, &sql, rusqlite::params_from_iter(values), |row| {
                    row.get::<_, Option<i64>>(0)
                })?;
                if holder.flatten().is_none() {
                    free.insert(name);
                }
            }
            *names = free;
        }
        Ok(())
    }

    /// Returns all names.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let all = self.usernames.iter().chain(&self.emails).chain(&self.full).chain(&self.homes);
        all.map(String::as_str)
    }

    /// Returns the entries after `after` that are not about the account but mention it.
    pub(super) fn mentions(&self, connection: &Connection, account: UserId, after: i64) -> Result<Vec<i64>> {
        let needles = Needles::of(self);
        if needles.anywhere.is_empty() && needles.words.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT seq, label, before, after, outcome = ?3 FROM nexus_journal
                   WHERE seq > ?1 AND account_id IS NOT ?2 AND NOT (verb = ?4 AND outcome = 'done') AND length(object_seal) IS NOT 32";
        let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
        let words = [Outcome::Refused.word(), Action::Erased.word()];
        let mut rows = statement.query(params![after, account.0, words[0], words[1]]).map_err(error::of)?;
        let mut found = Vec::new();
        let mut buffer = String::new();
        while let Some(row) = rows.next().map_err(error::of)? {
            if needles.are_in(row, &mut buffer).map_err(error::of)? {
                found.push(row.get(0).map_err(error::of)?);
            }
        }
        Ok(found)
    }
}

/// The texts that are searched for, in lower case.
struct Needles {
    /// Those that nobody uses by chance: emails, and the names of homes.
    anywhere: Vec<String>,
    /// Those that are looked for as whole words, in what people wrote and in the names of what was refused.
    words: Vec<String>,
}

impl Needles {
    fn of(names: &Names) -> Self {
        let lower = |name: &String| name.to_lowercase();
        Self {
            anywhere: names.emails.iter().chain(&names.homes).map(lower).collect(),
            words: names.usernames.iter().chain(&names.full).map(lower).collect(),
        }
    }

    fn are_in(&self, row: &Row<'_>, buffer: &mut String) -> rusqlite::Result<bool> {
        buffer.clear();
        for column in 1..=3 {
            buffer.push_str(row.get_ref(column)?.as_str().unwrap_or_default());
            buffer.push('\n');
        }
        if buffer.is_ascii() {
            buffer.make_ascii_lowercase();
        } else {
            *buffer = buffer.to_lowercase();
        }
        let holds = |needle: &String| memchr::memmem::find(buffer.as_bytes(), needle.as_bytes()).is_some();
        if self.anywhere.iter().any(holds) {
            return Ok(true);
        }
        if !self.words.iter().any(holds) {
            return Ok(false);
        }
        let is_refused: bool = row.get(4)?;
        let after = FieldValues::parse(&text(row, 3)?);
        let label = Some(text(row, 1)?).filter(|_| is_refused);
        let written = [REASON, REFUSED].into_iter().filter_map(|field| after.text(field).map(str::to_owned));
        Ok(label.into_iter().chain(written).any(|text| {
            let text = text.to_lowercase();
            self.words.iter().any(|word| is_word_of(word, &text))
        }))
    }
}

/// Returns true if a text contains this word, and not only as a part of a longer one.
fn is_word_of(word: &str, text: &str) -> bool {
    let continues = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || "_-.".contains(letter))
    };
    text.match_indices(word).any(|(at, _)| {
        let (before, behind) =
            (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
        // A full stop behind a name ends a sentence.
        let behind = behind.trim_start_matches('.');
        !continues(before.chars().next_back()) && !continues(behind.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_only_as_a_whole_word() {
        for text in ["alan", "asked alan.", "for alan, of course", "“alan”", "x alan"] {
            assert!(is_word_of("alan", text), "{text}");
        }
        for text in ["alana", "al", "xalan", "alan-b", "alan_2", "m.alan", "alan2"] {
            assert!(!is_word_of("alan", text), "{text}");
        }
    }
}
