//! The console in a terminal: from its start to its first rows, what keys cost, and what doing nothing costs.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::bare::Bare;
use crate::outcome::{Outcome, Sample, Unit, failed, micros};
use crate::process::{Usage, own_memory, peak_memory};
use crate::table::{Table, Target, less};
use crate::terminal::{Reaction, Terminal};
use crate::verbs::{Library, OPERATOR, OPERATOR_NAME, Order, PASSWORD, Place, users_filter};

/// How often a console is opened.
const OPENINGS: usize = 5;
/// Silence after which a key's answer is whole.
const QUIET: Duration = Duration::from_millis(50);
/// The same where rows are looked for first.
const LONG_QUIET: Duration = Duration::from_millis(250);
/// More rows than a screen of 40 lines shows.
const SCREEN: u64 = 40;

/// A console in which the known admin has logged in.
pub(crate) struct Console {
    terminal: Terminal,
}

/// How long a console took to open.
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
        self.terminal.press("c")?;
        self.terminal.wait_for(&format!("Type {rows} "))?;
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
        cost(table, "key j: a row down", &down, Target::steady_millis(1.0), Target::AtMost(300.0));
        self.repeat("j", SCREEN, |n| at(21 + n))?;
        let scrolled = self.repeat("j", 50, |n| at(21 + SCREEN + n))?;
        cost(
            table,
            "key j: a row that scrolls",
            &scrolled,
            Target::steady_millis(1.5),
            Target::AtMost(1_400.0),
        );
        let pages = self.pages(20, &at(1), table);
        pages?;
        self.terminal.react("g", &at(1), LONG_QUIET)?;
        let mut ends = Vec::new();
        for _ in 0..10 {
            ends.push(self.terminal.react("G", OPERATOR_NAME, LONG_QUIET)?);
            self.terminal.react("g", &at(1), LONG_QUIET)?;
        }
        cost(table, "key G: the last row", &ends, Target::steady_millis(3.0), Target::None);
        table.row("key j held for 3 s: lag", Target::millis(3.0), self.held());
        self.terminal.react("g", &at(1), LONG_QUIET)?;
        Ok(())
    }

    fn pages(&mut self, times: u64, _first: &str, table: &mut Table) -> Outcome<()> {
        let pages = (0..times).map(|_| self.terminal.react("\x1b[6~", "row ", LONG_QUIET));
        let pages = pages.collect::<Outcome<Vec<_>>>()?;
        cost(table, "key PgDn: a page", &pages, Target::steady_millis(2.0), Target::AtMost(4_500.0));
        Ok(())
    }

    /// 30 a second, as a keyboard repeats: how long after the last one the last byte comes.
    fn held(&mut self) -> Outcome<Sample> {
        let mut last = Instant::now();
        for _ in 0..90 {
            last = self.terminal.press("j")?;
            thread::sleep(Duration::from_micros(33_333));
        }
        match self.terminal.settle(LONG_QUIET).0 {
            Some(at) => Sample::times(vec![at.saturating_duration_since(last)]),
            None => failed("nothing came"),
        }
    }

    /// Types filters; `total` says how many rows one shows.
    fn measure_typing(&mut self, total: impl Fn(&str) -> Outcome<u64>, table: &mut Table) -> Outcome<()> {
        let mut typed = Vec::new();
        for word in ["quill", "an", "müller", "e"] {
            self.terminal.react("/", "row 1 of", LONG_QUIET)?;
            let mut text = String::new();
            for letter in word.chars() {
                text.push(letter);
                let shown = format!(" of {}", grouped(total(&text)?));
                typed.push(self.terminal.react(letter.encode_utf8(&mut [0; 4]), &shown, LONG_QUIET)?);
            }
            let all = format!("row 1 of {}", grouped(total("")?));
            self.terminal.react("\x1b", &all, LONG_QUIET)?;
        }
        let first = Sample::times(typed.iter().map(|reaction| reaction.first).collect());
        table.row("typed in a filter: the character", Target::millis(3.0), first);
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
        table.row("nothing to do for 5 s: bytes", Target::AtMost(0.0), Sample::new(Unit::Bytes, bytes));
        table.row("  processor", Target::millis(2.0), Sample::new(Unit::Micros, processor));
        table.row("  wake-ups", Target::AtMost(10.0), Sample::new(Unit::Count, wake_ups));
        Ok(())
    }

    /// Another program renames the first row's account.
    fn measure_notice(&mut self, bare: &Bare) -> Outcome<Sample> {
        let mut times = Vec::new();
        for name in ["Notice", "Remark", "Heeded", "Spotted", "Watched"] {
            let start = Instant::now();
            bare.rename(1, name)?;
            times.push(self.terminal.wait_for(name)? - start);
        }
        Sample::times(times)
    }
}

