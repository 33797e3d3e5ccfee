//! Many new accounts from a file of CSV, each with an access code, and the list of the codes.

use std::fs::{self, File};
use std::path::Path;

use crate::auth::checksum::Sum;
use crate::auth::password::UNUSABLE;
use crate::domain::foreign::{Row, RowPlace, Value};
use crate::domain::stored_table::StoredTable;
use crate::domain::text::{count, excerpt, excerpt_bare, excerpt_path};
use crate::domain::user::{Field, FieldSpec, Fields};
use crate::exchange::csv_rows::CsvRows;
use crate::exchange::export::{Cell, CellKind, CsvTableWriter, ExportColumn, ExportTable};
use crate::exchange::table_error::TableError;
use crate::exchange::unpack::Unpacked;
use crate::service::contract::{
    Action, ActionSummary, Failure, FailureKind, ImportReport, Progress, RefusedRow, Reply, TableCounts,
};
use crate::service::instance::Service;
use crate::service::new_file::{NewFile, refuse_of_store, unwritten};
use crate::service::request_context::RequestContext;
use crate::service::transaction::{Transaction, with_transaction};
use crate::store::NewUser;

use super::passwords::{LONGEST_CODE, NewCode};
use super::{add_one, required_fields};

/// The fields that the columns of the file may have.
const COLUMNS: [Field; 5] =
    [Field::Email, Field::FirstName, Field::LastName, Field::Username, Field::AccessLevel];

/// The most rows of a file, which are all in memory. The codes of so many take hours.
const MAX_ROWS: usize = 100_000;

/// An account of the file.
struct NewAccount {
    place: RowPlace,
    fields: Fields,
}

/// Adds the accounts of a file and writes their access codes into a new one, all or nothing.
///
/// # Errors
/// [`FailureKind::Invalid`] with the bad rows, [`FailureKind::Conflict`] if nothing but names of the store is wrong with
/// them, or if they are not those that were agreed to; the list cannot be written.
pub(super) fn add_all(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    (file, codes): (&Path, &Path),
    agreed: Option<&str>,
) -> Result<Reply, Failure> {
    refuse_of_store(codes, &*service.store)?;
    if service.store.owns(file) {
        let words = format!("{} is the store itself; nothing was added.", excerpt_path(file));
        return Err(Failure::new(FailureKind::Invalid, words));
    }
    let (accounts, mut refused) = read(file)?;
    let sum = checksum(&accounts);
    if agreed.is_some_and(|agreed| agreed != sum) {
        let words = format!("{} was changed after the question; nothing was added.", excerpt_path(file));
        return Err(Failure::new(FailureKind::Conflict, words).hint("Run the command again."));
    }
    let total = accounts.len() + refused.len();
    // Bad rows are found before hours of hashing, in a transaction that is rolled back.
    let is_dry_run = std::mem::replace(&mut context.dry_run, true);
    let mut kind = if refused.is_empty() { FailureKind::Conflict } else { FailureKind::Invalid };
    let tried = with_transaction(service, context, |tx| insert(tx, &accounts, &[], &mut refused, &mut kind));
    context.dry_run = is_dry_run;
    let tried = tried?;
    if !refused.is_empty() {
        return Err(bad_rows(refused, total, kind));
    }
    let list = NewFile::create(codes)?;
    if is_dry_run {
        return Ok(Reply::Done(ActionSummary { list: Some(sum), ..tried }));
    }
    let made = make_codes(service, context, accounts.len())?;
    let mut list = Some(list);
    let mut is_placed = false;
    let summary = with_transaction(service, context, |tx| {
        let summary = insert(tx, &accounts, &made, &mut refused, &mut kind)?;
        if !refused.is_empty() {
            return Err(bad_rows(std::mem::take(&mut refused), total, kind));
        }
        // Before the accounts are there for good: codes that nobody knows would be of no use.
        match list.take() {
            Some(list) => write_list(list, codes, &accounts, &summary.ids, &made)?,
            None => return Err(unwritten(codes, &std::io::ErrorKind::Other.into())),
        }
        is_placed = true;
        Ok(summary)
    });
    if summary.is_err() && is_placed {
        // Codes of accounts that do not exist.
        let _ = fs::remove_file(codes);
    }
    summary.map(Reply::Done)
}

