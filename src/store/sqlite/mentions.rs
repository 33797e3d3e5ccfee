//! Entries of the journal that mention a person although they are about somebody else.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};

use crate::domain::erasure::FormerNames;
use crate::domain::journal::{Action, FILTER, FieldValues, Outcome, REASON, REFUSED};
use crate::domain::user::{UserId, Who};
use crate::store::Result;

use super::error;
use super::journal_parts::parts_between;
use super::names::id_of;
use super::statement::{all, first};
use super::values::{optional, text};

/// Reads the names of an account from the bin and from the entries of the journal after `after`, and adds those that were read
/// before. Names that another account has now are left out: entries that mention them may mean that one.
pub(super) fn names(
    connection: &Connection,
    account: UserId,
    before: FormerNames,
    (after, up_to): (i64, i64),
) -> Result<FormerNames> {
    let mut names = before;
    let sql = "SELECT before, after FROM nexus_journal INDEXED BY nexus_journal_account
               WHERE (seq >> 16) = ?2 AND account_id = ?1 AND kind = 'account' AND seq > ?3";
    let read = |row: &Row<'_>| Ok([text(row, 0)?, text(row, 1)?]);
    for part in parts_between(after, up_to) {
        for values in all(connection, sql, &[account.0.into(), part.into(), after.into()], read)? {
            for values in values.map(|text| FieldValues::parse(&text)) {
                let value = |field| values.text(field).map(str::to_owned);
                names.add(value("username"), value("email"), value("firstname").zip(value("lastname")));
            }
        }
    }
    let sql = "SELECT label FROM nexus_journal_labels WHERE account_id = ?";
    for label in all(connection, sql, &[account.0.into()], |row| text(row, 0))? {
        names.add_label(label);
    }
    let sql = "SELECT u.username, u.email, u.firstname, u.lastname
               FROM nexus_bin b JOIN nexus_bin_users u ON u.bundle = b.id WHERE b.user_id = ?";
    let read =
        |row: &Row<'_>| Ok([optional(row, 0)?, optional(row, 1)?, optional(row, 2)?, optional(row, 3)?]);
    for [username, email, firstname, lastname] in all(connection, sql, &[account.0.into()], read)? {
        names.add(username, email, firstname.zip(lastname));
    }
    let homes = names.usernames.iter().map(|name| format!("{:05}_{}", account.0, name.to_lowercase()));
    names.homes.extend(homes);
    drop_taken(connection, &mut names)?;
    Ok(names)
}

fn drop_taken(connection: &Connection, names: &mut FormerNames) -> Result<()> {
    for (names, who) in [
        (&mut names.usernames, Who::Username as fn(String) -> Who),
        (&mut names.emails, Who::Email as fn(String) -> Who),
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

/// Returns true if a text that somebody wrote has one of the names in it.
pub(super) fn are_in(names: &FormerNames, text: &str) -> bool {
    let (needles, text) = (Needles::of(names), text.to_lowercase());
    needles.unmistakable_in(&text) || needles.words_in(&text)
}

/// Returns the entries after `after` that are not about the account but mention it.
pub(super) fn find(
    connection: &Connection,
    account: UserId,
    names: &FormerNames,
    after: i64,
) -> Result<Vec<i64>> {
    let needles = Needles::of(names);
    if needles.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT seq, label, before, after, outcome = ?3, account_id IS NOT NULL AND kind <> 'directory'
               FROM nexus_journal
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

/// The fields in which an account has names of its own.
const OWN_NAMES: [&str; 2] = ["username", "email"];

/// The texts that are searched for, in lower case.
struct Needles {
    emails: Vec<String>,
    homes: Vec<String>,
    /// Those that are looked for only in what people wrote and in the names of what was refused.
    words: Vec<String>,
}

impl Needles {
    fn of(names: &FormerNames) -> Self {
        let lower = |names: &BTreeSet<String>| names.iter().map(|name| name.to_lowercase()).collect();
        let words = names.usernames.union(&names.full).cloned().collect();
        Self { emails: lower(&names.emails), homes: lower(&names.homes), words: lower(&words) }
    }

    fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        self.emails.iter().chain(&self.homes).chain(&self.words)
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
        if !self.all().any(holds) {
            return Ok(false);
        }
        let (is_refused, is_named): (bool, bool) = (row.get(4)?, row.get(5)?);
        let label = text(row, 1)?.to_lowercase();
        let [before, after] = [FieldValues::parse(&text(row, 2)?), FieldValues::parse(&text(row, 3)?)];
        // A name that another account had too is its own there.
        let told = [&before, &after].into_iter().flat_map(|values| {
            let told = values.fields().filter(|(name, _)| !(is_named && OWN_NAMES.contains(name)));
            told.map(|(name, _)| values.words(name).to_lowercase())
        });
        let label_told = Some(label.clone()).filter(|_| !is_named);
        if told.chain(label_told).any(|text| self.unmistakable_in(&text)) {
            return Ok(true);
        }
        let written = [REASON, REFUSED, FILTER].into_iter().filter_map(|field| after.text(field));
        let written = written.map(str::to_lowercase).chain(Some(label).filter(|_| is_refused));
        Ok(written.into_iter().any(|text| self.words_in(&text)))
    }

    /// Returns true if a text has one of the emails or the name of a home in it.
    fn unmistakable_in(&self, text: &str) -> bool {
        self.emails.iter().any(|email| is_email_in(email, text))
            || self.homes.iter().any(|home| is_home_in(home, text))
    }

    fn words_in(&self, text: &str) -> bool {
        self.words.iter().any(|word| is_word_of(word, text))
    }
}

/// Returns true if a text contains this word, and not only as a part of a longer one.
fn is_word_of(word: &str, text: &str) -> bool {
    stands_in(word, text, "_-.")
}

/// Returns true if a text contains this email, and not only as a part of another one.
fn is_email_in(email: &str, text: &str) -> bool {
    stands_in(email, text, "_-.+%")
}

/// Returns true if a text contains the name of this home, or one that begins with it: the id makes it that person's.
fn is_home_in(home: &str, text: &str) -> bool {
    text.match_indices(home)
        .any(|(at, _)| !text.get(..at).unwrap_or_default().ends_with(|letter: char| letter.is_ascii_digit()))
}

/// Returns true if a text contains this one with no letter, digit, or sign of these beside it.
fn stands_in(wanted: &str, text: &str, signs: &str) -> bool {
    let continues = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || signs.contains(letter))
    };
    text.match_indices(wanted).any(|(at, _)| {
        let (before, behind) =
            (text.get(..at).unwrap_or_default(), text.get(at + wanted.len()..).unwrap_or_default());
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

    #[test]
    fn an_email_counts_only_where_it_is_no_part_of_another() {
        for text in
            ["an@x.org", "to an@x.org.", "<an@x.org>", "'an@x.org'", "/srv/an@x.org/a", "an@x.org, b@x"]
        {
            assert!(is_email_in("an@x.org", text), "{text}");
        }
        for text in ["alan@x.org", "an@x.org.uk", "an@x.organ", "b.an@x.org", "b+an@x.org", "b-an@x.org"] {
            assert!(!is_email_in("an@x.org", text), "{text}");
        }
    }

    #[test]
    fn a_home_counts_with_what_is_behind_it_but_not_with_a_longer_id() {
        for text in ["00002_al", "00002_alan/photos", "in 00002_al"] {
            assert!(is_home_in("00002_al", text), "{text}");
        }
        for text in ["100002_al", "100002_alan"] {
            assert!(!is_home_in("00002_al", text), "{text}");
        }
    }
}
