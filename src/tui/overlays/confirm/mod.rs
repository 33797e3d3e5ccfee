//! The question before an action: it shows the counted rows, Cancel is focused, and only `y` (or the number of the
//! rows, or a name, typed) accepts it. The texts and the kind of question come from [`confirmation`].
//!
//! Only the root opens it, on top of screen and form alike. It takes no key but Esc before it is on the terminal:
//! nothing that was typed or pasted until then was meant for it.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Alignment;
use ratatui::text::{Line, Span, Text};

use crate::domain::text::{visible, width};
use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::confirmation::{self, Confirmation};
use crate::service::contract::{ActionSummary, CountedRows, Request};
use crate::tui::context::Context;
use crate::tui::effect::RequestId;
use crate::tui::key_debounce::SAME_BURST;
use crate::tui::keys;
use crate::tui::theme::Theme;
use crate::tui::widgets::detail_lines::wrapped;
use crate::tui::widgets::dialog_frame;

/// The width of the box inside its frame, in cells.
const WIDTH: u16 = 52;
/// The time after which the box is shown without its count. If the count is faster, the box would only flicker.
const SHOWS_AFTER: Duration = Duration::milliseconds(150);
/// A question before an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    request: Request,
    /// The rows that were counted.
    rows: Option<CountedRows>,
    /// The id of the request for the count, by which the question is known.
    request_id: RequestId,
    since: Timestamp,
    /// `None` until the count has come.
    question: Option<Question>,
    /// The time at which a key was dropped last.
    lost: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
struct Question {
    headline: String,
    lines: Vec<String>,
    /// The word of the button that accepts.
    word: &'static str,
    /// The text to type instead of `y`.
    wanted: Option<String>,
    typed: String,
    /// Set while the terminal shows the question, so that it can be answered.
    shown: bool,
}

/// The result of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Stay,
    Cancel,
    Accept,
}

impl Confirm {
    /// Creates a question whose count is the request with this id.
    pub fn new(request: Request, request_id: RequestId, now: Timestamp) -> Self {
        Self { request, rows: None, request_id, since: now, question: None, lost: None }
    }

    /// Takes the counted rows and the kind of question; a yes is for these rows only.
    pub fn counted(&mut self, summary: &ActionSummary, rows: CountedRows, confirmation: Confirmation) {
        self.rows = Some(rows);
        self.question = Some(Question {
            headline: summary.headline(),
            lines: confirmation::consequences(&self.request, summary),
            word: summary.word(),
            wanted: match confirmation {
                Confirmation::AtOnce | Confirmation::Ask => None,
                Confirmation::TypeNumber(rows) => Some(rows.to_string()),
                Confirmation::TypeName(name) => Some(visible(name.trim()).into_owned()),
            },
            typed: String::new(),
            shown: false,
        });
    }

    /// Notes whether the terminal shows the whole question.
    pub fn show(&mut self, shown: bool) {
        if let Some(question) = &mut self.question {
            question.shown = shown;
        }
    }

    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Returns the action for the counted rows.
    pub fn into_request(self) -> Request {
        match self.rows {
            Some(rows) => self.request.for_rows(rows),
            None => self.request,
        }
    }

    /// Returns the time at which it must be drawn even if nothing else happens.
    pub fn wake_at(&self) -> Timestamp {
        self.since + SHOWS_AFTER
    }

    pub fn press(&mut self, key: KeyEvent, now: Timestamp) -> Choice {
        if key.code == KeyCode::Esc {
            return Choice::Cancel;
        }
        let in_burst = self.lost.is_some_and(|lost| now - lost < SAME_BURST);
        match &mut self.question {
            Some(question) if question.shown && !in_burst => question.press(key),
            Some(_) | None => {
                self.lose(now);
                Choice::Stay
            }
        }
    }

    /// Notes that a key or a paste was dropped.
    pub fn lose(&mut self, now: Timestamp) {
        self.lost = Some(now);
    }

    /// Draws the question, or that the count takes long.
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        match &self.question {
            Some(question) => question.view(context, frame),
            None if context.now - self.since < SHOWS_AFTER => {}
            None => {
                let theme = context.theme;
                let lines = vec![Line::styled("counting…", theme.quiet()), Line::raw("")];
                draw(context, frame, "What will this touch?", lines, Line::from(escape(theme).to_vec()));
            }
        }
    }
}

