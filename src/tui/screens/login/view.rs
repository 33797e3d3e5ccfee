//! The drawing of the log-in screen: a column in the middle, at any size.

use std::iter;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Text};

use crate::domain::text::{clip, visible, visible_name, wrap};
use crate::domain::time::ago;
use crate::service::contract::WhyChoose;
use crate::tui::context::Context;
use crate::tui::plain::ScreenText;
use crate::tui::screens::screen::Screen as _;

use super::{LoginScreen, LoginStep};

/// The width of the column in cells; wider if a new password's objections stand beside its label.
const WIDTH: u16 = 46;
const WIDTH_CHOOSING: u16 = 60;

/// The places of the parts of the screen.
struct Layout {
    /// The lines above the form.
    head: Vec<String>,
    /// The first line of the head.
    top: u16,
    /// The number of lines of the head that have room, with the name of the screen.
    head_lines: u16,
    /// The area of the fields.
    column: Rect,
    /// The answer to the last try.
    answer: Vec<Line<'static>>,
}

impl LoginScreen {
    pub(super) fn draw(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let body = context.body;
        let Layout { head, top, head_lines, column, answer } = self.layout(context);
        let center = |frame: &mut Frame<'_>, y: u16, line: Line<'_>| {
            if y < body.bottom() {
                frame.render_widget(line.centered(), Rect { y, height: 1, ..body });
            }
        };
        let roomy = usize::from(head_lines) >= head.len() + 3;
        let mut y = top;
        if roomy {
            center(frame, y, Line::styled("N E X U S", theme.focus()));
            y += 1;
        }
        center(frame, y, Line::styled(self.name(), theme.strong()));
        y += 1;
        // If a part of it must go, that is the path of the store.
        let room = usize::from(head_lines.saturating_sub(if roomy { 3 } else { 1 }));
        for text in head.iter().skip(head.len().saturating_sub(room)).take(room) {
            center(frame, y, Line::styled(text.clone(), theme.quiet()));
            y += 1;
        }
        if let Some(form) = self.step.form() {
            form.view(frame, column, theme);
        }
        let height = answer.len() as u16;
        let place = Rect { y: column.bottom() + 1, height, ..column }.intersection(body);
        frame.render_widget(Text::from(answer), place);
    }

    fn layout(&self, context: &Context) -> Layout {
        let body = context.body;
        let width = width(self, context);
        let fields = self.step.form().map_or(0, |form| form.lines(width, context.theme));
        let head = head(self, context);
        let answer = answer(self, context, width);
        // If the whole head has no room beside it, no lines are kept free for an answer that is not there.
        let kept = if head.len() as u16 + 3 + fields + 3 <= body.height { 2 } else { 0 };
        let below = fields
            + match (answer.len() as u16).max(kept) {
                0 => 0,
                lines => lines + 1,
            };
        let head_lines = (head.len() as u16 + 3).min(body.height.saturating_sub(below).max(2));
        let spare = body.height.saturating_sub(head_lines + below);
        let top = body.y + spare / 3;
        let column =
            Rect { x: body.x + (body.width - width) / 2, y: top + head_lines, width, height: fields };
        Layout { head, top, head_lines, column: column.intersection(body), answer }
    }

    /// Returns the area of the fields.
    pub(super) fn column(&self, context: &Context) -> Rect {
        self.layout(context).column
    }

    /// Returns the sentences above the form, and the answer to the last try.
    pub(super) fn in_text(&self, context: &Context) -> ScreenText {
        let answer = answer(self, context, u16::MAX);
        let head = sentences(self, context).into_iter().filter(|line| !line.is_empty());
        ScreenText { head: head.chain(answer.iter().map(Line::to_string)).collect(), ..ScreenText::default() }
    }

    /// Returns true if the answer to the last try has room below the name of the screen and the fields.
    pub(super) fn answer_fits(&self, context: &Context) -> bool {
        let width = width(self, context);
        let fields = self.step.form().map_or(0, |form| form.lines(width, context.theme));
        let answer = answer(self, context, width).len() as u16;
        2 + fields + 1 + answer <= context.body.height
    }
}

/// Returns the width of the column.
fn width(login: &LoginScreen, context: &Context) -> u16 {
    let choosing = matches!(login.step, LoginStep::SetUp(_) | LoginStep::Choose { .. });
    if choosing { WIDTH_CHOOSING } else { WIDTH }.min(context.body.width.saturating_sub(2))
}

/// Returns the answer to the last try, in lines of so many cells.
fn answer(login: &LoginScreen, context: &Context, width: u16) -> Vec<Line<'static>> {
    let theme = context.theme;
    let lines = |text: &str, style| -> Vec<_> {
        let text = visible(text);
        wrap(&text, width.into()).into_iter().map(|part| Line::styled(part.to_owned(), style)).collect()
    };
    match &login.refused {
        Some(failure) => {
            let mut answer = lines(&format!("{}{}", theme.sign("×", "x"), failure.message), theme.bad());
            answer.extend(failure.hint.as_ref().into_iter().flat_map(|hint| lines(hint, theme.quiet())));
            answer
        }
        None if login.checking && context.waiting => lines("checking…", theme.care()),
        None => Vec::new(),
    }
}

/// Returns the lines above the form, no wider than the screen.
fn head(login: &LoginScreen, context: &Context) -> Vec<String> {
    let width = usize::from(context.body.width);
    let lines = sentences(login, context);
    lines.iter().flat_map(|text| wrap(text, width)).map(str::to_owned).collect()
}

fn sentences(login: &LoginScreen, context: &Context) -> Vec<String> {
    let place = visible(&format!("{} · {}", login.host, login.store)).into_owned();
    let place = clip(&place, usize::from(context.body.width)).into_owned();
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
        LoginStep::Locked(_) => vec![format!("{} locked this console.", visible_name(&login.label))],
    }
}
