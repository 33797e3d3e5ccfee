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
    run_in(palette(), script)
}

/// Returns what the keys ask for, besides values to complete an argument.
fn run_in(mut palette: Palette, script: &str) -> Vec<Ask> {
    let asks = keys(script).into_iter().flat_map(|key| palette.press(key));
    asks.filter(|ask| !matches!(ask, Ask::Complete(..))).collect()
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
    for entry in &palette.entries {
        let words = entry.help().split(' ').chain([entry.name(), entry.help()]);
        for text in words.flat_map(|word| (1..=word.len()).map(move |end| &word[..end])) {
            let Some(Ask::Press(on)) = run(&format!("{text}<enter>")).pop() else { continue };
            let is_it =
                |entry: &&entries::PaletteCommand| entry.key.is_some_and(|key| key.on.contains(&on.as_str()));
            let ran = palette.entries.iter().find(is_it).unwrap();
            assert!(ran.name().starts_with(text.trim()), "{text:?} ran {}", ran.name());
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

/// Returns a palette of the same keys and all commands of the command line.
fn with_commands() -> Palette {
    palette().with_commands(crate::cli::CONSOLE_COMMANDS.specs())
}

fn run_with_commands(script: &str) -> Vec<Ask> {
    run_in(with_commands(), script)
}

fn words(line: &str) -> Vec<Ask> {
    vec![Ask::Run(line.split(' ').map(str::to_owned).collect())]
}

#[test]
fn commands_of_the_command_line_run_by_their_names() {
    for (script, line) in [
        ("doctor<enter>", "doctor"),
        ("journal verify<enter>", "journal verify"),
        ("bin restore 4<enter>", "bin restore 4"),
        ("Journal Head<enter>", "journal head"),
        ("journal h<enter>", "journal head"),
        ("undo 4<enter>", "undo 4"),
    ] {
        assert_eq!(run_with_commands(script), words(line), "{script}");
    }
    let quoted = run_with_commands("directory rename A/B 'C D'<enter>");
    let Some(Ask::Run(words)) = quoted.last() else { panic!("{quoted:?}") };
    assert_eq!(words[2..], ["A/B", "C D"]);
    match run_with_commands("bin restore 'x<enter>").as_slice() {
        [Ask::ShowError(failure)] => assert_eq!(failure.message, "A quote is not closed."),
        other => panic!("{other:?}"),
    }
}

#[test]
fn letters_in_their_order_find_a_command_and_only_fill_it_in() {
    let mut palette = with_commands();
    for key in keys("jvfy<enter>") {
        assert!(palette.press(key).iter().all(|ask| matches!(ask, Ask::Complete(..))));
    }
    assert_eq!(palette.typed.value(), "journal verify ");
    assert_eq!(palette.press(keys("<enter>")[0]), words("journal verify"));
}

#[test]
fn in_lines_every_row_that_can_be_chosen_is_printed() {
    let mut palette = with_commands();
    let count = palette.choice_count();
    assert!(count > SHOWN);
    for _ in 0..count {
        palette.press(keys("<down>")[0]);
        let text = palette.text();
        let chosen = text.last().and_then(|line| line.strip_prefix("Cursor on ")).unwrap();
        assert!(text.iter().any(|line| line.starts_with(&format!("{chosen}: "))), "{text:?}");
        assert!(text.contains(&format!("{} more", count - SHOWN)), "{text:?}");
    }
}

#[test]
fn a_beginning_of_several_names_runs_none_of_them() {
    let mut palette = with_commands();
    for key in keys("session<enter>") {
        assert_eq!(palette.press(key), []);
    }
    assert_eq!(palette.typed.value(), "sessions ");
}

#[test]
fn arguments_are_completed() {
    for (script, value) in [
        ("user list --fi<tab>", "user list --filter "),
        ("user edit 3 --access-level <tab>", "user edit 3 --access-level user "),
        ("user edit 3 --access-level=ad<tab>", "user edit 3 --access-level=admin "),
        ("user list --filter sta<tab>", "user list --filter status:"),
        ("user list --filter status:p<tab>", "user list --filter status:pending "),
        ("user list --filter 'level:admin status:p<tab>", "user list --filter 'level:admin status:pending' "),
        ("manual exit<tab>", "manual exit-codes "),
        ("user edit 3 --access-level <down><down><tab>", "user edit 3 --access-level admin "),
        ("user edit 3 --access-level <down><enter>", "user edit 3 --access-level user "),
    ] {
        let mut palette = with_commands();
        for key in keys(script) {
            palette.press(key);
        }
        assert_eq!(palette.typed.value(), value, "{script}");
    }
}

#[test]
fn accounts_come_from_the_store() {
    let mut palette = with_commands();
    let asks: Vec<_> = keys("user suspend al").into_iter().flat_map(|key| palette.press(key)).collect();
    assert_eq!(asks.last(), Some(&Ask::Complete(CompletionKind::Account, "al".into())));
    let mut hostile = crate::tui::testing::user(7, "x");
    hostile.username = Some("al\u{1b}[2J".into());
    let two_words = crate::tui::testing::user(8, "al two");
    let digits = crate::tui::testing::user(9, "123");
    let users = vec![hostile, two_words, digits, crate::tui::testing::user(3, "alan")];
    palette.complete(Reply::Users(crate::tui::testing::window(users)));
    let values: Vec<_> = palette.choices.iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!(values, ["7", "al two", "9", "alan"]);
    for key in keys("<down><down><down><down><tab>") {
        palette.press(key);
    }
    assert_eq!(palette.typed.value(), "user suspend alan ");
    assert_eq!(palette.press(keys("<enter>")[0]), words("user suspend alan"));
}

#[test]
fn a_filter_as_an_argument_is_completed() {
    let users = Palette::new(vec![command(&["1"], "users [FILTER]", "accounts")], Vec::new());
    let mut palette = users.with_lists(&[("users", ListKind::Users)]);
    let mut press =
        |script: &str| -> Vec<Ask> { keys(script).into_iter().flat_map(|key| palette.press(key)).collect() };
    press("users level:ad<tab>st<tab>p<tab>");
    assert_eq!(press("user:a").last(), Some(&Ask::Complete(CompletionKind::Account, "a".into())));
    let two_words = crate::tui::testing::user(8, "al two");
    palette.complete(Reply::Users(crate::tui::testing::window(vec![two_words])));
    palette.press(keys("<tab>")[0]);
    assert_eq!(palette.line(), "users level:admin status:pending user:\"al two\" ");
}

#[test]
fn saved_views_are_found_by_their_names() {
    let with_views = || {
        let mut commands = vec![
            command(&[":view NAME"], VIEW.1, "bring back a saved view"),
            command(&["o"], "stash", "a command that begins so too"),
        ];
        commands.extend(palette().entries.iter().filter_map(|entry| entry.key));
        let names = ["Long ago", "stale", "stale\u{1b}[2J"];
        Palette::new(commands, Vec::new()).with_views(names.map(str::to_owned).into())
    };
    let typed = |script: &str| {
        let mut palette = with_views();
        assert_eq!(run_in(palette.clone(), script), [], "{script}");
        for key in keys(script) {
            palette.press(key);
        }
        palette
    };
    for (script, line) in [
        ("stal<enter>", "view stale"),
        ("sta<down><down><tab>", "view stale"),
        ("AGO<tab>", "view Long ago"),
        ("lgg<enter>", "view Long ago"),
    ] {
        assert_eq!(typed(script).line(), line, "{script}");
    }
    let shown = typed("sta").text();
    assert_eq!(shown[..3], [":sta", "stash: a command that begins so too", "view stale: saved view"]);
    assert!(!shown.concat().contains('\u{1b}'), "{shown:?}");
    assert_eq!(
        run_in(with_views(), "ago<enter><enter>"),
        [Ask::Close, Ask::Command("view", "Long ago".into())]
    );
    // Without a letter nothing is found by name.
    assert!(!typed("").matching().iter().any(|meaning| matches!(meaning, Meaning::View(_))));
}

#[test]
fn values_that_come_late_are_not_for_another_word() {
    let mut palette = with_commands();
    for key in keys("user show al<backspace><backspace><backspace><backspace>") {
        palette.press(key);
    }
    palette.complete(Reply::Users(crate::tui::testing::window(vec![crate::tui::testing::user(3, "alan")])));
    assert_eq!(palette.choices, []);
}

#[test]
fn older_lines_come_back() {
    let history = vec!["users".into(), "user show ada".into()];
    let mut palette = with_commands().with_history(history);
    for (script, line) in [
        ("dr<up>", "user show ada"),
        ("<up>", "users"),
        ("<up>", "users"),
        ("<down>", "user show ada"),
        ("<down>", "dr"),
    ] {
        for key in keys(script) {
            palette.press(key);
        }
        assert_eq!(palette.typed.value(), line);
    }
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
