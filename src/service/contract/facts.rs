//! The facts about each request, one arm each: its effect, the rows that it names, and its command.
//!
//! The row in the table of actions, the question before an action, the entry for a denied one and the command line of a
//! request are derived from them. A new request is a variant, and an arm here.

use std::borrow::Cow;

use crate::domain::journal::EntityKind;
use crate::domain::session::SessionLabel;
use crate::domain::user::Who;

use super::actions::StoreEffect;
use super::command_form::{Argument, CommandForm};
use super::{
    AccountChange, Accounts, Action, Backup, Bin, Directories, DirectorySelector, Doctor, Import, InBin,
    LaterStatements, NoCommand, Request, Sessions, SignIn, Target, Undo,
};

/// The facts about a request.
pub(super) struct RequestFacts<'a> {
    pub(super) effect: StoreEffect,
    pub(super) target: Target<'a>,
    pub(super) command: Result<CommandForm<'a>, NoCommand>,
    /// True if the reply is a secret that is shown once.
    pub(super) makes_secret: bool,
    /// True if it acts on nothing but a file that the operator names.
    pub(super) is_about_file: bool,
}

impl<'a> RequestFacts<'a> {
    fn new(effect: StoreEffect, target: Target<'a>, command: Result<CommandForm<'a>, NoCommand>) -> Self {
        Self { effect, target, command, makes_secret: false, is_about_file: false }
    }

    fn reads() -> Self {
        Self::new(StoreEffect::Reads, Target::Nothing, Err(NoCommand::Reads))
    }

    fn notes(no_command: NoCommand) -> Self {
        Self::new(StoreEffect::Notes, Target::Nothing, Err(no_command))
    }

    fn acts(action: Action, target: Target<'a>, command: &'static str) -> Self {
        Self::acts_by(action, target, CommandForm::new(command))
    }

    fn acts_by(action: Action, target: Target<'a>, command: CommandForm<'a>) -> Self {
        Self::new(StoreEffect::Acts(action), target, Ok(command))
    }

    /// Describes an action that no command performs.
    fn acts_without_command(action: Action, target: Target<'a>, why: NoCommand) -> Self {
        Self::new(StoreEffect::Acts(action), target, Err(why))
    }

    fn making_secret_if(self, makes_secret: bool) -> Self {
        Self { makes_secret, ..self }
    }

    fn about_file(self) -> Self {
        Self { is_about_file: true, ..self }
    }

    fn with(self, argument: Argument<'a>) -> Self {
        Self { command: self.command.map(|command| command.with(argument)), ..self }
    }

    fn flag_if(self, condition: bool, flag: &'static str) -> Self {
        if condition { self.with(Argument::Flag(flag)) } else { self }
    }

    fn value(self, name: &'static str, value: Option<impl Into<Cow<'a, str>>>) -> Self {
        match value {
            Some(value) => self.with(Argument::Value(name, value.into())),
            None => self,
        }
    }
}

impl Request {
    pub(super) fn facts(&self) -> RequestFacts<'_> {
        match self {
            Self::SignIn(request) => request.facts(),
            Self::Accounts(request) => request.facts(),
            Self::Sessions(request) => request.facts(),
            Self::Directories(request) => request.facts(),
            Self::Import(request) => request.facts(),
            Self::Journal(_) | Self::Overview | Self::Metrics | Self::Doctor(Doctor::Examine) => {
                RequestFacts::reads()
            }
            Self::Export(_) => RequestFacts::reads().about_file(),
            Self::Undo(request) => request.facts(),
            Self::Bin(request) => request.facts(),
            Self::Doctor(Doctor::Repair { drop_foreign }) => {
                RequestFacts::acts(Action::Repaired, Target::Store("the store".into()), "doctor")
                    .with(Argument::Flag("--fix"))
                    .flag_if(*drop_foreign, "--drop-foreign")
            }
            Self::Check(_) => RequestFacts::notes(NoCommand::OnlyConsole),
            Self::Backup(request) => request.facts(),
            Self::Counted(counted) => counted.action.facts(),
        }
    }
}

impl SignIn {
    fn facts(&self) -> RequestFacts<'_> {
        let in_console =
            |action| RequestFacts::acts_without_command(action, Target::Nothing, NoCommand::OnlyConsole);
        match self {
            Self::Look | Self::StillIn | Self::SeeAs(_) => RequestFacts::reads(),
            Self::SetUp { fields, password: _ } => {
                RequestFacts::acts(Action::SetUp, Target::Nothing, "setup").with(Argument::Fields(fields))
            }
            Self::LogIn { .. } | Self::Unlock(_) | Self::Prove(_) => in_console(Action::LoggedIn),
            Self::EnrolFactor { .. } => in_console(Action::FactorEnrolled),
            Self::Choose { .. } => in_console(Action::PasswordSet),
            Self::Register { .. } => in_console(Action::Registered),
            Self::LogOut => in_console(Action::LoggedOut),
        }
    }
}

