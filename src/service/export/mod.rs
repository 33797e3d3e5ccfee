//! The export of the store's tables: one state of the rows, streamed.

mod cells;
mod output;

use std::ops::ControlFlow;

use crate::domain::journal::{Action, FILTER, FieldValues};
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::domain::time::Timestamp;
use crate::exchange::export::Cell;
use crate::store::{ListOf, Read, read};

use super::contract::{
    Export, ExportReport, ExportTarget, ExportedTable, Failure, FailureKind, Progress, Reply,
};
use super::instance::Service;
use super::journal_writer;
use super::new_file::refuse_of_store;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::transaction::with_transaction;
use cells::RowCells;
use output::ExportOutput;

/// The number of rows between two checks for a stop.
const STRIDE: u64 = 256;
/// The number of journal entries that are read at once.
const PAGE: u32 = 500;

/// The conversion of a table's rows to what an export contains of them, with a value for each column.
pub(super) struct ExportedRows(RowCells);

impl ExportedRows {
    pub(super) fn of(table: StoredTable, now: Timestamp) -> Self {
        Self(RowCells::whole(table, now))
    }

    /// Returns the values of a row; those that no export contains are empty.
    pub(super) fn cells<'r>(&self, row: &'r StoredRow<'_>, report: &mut ExportReport) -> Vec<Cell<'r>> {
        self.0.stored(row, report)
    }
}

/// Writes the export, or only counts its rows in a dry run. One of password hashes is recorded in the journal.
///
/// # Errors
/// [`FailureKind::Conflict`] if the file is there already; the store cannot be read, or the file not be written.
pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: &Export,
) -> Result<Reply, Failure> {
    read(&*service.store, |rows| Principal::find(rows, context)?.admin_only("export the store"))?;
    if let ExportTarget::Named { path, .. } = &request.to {
        refuse_of_store(path, &*service.store)?;
    }
    // From the first time on, a signal is noted and ends nothing before the file is removed.
    if (context.progress)(Progress { done: 0, total: 1 }).is_break() {
        return Err(stopped(request));
    }
    let tables: Vec<_> = request.tables().map(|table| RowCells::new(table, request, context.now)).collect();
    let described: Vec<_> = tables.iter().map(|table| table.described.clone()).collect();
    let (mut output, mut entry) = (None, None);
    // A dry run only counts.
    if !context.dry_run {
        output = Some(ExportOutput::open(&request.to, request.form, &described)?);
        // Whoever has read the hashes has left a trace, even if the export does not end.
        if request.holds_hashes() && service.store.writable().is_ok() {
            entry = record(service, context, request)?;
        }
    }
    let report = read(&*service.store, |rows| {
        Principal::find(rows, context)?.admin_only("export the store")?;
        Exporter::new(rows, context, request, &tables)?.run(output)
    })?;
    Ok(Reply::Exported(ExportReport { entry, ..report }))
}

/// Records in the journal that password hashes leave the store, and returns the entry.
fn record(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: &Export,
) -> Result<Option<i64>, Failure> {
    let file = match &request.to {
        ExportTarget::Named { path, .. } => {
            std::path::absolute(path).unwrap_or(path.clone()).to_string_lossy().into_owned()
        }
        ExportTarget::Stream(_) => "standard output".to_owned(),
    };
    let mut after = FieldValues::new().with("hashes", true);
    if !request.filter.is_empty() {
        after = after.with(FILTER, request.filter.to_string());
    }
    with_transaction(service, context, |tx| {
        tx.principal.admin_only("export the store")?;
        tx.note(Action::Exported, journal_writer::store(&file), FieldValues::new(), after)?;
        Ok(tx.journal.first)
    })
}

fn stopped(request: &Export) -> Failure {
    let words = match request.to {
        ExportTarget::Stream(_) => "Stopped; the export is not whole.",
        ExportTarget::Named { .. } => "Stopped; no file was written.",
    };
    Failure::new(FailureKind::Stopped, words)
}

