//! A runbook of the real console, replayed over a store with the same content.

use std::ffi::OsString;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use tempfile::TempDir;

use crate::cli::{self, Environment, Invocation, Io};
use crate::domain::page::{Anchor, RowRange};
use crate::domain::user::Fields;
use crate::store::ListOf;

use super::console::{Console, PASSWORD, read, service, store_with, user};
use super::now;

const NAMES: [&str; 4] = ["alan", "grace", "edsger", "zoe"];

/// Runs one line of a runbook over the store in a folder and returns the exit code.
fn run(folder: &TempDir, line: &str) -> u8 {
    let mut words: Vec<_> = shlex::split(line).unwrap().into_iter().map(OsString::from).collect();
    words.insert(1, "--yes".into());
    let environment = Environment { home: Some("/home/op".into()), ..Environment::default() };
    let Ok(Invocation::Command(command)) = cli::parse(words, &environment) else { panic!("{line}") };
    let io = Io {
        out: &mut io::sink(),
        err: &mut io::sink(),
        input: &mut io::empty(),
        ask_secret: &mut |_| unreachable!(),
        interrupted: &mut || false,
        wait: &mut || false,
        open_file: &mut |_| unreachable!(),
        output_file: &mut || Err(io::ErrorKind::Unsupported.into()),
    };
    cli::run(&command, &mut service(folder), now(), None, io)
}

/// Returns the commands that a shell makes of a runbook, quoted again.
fn heard_by_a_shell(folder: &TempDir, runbook: &Path) -> Vec<String> {
    let program = folder.path().join("nexus");
    fs::write(&program, "#!/bin/sh\nprintf '%s\\0' nexus \"$@\"; echo\n").unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o700)).unwrap();
    let output = Command::new("/bin/sh").arg(runbook).env("PATH", folder.path()).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let commands = String::from_utf8(output.stdout).unwrap();
    let words = |line: &str| shlex::try_join(line.trim_end_matches('\0').split('\0')).unwrap();
    commands.lines().map(words).collect()
}

/// Returns the accounts and paths, as far as an operator sets them.
fn state(folder: &TempDir) -> (Vec<Fields>, Vec<String>) {
    let span = RowRange { anchor: Anchor::Position(0), before: 0, len: 100 };
    let directories = read(folder, |rows| rows.directories(now(), &ListOf::default(), span)).rows;
    let mut paths: Vec<_> = directories.into_iter().map(|directory| directory.path).collect();
    paths.sort_unstable();
    (NAMES.iter().map(|name| user(folder, name).fields()).collect(), paths)
}

#[test]
fn a_runbook_does_the_same_again() {
    let (folder, other) = (store_with(&NAMES), store_with(&NAMES));
    let file = folder.path().join("it's a book.sh");
    let mut console = Console::of(&folder, "ada", PASSWORD);
    console.press(&format!(":record {}<enter>", file.display()));
    console.shows("● rec");
    // Suspends alan; promotes grace and edsger; suspends all but ada; gives zoe a phone.
    for keys in
        ["gjx", "y", "gjj<space><space>A", "y", "*g<space>x", "y", "Ge<tab><tab><tab><tab>+1 'x'<enter>"]
    {
        console.press(keys);
    }
    for keys in ["3gl", "j", "r", "<ctrl-u>Old; $(music)<enter>", ":record<enter>"] {
        console.press(keys);
    }
    console.shows("Recorded to");
    let runbook = fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = runbook.lines().filter(|line| line.starts_with("nexus ")).collect();
    assert_eq!(lines.len(), 5, "{runbook}");
    assert_eq!(heard_by_a_shell(&folder, &file), lines);
    assert_ne!(state(&folder), state(&other));
    for line in lines {
        assert_eq!(run(&other, line), 0, "{line}");
    }
    assert_eq!(state(&folder), state(&other), "{runbook}");
}
