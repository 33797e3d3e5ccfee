//! The export of the store's tables: one state of the rows, streamed.

mod cells;
mod output;

use std::ops::ControlFlow;

use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::store::{ListOf, Read, read};

use super::contract::{
    Export, ExportReport, ExportTarget, ExportedTable, Failure, FailureKind, Progress, Reply,
};
use super::instance::Service;
use super::new_file::refuse_of_store;
use super::operator::Principal;
use super::request_context::RequestContext;
use cells::RowCells;
use output::ExportOutput;

/// The number of rows between two checks for a stop.
const STRIDE: u64 = 256;
/// The number of journal entries that are read at once.
const PAGE: u32 = 500;

/// Writes the export, or only counts its rows in a dry run.
///
/// # Errors
/// [`FailureKind::Conflict`] if the file is there already; the store cannot be read, or the file not be written.
pub(super) fn perform(
    service: &Service,
    context: &mut RequestContext<'_>,
    request: &Export,
) -> Result<Reply, Failure> {
    let report = read(&*service.store, |rows| {
        Principal::find(rows, context)?.admin_only("export the store")?;
        if let ExportTarget::Named { path, .. } = &request.to {
            refuse_of_store(path, &*service.store)?;
        }
        Exporter::new(rows, context, request)?.run()
    })?;
    Ok(Reply::Exported(report))
}

/// An export in progress.
struct Exporter<'a, 'c> {
    rows: &'a dyn Read,
    context: &'a mut RequestContext<'c>,
    request: &'a Export,
    tables: Vec<RowCells>,
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
    ) -> Result<Self, Failure> {
        let is_wanted = |table: &ExportedTable| match request.only {
            Some(only) => only == *table,
            None => *table != ExportedTable::Journal || request.with_journal,
        };
        let tables = ExportedTable::ALL.into_iter().filter(is_wanted);
        let tables: Vec<_> =
            tables.map(|table| RowCells::new(table, request.with_hashes, context.now)).collect();
        let accounts = if request.filter.is_empty() {
            None
        } else {
            let mut ids = rows.user_ids(context.now, &request.filter)?;
            ids.sort_unstable();
            Some(ids)
        };
        let mut total = 0;
        for table in &tables {
            total += match table.table {
                ExportedTable::Stored(table) => rows.stored_count(table)?,
                ExportedTable::Journal => rows.journal_head()?.seq.unsigned_abs(),
            };
        }
        let report = ExportReport::default();
        Ok(Self { rows, context, request, tables, accounts, report, done: 0, total })
    }

    fn run(mut self) -> Result<ExportReport, Failure> {
        // From the first time on, a signal is noted and ends nothing before the file is removed.
        self.tell()?;
        let tables = std::mem::take(&mut self.tables);
        let described: Vec<_> = tables.iter().map(|table| table.described.clone()).collect();
        // A dry run only counts.
        let mut output = None;
        if !self.context.dry_run {
            output = Some(ExportOutput::open(&self.request.to, self.request.form, &described)?);
        }
        for table in &tables {
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
        mut output: Option<&mut ExportOutput>,
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
        output: Option<&mut ExportOutput>,
    ) -> Result<(), Failure> {
        self.count_one()?;
        if !self.is_wanted(table.account_of(row)) {
            return Ok(());
        }
        *self.report.rows_mut(table.table) += 1;
        let cells = table.stored(row, &mut self.report);
        output.map_or(Ok(()), |output| output.row(&cells))
    }

    fn write_journal(&mut self, mut output: Option<&mut ExportOutput>) -> Result<(), Failure> {
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
        if (self.context.progress)(progress).is_continue() {
            return Ok(());
        }
        let words = match self.request.to {
            ExportTarget::Stream(_) => "Stopped; the export is not whole.",
            ExportTarget::Named { .. } => "Stopped; no file was written.",
        };
        Err(Failure::new(FailureKind::Stopped, words))
    }
}

#[cfg(test)]
mod tests;
