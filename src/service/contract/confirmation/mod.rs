//! Asking before an action, by the table "Asking" of the interface. Console and commands hand in the request; no screen,
//! dialog or command decides by itself.

pub use super::asking::FrontEnd;
use crate::domain::text::sentence;
use crate::domain::user::{AccessLevel, Fields, Status};

use super::asking::{Asking, ExpectedAnswer};
use super::{AccountChange, Accounts, ActionSummary, Own, Request, UndoneBy};

/// The confirmation that an action needs before it is performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// None is needed.
    AtOnce,
    /// A yes is needed.
    Ask,
    /// The number of rows must be typed.
    TypeNumber(u64),
    /// The name of the row must be typed. It is as stored: make it visible before showing it.
    TypeName(String),
}

impl Confirmation {
    /// Returns the confirmation that a counted action needs.
    pub fn of(request: &Request, counted: &ActionSummary, front_end: FrontEnd) -> Self {
        Self::needed(request.asking(), counted, front_end)
    }

    fn needed(asking: Asking, counted: &ActionSummary, front_end: FrontEnd) -> Self {
        // Rows that are already as wanted need no question.
        if counted.touched() == 0 {
            return Self::AtOnce;
        }
        // The rows that go along with one row do not count.
        let rows = if counted.label.is_some() { 1 } else { counted.rows() };
        match asking.counted(counted).answer(rows, front_end) {
            ExpectedAnswer::Nothing if counted.own.logs_out() => Self::Ask,
            ExpectedAnswer::Nothing => Self::AtOnce,
            ExpectedAnswer::Yes => Self::Ask,
            ExpectedAnswer::Number => Self::TypeNumber(rows),
            ExpectedAnswer::Name => {
                // A name of blanks alone cannot be typed.
                let name = counted.label.clone().filter(|name| !name.trim().is_empty());
                name.map_or(Self::TypeNumber(rows), Self::TypeName)
            }
        }
    }
}

impl Request {
    /// Returns the row of the table "Asking" that holds for the action: that of the table of actions, unless the details of
    /// the request ask for more or less.
    fn asking(&self) -> Asking {
        let Some(action) = self.action() else { return Asking::Never };
        match self.uncounted() {
            // They carry a proof of identity, which is more than a yes.
            Self::SignIn(_) | Self::Accounts(Accounts::ChangeOwnPassword { .. }) => Asking::Never,
            Self::Accounts(Accounts::AddAll { .. }) => Asking::MakesAdmins,
            Self::Accounts(Accounts::Add { fields, .. }) if fields.level == Some(AccessLevel::Admin) => {
                Asking::Always
            }
            Self::Accounts(Accounts::Change { change: AccountChange::Edit { fields, .. }, .. })
                if fields.level.is_some() || cuts_off(fields) =>
            {
                Asking::CutsOff
            }
            Self::Accounts(Accounts::Change { change: AccountChange::Edit { fields, .. }, .. })
                if fields.valid_from.is_some() || fields.expires_on.is_some() =>
            {
                Asking::MayCutOff
            }
            Self::Import(import) if import.replace => Asking::Always,
            Self::Accounts(_)
            | Self::Sessions(_)
            | Self::Directories(_)
            | Self::Import(_)
            | Self::Export(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_)
            | Self::Doctor(_)
            | Self::Check(_)
            | Self::Backup(_)
            | Self::Overview
            | Self::Metrics
            | Self::Counted(_) => action.asking,
        }
    }

    /// Returns true if the rows of the action must be counted before it is performed.
    pub fn must_be_counted(&self, front_end: FrontEnd) -> bool {
        match self.asking() {
            Asking::Never => false,
            Asking::UnlessOwn | Asking::MakesAdmins => front_end == FrontEnd::Console,
            Asking::OneRow => !self.target().is_one_row(),
            Asking::Purge
            | Asking::Always
            | Asking::Undoable
            | Asking::CutsOff
            | Asking::MayCutOff
            | Asking::ReplacesCode
            | Asking::ReplacesFile => true,
        }
    }

