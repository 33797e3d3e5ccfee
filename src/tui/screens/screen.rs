//! The interface between the root and its screens.

use ratatui::Frame;
use ratatui::layout::Position;

use crate::domain::time::Timestamp;
use crate::service::contract::{Failure, Reply, Request};
use crate::tui::context::Context;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Help, Press};
use crate::tui::plain::ScreenText;
use crate::tui::pointer::Wheel;
use crate::tui::preferences::ListPreferences;
use crate::tui::trail::ListView;
use crate::tui::widgets::form::Form;

/// The answer of a screen to a click.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Clicked {
    pub asks: Vec<Ask>,
    /// The row that the click put the cursor on; a second click on it is Enter.
    pub row: Option<i64>,
}

/// The answer of a screen to a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The screen handled the key.
    Asks(Vec<Ask>),
    /// The key begins a sequence.
    Prefix,
    /// The key is for rows that are still loading: it is pressed again when they are there, followed by all keys that
    /// were typed until then.
    Wait,
    /// The key means nothing on this screen.
    Pass,
}

/// A screen of the console. The methods that change it return what they ask for; drawing only reads.
pub trait Screen {
    /// Returns the name, which is shown at every size.
    fn name(&self) -> &'static str;
    /// Returns the keys, for footer, help and palette.
    fn help(&self) -> Vec<Help>;
    /// Returns the commands that do something else than their key: what the palette presses for them.
    fn by_name(&self) -> Vec<Help> {
        Vec::new()
    }
    /// Returns the noun for a row, for the heading of its keys in the help.
    fn row_noun(&self) -> &'static str {
        "row"
    }

    /// Returns true if a key, or the command of that name with a colon, is for changing something.
    fn changes(&self, _: &str) -> bool {
        false
    }

    /// Returns true if a key is for something that only an admin may do.
    fn needs_admin(&self, _: &str) -> bool {
        false
    }

    /// Returns true if keys are text now.
    fn takes_text(&self) -> bool;
    fn press(&mut self, context: &Context, press: &Press) -> Answer;
    /// Takes a click.
    fn click(&mut self, _: &Context, _: Position) -> Clicked {
        Clicked::default()
    }

    /// Takes a turn of the wheel.
    fn wheel(&mut self, _: &Context, _: Position, _: Wheel) -> Vec<Ask> {
        Vec::new()
    }

    /// Takes pasted text; ignores it where keys are no text.
    fn paste(&mut self, context: &Context, text: &str) -> Vec<Ask>;
    /// Takes the reply to a request that this screen sent under `slot`.
    fn reply(&mut self, context: &Context, slot: Slot, result: Result<Reply, Failure>) -> Vec<Ask>;
    /// Comes to the front. A filter expression replaces the filter that the screen had before.
    fn open(&mut self, context: &Context, filter: Option<&str>) -> Vec<Ask>;
    /// Reads again, because the rows or the size of the terminal may have changed.
    fn refresh(&mut self, context: &Context) -> Vec<Ask>;
    /// Returns the filter, the order and the cursor, to come back to them later.
    fn list_view(&self) -> ListView {
        ListView::default()
    }

    /// Comes to the front with this filter, order and cursor.
    fn restore(&mut self, context: &Context, _: &ListView) -> Vec<Ask> {
        self.open(context, None)
    }

    /// Sets the filter that Esc does not drop, because the way out of the screen drops it: that of a board or of the
    /// account that another screen led to.
    fn set_base_filter(&mut self, _: &str) {}

    /// Returns the time at which [`Screen::wake`] should be called.
    fn wake_at(&self) -> Option<Timestamp> {
        None
    }

    /// Handles what only depends on time.
    fn wake(&mut self, _: &Context) -> Vec<Ask> {
        Vec::new()
    }

    /// Returns the request for its rows and the keys of the columns that it shows, to write them into a file.
    fn exported(&self, _: &Context) -> Option<(Request, Vec<&'static str>)> {
        None
    }

    /// Sets the filters that were kept earlier, the newest last.
    fn set_filter_history(&mut self, _: &[String]) {}

    /// Returns the keys of the text field that is open, for the footer.
    fn text_hints(&self) -> &'static [Help] {
        &[]
    }

    /// Clears the marks, because an action on the marked rows has begun.
    fn clear_marks(&mut self) {}
    /// Moves the cursor to a row, counted from 0 (`:500`).
    fn go_to(&mut self, context: &Context, row: u64) -> Vec<Ask>;
    /// Takes what is remembered of this screen's list.
    fn prefer(&mut self, _: &Context, _: &ListPreferences) -> Vec<Ask> {
        Vec::new()
    }
    /// Takes the titles of the columns that the operator has chosen; without any the list has those of everybody.
    fn choose_columns(&mut self, _: &[&'static str]) -> Vec<Ask> {
        Vec::new()
    }
    /// Returns the form that the screen consists of, if it is one.
    fn form(&self) -> Option<&Form> {
        None
    }

    /// Returns that form to fill it in, unless a reply is awaited.
    fn form_mut(&mut self) -> Option<&mut Form> {
        None
    }

    /// Closes the details of a row. Returns false if they were not open.
    fn close_details(&mut self) -> bool {
        false
    }

    /// Returns what the screen says, in lines.
    fn text(&self, context: &Context) -> ScreenText;
    /// Draws the screen into the context's body.
    fn view(&self, context: &Context, frame: &mut Frame<'_>);
}
