//! The drawing of a question: what would happen, the fields, and the buttons.

use ratatui::layout::Alignment;
use ratatui::text::{Line, Span};

use crate::domain::text::{visible, width};
use crate::tui::context::Context;
use crate::tui::overlays::confirm::layout::{BoxLayout, LEAST_WIDTH, escape, most_width, spaced};
use crate::tui::theme::Theme;
use crate::tui::widgets::detail_lines::wrapped;
use crate::tui::widgets::table::skip_cells;

use super::Question;

/// The width that a field for a reason has at least where there is room for it.
const REASON_WIDTH: usize = 44;
/// The gap between two buttons.
const GAP: &str = "    ";

impl Question {
    pub(super) fn layout(&self, context: &Context) -> BoxLayout {
        let theme = context.theme;
        let most = most_width(context);
        let cells = usize::from(most);
        let mut lines = Vec::new();
        let headline = visible(&self.headline);
        // A name that must be typed is shown in full further down.
        let is_told = self.wanted.as_deref().is_some_and(|wanted| headline.contains(wanted));
        if width(&headline) + 2 > cells && !is_told {
            lines.extend(wrapped(&Line::styled(headline.as_ref(), theme.strong()), cells));
        }
        let told = self.lines.iter().map(|text| Line::raw(visible(text).into_owned()));
        lines.extend(told.flat_map(|line| wrapped(&line, cells)));
        let mut foot = Vec::new();
        let mut least = 0;
        if let Some(reason) = &self.reason {
            foot.push(reason.line(theme, cells));
            foot.extend(reason.fault().map(|fault| {
                let words = format!("{}{fault}", theme.sign("×", "x"));
                Line::styled(words, theme.bad())
            }));
            least = reason.width().max(REASON_WIDTH);
        }
        if let Some(wanted) = &self.wanted {
            foot.push(self.prompt(theme, wanted, cells, &mut lines));
        }
        if self.mismatch {
            let words = format!("{}It does not match. Esc cancels.", theme.sign("×", "x"));
            foot.push(Line::styled(words, theme.bad()));
        }
        if let Some(password) = &self.password {
            foot.extend(password.lines(context, cells, self.is_at_password()));
        }
        foot.push(self.buttons(theme).alignment(Alignment::Right));
        let widest = lines.iter().chain(&foot).map(Line::width).max().unwrap_or_default();
        let widest = widest.max(width(&headline) + 2).max(least) as u16;
        spaced(context, lines, foot, widest.clamp(LEAST_WIDTH.min(most), most))
    }

    /// Returns the line with the typed text. If the words that tell what to type have no room before it, they are added to
    /// `lines`.
    fn prompt(
        &self,
        theme: Theme,
        wanted: &str,
        cells: usize,
        lines: &mut Vec<Line<'static>>,
    ) -> Line<'static> {
        let long = format!("To {}, type {wanted} and press Enter: ", self.word);
        let short = format!("Type {wanted}, then Enter: ");
        let fits = |asks: &&String| width(asks) + width(wanted) < cells;
        let (mut prompt, mut left) = (Vec::new(), cells);
        if let Some(asks) = [&long, &short].into_iter().find(fits) {
            left -= width(asks);
            prompt.push(Span::raw(asks.clone()));
        } else {
            lines.extend(wrapped(&Line::raw(long), cells));
        }
        let has_cursor = !self.is_named && !self.is_in_reason();
        let cursor = if has_cursor { theme.shape("▏", "_") } else { "" };
        let typed = format!("{}{cursor}", self.typed);
        let skip = width(&typed).saturating_sub(left);
        let room = left.min(width(wanted).max(width(&typed)) + 1);
        prompt.push(Span::styled(skip_cells(&typed, skip, room), theme.accent()));
        Line::from(prompt)
    }

    /// Returns the buttons; the one that Enter presses is reversed.
    fn buttons(&self, theme: Theme) -> Line<'static> {
        let gap = || Span::raw(GAP);
        let cancel = || Span::styled("[ Cancel ]", theme.cursor());
        let accept = |word: &str| {
            let [key, cancels] = escape(theme);
            Line::from(vec![key, cancels, gap(), Span::styled(format!("[ {word} ]"), theme.cursor())])
        };
        if let Some(password) = self.password.as_ref().filter(|_| self.is_at_password()) {
            return match (password.is_empty(), password.is_sent) {
                (true, _) => Line::from(vec![cancel()]),
                (false, true) => Line::from(escape(theme).to_vec()),
                (false, false) => accept(self.word),
            };
        }
        match &self.wanted {
            _ if self.is_entered() => accept(self.enter_word()),
            _ if self.is_in_reason() => Line::from(escape(theme).to_vec()),
            Some(_) if self.typed.trim().is_empty() => Line::from(vec![cancel()]),
            Some(_) => Line::from(escape(theme).to_vec()),
            None => {
                let accept = Span::raw(format!(" {}", self.word));
                Line::from(vec![Span::styled("y", theme.bad()), accept, gap(), cancel()])
            }
        }
    }
}
