//! The palette: commands by name, with completion. Each row of a key table is a command. Only a name that was typed is
//! run: a word of the help also finds a command, but only fills it in.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::text::{clip, fold, pad, visible};
use crate::service::contract::{Failure, FailureKind};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{Help, shown};
use crate::tui::widgets::dialog_frame;
use crate::tui::widgets::field::InputField;

/// The command that begins and ends a runbook.
pub const RECORD: &str = "record [FILE]";
/// The command that goes to a row.
pub const ROW: &str = "row N";

/// The number of matches that are shown.
const SHOWN: usize = 8;
/// The widths of the columns for names and keys, in cells.
const NAME_WIDTH: usize = 21;
const KEY_WIDTH: usize = 8;
/// The minimum width of the help in cells; if it would get less, the key is left out.
const LEAST_HELP_WIDTH: usize = 16;
/// The most cells of what was typed that a message quotes.
const QUOTED: usize = 60;

/// The command line and the commands that it completes.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    commands: Vec<Help>,
    /// The commands of other screens, and the names of those screens.
    elsewhere: Vec<(&'static str, &'static str)>,
    /// The commands that cannot be used now, and the reason.
    withheld: Option<(Vec<&'static str>, Failure)>,
    typed: InputField,
    /// The index of the match that the cursor was moved to.
    at: Option<usize>,
}

impl Palette {
    /// Creates a palette of these keys. For commands of other screens it says where they are.
    pub fn new(mut commands: Vec<Help>, elsewhere: Vec<(&'static str, &'static str)>) -> Self {
        commands.retain(|help| !help.name.is_empty());
        Self { commands, elsewhere, withheld: None, typed: InputField::text(""), at: None }
    }

    /// Adds commands that are known by name, but cannot be used now.
    pub fn refusing(self, withheld: Option<(Vec<&'static str>, Failure)>) -> Self {
        Self { withheld, ..self }
    }

    /// Splits the typed line into a name and an argument.
    fn parts(&self) -> (&str, &str) {
        let typed = self.typed.value().trim();
        typed.split_once(char::is_whitespace).map_or((typed, ""), |(name, argument)| (name, argument.trim()))
    }

    /// Returns the command that was typed in full, or by a beginning that no other has.
    fn named(&self) -> Option<Help> {
        let (typed, _) = self.parts();
        let whole = self.commands.iter().find(|help| help.command().eq_ignore_ascii_case(typed));
        let mut begun = self.commands.iter().filter(|help| begins(help.command(), typed));
        let only = || begun.next().filter(|_| begun.next().is_none());
        whole.or_else(only).copied()
    }

    /// Returns the commands that match the typed line; those whose names begin with it come first.
    fn matching(&self) -> Vec<&Help> {
        // The argument behind a name is no word to search for.
        if let (false, Some(named)) = (self.parts().1.is_empty(), self.named()) {
            return self.commands.iter().filter(|help| **help == named).collect();
        }
        let typed = fold(self.typed.value());
        let words: Vec<&str> = typed.split_whitespace().collect();
        let rank = |help: &Help| {
            let text = fold(&format!("{} {}", help.name, help.help));
            let is_match = words.iter().all(|word| text.contains(word));
            is_match.then(|| match words.as_slice() {
                [word] => u8::from(!begins(help.command(), word)),
                _ => 0,
            })
        };
        let mut found: Vec<_> = self.commands.iter().filter_map(|help| Some((rank(help)?, help))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, help)| help).collect()
    }

