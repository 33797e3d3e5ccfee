//! `nexus user access-code --list`: the codes in force, never the codes themselves.

use crate::domain::time::Timestamp;
use crate::service::contract::{Accounts, CodeInForce, Reply, Request};

use super::errand::{Errand, Stop, unexpected};
use super::output::{Cell, Format, Heading, Record, Sheet, Value};

pub(super) fn list_codes(errand: &mut Errand<'_, '_>) -> Result<(), Stop> {
    let Reply::Codes(codes) = errand.read(Request::Accounts(Accounts::ListCodes))? else {
        return Err(unexpected().into());
    };
    let mut sheet = Sheet::new(errand.style, errand.now);
    sheet.write(&codes, errand.io.out)?;
    if sheet.finish(errand.io.out)? == 0 && errand.style.format == Format::Table {
        errand.say("No access codes are in force.");
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
