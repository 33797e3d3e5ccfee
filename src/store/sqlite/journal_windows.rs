//! Ranges of the whole journal in an order along an index, folded or not. Runs of one action are passed over in one step.

use rusqlite::Connection;

use crate::domain::journal::{Fold, Head};
use crate::domain::page::{Anchor, RowRange, Window};
use crate::store::Result;

use super::cache::CachedReader;
use super::journal_folds::{JournalFolds, Run, WholeLines, fold_of};
use super::journal_head;
use super::journal_ids::{has_only_grown, is_being_erased};
use super::journal_orders::{EntryOrder, EntryPlace, WalkStart, WalkStep};
use super::journal_places::{Folded, JournalPlaces, KnownPlaces};

/// The lines between two places that a long walk leaves behind.
const STRIDE: u64 = if cfg!(test) { 3 } else { 4_096 };
/// The most new entries for which known places are shifted.
const MOST_NEW: i64 = if cfg!(test) { 2 } else { 1_000 };
/// The least length of a run that is passed over by another look into the index.
const LONG: i64 = if cfg!(test) { 3 } else { 64 };

/// The lines of the whole journal in an order.
struct OrderedLines<'l> {
    connection: &'l Connection,
    order: EntryOrder,
    /// `None` if each entry is a line.
    lines: Option<&'l WholeLines<'l>>,
    total: u64,
}

/// Returns a range of entries by their numbers, none of which is folded.
pub(super) fn entries(
    reader: CachedReader<'_>,
    order: EntryOrder,
    descending: bool,
    span: RowRange,
) -> Result<Window<i64>> {
    let head = journal_head::read(reader.connection)?;
    let total = head.seq.unsigned_abs();
    let lines = OrderedLines { connection: reader.connection, order, lines: None, total };
    Ok(lines.window(reader, head, None, descending, span)?.map(|(seq, _)| seq))
}

/// Returns a range of lines by the numbers of their first entries. The actions in `unfolded`, by their first entries, are not
/// folded.
pub(super) fn lines(
    reader: CachedReader<'_>,
    order: EntryOrder,
    folds: &JournalFolds,
    descending: bool,
    unfolded: &[i64],
    span: RowRange,
) -> Result<Window<(i64, Fold)>> {
    let head = journal_head::read(reader.connection)?;
    let lines = folds.lines(unfolded);
    let total = lines.total();
    let ordered = OrderedLines { connection: reader.connection, order, lines: Some(&lines), total };
    ordered.window(reader, head, Some((folds.from(), unfolded.to_vec())), descending, span)
}

