//! The request for an export of the store's tables, and its reply.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::domain::filter::Filter;
use crate::domain::stored_table::StoredTable;

use crate::exchange::unpack::Packing;

/// An export of the tables → `Reply::Exported`.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    pub to: ExportTarget,
    pub form: ExportForm,
    /// Restricts the rows to the accounts that match, and to what belongs to them.
    pub filter: Filter,
    /// The only table to export.
    pub only: Option<ExportedTable>,
    pub with_hashes: bool,
    pub with_journal: bool,
}

impl Export {
    /// Returns the tables that are exported, in their order.
    pub fn tables(&self) -> impl Iterator<Item = ExportedTable> {
        ExportedTable::ALL.into_iter().filter(|table| match self.only {
            Some(only) => only == *table,
            None => *table != ExportedTable::Journal || self.with_journal,
        })
    }

    /// Returns true if password hashes leave the store with it.
    pub fn holds_hashes(&self) -> bool {
        let users = ExportedTable::Stored(StoredTable::Users);
        self.with_hashes && self.tables().any(|table| table == users)
    }
}

/// The place where an export goes.
#[derive(Debug, Clone, PartialEq)]
pub enum ExportTarget {
    Stream(OutputStream),
    /// A file, or a folder of files.
    Named {
        path: PathBuf,
        /// True if it may take the place of a file that is there.
        replaces: bool,
    },
}

/// A file that is open already.
#[derive(Debug, Clone)]
pub struct OutputStream {
    pub file: Arc<File>,
    pub is_terminal: bool,
    /// Set once its reader has closed it.
    pub is_closed: Arc<AtomicBool>,
}

impl PartialEq for OutputStream {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.file, &other.file) && self.is_terminal == other.is_terminal
    }
}

/// A table of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportedTable {
    Stored(StoredTable),
    Journal,
}

impl ExportedTable {
    pub const ALL: [Self; 4] = [
        Self::Stored(StoredTable::Users),
        Self::Stored(StoredTable::Sessions),
        Self::Stored(StoredTable::Directories),
        Self::Journal,
    ];

    /// Returns the name of the table in commands and exports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stored(table) => table.word(),
            Self::Journal => "journal",
        }
    }
}

/// A format that an export can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportSyntax {
    Json,
    Csv,
    Sql,
}

impl ExportSyntax {
    pub const ALL: [Self; 3] = [Self::Json, Self::Csv, Self::Sql];

    /// Returns the name of the format, which is also the ending of a file's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Sql => "sql",
        }
    }
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportForm {
    pub layout: ExportLayout,
    pub packing: Packing,
}

/// The division of an export into files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportLayout {
    Json,
    Sql,
    /// One table as CSV.
    Csv,
    /// A folder with a file of CSV for each table.
    CsvFolder,
    /// A ZIP archive with the same files.
    CsvZip,
}

impl ExportForm {
    /// Returns the form for a file's name, or for standard output if there is none. `syntax` overrides the name's ending.
    ///
    /// # Errors
    /// A sentence about the choice that is missing or does not fit.
    pub fn of(
        name: Option<&Path>,
        syntax: Option<ExportSyntax>,
        has_one_table: bool,
    ) -> Result<Self, &'static str> {
        let name = name.map(|name| name.to_string_lossy().to_lowercase());
        let (stem, packing) = match &name {
            Some(name) => unpacked_name(name),
            None => ("", Packing::Plain),
        };
        let ending = stem.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_zip = ending == "zip";
        let by_ending = ExportSyntax::ALL.into_iter().find(|syntax| syntax.word() == ending);
        let by_ending = by_ending.or(is_zip.then_some(ExportSyntax::Csv));
        let layout = match (syntax.or(by_ending), name.is_some()) {
            (None, true) => {
                return Err("The ending of the file's name gives the format (.json, .csv, .sql or .zip, \
                            each but the last also with .gz or .zst), or --as does.");
            }
            (None, false) => return Err("Standard output has no name to tell the format: use --as."),
            (Some(ExportSyntax::Json | ExportSyntax::Sql), true) if is_zip => {
                return Err("A .zip file holds CSV.");
            }
            (Some(ExportSyntax::Json), _) => ExportLayout::Json,
            (Some(ExportSyntax::Sql), _) => ExportLayout::Sql,
            (Some(ExportSyntax::Csv), _) if is_zip && packing == Packing::Plain => ExportLayout::CsvZip,
            (Some(ExportSyntax::Csv), _) if has_one_table => ExportLayout::Csv,
            (Some(ExportSyntax::Csv), true) if by_ending.is_none() && packing == Packing::Plain => {
                ExportLayout::CsvFolder
            }
            (Some(ExportSyntax::Csv), _) => {
                return Err("A file of CSV holds one table: name it with --table, or export all of them \
                            into a .zip file, or with --as csv into a folder.");
            }
        };
        Ok(Self { layout, packing })
    }
}

