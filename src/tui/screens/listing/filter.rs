//! The filter line of a list.

use crossterm::event::KeyCode;

use crate::domain::filter::{Filter, FilterError};
use crate::service::contract::Reply;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::Press;
use crate::tui::screens::screen::Answer;

use super::filter_line::{FilterLine, LineKey};
use super::{ListSpec, Listing};

impl<S: ListSpec> Listing<S> {
    /// Sets another filter from its text; an empty one shows everything.
    ///
    /// A text that is no filter leaves the rows as they are; the filter line says why. A term that is still being typed
    /// filters nothing.
    pub(crate) fn set_filter(&mut self, text: &str) -> Vec<Ask> {
        text.clone_into(&mut self.filter_text);
        match Self::parsed(text) {
            Ok(filter) => {
                self.fault = None;
                self.filter = filter;
                self.restart()
            }
            Err(error) => {
                self.fault = Some(error.to_string());
                let others = self.editing.as_ref().and_then(FilterLine::without_unfinished);
                match others.and_then(|others| Self::parsed(&others).ok()) {
                    Some(filter) if filter != self.filter => {
                        self.filter = filter;
                        self.restart()
                    }
                    Some(_) | None => Vec::new(),
                }
            }
        }
    }

    fn parsed(text: &str) -> Result<Filter, FilterError> {
        if text.trim().is_empty() { Ok(Filter::default()) } else { Filter::parse(S::SUBJECT, text) }
    }

    /// Handles a key while the filter line is open.
    pub(super) fn edit(&mut self, press: &Press) -> Answer {
        let Some(line) = &mut self.editing else { return Answer::Pass };
        match press.key.code {
            // A text that is no filter cannot be accepted: the line stays open, with the error beside it.
            KeyCode::Enter if self.fault.is_some() => {
                line.refuse();
                Answer::Asks(Vec::new())
            }
            KeyCode::Enter => Answer::Asks(self.keep_filter().unwrap_or_default()),
            KeyCode::Esc => {
                let before = line.before().to_owned();
                self.editing = None;
                Answer::Asks(self.set_filter(&before))
            }
            _ => match line.press(press.key) {
                LineKey::Passed => Answer::Pass,
                LineKey::Edited => Answer::Asks(self.follow_line()),
                LineKey::Read(request) => Answer::Asks(vec![Ask::Query(Slot::Completion, request)]),
            },
        }
    }

    /// Keeps the filter that is being typed, if the line is open. Returns `None` if the text is no filter.
    pub(crate) fn keep_filter(&mut self) -> Option<Vec<Ask>> {
        if self.editing.is_none() {
            return Some(Vec::new());
        }
        if self.fault.is_some() {
            return None;
        }
        self.editing = None;
        let kept = (!self.filter_text.trim().is_empty()).then(|| self.filter_text.clone());
        Some(kept.map(Ask::RememberFilter).into_iter().collect())
    }

    /// Returns true while the filter line waits for accounts to complete what is typed.
    pub(crate) fn is_completing(&self) -> bool {
        self.editing.as_ref().is_some_and(FilterLine::is_reading)
    }

    /// Filters by the text of the open line, if that has changed.
    fn follow_line(&mut self) -> Vec<Ask> {
        let Some(line) = &self.editing else { return Vec::new() };
        let text = line.input().value().to_owned();
        if text == self.filter_text { Vec::new() } else { self.set_filter(&text) }
    }

    /// Takes the accounts that may complete what is typed.
    pub(crate) fn complete(&mut self, reply: &Reply) -> Vec<Ask> {
        match (&mut self.editing, reply) {
            (Some(line), Reply::Users(window)) => line.take(window),
            (Some(line), _) => line.give_up(),
            (None, _) => {}
        }
        self.follow_line()
    }

    /// Pastes text into the filter line while that is open.
    pub(crate) fn paste(&mut self, text: &str) -> Vec<Ask> {
        let Some(line) = &mut self.editing else { return Vec::new() };
        let too_long = line.paste(text).err();
        let text = line.input().value().to_owned();
        let mut asks = self.set_filter(&text);
        asks.extend(too_long.map(Ask::refusal));
        asks
    }

    /// Sets the filters that were kept earlier, the newest last.
    pub(crate) fn set_filter_history(&mut self, history: &[String]) {
        self.filter_history = history.to_vec();
    }
}
