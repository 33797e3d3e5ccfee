//! Measures NEXUS over many rows: generates them, imports them, and prints one table of targets and figures.
//!
//! `cargo bench --bench scale` measures over 1,000,000 accounts, 3,000,000 sessions and 2,000,000 directories (about
//! 6 GB of disk in the target folder) and writes the table to `tests/scale/RESULTS.md`; `-- --users 50000` is a smaller
//! edition, which writes no file, `-- --users 10000000` a long one (50 GB of disk; `RESULTS-10M.md`), and
//! `-- --only accounts` measures one part. Nothing here is asserted: times depend on the machine. It fails only where
//! something cannot be measured because NEXUS fails.

#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock, waits, and starts threads")]

mod accounts;
mod bare;
mod bulk;
mod console;
mod data;
#[path = "../../src/runtime/diff_backend/tests/emulator.rs"]
mod emulator;
mod fixture;
mod journal;
mod outcome;
mod process;
mod random;
mod relations;
mod sqlite3;
mod table;
mod terminal;
mod verbs;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bare::Bare;
use chrono::Utc;
use clap::{Parser, ValueEnum};
use console::Stores;
use data::Sizes;
use fixture::Fixture;
use outcome::{Outcome, Trouble, Unit};
use random::Random;
use table::{Table, Yardsticks, quantity, short};
use verbs::{Library, grouped};

/// The program that is measured.
const PROGRAM: &str = env!("CARGO_BIN_EXE_nexus");
/// The folder of the stores.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
/// The number of accounts in a full run.
const FULL: u64 = 1_000_000;
/// The results of the last full run.
const RESULTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scale/RESULTS.md");
/// The number of accounts in the long run.
const LONG: u64 = 10_000_000;
/// The results of the last long run.
const LONG_RESULTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scale/RESULTS-10M.md");

/// Measure the speed of NEXUS over many rows
#[derive(Debug, Parser)]
struct Arguments {
    /// The number of accounts; sessions are three times, directories twice as many
    #[arg(long, default_value_t = FULL, value_parser = clap::value_parser!(u64).range(1_000..=LONG))]
    users: u64,
    /// Measure only this part of the table; may be given several times
    #[arg(long, value_name = "PART", value_enum)]
    only: Vec<Part>,
    /// Use the stores that an earlier run with this option left, and leave them for the next one
    #[arg(long)]
    keep: bool,
    /// Write the table as Markdown to FILE [default: RESULTS.md here for all of 1,000,000 accounts, RESULTS-10M.md for
    /// 10,000,000, else nowhere]
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Only check the operator's password in this store, and print how many microseconds that takes
    #[arg(long, hide = true, value_name = "STORE")]
    hash: Option<PathBuf>,
    /// Given by `cargo bench` to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// A part of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Import,
    Accounts,
    Sessions,
    Directories,
    Journal,
    Opening,
    Memory,
    Keys,
    Bulk,
    Sqlite3,
    Process,
}

