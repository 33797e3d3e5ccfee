//! The columns of a list screen and the width of its details: chosen by the operator, and remembered.

use crate::domain::columns::{Column, wanted};
use crate::tui::context::Context;
use crate::tui::dialog::{ColumnChoice, Dialog};
use crate::tui::effect::Ask;
use crate::tui::preferences::ListPreferences;

use super::detail_pane::{Divide, is_wide};
use super::list_screen::ListScreen;
use super::listing::ListSpec;

impl<S: ListSpec> ListScreen<S> {
    /// Returns what is to be remembered of this list.
    pub(super) fn preferences(&self) -> ListPreferences {
        let titles = self.chosen.iter().filter_map(|at| S::STYLE.columns.get(*at));
        ListPreferences {
            columns: titles.map(|column| column.title.to_owned()).collect(),
            pane_width: self.pane.set_width(),
            sort: self.list.saved_order().filter(|_| self.list.sort() != S::usual_sort()),
        }
    }

    /// Returns the indices of the columns with these titles, each once.
    pub(super) fn columns_named<'n>(titles: impl IntoIterator<Item = &'n str>) -> Vec<usize> {
        let mut found = Vec::new();
        for title in titles {
            let at = S::STYLE.columns.iter().position(|column| column.title == title);
            found.extend(at.filter(|at| !found.contains(at)));
        }
        found
    }

    /// Returns the indices of the columns that are shown where there is room.
    pub(super) fn wanted_columns(&self, context: &Context) -> Vec<usize> {
        wanted(S::STYLE.columns, context.body.width, &self.chosen)
    }

    /// Notes the widths of the rows that are shown.
    pub(super) fn note_shown(&mut self, context: &Context) {
        let columns = self.wanted_columns(context);
        self.list.note_shown(context, &columns);
    }

    /// Opens the box that chooses the columns.
    pub(super) fn choose(&self, context: &Context) -> Vec<Ask> {
        let usual = |column: &Column| column.from_width <= context.body.width;
        let choice = |column: &Column, is_shown| ColumnChoice { title: column.title, is_shown };
        let columns = S::STYLE.columns;
        let usual: Vec<_> = columns.iter().map(|column| choice(column, usual(column))).collect();
        let chosen = self.chosen.iter().filter_map(|at| columns.get(*at)).map(|column| choice(column, true));
        let left = columns.iter().enumerate().filter(|(at, _)| !self.chosen.contains(at));
        let left = left.map(|(_, column)| choice(column, false));
        let now = if self.chosen.is_empty() { usual.clone() } else { chosen.chain(left).collect() };
        vec![Ask::Open(Dialog::Columns { now, usual })]
    }

    pub(super) fn move_divide(&mut self, context: &Context, to: Divide) -> Vec<Ask> {
        if self.pane.move_divide(context, to) {
            return vec![Ask::Remember(self.preferences())];
        }
        if is_wide(context) {
            return Vec::new();
        }
        let words = "The details have no room beside the list: {detail enter} shows them alone.";
        vec![Ask::refusal(context.with_keys(words))]
    }
}
