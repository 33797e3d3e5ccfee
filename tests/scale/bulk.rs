//! Acts on many rows, while another program wants to write.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::bare::{Bare, Rival};
use crate::console::Console;
use crate::data::Sizes;
use crate::fixture::{self, Import};
use crate::outcome::{Outcome, Sample, Trouble, Unit, failed};
use crate::table::{Table, Target};
use crate::verbs::grouped;

/// The time after which a bulk action counts as hung.
const PATIENCE: Duration = Duration::from_secs(180);
/// The time between two looks at the progress of an action.
const LOOK: Duration = Duration::from_millis(100);

/// Adds the rows of the import that made the store.
pub(crate) fn import(import: Import, sizes: Sizes, table: &mut Table) {
    table.part("import");
    let rate = Target::AtLeast(sizes.limit(150_000.0, 100_000.0), Unit::RowsPerSecond);
    table.row("nexus import FILE.db", rate, Ok(import.rate));
    table.row(&format!("  all {} rows", grouped(sizes.all())), Target::None, Ok(import.time));
    table.row("  peak of memory", Target::None, Ok(import.peak));
    table.row("  the store against its source", Target::AtMost(1.6, Unit::Times), Ok(import.growth));
}

/// Measures sweep and confirm.
pub(crate) fn measure(store: &Path, sizes: Sizes, table: &mut Table) {
    table.part("many rows at once");
    let (swept, confirmed) = (sizes.users.min(crate::FULL) / 10, sizes.users.min(crate::FULL) / 20);
    rows(table, "nexus session sweep", Target::None, swept, sweep(store, swept));
    let rate = Target::AtLeast(6_000.0, Unit::RowsPerSecond);
    rows(table, "confirm (filter, *, c)", rate, confirmed, confirm(store, confirmed));
}

/// The cost of an action, and the waits of the other writer.
struct Act {
    rows: u64,
    took: Duration,
    waits: Sample,
}

fn rows(table: &mut Table, name: &str, target: Target, most: u64, act: Outcome<Act>) {
    match act {
        Ok(Act { rows, took, waits }) => {
            let rate = Sample::one(Unit::RowsPerSecond, rows as f64 / took.as_secs_f64());
            table.row(&format!("{name}: {} rows", grouped(rows)), target, Ok(rate));
            let longest = Sample::one(Unit::Micros, waits.most());
            table.row("  longest wait of another writer", Target::millis(50.0), Ok(longest));
        }
        Err(trouble) => table.row(&format!("{name}: {} rows", grouped(most)), target, Err(trouble)),
    }
}

fn sweep(store: &Path, most: u64) -> Outcome<Act> {
    let bare = Bare::open(store)?;
    bare.sweep()?;
    let rows = bare.neglect(most)?;
    // What preparing it wrote is not what the act waits for.
    bare.checkpoint()?;
    let rival = Rival::start(store)?;
    let mut command = Command::new(crate::PROGRAM);
    command.args(["session", "sweep", "--store"]).arg(store);
    let run = fixture::run(command);
    let waits = rival.stop()?;
    match bare.overdue()? {
        0 => Ok(Act { rows, took: run?.took, waits }),
        left => failed(format!("{left} sessions are not swept")),
    }
}

fn confirm(store: &Path, most: u64) -> Outcome<Act> {
    let bare = Bare::open(store)?;
    let rows = bare.leave_pending(most)?;
    bare.checkpoint()?;
    let last = bare.last_pending()?;
    let mut console = Console::logged_in(store)?;
    console.mark_all("status:pending", rows)?;
    let rival = Rival::start(store)?;
    let start = Instant::now();
    let took = console.confirm_marked(rows).and_then(|()| until_confirmed(&bare, last, start));
    let waits = rival.stop()?;
    console.quit()?;
    Ok(Act { rows, took: took?, waits })
}

/// Waits until all are confirmed. To count them takes time from the action: it is over when the last one is confirmed.
fn until_confirmed(bare: &Bare, last: u64, start: Instant) -> Outcome<Duration> {
    while bare.is_pending(last)? || bare.pending()? > 0 {
        if start.elapsed() > PATIENCE {
            return Err(Trouble::Late(format!("not done in {} s", PATIENCE.as_secs())));
        }
        thread::sleep(LOOK);
    }
    Ok(start.elapsed())
}
