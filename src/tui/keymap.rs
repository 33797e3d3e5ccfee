//! Keys that the config file moves: each screen's way from the keys that are pressed to those of the key tables.
//!
//! The tables, and all that reads them, know only their own keys. A pressed key is translated once, before anything
//! looks it up, and the rows that people read are translated back.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::key_settings::{KeyList, KeySettings};
use crate::domain::nearest::nearest;
use crate::domain::text::{clip, excerpt_bare};
use crate::service::contract::{Failure, FailureKind};

use super::keys::{Help, is_key_name, shown};
use super::route::ScreenId;

/// The most cells of a name that a message quotes.
const QUOTED: usize = 40;

/// The keys of a screen as the tables have them.
#[derive(Debug, Clone)]
pub struct ScreenKeys {
    pub screen: ScreenId,
    pub rows: Vec<Help>,
}

/// The keys that differ from those of the tables, by screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keymap {
    screens: Vec<(ScreenId, Translation)>,
}

/// The translation of the keys of one screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Translation {
    /// The key of the table for each key that is in use, and for each command.
    meaning: BTreeMap<String, &'static str>,
    /// Keys of the tables that mean nothing any more.
    dead: BTreeSet<&'static str>,
    /// The keys of each command that was moved; they live as long as the console.
    moved: BTreeMap<&'static str, &'static [&'static str]>,
}

/// The result of a translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Translated<'a> {
    /// The key of the tables.
    Key(&'a str),
    /// The first key of a sequence.
    Prefix,
    /// It means nothing.
    Nothing,
}

/// The keymap that moves nothing.
static USUAL: Keymap = Keymap { screens: Vec::new() };

impl Keymap {
    /// Returns the keymap that moves nothing.
    pub fn usual() -> &'static Self {
        &USUAL
    }

    /// Keeps the keymap as long as the program runs: all that is drawn reads it.
    pub fn keep(self) -> &'static Self {
        Box::leak(Box::new(self))
    }

    /// Creates the keymap of these settings.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] for an unknown command, screen or key, and for a key that would have two meanings.
    pub fn new(settings: &KeySettings, screens: &[ScreenKeys]) -> Result<Self, Failure> {
        check_names(settings, screens)?;
        if settings.is_empty() {
            return Ok(Self::default());
        }
        let of = |keys: &ScreenKeys| Ok((keys.screen, Translation::new(settings, keys)?));
        Ok(Self { screens: screens.iter().map(of).collect::<Result<_, Failure>>()? })
    }

    fn of(&self, screen: ScreenId) -> Option<&Translation> {
        self.screens.iter().find(|(id, _)| *id == screen).map(|(_, translation)| translation)
    }

    /// Returns the key of the tables that a pressed key, or a sequence of two, stands for on a screen.
    pub fn translate<'a>(&'a self, screen: ScreenId, pressed: &'a str) -> Translated<'a> {
        self.of(screen).map_or(Translated::Key(pressed), |translation| translation.translate(pressed))
    }

    /// Returns words in which `{COMMAND KEY}` is replaced by the key that the command has on a screen; it is KEY unless the
    /// config file moved it.
    pub fn in_words(&self, screen: ScreenId, words: &str) -> String {
        let mut text = String::new();
        let mut rest = words;
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((row, after)) = behind.split_once('}') else { break };
            let (command, usual) = row.split_once(' ').unwrap_or((row, row));
            let moved = self.of(screen).and_then(|translation| translation.moved.get(command));
            let key = moved.and_then(|on| on.first()).copied().unwrap_or(usual);
            text.push_str(before);
            text.push_str(&shown(key));
            rest = after;
        }
        text + rest
    }

    /// Returns the row as people read it on a screen.
    pub fn shown(&self, screen: ScreenId, row: Help) -> Help {
        let moved = self.of(screen).and_then(|translation| translation.moved.get(row.command()));
        moved.map_or(row, |on| Help { on, ..row })
    }
}

impl Translation {
    fn new(settings: &KeySettings, keys: &ScreenKeys) -> Result<Self, Failure> {
        let mut translation = Self::default();
        // The command that each key was given to, and true if the config file did that.
        let mut owners: BTreeMap<String, (&str, bool)> = BTreeMap::new();
        for row in keys.rows.iter().filter(|row| is_bindable(row)) {
            let command = row.command();
            let set = settings.keys_of(keys.screen.name(), command);
            let on: Vec<String> = match set {
                Some(list) => list.keys().iter().map(ToString::to_string).collect(),
                None => row.on.iter().map(ToString::to_string).collect(),
            };
            if set.is_some() {
                translation.dead.extend(row.on);
                translation.moved.insert(command, forever(&on, command));
            }
            translation.meaning.insert(format!(":{command}"), row.on.first().copied().unwrap_or_default());
            for (at, key) in on.into_iter().enumerate() {
                let meaning = row.on.get(at).or(row.on.last()).copied().unwrap_or_default();
                match owners.get(&key) {
                    Some((other, is_set)) if *is_set || set.is_some() => {
                        return Err(conflict(&key, other, command, keys.screen));
                    }
                    // A screen's own key comes before a global one.
                    Some(_) => continue,
                    None => {}
                }
                owners.insert(key.clone(), (command, set.is_some()));
                translation.meaning.insert(key, meaning);
            }
        }
        check_sequences(&owners, keys.screen)?;
        translation.dead.retain(|key| !translation.meaning.contains_key(*key));
        Ok(translation)
    }

