//! The box above the footer that lists the keys that may follow the first key of a sequence.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use crate::domain::text::width;
use crate::tui::keys::{FollowUp, Group, follow_ups, shown};

use super::Model;

/// The blanks between two keys.
const GAP: usize = 3;
/// The rule for the keys that sort.
const CAPITALS: &str = "capitals sort the other way";
/// The cells that the frame takes: a line and a blank at either side.
const FRAME: usize = 4;

impl Model {
    /// Draws the keys that may follow the first key of a sequence, at the foot of `area`.
    pub(super) fn view_prefix_box(&self, frame: &mut Frame<'_>, area: Rect) {
        let Some(prefix) = self.prefix.as_deref().filter(|_| self.login.is_none()) else { return };
        let room = usize::from(area.width).saturating_sub(FRAME + 1);
        let lines = lines_of(self.prefix_parts(prefix), room);
        let widest = lines.iter().map(|line| line_width(line)).max().unwrap_or_default();
        let height = (lines.len() as u16).min(area.height);
        let columns = ((widest + FRAME) as u16).min(area.width.saturating_sub(1));
        let place = Rect { x: area.x + 1, y: area.bottom() - height, width: columns, height };
        frame.render_widget(Clear, place);
        let edge = Span::styled(self.theme.shape("│", "|"), self.theme.quiet());
        for (row, parts) in place.rows().zip(lines) {
            let blank = " ".repeat(widest - line_width(&parts));
            let mut spans = vec![edge.clone(), Span::raw(" ")];
            for (at, PrefixKey { key, label }) in parts.into_iter().enumerate() {
                spans.push(Span::raw(" ".repeat(if at == 0 { 0 } else { GAP })));
                spans.push(Span::styled(key, self.theme.accent()));
                spans.push(Span::raw(label));
            }
            spans.extend([Span::raw(blank), Span::raw(" "), edge.clone()]);
            frame.render_widget(Line::from(spans), row);
        }
    }

    /// Returns the parts of the box, one a line.
    pub(super) fn prefix_text(&self, prefix: &str) -> Vec<String> {
        let rows = self.help();
        let keys = follow_ups(&rows, prefix);
        let has_capitals = keys.iter().any(|key| key.group == Group::Sort);
        let head = format!("After {}:", shown(prefix));
        let keys = keys.into_iter().map(|follow_up| format!("{}: {}", shown(follow_up.key), follow_up.label));
        let capitals = has_capitals.then(|| CAPITALS.to_owned());
        [head].into_iter().chain(keys).chain(capitals).chain(["Esc: none of them".to_owned()]).collect()
    }

    /// Returns the parts of the box: the prefix, the keys behind it, and the way out.
    fn prefix_parts(&self, prefix: &str) -> Vec<PrefixKey> {
        let rows = self.help();
        let keys = follow_ups(&rows, prefix);
        let has_capitals = keys.iter().any(|key| key.group == Group::Sort);
        let ellipsis = self.theme.shape("…", "...");
        let mut parts = vec![PrefixKey { key: format!("{}{ellipsis}", shown(prefix)), label: String::new() }];
        parts.extend(keys.into_iter().map(PrefixKey::from));
        parts.extend(has_capitals.then(|| PrefixKey { key: String::new(), label: CAPITALS.into() }));
        parts.push(PrefixKey { key: "Esc".into(), label: String::new() });
        parts
    }
}

/// A key of the box with what it leads to.
struct PrefixKey {
    key: String,
    label: String,
}

impl PrefixKey {
    fn width(&self) -> usize {
        width(&self.key) + width(&self.label)
    }
}

impl From<FollowUp> for PrefixKey {
    fn from(follow_up: FollowUp) -> Self {
        Self { key: shown(follow_up.key), label: format!(" {}", follow_up.label) }
    }
}

fn line_width(parts: &[PrefixKey]) -> usize {
    parts.iter().map(PrefixKey::width).sum::<usize>() + GAP * parts.len().saturating_sub(1)
}

/// Puts as many parts on a line as fit; one that fits nowhere has a line of its own.
fn lines_of(parts: Vec<PrefixKey>, room: usize) -> Vec<Vec<PrefixKey>> {
    let mut lines: Vec<Vec<PrefixKey>> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line_width(line) + GAP + part.width() <= room => line.push(part),
            Some(_) | None => lines.push(vec![part]),
        }
    }
    lines
}
