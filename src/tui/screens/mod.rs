//! Screens: each a folder with its state, messages, keys and drawing. None knows another, nor the root.

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::effect::{Ask, Slot};
use super::keys::Help;
use super::theme::Theme;
use crate::domain::text::{pad, split_at_cells};
use crate::domain::time::{Timestamp, ago, date};
use crate::domain::user::{AccessLevel, UserId};
use crate::service::contract::{Failure, Reply};

pub mod directories;
pub mod gate;
pub mod listing;
pub mod sessions;
pub mod users;

/// From this many columns on a detail pane stands beside the list.
const WIDE: u16 = 110;

/// Where the console can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Accounts; with a filter expression, or as they were left.
    Users(Option<String>),
    /// Sessions; with a filter expression, or as they were left.
    Sessions(Option<String>),
    /// Directories; with a filter expression, or as they were left.
    Directories(Option<String>),
}

/// A screen's place in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the log-in, or over everything while the console is locked.
    Gate,
    /// `1`
    Users,
    /// `2`
    Sessions,
    /// `3`
    Directories,
}

impl Route {
    /// Which screen that is, and the filter to open it with.
    pub fn place(&self) -> (Place, Option<&str>) {
        match self {
            Self::Users(filter) => (Place::Users, filter.as_deref()),
            Self::Sessions(filter) => (Place::Sessions, filter.as_deref()),
            Self::Directories(filter) => (Place::Directories, filter.as_deref()),
        }
    }
}

/// As whom the operator sees things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// The account.
    pub id: UserId,
    /// What it may do.
    pub level: AccessLevel,
    /// The operator's own session.
    pub session: i64,
}

/// What a screen may know of the world around it.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The time of this message.
    pub now: Timestamp,
    /// Styles and shapes.
    pub theme: Theme,
    /// Where screens are drawn.
    pub body: Rect,
    /// Whoever has logged in.
    pub viewer: Option<Viewer>,
    /// Times are shown as `2 min ago` rather than as dates.
    pub relative: bool,
    /// Work takes long enough to say so.
    pub waiting: bool,
}

/// What was pressed: the key itself, and its name, led by that of the key before where that one began a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// The key.
    pub key: KeyEvent,
    /// `d`, `ctrl-d`, `o p`.
    pub name: String,
}

/// What a screen makes of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It was one for this screen.
    Asks(Vec<Ask>),
    /// It begins a sequence.
    Prefix,
    /// It is not one for this screen.
    Pass,
}

impl Answer {
    /// One that was for this screen and asks one thing.
    pub fn ask(ask: Ask) -> Self {
        Self::Asks(vec![ask])
    }
}

