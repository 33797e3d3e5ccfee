//! What becomes of a measurement, and the values of its runs.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// Why there is no figure.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// NEXUS, or something around it, fails.
    Failed(String),
    /// It takes longer than anybody would wait.
    Late(String),
    /// It cannot be done here.
    NotAvailable(String),
}

/// A figure, or why there is none.
pub(crate) type Outcome<T> = Result<T, Trouble>;

impl<E: std::error::Error> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Failed(error.to_string())
    }
}

/// A failure in these words.
pub(crate) fn failed<T>(words: impl Display) -> Outcome<T> {
    Err(Trouble::Failed(words.to_string()))
}

/// What values are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Microseconds; the less the better, as for all but rows a second.
    Micros,
    /// Bytes.
    Bytes,
    /// Mebibytes.
    Mebibytes,
    /// Rows a second.
    RowsPerSecond,
    /// How many times something else.
    Times,
    /// Things counted one by one.
    Count,
}

/// The values of one measurement's runs, smallest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    /// What they are counted in.
    pub(crate) unit: Unit,
    values: Vec<f64>,
}

impl Sample {
    /// # Errors
    /// There is not one value.
    pub(crate) fn new(unit: Unit, mut values: Vec<f64>) -> Outcome<Self> {
        if values.is_empty() {
            return failed("nothing was measured");
        }
        values.sort_by(f64::total_cmp);
        Ok(Self { unit, values })
    }

    /// A single run.
    pub(crate) fn one(unit: Unit, value: f64) -> Self {
        Self { unit, values: vec![value] }
    }

    /// These times.
    pub(crate) fn times(durations: Vec<Duration>) -> Outcome<Self> {
        Self::new(Unit::Micros, durations.into_iter().map(micros).collect())
    }

    /// How many runs.
    pub(crate) fn runs(&self) -> usize {
        self.values.len()
    }

    /// The middle value.
    pub(crate) fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// What 19 of 20 runs stay within.
    pub(crate) fn p95(&self) -> f64 {
        self.at(0.95)
    }

    /// The smallest value.
    pub(crate) fn least(&self) -> f64 {
        self.at(0.0)
    }

    /// The largest value.
    pub(crate) fn most(&self) -> f64 {
        self.at(1.0)
    }

    /// The nearest rank.
    fn at(&self, share: f64) -> f64 {
        let rank = (share * self.values.len() as f64).ceil() as usize;
        self.values.get(rank.saturating_sub(1)).or(self.values.last()).copied().unwrap_or(f64::NAN)
    }
}

/// In microseconds.
pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// How often to run, and how long at most. At least one run is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Runs.
    pub(crate) runs: usize,
    /// No more of them are begun after this time.
    pub(crate) within: Duration,
}

impl Effort {
    /// For what takes microseconds.
    pub(crate) const QUICK: Self = Self { runs: 2_000, within: Duration::from_millis(300) };
    /// For what takes milliseconds.
    pub(crate) const USUAL: Self = Self { runs: 50, within: Duration::from_secs(1) };
    /// For what takes tens of them.
    pub(crate) const SOME: Self = Self { runs: 20, within: Duration::from_secs(1) };

    /// Times `act`; before each run `ready` makes what it needs, untimed.
    pub(crate) fn time<T, R>(
        self,
        mut ready: impl FnMut() -> Outcome<T>,
        mut act: impl FnMut(T) -> Outcome<R>,
    ) -> Outcome<Sample> {
        let begun = Instant::now();
        let mut times = Vec::new();
        while times.is_empty() || (times.len() < self.runs && begun.elapsed() < self.within) {
            let given = ready()?;
            let start = Instant::now();
            let made = act(given)?;
            times.push(start.elapsed());
            drop(made);
        }
        Sample::times(times)
    }
}
