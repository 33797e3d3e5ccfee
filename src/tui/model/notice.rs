//! Notices at the foot of the screen: readable in full at any size.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::domain::text::{visible, width};
use crate::service::contract::Failure;
use crate::tui::theme::Theme;
use crate::tui::widgets::bars;
use crate::tui::widgets::progress::{self, RunningWork};

use super::{Model, Notice, SAY_WAITING, SHOW_BAR};

/// Returns the lines that a notice may cover: all but the title and the footer.
pub(super) fn area(screen: Rect) -> Rect {
    Rect { y: screen.y + 1, height: screen.height.saturating_sub(2), ..screen }
}

impl Notice {
    /// Returns true if it stays until a key is pressed.
    pub(super) const fn stays(&self) -> bool {
        match self {
            Self::Failed(_) | Self::Warning(_) => true,
            Self::Info { .. } => false,
        }
    }

    /// Returns the text, safe for a terminal of so many columns, and its style.
    fn shown(&self, theme: Theme, columns: u16) -> (String, Style) {
        match self {
            Self::Failed(failure) => (explained(theme.shape("×", "x"), failure), theme.bad()),
            Self::Warning(failure) => (explained(theme.shape("▲", "!"), failure), theme.care()),
            Self::Info { text, is_done, hint, also, .. } => {
                // An action that changed nothing has no tick.
                let (shape, style) = if *is_done {
                    (theme.shape("✓", "+"), theme.good())
                } else {
                    (theme.shape("–", "-"), theme.quiet())
                };
                let [hint, also] = [hint, also]
                    .map(|part| part.as_ref().map(|part| format!(" · {part}")).unwrap_or_default());
                let text = format!("{shape} {}{hint}", visible(text));
                let fits = width(&text) + width(&also) < usize::from(columns);
                (if fits { text + &also } else { text }, style)
            }
        }
    }
}

fn explained(shape: &str, failure: &Failure) -> String {
    let hint = failure.hint.as_ref().map(|hint| format!("  {hint}")).unwrap_or_default();
    visible(&format!("{shape} {}{hint}", failure.message)).into_owned()
}

impl Model {
    /// Shows a notice in place of any other. While the console is locked it waits, because it may name rows.
    pub(super) fn notify(&mut self, notice: Notice) {
        if self.is_locked() {
            self.withheld = Some(notice);
        } else {
            self.show_notice(notice);
        }
    }

    /// Shows a notice in place of any other, even while the console is locked.
    pub(super) fn show_notice(&mut self, notice: Notice) {
        self.notice = Some(notice);
        self.notice_top = 0;
    }

    /// Scrolls a notice that has more lines than there is room for. Returns false if the key does not scroll.
    pub(super) fn scroll_notice(&mut self, key: &str) -> bool {
        let (columns, rows) = self.start.size;
        let area = area(Rect { x: 0, y: 0, width: columns, height: rows });
        let Some(notice) = self.notice.as_ref().filter(|_| self.fits()) else { return false };
        let most = bars::message_overflow(&notice.shown(self.theme, columns).0, area);
        let page = usize::from(area.height).saturating_sub(2).max(1);
        let top = self.notice_top.min(most);
        let to = match key {
            "down" => top + 1,
            "up" => top.saturating_sub(1),
            "pagedown" => top + page,
            "pageup" => top.saturating_sub(page),
            _ => return false,
        };
        self.notice_top = to.min(most);
        most > 0
    }

    /// Returns the lines that the notice takes.
    pub(super) fn notice_place(&self, area: Rect) -> Option<Rect> {
        let notice = self.notice.as_ref()?;
        Some(bars::message_place(area, &notice.shown(self.theme, area.width).0))
    }

    /// Draws the notice, or the work that somebody waits for, over the foot of `area`.
    pub(super) fn view_notice(&self, frame: &mut Frame<'_>, area: Rect) {
        let theme = self.theme;
        match (&self.notice, self.pending.work()) {
            (Some(Notice::Info { .. }) | None, Some(work))
                if self.now - work.since >= SAY_WAITING && self.login.is_none() =>
            {
                let slow = self.now - work.since >= SHOW_BAR;
                let place = Rect { y: area.bottom() - 1, height: 1, ..area };
                progress::view(
                    frame,
                    place,
                    theme,
                    &RunningWork { rate: work.rate.filter(|_| slow), ..work },
                );
            }
            (Some(notice), _) => {
                let (text, style) = notice.shown(theme, area.width);
                bars::message(frame, area, theme, &text, style, self.notice_top);
            }
            (None, _) => {}
        }
    }
}
