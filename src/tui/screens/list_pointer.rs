//! The mouse on a list screen: a row, a heading, the details, and the wheel.

use ratatui::layout::Position;

use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::pointer::{WHEEL_ROWS, Wheel};

use super::list_screen::ListScreen;
use super::list_view::Drawn;
use super::listing::ListSpec;
use super::screen::Clicked;

impl<S: ListSpec> ListScreen<S> {
    /// Takes a click: the cursor goes to the row, the rows are sorted by the column, or the details get the focus. A click on
    /// the list gives it the focus. An open filter line is kept first, as by Enter.
    pub(super) fn click_at(&mut self, context: &Context, at: Position) -> Clicked {
        let Some(drawn) = self.drawn_at(context, at) else { return Clicked::default() };
        let Some(mut asks) = self.list.keep_filter() else { return Clicked::default() };
        if self.list.is_waiting() {
            return Clicked { asks, row: None };
        }
        let mut row = None;
        match drawn {
            Drawn::Row { at, id } => {
                row = Some(id);
                self.pane.close();
                asks.extend(self.list.go_to(at));
                asks.extend(self.follow_cursor(context));
            }
            Drawn::Heading(column) => {
                // It is part of the list, like a row.
                self.pane.close();
                if let Some(sort) = self.list.order_by(column) {
                    asks.extend(self.list.set_sort(sort));
                    asks.push(Ask::Remember(self.preferences()));
                } else if let Some(column) = S::STYLE.columns.get(column) {
                    asks.push(Ask::refusal(format!("There is no order by {}.", column.title)));
                }
            }
            Drawn::Detail if self.pane.is_open() || self.current().is_none() => {}
            Drawn::Detail => {
                self.pane.open();
                asks.extend(self.follow_now(context));
            }
        }
        Clicked { asks, row }
    }

    /// Takes a turn of the wheel: over details that have the focus it scrolls them, elsewhere it moves the cursor.
    pub(super) fn wheel_at(&mut self, context: &Context, at: Position, wheel: Wheel) -> Vec<Ask> {
        let is_over_detail = self.drawn_at(context, at) == Some(Drawn::Detail);
        if self.pane.is_open() && is_over_detail {
            let name = match wheel {
                Wheel::Up => "up",
                Wheel::Down => "down",
            };
            for _ in 0..WHEEL_ROWS {
                self.scroll_detail(context, name);
            }
            return Vec::new();
        }
        if self.list.takes_text() || self.list.is_waiting() {
            return Vec::new();
        }
        let mut asks = self.list.go_to(wheel.moved(self.list.scroll().cursor()));
        self.pane.reset();
        asks.extend(self.follow_cursor(context));
        asks
    }
}