/// Reads the accounts, and the rows that are none.
fn read(path: &Path) -> Result<(Vec<NewAccount>, Vec<RefusedRow>), Failure> {
    let unfit = |error: TableError| {
        let words = format!("{}: {error}; nothing was added.", excerpt_path(path));
        Failure::new(FailureKind::Invalid, words)
    };
    let content = File::open(path).and_then(Unpacked::new).map_err(|error| unfit(error.into()))?;
    let mut rows = CsvRows::new(content).map_err(unfit)?;
    let columns = columns(rows.columns())?;
    let (mut accounts, mut refused) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next_row(&StoredTable::Users.name().into()).map_err(unfit)? {
        let place = row.place;
        if accounts.len() + refused.len() == MAX_ROWS {
            let words = format!("{} holds more than 100,000 rows; nothing was added.", excerpt_path(path));
            return Err(Failure::new(FailureKind::Invalid, words).hint("Add the accounts in several files."));
        }
        match fields(row, &columns) {
            Ok(fields) => accounts.push(NewAccount { place, fields }),
            Err(reason) => refused.push(refusal(place, reason)),
        }
    }
    if accounts.is_empty() && refused.is_empty() {
        let words = format!("{} holds no accounts.", excerpt_path(path));
        return Err(Failure::new(FailureKind::Invalid, words));
    }
    Ok((accounts, refused))
}

/// Returns a checksum of the accounts, which tells whether they are those of an earlier reading.
fn checksum(accounts: &[NewAccount]) -> String {
    let mut sum = Sum::default();
    for account in accounts {
        for spec in COLUMNS.into_iter().filter_map(Field::spec) {
            sum.add(spec.new_value(&account.fields));
        }
    }
    sum.finish()
}

/// Returns the fields that the columns stand for.
fn columns(names: &[String]) -> Result<Vec<&'static FieldSpec>, Failure> {
    let known = || COLUMNS.into_iter().filter_map(Field::spec);
    let wanted: Vec<_> = known().map(|spec| spec.column).collect();
    let invalid = |words: String| Err(Failure::new(FailureKind::Invalid, words));
    let mut found: Vec<&FieldSpec> = Vec::new();
    for name in names {
        let Some(spec) = known().find(|spec| spec.column.eq_ignore_ascii_case(name)) else {
            return invalid(format!(
                "There is no column “{}”: use {}.",
                excerpt_bare(name),
                wanted.join(", ")
            ));
        };
        if found.iter().any(|other| other.field == spec.field) {
            return invalid(format!("The column {} appears twice.", spec.column));
        }
        found.push(spec);
    }
    match known().find(|spec| spec.required && !found.iter().any(|other| other.field == spec.field)) {
        Some(missing) => invalid(format!("The first line names no column {}.", missing.column)),
        None => Ok(found),
    }
}

