//! The console in a terminal: from its start to its first rows, what keys cost, and what doing nothing costs.

use std::env;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::bare::Bare;
use crate::data::Sizes;
use crate::outcome::{Outcome, Sample, Unit, failed, micros};
use crate::process::{Usage, own_memory, peak_memory};
use crate::table::{Table, Target};
use crate::terminal::{Reaction, Terminal};
use crate::verbs::{Library, OPERATOR, OPERATOR_NAME, PASSWORD, grouped, users_filter};

/// The number of consoles that are opened.
const OPENINGS: usize = 7;
/// Silence after which a key's answer is whole. The details of a row follow later, when the cursor has rested.
const QUIET: Duration = Duration::from_millis(50);
/// The same where rows are looked for first.
const LONG_QUIET: Duration = Duration::from_millis(250);
/// Words for a filter: each letter finds fewer rows, so that the screen tells when it has found them.
const WORDS: [&str; 5] = ["mar", "an", "mül", "sto", "e"];
/// More rows than a screen of 40 lines shows.
const SCREEN: u64 = 40;

/// A console in which the known admin has logged in.
pub(crate) struct Console {
    terminal: Terminal,
}

/// The times that a console took to open.
struct Opening {
    start: Duration,
    log_in: Duration,
}

impl Console {
    /// Opens one and waits until it is still.
    pub(crate) fn logged_in(store: &Path) -> Outcome<Self> {
        Self::open(store).map(|(console, _)| console)
    }

    fn open(store: &Path) -> Outcome<(Self, Opening)> {
        let begun = Instant::now();
        let mut terminal = Terminal::start(store)?;
        let start = terminal.wait_for("Username or email")? - begun;
        terminal.settle(QUIET);
        terminal.press(&format!("{OPERATOR}\t{PASSWORD}"))?;
        terminal.settle(QUIET);
        let entered = terminal.press("\r")?;
        let log_in = terminal.wait_for("row 1 of")? - entered;
        terminal.settle(LONG_QUIET);
        Ok((Self { terminal }, Opening { start, log_in }))
    }

    /// Leaves it.
    pub(crate) fn quit(self) -> Outcome<()> {
        self.terminal.quit()
    }

    /// Marks all that a filter shows, which are `rows`.
    pub(crate) fn mark_all(&mut self, filter: &str, rows: u64) -> Outcome<()> {
        self.terminal.react(&format!("/{filter}"), &format!("row 1 of {}", grouped(rows)), LONG_QUIET)?;
        self.terminal.react("\r", "row 1 of", QUIET)?;
        self.terminal.react("*", "marked", QUIET)?;
        Ok(())
    }

    /// Confirms the accounts marked; returns once the act has begun.
    pub(crate) fn confirm_marked(&mut self, rows: u64) -> Outcome<()> {
        // The box takes nothing before it has counted.
        self.terminal.react("c", "To confirm, type", QUIET)?;
        self.terminal.press(&format!("{rows}\r"))?;
        self.terminal.settle(QUIET);
        Ok(())
    }

    /// Presses a key again and again; `text` says what the screen shows after the n-th time, counted from 1.
    fn repeat(&mut self, key: &str, times: u64, text: impl Fn(u64) -> String) -> Outcome<Vec<Reaction>> {
        (1..=times).map(|n| self.terminal.react(key, &text(n), QUIET)).collect()
    }