impl Accounts {
    fn facts(&self) -> RequestFacts<'_> {
        match self {
            Self::List { .. }
            | Self::Begun(_)
            | Self::Prepare
            | Self::TabCounts
            | Self::Show(_)
            | Self::Calendar
            | Self::OfferFactor
            | Self::Why(_)
            | Self::ListCodes
            | Self::ListInvitations => RequestFacts::reads(),
            Self::Invite { life } => {
                RequestFacts::acts(Action::Invited, Target::Store("an invitation".into()), "user invite")
                    .with(Argument::Life(*life))
                    .making_secret_if(true)
            }
            Self::RevokeInvitation(id) => {
                let target = Target::Store(format!("invitation {id}").into());
                RequestFacts::acts(Action::InvitationRevoked, target, "user invite")
                    .with(Argument::Word(id.to_string().into()))
                    .with(Argument::Flag("--revoke"))
            }
            Self::Add { fields, password, must_change } => {
                let name = fields.username.as_deref().or(fields.email.as_deref()).unwrap_or_default();
                RequestFacts::acts(Action::Added, Target::New(EntityKind::Account, name.into()), "user add")
                    .with(Argument::NewFields(fields))
                    .flag_if(password.is_some(), "--password-stdin")
                    .flag_if(*must_change, "--must-change")
                    .making_secret_if(password.is_none())
            }
            // The command asks again.
            Self::AddAll { file, codes, agreed: _ } => {
                RequestFacts::acts(Action::Added, Target::Store(file.to_string_lossy()), "import")
                    .value("--new-accounts", Some(file.to_string_lossy()))
                    .value("--codes", Some(codes.to_string_lossy()))
            }
            Self::Change { who, change } => {
                RequestFacts::acts_by(change.action(), Target::Account(who), change.command())
                    .making_secret_if(change.makes_secret())
            }
            Self::Act { action, accounts } => {
                RequestFacts::acts(action.action(), Target::Accounts(accounts), action.command())
            }
            Self::EnrolFactor { .. } => RequestFacts::acts_without_command(
                Action::FactorEnrolled,
                Target::OwnAccount,
                NoCommand::OnlyConsole,
            ),
            Self::ChangeOwnPassword { .. } => RequestFacts::acts_without_command(
                Action::PasswordSet,
                Target::OwnAccount,
                NoCommand::OnlyConsole,
            ),
        }
    }

    /// Returns the name by which the request names its only account.
    pub(super) fn account_mut(&mut self) -> Option<&mut Who> {
        match self {
            Self::Change { who, .. } => Some(who),
            // A new account has no id yet. Several accounts are found by their counted ids.
            Self::Add { .. }
            | Self::AddAll { .. }
            | Self::Act { .. }
            | Self::ChangeOwnPassword { .. }
            | Self::EnrolFactor { .. }
            | Self::OfferFactor
            | Self::List { .. }
            | Self::Begun(_)
            | Self::Prepare
            | Self::TabCounts
            | Self::Show(_)
            | Self::Calendar
            | Self::Why(_)
            | Self::ListCodes
            | Self::Invite { .. }
            | Self::RevokeInvitation(_)
            | Self::ListInvitations => None,
        }
    }
}

impl AccountChange {
    fn makes_secret(&self) -> bool {
        match self {
            Self::MakeCode { .. } | Self::Recover { password: None } => true,
            Self::Edit { .. }
            | Self::SetPassword { .. }
            | Self::EnrolFactor
            | Self::ResetFactor
            | Self::Recover { password: Some(_) }
            | Self::RevokeCode => false,
        }
    }
}

impl Sessions {
    fn facts(&self) -> RequestFacts<'_> {
        match self {
            Self::List { .. } | Self::Show(_) => RequestFacts::reads(),
            Self::Verify(_) => RequestFacts::notes(NoCommand::Reads),
            Self::Issue { who, life, label } => {
                let token = Target::New(EntityKind::Session, who.to_string().into());
                RequestFacts::acts(Action::Issued, token, "session issue")
                    .with(Argument::Account(who))
                    .with(Argument::Life(*life))
                    .value("--label", label.as_ref().map(SessionLabel::as_str))
                    .making_secret_if(true)
            }
            Self::Renew { which, life } => {
                RequestFacts::acts(Action::Renewed, Target::Sessions(which), "session renew")
                    .with(Argument::Life(*life))
            }
            Self::Revoke(which) => {
                RequestFacts::acts(Action::Revoked, Target::Sessions(which), "session revoke")
            }
            Self::Sweep => {
                RequestFacts::acts(Action::Swept, Target::Store("sessions".into()), "session sweep")
            }
        }
    }
}