impl Arguments {
    fn measures(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// Returns the file that the table is written to. Only a run of all parts replaces the last results.
    fn results(&self) -> Option<&Path> {
        let last = match self.users {
            FULL => Some(Path::new(RESULTS)),
            LONG => Some(Path::new(LONG_RESULTS)),
            _ => None,
        };
        self.markdown.as_deref().or_else(|| last.filter(|_| self.only.is_empty() && !self.keep))
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.hash {
        Some(store) => hash(store),
        None => run(&arguments),
    };
    match done {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(Trouble::Failed(words) | Trouble::Late(words) | Trouble::NotAvailable(words)) => {
            eprintln!("scale: {words}");
            ExitCode::FAILURE
        }
    }
}

/// Measures one hash in a process of its own: the first hash of one starts threads and touches memory that later ones find ready.
fn hash(store: &Path) -> Outcome<u32> {
    println!("{}", outcome::micros(Library::open(store)?.hash_time()?));
    Ok(0)
}

/// Measures everything and returns the number of measurements that failed.
fn run(arguments: &Arguments) -> Outcome<u32> {
    let begun = Instant::now();
    let sizes = Sizes { users: arguments.users };
    let folder = Path::new(FOLDER).join("scale");
    let fixture = |users| Fixture::new(&folder, Sizes { users }, arguments.keep);
    let (tiny, small) = (fixture(300)?, fixture(1_000)?);
    let Fixture { store, source, import } = fixture(arguments.users)?;
    let mut table = start(sizes, &store)?;
    if let Some(import) = import.filter(|_| arguments.measures(Part::Import)) {
        bulk::import(import, sizes, &mut table);
    }
    through_the_library(arguments, sizes, &store, &mut table)?;
    let stores = Stores { large: &store, tiny: &tiny.store, small: &small.store };
    if arguments.measures(Part::Opening) {
        console::openings(stores, &mut table);
    }
    if arguments.measures(Part::Memory) {
        console::memory(stores, sizes, &mut table);
    }
    if arguments.measures(Part::Keys)
        && let Err(trouble) = console::keys(&Library::open(&store)?, &store, &mut table)
    {
        table.row("keys", table::Target::None, Err(trouble));
    }
    if arguments.measures(Part::Bulk) {
        bulk::measure(&store, sizes, &mut table);
    }
    if arguments.measures(Part::Sqlite3) {
        sqlite3::measure(&source, sizes, &mut table);
    }
    if arguments.measures(Part::Process) {
        sqlite3::processes(&store, verbs::OPERATOR, &mut table);
    }
    table.sum_up(begun.elapsed());
    if let Some(path) = arguments.results() {
        table.write_markdown(path)?;
    }
    if !arguments.keep {
        for file in [store, tiny.store, small.store] {
            fixture::remove(&file)?;
        }
    }
    Ok(table.failures())
}

/// Measures what needs no other process.
fn through_the_library(arguments: &Arguments, sizes: Sizes, store: &Path, table: &mut Table) -> Outcome<()> {
    let mut library = Library::open(store)?;
    let bare = Bare::open(store)?;
    if arguments.measures(Part::Accounts) {
        accounts::measure(&library, store, bare.users()?, sizes, table);
    }
    if arguments.measures(Part::Sessions) {
        relations::sessions(&mut library, &bare, sizes, table);
    }
    if arguments.measures(Part::Directories) {
        relations::directories(&mut library, sizes, table);
    }
    if arguments.measures(Part::Journal)
        && let Err(trouble) = journal::measure(&mut library, store, sizes, table)
    {
        table.row("journal", table::Target::None, Err(trouble));
    }
    Ok(())
}

/// Starts the table; its heading names date, machine and sizes, and the lookups that times are compared with.
fn start(sizes: Sizes, store: &Path) -> Outcome<Table> {
    let bare = Bare::open(store)?;
    let mut random = Random::new(0);
    // The first run warms what the second measures.
    bare.lookup(sizes.users, &mut random)?;
    let lookup = bare.lookup(sizes.users, &mut random)?;
    bare.page(sizes.users, &mut random)?;
    let page = bare.page(sizes.users, &mut random)?;
    let passed = bare.page_passed_over(sizes.users, &mut random)?.median();
    let (l, p) = (lookup.median(), page.median());
    let yardsticks = Yardsticks { lookup: l, page: p };
    let heading = vec![
        format!("Measured on {} on {}", Utc::now().date_naive(), process::machine()?),
        format!(
            "{} accounts, {} sessions, {} directories; SQLite {}; medians, a release build",
            grouped(sizes.users),
            grouped(sizes.sessions()),
            grouped(sizes.directories()),
            rusqlite::version()
        ),
        format!("L = {}: a bare prepared lookup of an account by rowid", quantity(Unit::Micros, l)),
        format!(
            "P = {}: a bare page of 50 accounts by rowid, all columns taken out ({} when only looked at)",
            quantity(Unit::Micros, p),
            quantity(Unit::Micros, passed)
        ),
        format!(
            "R: in the time of the machine by which the targets were set; this one takes {} times as long, by L",
            short(yardsticks.slowness())
        ),
        "page: the slowest of first, last, next and previous, up and down, is named".into(),
    ];
    Ok(Table::new(heading, yardsticks))
}