/// What all screens can do. `update`-side methods return what they want; drawing only reads.
pub trait Screen {
    /// What it is called, in words that stand on it at every size.
    fn name(&self) -> &'static str;
    /// Its keys, for footer, help and palette.
    fn help(&self) -> Vec<Help>;
    /// Whether keys are text now.
    fn takes_text(&self) -> bool;
    /// A key.
    fn press(&mut self, context: &Context, press: &Press) -> Answer;
    /// Pasted text; ignored where keys are no text.
    fn paste(&mut self, context: &Context, text: &str) -> Vec<Ask>;
    /// What this screen loaded under `slot` has come.
    fn reply(&mut self, context: &Context, slot: Slot, result: Result<Reply, Failure>) -> Vec<Ask>;
    /// It comes to the front, with a filter expression if it shall show something else than before.
    fn open(&mut self, context: &Context, filter: Option<&str>) -> Vec<Ask>;
    /// The rows may have changed, or the screen's size has.
    fn refresh(&mut self, context: &Context) -> Vec<Ask>;
    /// What was asked for with the marked rows is done.
    fn acted(&mut self) {}
    /// To a row, counted from 0 (`:500`).
    fn go_to(&mut self, context: &Context, row: u64) -> Vec<Ask>;
    /// Draws it into the context's body.
    fn view(&self, context: &Context, frame: &mut Frame<'_>);
}

/// Whether there is room for a detail pane beside the list.
fn is_wide(context: &Context) -> bool {
    context.body.width >= WIDE
}

/// Scrolls a detail pane by a key. Whether the key was one for that.
fn scroll(at: &mut u16, name: &str) -> bool {
    *at = match name {
        "j" | "down" => at.saturating_add(1),
        "k" | "up" => at.saturating_sub(1),
        "pagedown" | "ctrl-d" => at.saturating_add(10),
        "pageup" | "ctrl-u" => at.saturating_sub(10),
        "g" | "home" => 0,
        _ => return false,
    };
    true
}

/// The list's and the detail pane's places; the detail's is empty where only the list shows, and the other way round.
fn panes(context: &Context, in_detail: bool) -> (Rect, Rect) {
    let body = context.body;
    let nothing = Rect { width: 0, ..body };
    if is_wide(context) {
        let list = body.width - (body.width * 3 / 10).clamp(36, 56);
        (Rect { width: list, ..body }, Rect { x: body.x + list, width: body.width - list, ..body })
    } else if in_detail {
        (nothing, body)
    } else {
        (body, nothing)
    }
}

/// Draws a detail pane: a thin line at its left where a list stands beside it, then the lines.
fn view_detail(context: &Context, frame: &mut Frame<'_>, area: Rect, scroll: u16, lines: Vec<Line<'_>>) {
    if area.is_empty() {
        return;
    }
    let theme = context.theme;
    let left = if is_wide(context) { theme.shape("│", "|") } else { " " };
    for y in area.top()..area.bottom() {
        frame.render_widget(Span::styled(left, theme.quiet()), Rect { y, width: 1, height: 1, ..area });
    }
    let inside = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(3), ..area };
    let lines: Vec<_> =
        lines.into_iter().flat_map(|line| wrapped(&line, usize::from(inside.width))).collect();
    let most = (lines.len() as u16).saturating_sub(inside.height);
    frame.render_widget(Paragraph::new(lines).scroll((scroll.min(most), 0)), inside);
}

/// Cells of the label in a line of a detail pane.
const LABEL: usize = 13;

/// A line of a detail pane: a quiet label of fixed width, then the value.
fn detail_line<'a>(theme: Theme, label: &'a str, value: Span<'a>) -> Line<'a> {
    Line::from(vec![Span::styled(pad(label, LABEL), theme.quiet()), value])
}

/// What fits into a line, up to a blank where there is one, and the rest.
fn split_at_word(text: &str, room: usize) -> (&str, &str) {
    let (part, rest) = split_at_cells(text, room);
    match part.rfind(' ') {
        Some(blank) if !rest.is_empty() => text.split_at(blank + 1),
        _ => (part, rest),
    }
}

/// A line of a detail pane in as many lines as it needs; a value goes on below itself, not below its label.
fn wrapped(line: &Line<'_>, width: usize) -> Vec<Line<'static>> {
    let (label, value) = match line.spans.as_slice() {
        [label, value] => (Some(label), value),
        [value] => (None, value),
        _ => return vec![Line::raw("")],
    };
    let indent = label.map_or(0, Span::width);
    let room = width.saturating_sub(indent).max(2);
    let style = line.style.patch(value.style);
    let mut rest = value.content.as_ref();
    let mut lines = Vec::new();
    loop {
        let (part, after) = split_at_word(rest, room);
        let head = match (label, lines.is_empty()) {
            (Some(label), true) => Span::styled(label.content.to_string(), label.style),
            _ => Span::raw(" ".repeat(indent)),
        };
        lines.push(Line::from(vec![head, Span::styled(part.to_owned(), style)]));
        rest = after;
        if rest.is_empty() {
            return lines;
        }
    }
}

/// A moment as the operator wants to see it: how long ago, or as a date.
fn moment(context: &Context, time: Option<Timestamp>) -> String {
    match time {
        Some(time) if context.relative => ago(context.now, time),
        Some(time) => date(time),
        None => context.theme.shape("–", "-").to_owned(),
    }
}
