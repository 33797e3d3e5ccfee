//! The `sqlite3` program on the same rows, where it can do the same.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::fixture;
use crate::outcome::{Outcome, Sample, Trouble, Unit, failed};
use crate::table::{Table, Target};

const RUNS: usize = 5;

/// All of it.
pub(crate) fn measure(source: &Path, users: u64, table: &mut Table) {
    table.part("sqlite3, to compare with");
    let by = |column: &str, at: u64| {
        format!("SELECT * FROM de_torres_vincent_users ORDER BY {column} LIMIT 50 OFFSET {at};")
    };
    let middle = users / 2;
    table.row("sqlite3: OFFSET in the middle, by id", Target::None, query(source, &by("id", middle)));
    table.row("sqlite3: OFFSET in the middle, by email", Target::None, query(source, &by("email", middle)));
    let like = "SELECT count(*) FROM de_torres_vincent_users WHERE firstname LIKE '%quillfea%'
                OR lastname LIKE '%quillfea%' OR username LIKE '%quillfea%' OR email LIKE '%quillfea%';";
    table.row("sqlite3: LIKE '%quillfea%', counted", Target::None, query(source, like));
    let active = "SELECT count(*) FROM de_torres_vincent_session_tokens
                  WHERE status = 'active' AND expiration > datetime('now');";
    table.row("sqlite3: active sessions, counted", Target::None, query(source, active));
    table.row("sqlite3: .import of the accounts as CSV", Target::None, import(source, users));
}

/// The times that `.timer` prints, to the millisecond.
fn query(source: &Path, sql: &str) -> Outcome<Sample> {
    let sql = sql.replace('\n', " ");
    let mut commands = vec![".output /dev/null".to_owned(), ".timer on".into()];
    commands.extend(std::iter::repeat_n(sql, RUNS));
    let said = sqlite3(source, &commands)?;
    let seconds = said
        .lines()
        .filter_map(|line| line.strip_prefix("Run Time: real ")?.split_whitespace().next()?.parse().ok());
    Sample::times(seconds.map(Duration::from_secs_f64).collect())
}

/// As it is recommended for bulk loading: no journal.
fn import(source: &Path, users: u64) -> Outcome<Sample> {
    let csv = source.with_extension("csv");
    let loaded = source.with_extension("loaded");
    fixture::remove(&loaded)?;
    sqlite3(
        source,
        &[
            ".mode csv".into(),
            format!(".once {}", csv.display()),
            "SELECT * FROM de_torres_vincent_users;".into(),
        ],
    )?;
    let schema = sqlite3(source, &[".schema de_torres_vincent_users".into()])?;
    let mut commands = vec!["PRAGMA journal_mode = OFF;".to_owned(), "PRAGMA synchronous = OFF;".into()];
    commands.extend(schema.lines().map(str::to_owned));
    commands.push(format!(".import --csv {} de_torres_vincent_users", csv.display()));
    let start = Instant::now();
    let loading = sqlite3(&loaded, &commands);
    let took = start.elapsed();
    fixture::remove(&loaded)?;
    std::fs::remove_file(csv)?;
    loading?;
    Ok(Sample::one(Unit::RowsPerSecond, users as f64 / took.as_secs_f64()))
}

/// Runs these lines, each as an argument. What it prints.
fn sqlite3(database: &Path, lines: &[String]) -> Outcome<String> {
    let mut command = Command::new("sqlite3");
    command.args(["-batch", "-init", "/dev/null"]).arg(database);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Trouble::NotAvailable("no sqlite3 here".into()));
        }
        other => other?,
    };
    if let Some(mut input) = child.stdin.take() {
        std::io::Write::write_all(&mut input, (lines.join("\n") + "\n").as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    match String::from_utf8_lossy(&output.stderr).lines().next() {
        Some(line) if !output.status.success() => failed(line),
        _ => Ok(said),
    }
}