    fn measure_keys(&mut self, rows: u64, table: &mut Table) -> Outcome<()> {
        let at = |row: u64| format!("row {} of {}", grouped(row.min(rows)), grouped(rows));
        let down = self.repeat("j", 20, |n| at(1 + n))?;
        cost(
            table,
            "key j: a row down",
            &down,
            Target::steady_millis(0.7),
            Target::AtMost(300.0, Unit::Bytes),
        );
        self.repeat("j", SCREEN, |n| at(21 + n))?;
        let scrolled = self.repeat("j", 50, |n| at(21 + SCREEN + n))?;
        cost(
            table,
            "key j: a row that scrolls",
            &scrolled,
            Target::steady_millis(1.5),
            Target::AtMost(700.0, Unit::Bytes),
        );
        let before = self.terminal.row()?;
        self.terminal.react("\x1b[6~", "row ", LONG_QUIET)?;
        let first = self.terminal.row()?;
        let pages = self.repeat("\x1b[6~", 20, |n| at(first + n * (first - before)))?;
        cost(
            table,
            "key PgDn: a page",
            &pages,
            Target::steady_millis(2.0),
            Target::AtMost(2_100.0, Unit::Bytes),
        );
        self.terminal.react("g", &at(1), LONG_QUIET)?;
        let mut ends = Vec::new();
        for _ in 0..10 {
            ends.push(self.terminal.react("G", OPERATOR_NAME, QUIET)?);
            self.terminal.react("g", &at(1), LONG_QUIET)?;
        }
        cost(table, "key G: the last row", &ends, Target::steady_millis(3.0), Target::None);
        table.row("key j held for 3 s: lag", Target::millis(3.0), self.held(at));
        self.terminal.react("g", &at(1), LONG_QUIET)?;
        Ok(())
    }

    /// 30 a second, as a keyboard repeats, from the first row on: how long after the last one its row shows.
    fn held(&mut self, at: impl Fn(u64) -> String) -> Outcome<Sample> {
        const TIMES: u64 = 90;
        let mut last = Instant::now();
        for _ in 0..TIMES {
            last = self.terminal.press("j")?;
            thread::sleep(Duration::from_micros(33_333));
        }
        let shown = self.terminal.wait_for(&at(1 + TIMES))?;
        Sample::times(vec![shown.saturating_duration_since(last)])
    }

    /// Types filters; `total` says how many rows one shows.
    fn measure_typing(&mut self, total: impl Fn(&str) -> Outcome<u64>, table: &mut Table) -> Outcome<()> {
        let mut typed = Vec::new();
        let all = total("")?;
        for word in WORDS {
            self.terminal.react("/", "row 1 of", LONG_QUIET)?;
            let mut text = String::new();
            for letter in word.chars() {
                text.push(letter);
                // Of fewer than all the console says `row 1 of 7 · 50,001 accounts`.
                let shown = match total(&text)? {
                    few if few < all => format!(" of {} ·", grouped(few)),
                    _ => format!(" of {}", grouped(all)),
                };
                typed.push(self.terminal.react(letter.encode_utf8(&mut [0; 4]), &shown, LONG_QUIET)?);
            }
            self.terminal.react("\x1b", &format!("row 1 of {}", grouped(all)), LONG_QUIET)?;
        }
        let first = Sample::times(typed.iter().map(|reaction| reaction.first).collect());
        table.row("typed in a filter: the character", Target::AtMostAtP95(3_000.0, Unit::Micros), first);
        let last = Sample::times(typed.iter().map(|reaction| reaction.last).collect());
        table.row("typed in a filter: rows and total", Target::millis(60.0), last);
        let bytes = typed.iter().map(|reaction| reaction.bytes as f64).collect();
        table.row("  bytes", Target::None, Sample::new(Unit::Bytes, bytes));
        Ok(())
    }

