//! The title, the footer, and the lines of the notice between them.

use std::iter;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::Clear;

use crate::domain::text::{clip, width, wrap};
use crate::tui::keys::{Help, shown};
use crate::tui::theme::Theme;

use super::drawn;

/// The beginning of the title, and the one where the numbers beside the tabs need its room.
const PROGRAM: &str = " NEXUS  ";
const NO_PROGRAM: &str = "";
/// The blanks behind a tab, where there is room and where there is less.
const WIDE_GAP: &str = "  ";
const NARROW_GAP: &str = " ";

/// The screen in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front<'a> {
    /// The one with the tab at this index.
    Tab(usize),
    /// A board by its name: it has no tab.
    Board(&'a str),
}

/// A tab of the title.
#[derive(Debug)]
pub struct TabTitle {
    /// The key that leads to it, or nothing.
    pub key: String,
    pub name: &'static str,
    /// The number beside it.
    pub number: String,
}

/// The content of the title.
#[derive(Debug)]
pub struct Title<'a> {
    pub tabs: &'a [TabTitle],
    pub front: Front<'a>,
    /// The name of the store.
    pub store: Span<'a>,
    /// The texts for the right side, of which the first that fits is drawn; the longest comes first.
    pub right: &'a [String],
    /// A mark at the end.
    pub mark: Option<&'a str>,
}

impl<'a> Title<'a> {
    fn front_name(&self) -> &'a str {
        match self.front {
            Front::Tab(at) => self.tabs.get(at).map_or("", |tab| tab.name),
            Front::Board(name) => name,
        }
    }

    /// Returns the width of what stands behind all else: the store and the mark.
    fn behind(&self) -> usize {
        self.store.width() + self.mark.map_or(0, |mark| width(mark) + 2)
    }

    /// Returns the tabs in the first arrangement that there is room for, or `None` if there is none. First the texts on the
    /// right are left out, then the gaps get narrower, then the program's name gives way; the numbers beside the tabs are
    /// left out last.
    fn tabs_in(&self, theme: Theme, columns: u16) -> Option<TabRow<'a>> {
        let least = self.right.last().map_or(0, |text| beside(text));
        let texts = self.right.iter().filter(|text| !text.is_empty());
        let with_text = texts.map(|text| beside(text) + 2).min().unwrap_or(usize::MAX);
        let arranged = [
            (PROGRAM, true, WIDE_GAP, with_text),
            (PROGRAM, true, NARROW_GAP, least),
            (NO_PROGRAM, true, NARROW_GAP, least),
            (PROGRAM, false, WIDE_GAP, least),
            (PROGRAM, false, NARROW_GAP, least),
        ];
        arranged.into_iter().filter(|_| self.tabs.len() > 1).find_map(|(program, has_counts, gap, needed)| {
            let tabs = self.tab_spans(theme, has_counts, gap);
            let taken =
                width(program) + tabs.iter().map(|tab| width_of(tab)).sum::<usize>() + self.behind() + 1;
            (taken.saturating_add(needed) <= columns.into()).then_some(TabRow { program, tabs })
        })
    }

    fn tab_spans(&self, theme: Theme, has_counts: bool, gap: &'static str) -> Vec<Vec<Span<'a>>> {
        let of_tab = |(at, TabTitle { key, name, number }): (usize, &'a TabTitle)| {
            let style = if self.front == Front::Tab(at) { theme.focus() } else { Style::new() };
            let blank = if key.is_empty() { "" } else { " " };
            let mut spans =
                vec![Span::styled(format!(" {key}{blank}"), theme.quiet()), Span::styled(*name, style)];
            if has_counts && !number.is_empty() {
                spans.extend([Span::raw(" "), Span::styled(number.as_str(), theme.quiet())]);
            }
            spans.push(Span::raw(gap));
            spans
        };
        let board = match self.front {
            Front::Tab(_) => None,
            Front::Board(name) => {
                Some(vec![Span::raw(" "), Span::styled(name, theme.focus()), Span::raw(gap)])
            }
        };
        self.tabs.iter().enumerate().map(of_tab).chain(board).collect()
    }

    /// Returns the index of the tab that is drawn at a column of a title of this width, if all tabs are drawn.
    pub fn tab_at(&self, theme: Theme, columns: u16, x: u16) -> Option<usize> {
        let TabRow { program, tabs } = self.tabs_in(theme, columns)?;
        let mut left = usize::from(x).checked_sub(width(program))?;
        let found = tabs.into_iter().position(|tab| {
            let cells = width_of(&tab);
            let is_here = left < cells;
            left = left.saturating_sub(cells);
            is_here
        });
        found.filter(|at| *at < self.tabs.len())
    }
}

/// The tabs as they are arranged.
#[derive(Debug)]
struct TabRow<'a> {
    /// The text before them.
    program: &'static str,
    /// The spans of each tab, and of the board behind them.
    tabs: Vec<Vec<Span<'a>>>,
}

