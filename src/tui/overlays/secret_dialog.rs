//! A dialog that shows a token or an access code once.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Alignment;
use ratatui::text::{Line, Span, Text};

use crate::domain::secret::Secret;
use crate::domain::text::{excerpt, visible, width, wrap};
use crate::domain::time::{Timestamp, span};
use crate::service::contract::{Action, ActionSummary, INVITATION_NEEDS};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{self, Help};
use crate::tui::widgets::dialog_frame;

/// The most width of the dialog inside its frame, in cells: a token fits into one line.
const WIDTH: u16 = 56;

/// A secret, what it is for, and what to do with it.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretDialog {
    title: String,
    secret: Secret,
    expires_at: Timestamp,
    /// The next step, in sentences.
    next: String,
}

impl SecretDialog {
    /// Creates the dialog for the token or code that an action made.
    pub fn new(summary: &ActionSummary, secret: Secret, expires_at: Timestamp) -> Self {
        let (what, next) = if summary.action == Action::Issued {
            ("Token", "Give it to the program that acts for the account.")
        } else if summary.action == Action::Invited {
            ("Code", "Whoever has it can register at the log-in screen, once. ")
        } else {
            ("Access code", "Enter it as the password at the next log-in, then choose a new password.")
        };
        let needs = if summary.action == Action::Invited { INVITATION_NEEDS } else { "" };
        let next = format!("{next}{needs}");
        let title = format!("{what} for {}", excerpt(summary.label.as_deref().unwrap_or_default()));
        Self { title, secret, expires_at, next }
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        if matches!(key.code, KeyCode::Esc | KeyCode::Enter) {
            return vec![Ask::Close];
        }
        let copy = keys::typed(key) == Some('y');
        copy.then(|| Ask::Copy(self.secret.expose().to_owned())).into_iter().collect()
    }

    /// Returns the keys for the footer.
    pub fn hints() -> Vec<Help> {
        let hint = Help::of_dialog;
        vec![hint(&["y"], "copy"), hint(&["enter"], "close")]
    }

    /// Returns the sentences below the secret: its end, that it is shown only now, the next step.
    fn sentences(&self, context: &Context) -> [String; 3] {
        let left = span(self.expires_at - context.now);
        let end =
            format!("Good until {} {} ({left}).", context.date_time(self.expires_at), context.zone_name());
        [end, "It is shown only now.".into(), self.next.clone()]
    }

    /// Returns the title, the secret and the sentences below it.
    pub fn text(&self, context: &Context) -> Vec<String> {
        let head = [visible(&self.title).into_owned(), self.secret.expose().to_owned()];
        head.into_iter().chain(self.sentences(context)).collect()
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let most = WIDTH.min(context.body.width.saturating_sub(4));
        let wrapped = |text: &str, style| -> Vec<_> {
            wrap(text, most.into()).into_iter().map(|part| Line::styled(part.to_owned(), style)).collect()
        };
        let [end, once, next] = self.sentences(context);
        let mut lines = wrapped(self.secret.expose(), theme.strong());
        lines.push(Line::raw(""));
        lines.extend(wrapped(&end, theme.plain()));
        lines.extend(wrapped(&once, theme.care()));
        lines.extend(wrapped(&next, theme.plain()));
        lines.push(Line::raw(""));
        let buttons = vec![
            Span::styled("y", theme.accent()),
            Span::raw(" copy    "),
            Span::styled("[ Close ]", theme.cursor()),
        ];
        lines.push(Line::from(buttons).alignment(Alignment::Right));
        if lines.len() + 2 > usize::from(context.body.height) {
            lines.retain(|line| line.width() > 0);
        }
        let title = visible(&self.title);
        let widest = lines.iter().map(Line::width).max().unwrap_or_default().max(width(&title) + 2);
        let inside = dialog_frame::draw(
            frame,
            context.body,
            theme,
            &self.title,
            most.min(widest as u16),
            lines.len() as u16,
        );
        frame.render_widget(Text::from(lines), inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::{context, keys, now};

    #[test]
    fn it_says_what_the_secret_is_good_for() {
        let context = context(80, 24);
        for (action, label, words) in [
            (Action::Issued, "alan", ["Token for alan", "Give it to the program that acts for the account."]),
            (
                Action::Invited,
                "invitation 1",
                ["Code for invitation 1", "register at the log-in screen, once. It works while"],
            ),
            (
                Action::CodeMade,
                "alan",
                ["Access code for alan", "Enter it as the password at the next log-in"],
            ),
        ] {
            let summary = ActionSummary { label: Some(label.into()), ..ActionSummary::new(action) };
            let dialog = SecretDialog::new(&summary, Secret::from_text("x").unwrap(), now());
            let text = dialog.text(&context).join("\n");
            assert!(words.iter().all(|words| text.contains(words)), "{text}");
        }
    }

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