    /// Five seconds with nothing to do, three times; a minute may begin in one of them.
    fn measure_idle(&mut self, table: &mut Table) -> Outcome<()> {
        let pid = self.terminal.pid()?;
        let (mut bytes, mut processor, mut wake_ups) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..3 {
            self.terminal.settle(QUIET);
            let before = Usage::of(pid)?;
            let end = Instant::now() + Duration::from_secs(5);
            let mut came = 0;
            while let left = end.saturating_duration_since(Instant::now())
                && !left.is_zero()
            {
                came += self.terminal.settle(left).1;
            }
            let after = Usage::of(pid)?;
            bytes.push(came as f64);
            processor.push(micros(after.processor.saturating_sub(before.processor)));
            wake_ups.push(after.wake_ups.saturating_sub(before.wake_ups) as f64);
        }
        table.row(
            "nothing to do for 5 s: bytes",
            Target::AtMost(0.0, Unit::Bytes),
            Sample::new(Unit::Bytes, bytes),
        );
        table.row("  processor", Target::millis(2.0), Sample::new(Unit::Micros, processor));
        table.row("  wake-ups", Target::AtMost(10.0, Unit::Count), Sample::new(Unit::Count, wake_ups));
        Ok(())
    }

    /// Another program renames the first row's account.
    fn measure_notice(&mut self, bare: &Bare) -> Outcome<Sample> {
        let mut times = Vec::new();
        for (n, name) in (1..).zip(["Notice", "Remark", "Heeded", "Spotted", "Watched", "Beheld"]) {
            // Each at another part of the second: the console may look at fixed times.
            thread::sleep(Duration::from_millis(n * 170));
            let start = Instant::now();
            bare.rename(1, name)?;
            times.push(self.terminal.wait_for(name)? - start);
        }
        Sample::times(times)
    }
}

/// Rows of one measurement: time, bytes, and the processor time of the thread that draws.
fn cost(table: &mut Table, what: &str, reactions: &[Reaction], time: Target, bytes: Target) {
    let times = Sample::times(reactions.iter().map(|reaction| reaction.shown).collect());
    table.row(what, time, times);
    let counts = reactions.iter().map(|reaction| reaction.bytes as f64).collect();
    table.row("  bytes", bytes, Sample::new(Unit::Bytes, counts));
    let drawing = Sample::times(reactions.iter().map(|reaction| reaction.drawing).collect());
    table.row("  processor of the thread that draws", Target::AtMostAtP95(1_000.0, Unit::Micros), drawing);
}

/// The stores that are opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stores<'a> {
    /// The large one.
    pub(crate) large: &'a Path,
    /// One with 300 accounts.
    pub(crate) tiny: &'a Path,
    /// One with 1,000 accounts.
    pub(crate) small: &'a Path,
}

/// From the start to the first rows, against a store of 300 accounts.
pub(crate) fn openings(stores: Stores<'_>, table: &mut Table) {
    table.part("opening the console, in a terminal of 120x40");
    let (large, tiny) = match (Openings::of(stores.large), Openings::of(stores.tiny)) {
        (Ok(large), Ok(tiny)) => (large, tiny),
        (Err(trouble), _) | (_, Err(trouble)) => {
            return table.row("start to log-in screen", Target::millis(12.0), Err(trouble));
        }
    };
    let times = |large: &Sample, tiny: &Sample| Ok(Sample::one(Unit::Times, large.least() / tiny.least()));
    let (starts, log_ins) = (times(&large.starts, &tiny.starts), times(&large.log_ins, &tiny.log_ins));
    // The hash varies by more than the rest takes: the least of each is what nothing else held up.
    let rest = Sample::one(Unit::Micros, (large.log_ins.least() - large.hashes.least()).max(0.0));
    table.row("start to log-in screen", Target::millis(12.0), Ok(large.starts));
    table.row("  the least, against 300 rows", Target::AtMost(1.5, Unit::Times), starts);
    table.row("log-in to first rows", Target::None, Ok(large.log_ins));
    table.row("  a hash alone", Target::None, Ok(large.hashes));
    table.row("  the least without the least hash", Target::millis(15.0), Ok(rest));
    table.row("  the least, against 300 rows", Target::AtMost(1.5, Unit::Times), log_ins);
}

/// A console opened again and again.
struct Openings {
    starts: Sample,
    log_ins: Sample,
    hashes: Sample,
}

