//! A command by name, with completion: every key's help line is one, and a number goes to that row. What takes a word
//! more (`record FILE`) has no key.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::text::{clip, fold, pad};
use crate::tui::effect::Ask;
use crate::tui::keys::{Help, shown};
use crate::tui::screens::Context;
use crate::tui::widgets::field::Entry;

/// How many matches are shown.
const SHOWN: usize = 8;

/// The palette.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    commands: Vec<Help>,
    typed: Entry,
    at: usize,
}

impl Palette {
    /// A palette of what these keys do.
    pub fn new(commands: Vec<Help>) -> Self {
        Self { commands, typed: Entry::text(""), at: 0 }
    }

    fn matching(&self) -> Vec<&Help> {
        let typed = fold(self.typed.value());
        let words: Vec<&str> = typed.split_whitespace().collect();
        let names = |help: &&Help| {
            let name = fold(help.help);
            words.iter().all(|word| name.contains(word))
        };
        self.commands.iter().filter(names).collect()
    }

    fn run(&mut self) -> Vec<Ask> {
        let typed = self.typed.value().trim();
        if let Some(record) = record(typed) {
            return vec![Ask::Close, record];
        }
        if let Ok(row) = typed.parse::<u64>() {
            return vec![Ask::Close, Ask::Row(row.saturating_sub(1))];
        }
        match typed {
            "" => vec![Ask::Close],
            "q" | "quit" => vec![Ask::Close, Ask::Quit],
            _ => match self.matching().get(self.at).and_then(|help| help.on.first()) {
                Some(on) if let Some(word) = typed_only(on) => {
                    self.typed = Entry::text(format!("{word} "));
                    Vec::new()
                }
                Some(on) => vec![Ask::Close, Ask::Press((*on).to_owned())],
                None => vec![Ask::Notice("There is no such command; Esc leaves".into())],
            },
        }
    }

    /// A key.
    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        let last = self.matching().len().min(SHOWN).saturating_sub(1);
        match key.code {
            KeyCode::Esc => return vec![Ask::Close],
            KeyCode::Enter => return self.run(),
            KeyCode::Backspace if self.typed.is_empty() => return vec![Ask::Close],
            KeyCode::Down => self.at = (self.at + 1).min(last),
            KeyCode::Up => self.at = self.at.saturating_sub(1),
            KeyCode::Tab => {
                if let Some(help) = self.matching().get(self.at) {
                    let word = help.on.first().and_then(|on| typed_only(on));
                    let line = word.map_or_else(|| help.help.to_owned(), |word| format!("{word} "));
                    self.typed = Entry::text(line);
                    self.at = 0;
                }
            }
            _ => {
                self.typed.press(key);
                self.at = 0;
            }
        }
        Vec::new()
    }

    /// Pasted text goes into the line.
    pub fn paste(&mut self, text: &str) {
        // What is too long for a command is cut: there is no command that long.
        let _ = self.typed.paste(text);
        self.at = 0;
    }

    /// Draws it at the foot of the screen, the matches above the line.
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let matches = self.matching();
        let inside = super::open(frame, context.body, theme, "Command or row number", 64, SHOWN as u16 + 1);
        let (typed, cursor) = self.typed.shown(false, "");
        let line = Line::from(vec![Span::styled(":", theme.accent()), Span::raw(typed)]);
        frame.render_widget(line, Rect { height: 1, ..inside });
        frame.set_cursor_position((inside.x + 1 + cursor as u16, inside.y));
        let room = usize::from(inside.height.saturating_sub(1)).min(SHOWN);
        for (at, help) in matches.into_iter().take(room).enumerate() {
            let keys = help.on.first().map(|on| shown(on)).unwrap_or_default();
            let name = clip(help.help, usize::from(inside.width).saturating_sub(12)).into_owned();
            let here = at == self.at;
            let key_style = if here { theme.cursor() } else { theme.accent() };
            let row = Line::from(vec![Span::styled(pad(&keys, 10), key_style), Span::raw(name)]);
            let row = if here { row.style(theme.cursor()) } else { row };
            frame.render_widget(row, Rect { y: inside.y + 1 + at as u16, height: 1, ..inside });
        }
    }
}

/// The word of a command that no key does: `record` of `:record FILE`.
fn typed_only(on: &str) -> Option<&str> {
    on.strip_prefix(':')?.split(' ').next().filter(|word| !word.is_empty())
}

/// What `record` and `record FILE` ask for, if that is what was typed.
fn record(typed: &str) -> Option<Ask> {
    match typed.split_once(' ') {
        None if typed == "record" => Some(Ask::Record(None)),
        Some(("record", file)) => Some(Ask::Record(Some(file.trim_start().into()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::keys;

    fn run(script: &str) -> Vec<Ask> {
        let commands = vec![
            Help { on: &["c"], hint: "", help: "confirm the account" },
            Help { on: &["o p"], hint: "", help: "board of pending accounts" },
            Help { on: &[":"], hint: "", help: "a command by name" },
            Help { on: &[":record FILE"], hint: "", help: "write a runbook" },
        ];
        let mut palette = Palette::new(commands);
        keys(script).into_iter().flat_map(|key| palette.press(key)).collect()
    }

    #[test]
    fn a_number_goes_to_that_row() {
        assert_eq!(run("500<enter>"), [Ask::Close, Ask::Row(499)]);
        assert_eq!(run("0<enter>"), [Ask::Close, Ask::Row(0)]);
    }

    #[test]
    fn words_find_a_command() {
        assert_eq!(run("pend acc<enter>"), [Ask::Close, Ask::Press("o p".into())]);
        assert_eq!(run("<down><tab><enter>"), [Ask::Close, Ask::Press("o p".into())]);
        assert_eq!(run("q<enter>"), [Ask::Close, Ask::Quit]);
    }

    #[test]
    fn a_runbook_is_named_after_its_command() {
        let file = |file: &str| Ask::Record(Some(file.into()));
        assert_eq!(run("record /tmp/a b.sh<enter>"), [Ask::Close, file("/tmp/a b.sh")]);
        assert_eq!(run("runbook<enter>x.sh<enter>"), [Ask::Close, file("x.sh")]);
        assert_eq!(run("runbook<tab>x.sh<enter>"), [Ask::Close, file("x.sh")]);
        assert_eq!(run("record<enter>"), [Ask::Close, Ask::Record(None)]);
        assert!(matches!(run("recorder<enter>").as_slice(), [Ask::Notice(_)]));
    }

    #[test]
    fn what_is_no_command_is_said() {
        assert!(matches!(run("xyz<enter>").as_slice(), [Ask::Notice(_)]));
        assert_eq!(run("<enter>"), [Ask::Close]);
        assert_eq!(run("a<backspace><backspace>"), [Ask::Close]);
    }
}
