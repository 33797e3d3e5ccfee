//! `nexus manual`: the operator's reference, built into the program. It needs no store.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Command};

use super::man_page;
use super::output::Format;
use super::{ConfigFile, Exit, Invocation};

/// A page of the manual.
pub(super) struct ManualPage {
    /// The name that `nexus manual` takes; the file is `assets/manual/NAME.md`.
    pub(super) name: &'static str,
    /// One line for the index.
    pub(super) title: &'static str,
    /// Markdown.
    pub(super) text: &'static str,
}

macro_rules! pages {
    ($($name:literal: $title:literal,)+) => {
        &[$(ManualPage {
            name: $name,
            title: $title,
            text: include_str!(concat!("../../assets/manual/", $name, ".md")),
        },)+]
    };
}

/// All pages, in the order of the index.
pub(super) const PAGES: &[ManualPage] = pages! {
    "installing": "The Debian package, its timers, SSH and fail2ban",
    "operating": "The console, commands, filters, selections and confirmation",
    "journal": "Reading the journal, and what it proves",
    "undo": "Undo, and restoring deleted accounts and directories",
    "import": "Importing a database",
    "export": "Exporting to JSON, CSV and SQL, and importing again",
    "backup": "Backups: making, verifying and restoring them",
    "metrics": "Figures for monitoring: nexus metrics",
    "store": "The store's file: where it is, checking and repairing it",
    "security": "Sessions, passwords and the clock",
    "services": "Tokens for services, and checking them by command or SQL",
    "config": "The config file",
    "exit-codes": "Exit codes of commands",
    "json": "Keys in JSON and CSV",
    "speed": "How speed is measured, and known limits",
};

/// The pages that name keys of the console.
const PAGES_WITH_KEYS: [&str; 4] = ["operating", "journal", "security", "undo"];

/// The page with the keys of the console, which only the console can write: name and title.
pub(super) const KEYS: (&str, &str) = ("keys", "The keys of every screen, as the config file sets them");

#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct ManualArguments {
    /// The page to print [default: a list of the pages]
    #[arg(value_parser = page_names(), hide_possible_values = true)]
    page: Option<String>,
    /// Print the man page of the program or of a command
    #[arg(long, num_args = 0.., value_name = "COMMAND", conflicts_with = "page")]
    roff: Option<Vec<String>>,
}

/// Returns the names and titles of all pages.
fn titles() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGES.iter().map(|page| (page.name, page.title)).chain([KEYS])
}

/// Returns the names of all pages.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    titles().map(|(name, _)| name)
}

fn page_names() -> PossibleValuesParser {
    titles().map(|(name, title)| PossibleValue::new(name).help(title)).collect::<Vec<_>>().into()
}

impl ManualArguments {
    /// Returns the invocation for what names keys of the console, as the config file sets them.
    ///
    /// # Errors
    /// The [page](Self::exit) where nothing is to be read for it; wrong usage: another format than plain text.
    pub(super) fn invocation(
        &self,
        format: Format,
        config: ConfigFile,
        program: impl FnOnce() -> Command,
    ) -> Result<Invocation, Exit> {
        let page = self.page.as_deref();
        let with_keys = PAGES_WITH_KEYS.into_iter().find(|name| page == Some(name));
        let invocation = match with_keys {
            Some(page) => Invocation::ManualPage { page, config },
            None if page == Some(KEYS.0) => Invocation::Keys(config),
            None if self.roff.as_ref().is_some_and(Vec::is_empty) => Invocation::ManPage,
            // Like help, it needs nothing that is opened.
            None => return Err(self.exit(format, program)?),
        };
        Self::check(format)?;
        Ok(invocation)
    }

    /// Checks the format.
    ///
    /// # Errors
    /// Wrong usage: another format than plain text.
    fn check(format: Format) -> Result<(), Exit> {
        if format != Format::Table {
            return Err(Exit::usage("The manual is plain text.", "leave --format out"));
        }
        Ok(())
    }

    /// Returns the page, or the index.
    ///
    /// # Errors
    /// Wrong usage: another format than plain text.
    pub(super) fn exit(&self, format: Format, program: impl FnOnce() -> Command) -> Result<Exit, Exit> {
        Self::check(format)?;
        if let Some(command) = &self.roff {
            return man_page::of(program(), command, "").map(Exit::asked_for);
        }
        let page = PAGES.iter().find(|page| Some(page.name) == self.page.as_deref());
        Ok(Exit::asked_for(page.map_or_else(index, |page| page.text.to_owned())))
    }
}

/// Returns a page; `moved` tells below its title which commands have other keys than it names.
pub(super) fn page(name: &str, moved: &str) -> String {
    let text = PAGES.iter().find(|page| page.name == name).map_or("", |page| page.text);
    match text.split_once("\n\n") {
        Some((title, rest)) if !moved.is_empty() => format!("{title}\n\n{moved}\n{rest}"),
        Some(_) | None => text.to_owned(),
    }
}

/// Returns the list of pages with their titles.
pub(super) fn index() -> String {
    let width = titles().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines = titles().map(|(name, title)| format!("  {name:width$}  {title}\n"));
    format!("Pages of the manual; `nexus manual PAGE` prints one:\n\n{}", lines.collect::<String>())
}
