//! Keys that the config file moves, and all keys on all screens.

use crate::cli::ConfigFile;
use crate::service::contract::FailureKind;
use crate::tui::keymap::Keymap;
use crate::tui::keys::{Help, shown};
use crate::tui::model::keymap;
use crate::tui::screens::SCREENS;

use super::*;

fn keymap_of(text: &str) -> Result<Keymap, Failure> {
    let config = ConfigFile::Named("/c.toml".into()).settings(|_| Ok(text.as_bytes()), |_| Ok(()))?;
    keymap(&config.keys)
}

fn with_keys(text: &str) -> Service {
    let mut start = Service::start(StorePath::Usual("/srv/nexus.db".into()), (120, 36), None);
    start.keymap = keymap_of(text).unwrap().keep();
    let mut service = Service::of(start);
    service.answer();
    service.operate("ada<tab>sesame<enter>");
    service
}

/// Returns the script that presses a key of a table: `o p`, `ctrl-d`, `:issue`.
fn script(on: &str) -> String {
    if on.len() > 1 && on.starts_with(':') {
        return format!("{on}<enter>");
    }
    let key = |part: &str| match part {
        "<" => "<lt>".to_owned(),
        _ if part.chars().count() == 1 => part.to_owned(),
        _ => format!("<{part}>"),
    };
    on.split(' ').map(key).collect()
}

#[test]
fn every_key_of_every_table_means_something_on_every_screen() {
    for screen in SCREENS {
        let rows = on_screen("", screen.id).model.help();
        assert!(rows.len() > 10, "{}", screen.name);
        for row in rows.iter().filter(|row| !row.is_typed() && row.on != [":N"]) {
            for on in row.on {
                let mut service = on_screen("", screen.id);
                service.operate(&script(on));
                let seen = service.seen();
                assert!(!seen.contains("There is no"), "{on} on {}:\n{seen}", screen.name);
            }
        }
    }
}

/// Returns a console on a screen, led there by the usual keys: those of `settings` are for that screen only.
fn on_screen(settings: &str, screen: ScreenId) -> Service {
    let mut service = with_keys(settings);
    match SCREENS.iter().filter(|tab| tab.tab.is_some()).position(|tab| tab.id == screen) {
        // The console begins there.
        Some(_) if screen == ScreenId::USERS => {}
        Some(tab) => service.operate(&tab.to_string()),
        None => service.operate("ot"),
    }
    service
}

/// Returns the screen without footer and blanks, in which F17 is called like the key whose place it took.
fn told(service: &Service, usual: &str) -> String {
    let seen = service.seen();
    let lines: Vec<_> = seen.trim_end().lines().collect();
    let above = lines.split_last().map(|(_, above)| above.concat()).unwrap_or_default();
    above.split_whitespace().collect::<String>().replace("F17", &shown(usual).replace(' ', ""))
}

/// Compares a command's moved key on a screen with the usual one; a difference in words.
fn difference(screen: ScreenId, row: &Help) -> Option<String> {
    let settings = format!("[keys.{}]\n{} = \"f17\"", screen.name(), row.command());
    let (mut usual, mut moved) = (on_screen("", screen), on_screen(&settings, screen));
    for on in row.on.iter().filter(|on| **on != "ctrl-c" && (**on == ":" || !on.starts_with(':'))) {
        let is_unknown = on.split(' ').any(|key| {
            moved.operate(&script(key));
            moved.shows("There is no key")
        });
        if !is_unknown {
            return Some(format!("{on} still means something:\n{}", moved.seen()));
        }
    }
    let [asked_usually, asked] = [usual.press(&script(row.on[0])), moved.press("<f17>")]
        .map(|effects| format!("{:?}", requests(&effects)));
    if asked != asked_usually {
        return Some(format!("it asks for {asked} instead of {asked_usually}"));
    }
    usual.answer();
    moved.answer();
    if row.command() == "help" {
        moved.operate("all keys");
        return (!moved.shows("F17")).then(|| moved.seen());
    }
    let (told, told_usually) = (told(&moved, row.on[0]), told(&usual, row.on[0]));
    (told != told_usually).then(|| format!("{}\ninstead of\n{}", moved.seen(), usual.seen()))
}

#[test]
fn every_moved_key_does_on_every_screen_what_the_usual_one_does() {
    for screen in SCREENS {
        let rows = on_screen("", screen.id).model.help();
        let rows = rows.iter().filter(|row| !row.is_typed() && row.on != [":N"]);
        let differences: Vec<_> = rows
            .filter_map(|row| Some(format!("{}: {}", row.command(), difference(screen.id, row)?)))
            .collect();
        assert!(differences.is_empty(), "{}: {}", screen.name, differences.join("\n\n"));
    }
}

