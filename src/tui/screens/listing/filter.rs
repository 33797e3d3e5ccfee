//! The filter line of a list.

use crossterm::event::KeyCode;

use crate::domain::filter::Filter;
use crate::tui::effect::Ask;
use crate::tui::keys::Press;
use crate::tui::screens::screen::Answer;

use super::{ListSpec, Listing};

impl<S: ListSpec> Listing<S> {
    /// Sets another filter from its text; an empty one shows everything.
    ///
    /// A text that is no filter leaves the rows as they are; the filter line says why.
    pub(crate) fn set_filter(&mut self, text: &str) -> Vec<Ask> {
        text.clone_into(&mut self.filter_text);
        let parsed =
            if text.trim().is_empty() { Ok(Filter::default()) } else { Filter::parse(S::SUBJECT, text) };
        match parsed {
            Ok(filter) => {
                self.fault = None;
                self.filter = filter;
                self.restart()
            }
            Err(error) => {
                self.fault = Some(error.to_string());
                Vec::new()
            }
        }
    }

    pub(super) fn edit(&mut self, press: &Press) -> Answer {
        let Some((input, before)) = &mut self.editing else { return Answer::Pass };
        match press.key.code {
            // A text that is no filter cannot be accepted: the line stays open, with the error beside it.
            KeyCode::Enter if self.fault.is_some() => Answer::Asks(Vec::new()),
            KeyCode::Enter => {
                self.editing = None;
                Answer::Asks(Vec::new())
            }
            KeyCode::Esc => {
                let before = std::mem::take(before);
                self.editing = None;
                Answer::Asks(self.set_filter(&before))
            }
            _ => {
                if !input.press(press.key) {
                    return Answer::Pass;
                }
                let text = input.value().to_owned();
                Answer::Asks(if text == self.filter_text { Vec::new() } else { self.set_filter(&text) })
            }
        }
    }

    /// Pastes text into the filter line while that is open.
    pub(crate) fn paste(&mut self, text: &str) -> Vec<Ask> {
        let Some((input, _)) = &mut self.editing else { return Vec::new() };
        let too_long = input.paste(text).err();
        let text = input.value().to_owned();
        let mut asks = self.set_filter(&text);
        asks.extend(too_long.map(Ask::refusal));
        asks
    }
}
