//! Commands of the command line that are typed after `:`: their meaning, and what they print.

use std::path::Path;

use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::journal::EntityKind;
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::text::fold;
use crate::domain::user::Who;
use crate::service::contract::{
    Accounts, Backup, CommandSpec, Directories, Failure, FailureKind, Import, PrintOptions, Reply, Request,
    TypedCommand, UserDetail,
};
use crate::tui::account_completion;
use crate::tui::dialog::FormDialog;
use crate::tui::effect::{Ask, CompletionKind, Effect, RequestId};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::text_box::TextBox;
use crate::tui::overlays::verify::VerifyDialog;
use crate::tui::pending::Purpose;
use crate::tui::route::{Route, ScreenId};
use crate::tui::screens::SCREENS;

use super::export::PlannedExport;
use super::{Model, Notice};

/// The number of values that are asked from the store to complete an argument.
const COMPLETIONS: u32 = 50;

/// The typed commands that wait for a reply.
#[derive(Debug, Default)]
pub(super) struct TypedCommands {
    /// The command that waits for the account that it is about.
    look_up: Option<AboutAccount>,
    /// The line of the command that prints.
    printing: String,
    /// The import that was begun.
    pub(super) importing: Option<Import>,
    /// The list that is being written, or would overwrite a file.
    pub(super) exporting: Option<PlannedExport>,
}

/// A command about one account, which is looked up first.
#[derive(Debug, Clone, PartialEq)]
enum AboutAccount {
    Show,
    SetPassword,
    History(Who),
}

impl Model {
    /// Returns the commands of the command line that can be used now.
    pub(super) fn command_specs(&self) -> Vec<CommandSpec> {
        let is_admin = self.may_name_files();
        let mut specs = self.start.commands.interpreter.specs();
        // A file is opened as the OS user of the console.
        specs.retain(|spec| {
            let is_for_all = !spec.names_file() && !spec.needs_admin;
            (is_admin || is_for_all) && !(spec.changes && self.is_read_only())
        });
        specs
    }

    /// Runs a command. If it is wrong, the palette stays open.
    pub(super) fn run_command(&mut self, words: Vec<String>) -> Vec<Effect> {
        match self.start.commands.interpreter.read(&words) {
            Ok(command) => {
                self.overlay = None;
                self.run_typed(command, words)
            }
            Err(failure) => {
                self.notify(Notice::Failed(failure));
                Vec::new()
            }
        }
    }

    fn run_typed(&mut self, command: TypedCommand, words: Vec<String>) -> Vec<Effect> {
        match command {
            TypedCommand::Act(request) => {
                let request = self.with_path(*request);
                self.submit(request)
            }
            TypedCommand::AddAccount => self.open_form(FormDialog::AddAccount),
            TypedCommand::SetPassword(who) => self.look_up(who, AboutAccount::SetPassword),
            TypedCommand::ShowAccount(who) => self.look_up(who, AboutAccount::Show),
            TypedCommand::History(who) => self.look_up(who.clone(), AboutAccount::History(who)),
            TypedCommand::VerifyToken => {
                self.overlay = Some(Overlay::Verify(VerifyDialog::default()));
                Vec::new()
            }
            TypedCommand::List { list, filter } => self.show_list(list, filter),
            TypedCommand::Text(text) => {
                self.show_text(&words.join(" "), &text);
                Vec::new()
            }
            TypedCommand::Print => self.print(words),
        }
    }

    /// Completes the names of the files in a request.
    fn with_path(&mut self, request: Request) -> Request {
        let path = |file: &Path| self.start.commands.path(&file.to_string_lossy());
        let import = match request {
            Request::Import(import) => import,
            Request::Backup(mut request) => {
                match &mut request {
                    Backup::Make { file, .. } | Backup::Verify { file } | Backup::Restore { file, .. } => {
                        *file = path(file);
                    }
                }
                return Request::Backup(request);
            }
            Request::Accounts(Accounts::AddAll { file, codes, agreed }) => {
                let (file, codes) = (path(&file), path(&codes));
                return Request::Accounts(Accounts::AddAll { file, codes, agreed });
            }
            request => return request,
        };
        let file = path(&import.file);
        // Nobody has agreed to new admins yet. One that replaces accounts is asked about in any case.
        let agreed_admins = (!import.replace).then(Vec::new);
        let import = Import { file, agreed_admins, ..import };
        self.typed.importing = Some(import.clone());
        Request::Import(import)
    }

    fn open_form(&mut self, form: FormDialog) -> Vec<Effect> {
        if self.refusal().is_some() {
            return self.refuse_to_change();
        }
        self.fulfil_one(Ask::Open(form.into()))
    }

