//! The real binary in a real terminal: starting, logging in, and every way of leaving.

#![cfg(test)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use portable_pty::CommandBuilder;
use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

mod mouse;
mod pictures;
mod replies;
mod size;
mod svg;
mod terminal;

use terminal::Terminal;

const PROGRAM: &str = env!("CARGO_BIN_EXE_nexus");
const PASSWORD: &str = "a walk through the house";
const SIZE: (u16, u16) = (80, 24);

/// A store with one admin, in a folder of its own.
struct Fixture {
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let fixture = Self { folder: TempDir::new().unwrap() };
        let password = fixture.folder.path().join("password");
        fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        let made = Command::new(PROGRAM)
            .args(["setup", "--username", "ada", "--email", "ada@nexus.example"])
            .args(["--firstname", "Ada", "--lastname", "Lovelace", "--password-file"])
            .arg(password)
            .arg("--store")
            .arg(fixture.store())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fixture
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("nexus.db")
    }

    fn console(&self) -> Terminal {
        let mut command = program();
        command.arg("--store");
        command.arg(self.store());
        Terminal::start(command, SIZE)
    }

    /// A console in which ada has logged in.
    fn logged_in(&self) -> Terminal {
        let mut console = self.console();
        log_in(&mut console);
        console
    }

    /// Console sessions begun, and those of them that are still active.
    fn sessions(&self) -> (u32, u32) {
        let store = Connection::open_with_flags(self.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let counts = "SELECT count(*), count(*) FILTER (WHERE status = 'active') \
                      FROM de_torres_vincent_session_tokens";
        store.query_row(counts, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }
}

/// The program, with an environment of its own.
fn program() -> CommandBuilder {
    with_environment(CommandBuilder::new(PROGRAM))
}

fn with_environment(mut command: CommandBuilder) -> CommandBuilder {
    command.env_clear();
    for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("PATH", "/usr/bin:/bin")] {
        command.env(name, value);
    }
    command
}

fn log_in(console: &mut Terminal) {
    console.wait_for("Username or email");
    console.press("ada\t");
    console.press(PASSWORD);
    console.press("\r");
    console.wait_for("row 1 of");
}

fn signal(console: &Terminal, signal: Signal) {
    kill_process(Pid::from_raw(console.pid().cast_signed()).unwrap(), signal).unwrap();
}

#[test]
fn log_in_and_quit() {
    let fixture = Fixture::new();
    let mut console = fixture.logged_in();
    assert_eq!(fixture.sessions(), (1, 1));
    console.press("q");
    assert_eq!(console.end(), 0);
    assert_eq!(fixture.sessions(), (1, 0));
}

#[test]
fn the_config_file_opens_the_registration() {
    let fixture = Fixture::new();
    let config = fixture.folder.path().join("config.toml");
    fs::write(&config, "registration = \"open\"\n").unwrap();
    let mut command = program();
    command.arg("--store");
    command.arg(fixture.store());
    command.arg("--config");
    command.arg(config);
    let mut console = Terminal::start(command, SIZE);
    console.wait_for("No account yet? Ctrl-n registers one.");
    console.press("\x0e");
    console.wait_for("An admin confirms your account before you can log in.");
    console.press("\x03");
    assert_eq!(console.end(), 0);
}

#[test]
fn a_store_that_can_only_be_read_opens_a_console_that_says_so_and_writes_nothing() {
    let fixture = Fixture::new();
    fs::hard_link(fixture.store(), fixture.folder.path().join("second.db")).unwrap();
    let before = fs::read(fixture.store()).unwrap();
    let mut console = fixture.console();
    console.wait_for("read-only");
    log_in(&mut console);
    console.wait_for("mv ");
    console.press("a");
    console.wait_for("cp -p ");
    console.press("q");
    assert_eq!(console.end(), 0);
    assert!(fs::read(fixture.store()).unwrap() == before);
    assert_eq!(fs::read_dir(fixture.folder.path()).unwrap().count(), 3, "nothing was left beside it");
}

#[test]
fn a_console_for_reading_only_writes_nothing_and_sees_what_others_change() {
    let fixture = Fixture::new();
    let other = Connection::open(fixture.store()).unwrap();
    let mut command = program();
    command.args(["--readonly", "--store"]);
    command.arg(fixture.store());
    let mut console = Terminal::start(command, SIZE);
    log_in(&mut console);
    console.wait_for("read-only");
    console.press("d");
    console.wait_for("Leave --readonly out");
    other.execute("UPDATE de_torres_vincent_users SET lastname = 'Byron'", []).unwrap();
    console.wait_for("Byron");
    other.execute("UPDATE de_torres_vincent_users SET status = 'suspended'", []).unwrap();
    console.wait_for("logged out");
    console.press("\x03");
    assert_eq!(console.end(), 0);
    assert_eq!(fixture.sessions(), (0, 0));
}

#[test]
fn leaving_tells_that_the_store_was_replaced() {
    let fixture = Fixture::new();
    let mut console = fixture.logged_in();
    let newer = fixture.folder.path().join("newer.db");
    fs::copy(fixture.store(), &newer).unwrap();
    let bytes = fs::read(&newer).unwrap();
    fs::rename(&newer, fixture.store()).unwrap();
    console.press("q");
    console.wait_for("deleted or replaced while it was open");
    assert_eq!(console.end(), 7);
    assert!(fs::read(fixture.store()).unwrap() == bytes, "the new file was changed");
}

