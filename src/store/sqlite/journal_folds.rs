//! The runs of adjacent entries of one action, by which a list of the journal folds a bulk action into one line.
//!
//! They are kept in memory: entries are only ever added, so that what was found stays right. The newest entries are looked
//! through at once; those of a long journal follow in idle time, and until then old entries are not folded.

use rusqlite::{Connection, params};

use crate::domain::journal::Fold;
use crate::store::{IdleWork, Result};

use super::statement::first;
use super::{error, journal_head};

/// The number of actions that are looked through in one step.
const STEP: i64 = if cfg!(test) { 8 } else { 50_000 };

/// Entries that follow each other and belong to an action that an earlier entry began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Followers {
    first: i64,
    len: i64,
    act: i64,
}

impl Followers {
    const fn end(self) -> i64 {
        self.first + self.len
    }
}

/// Adjacent entries of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: i64,
    pub(super) len: i64,
    /// The action, by its first entry.
    pub(super) act: i64,
}

impl Run {
    const fn of(followers: Followers) -> Self {
        let Followers { first, len, act } = followers;
        // The entry that began the action belongs to the run if it stands right before.
        if first - 1 == act { Self { first: act, len: len + 1, act } } else { Self { first, len, act } }
    }

    const fn holds(self, seq: i64) -> bool {
        self.first <= seq && seq < self.first + self.len
    }

    /// Returns the last of them.
    pub(super) const fn last(self) -> i64 {
        self.first + self.len - 1
    }

    /// Returns the number of lines that disappear when it is folded.
    const fn hidden(self) -> i64 {
        self.len - 1
    }
}

/// Returns the part in a fold of the line with this entry, whose run is folded if the flag beside it is true.
pub(super) fn fold_of(run: Option<(Run, bool)>, seq: i64, descending: bool) -> Fold {
    match run {
        Some((run, true)) if run.len > 1 => Fold::Closed(run.len.unsigned_abs()),
        Some((run, false)) if run.len > 1 => {
            let uppermost = if descending { run.last() } else { run.first };
            Fold::Open { is_first: seq == uppermost, entries: run.len.unsigned_abs() }
        }
        Some(_) | None => Fold::Single,
    }
}

/// The runs of the journal as far as they are known.
#[derive(Debug, Default)]
pub(super) struct JournalFolds {
    /// Actions from this one on have been looked through.
    from: i64,
    /// The newest entry that has been looked at, and its hash.
    to: i64,
    hash: String,
    /// Set when idle work has found something to fold that lists do not show yet.
    has_changed: bool,
    followers: Vec<Followers>,
    runs: Vec<Run>,
    /// For each run the lines that are hidden by those before it, and last the sum of all.
    hidden: Vec<i64>,
}

impl JournalFolds {
    /// Looks through what was added since, and through the newest entries when it is used for the first time.
    pub(super) fn update(&mut self, connection: &Connection) -> Result<()> {
        let head = journal_head::read(connection)?;
        if (head.seq, &head.hash) == (self.to, &self.hash) {
            return Ok(());
        }
        let is_behind = self.to > 0 && head.seq > self.to && head.seq - self.to <= STEP;
        if is_behind && hash_of(connection, self.to)?.as_deref() == Some(self.hash.as_str()) {
            let sql = "SELECT act, seq FROM nexus_journal WHERE seq > ? AND act <> seq ORDER BY seq";
            collect(&mut self.followers, connection, sql, params![self.to])?;
            (self.to, self.hash) = (head.seq, head.hash);
            self.arrange();
            return Ok(());
        }
        *self = Self { from: head.seq + 1, to: head.seq, hash: head.hash, ..Self::default() };
        let lowest = (head.seq - STEP + 1).max(1);
        // An action that was begun before these entries may reach into them.
        let begun = act_of(connection, lowest)?.filter(|act| (1..lowest).contains(act));
        self.look_through(connection, begun.unwrap_or(lowest))
    }

    /// Looks through more of the older actions. Nothing is left to do once all are known, or if none was ever asked for.
    pub(super) fn step(&mut self, connection: &Connection) -> Result<IdleWork> {
        if self.from <= 1 {
            return Ok(IdleWork::Done);
        }
        let before = self.followers.len();
        self.look_through(connection, (self.from - STEP).max(1))?;
        self.has_changed |= self.followers.len() != before;
        Ok(match self.from {
            2.. => IdleWork::More,
            _ if std::mem::take(&mut self.has_changed) => IdleWork::Refreshed,
            _ => IdleWork::Done,
        })
    }

    fn look_through(&mut self, connection: &Connection, from: i64) -> Result<()> {
        let sql = "SELECT act, seq FROM nexus_journal WHERE act >= ? AND act < ? AND act <> seq AND seq <= ?
                   ORDER BY act, seq";
        collect(&mut self.followers, connection, sql, params![from, self.from, self.to])?;
        self.from = from;
        self.arrange();
        Ok(())
    }

    /// Sorts what was found, joins what is adjacent, and counts the hidden lines.
    fn arrange(&mut self) {
        self.followers.sort_unstable_by_key(|followers| followers.first);
        self.followers.dedup_by(|next, last| {
            let joins = last.act == next.act && last.end() == next.first;
            if joins {
                last.len += next.len;
            }
            joins
        });
        self.runs = self.followers.iter().copied().map(Run::of).collect();
        let mut sum = 0;
        self.hidden = vec![0];
        self.hidden.extend(self.runs.iter().map(|run| {
            sum += run.hidden();
            sum
        }));
    }

