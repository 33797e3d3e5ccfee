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
use crate::tui::widgets::table::skip_cells;

/// The width of the box inside its frame, in cells.
const WIDTH: u16 = 52;
/// The number of letters that can be typed beyond the wanted text, so that a longer text is seen not to match.
const SPARE: usize = 20;
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
    /// Set after Enter was pressed on another text than the wanted one.
    mismatch: bool,
    /// The index of the first line shown, if there is no room for all.
    top: usize,
    /// Set while the terminal shows the question, so that it can be answered.
    shown: bool,
}

/// The lines of the box on a terminal of some size.
struct Layout {
    /// The consequences. They scroll if there is no room for all of them.
    lines: Vec<Line<'static>>,
    /// The typed text and the buttons: always in sight.
    foot: Vec<Line<'static>>,
    /// The number of lines of room for the consequences.
    room: usize,
}

impl Layout {
    /// Returns the number of lines by which it can be scrolled.
    fn overflow(&self) -> usize {
        // The last line then says that there is more.
        if self.lines.len() > self.room { self.lines.len() + 1 - self.room } else { 0 }
    }
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
            mismatch: false,
            top: 0,
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

    /// Handles a key.
    pub fn press(&mut self, context: &Context, key: KeyEvent, now: Timestamp) -> Choice {
        if key.code == KeyCode::Esc {
            return Choice::Cancel;
        }
        let in_burst = self.lost.is_some_and(|lost| now - lost < SAME_BURST);
        match &mut self.question {
            Some(question) if question.shown && !in_burst => question.press(context, key),
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
                let foot = vec![Line::from(escape(theme).to_vec()).alignment(Alignment::Center)];
                draw(context, frame, "What will this touch?", &Layout { lines, foot, room: 2 }, 0);
            }
        }
    }
}

impl Question {
    fn is_typed(&self) -> bool {
        self.wanted.as_deref() == Some(self.typed.trim())
    }

    /// Accepts the wanted text, cancels without any text, and says of another one that it does not match.
    fn enter(&mut self) -> Choice {
        if self.is_typed() {
            return Choice::Accept;
        }
        if self.typed.trim().is_empty() {
            return Choice::Cancel;
        }
        self.mismatch = true;
        Choice::Stay
    }

    fn press(&mut self, context: &Context, key: KeyEvent) -> Choice {
        if matches!(key.code, KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown) {
            self.scroll(context, key.code);
            return Choice::Stay;
        }
        let letter = keys::typed(key);
        let Some(wanted) = &self.wanted else {
            return match letter {
                Some('y') => Choice::Accept,
                Some('n' | 'q') => Choice::Cancel,
                Some(_) | None if key.code == KeyCode::Enter => Choice::Cancel,
                Some(_) | None => Choice::Stay,
            };
        };
        if key.code == KeyCode::Enter {
            return self.enter();
        }
        if key.code == KeyCode::Backspace {
            self.typed.pop();
            self.mismatch = false;
        } else if let Some(letter) = letter.filter(|letter| takes(wanted, &self.typed, *letter)) {
            self.typed.push(letter);
            self.mismatch = false;
        }
        Choice::Stay
    }

    fn scroll(&mut self, context: &Context, code: KeyCode) {
        let layout = self.layout(context);
        let most = layout.overflow();
        let page = layout.room.saturating_sub(2).max(1);
        let top = self.top.min(most);
        let to = match code {
            KeyCode::Up => top.saturating_sub(1),
            KeyCode::PageUp => top.saturating_sub(page),
            KeyCode::PageDown => top + page,
            _ => top + 1,
        };
        self.top = to.min(most);
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        draw(context, frame, &self.headline, &self.layout(context), self.top);
    }

    fn layout(&self, context: &Context) -> Layout {
        let theme = context.theme;
        let cells = usize::from(room(context));
        let quiet = |text: &String| Line::styled(visible(text).into_owned(), theme.quiet());
        let mut lines = Vec::new();
        let headline = visible(&self.headline);
        // A name that must be typed is shown in full further down.
        let is_told = self.wanted.as_deref().is_some_and(|wanted| headline.contains(wanted));
        if width(&headline) + 2 > cells && !is_told {
            lines.extend(wrapped(&Line::styled(headline.as_ref(), theme.strong()), cells));
        }
        lines.extend(self.lines.iter().flat_map(|text| wrapped(&quiet(text), cells)));
        let mut foot = Vec::new();
        if let Some(wanted) = &self.wanted {
            let submit = format!("Type {wanted} to {}: ", self.word);
            let beside = width(&submit) + width(wanted) < cells;
            let mut prompt = Vec::new();
            let mut left = cells;
            if beside {
                left -= width(&submit);
                prompt.push(Span::raw(submit));
            } else {
                lines.extend(wrapped(&Line::raw(submit), cells));
            }
            let typed = format!("{}{}", self.typed, theme.shape("▏", "_"));
            let skip = width(&typed).saturating_sub(left);
            prompt.push(Span::styled(skip_cells(&typed, skip, left), theme.accent()));
            foot.push(Line::from(prompt));
        }
        if self.mismatch {
            let words = format!("{} It does not match. Esc cancels.", theme.shape("×", "x"));
            foot.push(Line::styled(words, theme.bad()));
        }
        foot.push(self.buttons(theme).alignment(Alignment::Center));
        spaced(context, lines, foot)
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
            Some(_) if self.typed.trim().is_empty() => Line::styled("[ Cancel ]", theme.cursor()),
            Some(_) => Line::from(escape(theme).to_vec()),
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
    typed.chars().count() < wanted.chars().count() + SPARE
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

/// Puts blank lines between the parts if there is room for them.
fn spaced(context: &Context, mut lines: Vec<Line<'static>>, mut foot: Vec<Line<'static>>) -> Layout {
    let height = usize::from(context.body.height.saturating_sub(2));
    let gaps = if foot.len() > 1 { 2 } else { 1 };
    if lines.len() + foot.len() + gaps <= height {
        lines.push(Line::raw(""));
        if foot.len() > 1 {
            foot.insert(foot.len() - 1, Line::raw(""));
        }
    }
    let room = height.saturating_sub(foot.len()).max(1);
    Layout { lines, foot, room }
}

/// Draws the box; its lines from `top` on, if there is no room for all of them.
fn draw(context: &Context, frame: &mut Frame<'_>, title: &str, layout: &Layout, top: usize) {
    let theme = context.theme;
    let most = layout.overflow();
    let top = top.min(most);
    let shown = if most > 0 { layout.room.saturating_sub(1) } else { layout.lines.len() };
    let mut lines: Vec<_> = layout.lines.iter().skip(top).take(shown).cloned().collect();
    if most > 0 {
        let (up, down) = (theme.shape("↑", "Up"), theme.shape("↓", "Down"));
        let words = format!("{} of {} lines · {up} {down} scroll", top + shown, layout.lines.len());
        lines.push(Line::styled(words, theme.care()));
    }
    lines.extend(layout.foot.iter().cloned());
    let inside = dialog_frame::draw(frame, context.body, theme, title, room(context), lines.len() as u16);
    frame.render_widget(Text::from(lines), inside);
}

#[cfg(test)]
mod tests;