/// An export in progress.
struct Exporter<'a, 'c> {
    rows: &'a dyn Read,
    context: &'a mut RequestContext<'c>,
    request: &'a Export,
    tables: &'a [RowCells],
    /// The ids of the accounts to export, ascending; `None` for all.
    accounts: Option<Vec<i64>>,
    report: ExportReport,
    done: u64,
    total: u64,
}

impl<'a, 'c> Exporter<'a, 'c> {
    fn new(
        rows: &'a dyn Read,
        context: &'a mut RequestContext<'c>,
        request: &'a Export,
        tables: &'a [RowCells],
    ) -> Result<Self, Failure> {
        let accounts = if request.filter.is_empty() {
            None
        } else {
            let mut ids = rows.user_ids(context.now, &request.filter)?;
            ids.sort_unstable();
            Some(ids)
        };
        let mut total = 0;
        for table in tables {
            total += match table.table {
                ExportedTable::Stored(table) => rows.stored_count(table)?,
                ExportedTable::Journal => rows.journal_head()?.seq.unsigned_abs(),
            };
        }
        let report = ExportReport::default();
        Ok(Self { rows, context, request, tables, accounts, report, done: 0, total })
    }

    fn run(mut self, mut output: Option<ExportOutput<'_>>) -> Result<ExportReport, Failure> {
        for table in self.tables {
            if let Some(output) = &mut output {
                output.begin(&table.described)?;
            }
            match table.table {
                ExportedTable::Stored(stored) => self.write_stored(stored, table, output.as_mut())?,
                ExportedTable::Journal => self.write_journal(output.as_mut())?,
            }
            if let Some(output) = &mut output {
                output.end()?;
            }
        }
        self.tell()?;
        if let Some(output) = output {
            output.finish()?;
        }
        Ok(self.report)
    }

    fn write_stored(
        &mut self,
        stored: StoredTable,
        table: &RowCells,
        mut output: Option<&mut ExportOutput<'_>>,
    ) -> Result<(), Failure> {
        let rows = self.rows;
        let mut result = Ok(());
        rows.each_stored(stored, &mut |row| {
            result = self.write_row(row, table, output.as_deref_mut());
            if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        result
    }

    fn write_row(
        &mut self,
        row: &StoredRow<'_>,
        table: &RowCells,
        output: Option<&mut ExportOutput<'_>>,
    ) -> Result<(), Failure> {
        self.count_one()?;
        if !self.is_wanted(table.account_of(row)) {
            return Ok(());
        }
        *self.report.rows_mut(table.table) += 1;
        let cells = table.stored(row, &mut self.report);
        output.map_or(Ok(()), |output| output.row(&cells))
    }

    fn write_journal(&mut self, mut output: Option<&mut ExportOutput<'_>>) -> Result<(), Failure> {
        let list = ListOf { sort: Sort { descending: true, ..Sort::default() }, ..ListOf::default() };
        let mut after = i64::MAX;
        loop {
            let range = RowRange { anchor: Anchor::After(after), before: 0, len: PAGE };
            let entries = self.rows.journal(self.context.now, &list, range)?.rows;
            for entry in &entries {
                self.count_one()?;
                if self.is_wanted(entry.object.account.map(|id| id.0)) {
                    self.report.entries += 1;
                    if let Some(output) = &mut output {
                        output.row(&cells::of_entry(entry))?;
                    }
                }
                after = entry.seq;
            }
            if entries.len() < PAGE as usize {
                return Ok(());
            }
        }
    }

    /// Returns true if rows of this account are exported.
    fn is_wanted(&self, account: Option<i64>) -> bool {
        match (&self.accounts, account) {
            (None, _) => true,
            (Some(ids), Some(account)) => ids.binary_search(&account).is_ok(),
            (Some(_), None) => false,
        }
    }

    /// Counts a row that was read.
    fn count_one(&mut self) -> Result<(), Failure> {
        if self.done.is_multiple_of(STRIDE) {
            self.tell()?;
        }
        self.done += 1;
        Ok(())
    }

    fn tell(&mut self) -> Result<(), Failure> {
        let progress = Progress { done: self.done, total: self.total.max(self.done) };
        if (self.context.progress)(progress).is_continue() { Ok(()) } else { Err(stopped(self.request)) }
    }
}

#[cfg(test)]
mod tests;
