//! The result of an import for each row, as lines of JSON in a new file.

use std::borrow::Cow;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use crate::domain::foreign::RowPlace;
use crate::exchange::export::{Cell, write_json_line};
use crate::service::contract::Failure;
use crate::service::new_file::{NewFile, refuse_of_store, unwritten};
use crate::store::Store;

/// The result for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowResult<'r> {
    /// The row was imported under this id.
    Imported(i64),
    /// The row is bad, for this reason.
    Refused(&'r str),
    /// The row is an account that has the username or email of one in the store, for this reason.
    Conflict(&'r str),
    /// The row belongs to such an account.
    LeftOut,
}

/// The beginning of the line for an imported row, and of the one that replaces it if nothing was imported after all.
const IMPORTED: &str = "{\"result\":\"imported\"";
const NOT_IMPORTED: &str = "{\"result\":\"not_imported\"";
const BECAUSE: &str = "\"reason\":\"nothing was imported\"";

/// The file of results, if one is wanted.
#[derive(Default)]
pub(super) struct RowReport {
    file: Option<(PathBuf, NewFile)>,
    /// The first error; nothing is written after it.
    failed: Option<io::Error>,
}

impl RowReport {
    /// Creates the file.
    ///
    /// # Errors
    /// Something of that name is there already, it belongs to the store, or it cannot be written.
    pub(super) fn create(path: Option<&Path>, store: &dyn Store) -> Result<Self, Failure> {
        let create = |path: &Path| {
            refuse_of_store(path, store)?;
            Ok::<_, Failure>((path.to_owned(), NewFile::create(path)?))
        };
        Ok(Self { file: path.map(create).transpose()?, failed: None })
    }

    /// Writes the result for a row.
    pub(super) fn note(&mut self, table: &str, place: RowPlace, result: RowResult<'_>) {
        let Some((_, file)) = self.file.as_mut().filter(|_| self.failed.is_none()) else { return };
        let because = |reason| ("reason", Cell::Text(Cow::Borrowed(reason)));
        let (word, detail) = match result {
            RowResult::Imported(id) => ("imported", ("id", Cell::Number(id))),
            RowResult::Refused(reason) => ("refused", because(reason)),
            RowResult::Conflict(reason) => ("conflict", because(reason)),
            RowResult::LeftOut => ("left_out", because("belongs to an account that conflicts")),
        };
        let (key, number) = match place {
            RowPlace::Line(line) => ("line", line),
            RowPlace::Row(row) => ("row", row),
        };
        let fields = [
            ("result", Cell::Text(word.into())),
            ("table", Cell::Text(table.into())),
            (key, Cell::Number(number as i64)),
            detail,
        ];
        self.failed = write_json_line(&fields, file).err();
    }

    /// Puts the file into its place. If nothing was imported, no line says that its row was.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn finish(self, is_imported: bool) -> Result<(), Failure> {
        let Some((path, mut file)) = self.file else { return Ok(()) };
        if let Some(error) = self.failed {
            return Err(unwritten(&path, &error));
        }
        if is_imported {
            return file.finish();
        }
        let mut corrected = NewFile::create(&path)?;
        file.written()
            .and_then(|lines| correct(lines, &mut corrected))
            .map_err(|error| unwritten(&path, &error))?;
        corrected.finish()
    }
}

fn correct(lines: impl io::Read, corrected: &mut NewFile) -> io::Result<()> {
    for line in BufReader::new(lines).lines() {
        let line = line?;
        match line.strip_prefix(IMPORTED) {
            Some(rest) => {
                // The id is the last value; it was taken back.
                let rest = rest.rsplit_once(",\"id\":").map_or(rest, |(rest, _)| rest);
                writeln!(corrected, "{NOT_IMPORTED}{rest},{BECAUSE}}}")?;
            }
            None => writeln!(corrected, "{line}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::service::testing::Bench;

    use super::*;

    #[test]
    fn lines_of_what_was_taken_back_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        let bench = Bench::empty();
        let written = |is_imported| {
            let mut report = RowReport::create(Some(&path), &*bench.service.store).unwrap();
            report.note("t", RowPlace::Line(2), RowResult::Imported(7));
            report.note("t", RowPlace::Row(3), RowResult::Refused("is \"bad\",\"id\":\n\u{202e}"));
            report.note("t", RowPlace::Row(4), RowResult::Conflict("taken"));
            report.note("u", RowPlace::Row(1), RowResult::LeftOut);
            report.finish(is_imported).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            text
        };
        let rest = "{\"result\":\"refused\",\"table\":\"t\",\"row\":3,\"reason\":\"is \\\"bad\\\",\\\"id\\\":\\n\\u202e\"}\n\
                    {\"result\":\"conflict\",\"table\":\"t\",\"row\":4,\"reason\":\"taken\"}\n\
                    {\"result\":\"left_out\",\"table\":\"u\",\"row\":1,\"reason\":\"belongs to an account that conflicts\"}\n";
        assert_eq!(
            written(true),
            format!("{{\"result\":\"imported\",\"table\":\"t\",\"line\":2,\"id\":7}}\n{rest}")
        );
        assert_eq!(
            written(false),
            format!("{{\"result\":\"not_imported\",\"table\":\"t\",\"line\":2,{BECAUSE}}}\n{rest}")
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_report_that_is_there_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        std::fs::write(&path, "mine").unwrap();
        let bench = Bench::empty();
        let store = &*bench.service.store;
        assert!(RowReport::create(Some(&path), store).is_err());
        assert!(RowReport::create(None, store).unwrap().finish(true).is_ok());
        let journal = bench.folder().join("nexus.db-journal");
        let refused = RowReport::create(Some(&journal), store).err().unwrap();
        assert!(refused.message.contains("belongs to the store itself"), "{}", refused.message);
    }
}
