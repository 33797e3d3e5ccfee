//! The command line of a request, as one types it into a POSIX shell.
//!
//! Every request is named below, so a new one cannot forget its command. A command line never holds a secret: the command
//! asks for it. A request that a command line cannot express exactly has none.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::page::Selection;
use crate::domain::text::visible;
use crate::domain::time::{Duration, short_span};
use crate::domain::user::{AccessLevel, Fields, UserId, Who};

use super::{
    AccountSelection, Accounts, Bin, CountedAct, Directories, DirectorySelector, Doctor, Import, InBin,
    LaterStatements, Request, Sessions, SignIn, Undo,
};

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

/// The reason that a request has no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCommand {
    /// It changes nothing.
    #[error("it only reads")]
    Reads,
    /// It is about the console itself, or needs a proof that only the console asks for.
    #[error("only the console does this")]
    OnlyConsole,
    /// Another program that runs the command would undo something else.
    #[error("an undo goes by its entry in the journal: nexus undo ENTRY")]
    ByEntry,
    /// The line would not show what it is (`domain::text::visible`), or a terminal would act on it.
    #[error("a name in it holds characters that cannot be typed")]
    Unseen,
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
        match self {
            Self::SignIn(request) => sign_in(request),
            Self::Accounts(request) => accounts(request, own),
            Self::Sessions(request) => sessions(request, own),
            Self::Directories(request) => directories(request, own),
            Self::Import(request) => import(request),
            Self::Journal(_) | Self::Overview | Self::Doctor(Doctor::Examine) => Err(NoCommand::Reads),
            Self::Doctor(Doctor::Repair { drop_foreign }) => {
                Ok(Words::new("doctor").flag("--fix").flag_if(*drop_foreign, "--drop-foreign"))
            }
            Self::Undo(Undo::Entry(seq)) => Ok(Words::new("undo").thing(seq.to_string())),
            Self::Undo(Undo::Last | Undo::Redo) => Err(NoCommand::ByEntry),
            Self::Bin(request) => bin(request, own),
            Self::Check(_) => Err(NoCommand::OnlyConsole),
            Self::Counted(counted) => counted_act(counted, own),
        }
    }
}

/// Returns the command of a counted action. If a filter selected the rows, the command expects the same number of rows.
fn counted_act(counted: &CountedAct, own: Option<UserId>) -> Result<Words, NoCommand> {
    let words = counted.clone().by_id().words(own)?;
    if !counted.act.is_by_filter() {
        return Ok(words);
    }
    Ok(words.option("--expect", &counted.rows.ids.len().to_string()))
}

fn sign_in(request: &SignIn) -> Result<Words, NoCommand> {
    match request {
        SignIn::SetUp { fields, password: _ } => Ok(Words::new("setup").fields(fields)),
        SignIn::Look | SignIn::StillIn => Err(NoCommand::Reads),
        SignIn::LogIn { .. } | SignIn::Choose { .. } | SignIn::Unlock(_) | SignIn::LogOut => {
            Err(NoCommand::OnlyConsole)
        }
    }
}

fn accounts(request: &Accounts, own: Option<UserId>) -> Result<Words, NoCommand> {
    let on = |action, people| Words::new(action).people(people, own);
    match request {
        Accounts::List { .. } | Accounts::Prepare | Accounts::Show(_) | Accounts::ListCodes => {
            Err(NoCommand::Reads)
        }
        Accounts::Add { fields, password, must_change } => {
            let words = Words::new("user add").fields(&without_empty(fields));
            let words = words.flag_if(password.is_some(), "--password-stdin");
            Ok(words.flag_if(*must_change, "--must-change"))
        }
        Accounts::Edit { who, fields, was: _ } => Ok(Words::new("user edit").who(who)?.fields(fields)),
        Accounts::Confirm(people) => on("user confirm", people),
        Accounts::Suspend(people) => on("user suspend", people),
        Accounts::SetLevel(people, AccessLevel::Admin) => on("user promote", people),
        Accounts::SetLevel(people, AccessLevel::User) => on("user demote", people),
        Accounts::SetPassword { who, password: _, must_change } => {
            Ok(Words::new("user password").who(who)?.flag_if(*must_change, "--must-change"))
        }
        Accounts::ChangeOwnPassword { .. } => Err(NoCommand::OnlyConsole),
        Accounts::MakeCode { who, life } => Ok(Words::new("user access-code").who(who)?.life(*life)),
        Accounts::RevokeCode(who) => Ok(Words::new("user access-code").who(who)?.flag("--revoke")),
        Accounts::Delete(people) => on("user delete", people),
    }
}

