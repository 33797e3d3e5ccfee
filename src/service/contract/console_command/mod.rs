//! Commands of the command line as the console takes them: names and arguments for the palette, and their meaning.
//!
//! The command line defines its commands once. It implements [`CommandInterpreter`], from which the palette reads the
//! names and to which it gives the line that was typed; so a new command is in the palette without another list.

mod typed_line;

use std::io::Write;
use std::ops::ControlFlow;

use crate::domain::filter::ListKind;
use crate::domain::time::Timestamp;
use crate::domain::user::Who;

use super::{Failure, ImportReport, Progress, Reply, Request};

pub use typed_line::{TypedLine, quoted_argument};

/// The callback for the progress of long work.
pub type OnProgress<'p> = dyn FnMut(Progress) -> ControlFlow<()> + 'p;

/// Performs a request; `true` asks for a dry run.
pub type RequestHandler<'s> = dyn FnMut(Request, bool, &mut OnProgress<'_>) -> Result<Reply, Failure> + 's;

/// A command of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSpec {
    /// The words of the command: `user suspend`.
    pub name: String,
    /// One line about it.
    pub about: String,
    /// The arguments without a name, in their order.
    pub arguments: Vec<ArgumentSpec>,
    pub options: Vec<OptionSpec>,
    /// True if it changes something.
    pub changes: bool,
    /// True if it is for admins, whatever its arguments are.
    pub needs_admin: bool,
}

/// An argument of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentSpec {
    /// The placeholder in the usage: `WHO`.
    pub placeholder: String,
    pub kind: ArgumentKind,
    pub is_required: bool,
    /// True if it takes several values.
    pub repeats: bool,
}

/// A named option of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionSpec {
    /// The option as it is typed: `--for`.
    pub flag: String,
    /// Its value; a switch has none.
    pub value: Option<ArgumentSpec>,
    /// One line about it.
    pub about: String,
}

/// The kind of an argument, by which it is completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentKind {
    Account,
    /// The path of a directory.
    Directory,
    /// A filter of this list.
    Filter(ListKind),
    /// A session by its id.
    Session,
    /// A file of the machine. The console opens it as its own OS user.
    File,
    /// One of these words.
    Words(Vec<String>),
    /// Anything else.
    Text,
}

impl CommandSpec {
    /// Returns true if an argument or option names a file of the machine.
    pub fn names_file(&self) -> bool {
        let values = self.options.iter().filter_map(|option| option.value.as_ref());
        self.arguments.iter().chain(values).any(|argument| argument.kind == ArgumentKind::File)
    }

    /// Returns the arguments as a usage line shows them: `WHO [NAME]`.
    pub fn usage(&self) -> String {
        let shown = |argument: &ArgumentSpec| {
            let more = if argument.repeats { "…" } else { "" };
            let text = format!("{}{more}", argument.placeholder);
            if argument.is_required { text } else { format!("[{text}]") }
        };
        self.arguments.iter().map(shown).collect::<Vec<_>>().join(" ")
    }
}

/// The meaning of a typed command in the console.
#[derive(Debug, Clone, PartialEq)]
pub enum TypedCommand {
    /// An action. The console asks about it as about every other.
    Act(Box<Request>),
    /// Opens the form for a new account.
    AddAccount,
    /// Opens the form for a new password of this account.
    SetPassword(Who),
    /// Opens the field for a token to verify.
    VerifyToken,
    /// Shows a list.
    List {
        list: ListKind,
        /// The filter expression; empty for all rows.
        filter: String,
    },
    /// Shows an account among the accounts.
    ShowAccount(Who),
    /// Shows the journal entries of an account.
    History(Who),
    /// Shows this text: a page of the manual, the help of a command.
    Text(String),
    /// Runs the command on a worker and shows what it prints: it only reads.
    Print,
}

/// The surroundings of a command that prints into the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintOptions {
    pub now: Timestamp,
    /// True if the locale allows only ASCII.
    pub ascii: bool,
}

/// The rows and columns of a list to write into a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ListExport {
    /// The request of the list. Its span is not used: all rows are read, page by page.
    pub list: Request,
    /// The keys of the columns, in their order.
    pub columns: Vec<&'static str>,
    pub format: ExportFormat,
}

/// The format of an exported list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    Csv,
    Json,
    Jsonl,
}

impl ExportFormat {
    /// The formats by the ending of a file's name.
    pub const ENDINGS: &'static [(&'static str, Self)] =
        &[("csv", Self::Csv), ("json", Self::Json), ("jsonl", Self::Jsonl)];

    /// Returns the format for the ending of a file's name, in any letter case.
    pub fn of_ending(ending: &str) -> Option<Self> {
        let known = Self::ENDINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending));
        known.map(|(_, format)| *format)
    }
}

/// The command line, as the console uses it.
pub trait CommandInterpreter: Sync {
    /// Returns every command that the console takes.
    fn specs(&self) -> Vec<CommandSpec>;

    /// Returns the meaning of a command, given word by word.
    ///
    /// # Errors
    /// The command is wrong, or not for the console.
    fn read(&self, words: &[String]) -> Result<TypedCommand, Failure>;

    /// Runs a command that means [`TypedCommand::Print`] and returns what it prints, safe for a terminal.
    ///
    /// # Errors
    /// The command failed; findings of a check are no failure.
    fn print(
        &self,
        words: &[String],
        options: PrintOptions,
        perform: &mut RequestHandler<'_>,
    ) -> Result<String, Failure>;

    /// Returns what the command `import` says about an import.
    fn imported(&self, report: &ImportReport) -> String;

    /// Writes a list as the command `list` prints it, and returns the number of rows.
    ///
    /// # Errors
    /// A request failed, `on_progress` stopped it, or the rows cannot be written.
    fn export(
        &self,
        export: &ListExport,
        now: Timestamp,
        perform: &mut RequestHandler<'_>,
        on_progress: &mut OnProgress<'_>,
        out: &mut dyn Write,
    ) -> Result<u64, Failure>;
}
