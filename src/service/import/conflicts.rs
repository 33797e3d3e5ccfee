//! Conflicts with accounts of the store.

use crate::domain::foreign::RowPlace;
use crate::domain::operation::{Operation, Touched};
use crate::domain::text::{count, excerpt};
use crate::domain::user::UserId;
use crate::service::contract::{Failure, FailureKind, ImportReport};
use crate::store::StoreError;

use super::id_map::IdSet;
use super::rows::AccountRow;

/// Imported accounts whose username or email belongs to an account of the store.
#[derive(Debug, Default)]
pub(super) struct AccountConflicts {
    /// The operations under way with accounts of the store.
    operations: Vec<Operation>,
    count: u64,
    /// The labels of the first ones.
    named: Vec<String>,
    /// Their ids in the source.
    ids: IdSet,
}

impl AccountConflicts {
    /// The number of accounts that are named.
    const NAMED: usize = 5;

    pub(super) fn among(operations: Vec<Operation>) -> Self {
        Self { operations, ..Self::default() }
    }

    /// Refuses to replace an account that an unfinished operation covers. Imported rows belong to accounts of their own,
    /// so that nothing else that is under way is in the way of an import.
    ///
    /// # Errors
    /// [`StoreError::UnderWay`].
    pub(super) fn require_free(&self, account: UserId) -> Result<(), StoreError> {
        let touched = Touched { account: Some(account), takes_directories: true, ..Touched::default() };
        match self.operations.iter().find(|operation| operation.covers(&touched)) {
            Some(operation) => Err(StoreError::UnderWay(operation.state())),
            None => Ok(()),
        }
    }

    pub(super) fn add(&mut self, account: &AccountRow, place: RowPlace) {
        self.count += 1;
        if let Some(id) = account.new.id {
            self.ids.insert(id.0);
        }
        if self.named.len() < Self::NAMED {
            self.named.push(format!("{} ({place})", excerpt(&account.label())));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns true if the account with this id in the source is one of them. Nothing that belongs to it is judged.
    pub(super) fn holds(&self, source: i64) -> bool {
        self.ids.contains(source)
    }

    /// Returns the failure of the import; bad rows are reported with it.
    pub(super) fn failure(&self, report: ImportReport) -> Failure {
        let count = count(self.count, "account conflicts", "accounts conflict");
        let named = self.named.join(", ");
        let more = if self.count > self.named.len() as u64 { ", …" } else { "" };
        let bad = match report.refused_rows() {
            0 => String::new(),
            rows => format!("; there are also {}", bad_rows(rows)),
        };
        let words = format!(
            "{count} with those in the store or its bin by username or email: {named}{more}{bad}; nothing was imported."
        );
        let failure = Failure::new(FailureKind::Conflict, words).hint("--replace imports the source's.");
        failure.with_report(report.nothing_taken())
    }
}

/// Returns a number of bad rows for a message.
pub(super) fn bad_rows(rows: u64) -> String {
    count(rows, "bad row", "bad rows")
}
