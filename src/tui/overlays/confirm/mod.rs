//! The box that asks before an act: it counts what will be touched, Cancel is focused, and only `y` (or the number of
//! the rows, or a name, typed) accepts it. What is asked, and how, is decided by [`confirmation`].
//!
//! Only the root opens it, on top of screen and form alike. It takes no key but Esc before it was on the terminal:
//! whatever was typed or pasted until then was not meant for it.

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

/// Cells for what stands in the box.
const WIDTH: u16 = 52;
/// The count must have taken this long before the box shows without it: less, and it would only flicker.
const SHOWS_AFTER: Duration = Duration::milliseconds(150);
/// A question before an act.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    request: Request,
    /// The rows that the counts are of, once they have come.
    rows: Option<CountedRows>,
    /// The ticket of its count, by which it is known.
    request_id: RequestId,
    since: Timestamp,
    /// Once the count has come.
    question: Option<Question>,
    /// When a key was lost last.
    lost: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
struct Question {
    headline: String,
    lines: Vec<String>,
    /// The word to say yes with.
    word: &'static str,
    /// What must be typed, instead of `y`.
    wanted: Option<String>,
    typed: String,
    /// The terminal shows it: it can be answered.
    shown: bool,
}

/// What a key in the box comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It stays open.
    Stay,
    /// It goes, and nothing is done.
    Cancel,
    /// It is done.
    Accept,
}

impl Confirm {
    /// A question whose counts have yet to come, under this ticket.
    pub fn new(request: Request, request_id: RequestId, now: Timestamp) -> Self {
        Self { request, rows: None, request_id, since: now, question: None, lost: None }
    }

    /// The counts have come: a yes is for these rows, and the act needs this much care.
    pub fn counted(&mut self, summary: &ActionSummary, rows: CountedRows, care: Confirmation) {
        self.rows = Some(rows);
        self.question = Some(Question {
            headline: summary.headline(),
            lines: confirmation::consequences(&self.request, summary),
            word: summary.word(),
            wanted: match care {
                Confirmation::AtOnce | Confirmation::Ask => None,
                Confirmation::TypeNumber(rows) => Some(rows.to_string()),
                Confirmation::TypeName(name) => Some(visible(name.trim()).into_owned()),
            },
            typed: String::new(),
            shown: false,
        });
    }

    /// The terminal shows it from now on, or not any more (or not whole).
    pub fn show(&mut self, shown: bool) {
        if let Some(question) = &mut self.question {
            question.shown = shown;
        }
    }

    /// What names it.
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// What is asked about.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What is to be done: to the rows that were counted, where they have been.
    pub fn into_request(self) -> Request {
        match self.rows {
            Some(rows) => self.request.for_rows(rows),
            None => self.request,
        }
    }

    /// When it must be drawn although nothing else happens.
    pub fn wake_at(&self) -> Timestamp {
        self.since + SHOWS_AFTER
    }

    /// A key.
    pub fn press(&mut self, key: KeyEvent, now: Timestamp) -> Choice {
        if key.code == KeyCode::Esc {
            return Choice::Cancel;
        }
        let in_burst = self.lost.is_some_and(|lost| now - lost < SAME_BURST);
        match &mut self.question {
            Some(question) if question.shown && !in_burst => question.press(key),
            _ => {
                self.lose(now);
                Choice::Stay
            }
        }
    }

    /// Something was typed or pasted that is not for it.
    pub fn lose(&mut self, now: Timestamp) {
        self.lost = Some(now);
    }

    /// Draws it, if it is time to.
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
        match (key.code, keys::typed(key), &self.wanted) {
            (KeyCode::Enter, ..) if self.is_typed() => return Choice::Accept,
            (KeyCode::Enter, ..) | (_, Some('n' | 'q'), None) => return Choice::Cancel,
            (_, Some('y'), None) => return Choice::Accept,
            (_, Some(letter), Some(wanted)) if takes(wanted, &self.typed, letter) => self.typed.push(letter),
            (KeyCode::Backspace, _, Some(_)) => drop(self.typed.pop()),
            _ => {}
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

    /// What Enter does is the one in reverse.
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

/// Whether a letter can be part of what is wanted: of a number only digits, and nothing beyond its length.
fn takes(wanted: &str, typed: &str, letter: char) -> bool {
    typed.len() < wanted.len()
        && (letter.is_ascii_digit() || !wanted.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The other way to cancel.
fn escape(theme: Theme) -> [Span<'static>; 2] {
    [Span::styled("Esc", theme.accent()), Span::raw(" Cancel")]
}

/// How wide a line can be.
fn room(context: &Context) -> u16 {
    WIDTH.min(context.body.width.saturating_sub(4))
}

/// Draws a box. Where there is no room for all its lines, blank ones go first, then those above; its end stays in sight.
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
