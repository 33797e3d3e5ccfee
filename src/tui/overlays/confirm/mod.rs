//! The box that asks before an act: it counts what will be touched, Cancel is focused, and only `y` (or the number of
//! the rows, or a name, typed) accepts it. What is asked, and how, is decided by [`confirmation`]. Something else that is typed
//! neither accepts nor closes it.
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
use crate::tui::effect::RequestId;
use crate::tui::key_debounce::SAME_BURST;
use crate::tui::keys;
use crate::tui::screens::Context;
use crate::tui::screens::detail_pane::wrapped;
use crate::tui::theme::Theme;
use crate::tui::widgets::table::skip_cells;

/// Cells for what stands in the box.
const WIDTH: u16 = 52;
/// The most letters that are taken beyond what is wanted: what is longer than that is not it, and is seen not to be.
const SPARE: usize = 20;
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
    /// Enter was pressed on something else than what is wanted.
    mismatch: bool,
    /// The first line shown where there is no room for all.
    top: usize,
    /// The terminal shows it: it can be answered.
    shown: bool,
}

/// What stands in the box on a terminal of some size.
struct Layout {
    /// What there is to know. It scrolls where there is no room for all of it.
    lines: Vec<Line<'static>>,
    /// What is typed, and the buttons: always in sight.
    foot: Vec<Line<'static>>,
    /// Lines of room for the first.
    room: usize,
}

impl Layout {
    /// Returns by how many lines it can be scrolled.
    fn overflow(&self) -> usize {
        // The last line says then that there is more.
        if self.lines.len() > self.room { self.lines.len() + 1 - self.room } else { 0 }
    }
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
            mismatch: false,
            top: 0,
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
    pub fn press(&mut self, context: &Context, key: KeyEvent, now: Timestamp) -> Choice {
        if key.code == KeyCode::Esc {
            return Choice::Cancel;
        }
        let in_burst = self.lost.is_some_and(|lost| now - lost < SAME_BURST);
        match &mut self.question {
            Some(question) if question.shown && !in_burst => question.press(context, key),
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

    fn press(&mut self, context: &Context, key: KeyEvent) -> Choice {
        if matches!(key.code, KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown) {
            self.scroll(context, key.code);
            return Choice::Stay;
        }
        match (key.code, keys::typed(key), &self.wanted) {
            (KeyCode::Enter, ..) if self.is_typed() => return Choice::Accept,
            (KeyCode::Enter, _, Some(_)) if !self.typed.trim().is_empty() => self.mismatch = true,
            (KeyCode::Enter, ..) | (_, Some('n' | 'q'), None) => return Choice::Cancel,
            (_, Some('y'), None) => return Choice::Accept,
            (_, Some(letter), Some(wanted)) if takes(wanted, &self.typed, letter) => {
                self.typed.push(letter);
                self.mismatch = false;
            }
            (KeyCode::Backspace, _, Some(_)) => {
                self.typed.pop();
                self.mismatch = false;
            }
            _ => {}
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
        // A name that must be typed stands whole further down.
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

    /// What Enter does is the one in reverse.
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

/// Whether a letter can be part of what is wanted: of a number only digits.
fn takes(wanted: &str, typed: &str, letter: char) -> bool {
    typed.chars().count() < wanted.chars().count() + SPARE
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

/// Puts blank lines between the parts where there is room for them.
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

/// Draws a box, of its lines those from `top` on where there is no room for all of them.
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
    let inside = super::open(frame, context.body, theme, title, room(context), lines.len() as u16);
    frame.render_widget(Text::from(lines), inside);
}

#[cfg(test)]
mod tests;
