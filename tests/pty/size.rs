//! Terminals of any size.

use std::fs;

use super::*;

#[test]
fn any_size_is_survived() {
    let fixture = Fixture::new();
    let mut console = fixture.logged_in();
    for size in [(1, 1), (2, 1), (500, 200), (40, 12), (39, 9), (80, 24)] {
        console.resize(size);
    }
    console.wait_for("row 1 of");
    console.press("q");
    assert_eq!(console.end(), 0);
}

#[test]
fn a_terminal_that_reports_a_huge_size_costs_little_memory() {
    let fixture = Fixture::new();
    for size in [(10_000, 10_000), (30_000, 30_000)] {
        let mut command = program();
        command.arg("--store");
        command.arg(fixture.store());
        let mut console = Terminal::start(command, size);
        log_in(&mut console);
        console.resize(SIZE);
        console.resize(size);
        console.press("4");
        console.wait_for("u undo");
        let peak = peak_memory(console.pid());
        assert!(peak < 250_000, "{size:?}: {peak} kB");
        console.press("q");
        assert_eq!(console.end(), 0);
    }
}

/// The most memory that a process has had, in kB.
fn peak_memory(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}
