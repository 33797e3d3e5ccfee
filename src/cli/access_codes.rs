//! `nexus user access-code --list`: the valid access codes, never their text.

use crate::domain::time::Timestamp;
use crate::service::contract::{Accounts, CodeInForce, Reply, Request};

use super::output::{Cell, Format, Heading, Record, Sheet, Value};
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
    fn keys() -> Vec<&'static str> {
        vec!["user_id", "user", "code_expires_at", "tries_left"]
    }

    fn headings() -> Vec<Heading> {
        vec![
            Heading::numbers("Account"),
            Heading::words("User"),
            Heading::words("Ends"),
            Heading::numbers("Tries left"),
        ]
    }

    fn values(&self, _: Timestamp) -> Vec<Value> {
        vec![
            Value::Number(self.user_id.0),
            (&self.user).into(),
            self.expires_at.into(),
            u64::from(self.tries_left).into(),
        ]
    }

    fn cells(&self, _: Timestamp) -> Vec<Cell> {
        vec![
            Cell::id(self.user_id.0),
            Cell::text(&self.user),
            Cell::time(Some(self.expires_at)),
            Cell::number(self.tries_left.into()),
        ]
    }
}
