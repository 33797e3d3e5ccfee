//! `nexus user access-code --list`: the valid access codes, never their text.

use crate::service::contract::{Accounts, CodeInForce, Reply, Request};

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

impl Record for CodeInForce {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("user_id", |code: &Self, _| Value::Number(code.user_id.0)),
            Key::new("user", |code: &Self, _| (&code.user).into()),
            Key::new("code_expires_at", |code: &Self, _| code.expires_at.into()),
            Key::new("tries_left", |code: &Self, _| u64::from(code.tries_left).into()),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::numbers("Account", &["user_id"]), |code: &Self, _| Cell::id(code.user_id.0)),
            Column::new(Heading::of("User", &["user"]), |code: &Self, _| Cell::text(&code.user)),
            Column::new(Heading::of("Ends", &["code_expires_at"]), |code: &Self, _| {
                Cell::time(Some(code.expires_at))
            }),
            Column::new(Heading::numbers("Tries left", &["tries_left"]), |code: &Self, _| {
                Cell::number(code.tries_left.into())
            }),
        ]
    }
}
