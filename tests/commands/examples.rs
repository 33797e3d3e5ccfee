//! The examples in the help of each command, run in a shell as they stand there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

use super::fixture::{Fixture, LEGACY, PASSWORD};

/// Prints this command's words and those of the commands below it.
fn leaves(fixture: &Fixture, path: &str, found: &mut Vec<(String, String)>) {
    let words: Vec<_> = path.split_whitespace().collect();
    let help = fixture.ok(&[&words[..], &["--help"]].concat());
    let commands = help.split_once("\nCommands:\n").map(|(_, rest)| rest.split("\n\n").next().unwrap());
    let names = commands.into_iter().flat_map(str::lines).filter_map(|line| {
        let name = line.strip_prefix("  ")?;
        (!name.starts_with(' ')).then(|| name.split(' ').next().unwrap())
    });
    for name in names.filter(|name| *name != "help") {
        leaves(fixture, format!("{path} {name}").trim(), found);
    }
    found.push((path.to_owned(), help));
}

/// Returns the lines of the examples in a help.
fn examples(help: &str) -> Vec<&str> {
    let Some((_, rest)) = help.split_once("\nExamples:\n") else { return Vec::new() };
    rest.lines().map_while(|line| line.strip_prefix("  ")).collect()
}

/// A folder with a store and the files that the examples name.
fn prepared() -> Fixture {
    let fixture = Fixture::empty();
    fixture.ok(&["import", LEGACY, "--strip-prefix", "MEDIA"]);
    fixture.ok(&[
        "user",
        "add",
        "--username",
        "konrad",
        "--email",
        "k@z.example",
        "--firstname",
        "K",
        "--lastname",
        "Z",
    ]);
    fixture.ok(&["user", "delete", "konrad", "--yes"]);
    fixture.ok(&["directory", "provision", "--all", "--yes"]);
    fixture.ok(&["directory", "trash", "00003_ALAN/Uploads", "--yes"]);
    fixture.ok(&["user", "invite"]);
    fixture.ok(&["user", "second-factor", "grace", "--enrol"]);
    let token = fixture.ok(&["session", "issue", "alan"]);
    fixture.file("token.txt", &token);
    fixture.file("head.txt", &fixture.ok(&["journal", "head"]));
    fixture.file("pw", PASSWORD);
    fixture.file("ids.txt", "4\n");
    fixture.file("people.csv", "email,firstname,lastname\ngrete@example.org,Grete,Hermann\n");
    fs::copy(LEGACY, fixture.path("legacy.sql")).unwrap();
    fixture.ok(&["backup", fixture.path("old-nexus.db").to_str().unwrap()]);
    fixture
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Runs a line in a shell, in a copy of this folder.
fn run(line: &str, folder: &Path, has_store: bool) -> Result<(), String> {
    let dir = TempDir::new().unwrap();
    copy(folder, dir.path());
    if !has_store {
        fs::remove_dir_all(dir.path().join("data")).unwrap();
    }
    let bin: PathBuf = cargo_bin("nexus").parent().unwrap().into();
    let path = std::env::join_paths([bin, "/usr/bin".into(), "/bin".into()]).unwrap();
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(dir.path())
        .env_clear()
        .env("PATH", path)
        .env("HOME", dir.path())
        .env("XDG_DATA_HOME", dir.path().join("data"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    // What it finds is no fault of the example.
    let has_findings = line.starts_with("nexus doctor") && output.status.code() == Some(8);
    if output.status.success() || has_findings {
        Ok(())
    } else {
        Err(format!("{line}\n  {}: {err}", output.status))
    }
}

#[test]
fn every_example_does_what_it_says() {
    let fixture = prepared();
    let folder = fixture.path("");
    let mut commands = Vec::new();
    leaves(&fixture, "", &mut commands);
    let mut failed = Vec::new();
    let mut without = BTreeSet::new();
    for (command, help) in &commands {
        let lines = examples(help);
        if lines.is_empty() {
            without.insert(command.as_str());
        }
        // Its examples are those of the commands below it.
        if help.contains("\nCommands:\n") && !command.is_empty() {
            continue;
        }
        for line in lines {
            assert!(line.starts_with("nexus"), "{command}: {line}");
            // The console needs a terminal, a prompt too, and what is followed has no end.
            let is_console = command.is_empty();
            let asks = command == "setup" && !line.contains("--password-file");
            if is_console || asks || line.contains("--follow") {
                continue;
            }
            let has_store = command != "setup" && !(command == "import" && line.contains("legacy.sql"));
            failed.extend(run(line, &folder, has_store).err());
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(without, BTreeSet::new(), "these have no example");
}
