//! The `sqlite3` program on the same rows, where it can do the same, and NEXUS as a program beside it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::data::Sizes;
use crate::fixture;
use crate::outcome::{Effort, Outcome, Sample, Trouble, Unit, failed};
use crate::table::{Table, Target};

const RUNS: usize = 5;
/// The runs of a whole process.
const PROCESSES: Effort = Effort { runs: 50, within: Duration::from_secs(3) };

/// The limit of 3 ms for a whole process, where `sqlite3` took 2.1 ms beside it.
const AGAINST_SQLITE3: f64 = 3.0 / 2.1;

/// Measures both.
pub(crate) fn measure(source: &Path, sizes: Sizes, table: &mut Table) {
    table.part("sqlite3, to compare with");
    let by = |column: &str, at: u64| {
        format!("SELECT * FROM de_torres_vincent_users ORDER BY {column} LIMIT 50 OFFSET {at};")
    };
    let middle = sizes.users / 2;
    table.row("sqlite3: OFFSET in the middle, by id", Target::None, query(source, &by("id", middle)));
    table.row("sqlite3: OFFSET in the middle, by email", Target::None, query(source, &by("email", middle)));
    let like = "SELECT count(*) FROM de_torres_vincent_users WHERE firstname LIKE '%quillfea%'
                OR lastname LIKE '%quillfea%' OR username LIKE '%quillfea%' OR email LIKE '%quillfea%';";
    table.row("sqlite3: LIKE '%quillfea%', counted", Target::None, query(source, like));
    let active = "SELECT count(*) FROM de_torres_vincent_session_tokens
                  WHERE status = 'active' AND expiration > datetime('now');";
    table.row("sqlite3: active sessions, counted", Target::None, query(source, active));
    let (own, bare) = split(imports(source, sizes.users));
    let rate = Target::AtLeast(sizes.limit(110_000.0, 73_000.0), Unit::RowsPerSecond);
    table.row("nexus import of the accounts as CSV", rate, own);
    table.row("sqlite3: .import of the same", Target::None, bare);
}

/// Whole processes, from their start to their end, against `sqlite3`, which looks up an account by its username.
pub(crate) fn processes(store: &Path, username: &str, table: &mut Table) {
    table.part("a whole process");
    let sql = format!("SELECT * FROM de_torres_vincent_users WHERE username = '{username}' COLLATE NOCASE");
    let bare = process(|| {
        let mut command = Command::new("sqlite3");
        command.args(["-batch", "-init", "/dev/null"]).arg(store).arg(&sql);
        Ok((command, None))
    });
    let rival = bare.as_ref().map(Sample::median).ok();
    table.row("sqlite3: an account by its username", Target::None, bare);
    let show = process(|| {
        let mut command = Command::new(crate::PROGRAM);
        command.args(["user", "show", username, "--store"]).arg(store);
        Ok((command, None))
    });
    for (what, own) in [("nexus user show", show), ("nexus session verify", verify(store, username))] {
        let times = own.as_ref().map(Sample::median).ok().zip(rival).map(|(own, rival)| own / rival);
        table.row(what, Target::millis(3.0), own);
        if let Some(times) = times {
            table.row(
                "  against sqlite3",
                Target::AtMost(AGAINST_SQLITE3, Unit::Times),
                Ok(Sample::one(Unit::Times, times)),
            );
        }
    }
}

fn verify(store: &Path, username: &str) -> Outcome<Sample> {
    let mut issue = Command::new(crate::PROGRAM);
    issue.args(["session", "issue", username, "--format", "json", "--store"]).arg(store);
    let output = issue.stderr(Stdio::null()).output()?;
    let issued: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let Some(token) = issued.get("token").and_then(serde_json::Value::as_str) else {
        return failed("there is no token to verify");
    };
    let token = format!("{token}\n");
    process(|| {
        let mut command = Command::new(crate::PROGRAM);
        command.args(["session", "verify", "--store"]).arg(store);
        Ok((command, Some(token.clone())))
    })
}

/// Times a process that reads `input`, if there is some.
fn process(ready: impl Fn() -> Outcome<(Command, Option<String>)>) -> Outcome<Sample> {
    PROCESSES.time(&ready, |(mut command, input)| {
        let from = if input.is_some() { Stdio::piped() } else { Stdio::null() };
        let mut child = command.stdin(from).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        if let (Some(text), Some(mut pipe)) = (input, child.stdin.take()) {
            std::io::Write::write_all(&mut pipe, text.as_bytes())?;
        }
        if child.wait()?.success() { Ok(()) } else { failed("the process fails") }
    })
}

/// Two figures that are measured together, each with its own outcome.
fn split<A, B>(both: Outcome<(A, B)>) -> (Outcome<A>, Outcome<B>) {
    match both {
        Ok((one, other)) => (Ok(one), Ok(other)),
        Err(trouble) => (Err(trouble), failed("there is no figure beside it")),
    }
}

/// Returns the times that `.timer` prints, to the millisecond.
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

/// Brings the accounts in as CSV: by NEXUS, and by `sqlite3` as it is recommended for bulk loading, without a journal.
fn imports(source: &Path, users: u64) -> Outcome<(Sample, Sample)> {
    let csv = source.with_extension("csv");
    let loaded = source.with_extension("loaded");
    fixture::remove(&loaded)?;
    sqlite3(
        source,
        &[
            ".mode csv".into(),
            ".headers on".into(),
            format!(".once {}", csv.display()),
            "SELECT * FROM de_torres_vincent_users;".into(),
        ],
    )?;
    let own = fixture::run_import(&csv, &loaded);
    fixture::remove(&loaded)?;
    let schema = sqlite3(source, &[".schema de_torres_vincent_users".into()])?;
    let mut commands = vec!["PRAGMA journal_mode = OFF;".to_owned(), "PRAGMA synchronous = OFF;".into()];
    commands.extend(schema.lines().map(str::to_owned));
    commands.push(format!(".import --csv --skip 1 {} de_torres_vincent_users", csv.display()));
    let start = Instant::now();
    let loading = sqlite3(&loaded, &commands);
    let took = start.elapsed();
    fixture::remove(&loaded)?;
    std::fs::remove_file(csv)?;
    loading?;
    let rate = |took: Duration| Sample::one(Unit::RowsPerSecond, users as f64 / took.as_secs_f64());
    Ok((rate(own?.took), rate(took)))
}

/// Runs these lines and returns the output.
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
