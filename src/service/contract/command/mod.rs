//! The command line of a request, as one types it into a POSIX shell.
//!
//! The facts about each request give its command and the arguments. A command line never holds a secret: the command asks
//! for it. A request that a command line cannot express exactly has none.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::page::Selection;
use crate::domain::text::visible;
use crate::domain::time::short_span;
use crate::domain::user::{Fields, UserId, Who};

use super::command_form::Argument;
use super::no_command::NoCommand;
use super::{AccountSelection, CountedRows, DirectorySelector, InBin, Request, Target};

/// A command line, quoted for a POSIX shell, without line breaks and invisible characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine(String);

impl CommandLine {
    /// Names the store explicitly.
    ///
    /// # Errors
    /// [`NoCommand::Unseen`] if the path of the store cannot be typed.
    pub fn with_store(self, store: &Path) -> Result<Self, NoCommand> {
        let Self(line) = self;
        let rest = line.strip_prefix(PROGRAM).unwrap_or(&line);
        Ok(Self(format!("{PROGRAM} --store {}{rest}", quoted(text_of(store)?)?)))
    }

    /// Returns the line that sets a shell variable to a path.
    ///
    /// # Errors
    /// [`NoCommand::Unseen`] if the path cannot be typed.
    pub fn setting(variable: &str, path: &Path) -> Result<Self, NoCommand> {
        Ok(Self(format!("{variable}={}", quoted(text_of(path)?)?)))
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

const PROGRAM: &str = "nexus";

impl Request {
    /// Returns the command for this request. A command sees every row: for an operator who sees only their own rows, `own`
    /// restricts a selection by filter to them.
    ///
    /// # Errors
    /// [`NoCommand`] if there is none.
    pub fn command(&self, own: Option<UserId>) -> Result<CommandLine, NoCommand> {
        self.words(own)?.line()
    }

    fn words(&self, own: Option<UserId>) -> Result<Words, NoCommand> {
        let facts = self.facts();
        let form = facts.command?;
        let rows = self.rows();
        let words = Words::new(form.command).target(&facts.target, rows, own)?;
        let words = form.arguments.iter().try_fold(words, Words::argument)?;
        let words = match self.reason() {
            Some(reason) => words.option("--reason", reason.words()),
            None => words,
        };
        // If a filter selected the rows, the command expects the same number of rows.
        Ok(match rows {
            Some(rows) if self.is_by_filter() => words.option("--expect", &rows.ids.len().to_string()),
            Some(_) | None => words,
        })
    }
}

/// A command line under construction.
struct Words {
    command: &'static str,
    /// The option that says how things are named.
    naming: Option<&'static str>,
    things: Vec<String>,
    options: Vec<String>,
}

impl Words {
    fn new(command: &'static str) -> Self {
        Self { command, naming: None, things: Vec::new(), options: Vec::new() }
    }

    fn thing(mut self, word: impl Into<String>) -> Self {
        self.things.push(word.into());
        self
    }

    fn flag(mut self, flag: &str) -> Self {
        self.options.push(flag.to_owned());
        self
    }

    fn option(mut self, name: &str, value: &str) -> Self {
        // A value that begins like an option must be attached to the name.
        if value.starts_with('-') {
            return self.flag(&format!("{name}={value}"));
        }
        self.options.extend([name.to_owned(), value.to_owned()]);
        self
    }

    /// Adds the arguments that name the rows: the counted ones by their ids.
    fn target(
        self,
        target: &Target<'_>,
        rows: Option<&CountedRows>,
        own: Option<UserId>,
    ) -> Result<Self, NoCommand> {
        match (target, rows) {
            (Target::Account(who) | Target::BinnedAccount(who), None) => self.who(who),
            (Target::Account(who) | Target::BinnedAccount(who), Some(rows)) => self.who(&rows.account(who)),
            (Target::Accounts(people), None) => self.people(people, own),
            (Target::Accounts(people), Some(rows)) => self.people(&rows.people(people), own),
            (Target::Sessions(which), None) => self.rows(ListKind::Sessions, which, own),
            (Target::Sessions(which), Some(rows)) => {
                self.rows(ListKind::Sessions, &rows.selection(which), own)
            }
            (Target::Directory(place), _) => Ok(self.place(place)),
            (Target::Directories(_), Some(rows)) => Ok(rows
                .ids
                .iter()
                .copied()
                .map(DirectorySelector::Id)
                .fold(self, |words, id| words.place(&id))),
            // A command names all directories in the same way.
            (Target::Directories(places), None)
                if places.iter().any(has_id) && !places.iter().all(has_id) =>
            {
                Err(NoCommand::OnlyConsole)
            }
            (Target::Directories(places), None) => Ok(places.iter().fold(self, Self::place)),
            (Target::BinItems(InBin::Items(which)), _) => self.rows(ListKind::Bin, which, own),
            (Target::BinItems(InBin::Account(who)), _) => self.who(who),
            (Target::BinItems(InBin::Directory(path)), _) => Ok(self.thing(path)),
            // The arguments say what is new, and which part of the store is meant.
            (Target::OwnAccount | Target::New(..) | Target::Store(_) | Target::Nothing, _) => Ok(self),
        }
    }

    fn argument(self, argument: &Argument<'_>) -> Result<Self, NoCommand> {
        Ok(match argument {
            Argument::Word(word) => self.thing(word.as_ref()),
            Argument::File(path) => self.thing(text_of(path)?),
            Argument::Account(who) => self.who(who)?,
            Argument::Flag(flag) => self.flag(flag),
            Argument::Value(name, value) => self.option(name, value),
            Argument::AccountValue(name, who) => self.option(name, &typed(who)?),
            Argument::Life(life) => self.option("--for", &short_span(*life)),
            Argument::Fields(fields) => self.fields(fields),
            Argument::NewFields(fields) => self.fields(&without_empty(fields)),
        })
    }

    fn who(self, who: &Who) -> Result<Self, NoCommand> {
        Ok(self.thing(typed(who)?))
    }

    fn place(mut self, place: &DirectorySelector) -> Self {
        match place {
            DirectorySelector::Id(id) => {
                self.naming = Some("--id");
                self.thing(id.to_string())
            }
            DirectorySelector::Path(path) => self.thing(path),
        }
    }

    fn people(self, people: &AccountSelection, own: Option<UserId>) -> Result<Self, NoCommand> {
        match people {
            AccountSelection::Named(named) => named.iter().try_fold(self, Self::who),
            AccountSelection::Shown { filter, except } => self.shown(ListKind::Users, filter, except, own),
        }
    }

    fn rows(self, subject: ListKind, which: &Selection, own: Option<UserId>) -> Result<Self, NoCommand> {
        match which {
            Selection::Ids(ids) => Ok(ids.iter().fold(self, |words, id| words.thing(id.to_string()))),
            Selection::Shown { filter, except } => self.shown(subject, filter, except, own),
        }
    }

    fn shown(
        self,
        subject: ListKind,
        filter: &Filter,
        except: &[i64],
        own: Option<UserId>,
    ) -> Result<Self, NoCommand> {
        let filter = own.into_iter().fold(filter.clone(), |filter, id| filter.and(Test::User(Who::Id(id))));
        let words = if filter.is_empty() {
            self.flag("--all")
        } else {
            let written = filter.to_string();
            if Filter::parse(subject, &written) != Ok(filter) {
                return Err(NoCommand::Unseen);
            }
            self.option("--filter", &written)
        };
        Ok(except.iter().fold(words, |words, id| words.option("--except", &id.to_string())))
    }

    fn fields(self, fields: &Fields) -> Self {
        fields.values().fold(self, |words, (spec, value)| words.option(&format!("--{}", spec.flag), value))
    }

    fn line(self) -> Result<CommandLine, NoCommand> {
        let Self { command, naming, things, options } = self;
        let words = if things.iter().any(|thing| thing.starts_with('-')) {
            [options, vec!["--".to_owned()], things].concat()
        } else {
            [things, options].concat()
        };
        let naming = naming.map(|naming| format!(" {naming}")).unwrap_or_default();
        let mut line = format!("{PROGRAM} {command}{naming}");
        for word in words {
            line.push(' ');
            line.push_str(&quoted(&word)?);
        }
        Ok(CommandLine(line))
    }
}

const fn has_id(place: &DirectorySelector) -> bool {
    matches!(place, DirectorySelector::Id(_))
}

/// Drops empty fields: a new account has no fields to remove.
fn without_empty(fields: &Fields) -> Fields {
    fields.clone().filter(|spec, text| spec.required || !text.is_empty())
}

/// Returns an account as it is typed, if that means the same account.
fn typed(who: &Who) -> Result<String, NoCommand> {
    who.typed().ok_or(NoCommand::Unseen)
}

fn text_of(path: &Path) -> Result<&str, NoCommand> {
    path.to_str().ok_or(NoCommand::Unseen)
}

/// Quotes a word for a shell. Quotes protect control characters from the shell's grammar, but not from the line editor into
/// which a line is pasted, and invisible ones can disguise a line: words with either are refused.
fn quoted(word: &str) -> Result<String, NoCommand> {
    if visible(word) != word {
        return Err(NoCommand::Unseen);
    }
    shlex::try_quote(word).map(Cow::into_owned).map_err(|_| NoCommand::Unseen)
}

#[cfg(test)]
mod tests;
