//! The drawing around the rows: filter, marks, position, and the reason for an empty list.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::text::{clip, grouped, visible, width, wrap};
use crate::domain::user::AccessLevel;
use crate::tui::context::Context;
use crate::tui::keys::{Found, find};
use crate::tui::widgets::{bars, drawn};

use super::filter_line::{FilterHint, FilterLine};
use super::{ListSpec, Listing};

/// The blanks between two texts that may follow in the filter line.
const HINT_GAP: usize = 3;

/// The key that adds a row, which an empty list names.
const ADD: &str = "a";

/// The width of the terminal below which a filter takes the room of the zone, and from which all rows are counted.
const NARROW: u16 = 50;
const WIDE: u16 = 70;

impl<S: ListSpec> Listing<S> {
    /// Draws the line above the rows: the filter on the left, marks and position on the right.
    /// An order that no heading shows is told, too.
    pub(crate) fn view_status(
        &self,
        context: &Context,
        frame: &mut Frame<'_>,
        area: Rect,
        unit: &str,
        order: Option<&str>,
    ) {
        let theme = context.theme;
        let right = self.position_words(context, unit, order);
        let room = self.filter_room(context, unit, order);
        let left = self.filter_spans(context, room);
        let used: usize = left.iter().map(Span::width).sum();
        let gap = usize::from(area.width).saturating_sub(used + width(&right) + 1);
        let mut spans = left;
        spans.push(Span::raw(" ".repeat(gap)));
        spans.push(Span::styled(right, theme.quiet()));
        drawn::spans(frame, area, &spans);
        if let Some(line) = &self.editing {
            let (_, cursor) = line.input().shown(false, "");
            let x = area.x + (cursor + 3).min(room) as u16;
            frame.set_cursor_position((x, area.y));
        }
    }

    /// Returns the error of the filter.
    pub(crate) fn fault_text(&self) -> Option<String> {
        self.fault.as_ref().map(|fault| visible(fault).into_owned())
    }

    /// Returns the filter, and marks and position.
    pub(crate) fn status_text(&self, context: &Context, unit: &str, order: Option<&str>) -> Vec<String> {
        let filter = (!self.filter_text.is_empty()).then(|| format!("/ {}", visible(&self.filter_text)));
        let position = self.position_words(context, unit, order).replace("   ", " · ");
        filter.into_iter().chain([position]).collect()
    }

    /// Returns the reason for an empty list, and the key to press.
    pub(crate) fn empty_words(&self, context: &Context, none: &str, filtered: &str) -> Option<String> {
        if !self.loaded || self.scroll.total() > 0 {
            return None;
        }
        let words = if self.filter.is_empty() { none } else { filtered };
        // The key to press follows the reason; if nothing can be changed, it is left out.
        let is_entered = !self.base_filter.is_empty() && self.filter_text == self.base_filter;
        let words = match words.split_once("  ") {
            Some((why, _)) if self.filter.is_empty() && Self::withholds_adding(context) => why.to_owned(),
            // Esc does not drop the filter with which the screen was entered.
            Some((why, _)) if is_entered => format!("{why}  {{out esc}} leads back."),
            Some(_) | None => words.to_owned(),
        };
        Some(context.with_keys(&words))
    }

    /// Returns true if the key that adds a row cannot be used: it is not named then.
    fn withholds_adding(context: &Context) -> bool {
        let is_plain = context.viewer.is_some_and(|viewer| viewer.level == AccessLevel::User);
        let needs_admin = matches!(find(S::KEYS, ADD), Found::Hit(msg) if S::needs_admin(msg));
        context.read_only || (is_plain && needs_admin)
    }

    /// Draws the reason for an empty list, and the key to press.
    pub(crate) fn view_empty(
        &self,
        context: &Context,
        frame: &mut Frame<'_>,
        area: Rect,
        none: &str,
        filtered: &str,
    ) {
        if let Some(words) = self.empty_words(context, none, filtered).filter(|_| area.height > 2) {
            let place = Rect {
                x: area.x + 3,
                y: area.y + 2,
                width: area.width.saturating_sub(4),
                height: area.height - 2,
            };
            let words = wrap(&words, place.width.into());
            for (line, words) in place.rows().zip(words) {
                frame.render_widget(Line::styled(words.to_owned(), context.theme.quiet()), line);
            }
        }
    }