/// Returns a file's name without the ending of its compression, and the compression.
fn unpacked_name(name: &str) -> (&str, Packing) {
    let endings = [(".gz", Packing::Gzip), (".zst", Packing::Zstd)];
    let packed = endings.iter().find_map(|(ending, packing)| Some((name.strip_suffix(ending)?, *packing)));
    packed.unwrap_or((name, Packing::Plain))
}

/// The numbers of exported rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportReport {
    pub users: u64,
    pub sessions: u64,
    pub directories: u64,
    /// Entries of the journal.
    pub entries: u64,
    /// Values that are no time although their column holds times: exported as none.
    pub unreadable_times: u64,
    /// Tokens that another program stored in the clear: exported as digests.
    pub tokens_digested: u64,
    /// Texts that another program stored and that are not UTF-8: exported with U+FFFD for what is not.
    pub texts_replaced: u64,
    /// The first of them.
    pub replaced: Vec<ReplacedText>,
    /// The journal entry, which an export of password hashes has.
    pub entry: Option<i64>,
}

/// The place of a text that is not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplacedText {
    pub table: &'static str,
    /// The id of the row, as it is stored.
    pub id: String,
    pub column: &'static str,
}

impl ExportReport {
    /// Returns the number of rows of a table.
    pub const fn rows(&self, table: ExportedTable) -> u64 {
        match table {
            ExportedTable::Stored(StoredTable::Users) => self.users,
            ExportedTable::Stored(StoredTable::Sessions) => self.sessions,
            ExportedTable::Stored(StoredTable::Directories) => self.directories,
            ExportedTable::Journal => self.entries,
        }
    }

    /// Returns the number of rows of a table, to be counted up.
    pub fn rows_mut(&mut self, table: ExportedTable) -> &mut u64 {
        match table {
            ExportedTable::Stored(StoredTable::Users) => &mut self.users,
            ExportedTable::Stored(StoredTable::Sessions) => &mut self.sessions,
            ExportedTable::Stored(StoredTable::Directories) => &mut self.directories,
            ExportedTable::Journal => &mut self.entries,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str, syntax: Option<ExportSyntax>, one: bool) -> Option<(ExportLayout, Packing)> {
        let name = (name != "-").then(|| Path::new(name));
        ExportForm::of(name, syntax, one).ok().map(|form| (form.layout, form.packing))
    }

    #[test]
    fn the_name_gives_the_form() {
        use ExportLayout::{Csv, CsvFolder, CsvZip, Json, Sql};
        use Packing::{Gzip, Plain, Zstd};
        let csv = Some(ExportSyntax::Csv);
        for (name, syntax, one, found) in [
            ("a.json", None, false, Some((Json, Plain))),
            ("A.JSON.GZ", None, false, Some((Json, Gzip))),
            ("a.sql.zst", None, true, Some((Sql, Zstd))),
            ("a.zip", None, false, Some((CsvZip, Plain))),
            ("a.csv", None, true, Some((Csv, Plain))),
            ("a.csv.gz", None, true, Some((Csv, Gzip))),
            ("a.csv", None, false, None),
            ("a.csv.gz", None, false, None),
            ("a", csv, false, Some((CsvFolder, Plain))),
            ("a/", csv, false, Some((CsvFolder, Plain))),
            ("a", csv, true, Some((Csv, Plain))),
            ("a.gz", csv, false, None),
            ("a.txt", None, false, None),
            ("a.txt", Some(ExportSyntax::Json), false, Some((Json, Plain))),
            ("a.json", Some(ExportSyntax::Sql), false, Some((Sql, Plain))),
            ("a.zip", Some(ExportSyntax::Json), false, None),
            ("a.zip.gz", None, false, None),
            ("-", None, false, None),
            ("-", Some(ExportSyntax::Json), false, Some((Json, Plain))),
            ("-", csv, false, None),
            ("-", csv, true, Some((Csv, Plain))),
        ] {
            assert_eq!(form(name, syntax, one), found, "{name} {syntax:?} {one}");
        }
    }
}