#[test]
fn a_console_for_reading_only_makes_no_store() {
    let folder = TempDir::new().unwrap();
    let mut command = program();
    command.args(["--readonly", "--store"]);
    command.arg(folder.path().join("none.db"));
    let mut console = Terminal::start(command, SIZE);
    console.wait_for("There is no store at");
    assert_eq!(console.end(), 7);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn control_c_leaves_at_the_log_in() {
    let fixture = Fixture::new();
    let mut console = fixture.console();
    console.wait_for("Username or email");
    console.press("\x03");
    assert_eq!(console.end(), 0);
}

#[test]
fn signals_end_it_in_good_order() {
    let fixture = Fixture::new();
    for (sent, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let console = fixture.logged_in();
        signal(&console, sent);
        assert_eq!(console.end(), code);
        assert_eq!(fixture.sessions().1, 0, "{sent:?}");
    }
}

#[test]
fn a_dropped_link_ends_it() {
    let fixture = Fixture::new();
    assert_eq!(fixture.logged_in().hang_up(), 129);
    assert_eq!(fixture.sessions(), (1, 0));
}

#[test]
fn a_terminal_that_goes_without_a_signal_ends_it() {
    let fixture = Fixture::new();
    let code = fixture.folder.path().join("code");
    let mut shell = with_environment(CommandBuilder::new("sh"));
    // Only the session's leader is told when the terminal goes: the console below it hears nothing.
    shell.arg("-c");
    shell.arg(r#"trap "" HUP; "$1" --store "$2"; echo $? > "$3""#);
    shell.arg("sh");
    shell.arg(PROGRAM);
    shell.arg(fixture.store());
    shell.arg(&code);
    let mut console = Terminal::start(shell, SIZE);
    log_in(&mut console);
    console.hang_up();
    assert_eq!(fs::read_to_string(code).unwrap(), "129\n");
    assert_eq!(fixture.sessions(), (1, 0));
}

/// Starts an interactive shell.
fn shell() -> Terminal {
    let mut bash = with_environment(CommandBuilder::new("bash"));
    bash.args(["--norc", "--noprofile", "--noediting", "-i"]);
    bash.env("PS1", "shell> ");
    let mut shell = Terminal::start(bash, SIZE);
    shell.wait_for("shell> ");
    shell
}

#[test]
fn another_programs_stop_restores_the_terminal() {
    let fixture = Fixture::new();
    let mut console = shell();
    let pid = fixture.folder.path().join("pid");
    let store = fixture.store();
    console.press(&format!(
        "sh -c 'echo $$ > {} && exec {PROGRAM} --store {}'\n",
        pid.display(),
        store.display()
    ));
    // On the log-in screen as well as later.
    console.wait_for("Password");
    let pid = fs::read_to_string(pid).unwrap().trim().parse().unwrap();
    let stop =
        || rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), Signal::TSTP).unwrap();
    stop();
    console.wait_for("Stopped");
    console.assert_restored();
    console.press("clear; fg; echo left with $?\n");
    console.wait_for("Password");
    log_in(&mut console);
    stop();
    console.wait_for("Stopped");
    console.assert_restored();
    console.press("clear; fg; echo left with $?\n");
    console.wait_for("row 1 of");
    console.press("q");
    console.wait_for("left with 0");
    console.press("exit\n");
    assert_eq!(console.end(), 0);
}

#[test]
fn a_status_report_of_the_terminal_never_reaches_the_shell() {
    let fixture = Fixture::new();
    let mut console = shell();
    console.report_status();
    console.press(&format!("{PROGRAM} --store {}; echo left with $?\n", fixture.store().display()));
    log_in(&mut console);
    console.press("jk\x1a");
    console.wait_for("Stopped");
    console.press("fg; echo left with $?\n");
    console.wait_for("row 1 of");
    console.press("q");
    console.wait_for("left with 0");
    console.press("echo the end: $((1 + 1))\n");
    console.wait_for("the end: 2");
    assert!(!console.shows("0n"), "no report is left over");
    console.press("exit\n");
    assert_eq!(console.end(), 0);
}

#[test]
fn to_the_shell_and_back() {
    let fixture = Fixture::new();
    let mut console = shell();
    console.press(&format!("{PROGRAM} --store {}\n", fixture.store().display()));
    log_in(&mut console);
    console.press("\x1a");
    console.wait_for("Stopped");
    console.assert_restored();
    console.press("fg; echo left with $?\n");
    console.wait_for("row 1 of");
    console.press("q");
    console.wait_for("left with 0");
    console.press("exit\n");
    assert_eq!(console.end(), 0);
    assert_eq!(fixture.sessions(), (1, 0));
}

#[test]
fn the_demo_leaves_nothing_behind() {
    for ending in [None, Some(Signal::TERM)] {
        let folder = TempDir::new().unwrap();
        let mut demo = program();
        demo.arg("--demo");
        demo.env("TMPDIR", folder.path());
        let mut console = Terminal::start(demo, SIZE);
        console.wait_for(PASSWORD);
        log_in(&mut console);
        console.wait_for("2,000");
        match ending {
            None => console.press("q"),
            Some(sent) => signal(&console, sent),
        }
        assert_eq!(console.end(), if ending.is_some() { 143 } else { 0 });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let fixture = Fixture::new();
    let refused = Command::new(PROGRAM).arg("--store").arg(fixture.store()).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nexus --help"));
}

#[test]
fn a_dumb_terminal_gets_a_hint() {
    let mut command = program();
    command.env("TERM", "dumb");
    let mut terminal = Terminal::start(command, SIZE);
    terminal.wait_for("nexus --help");
    assert_eq!(terminal.end(), 2);
}