#[test]
fn an_empty_list_names_the_moved_keys() {
    let settings = "[keys]\nadd = \"f7\"\nissue = \"\"\nout = \"f8\"";
    for (screen, words) in
        [("users", "F7 adds one."), ("sessions", ":issue issues a token."), ("directories", "F7 adds one.")]
    {
        let mut service = with_keys(settings);
        service.operate(&format!(":{screen}<enter>"));
        service.press("R");
        service.answer_with_no_rows();
        service.assert_shows(words);
        service.press("/x<enter>");
        service.answer_with_no_rows();
        service.assert_shows("F8 clears the filter.");
    }
}

#[test]
fn a_moved_key_means_what_the_other_meant() {
    let mut service = with_keys(
        "[keys]\nsessions = [\"f5\", \"z s\"]\npending = \"z p\"\n[keys.users]\nhistory = \"ctrl-e\"",
    );
    service.assert_shows("F5 Sessions");
    service.operate("2");
    service.assert_shows("There is no key 2 here.");
    service.operate("<esc>zs");
    service.assert_shows("Sessions");
    service.operate("1<f5>");
    service.assert_shows("Sessions");
    service.operate("1z");
    service.assert_shows("p pending accounts");
    service.operate("p");
    service.assert_shows("status:pending");
    service.operate("<esc>H");
    service.assert_shows("There is no key H here.");
    // On other screens it is as before.
    service.operate("<esc>zsH");
    service.assert_shows("Journal");
}

#[test]
fn notices_and_questions_name_the_moved_keys() {
    let mut service = with_keys("[keys]\nundo = \"f9\"\ncopy-command = \"\"\nhelp = \"f12\"");
    service.operate("<space><space>x");
    service.assert_shows("F9 undoes");
    service.operate("y");
    service.assert_shows("F9 undoes");
    service.operate("Z");
    service.assert_shows("F12 shows all keys.");
    let mut service = with_keys("[keys]\nundo = \"\"");
    service.operate("<space><space>xy");
    service.assert_shows(":undo undoes");
}

#[test]
fn a_command_without_a_key_is_still_in_the_palette() {
    let mut service = with_keys("[keys]\nlock = \"\"\njournal = \"\"");
    service.assert_shows("3 Directories   Journal");
    service.operate("L");
    service.assert_shows("There is no key L here.");
    service.operate("<esc>?lock");
    service.assert_shows(":lock");
    service.operate("<esc>:lock<enter>");
    service.assert_shows("Password");
}

#[test]
fn footer_help_and_palette_show_the_moved_keys() {
    let mut service = with_keys("[keys]\nhelp = \"f12\"\n[keys.users]\nsuspend = \"f5\"");
    service.assert_shows("F5 suspend");
    service.assert_shows("F12 all keys");
    service.operate("<f12>");
    service.assert_shows("F5");
    service.operate("<esc>:suspend");
    service.assert_shows("F5");
    service.operate("<esc><f5>");
    service.assert_hides("There is no key");
}

#[test]
fn letters_are_letters_in_the_filter_line_whatever_they_mean_elsewhere() {
    let mut service = with_keys("[keys]\ndown = \"z\"");
    service.operate("/zoe");
    service.assert_shows("/ zoe");
    service.operate("<esc>z");
    service.assert_shows("row 2 of");
}

#[test]
fn what_cannot_be_is_said_by_name() {
    for (text, message, hint) in [
        ("[keys]\nsuspnd = \"S\"", "keys.suspnd: there is no such command.", "did you mean suspend?"),
        ("[keys.user]\nsuspend = \"S\"", "keys.user: there is no such screen.", "did you mean users?"),
        (
            "[keys.users]\nsuspend = \"j\"",
            "keys: j is both suspend and down on the screen users.",
            "give one of them another key, or none: suspend = \"\"",
        ),
        (
            "[keys]\nundo = \"o\"",
            "keys: o is both undo and ended on the screen overview.",
            "give one of them another key, or none: undo = \"\"",
        ),
        ("[keys]\nundo = \"ctrl-c\"", "keys.undo: Ctrl-c always leaves the console.", "choose another key"),
        (
            "[keys]\nundo = \"Ctrl-x\"",
            "keys.undo: there is no key \"Ctrl-x\".",
            "a key is d, D, ctrl-d, alt-d, f5, space or pagedown; a sequence is \"o p\"",
        ),
    ] {
        let failure = keymap_of(text).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Invalid);
        assert_eq!((failure.message.as_str(), failure.hint.as_deref()), (message, Some(hint)), "{text}");
    }
}