    fn translate<'a>(&'a self, pressed: &'a str) -> Translated<'a> {
        if let Some(key) = self.meaning.get(pressed) {
            return Translated::Key(key);
        }
        let follows = |key: &str| key.split_once(' ').is_some_and(|(first, _)| first == pressed);
        if self.meaning.keys().any(|key| follows(key)) {
            return Translated::Prefix;
        }
        if self.dead.contains(pressed) || self.dead.iter().any(|key| follows(key)) {
            return Translated::Nothing;
        }
        Translated::Key(pressed)
    }
}

/// Checks that no key that the config file set is both a command and the beginning of a sequence.
fn check_sequences(owners: &BTreeMap<String, (&str, bool)>, screen: ScreenId) -> Result<(), Failure> {
    for (key, (command, is_set)) in owners {
        let Some((first, _)) = key.split_once(' ') else { continue };
        if let Some((other, other_is_set)) = owners.get(first)
            && (*is_set || *other_is_set)
        {
            return Err(conflict(first, other, command, screen));
        }
    }
    Ok(())
}

/// Returns the keys of a moved command, or its name if it has none, as static text. Made once, at the start.
fn forever(on: &[String], command: &str) -> &'static [&'static str] {
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let mut texts: Vec<&'static str> = on.iter().cloned().map(leak).collect();
    if texts.is_empty() {
        texts.push(leak(format!(":{command}")));
    }
    Box::leak(texts.into_boxed_slice())
}

/// Returns true if keys can lead to a row: those that are typed with an argument have none.
fn is_bindable(row: &Help) -> bool {
    !row.name.is_empty() && !row.is_typed() && row.on.iter().all(|on| *on != ":N")
}

fn check_names(settings: &KeySettings, screens: &[ScreenKeys]) -> Result<(), Failure> {
    let commands = |keys: &ScreenKeys| -> Vec<&'static str> {
        keys.rows.iter().filter(|row| is_bindable(row)).map(Help::command).collect()
    };
    let all: Vec<_> = screens.iter().flat_map(commands).collect();
    for (name, keys) in &settings.everywhere {
        check_command(name, name, &all)?;
        check_keys(name, keys)?;
    }
    for (screen, settings) in &settings.screens {
        let known = screens.iter().find(|keys| keys.screen.name() == screen);
        let Some(keys) = known else {
            let names = screens.iter().map(|keys| keys.screen.name());
            return Err(unknown(screen, "screen", names.chain(all.iter().copied())));
        };
        for (name, list) in settings {
            check_command(&format!("{screen}.{name}"), name, &commands(keys))?;
            check_keys(&format!("{screen}.{name}"), list)?;
        }
    }
    Ok(())
}

fn check_command(full: &str, name: &str, known: &[&'static str]) -> Result<(), Failure> {
    if known.contains(&name) { Ok(()) } else { Err(unknown(full, "command", known.iter().copied())) }
}

fn check_keys(name: &str, list: &KeyList) -> Result<(), Failure> {
    for key in list.keys() {
        let parts: Vec<_> = key.split(' ').collect();
        if parts.len() > 2 || !parts.iter().all(|part| is_key_name(part)) {
            let words = format!("keys.{name}: there is no key \"{}\".", quoted(key));
            let hint = "a key is d, D, ctrl-d, alt-d, f5, space or pagedown; a sequence is \"o p\"";
            return Err(Failure::new(FailureKind::Invalid, words).hint(hint));
        }
        if parts.contains(&"ctrl-c") && name != "quit" {
            let words = format!("keys.{name}: Ctrl-c always leaves the console.");
            return Err(Failure::new(FailureKind::Invalid, words).hint("choose another key"));
        }
    }
    Ok(())
}

fn unknown(full: &str, what: &str, known: impl Iterator<Item = &'static str>) -> Failure {
    let name = full.rsplit('.').next().unwrap_or(full);
    let words = format!("keys.{}: there is no such {what}.", quoted(full));
    let hint = match nearest(name, known) {
        Some(near) => format!("did you mean {near}?"),
        None => "? in the console shows the keys, and : their names".into(),
    };
    Failure::new(FailureKind::Invalid, words).hint(hint)
}

fn conflict(key: &str, one: &str, other: &str, screen: ScreenId) -> Failure {
    let words = format!("keys: {} is both {one} and {other} on the screen {}.", shown(key), screen.name());
    Failure::new(FailureKind::Invalid, words)
        .hint(format!("give one of them another key, or none: {one} = \"\""))
}

fn quoted(text: &str) -> String {
    clip(&excerpt_bare(text), QUOTED).into_owned()
}
