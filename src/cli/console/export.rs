//! Writes a list of the console as the command `list` prints it.

use std::io::{self, Write};
use std::ops::ControlFlow;

use crate::domain::bin::BinItem;
use crate::domain::directory::{Directory, TreeRow};
use crate::domain::journal::Entry;
use crate::domain::page::{RowRange, Sort};
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::contract::{
    Accounts, Bin, Directories, Failure, FailureKind, Journal, ListExport, OnProgress, Progress, Request,
    RequestHandler, Sessions,
};

use super::super::list::{ListPosition, Row, WINDOW};
use super::super::options::ListOrder;
use super::super::output::{Sheet, Style};
use super::super::runner::unexpected;
use super::super::sort_column::SortColumn as _;
use super::specs::format;

/// Writes the rows of a list and returns their number.
///
/// # Errors
/// A request failed, `on_progress` stopped it, or the rows cannot be written.
pub(super) fn write(
    export: &ListExport,
    now: Timestamp,
    perform: &mut RequestHandler<'_>,
    on_progress: &mut OnProgress<'_>,
    out: &mut dyn Write,
) -> Result<u64, Failure> {
    let style =
        Style { format: format(export.format), colour: false, terminal: false, width: None, ascii: false };
    let columns = &export.columns;
    let mut writer = ListWriter { perform, on_progress, out };
    match export.list.clone() {
        Request::Accounts(Accounts::List { filter, sort, .. }) => {
            let sheet = Sheet::<User>::with_columns(style, now, columns);
            writer.rows(sheet, sort, |sort, span| {
                Request::Accounts(Accounts::List { filter: filter.clone(), sort, span })
            })
        }
        Request::Sessions(Sessions::List { filter, sort, .. }) => {
            let sheet = Sheet::<Session>::with_columns(style, now, columns);
            writer.rows(sheet, sort, |sort, span| {
                Request::Sessions(Sessions::List { filter: filter.clone(), sort, span })
            })
        }
        Request::Directories(Directories::List { of, filter, sort, .. }) => {
            let sheet = Sheet::<Directory>::with_columns(style, now, columns);
            writer.rows(sheet, sort, |sort, span| {
                let (of, filter) = (of.clone(), filter.clone());
                Request::Directories(Directories::List { of, filter, sort, span })
            })
        }
        Request::Directories(Directories::Tree { of, open, sort, .. }) => {
            let sheet = Sheet::<TreeRow>::with_columns(style, now, columns);
            writer.rows(sheet, sort, |sort, span| {
                let (of, open) = (of.clone(), open.clone());
                Request::Directories(Directories::Tree { of, open, sort, span })
            })
        }
        // The lines of the console fold the entries of one action: all of them are written.
        Request::Journal(Journal::List { filter, sort, .. } | Journal::Lines { filter, sort, .. }) => {
            let sheet = Sheet::<Entry>::with_columns(style, now, columns);
            writer.rows(sheet, sort, |sort, span| {
                Request::Journal(Journal::List { filter: filter.clone(), sort, span })
            })
        }
        Request::Bin(Bin::List { filter, sort, .. }) => {
            let sheet = Sheet::<BinItem>::with_columns(style, now, columns);
            writer.rows(sheet, sort, |sort, span| {
                Request::Bin(Bin::List { filter: filter.clone(), sort, span })
            })
        }
        _ => Err(unexpected()),
    }
}

struct ListWriter<'a, 's, 'p> {
    perform: &'a mut RequestHandler<'s>,
    on_progress: &'a mut OnProgress<'p>,
    out: &'a mut dyn Write,
}

impl ListWriter<'_, '_, '_> {
    /// Reads the rows in this order, page by page, and writes them.
    fn rows<R: Row>(
        &mut self,
        mut sheet: Sheet<R>,
        sort: Sort<R::Column>,
        request: impl Fn(Sort<R::Column>, RowRange) -> Request,
    ) -> Result<u64, Failure> {
        // A tree is read by position: its ids are in no order.
        let order = if sort == R::Column::BY_ID && R::IS_KEYED {
            ListOrder::by_id(None)
        } else {
            ListOrder::By(sort)
        };
        let mut place = ListPosition::of(order);
        let mut done = 0;
        loop {
            let (sort, anchor) = place.next();
            let request = request(sort, RowRange { anchor, before: 0, len: WINDOW });
            let reply = (self.perform)(request, false, &mut |_| ControlFlow::Continue(()))?;
            let window = R::window(reply).ok_or_else(unexpected)?;
            let total = window.total;
            let rows = place.fresh(window);
            place.advance(&rows);
            sheet.write(&rows, self.out).map_err(|error| unwritten(&error))?;
            done += rows.len() as u64;
            if (self.on_progress)(Progress { done, total: total.max(done) }).is_break() {
                return Err(Failure::new(FailureKind::Stopped, "Stopped; no file was written."));
            }
            if rows.len() < WINDOW as usize {
                break;
            }
        }
        sheet.finish(self.out).map_err(|error| unwritten(&error))
    }
}

fn unwritten(error: &io::Error) -> Failure {
    Failure::new(FailureKind::Other, format!("Cannot write the file: {error}."))
}