    /// Returns the index of the last run that begins at this entry or before it.
    fn run_before(&self, seq: i64) -> Option<usize> {
        self.runs.partition_point(|run| run.first <= seq).checked_sub(1)
    }

    /// Returns the action of an entry, by its first entry.
    pub(super) fn act_of(&self, seq: i64) -> i64 {
        let run = self.run_before(seq).and_then(|at| self.runs.get(at));
        run.filter(|run| run.holds(seq)).map_or(seq, |run| run.act)
    }

    /// Returns the lowest action that has been looked through.
    pub(super) const fn from(&self) -> i64 {
        self.from
    }

    /// Returns the lines of the whole journal in the order of writing; the actions in `unfolded` are not folded.
    pub(super) fn lines(&self, unfolded: &[i64]) -> WholeLines<'_> {
        let is_open = |(_, run): &(usize, &Run)| unfolded.contains(&run.act);
        let open = if unfolded.is_empty() {
            Vec::new()
        } else {
            self.runs.iter().enumerate().filter(is_open).map(|(at, _)| at).collect()
        };
        WholeLines { folds: self, open }
    }
}

/// The lines of the whole journal in the order of writing.
pub(super) struct WholeLines<'f> {
    folds: &'f JournalFolds,
    /// The indices of the runs that are not folded.
    open: Vec<usize>,
}

/// The entries of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    /// The first of them.
    pub(super) seq: i64,
    /// The run that it belongs to, and true if that is folded.
    pub(super) run: Option<(Run, bool)>,
}

impl WholeLines<'_> {
    /// Returns the number of lines.
    pub(super) fn total(&self) -> u64 {
        (self.folds.to - self.hidden_before(self.folds.runs.len())).max(0).unsigned_abs()
    }

    /// Returns the run that an entry belongs to, and true if it is folded.
    pub(super) fn run_of(&self, seq: i64) -> Option<(Run, bool)> {
        let at = self.folds.run_before(seq)?;
        let run = self.folds.runs.get(at).filter(|run| run.holds(seq))?;
        Some((*run, !self.is_open(at)))
    }

    /// Returns the folded run that an entry belongs to.
    pub(super) fn closed_run(&self, seq: i64) -> Option<Run> {
        self.run_of(seq).filter(|(_, is_closed)| *is_closed).map(|(run, _)| run)
    }

    fn is_open(&self, run: usize) -> bool {
        self.open.binary_search(&run).is_ok()
    }

    /// Returns the number of lines that are hidden before the run at this index.
    fn hidden_before(&self, at: usize) -> i64 {
        let all = self.folds.hidden.get(at).copied().unwrap_or_default();
        let open = self.open.iter().take_while(|run| **run < at);
        all - open.filter_map(|run| self.folds.runs.get(*run)).map(|run| run.hidden()).sum::<i64>()
    }

    /// Returns the position of the line that holds an entry.
    pub(super) fn position(&self, seq: i64) -> u64 {
        let Some(at) = self.folds.run_before(seq) else { return (seq - 1).max(0).unsigned_abs() };
        let run = self.folds.runs.get(at).filter(|run| run.holds(seq) && !self.is_open(at));
        let line = match run {
            Some(run) => run.first - 1 - self.hidden_before(at),
            None => seq - 1 - self.hidden_before(at + 1),
        };
        line.max(0).unsigned_abs()
    }

    /// Returns the line at a position.
    pub(super) fn at(&self, position: u64) -> Spot {
        let line = i64::try_from(position).unwrap_or(i64::MAX);
        let (mut low, mut high) = (0, self.folds.runs.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let first = self.folds.runs.get(middle).map_or(i64::MAX, |run| run.first);
            if first - 1 - self.hidden_before(middle) <= line {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let before = low.checked_sub(1).and_then(|at| Some((at, *self.folds.runs.get(at)?)));
        let Some((at, run)) = before else { return Spot { seq: line + 1, run: None } };
        let behind = line - (run.first - 1 - self.hidden_before(at));
        if self.is_open(at) {
            let seq = run.first + behind;
            return Spot { seq, run: run.holds(seq).then_some((run, false)) };
        }
        match behind {
            0 => Spot { seq: run.first, run: Some((run, true)) },
            behind => Spot { seq: run.first + run.hidden() + behind, run: None },
        }
    }
}

/// Adds the followers that a query of actions and entries finds.
fn collect(
    followers: &mut Vec<Followers>,
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<()> {
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let mut rows = statement.query(values).map_err(error::of)?;
    while let Some(row) = rows.next().map_err(error::of)? {
        let (act, seq) = (row.get(0).map_err(error::of)?, row.get(1).map_err(error::of)?);
        match followers.last_mut() {
            Some(last) if last.act == act && last.end() == seq => last.len += 1,
            Some(_) | None => followers.push(Followers { first: seq, len: 1, act }),
        }
    }
    Ok(())
}

pub(super) fn hash_of(connection: &Connection, seq: i64) -> Result<Option<String>> {
    first(connection, "SELECT hash FROM nexus_journal WHERE seq = ?", [seq], |row| row.get(0))
}

fn act_of(connection: &Connection, seq: i64) -> Result<Option<i64>> {
    first(connection, "SELECT act FROM nexus_journal WHERE seq = ?", [seq], |row| row.get(0))
}