    fn enter(&mut self) -> Vec<Ask> {
        let typed = self.typed.value().trim();
        if typed.is_empty() && self.at.is_none() {
            return vec![Ask::Close];
        }
        if self.at.is_none() && typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return row(typed);
        }
        let named = self.named();
        let chosen = self.at.and_then(|at| self.matching().get(at).copied().copied());
        match (named, chosen.or_else(|| self.matching().first().copied().copied())) {
            (Some(named), chosen) if self.at.is_none() || chosen == Some(named) => self.run(named),
            (_, Some(match_)) => {
                self.fill_in(match_);
                Vec::new()
            }
            (_, None) => vec![self.unknown()],
        }
    }

    fn run(&self, command: Help) -> Vec<Ask> {
        let (_, argument) = self.parts();
        let name = command.command();
        match (command.name, argument) {
            (RECORD, "") => vec![Ask::Close, Ask::Record(None)],
            (RECORD, file) => vec![Ask::Close, Ask::Record(Some(file.into()))],
            (ROW, number) => row(number),
            (_, "") if command.is_typed() => vec![Ask::Close, Ask::Command(name, String::new())],
            (_, "") => {
                vec![Ask::Close, Ask::Press(command.on.first().copied().unwrap_or_default().to_owned())]
            }
            (_, argument) if command.takes_argument() => {
                vec![Ask::Close, Ask::Command(name, argument.to_owned())]
            }
            _ => vec![complaint(format!("{name} takes no argument."))],
        }
    }

    /// Returns the error for an unknown name; the palette stays open.
    fn unknown(&self) -> Ask {
        let (name, _) = self.parts();
        if let Some((withheld, why)) = &self.withheld
            && withheld.iter().any(|other| other.eq_ignore_ascii_case(name))
        {
            return Ask::ShowError(why.clone());
        }
        let elsewhere = self.elsewhere.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        complaint(elsewhere.map_or_else(
            || format!("There is no such command: {}.", clip(&visible(name), QUOTED)),
            |(name, screen)| format!("{name} is a command of the screen {screen}."),
        ))
    }

    fn fill_in(&mut self, command: Help) {
        let blank = if command.takes_argument() { " " } else { "" };
        self.typed = InputField::text(format!("{}{blank}", command.command()));
        self.at = None;
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        let matches = self.matching();
        let last = matches.len().min(SHOWN).checked_sub(1);
        match key.code {
            KeyCode::Esc => return vec![Ask::Close],
            KeyCode::Enter => return self.enter(),
            KeyCode::Backspace if self.typed.is_empty() => return vec![Ask::Close],
            KeyCode::Down => self.at = last.map(|last| self.at.map_or(0, |at| at + 1).min(last)),
            KeyCode::Up => self.at = self.at.and_then(|at| at.checked_sub(1)),
            // Nothing was typed or chosen, so there is nothing to complete.
            KeyCode::Tab if self.typed.is_empty() && self.at.is_none() => {}
            KeyCode::Tab => {
                if let Some(command) = matches.get(self.at.unwrap_or_default()).copied().copied() {
                    self.fill_in(command);
                }
            }
            _ => {
                self.typed.press(key);
                self.at = None;
            }
        }
        Vec::new()
    }

    /// Pastes text into the line.
    pub fn paste(&mut self, text: &str) {
        // A text that is too long is cut: no command is that long.
        let _ = self.typed.paste(text);
        self.at = None;
    }

    /// Draws the line, and the matches below it.
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let inside =
            dialog_frame::draw(frame, context.body, theme, "Command or row number", 72, SHOWN as u16 + 1);
        let (typed, cursor) = self.typed.shown(false, "");
        let line = Line::from(vec![Span::styled(":", theme.accent()), Span::raw(typed)]);
        frame.render_widget(line, Rect { height: 1, ..inside });
        frame.set_cursor_position((inside.x + 1 + cursor as u16, inside.y));
        let matches = self.matching();
        let room = usize::from(inside.height.saturating_sub(1)).min(SHOWN);
        let place = |line: usize| Rect { y: inside.y + 1 + line as u16, height: 1, ..inside };
        if matches.is_empty() && room > 0 {
            frame.render_widget(Line::styled("no command is called that", theme.quiet()), place(0));
        }
        // The match that the cursor was moved to is among those that show.
        let first = self.at.map_or(0, |at| (at + 1).saturating_sub(room));
        for (at, help) in matches.into_iter().enumerate().skip(first).take(room) {
            let here = Some(at) == self.at;
            let (style, name_style) =
                if here { (theme.cursor(), theme.cursor()) } else { (Style::default(), theme.accent()) };
            let keys = help.on.first().filter(|on| !on.starts_with(':')).map(|on| shown(on));
            let mut row = vec![Span::styled(pad(help.name, NAME_WIDTH), name_style), Span::raw(" ")];
            let mut rest = usize::from(inside.width).saturating_sub(NAME_WIDTH + 1);
            if rest >= LEAST_HELP_WIDTH + KEY_WIDTH {
                row.extend([Span::raw(pad(&keys.unwrap_or_default(), KEY_WIDTH)), Span::raw(" ")]);
                rest -= KEY_WIDTH + 1;
            }
            row.push(Span::raw(clip(help.help, rest).into_owned()));
            let row = Line::from(row);
            frame.render_widget(row.style(style), place(at - first));
        }
    }
}

/// Returns true if a name begins with the typed text; nothing begins with an empty text.
fn begins(name: &str, typed: &str) -> bool {
    !typed.is_empty() && name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// Goes to a row by its number.
fn row(number: &str) -> Vec<Ask> {
    match number.parse::<u64>() {
        Ok(row) => vec![Ask::Close, Ask::Row(row.saturating_sub(1))],
        Err(_) if number.is_empty() => vec![complaint("row needs a number: row 500.".into())],
        Err(_) => vec![complaint(format!("There is no row {}.", clip(&visible(number), QUOTED)))],
    }
}

fn complaint(words: String) -> Ask {
    Ask::ShowError(Failure::new(FailureKind::Invalid, words))
}

#[cfg(test)]
mod tests;
