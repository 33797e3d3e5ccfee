//! A field for a token, and the answer to the question whether it is valid.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::domain::text::{visible_name, wrap};
use crate::domain::time::{date_time, span};
use crate::service::contract::{Failure, Reply, Request, Sessions};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{self, Help};
use crate::tui::theme::Theme;
use crate::tui::widgets::dialog_frame;
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::table::skip_cells;

/// The width of the dialog inside its frame, in cells: a token fits into one line.
const WIDTH: u16 = 56;

/// The dialog that verifies a token. The token is shown as dots and wiped as soon as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifyDialog {
    token: InputField,
    state: VerifyState,
}

#[derive(Debug, Clone, PartialEq, Default)]
enum VerifyState {
    #[default]
    Typing,
    Waiting,
    /// The token is valid: label and value of each fact about it.
    Valid(Vec<(&'static str, String)>),
    /// The reason why it is not, or why a pasted text was not taken.
    Refused(String),
}

impl Default for VerifyDialog {
    fn default() -> Self {
        Self { token: InputField::secret(), state: VerifyState::default() }
    }
}

impl VerifyDialog {
    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        match key.code {
            KeyCode::Esc => return vec![Ask::Close],
            KeyCode::Enter => return self.enter(),
            _ => {}
        }
        if keys::typed(key).is_some() && self.is_answered() {
            self.state = VerifyState::Typing;
        }
        if self.state == VerifyState::Typing {
            self.token.press(key);
        }
        Vec::new()
    }

    fn enter(&mut self) -> Vec<Ask> {
        match (&self.state, self.token.as_secret().filter(|token| !token.is_empty())) {
            (VerifyState::Waiting, _) | (VerifyState::Typing, None) => Vec::new(),
            (VerifyState::Typing | VerifyState::Valid(_) | VerifyState::Refused(_), Some(token)) => {
                let request = Request::Sessions(Sessions::Verify(token.clone()));
                self.token.clear();
                self.state = VerifyState::Waiting;
                vec![Ask::Verify(request)]
            }
            (VerifyState::Valid(_) | VerifyState::Refused(_), None) => vec![Ask::Close],
        }
    }

    /// Wipes the token as far as it is typed.
    pub fn wipe(&mut self) {
        self.token.clear();
    }

    /// Adds pasted text to the token, unless a reply is awaited.
    pub fn paste(&mut self, text: &str) {
        if self.state == VerifyState::Waiting {
            return;
        }
        self.token.clear();
        self.state = match self.token.paste(text) {
            Ok(()) => VerifyState::Typing,
            Err(why) => VerifyState::Refused(format!("The pasted text was {why}.")),
        };
    }

    /// Takes the answer of the service.
    pub fn answered(&mut self, context: &Context, result: Result<Reply, Failure>) {
        self.state = match result {
            Ok(Reply::Verified(session, names)) => {
                let name = visible_name(names.label()).into_owned();
                let end = session.expiration.map_or_else(String::new, |end| {
                    format!("{} UTC, in {}", date_time(end), span(session.left(context.now)))
                });
                VerifyState::Valid(vec![
                    ("Account", format!("{name} · account {}", session.user_id)),
                    ("Session", format!("{} · session {}", session.short_id, session.id)),
                    ("Ends", end),
                    ("Origin", visible_name(&session.origin_words()).into_owned()),
                ])
            }
            Ok(_) => VerifyState::Refused("The answer was not understood.".into()),
            Err(failure) => VerifyState::Refused(failure.message),
        };
    }

    fn is_answered(&self) -> bool {
        matches!(self.state, VerifyState::Valid(_) | VerifyState::Refused(_))
    }

    /// Returns the keys for the footer.
    pub fn hints(&self) -> Vec<Help> {
        let enter = if self.is_answered() { "close" } else { "verify" };
        let esc = (!self.is_answered()).then(|| Help::of_dialog(&["esc"], "close"));
        [Help::of_dialog(&["enter"], enter)].into_iter().chain(esc).collect()
    }

    /// Returns true if the dialog waits for a token.
    pub fn takes_token(&self) -> bool {
        self.state == VerifyState::Typing
    }

    /// Returns the answer in lines.
    pub fn text(&self) -> Vec<String> {
        let mut lines = vec!["Verify a token".to_owned()];
        match &self.state {
            VerifyState::Typing | VerifyState::Waiting => {}
            VerifyState::Valid(facts) => {
                lines.push("The token is valid.".into());
                lines.extend(facts.iter().map(|(label, value)| format!("{label}: {value}")));
            }
            VerifyState::Refused(why) => lines.push(visible_name(why).into_owned()),
        }
        lines
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let columns = usize::from(WIDTH.min(context.body.width.saturating_sub(4)));
        let lines = self.lines(theme, columns);
        let height = lines.len() as u16 + 1;
        let inside = dialog_frame::draw(frame, context.body, theme, "Verify a token", WIDTH, height);
        let (dots, cursor) = self.token.shown(false, theme.shape("•", "*"));
        let skip = (cursor + 1).saturating_sub(usize::from(inside.width));
        let dots = skip_cells(&dots, skip, inside.width.into());
        let field = Span::styled(dots, theme.accent().add_modifier(Modifier::UNDERLINED));
        frame.render_widget(Line::from(field), Rect { height: 1.min(inside.height), ..inside });
        frame.set_cursor_position((inside.x + cursor.saturating_sub(skip) as u16, inside.y));
        let below = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
        for (place, line) in below.rows().zip(lines) {
            frame.render_widget(line, place);
        }
    }

    fn lines(&self, theme: Theme, columns: usize) -> Vec<Line<'static>> {
        let mut lines = vec![Line::raw("")];
        match &self.state {
            VerifyState::Typing => {
                lines.push(Line::styled("Paste the token; it is not shown.", theme.quiet()));
            }
            VerifyState::Waiting => lines.push(Line::styled("verifying…", theme.quiet())),
            VerifyState::Valid(facts) => {
                let headline = format!("{}The token is valid.", theme.sign("✓", "+"));
                lines.push(Line::styled(headline, theme.good()));
                for (label, value) in facts {
                    for (at, part) in wrap(value, columns.saturating_sub(9)).into_iter().enumerate() {
                        let label = if at == 0 { *label } else { "" };
                        let label = Span::styled(format!("{label:9}"), theme.quiet());
                        lines.push(Line::from(vec![label, Span::raw(part.to_owned())]));
                    }
                }
            }
            VerifyState::Refused(why) => {
                let words = format!("{}{}", theme.sign("×", "x"), visible_name(why));
                let parts = wrap(&words, columns).into_iter();
                lines.extend(parts.map(|part| Line::styled(part.to_owned(), theme.bad())));
            }
        }
        if self.is_answered() {
            lines.push(Line::styled("Paste another token to verify it.", theme.quiet()));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user::AccountNames;
    use crate::service::contract::FailureKind;
    use crate::tui::testing::{context, keys, session};

    fn shown(dialog: &VerifyDialog) -> String {
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| dialog.view(&context(80, 24), frame)).unwrap();
        crate::tui::testing::text(&terminal)
    }

    fn press(dialog: &mut VerifyDialog, script: &str) -> Vec<Ask> {
        keys(script).into_iter().flat_map(|key| dialog.press(key)).collect()
    }

    #[test]
    fn a_pasted_token_is_sent_and_wiped() {
        let mut dialog = VerifyDialog::default();
        dialog.paste("nxs_secret\n");
        assert!(!shown(&dialog).contains("nxs_"));
        let asks = press(&mut dialog, "<enter>");
        let [Ask::Verify(Request::Sessions(Sessions::Verify(token)))] = &asks[..] else { panic!("{asks:?}") };
        assert_eq!(token.expose(), "nxs_secret");
        assert!(dialog.token.is_empty());
        assert!(!format!("{asks:?} {dialog:?}").contains("nxs_"));
        assert_eq!(press(&mut dialog, "<enter>x"), [], "one at a time");
        let alan = AccountNames { username: Some("al\u{1b}[2Jan".into()), email: String::new() };
        let answer = Reply::Verified(Box::new(session(12, 3, "alan")), Box::new(alan));
        dialog.answered(&context(80, 24), Ok(answer));
        let seen = shown(&dialog);
        for words in ["The token is valid", "al␛[2Jan · account 3", "session 12", "UTC, in 5 h"] {
            assert!(seen.contains(words), "{words}: {seen}");
        }
        assert_eq!(press(&mut dialog, "<enter>"), [Ask::Close]);
    }

    #[test]
    fn a_bad_token_is_named_by_its_reason_and_another_may_follow() {
        let mut dialog = VerifyDialog::default();
        press(&mut dialog, "abc<enter>");
        let why = Failure::new(FailureKind::Refused, "Invalid token: it expired on 2 March 2024.");
        dialog.answered(&context(80, 24), Err(why));
        assert!(shown(&dialog).contains("× Invalid token: it expired on 2 March 2024."));
        dialog.paste("nxs_other");
        assert!(matches!(press(&mut dialog, "<enter>")[..], [Ask::Verify(_)]));
    }

    #[test]
    fn what_cannot_be_a_token_is_not_taken() {
        let mut dialog = VerifyDialog::default();
        dialog.paste("a\nb");
        assert!(shown(&dialog).contains("control character"), "{}", shown(&dialog));
        assert!(dialog.token.is_empty());
    }
}