fn sessions(request: &Sessions, own: Option<UserId>) -> Result<Words, NoCommand> {
    match request {
        Sessions::List { .. } | Sessions::Show(_) | Sessions::Verify(_) => Err(NoCommand::Reads),
        Sessions::Issue { who, life } => Ok(Words::new("session issue").who(who)?.life(*life)),
        Sessions::Renew { which, life } => {
            Ok(Words::new("session renew").rows(ListKind::Sessions, which, own)?.life(*life))
        }
        Sessions::Revoke(which) => Words::new("session revoke").rows(ListKind::Sessions, which, own),
        Sessions::Sweep => Ok(Words::new("session sweep")),
    }
}

fn directories(request: &Directories, own: Option<UserId>) -> Result<Words, NoCommand> {
    match request {
        Directories::List { .. } | Directories::Tree { .. } | Directories::Show(_) => Err(NoCommand::Reads),
        Directories::Add { path, owner } => {
            let words = Words::new("directory add").thing(path);
            let Some(owner) = owner else { return Ok(words) };
            Ok(words.option("--owner", &typed(owner)?))
        }
        Directories::Rename { place, name } => Ok(Words::new("directory rename").place(place).thing(name)),
        Directories::Move { place, to: DirectorySelector::Path(to) } => {
            Ok(Words::new("directory move").place(place).thing(to))
        }
        // Commands name a new parent by path.
        Directories::Opened(_) | Directories::Move { to: DirectorySelector::Id(_), .. } => {
            Err(NoCommand::OnlyConsole)
        }
        // A command names all directories in the same way.
        Directories::Trash(places) if places.iter().any(has_id) && !places.iter().all(has_id) => {
            Err(NoCommand::OnlyConsole)
        }
        Directories::Trash(places) => Ok(places.iter().fold(Words::new("directory trash"), Words::place)),
        Directories::Provision(people) => Words::new("directory provision").people(people, own),
    }
}

fn import(request: &Import) -> Result<Words, NoCommand> {
    let Import {
        file,
        skip_bad_rows,
        replace,
        keep_sessions,
        strip_prefixes,
        database,
        time_zone,
        later_statements,
        // The command asks again.
        agreed_admins: _,
    } = request;
    let words = Words::new("import")
        .thing(text_of(file)?)
        .flag_if(*skip_bad_rows, "--skip-bad-rows")
        .flag_if(*replace, "--replace")
        .flag_if(*keep_sessions, "--keep-sessions")
        .flag_if(*later_statements == LaterStatements::Ignore, "--ignore-later-statements");
    let zone = time_zone.map(|zone| zone.to_string());
    let options = [("--database", database.as_ref()), ("--time-zone", zone.as_ref())];
    let options = options.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let prefixes = strip_prefixes.iter().map(|prefix| ("--strip-prefix", prefix));
    Ok(options.chain(prefixes).fold(words, |words, (name, value)| words.option(name, value)))
}

fn bin(request: &Bin, own: Option<UserId>) -> Result<Words, NoCommand> {
    match request {
        Bin::List { .. } => Err(NoCommand::Reads),
        Bin::Restore { which, to } => {
            let words = match which {
                InBin::Items(which) => Words::new("bin restore").rows(ListKind::Bin, which, own)?,
                // Only a directory has a path.
                InBin::Account(_) if to.is_some() => return Err(NoCommand::OnlyConsole),
                InBin::Account(who) => Words::new("user restore").who(who)?,
                InBin::Directory(path) => Words::new("directory restore").thing(path),
            };
            Ok(match to {
                Some(to) => words.option("--to", to),
                None => words,
            })
        }
        Bin::Purge(InBin::Items(which)) => Words::new("bin purge").rows(ListKind::Bin, which, own),
        Bin::Purge(InBin::Account(who)) => Words::new("user purge").who(who),
        Bin::Purge(InBin::Directory(path)) => Ok(Words::new("directory purge").thing(path)),
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

    fn flag_if(self, condition: bool, flag: &str) -> Self {
        if condition { self.flag(flag) } else { self }
    }

    fn option(mut self, name: &str, value: &str) -> Self {
        // A value that begins like an option must be attached to the name.
        if value.starts_with('-') {
            return self.flag(&format!("{name}={value}"));
        }
        self.options.extend([name.to_owned(), value.to_owned()]);
        self
    }

    fn life(self, life: Duration) -> Self {
        self.option("--for", &short_span(life))
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
    let text = who.to_string();
    if Who::parse(&text).as_ref() == Ok(who) { Ok(text) } else { Err(NoCommand::Unseen) }
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
