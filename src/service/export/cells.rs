//! The values of rows as an export contains them: times that are read alike, digests instead of tokens, and no secrets
//! that were not asked for.

use std::borrow::Cow;

use crate::auth::password::UNUSABLE;
use crate::auth::token::{digest, is_digest};
use crate::domain::journal::Entry;
use crate::domain::session::RowStatus;
use crate::domain::stored_table::{ColumnKind, StoredColumn, StoredRow, StoredTable};
use crate::domain::time::{Timestamp, from_stored};
use crate::domain::user::FIELDS;
use crate::exchange::export::{Cell, CellKind, ExportColumn, ExportTable};
use crate::service::contract::{Export, ExportLayout, ExportReport, ExportedTable, ReplacedText};

/// The most replaced texts that a report names.
const MOST_REPLACED: usize = 100;

/// The conversion of a table's rows.
pub(super) struct RowCells {
    pub(super) table: ExportedTable,
    pub(super) described: ExportTable,
    /// The columns that are exported, with their positions in the stored row.
    columns: Vec<(usize, StoredColumn)>,
    /// The position of the account's id in the stored row.
    account: usize,
    /// The positions of a session's status and expiration.
    state: Option<(usize, usize)>,
    now: Timestamp,
}

impl RowCells {
    pub(super) fn new(table: ExportedTable, request: &Export, now: Timestamp) -> Self {
        let ExportedTable::Stored(stored) = table else { return Self::of_journal(now) };
        let notes = match request.form.layout {
            // A script has the tables as every program knows them.
            ExportLayout::Sql => 0,
            ExportLayout::Json | ExportLayout::Csv | ExportLayout::CsvFolder | ExportLayout::CsvZip => {
                stored.notes().len()
            }
        };
        let is_exported = |column: &StoredColumn| match column.kind {
            ColumnKind::Id
            | ColumnKind::Text
            | ColumnKind::Time
            | ColumnKind::TokenDigest
            | ColumnKind::SessionStatus
            | ColumnKind::Flag => true,
            ColumnKind::PasswordHash => request.with_hashes,
            ColumnKind::AccessCode | ColumnKind::Derived => false,
        };
        let all = stored.columns_and_notes().take(stored.columns().len() + notes).enumerate();
        Self::with_columns(stored, all.filter(|(_, column)| is_exported(column)).collect(), now)
    }

    /// Returns the conversion of rows with all columns of the table, each in its place. Those that no export contains are empty.
    pub(super) fn whole(stored: StoredTable, now: Timestamp) -> Self {
        Self::with_columns(stored, stored.columns().iter().copied().enumerate().collect(), now)
    }

    fn with_columns(stored: StoredTable, columns: Vec<(usize, StoredColumn)>, now: Timestamp) -> Self {
        let described = columns.iter().map(|(_, column)| ExportColumn {
            name: column.name,
            kind: cell_kind(column.kind),
            is_key: column.name == "id",
        });
        let place = |name: &str| stored.columns().iter().position(|column| column.name == name);
        let account = match stored {
            StoredTable::Users => place("id"),
            StoredTable::Sessions | StoredTable::Directories => place("user_id"),
        };
        let described =
            ExportTable { word: stored.word(), name: stored.name(), columns: described.collect() };
        let state = match stored {
            StoredTable::Sessions => place("status").zip(place("expiration")),
            StoredTable::Users | StoredTable::Directories => None,
        };
        let (table, account) = (ExportedTable::Stored(stored), account.unwrap_or_default());
        Self { table, described, columns, account, state, now }
    }

    fn of_journal(now: Timestamp) -> Self {
        let columns =
            JOURNAL.iter().map(|(name, kind)| ExportColumn { name, kind: *kind, is_key: *name == "seq" });
        let described = ExportTable {
            word: ExportedTable::Journal.word(),
            name: "nexus_journal",
            columns: columns.collect(),
        };
        Self { table: ExportedTable::Journal, described, columns: Vec::new(), account: 0, state: None, now }
    }

    /// Returns the account that a row is or belongs to.
    pub(super) fn account_of(&self, row: &StoredRow<'_>) -> Option<i64> {
        value(row, self.account)?.parse().ok()
    }

    /// Returns the values of a stored row.
    pub(super) fn stored<'r>(&self, row: &'r StoredRow<'_>, report: &mut ExportReport) -> Vec<Cell<'r>> {
        let cells = self.columns.iter().map(|(at, column)| {
            let Some(text) = value(row, *at) else { return absent(column) };
            if row.get(*at).is_some_and(|value| value.as_ref().is_some_and(|value| value.is_replaced)) {
                self.note_replaced(row, column.name, report);
            }
            match column.kind {
                ColumnKind::Id => text.parse().map_or(Cell::Text(text.into()), Cell::Number),
                ColumnKind::Text if text.is_empty() && self.is_cleared_by_empty(column) => Cell::Null,
                ColumnKind::Time => from_stored(text).map_or_else(
                    || {
                        report.unreadable_times += u64::from(!text.is_empty());
                        Cell::Null
                    },
                    Cell::Time,
                ),
                ColumnKind::PasswordHash if text.is_empty() || text == UNUSABLE => Cell::Null,
                ColumnKind::Text | ColumnKind::PasswordHash => Cell::Text(text.into()),
                ColumnKind::TokenDigest if is_digest(text) => Cell::Text(text.into()),
                ColumnKind::TokenDigest => {
                    report.tokens_digested += 1;
                    Cell::Text(digest(text).into())
                }
                ColumnKind::SessionStatus => Cell::Text(self.session_status(row).word().into()),
                ColumnKind::Flag => Cell::Flag(text != "0"),
                ColumnKind::AccessCode | ColumnKind::Derived => Cell::Null,
            }
        });
        cells.collect()
    }

