//! The completion of arguments: the values that the word with the cursor may have.

use crate::domain::directory::Directory;
use crate::domain::filter::{Completion, FilterOptions, ListKind, complete, quoted};
use crate::domain::text::visible;
use crate::domain::user::User;
use crate::service::contract::{ArgumentKind, ArgumentSpec, TypedLine};
use crate::tui::account_completion::AccountChoice;

use super::entries::PaletteCommand;
use super::matching::begins;

/// A value that an argument may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArgumentChoice {
    /// The value itself, without quotes.
    pub(super) value: String,
    /// A few words about it.
    pub(super) about: String,
    /// True if a blank follows, because the word is whole.
    pub(super) is_whole: bool,
}

/// The word that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypedWord {
    pub(super) kind: ArgumentKind,
    /// The word so far, without quotes.
    pub(super) text: String,
    /// Its position in the arguments, in bytes.
    pub(super) at: usize,
}

/// Returns the word that is being typed in the arguments of a command, or `None` if there is nothing to complete.
pub(super) fn word(entry: &PaletteCommand, arguments: &str) -> Option<TypedWord> {
    let line = TypedLine::parse(arguments);
    let value_of = |flag: &str| entry.options().iter().find(|option| option.flag == flag)?.value.clone();
    let of = |argument: ArgumentSpec, text: &str, at| {
        Some(TypedWord { kind: argument.kind, text: text.to_owned(), at })
    };
    if let Some(argument) = line.before.last().and_then(|flag| value_of(flag)) {
        return of(argument, &line.last, line.last_at);
    }
    if line.last.starts_with("--") {
        if let Some((flag, value)) = line.last.split_once('=') {
            return of(value_of(flag)?, value, line.last_at + flag.len() + 1);
        }
        let flags = entry.options().iter().map(|option| option.flag.clone()).collect();
        return Some(TypedWord { kind: ArgumentKind::Words(flags), text: line.last, at: line.last_at });
    }
    let mut values = 0;
    let mut is_value = false;
    for word in &line.before {
        if std::mem::take(&mut is_value) {
            continue;
        }
        is_value = value_of(word).is_some();
        values += usize::from(!word.starts_with("--"));
    }
    let arguments = entry.arguments();
    let argument = arguments.get(values).or_else(|| arguments.last().filter(|last| last.repeats)).cloned();
    of(argument?, &line.last, line.last_at)
}

/// Returns the words that begin with the typed text.
pub(super) fn words(known: &[String], typed: &str) -> Vec<ArgumentChoice> {
    let fits = |word: &&String| typed.is_empty() || begins(word, typed);
    let choice = |word: &String| ArgumentChoice {
        value: word.clone(),
        about: String::new(),
        is_whole: !word.ends_with(':'),
    };
    known.iter().filter(fits).map(choice).collect()
}

/// Returns the terms that an expression may go on with, and the text of an account to ask the store for.
pub(super) fn filter(list: ListKind, typed: &str) -> (Vec<ArgumentChoice>, Option<String>) {
    let Completion { start, options } = complete(list, typed);
    let before = typed.get(..start).unwrap_or_default();
    match options {
        FilterOptions::Texts(texts) => {
            let choice = |text: String| ArgumentChoice {
                value: format!("{before}{text}"),
                about: String::new(),
                is_whole: !text.ends_with(':'),
            };
            (texts.into_iter().map(choice).collect(), None)
        }
        FilterOptions::Account(begun) => (Vec::new(), Some(begun).filter(|begun| !begun.is_empty())),
        FilterOptions::Typed(_) => (Vec::new(), None),
    }
}

/// Returns the choices for an account in an expression.
pub(super) fn filter_accounts(list: ListKind, users: &[User], typed: &str) -> Vec<ArgumentChoice> {
    let Completion { start, options } = complete(list, typed);
    let FilterOptions::Account(_) = options else { return Vec::new() };
    let before = typed.get(..start).unwrap_or_default();
    let in_term = |choice: ArgumentChoice| ArgumentChoice {
        value: format!("{before}{}", quoted(&choice.value)),
        ..choice
    };
    accounts(users).into_iter().map(in_term).collect()
}

/// Returns the choices for accounts.
pub(super) fn accounts(users: &[User]) -> Vec<ArgumentChoice> {
    let choice = |AccountChoice { name, about }| ArgumentChoice { value: name, about, is_whole: true };
    users.iter().map(AccountChoice::from).map(choice).collect()
}

/// Returns the choices for directories. A path that cannot be typed is left out.
pub(super) fn directories(directories: &[Directory]) -> Vec<ArgumentChoice> {
    let can_be_typed = |directory: &&Directory| visible(&directory.path) == directory.path;
    let choice = |directory: &Directory| ArgumentChoice {
        value: directory.path.clone(),
        about: directory.owner.clone(),
        // More may follow: directories below it.
        is_whole: false,
    };
    directories.iter().filter(can_be_typed).map(choice).collect()
}
