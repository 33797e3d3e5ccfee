//! The effect of Enter on the typed line: a command runs or is filled in, or the line is refused with its fault.

use crate::domain::text::{clip, visible};
use crate::service::contract::{Failure, FailureKind, TypedLine};
use crate::tui::effect::Ask;
use crate::tui::keys::Help;

use super::entries::PaletteCommand;
use super::matching::Meaning;
use super::{EXPORT, Palette, RECORD, ROW, THEME, matching};

/// The most cells of what was typed that a message quotes.
const QUOTED: usize = 60;

impl Palette {
    /// Runs the command whose name was typed, or fills in the one that was found.
    pub(super) fn enter(&mut self) -> Vec<Ask> {
        let typed = self.line().trim();
        if typed.is_empty() && self.at.is_none() {
            return vec![Ask::Close];
        }
        if self.at.is_none() && typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return row(typed);
        }
        if self.with_arguments().is_some() && self.at.is_some() {
            return self.fill_in_choice();
        }
        let named = matching::named(&self.entries, self.line());
        if let (None, Some(why)) = (named, self.withheld_by()) {
            return vec![Ask::ShowError(why.clone())];
        }
        let matches = self.matching();
        let chosen = self.at.and_then(|at| matches.get(at).copied());
        match (named, chosen.or_else(|| matches.first().copied())) {
            (Some(named), chosen) if self.at.is_none() || chosen == Some(Meaning::Command(named.at)) => {
                let (at, rest) = (named.at, named.rest.trim_end().to_owned());
                self.run(at, &rest)
            }
            (_, Some(meaning)) => self.fill_in(meaning),
            (_, None) => vec![self.unknown()],
        }
    }

    fn run(&self, at: usize, argument: &str) -> Vec<Ask> {
        let Some(entry) = self.entries.get(at) else { return Vec::new() };
        match entry.key {
            Some(key) if argument.is_empty() || entry.spec.is_none() => {
                self.run_key(key, entry.pressed.unwrap_or_default(), argument)
            }
            Some(_) | None => run_line(entry, argument),
        }
    }

    fn run_key(&self, key: Help, pressed: &str, argument: &str) -> Vec<Ask> {
        let name = key.command();
        let ask = match (key.name, argument) {
            (RECORD, "") => Ask::Record(None),
            (RECORD, file) => Ask::Record(Some(file.into())),
            (ROW, number) => return row(number),
            // If the name is wrong, the palette stays open.
            (EXPORT, file) => return vec![Ask::Export(file.to_owned())],
            (name, argument) if name == THEME.1 => Ask::Command(THEME.0, argument.to_owned()),
            (_, "") if key.is_typed() => Ask::Command(name, String::new()),
            (_, "") => Ask::Press(pressed.to_owned()),
            (_, argument) if key.takes_argument() => Ask::Command(name, argument.to_owned()),
            _ => return vec![self.no_argument(name)],
        };
        vec![Ask::Close, ask]
    }

    /// Returns the error for an argument of a key that takes none; names the commands that do.
    fn no_argument(&self, name: &str) -> Ask {
        let takes = |entry: &&PaletteCommand| entry.name().split(' ').nth(1) == Some(name);
        let others: Vec<_> = self.entries.iter().filter(takes).map(PaletteCommand::usage).collect();
        let failure = Failure::new(FailureKind::Invalid, format!("{name} takes no argument."));
        if others.is_empty() {
            return Ask::ShowError(failure);
        }
        Ask::ShowError(failure.hint(format!("Use {} instead.", others.join(" or "))))
    }

    /// Returns the reason why the typed command cannot be used now, if it is one of those.
    fn withheld_by(&self) -> Option<&Failure> {
        let (withheld, why) = self.withheld.as_ref()?;
        let line = self.line().trim().to_ascii_lowercase();
        let names = |name: &String| {
            line.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        withheld.iter().any(names).then_some(why)
    }

    /// Returns the error for an unknown name; the palette stays open.
    fn unknown(&self) -> Ask {
        if let Some(why) = self.withheld_by() {
            return Ask::ShowError(why.clone());
        }
        let name = self.line().split_whitespace().next().unwrap_or_default();
        let elsewhere = self.elsewhere.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        complaint(elsewhere.map_or_else(
            || format!("There is no such command: {}.", clip(&visible(name), QUOTED)),
            |(name, screen)| format!("{name} is a command of the screen {screen}."),
        ))
    }
}

/// Runs a command of the command line. If it is wrong, the palette stays open.
fn run_line(entry: &PaletteCommand, argument: &str) -> Vec<Ask> {
    let Some(arguments) = TypedLine::parse(argument).words() else {
        return vec![complaint("A quote is not closed.".into())];
    };
    let words = entry.name().split(' ').map(str::to_owned).chain(arguments).collect();
    vec![Ask::Run(words)]
}

/// Goes to a row by its number.
fn row(number: &str) -> Vec<Ask> {
    match number.parse::<u64>() {
        Ok(row) => vec![Ask::Close, Ask::Row(row.saturating_sub(1))],
        Err(_) if number.is_empty() => vec![complaint("row needs a number: row 500.".into())],
        Err(_) => vec![complaint(format!("There is no row {}.", clip(&visible(number), QUOTED)))],
    }
}

fn complaint(words: String) -> Ask {
    Ask::ShowError(Failure::new(FailureKind::Invalid, words))
}
