//! The one table: what, target, this run, verdict. Printed row by row as figures come, in 100 columns.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::outcome::{Outcome, Sample, Trouble, Unit};

/// L in microseconds on the machine whose figures the targets were set by. One machine or day is several times as fast as
/// another: times and rates are compared with their targets as multiples of L, so that they say how fast NEXUS is.
const REFERENCE_LOOKUP: f64 = 5.69;

/// A limit for a median. Limits of times and rates are those of the reference machine.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// No limit: the row is there to compare with.
    None,
    /// At most this much.
    AtMost(f64, Unit),
    /// At most so many microseconds on any machine: a timer decides, not its speed.
    Waits(f64),
    /// At most this much, and at p95 at most three times as much.
    Steady(f64, Unit),
    /// At p95 at most this much.
    AtMostAtP95(f64, Unit),
    /// At most so many bare lookups.
    Lookups(f64),
    /// At most so many bare pages.
    Pages(f64),
    /// At least this much.
    AtLeast(f64, Unit),
}

impl Target {
    /// At most so many milliseconds.
    pub(crate) const fn millis(most: f64) -> Self {
        Self::AtMost(most * 1e3, Unit::Micros)
    }

    /// At most so many milliseconds, and at p95 three times as many.
    pub(crate) const fn steady_millis(most: f64) -> Self {
        Self::Steady(most * 1e3, Unit::Micros)
    }

    fn words(self) -> String {
        match self {
            Self::None => "-".into(),
            Self::AtMost(most, unit) | Self::Steady(most, unit) => format!("<= {}", quantity(unit, most)),
            Self::Waits(most) => format!("<= {}", quantity(Unit::Micros, most)),
            Self::AtMostAtP95(most, unit) => format!("p95 <= {}", quantity(unit, most)),
            Self::Lookups(most) => format!("<= {} L", short(most)),
            Self::Pages(most) => format!("<= {} P", short(most)),
            Self::AtLeast(least, unit) => format!(">= {}", quantity(unit, least)),
        }
    }
}

/// The medians of this run that times are compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Yardsticks {
    /// L: a bare prepared lookup by rowid, in microseconds.
    pub(crate) lookup: f64,
    /// P: a bare page of 50 rows by rowid, in microseconds.
    pub(crate) page: f64,
}

impl Yardsticks {
    /// Returns how many times as long as the reference machine this one takes.
    pub(crate) fn slowness(self) -> f64 {
        self.lookup / REFERENCE_LOOKUP
    }

    /// Returns a time or a rate as it would be on the reference machine, anything else as it is.
    fn on_the_reference(self, unit: Unit, value: f64) -> f64 {
        match unit {
            Unit::Micros => value / self.slowness(),
            Unit::RowsPerSecond => value * self.slowness(),
            Unit::Bytes | Unit::Mebibytes | Unit::Times | Unit::Count => value,
        }
    }
}

/// A row as it is printed.
#[derive(Debug)]
struct Row {
    what: String,
    target: String,
    figure: String,
    verdict: &'static str,
}

/// The table as far as it has come.
#[derive(Debug)]
pub(crate) struct Table {
    yardsticks: Yardsticks,
    heading: Vec<String>,
    rows: Vec<Row>,
    failures: u32,
}

/// Cells of the first three columns; the fourth takes what is left of 100.
const WIDTHS: (usize, usize, usize) = (40, 10, 38);

impl Table {
    /// Starts an empty table and prints its heading.
    pub(crate) fn new(heading: Vec<String>, yardsticks: Yardsticks) -> Self {
        for line in &heading {
            println!("{line}");
        }
        println!();
        let head = ["what", "target", "this run"].map(str::to_owned);
        let [what, target, figure] = head;
        print(&Row { what, target, figure, verdict: "verdict" });
        println!("{}", "-".repeat(100));
        Self { yardsticks, heading, rows: Vec::new(), failures: 0 }
    }

    /// Starts a part of the table.
    pub(crate) fn part(&mut self, name: &str) {
        self.add(Row {
            what: format!("[{name}]"),
            target: String::new(),
            figure: String::new(),
            verdict: "",
        });
    }

    /// Adds a figure and compares it with its target.
    pub(crate) fn row(&mut self, what: &str, target: Target, outcome: Outcome<Sample>) {
        let (figure, verdict) = match outcome {
            Ok(sample) => (self.figure(&sample, target), self.verdict(&sample, target)),
            Err(Trouble::Late(words)) => (words, "misses"),
            Err(Trouble::NotAvailable(words)) => (format!("not available: {words}"), "-"),
            Err(Trouble::Failed(words)) => {
                self.failures += 1;
                (format!("failed: {words}"), "failed")
            }
        };
        self.add(Row { what: what.into(), target: target.words(), figure, verdict });
    }

    fn add(&mut self, row: Row) {
        print(&row);
        self.rows.push(row);
    }

