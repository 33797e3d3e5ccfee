//! The box that asks: it counts what will be touched, Cancel is focused, and only `y` (or, for many rows, their
//! number typed) accepts it.
//!
//! Until the count has come the box takes nothing but Esc, so keys that were typed before it showed are lost.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::domain::text::{grouped, visible};
use crate::service::contract::{Request, Tally, Verb};
use crate::tui::effect::Ask;
use crate::tui::keys;
use crate::tui::screens::Context;

/// More rows than this are accepted by typing their number.
const TYPED_ABOVE: u64 = 10;

/// A question before an act.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    question: String,
    verb: &'static str,
    rows: u64,
    then: Request,
    tally: Option<Tally>,
    typed: String,
}

impl Confirm {
    /// A question whose counts have yet to come.
    pub fn new(question: String, verb: &'static str, rows: u64, then: Request) -> Self {
        Self { question, verb, rows, then, tally: None, typed: String::new() }
    }

    /// The counts have come: now it can be accepted.
    pub fn counted(&mut self, tally: Tally) {
        // All sessions of one account are as many rows as they are.
        if tally.verb == Verb::Revoked {
            self.rows = self.rows.max(tally.sessions);
        }
        self.tally = Some(tally);
    }

    fn by_number(&self) -> bool {
        self.rows > TYPED_ABOVE
    }

    /// A key.
    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        let accepted = || vec![Ask::Close, Ask::Act(self.then.clone())];
        match (key.code, keys::typed(key)) {
            (KeyCode::Esc, _) => vec![Ask::Close],
            _ if self.tally.is_none() => Vec::new(),
            (KeyCode::Enter, _) if self.by_number() && self.typed == self.rows.to_string() => accepted(),
            (_, Some('y')) if !self.by_number() => accepted(),
            (KeyCode::Enter, _) | (_, Some('n' | 'q')) => vec![Ask::Close],
            (_, Some(digit)) if self.by_number() && digit.is_ascii_digit() && self.typed.len() < 9 => {
                self.typed.push(digit);
                Vec::new()
            }
            (KeyCode::Backspace, _) => {
                self.typed.pop();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Draws it.
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let mut lines = Vec::new();
        match &self.tally {
            None => lines.push(Line::styled("counting…", theme.quiet())),
            Some(tally) => {
                if let Some(label) = &tally.label {
                    lines.push(Line::styled(visible(label).into_owned(), theme.strong()));
                }
                lines.push(Line::raw(format!("touches {}", tally.counts())));
                if tally.unchanged > 0 {
                    lines.push(Line::styled(
                        format!("{} need nothing", grouped(tally.unchanged)),
                        theme.quiet(),
                    ));
                }
                lines.extend(warning(tally).map(|words| Line::styled(words, theme.quiet())));
            }
        }
        lines.push(Line::raw(""));
        if self.by_number() {
            lines.push(Line::from(vec![
                Span::raw(format!("Type {} to {}: ", self.rows, self.verb)),
                Span::styled(format!("{}{}", self.typed, theme.shape("▏", "_")), theme.accent()),
            ]));
        }
        let accept = if self.by_number() { "Enter" } else { "y" };
        lines.push(Line::from(vec![
            Span::styled(accept, theme.bad()),
            Span::raw(format!(" {}     ", self.verb)),
            Span::styled("[ Cancel ]", theme.cursor()),
        ]));
        let title = format!("{}?", self.question);
        let inside = super::open(frame, context.body, theme, &title, 52, lines.len() as u16);
        frame.render_widget(ratatui::text::Text::from(lines), inside);
    }
}

/// What of it cannot be taken back.
fn warning(tally: &Tally) -> Option<&'static str> {
    match tally.verb {
        Verb::Deleted | Verb::Trashed | Verb::Revoked => Some("This cannot be undone."),
        _ if tally.sessions > 0 => Some("Sessions that end stay ended."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user::UserId;
    use crate::service::contract::{Accounts, People};
    use crate::tui::testing::keys;

    fn request() -> Request {
        Request::Accounts(Accounts::Delete(People::one(UserId(3))))
    }

    fn confirm(rows: u64) -> Confirm {
        let mut confirm = Confirm::new("Delete alan".into(), "delete", rows, request());
        confirm.counted(Tally { accounts: rows, ..Tally::new(Verb::Deleted) });
        confirm
    }

    fn press(confirm: &mut Confirm, script: &str) -> Vec<Ask> {
        keys(script).into_iter().flat_map(|key| confirm.press(key)).collect()
    }

    #[test]
    fn y_accepts_and_the_key_that_opened_it_does_not() {
        assert_eq!(press(&mut confirm(1), "d"), []);
        assert_eq!(press(&mut confirm(1), "y"), [Ask::Close, Ask::Act(request())]);
    }

    #[test]
    fn cancel_is_focused() {
        for script in ["<enter>", "<esc>", "n", "q"] {
            assert_eq!(press(&mut confirm(1), script), [Ask::Close], "{script}");
        }
    }

    #[test]
    fn nothing_is_accepted_before_the_count_shows() {
        let mut confirm = Confirm::new("Delete alan".into(), "delete", 1, request());
        assert_eq!(press(&mut confirm, "yyy"), []);
        confirm.counted(Tally::new(Verb::Deleted));
        assert_eq!(press(&mut confirm, "y").len(), 2);
    }

    #[test]
    fn all_sessions_of_an_account_are_as_many_rows_as_they_are() {
        let mut confirm = Confirm::new("End all sessions of alan".into(), "end", 1, request());
        confirm.counted(Tally { sessions: 40, ..Tally::new(Verb::Revoked) });
        assert_eq!(press(&mut confirm, "y"), []);
        assert_eq!(press(&mut confirm, "40<enter>"), [Ask::Close, Ask::Act(request())]);
    }

    #[test]
    fn many_rows_are_accepted_by_their_number() {
        assert_eq!(press(&mut confirm(12), "y"), []);
        assert_eq!(press(&mut confirm(12), "13<enter>"), [Ask::Close]);
        assert_eq!(press(&mut confirm(12), "13<backspace>2<enter>"), [Ask::Close, Ask::Act(request())]);
    }
}
