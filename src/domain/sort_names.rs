//! The names of the columns that lists are sorted by: those of `--sort`, and those by which the console sorts and
//! remembers an order.

use super::bin::BinColumn;
use super::directory::DirectoryColumn;
use super::journal::JournalColumn;
use super::session::SessionColumn;
use super::user::UserColumn;

/// A column that a list is sorted by.
pub trait NamedColumn: Copy + PartialEq + Send + Sync + 'static {
    /// The names of all columns; a column's aliases follow its own name.
    const NAMES: &'static [(&'static str, Self)];

    /// Returns the column with this name.
    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, column)| *column)
    }

    /// Returns the own name of each column.
    fn own_names() -> impl Iterator<Item = &'static str> {
        let is_first =
            |at: usize, column: Self| Self::NAMES.iter().position(|(_, other)| *other == column) == Some(at);
        let numbered = Self::NAMES.iter().enumerate();
        numbered.filter(move |(at, (_, column))| is_first(*at, *column)).map(|(_, (name, _))| *name)
    }
}

impl NamedColumn for UserColumn {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("id", Self::Id),
        ("username", Self::Username),
        ("firstname", Self::FirstName),
        ("lastname", Self::Name),
        ("name", Self::Name),
        ("email", Self::Email),
        ("status", Self::Status),
        ("access_level", Self::Level),
        ("level", Self::Level),
        ("contact_number", Self::Phone),
        ("phone", Self::Phone),
        ("created_at", Self::Created),
        ("created", Self::Created),
        ("updated_at", Self::Updated),
        ("modified", Self::Updated),
        ("last_seen", Self::LastSeen),
        ("seen", Self::LastSeen),
        ("active_sessions", Self::Sessions),
        ("sessions", Self::Sessions),
    ];
}

impl NamedColumn for SessionColumn {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("id", Self::Id),
        ("user", Self::User),
        ("status", Self::Status),
        ("state", Self::State),
        ("expiration", Self::Expiration),
        ("last_seen", Self::LastSeen),
        ("seen", Self::LastSeen),
        ("started_at", Self::Started),
        ("started", Self::Started),
        ("origin", Self::Origin),
        ("label", Self::Label),
    ];
}

impl NamedColumn for DirectoryColumn {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("id", Self::Id),
        ("directory_path", Self::Name),
        ("path", Self::Name),
        ("name", Self::Name),
        ("directory_name", Self::LastPart),
        ("owner", Self::Owner),
        ("date_added", Self::Added),
        ("created", Self::Added),
        ("last_modified", Self::Modified),
        ("modified", Self::Modified),
        ("children", Self::Below),
        ("below", Self::Below),
    ];
}

impl NamedColumn for JournalColumn {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("seq", Self::Seq),
        ("time", Self::Seq),
        ("actor", Self::Actor),
        ("by", Self::Actor),
        ("verb", Self::Action),
        ("what", Self::Action),
    ];
}

impl NamedColumn for BinColumn {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("deleted_at", Self::Deleted),
        ("id", Self::Deleted),
        ("deleted", Self::Deleted),
        ("label", Self::Label),
        ("name", Self::Label),
        ("deleted_by", Self::By),
        ("by", Self::By),
        ("kind", Self::Kind),
        ("sessions", Self::Sessions),
        ("directories", Self::Directories),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_name_the_same_column_and_are_not_listed() {
        assert_eq!(UserColumn::named("phone"), UserColumn::named("contact_number"));
        assert_eq!(UserColumn::named("nothing"), None);
        assert_eq!(
            SessionColumn::own_names().collect::<Vec<_>>(),
            ["id", "user", "status", "state", "expiration", "last_seen", "started_at", "origin", "label"]
        );
        assert_eq!(JournalColumn::own_names().collect::<Vec<_>>(), ["seq", "actor", "verb"]);
    }
}
