//! The field for a reason in the box before an action.

use crossterm::event::KeyEvent;
use ratatui::text::{Line, Span};

use crate::domain::journal::Reason;
use crate::domain::text::width;
use crate::service::contract::ReasonNeed;
use crate::tui::theme::Theme;
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::table::skip_cells;

/// The label of the field, with the gap behind it.
const LABEL: &str = "Reason  ";
/// The words in an empty field that does not have the cursor.
const EMPTY: &str = "Tab to give one";
/// The words in an empty field that has the cursor and must be filled in.
const NEEDED: &str = " needed";
const MISSING: &str = "A reason is needed.";

/// The field for a reason. It need not be filled in, unless the action needs a reason.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReasonField {
    input: InputField,
    is_required: bool,
    pub(super) has_cursor: bool,
    /// The rule that the text breaks, once it was to be used.
    fault: Option<String>,
}

impl ReasonField {
    /// Creates the field with a reason that was given before, or returns `None` if the action has none. A reason that is
    /// needed is typed first, unless `has_other` says that there is something else to type.
    pub(super) fn new(need: ReasonNeed, given: Option<&Reason>, has_other: bool) -> Option<Self> {
        let is_required = match need {
            ReasonNeed::NotAsked => return None,
            ReasonNeed::Optional => false,
            ReasonNeed::Required => true,
        };
        let input = InputField::text(given.map_or("", Reason::words));
        Some(Self { input, is_required, has_cursor: is_required && !has_other, fault: None })
    }

    /// Returns the reason as far as it was typed; `None` if there is none or it breaks a rule.
    pub(super) fn reason(&self) -> Option<Reason> {
        Reason::parse(self.input.value()).ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.input.value().trim().is_empty()
    }

    /// Checks the text before it is used. One that breaks a rule is shown with it, and has the cursor.
    pub(super) fn is_fit(&mut self) -> bool {
        self.fault = match Reason::parse(self.input.value()) {
            Ok(_) => None,
            Err(_) if self.is_empty() => self.is_required.then(|| MISSING.to_owned()),
            Err(rule) => Some(format!("A reason {rule}.")),
        };
        self.has_cursor |= self.fault.is_some();
        self.fault.is_none()
    }

    pub(super) fn press(&mut self, key: KeyEvent) {
        if self.input.press(key) {
            self.fault = None;
        }
    }

    /// Pastes text. What a text field does not take is left out; the rule for its length is checked when it is used.
    pub(super) fn paste(&mut self, text: &str) {
        self.fault = self.input.paste(text).err();
    }

    /// Replaces the text.
    pub(super) fn fill(&mut self, text: &str) {
        self.input = InputField::text(text);
        self.fault = None;
    }

    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Returns the line of the field in so many cells.
    pub(super) fn line(&self, theme: Theme, cells: usize) -> Line<'static> {
        let label = Span::styled(LABEL, theme.quiet());
        let room = cells.saturating_sub(width(LABEL));
        if self.input.is_empty() && !self.has_cursor {
            return Line::from(vec![label, Span::styled(skip_cells(EMPTY, 0, room), theme.quiet())]);
        }
        let (text, cursor) = self.input.shown(false, "");
        if !self.has_cursor {
            return Line::from(vec![label, Span::raw(skip_cells(&text, 0, room))]);
        }
        // The cursor stands between the cells before it and those behind it, and is always in sight.
        let before = skip_cells(&text, 0, cursor);
        let behind = skip_cells(&text, cursor, width(&text).saturating_sub(cursor));
        let shown = format!("{before}{}{behind}", theme.shape("▏", "_"));
        if self.input.is_empty() && self.is_required {
            let needed = skip_cells(NEEDED, 0, room.saturating_sub(width(&shown)));
            let cursor = Span::styled(shown, theme.accent());
            return Line::from(vec![label, cursor, Span::styled(needed, theme.quiet())]);
        }
        let skip = (cursor + 1).saturating_sub(room);
        Line::from(vec![label, Span::styled(skip_cells(&shown, skip, room), theme.accent())])
    }

    /// Returns the width of the whole line, in cells.
    pub(super) fn width(&self) -> usize {
        let text = if self.input.is_empty() { EMPTY.to_owned() } else { self.input.shown(false, "").0 };
        width(LABEL) + width(&text) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::{context, keys};

    fn shown(field: &ReasonField, cells: usize) -> String {
        let line = field.line(context(80, 24).theme, cells).to_string();
        line.trim_end().to_owned()
    }

    fn typed(script: &str) -> ReasonField {
        let mut field = ReasonField::new(ReasonNeed::Required, None, false).unwrap();
        for key in keys(script) {
            field.press(key);
        }
        field
    }

    #[test]
    fn only_some_actions_have_a_field() {
        assert_eq!(ReasonField::new(ReasonNeed::NotAsked, None, false), None);
        let given = Reason::parse("spam").unwrap();
        let field = ReasonField::new(ReasonNeed::Optional, Some(&given), false).unwrap();
        assert_eq!((field.reason(), field.has_cursor), (Some(given), false));
        assert!(ReasonField::new(ReasonNeed::Required, None, false).unwrap().has_cursor);
        assert!(!ReasonField::new(ReasonNeed::Required, None, true).unwrap().has_cursor);
    }

    #[test]
    fn a_reason_that_is_needed_is_missed_and_one_that_is_too_long_is_refused() {
        let mut field = typed("<space>");
        assert!(!field.is_fit());
        assert_eq!(field.fault(), Some(MISSING));
        field.paste(&"x".repeat(1_001));
        assert!(!field.is_fit());
        assert_eq!(field.fault(), Some("A reason takes at most 1,000 characters."));
        field.press(keys("<backspace>")[0]);
        assert_eq!(field.fault(), None);
        let mut optional = ReasonField::new(ReasonNeed::Optional, None, false).unwrap();
        assert!(optional.is_fit() && optional.reason().is_none());
    }

    #[test]
    fn the_cursor_is_in_sight_in_a_long_text() {
        let field = typed("the last of many letters");
        assert_eq!(shown(&field, 60), "Reason  the last of many letters▏");
        assert_eq!(shown(&field, 16), "Reason  letters▏");
        assert_eq!(shown(&typed("ab<left>"), 60), "Reason  a▏b");
        assert_eq!(shown(&typed("a<backspace>"), 60), "Reason  ▏ needed");
        assert_eq!(shown(&typed("a\u{202e}"), 60), "Reason  a<U+202E>▏");
    }
}
