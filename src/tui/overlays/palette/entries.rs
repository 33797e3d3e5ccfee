//! The commands of the palette: the keys of the console by name, and the commands of the command line.

use crate::domain::filter::ListKind;
use crate::service::contract::{ArgumentKind, ArgumentSpec, CommandSpec, OptionSpec};
use crate::tui::keys::Help;

/// A command of the palette: a key with a name, a command of the command line, or both under one name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PaletteCommand {
    name: String,
    pub(super) key: Option<Help>,
    /// The key that is pressed when the name alone is run.
    pub(super) pressed: Option<&'static str>,
    pub(super) spec: Option<CommandSpec>,
    /// The kinds of its arguments that only the console knows, by their placeholders.
    kinds: Vec<(&'static str, ArgumentKind)>,
}

/// The placeholder for the name of a saved view.
const VIEW: &str = "VIEW";
/// The placeholder for a filter expression.
const FILTER: &str = "FILTER";

impl PaletteCommand {
    /// Returns the name in full, without arguments: `user suspend`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the number of words of the name.
    pub(super) fn words(&self) -> usize {
        self.name.split(' ').count()
    }

    /// Returns the name with its arguments: `undo [ENTRY]`.
    pub(super) fn usage(&self) -> String {
        match (&self.key, &self.spec) {
            (Some(key), _) if key.takes_argument() => key.name.to_owned(),
            (_, Some(spec)) => format!("{} {}", self.name, spec.usage()).trim_end().to_owned(),
            (_, None) => self.name.clone(),
        }
    }

    /// Returns the line about it.
    pub(super) fn help(&self) -> &str {
        let about = self.spec.as_ref().map(|spec| spec.about.as_str());
        self.key.map(|key| key.help).or(about).unwrap_or_default()
    }

    /// Returns true if something may follow the name.
    pub(super) fn takes_argument(&self) -> bool {
        let of_spec = |spec: &CommandSpec| !spec.arguments.is_empty() || !spec.options.is_empty();
        self.key.is_some_and(|key| key.takes_argument()) || self.spec.as_ref().is_some_and(of_spec)
    }

    /// Returns the arguments without a name, in their order.
    pub(super) fn arguments(&self) -> Vec<ArgumentSpec> {
        match (&self.key, &self.spec) {
            (Some(key), _) if key.takes_argument() => {
                key.name.split(' ').skip(1).map(|word| self.argument(word)).collect()
            }
            (_, Some(spec)) => spec.arguments.clone(),
            (_, None) => Vec::new(),
        }
    }

    /// Sets the names of the saved views, for an argument that is one.
    pub(super) fn set_views(&mut self, names: &[String]) {
        self.kinds.push((VIEW, ArgumentKind::Words(names.to_vec())));
    }

    /// Sets the list that a filter expression as an argument is for.
    pub(super) fn set_list(&mut self, list: ListKind) {
        self.kinds.push((FILTER, ArgumentKind::Filter(list)));
    }

    /// Returns the argument that a placeholder in the name of a key stands for: `[WHO]`.
    fn argument(&self, placeholder: &str) -> ArgumentSpec {
        let word = placeholder.trim_matches(['[', ']']);
        let known = self.kinds.iter().find(|(known, _)| *known == word).map(|(_, kind)| kind.clone());
        let kind = known.unwrap_or(match word {
            "WHO" => ArgumentKind::Account,
            "FILE" => ArgumentKind::File,
            _ => ArgumentKind::Text,
        });
        ArgumentSpec {
            placeholder: word.to_owned(),
            kind,
            is_required: !placeholder.starts_with('['),
            // A filter has several terms.
            repeats: word == FILTER,
        }
    }

    pub(super) fn options(&self) -> &[OptionSpec] {
        self.spec.as_ref().map(|spec| spec.options.as_slice()).unwrap_or_default()
    }
}

/// Returns the entries for keys.
pub(super) fn of_keys(keys: Vec<Help>) -> Vec<PaletteCommand> {
    let named = keys.into_iter().filter(|help| !help.name.is_empty());
    let entry = |help: Help| PaletteCommand {
        name: help.command().to_owned(),
        key: Some(help),
        pressed: help.on.first().copied(),
        spec: None,
        kinds: Vec::new(),
    };
    named.map(entry).collect()
}

/// Adds the commands of the command line. Where a key has the same name, it is one entry.
pub(super) fn with_specs(mut entries: Vec<PaletteCommand>, specs: Vec<CommandSpec>) -> Vec<PaletteCommand> {
    for spec in specs {
        match entries.iter_mut().find(|entry| entry.name == spec.name) {
            Some(entry) => entry.spec = Some(spec),
            None => entries.push(PaletteCommand {
                name: spec.name.clone(),
                key: None,
                pressed: None,
                spec: Some(spec),
                kinds: Vec::new(),
            }),
        }
    }
    entries
}
