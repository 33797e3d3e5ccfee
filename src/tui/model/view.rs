//! The drawing of the console: title, screen in front, notice, footer, dialog.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::domain::text::visible_name;
use crate::domain::time::span;
use crate::tui::keys::Help;
use crate::tui::overlays::Overlay;
use crate::tui::route::ScreenId;
use crate::tui::screens::screen::Screen;
use crate::tui::screens::{SCREENS, ScreenDef};
use crate::tui::widgets::bars::{self, Front, TabTitle, Title};

use super::{MIN_SIZE, Model, Notice, notice};

/// Returns the screens that have a tab.
fn tabs() -> impl Iterator<Item = &'static ScreenDef> {
    SCREENS.iter().filter(|screen| screen.tab.is_some())
}

impl Model {
    pub fn view(&self, frame: &mut Frame<'_>) {
        self.view_screen(frame);
        self.theme.paint_ground(frame.buffer_mut());
    }

    fn view_screen(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        if area.width < MIN_SIZE.0 || area.height < MIN_SIZE.1 {
            let words = format!(
                "NEXUS needs {} × {}; this is {} × {}",
                MIN_SIZE.0, MIN_SIZE.1, area.width, area.height
            );
            return bars::line(frame, area, &words, self.theme.strong());
        }
        let context = self.context();
        let line = |y| Rect { y, height: 1, ..area };
        self.view_title(frame, line(area.y));
        if let Some(screen) = self.screen() {
            screen.view(&context, frame);
        }
        bars::footer(frame, line(area.bottom() - 1), self.theme, &self.hints());
        let foot = notice::area(area);
        let stays = self.notice.as_ref().is_some_and(Notice::stays);
        if !stays {
            self.view_notice(frame, foot);
        }
        self.view_prefix_box(frame, foot);
        let asking = self.asking.as_ref().filter(|asking| asking.is_visible(self.now));
        // A question takes the place of a form, which comes back after it.
        if let Some(overlay) = self.open_dialog().filter(|_| asking.is_none()) {
            overlay.view(&context, frame);
        }
        // A notice that stays until a key may cover a form, but never a question that a key could accept.
        if stays {
            self.view_notice(frame, foot);
        }
        if let Some(asking) = asking {
            asking.view(&context, frame);
        }
    }

    /// Returns the dialog on top, unless a lock hides it.
    pub(super) fn open_dialog(&self) -> Option<&Overlay> {
        self.overlay.as_ref().filter(|_| self.login.is_none())
    }

    fn view_title(&self, frame: &mut Frame<'_>, area: Rect) {
        if let Some(login) = &self.login {
            let tabs = [TabTitle { key: String::new(), name: login.name(), number: String::new() }];
            let mark = self.mark();
            let title = Title {
                tabs: &tabs,
                front: Front::Tab(0),
                store: self.store_mark(),
                right: &[],
                mark: mark.as_deref(),
            };
            return bars::title(frame, area, self.theme, &title);
        }
        self.with_title(|title| bars::title(frame, area, self.theme, title));
    }

    /// Runs `work` on the title of the screen in front.
    fn with_title<T>(&self, work: impl FnOnce(&Title<'_>) -> T) -> T {
        let tab = |screen: &ScreenDef| TabTitle {
            key: self.key_of_screen(screen.id),
            name: screen.name,
            number: self.tab_count(screen.id),
        };
        let titles: Vec<_> = tabs().map(tab).collect();
        let front = match tabs().position(|screen| screen.id == self.front) {
            Some(front) => Front::Tab(front),
            None => Front::Board(self.screen().map_or("", |screen| screen.name())),
        };
        let (right, mark) = (self.title_right(), self.mark());
        let store = self.store_mark();
        work(&Title { tabs: &titles, front, store, right: &right, mark: mark.as_deref() })
    }

    /// Returns the screen whose tab is drawn at this column.
    pub(super) fn tab_at(&self, column: u16) -> Option<ScreenId> {
        let at = self.with_title(|title| title.tab_at(self.theme, self.start.size.0, column))?;
        tabs().nth(at).map(|screen| screen.id)
    }

    /// Returns the name of the store, on its colour if it has one.
    fn store_mark(&self) -> Span<'static> {
        let looks = &self.start.appearance;
        let name = looks.store_name(self.start.store.path());
        // A colour behind the name needs an edge.
        let name = if looks.store_color.is_some() { format!(" {name} ") } else { name };
        let style = match looks.store_color {
            Some(color) => self.theme.store_mark(color),
            None => self.theme.quiet(),
        };
        Span::styled(name, style)
    }

    /// Returns the operator, the time until their session ends and the recording mark: the longest form first, then shorter ones.
    pub(super) fn title_right(&self) -> Vec<String> {
        let recording = self.runbook.file().map(|_| format!("{}rec", self.theme.sign("●", "*")));
        let operator = self.operator.as_ref().map_or_else(Vec::new, |operator| {
            let left = span(operator.expires_at - self.now);
            vec![visible_name(&operator.label).into_owned(), operator.level.word().to_owned(), left]
        });
        [0..3, 0..2, 1..3, 2..3, 0..1, 0..0]
            .into_iter()
            .filter_map(|part| operator.get(part))
            .map(|part| part.iter().chain(&recording).map(String::as_str).collect::<Vec<_>>().join(" · "))
            .collect()
    }

    /// Returns the marks that are shown at every width: that nothing can be changed, and that the clock is behind the
    /// journal.
    pub(super) fn mark(&self) -> Option<String> {
        let clock = self.clock_behind.as_ref().map(|_| format!("{}clock behind", self.theme.sign("▲", "!")));
        let read_only = self.read_only_mark().map(str::to_owned);
        let marks: Vec<_> = self.viewing_mark().into_iter().chain(read_only).chain(clock).collect();
        (!marks.is_empty()).then(|| marks.join(" · "))
    }

    /// Returns the hints of the footer: those of a question or a dialog, or else those of the screen and the way to all
    /// other keys.
    pub(super) fn hints(&self) -> Vec<Help> {
        if let Some(asking) = self.asking.as_ref().filter(|asking| asking.is_visible(self.now)) {
            return asking.hints();
        }
        if let Some(dialog) = self.open_dialog() {
            return dialog.hints();
        }
        if let Some(hints) = self.screen().map(Screen::text_hints).filter(|hints| !hints.is_empty()) {
            return hints.to_vec();
        }
        let mut hints = self.screen().map(|screen| self.help_of(screen)).unwrap_or_default();
        if self.login.is_none() {
            hints.extend(self.everywhere());
        }
        hints.retain(|help| !help.hint.is_empty());
        // A command without a key is not worth the room.
        let mut hints = self.with_their_keys(hints);
        hints.retain(|help| help.on.iter().any(|on| !on.starts_with(':') || on.len() == 1));
        hints
    }
}
