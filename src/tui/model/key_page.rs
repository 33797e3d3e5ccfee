//! The page of the manual with the keys of every screen, as the config file sets them.

use std::collections::BTreeMap;

use crate::domain::key_settings::KeySettings;
use crate::service::contract::Failure;
use crate::tui::keys::{Help, Key};
use crate::tui::route::ScreenId;
use crate::tui::screens::SCREENS;

use super::global_keys::KEYS;
use super::keymap::{joined, keymap};

/// Returns the page, in Markdown: the keys that hold everywhere, then those of each screen.
///
/// # Errors
/// As [`keymap`].
pub fn key_page(settings: &KeySettings) -> Result<String, Failure> {
    let everywhere = KeySettings { screens: BTreeMap::new(), ..settings.clone() };
    let (base, all) = (keymap(&everywhere)?, keymap(settings)?);
    let usual = |row: Help| base.shown(ScreenId::USERS, row);
    let mut page = "# Keys\n\nOf each command by its name: `:NAME` runs it too. `[keys]` in the config file changes them \
                    (`nexus manual config`);\nthis page shows the keys as it sets them.\n"
        .to_owned();
    page += &section("Everywhere", KEYS.iter().map(Key::help).map(usual));
    for screen in SCREENS {
        let own = (screen.new)().help();
        let rows = joined(own.clone(), KEYS.iter().map(Key::help)).into_iter();
        let rows = rows.map(|row| (row, all.shown(screen.id, row)));
        let differs = |(row, shown): &(Help, Help)| own.contains(row) || usual(*row).on != shown.on;
        page += &section(screen.name, rows.filter(differs).map(|(_, shown)| shown));
    }
    Ok(page)
}

/// Returns a table of the commands that have other keys than the key tables, with both; nothing if there are none.
///
/// # Errors
/// As [`keymap`].
pub fn moved_keys(settings: &KeySettings) -> Result<String, Failure> {
    if settings.is_empty() {
        return Ok(String::new());
    }
    let everywhere = KeySettings { screens: BTreeMap::new(), ..settings.clone() };
    let (base, all) = (keymap(&everywhere)?, keymap(settings)?);
    let row = |command: &str, old: Help, new: Help| {
        let [old, new] = [old, new].map(|row| row.keys().join(" ").replace('|', "\\|"));
        format!("| {command} | `{old}` | `{new}` |\n")
    };
    let mut rows = String::new();
    for usual in KEYS.iter().map(Key::help) {
        let moved = base.shown(ScreenId::USERS, usual);
        if moved.on != usual.on {
            rows += &row(&format!("`{}`", usual.name), usual, moved);
        }
    }
    for screen in SCREENS {
        let own = (screen.new)().help();
        for usual in joined(own.clone(), KEYS.iter().map(Key::help)) {
            let moved = all.shown(screen.id, usual);
            let is_told = !own.contains(&usual) && base.shown(ScreenId::USERS, usual).on == moved.on;
            if moved.on != usual.on && !is_told {
                rows += &row(&format!("`{}` on {}", usual.name, screen.name), usual, moved);
            }
        }
    }
    let head = "The config file gives these commands other keys than this page names:\n\n\
                | command | here | yours |\n|---|---|---|\n";
    Ok(if rows.is_empty() { rows } else { format!("{head}{rows}") })
}

fn section(heading: &str, rows: impl Iterator<Item = Help>) -> String {
    let row = |row: Help| {
        let keys = row.keys().join(" ").replace('|', "\\|");
        format!("| `{keys}` | `{}` | {} |\n", row.name, row.help)
    };
    format!("\n## {heading}\n\n| key | command | |\n|---|---|---|\n{}", rows.map(row).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ConfigFile;

    fn page(text: &str) -> String {
        let config =
            ConfigFile::Named("/c.toml".into()).settings(|_| Ok(text.as_bytes()), |_| Ok(())).unwrap();
        key_page(&config.keys).unwrap()
    }

    /// Returns the lines of a section.
    fn lines<'a>(page: &'a str, heading: &str) -> Vec<&'a str> {
        let mut lines = page.lines().skip_while(|line| line.strip_prefix("## ") != Some(heading)).skip(1);
        lines.by_ref().take_while(|line| !line.starts_with("## ")).collect()
    }

    #[test]
    fn every_command_of_every_screen_has_a_line() {
        let page = page("");
        for screen in SCREENS {
            let shown = lines(&page, screen.name);
            for row in (screen.new)().help() {
                let cell = format!("| `{}` |", row.name);
                assert!(shown.iter().any(|line| line.contains(&cell)), "{cell} of {}:\n{page}", screen.name);
            }
        }
        assert!(lines(&page, "Everywhere").contains(&"| `u` | `undo` | undo your last action |"), "{page}");
    }

    #[test]
    fn other_pages_begin_with_the_keys_that_were_moved() {
        let moved = |text: &str| {
            let config =
                ConfigFile::Named("/c.toml".into()).settings(|_| Ok(text.as_bytes()), |_| Ok(())).unwrap();
            moved_keys(&config.keys).unwrap()
        };
        assert_eq!(moved(""), "");
        let table = moved("[keys]\nundo = \"f9\"\nlock = \"\"\n[keys.users]\nsuspend = [\"ctrl-x\", \"f5\"]");
        let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| `")).collect();
        assert!(rows.contains(&"| `undo` | `u` | `F9` |"), "{table}");
        assert!(rows.contains(&"| `lock` | `L` | `:lock` |"), "{table}");
        assert!(rows.contains(&"| `suspend` on Users | `x` | `Ctrl-x F5` |"), "{table}");
        assert_eq!(rows.iter().filter(|row| row.contains("`undo` on Users")).count(), 0, "{table}");
        let page = crate::cli::manual_page("operating", &table).text;
        assert!(
            page.starts_with("# Operating NEXUS\n\nThe config file gives these commands other keys"),
            "{page}"
        );
    }

    #[test]
    fn moved_keys_stand_where_they_hold() {
        let page = page(
            "[keys]\nundo = \"f9\"\nlock = \"\"\n[keys.users]\nundo = \"U\"\nsuspend = [\"ctrl-x\", \"f5\"]",
        );
        let everywhere = lines(&page, "Everywhere");
        assert!(everywhere.iter().any(|line| line.starts_with("| `F9` | `undo` |")), "{page}");
        assert!(everywhere.iter().any(|line| line.starts_with("| `:lock` | `lock` |")), "{page}");
        let users = lines(&page, "Users");
        assert!(users.iter().any(|line| line.starts_with("| `U` | `undo` |")), "{page}");
        assert!(users.iter().any(|line| line.starts_with("| `Ctrl-x F5` | `suspend")), "{page}");
        assert!(!lines(&page, "Sessions").iter().any(|line| line.contains("`undo`")), "{page}");
    }
}
