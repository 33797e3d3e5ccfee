//! Lists: read from the service page by page and printed as they come, in constant memory.

use std::io;

use crate::domain::filter::Filter;
use crate::domain::page::{Anchor, RowRange, Sort, Window};
use crate::service::contract::{Reply, Request};

use super::options::{ListOptions, ListOrder};
use super::output::{Format, Record, Sheet};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::sort_column::SortColumn;

/// Number of rows read at once.
pub(super) const WINDOW: u32 = 500;

/// A row of a list.
pub(super) trait Row: Record + Sized {
    /// The list's sort columns.
    type Column: SortColumn;
    /// The message in place of an empty table.
    const NONE: &'static str;
    /// True if the rows can be read by their ids, one page after another.
    const IS_KEYED: bool = true;

    fn id(&self) -> i64;
    /// Returns the page in a reply, if it holds rows of this kind.
    fn window(reply: Reply) -> Option<Window<Self>>;
}

impl CommandRunner<'_, '_> {
    /// Prints the list that `request` asks for.
    pub(super) fn list<R: Row>(
        &mut self,
        options: &ListOptions<R::Column>,
        request: impl Fn(Filter, Sort<R::Column>, RowRange) -> Request,
    ) -> Result<(), CommandError> {
        let filter = options.filter()?;
        let sheet = Sheet::with_columns(self.style, self.now, options.columns());
        self.rows::<R>(sheet, options.order(), options.limit, |sort, span| {
            request(filter.clone(), sort, span)
        })
    }

    /// Prints up to `limit` rows in this order on the sheet.
    pub(super) fn rows<R: Row>(
        &mut self,
        mut sheet: Sheet<R>,
        order: ListOrder<R::Column>,
        limit: Option<u64>,
        request: impl Fn(Sort<R::Column>, RowRange) -> Request,
    ) -> Result<(), CommandError> {
        let limit = limit.unwrap_or(u64::MAX);
        self.windows(order, limit, request, |runner, rows| sheet.write(&rows, runner.io.out))?;
        self.end_list(sheet, R::NONE)
    }

    /// Ends a list and says what is to be known about it: bytes that are no text, that a table is empty, or which columns
    /// the terminal has no room for.
    pub(super) fn end_list<R: Record>(&mut self, sheet: Sheet<R>, none: &str) -> Result<(), CommandError> {
        if sheet.has_stand_ins() {
            self.say(
                "Some texts hold \u{fffd}: it stands for bytes that are not UTF-8, unless it is stored so.",
            );
        }
        let left_out = sheet.left_out();
        let rows = sheet.finish(self.io.out)?;
        if self.style.format != Format::Table {
            return Ok(());
        }
        if rows == 0 {
            self.say(none);
        } else {
            self.say_left_out(&left_out);
        }
        Ok(())
    }

    /// Names the columns that the terminal has no room for.
    pub(super) fn say_left_out(&mut self, headings: &[&str]) {
        if !headings.is_empty() {
            self.say(&format!("No room for {}; --columns chooses.", headings.join(", ")));
        }
    }

    /// Reads up to `limit` rows in this order, page by page, and passes each page to `take`; the first one even
    /// if it is empty.
    pub(super) fn windows<R: Row>(
        &mut self,
        order: ListOrder<R::Column>,
        limit: u64,
        request: impl Fn(Sort<R::Column>, RowRange) -> Request,
        mut take: impl FnMut(&mut Self, Vec<R>) -> io::Result<()>,
    ) -> Result<(), CommandError> {
        let mut place = ListPosition::of(order);
        let mut left = limit;
        while left > 0 {
            let len = u32::try_from(left).map_or(WINDOW, |left| left.min(WINDOW));
            let (sort, anchor) = place.next();
            let reply = self.read(request(sort, RowRange { anchor, before: 0, len }))?;
            let rows = place.fresh(R::window(reply).ok_or_else(unexpected)?);
            let read = rows.len();
            place.advance(&rows);
            take(self, rows)?;
            if read < len as usize {
                break;
            }
            left -= read as u64;
        }
        Ok(())
    }
}

/// The position up to which a list was read.
pub(super) enum ListPosition<C> {
    After(i64),
    At(Sort<C>, u64),
}

impl<C: SortColumn> ListPosition<C> {
    pub(super) fn of(order: ListOrder<C>) -> Self {
        match order {
            ListOrder::ById { after } => Self::After(after),
            ListOrder::By(sort) => Self::At(sort, 0),
        }
    }

    pub(super) fn next(&self) -> (Sort<C>, Anchor) {
        match self {
            Self::After(id) => (C::BY_ID, Anchor::After(*id)),
            Self::At(sort, position) => (*sort, Anchor::Position(*position)),
        }
    }

    /// Returns the new rows of a page: a position past the end gives the last row once more.
    pub(super) fn fresh<R>(&self, window: Window<R>) -> Vec<R> {
        match self {
            Self::At(_, position) if window.first != *position => Vec::new(),
            _ => window.rows,
        }
    }

    pub(super) fn advance<R: Row>(&mut self, rows: &[R]) {
        match self {
            Self::After(id) => *id = rows.last().map_or(*id, Row::id),
            Self::At(_, position) => *position += rows.len() as u64,
        }
    }
}
