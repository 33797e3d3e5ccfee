//! A dialog that shows the recovery codes of a second factor once; and its secret, if the owner's app does not have it yet.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Alignment;
use ratatui::text::{Line, Span, Text};

use crate::domain::secret::Secret;
use crate::domain::text::{excerpt, visible, width, wrap};
use crate::service::contract::FactorSlip;
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{self, Help};
use crate::tui::widgets::dialog_frame;
use crate::tui::widgets::factor_view::{ONCE, code_lines};

/// The most width of the dialog inside its frame, in cells.
const WIDTH: u16 = 60;

/// The words about a second factor whose owner has not seen it yet.
const NOT_VERIFIED: &str =
    "The next log-in asks for a code. The second factor counts once the first code was right.";

/// Recovery codes, with what belongs to them.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorSlipDialog {
    slip: FactorSlip,
}

impl FactorSlipDialog {
    pub fn new(slip: FactorSlip) -> Self {
        Self { slip }
    }

    fn title(&self) -> String {
        let name = self.slip.summary.label.as_deref().unwrap_or_default();
        format!("Recovery codes of {}", excerpt(name))
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        if matches!(key.code, KeyCode::Esc | KeyCode::Enter) {
            return vec![Ask::Close];
        }
        let copy = keys::typed(key) == Some('y');
        copy.then(|| Ask::Copy(self.secrets().join("\n"))).into_iter().collect()
    }

    /// Returns the URI, if the app does not have it yet, and the codes.
    fn secrets(&self) -> Vec<&str> {
        let uri = (!self.slip.is_verified).then(|| self.slip.offer.uri.expose());
        uri.into_iter().chain(self.slip.codes.iter().map(Secret::expose)).collect()
    }

    /// Returns the keys for the footer.
    pub fn hints() -> Vec<Help> {
        vec![Help::of_dialog(&["y"], "copy"), Help::of_dialog(&["enter"], "close")]
    }

    /// Returns the lines about the secret, if the app does not have it yet.
    fn about_secret(&self) -> Vec<String> {
        if self.slip.is_verified {
            return Vec::new();
        }
        vec![format!("Secret for the app: {}", self.slip.offer.secret.expose()), NOT_VERIFIED.to_owned()]
    }

    /// Returns the dialog in lines.
    pub fn text(&self) -> Vec<String> {
        let mut lines = vec![visible(&self.title()).into_owned()];
        lines.extend(self.about_secret());
        lines.extend(self.secrets().into_iter().map(str::to_owned));
        lines.push(ONCE.to_owned());
        lines
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let most = WIDTH.min(context.body.width.saturating_sub(4));
        let wrapped = |text: &str, style| -> Vec<Line<'static>> {
            wrap(text, most.into()).into_iter().map(|part| Line::styled(part.to_owned(), style)).collect()
        };
        let codes = code_lines(&self.slip.codes, usize::from(most).min(33));
        let codes: Vec<_> = codes.into_iter().map(|line| Line::styled(line, theme.strong())).collect();
        let [secret, waits] = match &self.about_secret()[..] {
            [secret, waits] => [wrapped(secret, theme.plain()), wrapped(waits, theme.plain())],
            _ => [Vec::new(), Vec::new()],
        };
        let buttons = Line::from(vec![
            Span::styled("y", theme.accent()),
            Span::raw(" copy    "),
            Span::styled("[ Close ]", theme.cursor()),
        ]);
        let foot = vec![buttons.alignment(Alignment::Right)];
        let parts = [codes, secret, wrapped(ONCE, theme.care()), waits, foot];
        let lines = arranged(parts, usize::from(context.body.height.saturating_sub(2)));
        let title = self.title();
        let widest = lines.iter().map(Line::width).max().unwrap_or_default().max(width(&title) + 2);
        let (columns, rows) = (most.min(widest as u16), lines.len() as u16);
        let inside = dialog_frame::draw(frame, context.body, theme, &title, columns, rows);
        frame.render_widget(Text::from(lines), inside);
    }
}

/// Puts blank lines between the parts. If there is no room for that, they go first, then the words; the codes, the secret and the
/// buttons stay.
fn arranged(parts: [Vec<Line<'static>>; 5], room: usize) -> Vec<Line<'static>> {
    let parts = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let spaced = parts.join(&Line::raw(""));
    if spaced.len() <= room {
        return spaced;
    }
    let last = parts.len().saturating_sub(1);
    for left_out in 0..=2 {
        let kept = parts.iter().enumerate().filter(|(at, _)| *at == last || *at + left_out < last);
        let lines: Vec<_> = kept.flat_map(|(_, part)| part.clone()).collect();
        if lines.len() <= room || left_out == 2 {
            return lines;
        }
    }
    spaced
}