    /// Notes a text that cannot be exported as it is stored.
    fn note_replaced(&self, row: &StoredRow<'_>, column: &'static str, report: &mut ExportReport) {
        report.texts_replaced += 1;
        if report.replaced.len() < MOST_REPLACED {
            let id = self.id_of(row);
            report.replaced.push(ReplacedText { table: self.described.word, id, column });
        }
    }

    /// Returns the id of a row.
    fn id_of(&self, row: &StoredRow<'_>) -> String {
        let place = self.columns.iter().find(|(_, column)| column.name == "id").map(|(at, _)| *at);
        place.and_then(|at| value(row, at)).unwrap_or_default().to_owned()
    }

    /// Returns true for a field of an account that an empty text clears.
    fn is_cleared_by_empty(&self, column: &StoredColumn) -> bool {
        self.table == ExportedTable::Stored(StoredTable::Users)
            && FIELDS.iter().any(|spec| spec.column == column.name && !spec.required)
    }

    /// Returns the status of a session: that of its row, unless its time is over.
    fn session_status(&self, row: &StoredRow<'_>) -> RowStatus {
        let Some((status, expiration)) = self.state else { return RowStatus::Expired };
        let is_active = value(row, status).and_then(RowStatus::parse) == Some(RowStatus::Active);
        let is_in_time = value(row, expiration).and_then(from_stored).is_some_and(|end| end > self.now);
        if is_active && is_in_time { RowStatus::Active } else { RowStatus::Expired }
    }
}

fn value<'r>(row: &'r StoredRow<'_>, at: usize) -> Option<&'r str> {
    Some(&row.get(at)?.as_ref()?.text)
}

/// Returns the cell for a column without a value.
const fn absent<'c>(column: &StoredColumn) -> Cell<'c> {
    match column.kind {
        ColumnKind::Flag => Cell::Flag(false),
        ColumnKind::Id
        | ColumnKind::Text
        | ColumnKind::Time
        | ColumnKind::PasswordHash
        | ColumnKind::TokenDigest
        | ColumnKind::SessionStatus
        | ColumnKind::AccessCode
        | ColumnKind::Derived => Cell::Null,
    }
}

const fn cell_kind(kind: ColumnKind) -> CellKind {
    match kind {
        ColumnKind::Id => CellKind::Number,
        ColumnKind::Time => CellKind::Time,
        ColumnKind::Flag => CellKind::Flag,
        ColumnKind::Text
        | ColumnKind::PasswordHash
        | ColumnKind::TokenDigest
        | ColumnKind::SessionStatus
        | ColumnKind::AccessCode
        | ColumnKind::Derived => CellKind::Text,
    }
}

/// The columns of the journal, as lists of it have them.
const JOURNAL: [(&str, CellKind); 18] = [
    ("seq", CellKind::Number),
    ("at", CellKind::Time),
    ("actor_id", CellKind::Number),
    ("actor", CellKind::Text),
    ("sudo_user", CellKind::Text),
    ("session_id", CellKind::Number),
    ("place", CellKind::Text),
    ("verb", CellKind::Text),
    ("outcome", CellKind::Text),
    ("kind", CellKind::Text),
    ("object_id", CellKind::Number),
    ("label", CellKind::Text),
    ("account_id", CellKind::Number),
    ("before", CellKind::Json),
    ("after", CellKind::Json),
    ("act", CellKind::Number),
    ("undoes", CellKind::Number),
    ("hash", CellKind::Text),
];

/// Returns the values of a journal entry, in the order of [`JOURNAL`].
pub(super) fn of_entry(entry: &Entry) -> [Cell<'_>; 18] {
    let number = |number: Option<i64>| number.map_or(Cell::Null, Cell::Number);
    let text = |text: &'static str| Cell::Text(Cow::Borrowed(text));
    [
        Cell::Number(entry.seq),
        entry.at.map_or(Cell::Null, Cell::Time),
        number(entry.actor.account.map(|id| id.0)),
        Cell::Text((&entry.actor.name).into()),
        entry.actor.sudo_user.as_ref().map_or(Cell::Null, |name| Cell::Text(name.into())),
        number(entry.origin.session),
        Cell::Text((&entry.origin.place).into()),
        Cell::Text((&entry.action).into()),
        text(entry.outcome.word()),
        text(entry.object.kind.word()),
        number(entry.object.id),
        Cell::Text((&entry.object.label).into()),
        number(entry.object.account.map(|id| id.0)),
        Cell::Json(entry.before.clone().into_json().to_string()),
        Cell::Json(entry.after.clone().into_json().to_string()),
        Cell::Number(entry.act),
        number(entry.undoes),
        Cell::Text((&entry.hash).into()),
    ]
}
