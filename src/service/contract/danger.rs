//! How careful an act must be: done at once, or asked about first, and what a yes then takes.
//!
//! The rule is "Danger" of the interface, and it stands here alone: whoever offers an act hands in its request, and
//! neither screen nor box decides by itself. Every request and every verb is named below, so a new one cannot forget
//! to say what it needs. The commands ask by their own fixed list (`cli`).

use super::{Accounts, Bin, Directories, People, Request, Sessions, Tally, Verb};
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

/// How an act is taken back, all but the sessions that end with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WayBack {
    /// By undoing it.
    Undo,
    /// It was itself an undoing: by doing again what was undone.
    Redo,
    /// It cannot be.
    None,
    /// It cannot be, and that is what it is for: the row's name is typed.
    Purge,
}

const fn way_back(verb: Verb) -> WayBack {
    match verb {
        Verb::Added
        | Verb::Edited
        | Verb::Confirmed
        | Verb::Suspended
        | Verb::Promoted
        | Verb::Demoted
        | Verb::Deleted
        | Verb::Issued
        | Verb::Renewed
        | Verb::Renamed
        | Verb::Moved
        | Verb::Trashed
        | Verb::Provisioned
        | Verb::Restored
        | Verb::Redone => WayBack::Undo,
        Verb::Undone => WayBack::Redo,
        Verb::SetUp
        | Verb::LoggedIn
        | Verb::LoggedOut
        | Verb::PasswordSet
        | Verb::CodeMade
        | Verb::CodeRevoked
        | Verb::Revoked
        | Verb::Swept
        | Verb::Opened
        | Verb::Imported => WayBack::None,
        Verb::Purged => WayBack::Purge,
    }
}

impl Request {
    /// Whether it must be known what an act touches before it is done. Without that go reads, and acts on one row that
    /// undo brings back whole, whatever goes with it.
    pub fn must_be_counted(&self) -> bool {
        match self {
            Self::SignIn(_) | Self::Journal(_) | Self::Check(_) => false,
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
            Self::Bin(request) => match request {
                Bin::List { .. } => false,
                // Part of it may stay out.
                Bin::Restore { .. } | Bin::Purge(_) => true,
            },
            Self::Import(_) | Self::Undo(_) => true,
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
    match (way_back(counted.verb), &counted.label) {
        (WayBack::Purge, Some(name)) => Care::TypeName(name.clone()),
        (WayBack::Purge, None) => Care::TypeNumber(rows),
        _ if rows > TYPED_ABOVE => Care::TypeNumber(rows),
        _ if rows <= 1 && comes_back_whole(counted) && !deletes(counted, own) => Care::AtOnce,
        _ => Care::Ask,
    }
}

fn comes_back_whole(counted: &Tally) -> bool {
    let is_taken_back = matches!(way_back(counted.verb), WayBack::Undo | WayBack::Redo);
    is_taken_back && counted.ended == 0 && counted.lost == 0 && counted.left_out == 0
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
    lines.push(match hint(counted) {
        Some(hint) => hint.into(),
        None => "this cannot be undone".into(),
    });
    lines
}

/// How to take an act back, in the words of a notice: `u undoes`; `None` where nothing does.
pub fn hint(tally: &Tally) -> Option<&'static str> {
    match way_back(tally.verb) {
        WayBack::Undo if tally.ended > 0 => Some("u undoes the rest"),
        WayBack::Undo => Some("u undoes"),
        WayBack::Redo => Some("Ctrl-r does it again"),
        WayBack::None | WayBack::Purge => None,
    }
}

#[cfg(test)]
mod tests;