    /// Returns true if a command asks whatever the rows are like. Without somebody to answer it is refused before the store
    /// is opened.
    pub fn always_asks(&self) -> bool {
        match self.asking().answer(1, FrontEnd::Command) {
            ExpectedAnswer::Nothing => false,
            ExpectedAnswer::Yes | ExpectedAnswer::Number | ExpectedAnswer::Name => true,
        }
    }
}

fn cuts_off(fields: &Fields) -> bool {
    fields.status.is_some_and(|status| status != Status::Confirmed)
}

/// Returns the status, level and days that the action sets along with other fields.
fn settings(request: &Request) -> Vec<String> {
    let becomes = |name: &str, word: &str| format!("{name} becomes {word}");
    match request.uncounted() {
        Request::Accounts(Accounts::Change { change: AccountChange::Edit { fields, .. }, .. }) => {
            let status = fields.status.map(|status| becomes("status", status.word()));
            let level = fields.level.map(|level| becomes("access level", level.word()));
            let day = |label: &str, day: &Option<String>| match day.as_deref() {
                Some("") => Some(format!("{label} is cleared")),
                Some(day) => Some(becomes(label, day)),
                None => None,
            };
            let days = [day("valid from", &fields.valid_from), day("expires on", &fields.expires_on)];
            status.into_iter().chain(level).chain(days.into_iter().flatten()).collect()
        }
        Request::Accounts(Accounts::Add { fields, .. }) => {
            fields.level.map(|level| format!("access level {}", level.word())).into_iter().collect()
        }
        Request::Accounts(_)
        | Request::SignIn(_)
        | Request::Sessions(_)
        | Request::Directories(_)
        | Request::Import(_)
        | Request::Export(_)
        | Request::Journal(_)
        | Request::Undo(_)
        | Request::Bin(_)
        | Request::Doctor(_)
        | Request::Check(_)
        | Request::Backup(_)
        | Request::Overview
        | Request::Metrics
        | Request::Counted(_) => Vec::new(),
    }
}

/// Returns the question of a command: `Change alan, end 2 sessions: status becomes pending?`
pub fn question(request: &Request, counted: &ActionSummary) -> String {
    let question = counted.question();
    let settings = settings(request);
    match question.strip_suffix('?') {
        Some(question) if !settings.is_empty() => format!("{question}: {}?", settings.join(", ")),
        Some(_) | None => question,
    }
}

/// Returns the sentences that a dialog shows below its question, one for each consequence.
pub fn consequences(request: &Request, counted: &ActionSummary) -> Vec<String> {
    let mut lines: Vec<_> = settings(request).iter().map(|setting| sentence(setting)).collect();
    lines.extend(counted.along());
    if counted.replaces_code {
        lines.push("A code handed out before stops working.".into());
    }
    lines.extend(own(counted.own).map(str::to_owned));
    match hint(counted) {
        Some(hint) => lines.push(format!("{hint}.")),
        None => match counted.action.row().undone_by {
            UndoneBy::Never(_) | UndoneBy::Skipped => lines.push("This cannot be undone.".into()),
            // An operator who is logged out cannot undo it.
            UndoneBy::Undo | UndoneBy::Redo => {}
        },
    }
    lines
}

const fn own(own: Own) -> Option<&'static str> {
    match own {
        Own::Untouched | Own::LeftOut => None,
        Own::Session => Some("This ends your own session."),
        Own::Level => Some("This is your own account. Its level changes and you are logged out."),
        Own::Account => Some("This is your own account. You are logged out and cannot log in again."),
    }
}

/// Returns the hint of a notice that says how the action is undone: `u undoes`. There is none if it cannot be undone, or if
/// it logged the operator out.
pub fn hint(summary: &ActionSummary) -> Option<&'static str> {
    if summary.own.logs_out() {
        return None;
    }
    match summary.action.row().undone_by {
        UndoneBy::Undo if summary.ended > 0 || !summary.cleared().is_empty() => Some("u undoes the rest"),
        UndoneBy::Undo => Some("u undoes"),
        UndoneBy::Redo => Some("Ctrl-r redoes it"),
        UndoneBy::Never(_) | UndoneBy::Skipped => None,
    }
}

#[cfg(test)]
mod tests;
