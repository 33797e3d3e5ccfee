//! The drawing of the log-in screen: a column in the middle, at any size.

use std::iter;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{LoginScreen, LoginStep};
use crate::domain::text::{clip, visible};
use crate::domain::time::ago;
use crate::service::contract::WhyChoose;
use crate::tui::context::Context;
use crate::tui::screens::screen::Screen as _;
use crate::tui::widgets::form::Form;

/// The width of the column in cells; wider if a new password's objections stand beside its label.
const WIDTH: u16 = 46;
const WIDTH_CHOOSING: u16 = 60;

impl LoginScreen {
    pub(super) fn draw(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let body = context.body;
        let form = form(self);
        let fields = form.map_or(0, Form::lines);
        let head = head(self, context);
        let head_lines = (head.len() as u16 + 3).min(body.height.saturating_sub(fields + 3).max(2));
        let spare = body.height.saturating_sub(head_lines + fields + 3);
        let top = body.y + spare / 3;

        let center = |frame: &mut Frame<'_>, y: u16, line: Line<'_>| {
            if y < body.bottom() {
                frame.render_widget(line.centered(), Rect { y, height: 1, ..body });
            }
        };
        let roomy = usize::from(head_lines) >= head.len() + 3;
        let mut y = top;
        if roomy {
            center(frame, y, Line::styled("N E X U S", theme.accent().patch(theme.strong())));
            y += 1;
        }
        center(frame, y, Line::styled(self.name(), theme.strong()));
        y += 1;
        for text in head.iter().take(usize::from(head_lines.saturating_sub(2))) {
            center(frame, y, Line::styled(clip(text, usize::from(body.width)).into_owned(), theme.quiet()));
            y += 1;
        }
        let choosing = matches!(self.step, LoginStep::SetUp(_) | LoginStep::Choose { .. });
        let width = if choosing { WIDTH_CHOOSING } else { WIDTH }.min(body.width.saturating_sub(2));
        let column =
            Rect { x: body.x + (body.width - width) / 2, y: top + head_lines, width, height: fields };
        let column = column.intersection(body);
        if let Some(form) = form {
            form.view(frame, column, theme);
        }
        let place = Rect { y: column.bottom() + 1, height: 2, ..column }.intersection(body);
        view_answer(self, context, frame, place);
    }
}

fn view_answer(login: &LoginScreen, context: &Context, frame: &mut Frame<'_>, area: Rect) {
    let theme = context.theme;
    if area.is_empty() {
        return;
    }
    let line = |text: &str, style| Line::styled(clip(text, usize::from(area.width)).into_owned(), style);
    if let Some(failure) = &login.refused {
        let text = visible(&format!("{} {}", theme.shape("×", "x"), failure.message)).into_owned();
        frame.render_widget(line(&text, theme.bad()), Rect { height: 1, ..area });
        if let Some(hint) = failure.hint.as_ref().filter(|_| area.height > 1) {
            let place = Rect { y: area.y + 1, height: 1, ..area };
            frame.render_widget(line(&format!("  {}", visible(hint)), theme.quiet()), place);
        }
    } else if login.checking && context.waiting {
        frame.render_widget(line("checking…", theme.care()), Rect { height: 1, ..area });
    }
}

fn form(login: &LoginScreen) -> Option<&Form> {
    match &login.step {
        LoginStep::CheckingStore => None,
        LoginStep::SetUp(form)
        | LoginStep::LogIn(form)
        | LoginStep::Choose { form, .. }
        | LoginStep::Locked(form) => Some(form),
    }
}

/// Returns the lines above the form.
fn head(login: &LoginScreen, context: &Context) -> Vec<String> {
    let place = visible(&format!("{} · {}", login.host, login.store)).into_owned();
    match &login.step {
        LoginStep::CheckingStore => Vec::new(),
        LoginStep::SetUp(_) => vec![place, "Nobody can log in yet: make the first admin.".into()],
        LoginStep::LogIn(_) => match &login.demo {
            Some(demo) => vec![
                "A store to try things on; it is removed when you leave.".into(),
                String::new(),
                format!("Username  {}", demo.username),
                format!("Password  {}", demo.password),
            ],
            None if login.without_admin && login.read_only => {
                vec![place, "No admin can log in, and nothing can be changed here.".into()]
            }
            None if login.without_admin => {
                vec![place, "No admin can log in. The way back in: nexus setup".into()]
            }
            None => {
                let sound = login.sound_at.map(|at| format!("checked {}, sound", ago(context.now, at)));
                iter::once(place).chain(sound).collect()
            }
        },
        LoginStep::Choose { why, .. } => vec![
            match why {
                WhyChoose::Code => "The code was right. Choose your password now.",
                WhyChoose::MustChange => "Somebody else chose this password. Choose your own now.",
                WhyChoose::BreaksPolicy => "This password is too weak by today's rule. Choose another now.",
            }
            .into(),
        ],
        LoginStep::Locked(_) => vec![format!("{} locked this console.", visible(&login.label))],
    }
}