    fn filter_spans(&self, context: &Context, room: usize) -> Vec<Span<'static>> {
        let theme = context.theme;
        if self.editing.is_none() && self.filter_text.is_empty() {
            return vec![Span::raw(" ")];
        }
        let text = visible(&self.filter_text).into_owned();
        let text_style = if self.editing.is_some() { theme.accent() } else { theme.strong() };
        let mut spans = vec![
            Span::styled(" / ", theme.accent()),
            Span::styled(clip(&text, room.saturating_sub(3)).into_owned(), text_style),
        ];
        if let Some(fault) = self.fault_words(context).filter(|fault| fits_behind(&text, fault, room)) {
            spans.push(Span::styled(format!("  {fault}"), theme.bad()));
        }
        spans
    }

    /// Returns the number of cells for the filter, left of the position.
    fn filter_room(&self, context: &Context, unit: &str, order: Option<&str>) -> usize {
        let right = width(&self.position_words(context, unit, order));
        usize::from(context.body.width).saturating_sub(right + 3)
    }

    fn fault_words(&self, context: &Context) -> Option<String> {
        let fault = self.fault.as_ref()?;
        if self.editing.as_ref().is_some_and(FilterLine::is_unfinished) {
            return None;
        }
        Some(format!("{}{}", context.theme.sign("×", "x"), visible(fault)))
    }

    /// Draws what may follow in the open filter line, above the footer.
    pub(crate) fn view_hint(&self, context: &Context, frame: &mut Frame<'_>) {
        let Some(line) = &self.editing else { return };
        let (theme, body) = (context.theme, context.body);
        let FilterHint { texts, chosen } = line.hint();
        let room = usize::from(body.width).saturating_sub(1);
        // The text that was filled in is among those that show.
        let first = (0..=chosen.unwrap_or_default()).find(|first| {
            let upto = texts.iter().skip(*first).take(chosen.unwrap_or_default() + 1 - first);
            upto.map(|text| width(&visible(text)) + HINT_GAP).sum::<usize>() <= room
        });
        let mut spans = vec![Span::raw(" ")];
        let mut used = 1;
        for (at, text) in texts.iter().enumerate().skip(first.unwrap_or_default()) {
            let text = visible(text).into_owned();
            used += width(&text) + HINT_GAP;
            if used > room && spans.len() > 1 {
                spans.push(Span::styled(theme.shape("…", "~"), theme.quiet()));
                break;
            }
            let style = if Some(at) == chosen { theme.cursor() } else { theme.quiet() };
            spans.extend([Span::styled(text, style), Span::raw(" ".repeat(HINT_GAP))]);
        }
        drawn::spans(frame, Rect { y: body.bottom(), height: 1, ..body }, &spans);
    }

    /// Draws the error of the filter at the foot of the screen, if there is no room behind the filter.
    pub(crate) fn view_fault(
        &self,
        context: &Context,
        frame: &mut Frame<'_>,
        unit: &str,
        order: Option<&str>,
    ) {
        let room = self.filter_room(context, unit, order);
        let text = visible(&self.filter_text);
        if let Some(fault) = self.fault_words(context).filter(|fault| !fits_behind(&text, fault, room)) {
            let body = context.body;
            let place = Rect { height: body.height + 1, ..body };
            bars::message(frame, place, context.theme, &fault, context.theme.bad(), 0);
        }
    }

    /// Returns marks, position, order and time zone: `3 marked   row 12 of 51 · 300 accounts · id ▴ · UTC`
    fn position_words(&self, context: &Context, unit: &str, order: Option<&str>) -> String {
        let columns = context.body.width;
        let (total, all) = (self.scroll.total(), self.scroll.unfiltered());
        let position = match (total, all) {
            (0, _) if !self.loaded => String::new(),
            (0, 0) => format!("no {unit}"),
            (0, all) if columns < WIDE => format!("none of {}", grouped(all)),
            (0, all) => format!("none of {} {unit}", grouped(all)),
            (total, _) => format!("row {} of {}", grouped(self.scroll.cursor() + 1), grouped(total)),
        };
        let all = (total > 0 && all != total && columns >= WIDE).then(|| format!("{} {unit}", grouped(all)));
        let marks = match self.marks.count(total) {
            _ if self.range.is_some() => "range   ".to_owned(),
            0 => String::new(),
            marked => format!("{} marked   ", grouped(marked)),
        };
        let parts = [Some(position), all, order.map(str::to_owned)].into_iter().flatten();
        let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
        let words = format!("{marks}{}", parts.join(" · "));
        // Where it is so narrow, a filter needs the room.
        let is_filtered = self.editing.is_some() || !self.filter_text.is_empty();
        let zone = context.zone_name();
        let has_zone =
            columns >= NARROW || (!is_filtered && width(&words) + width(zone) + 5 <= columns.into());
        if !has_zone {
            return words;
        }
        let dot = if parts.is_empty() { "" } else { " · " };
        format!("{words}{dot}{zone}")
    }
}

/// Returns true if the error of a filter has room behind it, between the slash and the position.
fn fits_behind(filter: &str, fault: &str, room: usize) -> bool {
    3 + width(filter) + 2 + width(fault) <= room
}
