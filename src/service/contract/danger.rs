//! How careful an act must be: done at once, or asked about first, and what a yes then takes.
//!
//! The rule is "Danger" of the interface, and it stands here alone: whoever offers an act hands in its request, and
//! neither screen nor box decides by itself. Every request and every verb is named below, so a new one cannot forget
//! to say what it needs. The commands ask by their own fixed list (`cli`).

use super::{Accounts, Directories, People, Request, Sessions, Tally, Verb};
use crate::domain::page::Selection;
use crate::domain::user::{Fields, UserId};

/// More rows than this are accepted by typing their number (the interface, "Danger").
const TYPED_ABOVE: u64 = 10;

/// What an act needs before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Care {
    /// Nothing: one row, and undo brings it back whole.
    AtOnce,
    /// A yes.
    Ask,
    /// The number of its rows, typed.
    TypeNumber(u64),
    /// The name of its row, typed (as stored: make it visible before showing it).
    TypeName(String),
}

/// What undo brings back of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// All of it.
    Whole,
    /// All but the sessions that ended with it.
    ButSessions,
    /// Nothing.
    Nothing,
    /// Nothing, and that is what it is for: the row's name is typed.
    Purge,
}

impl Verb {
    /// What undo brings back of an act that did this.
    pub const fn undo(self) -> Undo {
        match self {
            Self::Added
            | Self::Confirmed
            | Self::Deleted
            | Self::Issued
            | Self::Renewed
            | Self::Renamed
            | Self::Moved
            | Self::Trashed
            | Self::Provisioned => Undo::Whole,
            Self::Edited | Self::Suspended | Self::Promoted | Self::Demoted => Undo::ButSessions,
            Self::SetUp
            | Self::LoggedIn
            | Self::LoggedOut
            | Self::PasswordSet
            | Self::CodeMade
            | Self::CodeRevoked
            | Self::Revoked
            | Self::Swept
            | Self::Opened
            | Self::Imported => Undo::Nothing,
        }
    }
}

impl Request {
    /// Whether it must be known what an act touches before it is done. Without that go reads, and acts on one row that
    /// undo brings back whole, whatever goes with it.
    pub fn must_be_counted(&self) -> bool {
        match self {
            Self::SignIn(_) | Self::Journal(_) => false,
            Self::Accounts(request) => match request {
                Accounts::List { .. }
                | Accounts::Prepare
                | Accounts::Show(_)
                | Accounts::ListCodes
                | Accounts::Add { .. }
                // The current password, which it carries, is more than a yes.
                | Accounts::ChangeOwnPassword { .. } => false,
                Accounts::Edit { fields, .. } => changes_standing(fields),
                Accounts::Confirm(people) => !is_one_person(people),
                Accounts::Suspend(_)
                | Accounts::SetLevel(..)
                | Accounts::SetPassword { .. }
                | Accounts::MakeCode { .. }
                | Accounts::RevokeCode(_)
                | Accounts::Delete(_) => true,
            },
            Self::Sessions(request) => match request {
                Sessions::List { .. } | Sessions::Show(_) | Sessions::Issue { .. } | Sessions::Verify(_) => {
                    false
                }
                Sessions::Renew { which, .. } => !matches!(which, Selection::Ids(ids) if ids.len() == 1),
                Sessions::Revoke(_) | Sessions::Sweep => true,
            },
            Self::Directories(request) => match request {
                Directories::List { .. }
                | Directories::Tree { .. }
                | Directories::Show(_)
                | Directories::Opened(_)
                | Directories::Add { .. }
                | Directories::Rename { .. }
                | Directories::Move { .. } => false,
                Directories::Trash(places) => places.len() != 1,
                Directories::Provision(people) => !is_one_person(people),
            },
            Self::Import(_) => true,
        }
    }
}

fn is_one_person(people: &People) -> bool {
    matches!(people, People::Named(named) if named.len() == 1)
}

/// Whether sessions may end with a change of these fields.
fn changes_standing(fields: &Fields) -> bool {
    fields.status.is_some() || fields.level.is_some()
}

/// What an act needs that was counted; `own` is the account of whoever asks for it.
pub fn care(counted: &Tally, own: UserId) -> Care {
    let rows = counted.rows();
    match (counted.verb.undo(), &counted.label) {
        (Undo::Purge, Some(name)) => Care::TypeName(name.clone()),
        (Undo::Purge, None) => Care::TypeNumber(rows),
        _ if rows > TYPED_ABOVE => Care::TypeNumber(rows),
        _ if rows <= 1 && comes_back_whole(counted) && !deletes(counted, own) => Care::AtOnce,
        _ => Care::Ask,
    }
}

fn comes_back_whole(counted: &Tally) -> bool {
    match counted.verb.undo() {
        Undo::Whole => true,
        Undo::ButSessions => counted.sessions == 0,
        Undo::Nothing | Undo::Purge => false,
    }
}

/// Whether an act deletes the very account of whoever asks for it: they would not be there to undo it.
fn deletes(counted: &Tally, own: UserId) -> bool {
    counted.verb == Verb::Deleted && counted.id == Some(own.0)
}

/// What a box says below its question: one line for each thing to know before a yes.
pub fn consequences(request: &Request, counted: &Tally, own: UserId) -> Vec<String> {
    let mut lines = Vec::new();
    if let Request::Accounts(Accounts::Edit { fields, .. }) = request {
        lines.extend(fields.status.map(|status| format!("status becomes {}", status.word())));
        lines.extend(fields.level.map(|level| format!("access level becomes {}", level.word())));
    }
    lines.extend(counted.along());
    if matches!(counted.verb, Verb::CodeMade | Verb::CodeRevoked) {
        lines.push("a code handed out before stops working".into());
    }
    if deletes(counted, own) {
        lines.push("this is your own account: you are logged out".into());
    }
    lines.push(match counted.verb.undo() {
        Undo::Whole => "u brings all back".into(),
        Undo::ButSessions if counted.sessions > 0 => "u undoes the rest".into(),
        Undo::ButSessions => "u undoes it".into(),
        Undo::Nothing | Undo::Purge => "this cannot be undone".into(),
    });
    lines
}

/// What a notice says about taking back what was done: `u undoes`.
pub fn way_back(done: &Tally) -> Option<&'static str> {
    match done.verb.undo() {
        _ if done.touched() == 0 => None,
        Undo::ButSessions if done.sessions > 0 => Some("u undoes the rest"),
        Undo::Whole | Undo::ButSessions => Some("u undoes"),
        Undo::Nothing | Undo::Purge => None,
    }
}

#[cfg(test)]
mod tests;
