//! Small charts, by ratatui's own widgets: shares of a whole, bars, and a line with the area below it.
//!
//! They tell shapes, not numbers: whoever draws one puts its scale in words beside it. Where the terminal takes ASCII only,
//! letters stand for the levels of a bar.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::symbols::{Marker, bar};
use ratatui::text::{Line, Span};
use ratatui::widgets::canvas::{Canvas, Points};
use ratatui::widgets::{Bar, BarChart, BarGroup, Widget as _};

use crate::tui::theme::Theme;

/// The levels that a cell of a bar has.
const LEVELS: u64 = 8;
/// The widest bar in cells, with its gap.
const WIDEST: usize = 4;
/// The dots of a cell in Braille: across, and upwards.
const DOTS: (usize, u64) = (2, 4);

/// The levels of a bar in ASCII.
const ASCII_BARS: bar::Set<'static> = bar::Set {
    full: "#",
    seven_eighths: "#",
    three_quarters: "+",
    five_eighths: "+",
    half: "=",
    three_eighths: "=",
    one_quarter: "-",
    one_eighth: "-",
    empty: " ",
};

/// A part of a whole: its size, the text of one of its cells, and its style.
pub type Share = (u64, &'static str, Style);

/// Returns a bar of `cells` cells, divided as the shares are. A share that is not zero has a cell at least.
pub fn shares(theme: Theme, cells: usize, shares: &[Share]) -> Line<'static> {
    let total: u64 = shares.iter().map(|(size, ..)| size).sum();
    if total == 0 {
        return Line::styled(theme.shape("▁", "_").repeat(cells), theme.quiet());
    }
    let part = |size: u64| (u128::from(size) * cells as u128 / u128::from(total)) as usize;
    let mut parts: Vec<_> = shares.iter().map(|(size, ..)| part(*size).max(usize::from(*size > 0))).collect();
    let largest = shares.iter().enumerate().max_by_key(|(_, (size, ..))| size).map_or(0, |(at, _)| at);
    let others: usize = parts.iter().enumerate().filter(|(at, _)| *at != largest).map(|(_, part)| part).sum();
    if let Some(part) = parts.get_mut(largest) {
        *part = cells.saturating_sub(others);
    }
    let spans =
        shares.iter().zip(parts).map(|((_, cell, style), part)| Span::styled(cell.repeat(part), *style));
    Line::from(spans.collect::<Vec<_>>())
}

/// Returns the cells of a bar and of the gap after it, for so many bars in `room` cells.
fn pitch(number: usize, room: usize) -> (u16, u16) {
    match ((room + 1).checked_div(number)).unwrap_or_default().min(WIDEST) {
        0 | 1 => (1, 0),
        cells => (cells as u16 - 1, 1),
    }
}

/// Returns the cells that so many bars take of `room` cells.
pub fn bars_width(number: usize, room: usize) -> usize {
    let (width, gap) = pitch(number, room);
    (number * usize::from(width + gap)).saturating_sub(gap.into()).min(room)
}

/// Draws a bar for each value, the last one always. Values that have no room are left out, the first ones first.
pub fn bars(theme: Theme, buffer: &mut Buffer, area: Rect, values: &[u64], style: Style) {
    let room = usize::from(area.width);
    let values = values.get(values.len().saturating_sub(room)..).unwrap_or_default();
    if values.is_empty() || area.is_empty() {
        return;
    }
    let (width, gap) = pitch(values.len(), room);
    let full = u64::from(area.height) * LEVELS;
    let most = values.iter().copied().max().unwrap_or_default();
    let bar = |value: &u64| Bar::default().value(level(*value, most, full)).text_value(String::new());
    let bars: Vec<_> = values.iter().map(bar).collect();
    let set = if theme.shape("█", "#") == "█" { bar::NINE_LEVELS } else { ASCII_BARS };
    BarChart::default()
        .data(BarGroup::default().bars(&bars))
        .bar_width(width)
        .bar_gap(gap)
        .bar_set(set)
        .bar_style(style)
        .max(full)
        .render(area, buffer);
    let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
    for (at, _) in values.iter().enumerate().filter(|(_, value)| **value == 0) {
        let x = foot.x + at as u16 * (width + gap);
        let base = theme.shape("▁", "_").repeat(width.into());
        // No colour of the bars is left in it: nothing is neither good nor bad.
        buffer.set_stringn(x, foot.y, base, width.into(), Style::reset().patch(theme.quiet()));
    }
}

/// Returns the level of a value, of `full` for the largest: 0 for 0, and otherwise more than the base line has.
fn level(value: u64, most: u64, full: u64) -> u64 {
    if value == 0 {
        return 0;
    }
    let level = u128::from(value) * u128::from(full) / u128::from(most.max(1));
    (level as u64).max(2)
}

