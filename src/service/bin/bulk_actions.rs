//! The restoration and the purge of items of the bin, each as a bulk action.

use crate::domain::bin::BinItem;
use crate::domain::dependents::DeletionTarget;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{EntityKind, FieldValues};
use crate::domain::operation::Touched;
use crate::service::bulk::BulkAction;
use crate::service::contract::{Action, ActionSummary, Failure, FailureKind, InBin};
use crate::service::dependents::{self, with_belongings, with_rows_of_others};
use crate::service::transaction::{Snapshot, Transaction};

use super::{RestoredSessions, about, bring_back, item, items, lying_in, may_bring_back, object, restorable};

/// The restoration of bin items.
pub(super) struct BinRestoration {
    /// The selection of the request.
    pub(super) named: InBin,
    /// The numbers, in order.
    pub(super) which: Vec<i64>,
    pub(super) to: Option<String>,
    pub(super) with_sessions: bool,
}

impl BulkAction for BinRestoration {
    type Plan = (BinItem, ActionSummary);

    fn action(&self) -> Action {
        Action::Restored
    }

    fn chosen(&self, _: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        if self.to.is_some() && self.which.len() > 1 {
            return Err(Failure::new(FailureKind::Invalid, "Only one directory can get another path."));
        }
        Ok(self.which.clone())
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        filter(&self.named)
    }

    /// Orders the items so that the last one that was deleted is restored first, and what lay in it finds it.
    fn order(&self, numbers: &mut [i64]) {
        numbers.reverse();
    }

    /// Leaves out missing items, and items in conflict unless all is done in one batch, where no one else can have
    /// caused it.
    fn leaves_out(&self, failure: &Failure, in_one: bool) -> bool {
        failure.kind == FailureKind::NotFound || failure.kind == FailureKind::Conflict && !in_one
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let item = item(snapshot, id)?;
        let to = self.to.as_deref();
        if to.is_some() && item.kind == EntityKind::Account {
            return Err(Failure::new(FailureKind::Invalid, "Only a directory can get another path."));
        }
        may_bring_back(snapshot.principal, &item, to)?;
        snapshot.require_free(&Touched {
            account: Some(item.user_id),
            path: (item.kind == EntityKind::Directory).then(|| to.unwrap_or(&item.label)),
            item: Some(id),
            ..Touched::default()
        })?;
        let summary = restorable(snapshot, &item, to, &self.which)?.by_number(&self.named, &item);
        let summary = if self.with_sessions { summary.with_sessions() } else { summary };
        Ok((summary.clone(), (item, summary)))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (item, summary): Self::Plan) -> Result<(), Failure> {
        let to = self.to.as_deref();
        // Items that had to be restored before it are restored by now, or never will be.
        restorable(tx.snapshot(), &item, to, &[])?;
        let sessions =
            if self.with_sessions { RestoredSessions::AsTheyWere } else { RestoredSessions::Ended };
        let after = bring_back(tx, &item, to, sessions)?;
        let after = with_belongings(after, &summary);
        Ok(tx.note(Action::Restored, object(&item), lying_in(item.id), after)?)
    }
}

/// Returns the filter that selects the items, if they are not named.
fn filter(which: &InBin) -> Option<(ListKind, &Filter)> {
    match which {
        InBin::Items(which) => Some((ListKind::Bin, which.filter()?)),
        InBin::Account(_) | InBin::Directory(_) => None,
    }
}

/// The purge of bin items.
pub(super) struct Purging(pub(super) InBin);

impl BulkAction for Purging {
    type Plan = (BinItem, ActionSummary);

    fn action(&self) -> Action {
        Action::Purged
    }

    /// Returns the selected items. A name of several items is refused: what is purged must not be guessed.
    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        let several = match &self.0 {
            InBin::Items(_) => 1,
            InBin::Account(who) => snapshot.rows.binned_accounts(who)?.len(),
            InBin::Directory(path) => snapshot.rows.binned_directories(path)?.len(),
        };
        if several > 1 {
            let message = format!("{several} items in the bin have that name.");
            return Err(Failure::new(FailureKind::Conflict, message)
                .hint("Purge the one that is meant on the console's board of the bin."));
        }
        items(snapshot, &self.0)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        filter(&self.0)
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let item = item(snapshot, id)?;
        snapshot.principal.admin_only("purge")?;
        snapshot.require_free(&Touched { item: Some(id), ..Touched::default() })?;
        let others = dependents::find(snapshot, DeletionTarget::BinItem(id), &item.label)?;
        let summary = about(Action::Purged, &item).by_number(&self.0, &item).with_dependents(others);
        Ok((summary.clone(), (item, summary)))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (item, summary): Self::Plan) -> Result<(), Failure> {
        tx.rows.purge(item.id)?;
        let before = with_rows_of_others(with_belongings(lying_in(item.id), &summary), &summary);
        Ok(tx.note(Action::Purged, object(&item), before, FieldValues::new())?)
    }
}
