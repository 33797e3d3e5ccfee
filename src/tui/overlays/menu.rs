//! A menu of actions, each with its letter.

use std::iter;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::text::{Line, Span, Text};

use crate::domain::text::{excerpt, visible, width, wrap};
use crate::domain::user::Who;
use crate::service::contract::{AccountChange, CODE_LIFE, Request};
use crate::tui::context::Context;
use crate::tui::dialog::{FormDialog, NamedAccount};
use crate::tui::effect::{Ask, RequestId};
use crate::tui::keys;
use crate::tui::widgets::dialog_frame;

/// The most width of the menu inside its frame, in cells.
const MOST_WIDTH: usize = 60;
/// The cells before a label, its letter among them, and the one after it.
const LETTER: usize = 4;
const AFTER: usize = 1;

/// An item of a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub letter: char,
    pub label: &'static str,
    /// The ask that choosing it makes.
    pub ask: Ask,
}

/// A menu and its cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct Menu {
    title: String,
    items: Vec<Item>,
    at: usize,
    /// The request that was submitted and is not answered yet.
    sent: Option<RequestId>,
}

impl Menu {
    /// Creates a menu with the cursor on the first item.
    pub fn new(title: String, items: Vec<Item>) -> Self {
        Self { title, items, at: 0, sent: None }
    }

    /// Builds the menu of actions on the password and the access code of an account.
    pub fn password(account: &NamedAccount, is_own: bool) -> Self {
        let open = |form: FormDialog| Ask::Open(form.into());
        let submit = |change: AccountChange| Ask::Submit(Request::Accounts(change.of(Who::Id(account.id))));
        let items = if is_own {
            vec![Item {
                letter: 'p',
                label: "change your password",
                ask: open(FormDialog::ChangeOwnPassword),
            }]
        } else {
            vec![
                Item {
                    letter: 'c',
                    label: "make an access code (24 hours)",
                    ask: submit(AccountChange::MakeCode { life: CODE_LIFE }),
                },
                Item {
                    letter: 'C',
                    label: "make one that is good for less",
                    ask: open(FormDialog::MakeCode(account.clone())),
                },
                Item { letter: 'r', label: "revoke the access code", ask: submit(AccountChange::RevokeCode) },
                Item {
                    letter: 'p',
                    label: "set a password (to be changed at log-in)",
                    ask: open(FormDialog::SetPassword(account.clone())),
                },
            ]
        };
        Self::new(format!("Password of {}", excerpt(&account.label)), items)
    }

    /// Notes the id of the submitted request; until its reply comes, only Esc does anything.
    pub fn sent(&mut self, request_id: RequestId) {
        self.sent = Some(request_id);
    }

    /// Returns true if the menu waits for the reply to this request.
    pub fn awaits(&self, request_id: RequestId) -> bool {
        self.sent == Some(request_id)
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        match key.code {
            KeyCode::Esc => vec![Ask::Close],
            _ if self.sent.is_some() => Vec::new(),
            KeyCode::Enter => choose(self.items.get(self.at)),
            KeyCode::Down | KeyCode::Tab => {
                self.at = (self.at + 1) % self.items.len().max(1);
                Vec::new()
            }
            KeyCode::Up | KeyCode::BackTab => {
                self.at = self.at.checked_sub(1).unwrap_or(self.items.len().saturating_sub(1));
                Vec::new()
            }
            _ => {
                let letter = keys::typed(key);
                choose(self.items.iter().find(|item| Some(item.letter) == letter))
            }
        }
    }

    /// Returns the title, and each item behind its letter.
    pub fn text(&self) -> Vec<String> {
        let items = self.items.iter().map(|item| format!("{} {}", item.letter, item.label));
        [visible(&self.title).into_owned()].into_iter().chain(items).collect()
    }

    /// Returns the width inside the frame, in cells.
    fn width(&self, context: &Context) -> u16 {
        let widest =
            self.items.iter().map(|item| LETTER + width(item.label) + AFTER).max().unwrap_or_default();
        let columns = widest.max(width(&visible(&self.title)) + 2).min(MOST_WIDTH) as u16;
        columns.min(context.body.width.saturating_sub(4))
    }

    /// Returns the lines: the index of each one's item, its letter if it is the first of the item, and its words.
    fn lines(&self, context: &Context) -> Vec<(usize, char, &'static str)> {
        let room = usize::from(self.width(context));
        let of_item = |(at, item): (usize, &Item)| {
            let letters = iter::once(item.letter).chain(iter::repeat(' '));
            let labels = wrap(item.label, room.saturating_sub(LETTER + AFTER)).into_iter();
            labels.zip(letters).map(move |(label, letter)| (at, letter, label)).collect::<Vec<_>>()
        };
        self.items.iter().enumerate().flat_map(of_item).collect()
    }

    /// Takes a click: the cursor goes to the item.
    pub fn click(&mut self, context: &Context, at: Position) {
        let lines = self.lines(context);
        let inside = dialog_frame::inside(context.body, self.width(context), lines.len() as u16);
        let line = inside.rows().position(|row| row.contains(at));
        if let Some((item, ..)) = line.and_then(|line| lines.get(line)) {
            self.at = *item;
        }
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let lines = self.lines(context).into_iter().map(|(at, letter, label)| {
            let here = at == self.at;
            let letter_style = if here { theme.cursor() } else { theme.accent() };
            let line = Line::from(vec![
                Span::styled(format!(" {letter} "), letter_style),
                Span::raw(format!(" {label} ")),
            ]);
            if here { line.style(theme.cursor()) } else { line }
        });
        let lines: Vec<_> = lines.collect();
        let inside = dialog_frame::draw(
            frame,
            context.body,
            theme,
            &self.title,
            self.width(context),
            lines.len() as u16,
        );
        frame.render_widget(Text::from(lines), inside);
    }
}

/// Returns the asks of an item. The menu stays while a request is submitted, so that no key meant for what the request shows
/// reaches the list.
fn choose(item: Option<&Item>) -> Vec<Ask> {
    match item.map(|item| item.ask.clone()) {
        Some(submit @ Ask::Submit(_)) => vec![submit],
        Some(ask) => vec![Ask::Close, ask],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::keys;

    fn menu() -> Menu {
        let item = |letter, text: &str| Item { letter, label: "x", ask: Ask::Notice(text.into()) };
        Menu::new("Password".into(), vec![item('p', "one"), item('c', "two")])
    }

    #[test]
    fn a_letter_or_enter_chooses() {
        let press = |script: &str| {
            let mut menu = menu();
            keys(script).into_iter().flat_map(|key| menu.press(key)).collect::<Vec<_>>()
        };
        assert_eq!(press("c"), [Ask::Close, Ask::Notice("two".into())]);
        assert_eq!(press("<down><enter>"), [Ask::Close, Ask::Notice("two".into())]);
        assert_eq!(press("<up><up><enter>"), [Ask::Close, Ask::Notice("one".into())]);
        assert_eq!(press("x"), []);
        assert_eq!(press("<esc>"), [Ask::Close]);
    }
}
