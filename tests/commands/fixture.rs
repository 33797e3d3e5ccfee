//! A folder of its own for each test, with a store in it.

use std::path::PathBuf;

use assert_cmd::cargo::cargo_bin_cmd;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, Row};
use serde_json::Value;
use tempfile::TempDir;

/// Good for every account that a test makes.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A folder with a store.
pub(crate) struct Fixture {
    dir: TempDir,
}

/// The outcome of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Fixture {
    /// Nothing there yet.
    pub(crate) fn empty() -> Self {
        Self { dir: TempDir::new().unwrap() }
    }

    /// With `root` as its only account, an admin.
    pub(crate) fn with_admin() -> Self {
        let fixture = Self::empty();
        fixture.ok_with(
            &[
                "setup",
                "--username",
                "root",
                "--email",
                "root@nexus.example",
                "--firstname",
                "R",
                "--lastname",
                "Oot",
                "--password-stdin",
            ],
            PASSWORD,
        );
        fixture
    }

    /// With the 300 accounts of the legacy dump.
    pub(crate) fn legacy() -> Self {
        let fixture = Self::empty();
        fixture.ok(&["import", LEGACY, "--strip-prefix", "MEDIA"]);
        fixture
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("data/nexus/nexus.db")
    }

    /// A file in the house.
    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Ran {
        self.run_in(&[], args, input)
    }

    /// Runs a command with these variables besides.
    pub(crate) fn run_in(&self, variables: &[(&str, &str)], args: &[&str], input: &str) -> Ran {
        self.run_bytes(variables, args, input.as_bytes())
    }

    /// Runs a command with an input that need not be text.
    pub(crate) fn run_bytes(&self, variables: &[(&str, &str)], args: &[&str], input: &[u8]) -> Ran {
        let output = cargo_bin_cmd!("nexus")
            .env_clear()
            .env("XDG_DATA_HOME", self.path("data"))
            .env("HOME", self.dir.path())
            .envs(variables.iter().copied())
            .args(args)
            .write_stdin(input)
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    /// Standard output of a command that must not fail.
    pub(crate) fn ok_with(&self, args: &[&str], input: &str) -> String {
        let ran = self.run_with(args, input);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        ran.out
    }

    pub(crate) fn ok(&self, args: &[&str]) -> String {
        self.ok_with(args, "")
    }

    /// Asserts that a command fails with this exit code, prints no data, and says why.
    pub(crate) fn fails(&self, code: i32, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{args:?}");
        assert!(ran.err.lines().any(|line| line.starts_with("nexus: ")), "{args:?}: {}", ran.err);
        ran.err
    }

    pub(crate) fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[args, &["--format", "json"]].concat())).unwrap()
    }

    /// Returns the number of rows of a list.
    pub(crate) fn count(&self, args: &[&str]) -> usize {
        self.json(args).as_array().unwrap().len()
    }

    /// Adds a pending account.
    pub(crate) fn add(&self, username: &str) {
        let email = format!("{username}@nexus.example");
        let names = ["--username", username, "--email", &email, "--firstname", "A", "--lastname", "B"];
        self.ok(&[&["user", "add"], &names[..]].concat());
    }

    /// Writes into the store as another program. How many rows were changed.
    pub(crate) fn write(&self, sql: &str) -> usize {
        Connection::open(self.store()).unwrap().execute(sql, []).unwrap()
    }

    /// Every value of every row, with its type, as another program reads it.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<Cell>> {
        let connection = Connection::open(self.store()).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let cells = |row: &Row<'_>| (0..columns).map(|at| row.get(at)).collect();
        statement.query_map([], cells).unwrap().map(Result::unwrap).collect()
    }

    /// All rows of the three tables.
    pub(crate) fn tables(&self) -> Vec<Vec<Cell>> {
        ["users", "session_tokens", "user_directories"]
            .map(|table| self.rows(&format!("SELECT * FROM de_torres_vincent_{table} ORDER BY id")))
            .concat()
    }
}

/// The real output of `mariadb-dump`.
pub(crate) const LEGACY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/legacy-nexus.sql");
