//! Ranges of the journal in lines: adjacent entries of one action are one line, unless it is unfolded.

use rusqlite::Connection;

use crate::domain::journal::{Fold, JournalColumn, Line};
use crate::domain::page::{Anchor, RowRange, Sort, Window};
use crate::domain::time::Timestamp;
use crate::store::{ListOf, Result};

use super::cache::CachedReader;
use super::journal_folds::{JournalFolds, Spot, fold_of};
use super::journal_orders::EntryOrder;
use super::{journal, journal_head, journal_windows};

/// Returns a range of lines. The actions in `unfolded`, by their first entries, are not folded.
pub(super) fn window(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<JournalColumn>,
    unfolded: &[i64],
    span: RowRange,
) -> Result<Window<Line>> {
    let mut folds = std::mem::take(&mut reader.cache.borrow_mut().folds);
    let window = folds.update(reader.connection).and_then(|()| {
        let list = journal::list(now, wanted);
        let Sort { column, descending } = wanted.sort;
        if list.condition.is_everything() {
            return match EntryOrder::of(column) {
                None => whole(reader.connection, &folds, descending, unfolded, span),
                Some(order) => ordered(reader, &folds, order, descending, unfolded, span),
            };
        }
        let ids = journal::found(reader, now, wanted, &list)?;
        let name = format!("{} in lines from {} but {unfolded:?}", list.name, folds.from());
        let filtered = Filtered { ids: &ids, folds: &folds, unfolded };
        let starts = reader.list(&name, || Ok(filtered.starts()))?;
        let window = filtered.window(reader.connection, &starts, wanted.sort, span)?;
        Ok(Window { unfiltered: list.count_unfiltered(reader)?, ..window })
    });
    reader.cache.borrow_mut().folds = folds;
    window
}

/// Returns the position of the first row of a range, and that of its anchor.
fn placed(span: RowRange, total: u64, position: impl FnOnce(i64) -> Option<u64>) -> (u64, u64) {
    let anchor = match span.anchor {
        Anchor::Row { id, last_seen_at } => position(id).unwrap_or(last_seen_at),
        Anchor::Position(at) => at,
        Anchor::After(_) => 0,
    };
    let anchor = anchor.min(total.saturating_sub(1));
    (anchor.saturating_sub(u64::from(span.before)), anchor)
}

fn whole(
    connection: &Connection,
    folds: &JournalFolds,
    descending: bool,
    unfolded: &[i64],
    span: RowRange,
) -> Result<Window<Line>> {
    let lines = folds.lines(unfolded);
    let total = lines.total();
    let turned = |at: u64| if descending { (total - 1).saturating_sub(at) } else { at };
    let newest = journal_head::read(connection)?.seq;
    let known = |seq: i64| (1..=newest).contains(&seq).then(|| turned(lines.position(seq)));
    let (first, anchor) = placed(span, total, known);
    let mut rows = Vec::new();
    for at in first..total.min(first + u64::from(span.len)) {
        let Spot { seq, run } = lines.at(turned(at));
        let fold = fold_of(run, seq, descending);
        rows.extend(journal::find(connection, seq)?.map(|entry| Line { entry, fold }));
    }
    Ok(Window {
        rows,
        first,
        anchor: (total > 0).then_some(anchor),
        total,
        unfiltered: newest.unsigned_abs(),
    })
}

/// Returns a range of the lines of the whole journal in an order along an index.
fn ordered(
    reader: CachedReader<'_>,
    folds: &JournalFolds,
    order: EntryOrder,
    descending: bool,
    unfolded: &[i64],
    span: RowRange,
) -> Result<Window<Line>> {
    let window = journal_windows::lines(reader, order, folds, descending, unfolded, span)?;
    window.try_filter_map(|(seq, fold)| {
        Ok(journal::find(reader.connection, seq)?.map(|entry| Line { entry, fold }))
    })
}

/// The entries that a filter matches, in the order of the list.
struct Filtered<'l> {
    ids: &'l [i64],
    folds: &'l JournalFolds,
    unfolded: &'l [i64],
}

impl Filtered<'_> {
    fn are_of_one_action(&self, a: i64, b: i64) -> bool {
        self.folds.act_of(a) == self.folds.act_of(b)
    }

    /// Returns the indices of the ids at which a line begins.
    fn starts(&self) -> Vec<i64> {
        let goes_on = |pair: &[i64]| match pair {
            [a, b] => self.are_of_one_action(*a, *b) && !self.unfolded.contains(&self.folds.act_of(*a)),
            _ => false,
        };
        let others = self.ids.windows(2).zip(1..).filter(|(pair, _)| !goes_on(pair)).map(|(_, at)| at);
        let first = (!self.ids.is_empty()).then_some(0);
        first.into_iter().chain(others).collect()
    }

    fn window(
        &self,
        connection: &Connection,
        starts: &[i64],
        sort: Sort<JournalColumn>,
        span: RowRange,
    ) -> Result<Window<Line>> {
        let total = starts.len() as u64;
        let position = |seq: i64| {
            let found = match sort.column {
                JournalColumn::Seq if sort.descending => self.ids.binary_search_by(|id| seq.cmp(id)).ok(),
                JournalColumn::Seq => self.ids.binary_search(&seq).ok(),
                JournalColumn::Actor | JournalColumn::Action => self.ids.iter().position(|id| *id == seq),
            };
            let at = i64::try_from(found?).ok()?;
            starts.partition_point(|start| *start <= at).checked_sub(1).map(|line| line as u64)
        };
        let (first, anchor) = placed(span, total, position);
        let mut rows = Vec::new();
        let mut here = starts.iter().skip(first as usize).take(span.len as usize).copied().peekable();
        while let Some(start) = here.next() {
            let next = here.peek().copied().or_else(|| starts.get(first as usize + rows.len() + 1).copied());
            let end = next.map_or(self.ids.len(), |next| next as usize);
            rows.extend(self.line(connection, start as usize, end)?);
        }
        Ok(Window { rows, first, anchor: (total > 0).then_some(anchor), total, unfiltered: 0 })
    }

    fn line(&self, connection: &Connection, start: usize, end: usize) -> Result<Option<Line>> {
        let ids = self.ids.get(start..end).unwrap_or_default();
        let Some(seq) = ids.iter().min().copied() else { return Ok(None) };
        let fold = if ids.len() > 1 { Fold::Closed(ids.len() as u64) } else { self.open_fold(start, seq) };
        Ok(journal::find(connection, seq)?.map(|entry| Line { entry, fold }))
    }

    /// Returns the part of a line of one entry in an unfolded action, if it is of one.
    fn open_fold(&self, at: usize, seq: i64) -> Fold {
        if !self.unfolded.contains(&self.folds.act_of(seq)) {
            return Fold::Single;
        }
        let same = |id: &&i64| self.are_of_one_action(**id, seq);
        let above = self.ids.iter().take(at).rev().take_while(same).count();
        let below = self.ids.iter().skip(at + 1).take_while(same).count();
        match above + below {
            0 => Fold::Single,
            others => Fold::Open { is_first: above == 0, entries: others as u64 + 1 },
        }
    }
}
