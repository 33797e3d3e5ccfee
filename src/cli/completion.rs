//! Completion in a shell: the words that the scripts of `nexus completions` ask for as a line is typed.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::{Arg, Command, CommandFactory as _, ValueHint};
use clap_complete::engine::{self, ArgValueCompleter, CompletionCandidate};

use crate::domain::bin::{BinColumn, BinItem};
use crate::domain::directory::{Directory, DirectoryColumn};
use crate::domain::filter::{self, Filter, FilterOptions, ListKind, Test};
use crate::domain::journal::EntityKind;
use crate::domain::name;
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::session::{RowStatus, SessionColumn};
use crate::domain::store_url::StoreUrl;
use crate::domain::text::{fold, visible};
use crate::domain::user::{User, UserColumn, Who};
use crate::service::contract::{Accounts, ArgumentKind, Bin, Directories, Reply, Request, Sessions};

use super::Environment;
use super::argument_kind::argument_kind;
use super::arguments::{Arguments, store_of_line};
use super::completion_script::completer;
use super::sort_column::SortColumn as _;

/// The characters that bash takes for words of their own, although they are parts of one.
const SEPARATORS: [char; 2] = [':', '='];

/// The character that the script for bash expects between words.
const BASH_SEPARATOR: &str = "\u{b}";

/// The maximum number of rows that are offered.
const MOST_ROWS: u32 = 20;

/// Reads from the store at a path; `None` if that fails, whatever the reason.
pub type CompletionReader = Arc<dyn Fn(&StoreUrl, Request) -> Option<Reply> + Send + Sync>;

/// A line that is being typed in a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellLine {
    /// Its words, from the program's name to the one under the cursor.
    words: Vec<OsString>,
    /// The beginning of the last word that the shell does not replace.
    fixed: String,
    /// True if the last word begins with a quote, so that nothing behind it needs one.
    is_quoted: bool,
}

impl ShellLine {
    /// Reads a line as the script for `shell` gives it: after the program's name and `--` come the words. `index` counts
    /// those before the cursor; without it the last word is completed.
    pub fn new(shell: &OsStr, args: impl IntoIterator<Item = OsString>, index: Option<usize>) -> Self {
        let words = args.into_iter().skip_while(|arg| arg != "--").skip(1);
        let mut words: Vec<_> = words.take(index.map_or(usize::MAX, |index| index + 1)).collect();
        let is_quoted =
            words.last().and_then(|word| word.to_str()).is_some_and(|w| w.starts_with(['"', '\'']));
        match shell.to_str() {
            Some("bash") => return Self { is_quoted, ..Self::joined(words) },
            // Fish gives the words before the last one as it has read them.
            Some("fish") => words.iter_mut().rev().take(1).for_each(|word| *word = unquoted(word)),
            Some(_) | None => words.iter_mut().for_each(|word| *word = unquoted(word)),
        }
        Self { words, fixed: String::new(), is_quoted }
    }

    /// Joins the words that bash has separated.
    fn joined(words: Vec<OsString>) -> Self {
        let mut line = Self { words: Vec::new(), fixed: String::new(), is_quoted: false };
        let mut goes_on = false;
        for word in words {
            let text = word.to_string_lossy().into_owned();
            let separates = !text.is_empty() && text.chars().all(|c| SEPARATORS.contains(&c));
            let word = unquoted(&word);
            match line.words.last_mut() {
                Some(last) if separates => {
                    last.push(&word);
                    line.fixed = last.to_string_lossy().into_owned();
                }
                // Bash replaces an @ together with what follows it.
                Some(last) if goes_on || text.starts_with('@') => {
                    line.fixed = last.to_string_lossy().into_owned();
                    last.push(&word);
                }
                _ => {
                    line.fixed.clear();
                    line.words.push(word);
                }
            }
            goes_on = separates;
        }
        line
    }

    /// Returns the words that may stand at the cursor, separated as the script expects them.
    pub fn complete(self, shell: &OsStr, environment: &Environment, read: CompletionReader) -> Vec<u8> {
        let Some(completer) = completer(shell) else { return Vec::new() };
        let store = store_of_line(&self.words, environment);
        let mut command = with_values(Arguments::command(), "", &CompletionSource { store, read });
        if shell != "bash" {
            let mut out = Vec::new();
            let folder = environment.current_dir.as_deref();
            let written = completer.write_complete(&mut command, self.words, folder, &mut out);
            return if written.is_ok() { out } else { Vec::new() };
        }
        // Bash completes the names of files itself, with the quotes that they need.
        let mut command = without_files(command);
        let last = self.words.len().saturating_sub(1);
        let found = engine::complete(&mut command, self.words, last, None).unwrap_or_default();
        let words = found.iter().map(|candidate| candidate.get_value().to_string_lossy());
        let rests = words.filter_map(|word| rest_of(&word, &self.fixed).map(str::to_owned));
        // The other shells quote what they insert.
        let quoted = |word: String| if self.is_quoted { word } else { word.replace(' ', "\\ ") };
        rests.map(quoted).collect::<Vec<_>>().join(BASH_SEPARATOR).into_bytes()
    }
}

