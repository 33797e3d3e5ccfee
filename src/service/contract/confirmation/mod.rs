//! Asking before an act: the table "Asking" of the interface, for the console and the commands alike.
//!
//! It stands here alone: whoever offers an act hands in its request, and no screen, box or command decides by itself.
//! Every request and every verb is named below, so a new one cannot forget to say what it needs.

use super::{
    AccountSelection, Accounts, Action, ActionSummary, Bin, Directories, Doctor, InBin, Own, Request,
    Sessions, SignIn,
};
use crate::domain::page::Selection;
use crate::domain::user::{AccessLevel, Fields, Status};

/// More rows than this are accepted by typing their number.
const TYPED_ABOVE: u64 = 10;

/// What an act needs before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// Nothing.
    AtOnce,
    /// A yes.
    Ask,
    /// The number of its rows, typed.
    TypeNumber(u64),
    /// The name of its row, typed (as stored: make it visible before showing it).
    TypeName(String),
}

/// The two columns of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrontEnd {
    /// The console.
    Console,
    /// A command.
    Command,
}

/// The rows of the table, as far as a request alone tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// No act on rows: reading, log-in and log-out, one's own password with the current one as proof.
    NoAct,
    /// Sweep, undo, redo, import without --replace: at once, of any size.
    AnySize,
    /// Purge.
    Purge,
    /// Asks for one row already.
    Always,
    /// One row that undo brings back whole: at once in the console.
    Undoable,
    /// One row that may lose sessions, its level, or its log-in.
    CutsOff,
    /// An access code, which may replace one.
    Code,
    /// Everything else, for one row: at once.
    OneRow,
    /// The same for as many rows as it turns out to be.
    AnyNumber,
}

impl Request {
    fn rule(&self) -> Rule {
        match self {
            Self::SignIn(request) => match request {
                SignIn::Look
                | SignIn::SetUp { .. }
                | SignIn::LogIn { .. }
                | SignIn::Choose { .. }
                | SignIn::Unlock(_)
                | SignIn::StillIn
                | SignIn::LogOut => Rule::NoAct,
            },
            Self::Accounts(request) => request.rule(),
            Self::Sessions(request) => match request {
                Sessions::List { .. } | Sessions::Show(_) | Sessions::Verify(_) => Rule::NoAct,
                Sessions::Issue { .. } => Rule::OneRow,
                Sessions::Renew { which, .. } => Rule::for_rows(is_one_session(which)),
                Sessions::Revoke(_) => Rule::Always,
                Sessions::Sweep => Rule::AnySize,
            },
            Self::Directories(request) => match request {
                Directories::List { .. }
                | Directories::Tree { .. }
                | Directories::Show(_)
                | Directories::Opened(_) => Rule::NoAct,
                Directories::Add { .. } | Directories::Rename { .. } | Directories::Move { .. } => {
                    Rule::OneRow
                }
                Directories::Provision(people) => Rule::for_rows(is_one_account(people)),
                Directories::Trash(_) => Rule::Undoable,
            },
            Self::Import(import) if import.replace => Rule::Always,
            Self::Import(_) | Self::Undo(_) => Rule::AnySize,
            Self::Journal(_) | Self::Check(_) | Self::Doctor(Doctor::Examine) => Rule::NoAct,
            Self::Doctor(Doctor::Repair { .. }) => Rule::Always,
            Self::Bin(request) => match request {
                Bin::List { .. } => Rule::NoAct,
                Bin::Restore { which, .. } => Rule::for_rows(is_one_item(which)),
                Bin::Purge(_) => Rule::Purge,
            },
            Self::Counted(counted) => counted.act.rule(),
        }
    }

    /// Whether it must be known what an act touches before it is done.
    pub fn must_be_counted(&self, from: FrontEnd) -> bool {
        match self.rule() {
            Rule::NoAct | Rule::OneRow => false,
            // What is taken back may be the operator's own; a command is nobody's.
            Rule::AnySize => from == FrontEnd::Console && matches!(self.act(), Self::Undo(_)),
            Rule::Purge | Rule::Always | Rule::Undoable | Rule::CutsOff | Rule::Code | Rule::AnyNumber => {
                true
            }
        }
    }