    /// Returns the median, and for several runs p95 and their number; beside what the target limits, the same in its unit.
    fn figure(&self, sample: &Sample, target: Target) -> String {
        let beside = |value| self.in_the_unit_of(target, sample.unit, value);
        let (median, p95) = (sample.median(), sample.p95());
        let (of_median, of_p95) = match target {
            Target::AtMostAtP95(..) => (String::new(), beside(p95)),
            _ => (beside(median), String::new()),
        };
        let spread = match sample.runs() {
            1 => String::new(),
            runs => format!("; p95 {}{of_p95}; n {runs}", quantity(sample.unit, p95)),
        };
        quantity(sample.unit, median) + &of_median + &spread
    }

    /// Returns ` = ` and a value in the unit of its target, or nothing where it stands in it.
    fn in_the_unit_of(&self, target: Target, unit: Unit, value: f64) -> String {
        let yardsticks = self.yardsticks;
        match target {
            Target::Lookups(_) => format!(" = {} L", short(value / yardsticks.lookup)),
            Target::Pages(_) => format!(" = {} P", short(value / yardsticks.page)),
            Target::None | Target::Waits(_) => String::new(),
            Target::AtMost(..) | Target::Steady(..) | Target::AtMostAtP95(..) | Target::AtLeast(..) => {
                match unit {
                    Unit::Micros | Unit::RowsPerSecond => {
                        format!(" = {} R", quantity(unit, yardsticks.on_the_reference(unit, value)))
                    }
                    Unit::Bytes | Unit::Mebibytes | Unit::Times | Unit::Count => String::new(),
                }
            }
        }
    }

    fn verdict(&self, sample: &Sample, target: Target) -> &'static str {
        let (yardsticks, unit) = (self.yardsticks, sample.unit);
        let median = yardsticks.on_the_reference(unit, sample.median());
        let p95 = yardsticks.on_the_reference(unit, sample.p95());
        let reached = match target {
            Target::None => return "-",
            Target::AtMost(most, _) => median <= most,
            Target::Waits(most) => sample.median() <= most,
            Target::Steady(most, _) => median <= most && p95 <= 3.0 * most,
            Target::AtMostAtP95(most, _) => p95 <= most,
            Target::Lookups(most) => sample.median() <= most * yardsticks.lookup,
            Target::Pages(most) => sample.median() <= most * yardsticks.page,
            Target::AtLeast(least, _) => median >= least,
        };
        if reached { "ok" } else { "misses" }
    }

    /// Returns the number of measurements that failed.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// Prints the number of targets that were reached.
    pub(crate) fn sum_up(&self, took: Duration) {
        let count = |verdict| self.rows.iter().filter(|row| row.verdict == verdict).count();
        println!(
            "\n{} ok, {} misses, {} failed; {:.0} s in all",
            count("ok"),
            count("misses"),
            count("failed"),
            took.as_secs_f64()
        );
    }

    /// Writes the table as Markdown.
    pub(crate) fn write_markdown(&self, path: &Path) -> Outcome<()> {
        let mut text = "# Results of `cargo bench --bench scale`\n\n".to_owned() + &self.heading.join("  \n");
        text += "\n\n| what | target | this run | verdict |\n|---|---|---|---|\n";
        for Row { what, target, figure, verdict } in &self.rows {
            // In a terminal leading blanks say that a row continues the one above; Markdown drops them.
            let what = what.strip_prefix("  ").map_or_else(|| what.clone(), |rest| format!("… {rest}"));
            let cells = [&what, target, figure].map(|cell| cell.replace('|', "\\|"));
            text += &["| ", &cells.join(" | "), " | ", verdict, " |\n"].concat();
        }
        Ok(fs::write(path, text)?)
    }
}

fn print(row: &Row) {
    let (what, target, figure) = WIDTHS;
    let line = format!("{:what$}  {:target$}  {:figure$}  {}", row.what, row.target, row.figure, row.verdict);
    println!("{}", line.trim_end());
}

/// Formats a value with its unit.
pub(crate) fn quantity(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Micros if value < 1e3 => format!("{} us", short(value)),
        Unit::Micros if value < 1e6 => format!("{} ms", short(value / 1e3)),
        Unit::Micros => format!("{} s", short(value / 1e6)),
        Unit::Bytes => format!("{} B", short(value)),
        Unit::Mebibytes => format!("{} MiB", short(value)),
        Unit::RowsPerSecond => format!("{}/s", short(value)),
        Unit::Times => format!("{}x", short(value)),
        Unit::Count => short(value),
    }
}

/// Formats a value with three significant digits, and commas between thousands.
pub(crate) fn short(value: f64) -> String {
    let digits = match value.abs() {
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let rest = rest.trim_end_matches('0');
    let whole: String = whole
        .char_indices()
        .flat_map(|(at, digit)| {
            let comma = at > 0 && (whole.len() - at).is_multiple_of(3);
            comma.then_some(',').into_iter().chain([digit])
        })
        .collect();
    if rest.is_empty() { whole } else { format!("{whole}.{rest}") }
}