/// Returns a word as a shell reads it: without its quotes and backslashes.
fn unquoted(word: &OsStr) -> OsString {
    let Some(text) = word.to_str() else { return word.to_owned() };
    let (mut plain, mut quote) = (String::new(), None);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if letter == open => quote = None,
            (None | Some('"'), '\\') => plain.extend(letters.next()),
            (_, letter) => plain.push(letter),
        }
    }
    plain.into()
}

/// The store that values come from.
#[derive(Clone)]
struct CompletionSource {
    store: Option<StoreUrl>,
    read: CompletionReader,
}

impl CompletionSource {
    fn ask(&self, request: Request) -> Option<Reply> {
        (self.read)(self.store.as_ref()?, request)
    }

    fn accounts(&self, begun: &str) -> Vec<User> {
        match self.ask(Request::Accounts(Accounts::Begun(begun.to_owned()))) {
            Some(Reply::Users(page)) => page.rows,
            _ => Vec::new(),
        }
    }
}

impl CompletionSource {
    /// Returns the account with this id, and those whose ids have one more digit.
    fn with_id(&self, id: i64) -> Vec<User> {
        let ten = id.saturating_mul(10);
        let above = |id: i64, len| {
            self.ask(Request::Accounts(Accounts::List {
                filter: Filter::default(),
                sort: UserColumn::BY_ID,
                span: RowRange { anchor: Anchor::After(id.saturating_sub(1)), before: 0, len },
            }))
        };
        let pages = [above(id, 1), above(ten, 10)].into_iter().flatten();
        let users =
            pages.flat_map(|reply| if let Reply::Users(page) = reply { page.rows } else { Vec::new() });
        users.filter(|user| user.id.0 == id || user.id.0 / 10 == id).collect()
    }
}

/// Adds the values of arguments to a command and those below it.
fn with_values(command: Command, path: &str, source: &CompletionSource) -> Command {
    let name = path.to_owned();
    let command = command.mut_args(|argument| with_value(argument, &name, source));
    command.mut_subcommands(|inner| {
        let name = if name.is_empty() {
            inner.get_name().to_owned()
        } else {
            format!("{name} {}", inner.get_name())
        };
        with_values(inner, &name, source)
    })
}

/// Takes the names of files away from the values of all arguments.
fn without_files(command: Command) -> Command {
    let other = |argument: Arg| match argument.get_value_hint() {
        ValueHint::Unknown => argument,
        _ => argument.value_hint(ValueHint::Other),
    };
    command.mut_args(other).mut_subcommands(without_files)
}

fn with_value(argument: Arg, command: &str, source: &CompletionSource) -> Arg {
    let source = source.clone();
    match argument_kind(command, &argument) {
        ArgumentKind::File => argument.value_hint(ValueHint::FilePath),
        ArgumentKind::Account => {
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| accounts(&source, typed)))
        }
        ArgumentKind::Filter(list) => {
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| terms(&source, list, typed)))
        }
        ArgumentKind::Session => {
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| sessions(&source, typed)))
        }
        ArgumentKind::BinItem => {
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| bin_items(&source, typed)))
        }
        ArgumentKind::BinnedAccount => {
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| binned_accounts(&source, typed)))
        }
        ArgumentKind::Directory => {
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| directories(&source, typed)))
        }
        // Values that clap checks, it completes itself.
        ArgumentKind::Words(words) if argument.get_possible_values().is_empty() => {
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| begun(&words, typed)))
        }
        ArgumentKind::Words(_) | ArgumentKind::Text => argument,
    }
}

/// Returns the words that begin with the typed text.
fn begun(words: &[String], typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_str().unwrap_or_default();
    words.iter().filter(|word| word.starts_with(typed)).filter_map(|word| candidate(word, "")).collect()
}

/// Returns the accounts whose username or email begins with the typed text, or whose id does if that is digits.
fn accounts(source: &CompletionSource, typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str().filter(|typed| !typed.starts_with('-')) else { return Vec::new() };
    if let Ok(Who::Id(id)) = Who::parse(typed) {
        let users = source.with_id(id.0);
        let named = users.iter().filter_map(|user| candidate(&user.id.0.to_string(), &person(user)));
        let emails = source.accounts(typed);
        return named
            .chain(emails.iter().filter_map(|user| candidate(&name_of(user, typed)?, &person(user))))
            .collect();
    }
    source
        .accounts(typed)
        .iter()
        .filter_map(|user| candidate(&name_of(user, typed)?, &person(user)))
        .collect()
}

/// Returns the name of an account that goes on from the typed text: its username, or else its email. A name that a command
/// takes for something else, such as digits, is none.
fn name_of(user: &User, typed: &str) -> Option<String> {
    let names = [Who::typed_username(user), Who::Email(user.email.clone()).typed()];
    let typed = name::key(typed);
    let goes_on = |name: &String| !name.starts_with('-') && name::key(name).starts_with(&typed);
    names.into_iter().flatten().find(goes_on)
}