/// Rows of one measurement: time and bytes.
fn cost(table: &mut Table, what: &str, reactions: &[Reaction], time: Target, bytes: Target) {
    let times = Sample::times(reactions.iter().map(|reaction| reaction.last).collect());
    table.row(what, time, times);
    let counts = reactions.iter().map(|reaction| reaction.bytes as f64).collect();
    table.row("  bytes", bytes, Sample::new(Unit::Bytes, counts));
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
    let (large, tiny) = (open_often(stores.large), open_often(stores.tiny));
    let (large, tiny) = match (large, tiny) {
        (Ok(large), Ok(tiny)) => (large, tiny),
        (Err(trouble), _) | (_, Err(trouble)) => {
            return table.row("start to log-in screen", Target::millis(30.0), Err(trouble));
        }
    };
    let times = |few: f64, many: f64| Ok(Sample::one(Unit::Times, many / few));
    let starts = times(tiny.0.median(), large.0.median());
    // What the hash takes is no matter of rows, and varies more than the rest: what both take is compared.
    let log_ins = times(tiny.2.median(), large.2.median());
    table.row("start to log-in screen", Target::millis(30.0), Ok(large.0));
    table.row("  against 300 rows", Target::AtMost(1.5), starts);
    table.row("log-in to first rows, hash time apart", Target::millis(20.0), Ok(large.1));
    table.row("  with the hash", Target::None, Ok(large.2));
    table.row("  with the hash, against 300 rows", Target::AtMost(1.5), log_ins);
}

/// Start, log-in without the hash, log-in with it.
fn open_often(store: &Path) -> Outcome<(Sample, Sample, Sample)> {
    let library = Library::open(store)?;
    let (mut starts, mut log_ins, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..OPENINGS {
        hashes.push(library.hash_time()?);
        let (console, opening) = Console::open(store)?;
        console.quit()?;
        starts.push(opening.start);
        log_ins.push(opening.log_in);
    }
    let hash = Duration::from_secs_f64(Sample::times(hashes)?.median() / 1e6);
    let log_ins = Sample::times(log_ins)?;
    Ok((Sample::times(starts)?, less(log_ins.clone(), hash), log_ins))
}

/// Keys, typing, idling, another program's change.
pub(crate) fn keys(library: &Library, store: &Path, table: &mut Table) -> Outcome<()> {
    table.part("keys, in a terminal of 120x40: to the last byte");
    let bare = Bare::open(store)?;
    let rows = bare.users()?;
    let mut console = Console::logged_in(store)?;
    let keys = console.measure_keys(rows, table);
    broke_off(table, "keys", keys);
    let total = |text: &str| -> Outcome<u64> {
        let page = library.users(&users_filter(text)?, Order::default(), &Place::First)?;
        Ok(page.total)
    };
    let typing = console.measure_typing(total, table);
    broke_off(table, "typing", typing);
    let idle = console.measure_idle(table);
    broke_off(table, "nothing to do", idle);
    table.row("another program's change is shown", Target::millis(1_000.0), console.measure_notice(&bare));
    console.quit()
}

fn broke_off(table: &mut Table, what: &str, outcome: Outcome<()>) {
    if let Err(trouble) = outcome {
        table.row(&format!("{what}: the rest"), Target::None, Err(trouble));
    }
}

/// Memory after log-in, after a search, and at most; of the large store and of one with 1,000 accounts.
pub(crate) fn memory(stores: Stores<'_>, table: &mut Table) {
    table.part("memory");
    let mib = |value: f64| Ok(Sample::one(Unit::Mebibytes, value));
    match (footprint(stores.large), footprint(stores.small)) {
        (Ok(large), Ok(small)) => {
            table.row("its own, 2 s after log-in", Target::AtMost(24.0), mib(large.list));
            table.row("  more than with 1,000 rows", Target::AtMost(4.0), mib(large.list - small.list));
            table.row("its own, 2 s after a search", Target::AtMost(110.0), mib(large.search));
            table.row("  with 1,000 rows", Target::None, mib(small.search));
            table.row("peak of all, hashing too", Target::AtMost(160.0), mib(large.peak));
            table.row("  with 1,000 rows", Target::None, mib(small.peak));
        }
        (Err(trouble), _) | (_, Err(trouble)) => {
            table.row("memory", Target::AtMost(24.0), Err(trouble));
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

/// As the console writes numbers: commas between thousands.
fn grouped(number: u64) -> String {
    nexus::domain::text::grouped(number)
}
