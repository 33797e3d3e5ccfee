//! The mouse is reported while it is wanted, and never left on.

use vt100::{MouseProtocolEncoding, MouseProtocolMode};

use super::*;

/// Returns a config file that turns the mouse on.
fn config(fixture: &Fixture) -> PathBuf {
    let file = fixture.folder.path().join("config.toml");
    fs::write(&file, "mouse = true\n").unwrap();
    file
}

fn with_mouse(fixture: &Fixture) -> Terminal {
    let mut command = program();
    command.arg("--config");
    command.arg(config(fixture));
    command.arg("--store");
    command.arg(fixture.store());
    let mut console = Terminal::start(command, SIZE);
    log_in(&mut console);
    console
}

#[test]
fn presses_are_reported_with_places_of_any_size_and_moves_are_not() {
    let fixture = Fixture::new();
    let mut console = with_mouse(&fixture);
    assert_eq!(console.screen().mouse_protocol_mode(), MouseProtocolMode::PressRelease);
    assert_eq!(console.screen().mouse_protocol_encoding(), MouseProtocolEncoding::Sgr);
    console.click("2 Sessions");
    console.wait_for("this one");
    console.press("q");
    assert_eq!(console.end(), 0);
}

#[test]
fn it_is_off_unless_it_is_wanted() {
    let fixture = Fixture::new();
    let mut console = fixture.logged_in();
    assert!(!console.reports_mouse());
    console.press(":mouse\r");
    console.wait_for("The mouse is on");
    assert!(console.reports_mouse());
    console.press(":mouse\r");
    console.wait_for("The mouse is off");
    assert!(!console.reports_mouse());
    console.press(":mouse\rq");
    assert_eq!(console.end(), 0);
}

#[test]
fn every_way_of_leaving_turns_it_off() {
    let fixture = Fixture::new();
    for (sent, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let console = with_mouse(&fixture);
        assert!(console.reports_mouse());
        signal(&console, sent);
        assert_eq!(console.end(), code);
    }
}

#[test]
fn the_shell_has_it_off_and_the_console_on_again() {
    let fixture = Fixture::new();
    let (store, config) = (fixture.store(), config(&fixture));
    let pid = fixture.folder.path().join("pid");
    let mut console = shell();
    console.press(&format!(
        "sh -c 'echo $$ > {} && exec {PROGRAM} --config {} --store {}'\n",
        pid.display(),
        config.display(),
        store.display()
    ));
    log_in(&mut console);
    let pid = fs::read_to_string(pid).unwrap().trim().parse().unwrap();
    for by_key in [true, false] {
        assert!(console.reports_mouse());
        if by_key {
            console.press("\x1a");
        } else {
            kill_process(Pid::from_raw(pid).unwrap(), Signal::TSTP).unwrap();
        }
        console.wait_for("Stopped");
        console.assert_restored();
        console.press("clear; fg; echo left with $?\n");
        console.wait_for("row 1 of");
    }
    console.press("q");
    console.wait_for("left with 0");
    console.assert_restored();
    console.press("exit\n");
    assert_eq!(console.end(), 0);
}

#[test]
fn what_the_mouse_does_until_it_is_off_never_reaches_the_shell() {
    let fixture = Fixture::new();
    let mut console = shell();
    console.report_status();
    let (store, config) = (fixture.store(), config(&fixture));
    let paths = format!("--config {} --store {}", config.display(), store.display());
    console.press(&format!("{PROGRAM} {paths}; echo left with $?\n"));
    log_in(&mut console);
    console.press("q");
    // The terminal reports the wheel until it has read that it is not to.
    while console.reports_mouse() {
        console.press("\x1b[<64;10;10M");
        assert!(console.take());
    }
    console.wait_for("left with 0");
    console.press("echo the end: $((1 + 1))\n");
    console.wait_for("the end: 2");
    assert!(!console.shows("64;10"), "no report is left over");
    console.press("exit\n");
    assert_eq!(console.end(), 0);
}