/// Returns what follows on a beginning, letter case ignored.
fn rest_of<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(beginning.len())?;
    start.eq_ignore_ascii_case(beginning).then_some(rest)
}

fn person(user: &User) -> String {
    format!("{} {}", user.first_name, user.last_name)
}

/// Returns the terms with which the typed expression may go on.
fn terms(source: &CompletionSource, list: ListKind, typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let filter::Completion { start, options } = filter::complete(list, typed);
    let before = typed.get(..start).unwrap_or_default();
    match options {
        FilterOptions::Texts(texts) => {
            texts.iter().filter_map(|text| candidate(&format!("{before}{text}"), "")).collect()
        }
        FilterOptions::Account(begun) => source
            .accounts(&begun)
            .iter()
            .filter_map(|user| candidate(&format!("{before}{}", name_of(user, &begun)?), &person(user)))
            .collect(),
        FilterOptions::Typed(_) => Vec::new(),
    }
}

/// Returns those of the newest active sessions whose number begins with the typed text.
fn sessions(source: &CompletionSource, typed: &OsStr) -> Vec<CompletionCandidate> {
    let request = Request::Sessions(Sessions::List {
        filter: Filter::default().and(Test::State(RowStatus::Active)),
        sort: Sort { column: SessionColumn::Id, descending: true },
        span: RowRange { anchor: Anchor::Position(0), before: 0, len: MOST_ROWS },
    });
    let Some(Reply::Sessions(page)) = source.ask(request) else { return Vec::new() };
    let typed = typed.to_str().unwrap_or_default();
    let named = page.rows.iter().map(|session| (session.id.to_string(), session.user.clone()));
    named.filter(|(id, _)| id.starts_with(typed)).filter_map(|(id, owner)| candidate(&id, &owner)).collect()
}

/// Returns those of the newest items in the bin whose number begins with the typed text.
fn bin_items(source: &CompletionSource, typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_str().unwrap_or_default();
    let items = binned(source, Filter::default());
    let named = items.iter().map(|item| (item.id.to_string(), &item.label));
    named.filter(|(id, _)| id.starts_with(typed)).filter_map(|(id, label)| candidate(&id, label)).collect()
}

/// Returns the newest accounts in the bin whose username, email or id begins with the typed text.
fn binned_accounts(source: &CompletionSource, typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let word = fold(typed);
    let is_id = matches!(Who::parse(typed), Ok(Who::Id(_)));
    let filter =
        if word.is_empty() || is_id { Filter::default() } else { Filter::default().and(Test::Word(word)) };
    let mut words: Vec<_> = binned(source, filter)
        .into_iter()
        .filter(|item| item.kind == EntityKind::Account)
        .filter_map(|item| {
            let names = [item.username, item.email, Some(item.user_id.0.to_string())];
            // A name of digits would be taken for an id.
            let is_own = |name: &String| !matches!(Who::parse(name), Ok(Who::Id(id)) if id != item.user_id);
            let begins = |name: &String| is_own(name) && rest_of(name, typed).is_some();
            Some((names.into_iter().flatten().find(begins)?, item.label))
        })
        .collect();
    words.sort();
    words.dedup_by(|(one, _), (other, _)| one == other);
    words.into_iter().filter_map(|(word, label)| candidate(&word, &label)).collect()
}

fn binned(source: &CompletionSource, filter: Filter) -> Vec<BinItem> {
    let request = Request::Bin(Bin::List {
        filter,
        sort: Sort { column: BinColumn::Deleted, descending: true },
        span: RowRange { anchor: Anchor::Position(0), before: 0, len: MOST_ROWS },
    });
    match source.ask(request) {
        Some(Reply::Items(page)) => page.rows,
        _ => Vec::new(),
    }
}

/// Returns directories whose path begins with the typed text.
fn directories(source: &CompletionSource, typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str().filter(|typed| !typed.is_empty()) else { return Vec::new() };
    let request = Request::Directories(Directories::List {
        of: None,
        filter: Filter::default().and(Test::Word(fold(typed))),
        sort: Sort { column: DirectoryColumn::Name, descending: false },
        span: RowRange { anchor: Anchor::Position(0), before: 0, len: MOST_ROWS },
    });
    let Some(Reply::Directories(page)) = source.ask(request) else { return Vec::new() };
    let begins = |directory: &&Directory| rest_of(&directory.path, typed).is_some();
    let found = page.rows.iter().filter(begins);
    found.filter_map(|directory| candidate(&directory.path, &directory.owner)).collect()
}

/// Returns a word for the shell: none that it would not take for one plain word but for its blanks, since names can come from
/// anywhere.
fn candidate(word: &str, about: &str) -> Option<CompletionCandidate> {
    let is_plain = |c: char| {
        if c.is_ascii() { c.is_ascii_alphanumeric() || "._-+@:=,%/ ".contains(c) } else { !c.is_whitespace() }
    };
    let is_safe = word.chars().all(is_plain) && visible(word) == word;
    let about = visible(about).into_owned();
    (is_safe && !word.is_empty())
        .then(|| CompletionCandidate::new(word).help((!about.is_empty()).then(|| about.into())))
}
