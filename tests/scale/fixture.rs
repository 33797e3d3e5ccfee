//! Stores to measure on: the rows brought in by the real program, and an admin whose password is known.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use chrono::Utc;

use crate::bare::Bare;
use crate::data::{self, Sizes};
use crate::outcome::{Outcome, Sample, Unit, failed};
use crate::process;
use crate::verbs::Library;

/// The time between two looks at a running command's memory.
const LOOK: Duration = Duration::from_millis(20);

/// The cost of an import.
#[derive(Debug)]
pub(crate) struct Import {
    /// Rows a second.
    pub(crate) rate: Sample,
    /// The time from start to end.
    pub(crate) time: Sample,
    /// The most memory that the program held.
    pub(crate) peak: Sample,
    /// The size of the store, against that of its source.
    pub(crate) growth: Sample,
}

/// A store to measure on.
#[derive(Debug)]
pub(crate) struct Fixture {
    /// Its file.
    pub(crate) store: PathBuf,
    /// The file that the rows came from.
    pub(crate) source: PathBuf,
    /// The cost of the import that made it, if this run has.
    pub(crate) import: Option<Import>,
}

impl Fixture {
    /// Makes the rows, if need be, and a store of them in `folder`, or takes a store that was `kept` there.
    pub(crate) fn new(folder: &Path, sizes: Sizes, kept: bool) -> Outcome<Self> {
        eprintln!("[making {} rows]", sizes.all());
        let source = data::file(folder, sizes, Utc::now().date_naive())?;
        let store = folder.join(format!("store-{}.db", sizes.users));
        if kept && store.exists() {
            return Ok(Self { store, source, import: None });
        }
        remove(&store)?;
        eprintln!("[bringing them into a store]");
        let run = run_import(&source, &store)?;
        let size = |file: &Path| fs::metadata(file).map(|metadata| metadata.len() as f64);
        let import = Import {
            rate: Sample::one(Unit::RowsPerSecond, sizes.all() as f64 / run.took.as_secs_f64()),
            time: Sample::times(vec![run.took])?,
            peak: Sample::new(Unit::Mebibytes, vec![run.peak])?,
            growth: Sample::one(Unit::Times, size(&store)? / size(&source)?),
        };
        Library::open(&store)?.add_operator()?;
        Bare::open(&store)?.checkpoint()?;
        Ok(Self { store, source, import: Some(import) })
    }
}

/// Removes a database and what SQLite puts beside it.
pub(crate) fn remove(path: &Path) -> Outcome<()> {
    for beside in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(beside);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Brings rows into a store with the real program.
pub(crate) fn run_import(source: &Path, store: &Path) -> Outcome<Run> {
    let mut command = Command::new(crate::PROGRAM);
    command.args(["import", "--keep-sessions", "--store"]).arg(store).arg(source);
    run(command)
}

/// A command that succeeded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// From start to end.
    pub(crate) took: Duration,
    /// The most memory that it held, in MiB, as far as it was seen.
    pub(crate) peak: f64,
}

/// Runs a command to its end.
pub(crate) fn run(mut command: Command) -> Outcome<Run> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let said = child.stderr.take().map(|mut from| {
        thread::spawn(move || {
            let mut text = String::new();
            let _ = from.read_to_string(&mut text);
            text
        })
    });
    let mut peak: f64 = 0.0;
    let status = loop {
        peak = peak.max(process::peak_memory(child.id()).unwrap_or_default());
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(LOOK);
    };
    let took = start.elapsed();
    let said = said.and_then(|thread| thread.join().ok()).unwrap_or_default();
    if status.success() {
        Ok(Run { took, peak })
    } else {
        failed(said.lines().next().unwrap_or("it says nothing"))
    }
}