impl Openings {
    fn of(store: &Path) -> Outcome<Self> {
        let (mut starts, mut log_ins, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..OPENINGS {
            hashes.push(hash_alone(store)?);
            let (console, opening) = Console::open(store)?;
            console.quit()?;
            starts.push(opening.start);
            log_ins.push(opening.log_in);
        }
        Ok(Self {
            starts: Sample::times(starts)?,
            log_ins: Sample::times(log_ins)?,
            hashes: Sample::new(Unit::Micros, hashes)?,
        })
    }
}

/// Microseconds that a program just started takes to check the operator's password.
fn hash_alone(store: &Path) -> Outcome<f64> {
    let output = Command::new(env::current_exe()?).arg("--hash").arg(store).output()?;
    match String::from_utf8_lossy(&output.stdout).trim().parse() {
        Ok(micros) => Ok(micros),
        Err(_) => failed(String::from_utf8_lossy(&output.stderr)),
    }
}

/// Keys, typing, idling, another program's change.
pub(crate) fn keys(library: &Library, store: &Path, table: &mut Table) -> Outcome<()> {
    table.part("keys, in a terminal of 120x40: until the row shows");
    let bare = Bare::open(store)?;
    let rows = bare.users()?;
    let mut console = Console::logged_in(store)?;
    let keys = console.measure_keys(rows, table);
    broke_off(table, "keys", keys);
    let total = |text: &str| library.total(&users_filter(text)?);
    let typing = console.measure_typing(total, table);
    broke_off(table, "typing", typing);
    let idle = console.measure_idle(table);
    broke_off(table, "nothing to do", idle);
    table.row("another program's change is shown", Target::Waits(1e6), console.measure_notice(&bare));
    console.quit()
}

fn broke_off(table: &mut Table, what: &str, outcome: Outcome<()>) {
    if let Err(trouble) = outcome {
        table.row(&format!("{what}: the rest"), Target::None, Err(trouble));
    }
}

/// Memory after log-in, after a search, and at most; of the large store and of one with 1,000 accounts.
pub(crate) fn memory(stores: Stores<'_>, sizes: Sizes, table: &mut Table) {
    table.part("memory");
    let mib = |value: f64| Ok(Sample::one(Unit::Mebibytes, value));
    match (footprint(stores.large), footprint(stores.small)) {
        (Ok(large), Ok(small)) => {
            table.row("its own, 2 s after log-in", Target::AtMost(8.0, Unit::Mebibytes), mib(large.list));
            table.row(
                "  more than with 1,000 rows",
                Target::AtMost(4.0, Unit::Mebibytes),
                mib(large.list - small.list),
            );
            table.row(
                "its own, 2 s after a search",
                Target::AtMost(sizes.limit(48.0, 128.0), Unit::Mebibytes),
                mib(large.search),
            );
            table.row("  with 1,000 rows", Target::None, mib(small.search));
            table.row(
                "peak of all, hashing too",
                Target::AtMost(sizes.limit(80.0, 160.0), Unit::Mebibytes),
                mib(large.peak),
            );
            table.row("  with 1,000 rows", Target::None, mib(small.peak));
        }
        (Err(trouble), _) | (_, Err(trouble)) => {
            table.row("memory", Target::AtMost(8.0, Unit::Mebibytes), Err(trouble));
        }
    }
}

/// MiB.
struct Footprint {
    list: f64,
    search: f64,
    peak: f64,
}

fn footprint(store: &Path) -> Outcome<Footprint> {
    const PAUSE: Duration = Duration::from_secs(2);
    let mut console = Console::logged_in(store)?;
    let pid = console.terminal.pid()?;
    thread::sleep(PAUSE);
    let list = own_memory(pid)?;
    console.terminal.react("/quill", "quill", LONG_QUIET)?;
    thread::sleep(PAUSE);
    console.terminal.settle(QUIET);
    let search = own_memory(pid)?;
    let peak = peak_memory(pid)?;
    console.quit()?;
    Ok(Footprint { list, search, peak })
}
