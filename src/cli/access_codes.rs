//! `nexus user access-code --list`: the valid access codes, never their text.

use crate::service::contract::{Accounts, CodeInForce, Reply, Request};

use super::output::{Cell, Column, Format, Heading, Key, Record, Sheet, Value};
use super::runner::{CommandError, CommandRunner, unexpected};

pub(super) fn list_codes(runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let Reply::Codes(codes) = runner.read(Request::Accounts(Accounts::ListCodes))? else {
        return Err(unexpected().into());
    };
    let mut sheet = Sheet::new(runner.style, runner.now);
    sheet.write(&codes, runner.io.out)?;
    if sheet.finish(runner.io.out)? == 0 && runner.style.format == Format::Table {
        runner.say("There are no valid access codes.");
    }
    Ok(())
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
            Column::new(Heading::numbers("Account"), |code: &Self, _| Cell::id(code.user_id.0)),
            Column::new(Heading::words("User"), |code: &Self, _| Cell::text(&code.user)),
            Column::new(Heading::words("Ends"), |code: &Self, _| Cell::time(Some(code.expires_at))),
            Column::new(Heading::numbers("Tries left"), |code: &Self, _| {
                Cell::number(code.tries_left.into())
            }),
        ]
    }
}