impl Question {
    fn is_typed(&self) -> bool {
        self.wanted.as_deref() == Some(self.typed.trim())
    }

    fn press(&mut self, key: KeyEvent) -> Choice {
        if key.code == KeyCode::Enter {
            return if self.is_typed() { Choice::Accept } else { Choice::Cancel };
        }
        let letter = keys::typed(key);
        let Some(wanted) = &self.wanted else {
            return match letter {
                Some('y') => Choice::Accept,
                Some('n' | 'q') => Choice::Cancel,
                Some(_) | None => Choice::Stay,
            };
        };
        if key.code == KeyCode::Backspace {
            self.typed.pop();
        } else if let Some(letter) = letter.filter(|letter| takes(wanted, &self.typed, *letter)) {
            self.typed.push(letter);
        }
        Choice::Stay
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let room = usize::from(room(context));
        let quiet = |text: &String| Line::styled(visible(text).into_owned(), theme.quiet());
        let mut lines = Vec::new();
        let headline = visible(&self.headline);
        if width(&headline) + 2 > room {
            lines.extend(wrapped(&Line::styled(headline.as_ref(), theme.strong()), room));
        }
        lines.extend(self.lines.iter().flat_map(|text| wrapped(&quiet(text), room)));
        lines.push(Line::raw(""));
        if let Some(wanted) = &self.wanted {
            let submit = format!("Type {wanted} to {}: ", self.word);
            let typed = format!("{}{}", self.typed, theme.shape("▏", "_"));
            let typed = Span::styled(typed, theme.accent());
            if width(&submit) + width(wanted) < room {
                lines.push(Line::from(vec![Span::raw(submit), typed]));
            } else {
                lines.extend(wrapped(&Line::raw(submit), room));
                lines.push(Line::from(typed));
            }
            lines.push(Line::raw(""));
        }
        draw(context, frame, &headline, lines, self.buttons(theme));
    }

    /// Draws the buttons; the one that Enter presses is reversed.
    fn buttons(&self, theme: Theme) -> Line<'static> {
        let word = self.word;
        let gap = Span::raw("     ");
        match &self.wanted {
            Some(_) if self.is_typed() => {
                let [key, cancels] = escape(theme);
                Line::from(vec![Span::styled(format!("[ {word} ]"), theme.cursor()), gap, key, cancels])
            }
            Some(_) => Line::styled("[ Cancel ]", theme.cursor()),
            None => Line::from(vec![
                Span::styled("y", theme.bad()),
                Span::raw(format!(" {word}")),
                gap,
                Span::styled("[ Cancel ]", theme.cursor()),
            ]),
        }
    }
}

/// Returns true if a letter can be part of the wanted text: only digits for a number, and no more than its length.
fn takes(wanted: &str, typed: &str, letter: char) -> bool {
    typed.len() < wanted.len()
        && (letter.is_ascii_digit() || !wanted.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns the hint that Esc cancels.
fn escape(theme: Theme) -> [Span<'static>; 2] {
    [Span::styled("Esc", theme.accent()), Span::raw(" Cancel")]
}

/// Returns the width of a line.
fn room(context: &Context) -> u16 {
    WIDTH.min(context.body.width.saturating_sub(4))
}

/// Draws the box. If there is no room for all lines, blank ones go first, then the first ones; the end stays in sight.
fn draw(
    context: &Context,
    frame: &mut Frame<'_>,
    title: &str,
    mut lines: Vec<Line<'static>>,
    buttons: Line<'static>,
) {
    let most = usize::from(context.body.height.saturating_sub(3));
    if lines.len() > most {
        lines.retain(|line| line.width() > 0);
    }
    lines.drain(..lines.len().saturating_sub(most));
    lines.push(buttons.alignment(Alignment::Center));
    let inside =
        dialog_frame::draw(frame, context.body, context.theme, title, room(context), lines.len() as u16);
    frame.render_widget(Text::from(lines), inside);
}

#[cfg(test)]
mod tests;