impl Directories {
    fn facts(&self) -> RequestFacts<'_> {
        match self {
            Self::List { .. } | Self::Tree { .. } | Self::Show(_) => RequestFacts::reads(),
            Self::Opened(_) => RequestFacts::notes(NoCommand::OnlyConsole),
            Self::Add { path, owner } => {
                let new = Target::New(EntityKind::Directory, path.into());
                let facts = RequestFacts::acts(Action::Added, new, "directory add");
                let facts = facts.with(Argument::Word(path.into()));
                match owner {
                    Some(owner) => facts.with(Argument::AccountValue("--owner", owner)),
                    None => facts,
                }
            }
            Self::Rename { place, name } => {
                RequestFacts::acts(Action::Renamed, Target::Directory(place), "directory rename")
                    .with(Argument::Word(name.into()))
            }
            Self::Move { place, to: DirectorySelector::Path(to) } => {
                RequestFacts::acts(Action::Moved, Target::Directory(place), "directory move")
                    .with(Argument::Word(to.into()))
            }
            // A command names the new parent by path.
            Self::Move { place, to: DirectorySelector::Id(_) } => RequestFacts::acts_without_command(
                Action::Moved,
                Target::Directory(place),
                NoCommand::OnlyConsole,
            ),
            Self::Trash(places) => {
                RequestFacts::acts(Action::Trashed, Target::Directories(places), "directory trash")
            }
            Self::Provision(people) => {
                RequestFacts::acts(Action::Provisioned, Target::Accounts(people), "directory provision")
            }
        }
    }
}

impl Import {
    fn facts(&self) -> RequestFacts<'_> {
        let Self {
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
            report,
        } = self;
        let facts = RequestFacts::acts(Action::Imported, Target::Store(file.to_string_lossy()), "import")
            .with(Argument::File(file))
            .flag_if(*skip_bad_rows, "--skip-bad-rows")
            .flag_if(*replace, "--replace")
            .flag_if(*keep_sessions, "--keep-sessions")
            .flag_if(*later_statements == LaterStatements::Ignore, "--ignore-later-statements")
            .value("--database", database.as_ref())
            .value("--time-zone", time_zone.map(|zone| zone.to_string()))
            .value("--report", report.as_ref().map(|report| report.to_string_lossy()));
        strip_prefixes.iter().fold(facts, |facts, prefix| facts.value("--strip-prefix", Some(prefix)))
    }
}

impl Backup {
    fn facts(&self) -> RequestFacts<'_> {
        match self {
            Self::Make { file, keep, compress, overwrite: _ } => {
                RequestFacts::acts(Action::BackedUp, Target::Store(file.to_string_lossy()), "backup")
                    .with(Argument::File(file))
                    .value("--keep", keep.map(|keep| keep.to_string()))
                    .flag_if(*compress, "--compress")
                    .about_file()
            }
            Self::Verify { .. } => RequestFacts::reads().about_file(),
            Self::Restore { file, despite_findings } => {
                RequestFacts::acts(Action::StoreRestored, Target::Store(file.to_string_lossy()), "restore")
                    .with(Argument::File(file))
                    .flag_if(*despite_findings, "--despite-findings")
            }
        }
    }
}

impl Undo {
    fn facts(&self) -> RequestFacts<'_> {
        let (action, target) = match self {
            Self::Last => (Action::Undone, "the last action".into()),
            Self::Redo => (Action::Redone, "the last undo".into()),
            Self::Entry(seq) => {
                let target = Target::Store(format!("entry {seq}").into());
                let entry = Argument::Word(seq.to_string().into());
                return RequestFacts::acts(Action::Undone, target, "undo").with(entry);
            }
        };
        RequestFacts::acts_without_command(action, Target::Store(target), NoCommand::ByEntry)
    }
}

impl Bin {
    fn facts(&self) -> RequestFacts<'_> {
        match self {
            Self::List { .. } => RequestFacts::reads(),
            // Only a directory has a path.
            Self::Restore { which: which @ InBin::Account(_), to: Some(_), .. } => {
                RequestFacts::acts_without_command(
                    Action::Restored,
                    Target::BinItems(which),
                    NoCommand::OnlyConsole,
                )
            }
            Self::Restore { which, to, with_sessions } => {
                let command = match which {
                    InBin::Items(_) => "bin restore",
                    InBin::Account(_) => "user restore",
                    InBin::Directory(_) => "directory restore",
                };
                RequestFacts::acts(Action::Restored, Target::BinItems(which), command)
                    .value("--to", to.as_ref())
                    .flag_if(*with_sessions, "--with-sessions")
            }
            Self::Purge(which) => {
                let command = match which {
                    InBin::Items(_) => "bin purge",
                    InBin::Account(_) => "user purge",
                    InBin::Directory(_) => "directory purge",
                };
                RequestFacts::acts(Action::Purged, Target::BinItems(which), command)
            }
            Self::Erase(who) => RequestFacts::acts(Action::Erased, Target::BinnedAccount(who), "user purge")
                .with(Argument::Flag("--erase")),
        }
    }
}