/// Returns the fields of a row, or the rule that it breaks.
fn fields(row: Row, columns: &[&'static FieldSpec]) -> Result<Fields, String> {
    if row.values.len() != columns.len() {
        let (values, names) = (row.values.len(), columns.len());
        return Err(format!("has {values} values, not {names}"));
    }
    let mut fields = Fields::default();
    for (spec, value) in columns.iter().zip(row.values) {
        let text = match value {
            Value::Null => continue,
            Value::Text(text) | Value::Number(text) => text,
            Value::Bytes(_) | Value::Expression(_) | Value::Nested => {
                return Err(format!("{} is not UTF-8 text", spec.column));
            }
        };
        if !spec.words().is_empty() && spec.word(&text).is_none() {
            return Err(format!("{} cannot be “{}”", spec.column, excerpt_bare(&text)));
        }
        fields.set(spec, Some(text));
    }
    required_fields(&fields).map_err(|failure| failure.message)?;
    Ok(fields)
}

fn refusal(place: RowPlace, reason: String) -> RefusedRow {
    RefusedRow { table: StoredTable::Users.name(), place, rows: 1, reason }
}

fn bad_rows(refused: Vec<RefusedRow>, total: usize, kind: FailureKind) -> Failure {
    let rows = count(refused.len() as u64, "bad row", "bad rows");
    let read = TableCounts { users: total as u64, ..TableCounts::default() };
    let report = ImportReport { read, refused, ..ImportReport::default() };
    Failure::new(kind, format!("{rows}; nothing was added.")).with_report(report)
}

/// Makes an access code for each account, which takes long.
fn make_codes(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    accounts: usize,
) -> Result<Vec<NewCode>, Failure> {
    let expires_at = context.now + LONGEST_CODE;
    let mut codes = Vec::with_capacity(accounts);
    for done in 0..accounts {
        if (context.progress)(Progress { done: done as u64, total: accounts as u64 }).is_break() {
            return Err(Failure::new(FailureKind::Stopped, "Stopped; nothing was added."));
        }
        codes.push(NewCode::make(&mut service.hasher, expires_at)?);
    }
    Ok(codes)
}

/// Inserts the accounts with their codes. One whose names are taken is refused, and `kind` is set to that of a bad file if
/// another row has them.
fn insert(
    tx: &mut Transaction<'_>,
    accounts: &[NewAccount],
    codes: &[NewCode],
    refused: &mut Vec<RefusedRow>,
    kind: &mut FailureKind,
) -> Result<ActionSummary, Failure> {
    tx.principal.admin_only("add accounts")?;
    let mut summary = ActionSummary::new(Action::Added);
    for (at, NewAccount { place, fields }) in accounts.iter().enumerate() {
        let taken = match tx.rows.reserved_by(tx.now, fields)? {
            Some((field, _)) => Some(format!("{} is reserved for an account in the bin", field.label())),
            None => tx.rows.holder(None, fields)?.map(|(field, holder)| {
                if summary.ids.binary_search(&holder.0).is_ok() {
                    *kind = FailureKind::Invalid;
                }
                format!("{} is taken", field.label())
            }),
        };
        if let Some(reason) = taken {
            refused.push(refusal(*place, reason));
            continue;
        }
        let new = NewUser {
            id: None,
            fields: fields.clone(),
            password_hash: UNUSABLE.to_owned(),
            created_at: tx.now,
            updated_at: None,
        };
        let (user, one) = add_one(tx, &new, false, codes.get(at))?;
        summary.accounts += 1;
        summary.changes_level |= one.changes_level;
        summary.names.extend(one.changes_level.then(|| excerpt(user.label()).into_owned()));
        summary.ids.push(user.id.0);
    }
    summary.written = tx.journal.first;
    Ok(summary)
}

/// Writes the list of the codes.
fn write_list(
    list: NewFile,
    path: &Path,
    accounts: &[NewAccount],
    ids: &[i64],
    codes: &[NewCode],
) -> Result<(), Failure> {
    let column = |name, kind| ExportColumn { name, kind, is_key: name == "id" };
    let fields = COLUMNS.into_iter().filter_map(Field::spec);
    let mut columns = vec![column("id", CellKind::Number)];
    columns.extend(fields.clone().map(|spec| column(spec.column, CellKind::Text)));
    columns.extend([column("access_code", CellKind::Text), column("expires_at", CellKind::Time)]);
    let table = ExportTable { word: "codes", name: "codes", columns };
    let failed = |error| unwritten(path, &error);
    let mut lines = CsvTableWriter::new(list, &table, false).map_err(failed)?;
    for ((account, id), code) in accounts.iter().zip(ids).zip(codes) {
        let mut cells = vec![Cell::Number(*id)];
        let value = |spec: &FieldSpec| spec.new_value(&account.fields).map(str::to_owned);
        cells.extend(
            fields.clone().map(|spec| value(spec).map_or(Cell::Null, |text| Cell::Text(text.into()))),
        );
        cells.extend([Cell::Text(code.shown().expose().into()), Cell::Time(code.stored.expires_at)]);
        lines.row(&cells).map_err(failed)?;
    }
    lines.finish().map_err(failed)?.finish()
}

#[cfg(test)]
mod tests;