/// Draws a line over time, with the area below it filled.
pub fn line(theme: Theme, buffer: &mut Buffer, area: Rect, values: &[u64], style: Style) {
    if area.is_empty() || values.is_empty() {
        return;
    }
    let cells = usize::from(area.width);
    if theme.shape("⣿", "").is_empty() {
        return bars(theme, buffer, area, &resampled(values, cells), style);
    }
    let (across, upwards) = (cells * DOTS.0, u64::from(area.height) * DOTS.1);
    let values = resampled(values, across);
    let most = values.iter().copied().max().unwrap_or_default();
    let mut dots = Vec::new();
    for (x, value) in values.iter().enumerate() {
        // The lowest dots are the base line.
        let top = if *value == 0 { 0 } else { level(*value, most, upwards - 1).clamp(1, upwards - 1) };
        dots.extend((0..=top).map(|y| (x as f64, y as f64)));
    }
    Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([0.0, (across - 1) as f64])
        .y_bounds([0.0, (upwards - 1) as f64])
        .paint(|canvas| canvas.draw(&Points::new(&dots, style.fg.unwrap_or(Color::Reset))))
        .render(area, buffer);
}

/// Returns so many values that follow the course of these.
fn resampled(values: &[u64], number: usize) -> Vec<u64> {
    let last = values.len().saturating_sub(1);
    let steps = number.saturating_sub(1).max(1);
    let at = |step: usize| (step * last + steps / 2) / steps;
    (0..number).filter_map(|step| values.get(at(step)).copied()).collect()
}

#[cfg(test)]
mod tests {
    use crate::tui::theme::TerminalFeatures;

    use super::*;

    const UNICODE: Theme = Theme::new(TerminalFeatures { colour: true, unicode: true });
    const ASCII: Theme = Theme::new(TerminalFeatures { colour: false, unicode: false });

    type Draw = fn(Theme, &mut Buffer, Rect, &[u64], Style);

    fn drawn(draw: Draw, theme: Theme, (width, height): (u16, u16), values: &[u64]) -> Vec<String> {
        let area = Rect { x: 0, y: 0, width, height };
        let mut buffer = Buffer::empty(area);
        draw(theme, &mut buffer, area, values, Style::new());
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..height).map(row).collect()
    }

    #[test]
    fn shares_fill_the_bar_and_none_is_lost() {
        let bar = |sizes: [u64; 3]| {
            let style = Style::new();
            let [a, b, c] = sizes;
            shares(UNICODE, 10, &[(a, "a", style), (b, "b", style), (c, "c", style)]).to_string()
        };
        assert_eq!(bar([5, 3, 2]), "aaaaabbbcc");
        assert_eq!(bar([1, 1_000_000, 1]), "abbbbbbbbc");
        assert_eq!(bar([u64::MAX / 2, 0, 0]), "aaaaaaaaaa");
        assert_eq!(bar([0, 0, 0]), "▁▁▁▁▁▁▁▁▁▁");
    }

    #[test]
    fn bars_have_gaps_where_there_is_room_and_keep_the_last_where_there_is_none() {
        assert_eq!(drawn(bars, UNICODE, (5, 1), &[0, 4, 8]), ["▁ ▄ █"]);
        assert_eq!(drawn(bars, UNICODE, (3, 1), &[8, 8, 0, 4, 8]), ["▁▄█"]);
        assert_eq!(drawn(bars, UNICODE, (3, 2), &[1, 0, 1_000]), ["  █", "▂▁█"]);
        assert_eq!(drawn(bars, ASCII, (5, 1), &[0, 4, 8]), ["_ = #"]);
        assert_eq!(drawn(bars, UNICODE, (3, 1), &[]), ["   "]);
    }

    #[test]
    fn a_line_is_drawn_in_braille_or_in_letters() {
        assert_eq!(drawn(line, UNICODE, (4, 1), &[0, 0, 4, 4]), ["⣀⣀⣿⣿"]);
        assert_eq!(drawn(line, UNICODE, (2, 1), &[0]), ["⣀⣀"]);
        assert_eq!(drawn(line, ASCII, (4, 1), &[0, 0, 4, 4]), ["__##"]);
    }

    #[test]
    fn values_are_spread_evenly() {
        assert_eq!(resampled(&[1, 2, 3], 3), [1, 2, 3]);
        assert_eq!(resampled(&[1, 3], 4), [1, 1, 3, 3]);
        assert_eq!(resampled(&[1, 2, 3, 4, 5], 3), [1, 3, 5]);
        assert_eq!(resampled(&[7], 2), [7, 7]);
    }
}