fn width_of(spans: &[Span<'_>]) -> usize {
    spans.iter().map(Span::width).sum()
}

/// Returns the width of a text on the right with what parts it from the rest.
fn beside(text: &str) -> usize {
    if text.is_empty() { 0 } else { width(text) + 3 }
}

/// Draws the title: the program, the tabs, and on the right the store, what else fits, and the mark. If there is no room
/// for all tabs, only the screen in front is drawn. The names of the screen and of the store and the mark are drawn at
/// every width.
pub fn title(frame: &mut Frame<'_>, area: Rect, theme: Theme, title: &Title<'_>) {
    let Title { store, right, mark, .. } = title;
    let room = usize::from(area.width);
    let mark_width = mark.map_or(0, |mark| width(mark) + 2);
    let behind = title.behind();
    let program = |program| Span::styled(program, theme.strong());
    let mut spans: Vec<_> = match title.tabs_in(theme, area.width) {
        Some(row) => iter::once(program(row.program)).chain(row.tabs.into_iter().flatten()).collect(),
        None => vec![program(PROGRAM), Span::styled(format!(" {} ", title.front_name()), theme.focus())],
    };
    let used: usize = spans.iter().map(Span::width).sum();
    let fits = |text: &&String| used + beside(text) + behind + 3 <= room;
    let right = right.iter().find(fits).filter(|text| !text.is_empty());
    let text = right.map(|text| format!(" · {text}")).unwrap_or_default();
    // A mark leaves a long name only what is left.
    let left = room.saturating_sub(used + mark_width);
    let store = Span::styled(clip(&store.content, left).into_owned(), store.style);
    let drawn = used + store.width() + width(&text) + mark_width;
    spans.push(Span::raw(" ".repeat(room.saturating_sub(drawn + 1))));
    spans.push(store);
    spans.push(Span::styled(text, theme.quiet()));
    if let Some(mark) = mark {
        spans.push(Span::styled(format!("  {mark}"), theme.care()));
    }
    drawn::spans(frame, area, &spans);
}

/// Draws the footer: as many hints as fit, and always the last one.
pub fn footer(frame: &mut Frame<'_>, area: Rect, theme: Theme, hints: &[Help]) {
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    let room = usize::from(area.width);
    let last = hints.last().map_or(0, hint_width);
    for (at, help) in hints.iter().enumerate() {
        let is_last = at + 1 == hints.len();
        if !is_last && used + hint_width(help) + last > room {
            continue;
        }
        used += hint_width(help);
        let key = help.on.first().map(|on| shown(on)).unwrap_or_default();
        spans.push(Span::styled(key, theme.accent()));
        spans.push(Span::styled(format!(" {}   ", help.hint), theme.quiet()));
    }
    drawn::spans(frame, area, &spans);
}

fn hint_width(help: &Help) -> usize {
    help.on.first().map_or(0, |on| width(&shown(on))) + width(help.hint) + 4
}

/// Draws a line of text, clipped.
pub fn line(frame: &mut Frame<'_>, area: Rect, text: &str, style: Style) {
    let text = clip(text, usize::from(area.width)).into_owned();
    drawn::spans(frame, area, &[Span::styled(text, style)]);
}

/// Returns the lines of a message at the foot of an area that is so wide.
fn message_lines(text: &str, columns: u16) -> Vec<&str> {
    let columns = usize::from(columns);
    if width(text) < columns { vec![text] } else { wrap(text, columns.saturating_sub(2)) }
}

/// Returns the number of lines by which a message can be scrolled in `area`; 0 if all of it is shown.
pub fn message_overflow(text: &str, area: Rect) -> usize {
    let lines = message_lines(text, area.width).len();
    let height = usize::from(area.height);
    // The last line then says that there is more.
    if lines > height { lines + 1 - height } else { 0 }
}

/// Returns the lines that a message takes, the last of them at the foot of `area`.
pub fn message_place(area: Rect, text: &str) -> Rect {
    let height = (message_lines(text, area.width).len() as u16).min(area.height);
    Rect { y: area.bottom().saturating_sub(height), height, ..area }
}

/// Draws a message in as many lines as it needs, the last of them at the foot of `area`. It covers what is drawn there.
/// If the area is too low, the message begins with line `top`, and the last line says how to read on.
pub fn message(frame: &mut Frame<'_>, area: Rect, theme: Theme, text: &str, style: Style, top: usize) {
    let parts = message_lines(text, area.width);
    let most = message_overflow(text, area);
    let top = top.min(most);
    let place = message_place(area, text);
    let shown = if most > 0 { usize::from(area.height).saturating_sub(1) } else { parts.len() };
    let mut lines: Vec<_> = parts.iter().skip(top).take(shown).map(|part| format!(" {part}")).collect();
    if most > 0 {
        let (up, down) = (theme.shape("↑", "Up"), theme.shape("↓", "Down"));
        let arrows = match top {
            0 => down.to_owned(),
            top if top < most => format!("{up} {down}"),
            _ => up.to_owned(),
        };
        lines.push(format!(" {} of {} lines · {arrows} reads on", top + shown, parts.len()));
    }
    frame.render_widget(Clear, place);
    for (row, text) in place.rows().zip(&lines) {
        line(frame, row, text, style);
    }
}

/// Returns a bar of `cells` cells filled to `done` of `total`.
pub fn gauge(theme: Theme, cells: usize, done: u64, total: u64) -> String {
    let filled = (done.min(total) * cells as u64).checked_div(total).unwrap_or_default() as usize;
    theme.shape("█", "#").repeat(filled) + &theme.shape("░", "-").repeat(cells - filled)
}
