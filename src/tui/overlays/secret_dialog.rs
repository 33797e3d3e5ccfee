//! A dialog that shows a token or an access code once.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::text::{Line, Text};

use crate::domain::secret::Secret;
use crate::domain::text::{excerpt, wrap};
use crate::domain::time::{Timestamp, date_time};
use crate::service::contract::{Action, ActionSummary};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys;
use crate::tui::widgets::dialog_frame;

/// The width of the dialog in cells: a token fits into one line.
const WIDTH: u16 = 52;

/// A secret and its title.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretDialog {
    title: String,
    secret: Secret,
    expires_at: Timestamp,
}

impl SecretDialog {
    /// Creates the dialog for the token or code that an action made.
    pub fn new(summary: &ActionSummary, secret: Secret, expires_at: Timestamp) -> Self {
        let what = if summary.action == Action::Issued { "Token" } else { "Access code" };
        let title = format!("{what} for {}", excerpt(summary.label.as_deref().unwrap_or_default()));
        Self { title, secret, expires_at }
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        if matches!(key.code, KeyCode::Esc | KeyCode::Enter) {
            return vec![Ask::Close];
        }
        let copy = keys::typed(key) == Some('y');
        copy.then(|| Ask::Copy(self.secret.expose().to_owned())).into_iter().collect()
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let room = usize::from(WIDTH.min(context.body.width.saturating_sub(4)));
        let wrapped = |text: &str, style| -> Vec<_> {
            wrap(text, room).into_iter().map(|part| Line::styled(part.to_owned(), style)).collect()
        };
        let mut lines = wrapped(self.secret.expose(), theme.strong());
        lines.push(Line::raw(""));
        lines.extend(wrapped(&format!("good until {} UTC", date_time(self.expires_at)), theme.quiet()));
        lines.push(Line::styled("shown this once", theme.quiet()));
        lines.push(Line::styled("y copies it   Enter closes", theme.quiet()));
        if lines.len() + 2 > usize::from(context.body.height) {
            lines.retain(|line| line.width() > 0);
        }
        let inside = dialog_frame::draw(frame, context.body, theme, &self.title, WIDTH, lines.len() as u16);
        frame.render_widget(Text::from(lines), inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::{keys, now};

    #[test]
    fn it_copies_and_closes_only() {
        let mut reveal = SecretDialog::new(
            &ActionSummary::new(Action::Issued),
            Secret::from_text("nxs_x").unwrap(),
            now(),
        );
        assert_eq!(reveal.press(keys("y")[0]), [Ask::Copy("nxs_x".into())]);
        assert_eq!(reveal.press(keys("x")[0]), []);
        assert_eq!(reveal.press(keys("<enter>")[0]), [Ask::Close]);
        assert!(!format!("{reveal:?}").contains("nxs_"));
    }
}
