//! `nexus journal list --follow`: the newest entries, oldest first, and then each new one as it is written.

use crate::domain::filter::Filter;
use crate::domain::journal::{Entry, Head, JournalColumn};
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::service::contract::{Failure, FailureKind, Journal, Reply, Request};

use super::list::{Row as _, WINDOW};
use super::options::{ListOptions, ListOrder};
use super::output::Sheet;
use super::runner::{CommandError, CommandRunner, unexpected};
use super::sort_column::SortColumn as _;

/// The number of entries to begin with, as those of tail(1) and journalctl(1).
const FIRST: u64 = 10;

const OLDEST_FIRST: Sort<JournalColumn> = Sort { descending: false, ..JournalColumn::BY_ID };

/// Prints the newest entries and those that follow, by whomever, until nobody reads them any more.
pub(super) fn follow(
    options: &ListOptions<JournalColumn>,
    runner: &mut CommandRunner<'_, '_>,
) -> Result<(), CommandError> {
    let filter = options.filter()?;
    let sheet = Sheet::with_columns(runner.style, runner.now, options.columns());
    // In this order: what is written meanwhile changes the version.
    let mut version = version(runner)?;
    let head = head(runner)?;
    let mut follower = Follower { filter, sheet, head, has_said_left_out: false };
    follower.begin(options.limit.unwrap_or(FIRST), runner)?;
    while (runner.io.wait)() {
        let now = self::version(runner)?;
        if now != version {
            version = now;
            follower.catch_up(runner)?;
        }
    }
    Ok(())
}

struct Follower {
    filter: Filter,
    sheet: Sheet<Entry>,
    /// The newest entry that was read.
    head: Head,
    has_said_left_out: bool,
}

impl Follower {
    /// Prints the newest entries.
    fn begin(&mut self, entries: u64, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let mut newest = Vec::new();
        let filter = self.filter.clone();
        runner.windows::<Entry>(
            ListOrder::by_id(Some(self.head.seq + 1)),
            entries,
            |sort, span| Request::Journal(Journal::List { filter: filter.clone(), sort, span }),
            |_, rows| {
                newest.extend(rows);
                Ok(())
            },
        )?;
        newest.reverse();
        self.print(&newest, runner)
    }

    /// Prints what was written since.
    fn catch_up(&mut self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let head = head(runner)?;
        if self.head.seq > 0 {
            let last = entries(&Filter::default(), JournalColumn::BY_ID, self.head.seq + 1, 1, runner)?;
            if last.first().is_none_or(|last| last.seq != self.head.seq || last.hash != self.head.hash) {
                return Err(another_journal().into());
            }
        }
        let mut after = self.head.seq;
        loop {
            let mut new = entries(&self.filter, OLDEST_FIRST, after, WINDOW, runner)?;
            let is_last = new.len() < WINDOW as usize;
            after = new.last().map_or(after, |entry| entry.seq);
            // Later ones are read the next time.
            new.retain(|entry| entry.seq <= head.seq);
            self.print(&new, runner)?;
            if is_last || after >= head.seq {
                break;
            }
        }
        self.head = head;
        Ok(())
    }

    fn print(&mut self, entries: &[Entry], runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        self.sheet.write(entries, runner.io.out)?;
        runner.io.out.flush()?;
        if !self.has_said_left_out && !entries.is_empty() {
            self.has_said_left_out = true;
            runner.say_left_out(&self.sheet.left_out());
        }
        Ok(())
    }
}

fn version(runner: &mut CommandRunner<'_, '_>) -> Result<i64, CommandError> {
    match runner.read(Request::Journal(Journal::Version))? {
        Reply::Version(version) => Ok(version),
        _ => Err(unexpected().into()),
    }
}

fn head(runner: &mut CommandRunner<'_, '_>) -> Result<Head, CommandError> {
    match runner.read(Request::Journal(Journal::Head))? {
        Reply::Head(head) => Ok(head),
        _ => Err(unexpected().into()),
    }
}

/// Returns the entries that follow on one in this order.
fn entries(
    filter: &Filter,
    sort: Sort<JournalColumn>,
    seq: i64,
    len: u32,
    runner: &mut CommandRunner<'_, '_>,
) -> Result<Vec<Entry>, CommandError> {
    let span = RowRange { anchor: Anchor::After(seq), before: 0, len };
    let reply = runner.read(Request::Journal(Journal::List { filter: filter.clone(), sort, span }))?;
    Ok(Entry::window(reply).ok_or_else(unexpected)?.rows)
}

fn another_journal() -> Failure {
    let message =
        "The journal is no longer the one that was followed: a backup was restored, or it was rewritten.";
    Failure::new(FailureKind::Unavailable, message)
        .hint("Start again to follow the journal that is there now.")
}