impl OrderedLines<'_> {
    fn window(
        &self,
        reader: CachedReader<'_>,
        head: Head,
        folded: Folded,
        descending: bool,
        span: RowRange,
    ) -> Result<Window<(i64, Fold)>> {
        let unfiltered = head.seq.unsigned_abs();
        // The names that places are made of may be being erased, and not every step of that adds an entry.
        let is_lasting = !is_being_erased(self.connection)?;
        let mut known = None;
        if is_lasting {
            known = reader.cache.borrow_mut().journal_places.take(self.order, &folded);
        } else {
            reader.cache.borrow_mut().journal_places = JournalPlaces::default();
        }
        if let Some(older) = known.as_mut()
            && !self.follow(older, &head)?
        {
            known = None;
        }
        let none = KnownPlaces { order: self.order, folded, head: head.clone(), places: Vec::new() };
        let mut known = known.unwrap_or(none);
        known.head = head;
        let window = self.read(&mut known, descending, span)?;
        if is_lasting {
            reader.cache.borrow_mut().journal_places.put(known);
        }
        Ok(Window { unfiltered, ..window })
    }

    /// Returns the folded run that an entry belongs to.
    fn closed_run(&self, seq: i64) -> Option<Run> {
        self.lines?.closed_run(seq)
    }

    /// Shifts the places by the lines of a few new entries. Returns false if there are too many, or if those before changed.
    fn follow(&self, known: &mut KnownPlaces, head: &Head) -> Result<bool> {
        if known.head == *head {
            return Ok(true);
        }
        if head.seq.saturating_sub(known.head.seq) > MOST_NEW
            || !has_only_grown(self.connection, &known.head, head)?
        {
            return Ok(false);
        }
        for seq in known.head.seq + 1..=head.seq {
            if self.closed_run(seq).is_some_and(|run| run.first != seq) {
                continue;
            }
            let Some(added) = self.order.place(self.connection, seq)? else { return Ok(false) };
            known.shift(&added);
        }
        Ok(true)
    }

    fn read(&self, known: &mut KnownPlaces, descending: bool, span: RowRange) -> Result<Window<(i64, Fold)>> {
        let Some(last) = self.total.checked_sub(1) else { return Ok(Window::default()) };
        let turned = |at: u64| if descending { last.saturating_sub(at) } else { at };
        let anchor = match span.anchor {
            Anchor::Row { id, last_seen_at } => self.position(known, id)?.map_or(last_seen_at, turned),
            Anchor::Position(at) => at,
            Anchor::After(_) => 0,
        };
        let anchor = anchor.min(last);
        let first = anchor.saturating_sub(u64::from(span.before));
        let Some(start) = self.seek(known, turned(first))? else {
            return Ok(Window { total: self.total, ..Window::default() });
        };
        let mut shown = Vec::new();
        self.walk(WalkStart::At(&start), descending, &mut |place, run| {
            shown.push((place, run));
            Ok(shown.len() < span.len as usize)
        })?;
        let rows =
            shown.iter().map(|(place, run)| (place.seq, fold_of(*run, place.seq, descending))).collect();
        let end = turned(first + (shown.len() as u64).saturating_sub(1));
        known.add(turned(first), start);
        if let Some((place, _)) = shown.into_iter().next_back() {
            known.add(end, place);
        }
        Ok(Window { rows, first, anchor: Some(anchor), total: self.total, unfiltered: 0 })
    }

    /// Passes the places of lines to `take` until that returns false. A closed run is one line, at its first entry.
    fn walk(
        &self,
        start: WalkStart<'_>,
        descending: bool,
        take: &mut dyn FnMut(EntryPlace, Option<(Run, bool)>) -> Result<bool>,
    ) -> Result<()> {
        self.order.walk(self.connection, start, descending, &mut |place| {
            let run = self.lines.and_then(|lines| lines.run_of(place.seq));
            let closed = run.filter(|(_, is_closed)| *is_closed).map(|(run, _)| run);
            let next = match closed {
                Some(run) if run.len >= LONG && !descending && place.seq < run.last() => {
                    WalkStep::Behind(place.with_seq(run.last()))
                }
                Some(run) if run.len >= LONG && descending && place.seq > run.first => {
                    WalkStep::To(place.with_seq(run.first))
                }
                Some(_) | None => WalkStep::Next,
            };
            let is_hidden = closed.is_some_and(|run| place.seq != run.first);
            if is_hidden || take(place, run)? { Ok(next) } else { Ok(WalkStep::Stop) }
        })
    }

    /// Returns the place of the line at an ascending position, from the nearest one that is known.
    fn seek(&self, known: &mut KnownPlaces, position: u64) -> Result<Option<EntryPlace>> {
        let next = known.places.partition_point(|(at, _)| *at <= position);
        let below = next.checked_sub(1).and_then(|at| known.places.get(at)).cloned();
        let above = known.places.get(next).cloned();
        let from_below = position - below.as_ref().map_or(0, |(at, _)| *at);
        let from_above = above.as_ref().map_or(self.total, |(at, _)| *at) - position;
        if from_below <= from_above {
            let (at, start) = match &below {
                Some((at, place)) => (*at, WalkStart::At(place)),
                None => (0, WalkStart::Beginning),
            };
            return self.step(known, start, false, at, from_below);
        }
        let (at, start) = match &above {
            Some((at, place)) => (*at, WalkStart::Beyond(place)),
            None => (self.total, WalkStart::Beginning),
        };
        self.step(known, start, true, at.saturating_sub(1), from_above.saturating_sub(1))
    }

    /// Walks over so many lines and returns the place of the next one. The first line of the walk is at position `at`.
    fn step(
        &self,
        known: &mut KnownPlaces,
        start: WalkStart<'_>,
        descending: bool,
        at: u64,
        lines: u64,
    ) -> Result<Option<EntryPlace>> {
        let (mut passed, mut found) = (0, None);
        let mut left_behind = Vec::new();
        self.walk(start, descending, &mut |place, _| {
            if passed == lines {
                found = Some(place);
                return Ok(false);
            }
            if passed % STRIDE == 0 && passed > 0 {
                left_behind.push((if descending { at - passed } else { at + passed }, place));
            }
            passed += 1;
            Ok(true)
        })?;
        known.add_all(left_behind);
        Ok(found)
    }

    /// Returns the ascending position of the line of an entry.
    fn position(&self, known: &mut KnownPlaces, seq: i64) -> Result<Option<u64>> {
        let seq = self.closed_run(seq).map_or(seq, |run| run.first);
        let Some(wanted) = self.order.place(self.connection, seq)? else { return Ok(None) };
        let is_not_behind = |(_, place): &(u64, EntryPlace)| self.order.compare(place, &wanted).is_le();
        let below = known.places.partition_point(is_not_behind).checked_sub(1);
        let below = below.and_then(|at| known.places.get(at)).cloned();
        let (begin, start) = match &below {
            Some((at, place)) => (*at, WalkStart::At(place)),
            None => (0, WalkStart::Beginning),
        };
        let (mut at, mut left_behind) = (begin, Vec::new());
        self.walk(start, false, &mut |place, _| {
            if self.order.compare(&place, &wanted).is_ge() {
                return Ok(false);
            }
            if (at - begin) % STRIDE == 0 && at > begin {
                left_behind.push((at, place));
            }
            at += 1;
            Ok(true)
        })?;
        known.add_all(left_behind);
        Ok(Some(at))
    }
}