    /// Whether a command asks about it whatever the rows are like. Then it needs no look at the store to refuse it where
    /// nobody can answer.
    pub fn always_asks(&self) -> bool {
        match self.rule() {
            Rule::Purge | Rule::Always | Rule::Undoable | Rule::CutsOff => true,
            Rule::NoAct | Rule::AnySize | Rule::Code | Rule::OneRow | Rule::AnyNumber => false,
        }
    }
}

impl Rule {
    const fn for_rows(is_one: bool) -> Self {
        if is_one { Self::OneRow } else { Self::AnyNumber }
    }
}

fn is_one_account(people: &AccountSelection) -> bool {
    matches!(people, AccountSelection::Named(named) if named.len() == 1)
}

fn is_one_session(which: &Selection) -> bool {
    matches!(which, Selection::Ids(ids) if ids.len() == 1)
}

fn is_one_item(which: &InBin) -> bool {
    match which {
        InBin::Items(which) => matches!(which, Selection::Ids(ids) if ids.len() == 1),
        InBin::Account(_) | InBin::Directory(_) => true,
    }
}

impl Accounts {
    fn rule(&self) -> Rule {
        match self {
            Self::List { .. }
            | Self::Prepare
            | Self::Show(_)
            | Self::ListCodes
            // The current password, which it carries, is more than a yes.
            | Self::ChangeOwnPassword { .. } => Rule::NoAct,
            Self::Add { fields, .. } if fields.level == Some(AccessLevel::Admin) => Rule::Always,
            Self::Edit { fields, .. } if fields.level.is_some() || cuts_off(fields) => Rule::CutsOff,
            Self::Add { .. } | Self::Edit { .. } => Rule::OneRow,
            Self::Confirm(people) => Rule::for_rows(is_one_account(people)),
            Self::Suspend(_) => Rule::CutsOff,
            Self::MakeCode { .. } => Rule::Code,
            Self::SetLevel(..) | Self::SetPassword { .. } | Self::RevokeCode(_) => Rule::Always,
            Self::Delete(_) => Rule::Undoable,
        }
    }
}

fn cuts_off(fields: &Fields) -> bool {
    fields.status.is_some_and(|status| status != Status::Confirmed)
}

/// Returns what an act needs that was counted.
pub fn care(request: &Request, counted: &ActionSummary, from: FrontEnd) -> Confirmation {
    // Nothing is asked about what is so already.
    if counted.touched() == 0 {
        return Confirmation::AtOnce;
    }
    let rule = request.rule();
    // What goes along with one row is not counted.
    let rows = if counted.label.is_some() { 1 } else { counted.rows() };
    let care = match rule {
        // A name of blanks alone cannot be typed.
        Rule::Purge => {
            let name = counted.label.clone().filter(|name| !name.trim().is_empty());
            name.map_or(Confirmation::TypeNumber(rows), Confirmation::TypeName)
        }
        Rule::Always | Rule::Undoable | Rule::CutsOff | Rule::Code | Rule::OneRow | Rule::AnyNumber
            if rows > TYPED_ABOVE =>
        {
            Confirmation::TypeNumber(rows)
        }
        Rule::Always => Confirmation::Ask,
        Rule::Undoable | Rule::CutsOff | Rule::Code | Rule::OneRow | Rule::AnyNumber if rows > 1 => {
            Confirmation::Ask
        }
        // Of what other programs keep about it nothing goes unseen.
        Rule::Undoable if counted.others.is_some() => Confirmation::Ask,
        Rule::Undoable => undoable(from),
        Rule::CutsOff if counted.changes_level || counted.ended > 0 => Confirmation::Ask,
        Rule::CutsOff if counted.cuts_off => undoable(from),
        Rule::Code if counted.replaces_code => Confirmation::Ask,
        Rule::NoAct | Rule::AnySize | Rule::CutsOff | Rule::Code | Rule::OneRow | Rule::AnyNumber => {
            Confirmation::AtOnce
        }
    };
    if care == Confirmation::AtOnce && counted.own.logs_out() { Confirmation::Ask } else { care }
}

