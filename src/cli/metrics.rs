//! `nexus metrics`: figures for a monitoring system, as OpenMetrics text
//! (github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md).
//!
//! Only types that the older text format of Prometheus has as well are used, because `node_exporter`'s textfile collector reads
//! that one. It takes what is new in OpenMetrics (units, the end mark) for comments.

use std::io::{self, Write};

use clap::Args;
use serde_json::json;

use crate::domain::text::visible;
use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::{Failure, Metrics, Reply, Request};

use super::output::{Column, Format, Key, Record, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::selection_args::Input;
use super::store_command::StoreCommand;

const AFTER_HELP: &str = "\
The output is OpenMetrics text; with --format json or csv the same figures are an object or a row. For node_exporter's \
textfile collector write it to another name first, and rename it:
  nexus metrics > nexus.prom.new && mv nexus.prom.new nexus.prom
`nexus manual metrics` lists the figures.";

/// Print figures for a monitoring system (OpenMetrics)
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct MetricsArguments;

impl StoreCommand for MetricsArguments {
    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        Ok(None)
    }

    fn expected(&self) -> Option<u64> {
        None
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let Reply::Metrics(metrics) = runner.read(Request::Metrics)? else { return Err(unexpected().into()) };
        if runner.style.format == Format::Table {
            write(&metrics, runner.io.out)?;
        } else {
            runner.print(&*metrics)?;
        }
        Ok(())
    }
}

/// The type of a family of metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gauge,
    /// It only grows; its samples end in `_total`.
    Counter,
}

/// A family of metrics.
struct Family {
    name: &'static str,
    kind: Kind,
    /// The unit, which is the end of the name.
    unit: Option<&'static str>,
    help: &'static str,
    samples: fn(&Metrics) -> Vec<Sample>,
}

/// A sample: its label beside that of the store, if it has one, and its value.
type Sample = (Option<(&'static str, &'static str)>, i64);

const FAMILIES: [Family; 10] = [
    Family {
        name: "nexus_accounts",
        kind: Kind::Gauge,
        unit: None,
        help: "Accounts by status.",
        samples: |metrics| {
            let accounts = metrics.totals.accounts;
            vec![
                (Some(("status", "confirmed")), of(accounts.confirmed)),
                (Some(("status", "pending")), of(accounts.pending)),
                (Some(("status", "suspended")), of(accounts.suspended)),
            ]
        },
    },
    Family {
        name: "nexus_active_sessions",
        kind: Kind::Gauge,
        unit: None,
        help: "Sessions that are active now.",
        samples: |metrics| one(metrics.totals.active_sessions),
    },
    Family {
        name: "nexus_log_ins",
        kind: Kind::Counter,
        unit: None,
        help: "Log-ins since the journal began, by result.",
        samples: |metrics| {
            vec![
                (Some(("result", "done")), of(metrics.totals.log_ins)),
                (Some(("result", "failed")), of(metrics.totals.failed_log_ins)),
            ]
        },
    },
    Family {
        name: "nexus_journal_entries",
        kind: Kind::Gauge,
        unit: None,
        help: "Entries of the journal.",
        samples: |metrics| one(metrics.store.facts.entries),
    },
    Family {
        name: "nexus_bin_items",
        kind: Kind::Gauge,
        unit: None,
        help: "Deleted accounts and trashed directories in the bin.",
        samples: |metrics| one(metrics.store.facts.bin_items),
    },
    Family {
        name: "nexus_store_size_bytes",
        kind: Kind::Gauge,
        unit: Some("bytes"),
        help: "Size of the store.",
        samples: |metrics| one(metrics.store.facts.bytes),
    },
    Family {
        name: "nexus_store_schema",
        kind: Kind::Gauge,
        unit: None,
        help: "Version of the store's schema.",
        samples: |metrics| vec![(None, metrics.store.facts.schema)],
    },
    Family {
        name: "nexus_store_damaged",
        kind: Kind::Gauge,
        unit: None,
        help: "1 if damage was found in the store, else 0.",
        samples: |metrics| vec![(None, metrics.store.is_damaged.into())],
    },
    Family {
        name: "nexus_last_backup_timestamp_seconds",
        kind: Kind::Gauge,
        unit: Some("seconds"),
        help: "Time of the last backup, in seconds since 1970; no sample if there is none.",
        samples: |metrics| {
            metrics.store.facts.last_backup.map(|at| (None, at.timestamp())).into_iter().collect()
        },
    },
    Family {
        name: "nexus_last_backup_age_seconds",
        kind: Kind::Gauge,
        unit: Some("seconds"),
        help: "Age of the last backup; no sample if there is none.",
        samples: |metrics| backup_age(metrics).map(|age| (None, age.num_seconds())).into_iter().collect(),
    },
];

fn of(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn one(number: u64) -> Vec<Sample> {
    vec![(None, of(number))]
}

/// Returns the age of the last backup. One that a clock which ran ahead made has none.
fn backup_age(metrics: &Metrics) -> Option<Duration> {
    let since = |at: Timestamp| (metrics.at - at).max(Duration::zero());
    metrics.store.facts.last_backup.map(since)
}

fn write(metrics: &Metrics, out: &mut dyn Write) -> io::Result<()> {
    let store = escaped(&visible(&metrics.store.location));
    for Family { name, kind, unit, help, samples } in &FAMILIES {
        let (kind, suffix) = match kind {
            Kind::Gauge => ("gauge", ""),
            Kind::Counter => ("counter", "_total"),
        };
        writeln!(out, "# TYPE {name} {kind}")?;
        if let Some(unit) = unit {
            writeln!(out, "# UNIT {name} {unit}")?;
        }
        writeln!(out, "# HELP {name} {}", escaped(help))?;
        for (label, value) in samples(metrics) {
            let label = label.map(|(label, value)| format!(",{label}=\"{}\"", escaped(value)));
            writeln!(out, "{name}{suffix}{{store=\"{store}\"{}}} {value}", label.unwrap_or_default())?;
        }
    }
    writeln!(out, "# EOF")
}

/// Escapes the value of a label, or a help text.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

impl Record for Metrics {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("at", |metrics: &Self, _| metrics.at.into()),
            Key::new("store", |metrics: &Self, _| (&metrics.store.location).into()),
            Key::new("accounts", |metrics: &Self, _| {
                let accounts = metrics.totals.accounts;
                Value::Json(json!({
                    "confirmed": accounts.confirmed,
                    "pending": accounts.pending,
                    "suspended": accounts.suspended,
                }))
            }),
            Key::new("active_sessions", |metrics: &Self, _| metrics.totals.active_sessions.into()),
            Key::new("log_ins", |metrics: &Self, _| metrics.totals.log_ins.into()),
            Key::new("failed_log_ins", |metrics: &Self, _| metrics.totals.failed_log_ins.into()),
            Key::new("entries", |metrics: &Self, _| metrics.store.facts.entries.into()),
            Key::new("bin_items", |metrics: &Self, _| metrics.store.facts.bin_items.into()),
            Key::new("bytes", |metrics: &Self, _| metrics.store.facts.bytes.into()),
            Key::new("schema", |metrics: &Self, _| Value::Number(metrics.store.facts.schema)),
            Key::new("damaged", |metrics: &Self, _| Value::Flag(metrics.store.is_damaged)),
            Key::new("last_backup", |metrics: &Self, _| Value::of(metrics.store.facts.last_backup)),
            Key::new("last_backup_age", |metrics: &Self, _| {
                Value::of(backup_age(metrics).map(|age| Value::Number(age.num_seconds())))
            }),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        // People read the text for programs.
        Vec::new()
    }
}
