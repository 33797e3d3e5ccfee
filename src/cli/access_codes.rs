//! `nexus user access-code --list` and `nexus user invite --list`: the valid codes, never their text.

use crate::service::contract::{Accounts, CodeInForce, CodeTerms, InvitationInForce, Reply, Request};

use super::output::{Cell, Column, Heading, Key, Record, Sheet, Value};
use super::runner::{CommandError, CommandRunner, unexpected};

pub(super) fn list_codes(runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let Reply::Codes(codes) = runner.read(Request::Accounts(Accounts::ListCodes))? else {
        return Err(unexpected().into());
    };
    let mut sheet = Sheet::new(runner.style, runner.now);
    sheet.write(&codes, runner.io.out)?;
    runner.end_list(sheet, "There are no valid access codes.")
}

/// The end of the help on invitations.
pub(super) const INVITE_HELP: &str = "\
Somebody registers with the code at the log-in screen, if the config file says registration = \"code\". The account is then \
pending. A code is good for one registration, and dies of five wrong ones.
Exit 3 when there is no such invitation to revoke.

Keys of an invitation in JSON and CSV:
  id          its number, with which its code begins
  code_expires_at
              when it expires
  tries_left  the wrong tries left
  made_at, made_by
              when (RFC 3339) and by whom";

pub(super) fn list_invitations(runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let Reply::Invitations(found) = runner.read(Request::Accounts(Accounts::ListInvitations))? else {
        return Err(unexpected().into());
    };
    let mut sheet = Sheet::new(runner.style, runner.now);
    sheet.write(&found, runner.io.out)?;
    runner.end_list(sheet, "There are no valid invitations.")
}

impl Record for InvitationInForce {
    fn keys() -> Vec<Key<Self>> {
        let own = vec![Key::new("id", |found: &Self, _| Value::Number(found.id))];
        own.into_iter().chain(terms_keys().map(|key| key.of(|found: &Self| &found.terms))).collect()
    }

    fn columns() -> Vec<Column<Self>> {
        let id = Heading::numbers("Invitation", &["id"]);
        let own = vec![Column::new(id, |found: &Self, _| Cell::id(found.id))];
        own.into_iter().chain(terms_columns().map(|column| column.of(|found: &Self| &found.terms))).collect()
    }
}

impl Record for CodeInForce {
    fn keys() -> Vec<Key<Self>> {
        let own = vec![
            Key::new("user_id", |code: &Self, _| Value::Number(code.user_id.0)),
            Key::new("user", |code: &Self, _| (&code.user).into()),
        ];
        own.into_iter().chain(terms_keys().map(|key| key.of(|code: &Self| &code.terms))).collect()
    }

    fn columns() -> Vec<Column<Self>> {
        let own = vec![
            Column::new(Heading::numbers("Account", &["user_id"]), |code: &Self, _| Cell::id(code.user_id.0)),
            Column::new(Heading::of("User", &["user"]), |code: &Self, _| Cell::text(&code.user)),
        ];
        own.into_iter().chain(terms_columns().map(|column| column.of(|code: &Self| &code.terms))).collect()
    }
}

/// Returns the keys of the terms of a code.
fn terms_keys() -> impl Iterator<Item = Key<CodeTerms>> {
    let keys = vec![
        Key::new("code_expires_at", |terms: &CodeTerms, _| terms.expires_at.into()),
        Key::new("tries_left", |terms: &CodeTerms, _| u64::from(terms.tries_left).into()),
        Key::new("made_at", |terms: &CodeTerms, _| Value::of(terms.made.as_ref().and_then(|made| made.at))),
        Key::new("made_by", |terms: &CodeTerms, _| Value::of(terms.made.as_ref().map(|made| &made.by))),
    ];
    keys.into_iter()
}

/// Returns the columns of the terms of a code.
fn terms_columns() -> impl Iterator<Item = Column<CodeTerms>> {
    let columns = vec![
        Column::new(Heading::of("Ends (UTC)", &["code_expires_at"]), |terms: &CodeTerms, _| {
            Cell::time(Some(terms.expires_at))
        }),
        Column::new(Heading::numbers("Tries left", &["tries_left"]), |terms: &CodeTerms, _| {
            Cell::number(terms.tries_left.into())
        }),
        Column::new(Heading::of("Made", &["made_at"]), |terms: &CodeTerms, _| {
            Cell::time(terms.made.as_ref().and_then(|made| made.at))
        }),
        Column::new(Heading::of("By", &["made_by"]), |terms: &CodeTerms, _| {
            Cell::optional(terms.made.as_ref().map(|made| made.by.as_str()))
        }),
    ];
    columns.into_iter()
}