const fn undoable(from: FrontEnd) -> Confirmation {
    match from {
        FrontEnd::Console => Confirmation::AtOnce,
        FrontEnd::Command => Confirmation::Ask,
    }
}

/// How an act is taken back, all but the sessions that end with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WayBack {
    /// By undoing it.
    Undo,
    /// It was itself an undoing: by doing again what was undone.
    Redo,
    /// It cannot be.
    None,
}

const fn way_back(action: Action) -> WayBack {
    match action {
        Action::Added
        | Action::Edited
        | Action::Confirmed
        | Action::Suspended
        | Action::Promoted
        | Action::Demoted
        | Action::Deleted
        | Action::Issued
        | Action::Renewed
        | Action::Renamed
        | Action::Moved
        | Action::Trashed
        | Action::Provisioned
        | Action::Restored
        | Action::Redone => WayBack::Undo,
        Action::Undone => WayBack::Redo,
        Action::SetUp
        | Action::LoggedIn
        | Action::LoggedOut
        | Action::PasswordSet
        | Action::CodeMade
        | Action::CodeRevoked
        | Action::Revoked
        | Action::Swept
        | Action::Opened
        | Action::Imported
        | Action::Purged
        | Action::ClockSet
        | Action::Repaired => WayBack::None,
    }
}

/// The status and level that an act sets beside other fields.
fn settings(request: &Request) -> Vec<String> {
    let mut settings = Vec::new();
    match request.act() {
        Request::Accounts(Accounts::Edit { fields, .. }) => {
            settings.extend(fields.status.map(|status| format!("status becomes {}", status.word())));
            settings.extend(fields.level.map(|level| format!("access level becomes {}", level.word())));
        }
        Request::Accounts(Accounts::Add { fields, .. }) => {
            settings.extend(fields.level.map(|level| format!("access level {}", level.word())));
        }
        _ => {}
    }
    settings
}

/// Returns what a command asks: `Change alan, end 2 sessions: status becomes pending?`
pub fn question(request: &Request, counted: &ActionSummary) -> String {
    let question = counted.question();
    let settings = settings(request);
    match question.strip_suffix('?') {
        Some(question) if !settings.is_empty() => format!("{question}: {}?", settings.join(", ")),
        _ => question,
    }
}

/// What a box says below its question: one line for each thing to know before a yes.
pub fn consequences(request: &Request, counted: &ActionSummary) -> Vec<String> {
    let mut lines = settings(request);
    lines.extend(counted.along());
    if counted.replaces_code {
        lines.push("a code handed out before stops working".into());
    }
    lines.extend(own(counted.own).map(str::to_owned));
    match hint(counted) {
        Some(hint) => lines.push(hint.into()),
        None if way_back(counted.action) == WayBack::None => lines.push("this cannot be undone".into()),
        // Whoever is logged out undoes nothing.
        None => {}
    }
    lines
}

const fn own(own: Own) -> Option<&'static str> {
    match own {
        Own::Untouched | Own::LeftOut => None,
        Own::Session => Some("This ends your own session."),
        Own::Level => Some("This is your own account: its level changes and you are logged out."),
        Own::Account => Some("This is your own account: you are logged out and cannot log in again."),
    }
}

/// How to take an act back, in the words of a notice: `u undoes`; `None` where nothing does, or whoever did it is out.
pub fn hint(summary: &ActionSummary) -> Option<&'static str> {
    if summary.own.logs_out() {
        return None;
    }
    match way_back(summary.action) {
        WayBack::Undo if summary.ended > 0 || !summary.cleared().is_empty() => Some("u undoes the rest"),
        WayBack::Undo => Some("u undoes"),
        WayBack::Redo => Some("Ctrl-r does it again"),
        WayBack::None => None,
    }
}

#[cfg(test)]
mod tests;