    fn show_list(&mut self, list: ListKind, filter: String) -> Vec<Effect> {
        let screen = SCREENS.iter().find(|screen| screen.subject == Some(list));
        screen.map_or_else(Vec::new, |screen| self.go(&Route::filtered(screen.id, filter)))
    }

    pub(super) fn show_text(&mut self, title: &str, text: &str) {
        self.overlay = Some(Overlay::TextBox(TextBox::new(&self.context(), title, text)));
    }

    /// Looks up the account that a command is about.
    fn look_up(&mut self, who: Who, command: AboutAccount) -> Vec<Effect> {
        self.typed.look_up = Some(command);
        self.send(Purpose::LookUp, Request::Accounts(Accounts::Show(who)), false)
    }

    /// Takes the account that a command is about.
    pub(super) fn looked_up(&mut self, result: Result<Reply, Failure>) -> Vec<Effect> {
        let Some(command) = self.typed.look_up.take() else { return Vec::new() };
        match (command, result) {
            (command, Ok(Reply::User(detail))) => self.about_account(&command, &detail),
            // The journal also knows names of accounts that are gone.
            (AboutAccount::History(who), Err(failure)) if failure.kind == FailureKind::NotFound => {
                let filter = Filter::default().and(Test::User(who)).to_string();
                self.go(&Route::filtered(ScreenId::JOURNAL, filter))
            }
            (_, Err(failure)) => {
                self.notify(Notice::Failed(failure));
                Vec::new()
            }
            (_, Ok(_)) => Vec::new(),
        }
    }

    fn about_account(&mut self, command: &AboutAccount, detail: &UserDetail) -> Vec<Effect> {
        let user = &detail.user;
        match command {
            AboutAccount::Show => self.go(&Route::of_account(ScreenId::USERS, Who::Id(user.id))),
            AboutAccount::SetPassword => {
                let is_own = self.operator.as_ref().is_some_and(|operator| operator.id == user.id);
                let form =
                    if is_own { FormDialog::ChangeOwnPassword } else { FormDialog::SetPassword(user.into()) };
                self.open_form(form)
            }
            AboutAccount::History(_) => Route::history(EntityKind::Account, Some(user.id.0))
                .map_or_else(Vec::new, |route| self.go(&route)),
        }
    }

    /// Lets a worker run a command that prints.
    fn print(&mut self, words: Vec<String>) -> Vec<Effect> {
        let Some(operator) = &self.operator else { return Vec::new() };
        let caller = operator.caller();
        self.typed.printing = words.join(" ");
        let (request_id, superseded) = self.pending.add(Purpose::Print, "reading", self.now);
        let options = PrintOptions { now: self.now, ascii: !self.start.features.unicode };
        let mut effects: Vec<_> = superseded.into_iter().map(Effect::Cancel).collect();
        effects.push(Effect::Print { request_id, caller, words, options });
        effects
    }

    /// Takes what a command has printed and shows it.
    pub(super) fn printed(&mut self, request_id: RequestId, result: Result<String, Failure>) -> Vec<Effect> {
        if self.pending.take(request_id).is_none() {
            return Vec::new();
        }
        let title = std::mem::take(&mut self.typed.printing);
        match result {
            Err(failure) if failure.kind == FailureKind::SignedOut => self.signed_out(&failure.message),
            Err(failure) => {
                self.notify(Notice::Failed(failure));
                Vec::new()
            }
            // Something else was opened meanwhile: it is not covered.
            Ok(text) if self.overlay.is_some() || self.asking.is_some() => {
                self.say(text.lines().next().unwrap_or_default().to_owned());
                Vec::new()
            }
            Ok(text) => {
                self.show_text(&title, &text);
                Vec::new()
            }
        }
    }

    /// Asks the store for values that complete a text.
    pub(super) fn complete(&mut self, completion: CompletionKind, text: &str) -> Vec<Effect> {
        let request = match completion {
            CompletionKind::Account => account_completion::request(text),
            CompletionKind::Directory => directories(None, text),
            CompletionKind::DirectoryOf(owner) => directories(Some(Who::Id(owner)), text),
        };
        self.send(Purpose::Completion, request, false)
    }
}

/// Returns the request for directories that hold a text in their names, those of an account or all.
fn directories(of: Option<Who>, text: &str) -> Request {
    let word = fold(text);
    let filter = if word.is_empty() { Filter::default() } else { Filter::default().and(Test::Word(word)) };
    let span = RowRange { anchor: Anchor::Position(0), before: 0, len: COMPLETIONS };
    let sort = Sort { column: DirectoryColumn::Name, descending: false };
    Request::Directories(Directories::List { of, filter, sort, span })
}
