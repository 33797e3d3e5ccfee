//! The outcome of a measurement: the values of its runs, or the reason why there are none.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// The reason why there is no figure.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// NEXUS, or something around it, failed.
    Failed(String),
    /// It takes longer than anybody would wait.
    Late(String),
    /// It is not possible on this machine.
    NotAvailable(String),
}

/// A figure, or the reason why there is none.
pub(crate) type Outcome<T> = Result<T, Trouble>;

impl<E: std::error::Error> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Returns a failure with these words.
pub(crate) fn failed<T>(words: impl Display) -> Outcome<T> {
    Err(Trouble::Failed(words.to_string()))
}

/// The unit of values.
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
    /// A multiple of something else.
    Times,
    /// Things counted one by one.
    Count,
}

/// The values of one measurement's runs, smallest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    /// Their unit.
    pub(crate) unit: Unit,
    values: Vec<f64>,
}

impl Sample {
    /// Sorts the values.
    ///
    /// # Errors
    /// There is no value.
    pub(crate) fn new(unit: Unit, mut values: Vec<f64>) -> Outcome<Self> {
        if values.is_empty() {
            return failed("nothing was measured");
        }
        values.sort_by(f64::total_cmp);
        Ok(Self { unit, values })
    }

    /// Creates the sample of a single run.
    pub(crate) fn one(unit: Unit, value: f64) -> Self {
        Self { unit, values: vec![value] }
    }

    /// Creates a sample of times.
    pub(crate) fn times(durations: Vec<Duration>) -> Outcome<Self> {
        Self::new(Unit::Micros, durations.into_iter().map(micros).collect())
    }

    /// Returns the number of runs.
    pub(crate) fn runs(&self) -> usize {
        self.values.len()
    }

    /// Returns the middle value.
    pub(crate) fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// Returns the value that 19 of 20 runs do not exceed.
    pub(crate) fn p95(&self) -> f64 {
        self.at(0.95)
    }

    /// Returns the smallest value.
    pub(crate) fn least(&self) -> f64 {
        self.at(0.0)
    }

    /// Returns the largest value.
    pub(crate) fn most(&self) -> f64 {
        self.at(1.0)
    }

    /// Returns the value of the nearest rank.
    fn at(&self, share: f64) -> f64 {
        let rank = (share * self.values.len() as f64).ceil() as usize;
        self.values.get(rank.saturating_sub(1)).or(self.values.last()).copied().unwrap_or(f64::NAN)
    }
}

/// Converts to microseconds.
pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// The limits of a measurement. At least one run is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// The number of runs.
    pub(crate) runs: usize,
    /// The time after which no further run begins.
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
