//! The title, the footer, and the lines of the notice between them.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use crate::domain::text::{clip, width, wrap};
use crate::tui::keys::{Help, shown};
use crate::tui::theme::Theme;

/// The width of the program's name with its blanks, in cells.
const NAME_WIDTH: usize = 8;
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

/// The content of the title.
#[derive(Debug)]
pub struct Title<'a> {
    /// The tabs and their numbers.
    pub tabs: &'a [(&'a str, String)],
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
            Front::Tab(at) => self.tabs.get(at).map_or("", |(name, _)| name),
            Front::Board(name) => name,
        }
    }
}

/// Draws the title: the program, the tabs, and on the right the store, what else fits, and the mark. If there is no room
/// for all tabs, only the screen in front is drawn. The numbers beside the tabs are drawn where they leave room for one
/// of the texts on the right. The names of the screen and of the store and the mark are drawn at every width.
pub fn title(frame: &mut Frame<'_>, area: Rect, theme: Theme, title: &Title<'_>) {
    let Title { store, right, mark, .. } = title;
    let room = usize::from(area.width);
    let mark_width = mark.map_or(0, |mark| width(mark) + 2);
    let behind = store.width() + mark_width;
    let beside = |text: &String| if text.is_empty() { 0 } else { width(text) + 3 };
    let least = right.last().map_or(0, beside);
    let with_text =
        right.iter().filter(|text| !text.is_empty()).map(beside).min().map_or(usize::MAX, |text| text + 2);
    let arranged = [(true, WIDE_GAP, with_text), (false, WIDE_GAP, least), (false, NARROW_GAP, least)];
    let fits = |(has_counts, gap, needed)| {
        let spans = all_tabs(theme, title, has_counts, gap);
        let taken = NAME_WIDTH + spans.iter().map(Span::width).sum::<usize>() + behind + 1;
        (taken.saturating_add(needed) <= room).then_some(spans)
    };
    let mut spans = vec![Span::styled(" NEXUS  ", theme.strong())];
    match arranged.into_iter().filter(|_| title.tabs.len() > 1).find_map(fits) {
        Some(tabs) => spans.extend(tabs),
        None => spans.push(Span::styled(format!(" {} ", title.front_name()), theme.focus())),
    }
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
    frame.render_widget(Line::from(spans), Rect { height: 1, ..area });
}

/// Returns the tabs, each with its digit, its name and its number if it has one; then the board, if that is in front.
fn all_tabs<'t>(theme: Theme, title: &Title<'t>, has_counts: bool, gap: &'static str) -> Vec<Span<'t>> {
    let mut spans = Vec::new();
    for (at, (name, number)) in title.tabs.iter().enumerate() {
        let style = if title.front == Front::Tab(at) { theme.focus() } else { Style::new() };
        spans.extend([Span::styled(format!(" {at} "), theme.quiet()), Span::styled(*name, style)]);
        if has_counts && !number.is_empty() {
            spans.extend([Span::raw(" "), Span::styled(number.as_str(), theme.quiet())]);
        }
        spans.push(Span::raw(gap));
    }
    if let Front::Board(name) = title.front {
        spans.extend([Span::raw(" "), Span::styled(name, theme.focus()), Span::raw(gap)]);
    }
    spans
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
    frame.render_widget(Line::from(spans), Rect { height: 1, ..area });
}

fn hint_width(help: &Help) -> usize {
    help.on.first().map_or(0, |on| width(&shown(on))) + width(help.hint) + 4
}

/// Draws a line of text, clipped.
pub fn line(frame: &mut Frame<'_>, area: Rect, text: &str, style: Style) {
    let text = clip(text, usize::from(area.width)).into_owned();
    frame.render_widget(Line::from(Span::styled(text, style)), Rect { height: 1, ..area });
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

/// Draws a message in as many lines as it needs, the last of them at the foot of `area`. It covers what is drawn there.
/// If the area is too low, the message begins with line `top`, and the last line says how to read on.
pub fn message(frame: &mut Frame<'_>, area: Rect, theme: Theme, text: &str, style: Style, top: usize) {
    let parts = message_lines(text, area.width);
    let most = message_overflow(text, area);
    let top = top.min(most);
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
    let height = lines.len() as u16;
    let place = Rect { y: area.bottom().saturating_sub(height), height, ..area };
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
