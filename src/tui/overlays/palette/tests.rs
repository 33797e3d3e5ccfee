//! A line that is typed, and the command that is run: never anything else.

use crate::tui::keys::Group;
use crate::tui::testing::keys;

use super::*;

const fn command(on: &'static [&'static str], name: &'static str, help: &'static str) -> Help {
    Help { on, name, group: Group::Everywhere, hint: "", help }
}

fn palette() -> Palette {
    let commands = vec![
        command(&["c"], "confirm", "confirm the account, or lift its suspension"),
        command(&["x"], "suspend", "suspend the account and end its sessions"),
        command(&["X"], "revoke", "end all sessions of the account"),
        command(&["+"], "revoke-all", "end them all"),
        command(&["o p"], "pending", "board of pending accounts"),
        command(&["2"], "sessions [WHO]", "sessions"),
        command(&["q", "ctrl-c"], "quit", "leave"),
        command(&["esc"], "", "not a command"),
        command(&[":record FILE"], RECORD, "write a runbook"),
        command(&[":N"], ROW, "to row N of the list"),
    ];
    Palette::new(commands, vec![("renew", "Sessions")])
}

fn run(script: &str) -> Vec<Ask> {
    let mut palette = palette();
    keys(script).into_iter().flat_map(|key| palette.press(key)).collect()
}

/// Returns the line after these keys.
fn line(script: &str) -> String {
    let mut palette = palette();
    for key in keys(script) {
        assert_eq!(palette.press(key), [], "{script}");
    }
    palette.typed.value().to_owned()
}

fn pressed(on: &str) -> Vec<Ask> {
    vec![Ask::Close, Ask::Press(on.into())]
}

#[track_caller]
fn assert_complains(script: &str, words: &str) {
    match run(script).as_slice() {
        [Ask::ShowError(failure)] => assert!(failure.message.contains(words), "{}", failure.message),
        other => panic!("{script}: {other:?}"),
    }
}

#[test]
fn a_number_goes_to_that_row() {
    assert_eq!(run("500<enter>"), [Ask::Close, Ask::Row(499)]);
    assert_eq!(run("0<enter>"), [Ask::Close, Ask::Row(0)]);
    assert_eq!(run("row 12<enter>"), [Ask::Close, Ask::Row(11)]);
    assert_complains("99999999999999999999<enter>", "There is no row");
    assert_complains("row<enter>", "row needs a number");
    assert_complains("row x<enter>", "There is no row x");
}

#[test]
fn a_name_runs_whole_or_as_a_beginning_that_only_one_has() {
    assert_eq!(run("suspend<enter>"), pressed("x"));
    assert_eq!(run("sus<enter>"), pressed("x"));
    assert_eq!(run("SUSPEND<enter>"), pressed("x"));
    assert_eq!(run(" pending <enter>"), pressed("o p"));
    assert_eq!(run("q<enter>"), pressed("q"));
    assert_eq!(run("revoke<enter>"), pressed("X"), "a whole name is no beginning of another");
    assert_eq!(run("revoke-<enter>"), pressed("+"));
}

#[test]
fn what_was_not_typed_is_only_filled_in() {
    for (script, filled) in [
        ("lift<enter>", "confirm"),
        ("end all<enter>", "revoke"),
        ("s<enter>", "suspend"),
        ("re<enter>", "revoke"),
        ("board<enter>", "pending"),
        ("runbook<enter>", "record "),
        ("sus<down><down><enter>", "confirm"),
        ("<down><enter>", "confirm"),
    ] {
        assert_eq!(line(script), filled, "{script}");
    }
    assert_eq!(run("lift<enter><enter>"), pressed("c"));
    assert_eq!(run("end all<tab><enter>"), pressed("X"));
}

#[test]
fn every_beginning_of_every_text_runs_at_most_what_it_names() {
    let palette = palette();
    for help in &palette.commands {
        let words = help.help.split(' ').chain([help.name, help.help]);
        for text in words.flat_map(|word| (1..=word.len()).map(move |end| &word[..end])) {
            let Some(Ask::Press(on)) = run(&format!("{text}<enter>")).pop() else { continue };
            let ran = palette.commands.iter().find(|help| help.on.contains(&on.as_str())).unwrap();
            assert!(ran.command().starts_with(text.trim()), "{text:?} ran {}", ran.name);
        }
    }
}

#[test]
fn tab_completes_the_name_and_leaves_room_for_an_argument() {
    assert_eq!(line("susp<tab>"), "suspend");
    assert_eq!(line("ses<tab>"), "sessions ");
    assert_eq!(line("<down><down><tab>"), "suspend");
    assert_eq!(line("xyz<tab>"), "xyz");
}

#[test]
fn an_argument_goes_with_its_command_or_is_refused() {
    assert_eq!(run("sessions alan<enter>"), [Ask::Close, Ask::Command("sessions", "alan".into())]);
    assert_eq!(run("ses  alan <enter>"), [Ask::Close, Ask::Command("sessions", "alan".into())]);
    assert_eq!(run("sessions<enter>"), pressed("2"));
    assert_complains("suspend alan<enter>", "suspend takes no argument");
    assert_complains("q now<enter>", "quit takes no argument");
}

#[test]
fn a_runbook_is_named_after_its_command() {
    let file = |file: &str| Ask::Record(Some(file.into()));
    assert_eq!(run("record /tmp/a b.sh<enter>"), [Ask::Close, file("/tmp/a b.sh")]);
    assert_eq!(run("runbook<enter>x.sh<enter>"), [Ask::Close, file("x.sh")]);
    assert_eq!(run("runbook<tab>x.sh<enter>"), [Ask::Close, file("x.sh")]);
    assert_eq!(run("record<enter>"), [Ask::Close, Ask::Record(None)]);
    assert_complains("recorder<enter>", "There is no such command: recorder.");
}

#[test]
fn what_is_no_command_is_said_and_nothing_is_run() {
    assert_complains("xyz<enter>", "There is no such command: xyz.");
    assert_complains("\u{1b}\u{202e}<enter>", "There is no such command");
    assert_complains("renew<enter>", "renew is a command of the screen Sessions.");
    assert_eq!(run("<enter>"), [Ask::Close]);
    assert_eq!(run("a<backspace><backspace>"), [Ask::Close]);
}
