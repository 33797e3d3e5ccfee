//! The words and the keys of a question: its headline, what would happen, and the buttons.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Alignment;
use ratatui::text::{Line, Span, Text};

use crate::domain::text::{visible, width};
use crate::tui::context::Context;
use crate::tui::keys::{self, Help};
use crate::tui::theme::Theme;
use crate::tui::widgets::detail_lines::wrapped;
use crate::tui::widgets::dialog_frame;
use crate::tui::widgets::table::skip_cells;

use super::Choice;
use super::password::PasswordField;

/// The least and the most width of the box inside its frame, in cells.
const LEAST_WIDTH: u16 = 28;
const MOST_WIDTH: u16 = 60;
/// The number of letters that can be typed beyond the wanted text, so that a longer text is seen not to match.
const SPARE: usize = 20;
/// The gap between two buttons.
const GAP: &str = "    ";

/// The key that cancels, for the footer.
pub(super) const CANCEL: Help = Help::of_dialog(&["esc"], "cancel");

/// A question with its answer as far as it is typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    headline: String,
    lines: Vec<String>,
    /// The word of the button that accepts.
    word: &'static str,
    /// The text to type instead of `y`.
    wanted: Option<String>,
    typed: String,
    /// Set after Enter was pressed on the wanted text, where the password follows.
    is_named: bool,
    /// The field for the operator's password, if the action needs it.
    pub(super) password: Option<PasswordField>,
    /// Set after Enter was pressed on another text than the wanted one.
    mismatch: bool,
    /// The index of the first line shown, if there is no room for all.
    top: usize,
    /// Set while the terminal shows the question, so that it can be answered.
    pub(super) shown: bool,
}

/// The lines of the box on a terminal of some size.
struct BoxLayout {
    /// The consequences. They scroll if there is no room for all of them.
    lines: Vec<Line<'static>>,
    /// The typed text and the buttons: always in sight.
    foot: Vec<Line<'static>>,
    /// The number of lines of room for the consequences.
    room: usize,
    /// The width inside the frame, in cells.
    width: u16,
}

impl BoxLayout {
    /// Returns the number of lines by which it can be scrolled.
    fn overflow(&self) -> usize {
        // The last line then says that there is more.
        if self.lines.len() > self.room { self.lines.len() + 1 - self.room } else { 0 }
    }
}

impl Question {
    /// Creates a question with nothing typed; `wanted` is to be typed instead of `y`.
    pub(super) fn new(
        headline: String,
        lines: Vec<String>,
        word: &'static str,
        wanted: Option<String>,
    ) -> Self {
        Self {
            headline,
            lines,
            word,
            wanted,
            typed: String::new(),
            is_named: false,
            password: None,
            mismatch: false,
            top: 0,
            shown: false,
        }
    }

    /// Returns the keys for the footer.
    pub(super) fn hints(&self) -> Vec<Help> {
        let hint = Help::of_dialog;
        if let Some(password) = self.password.as_ref().filter(|_| self.is_at_password()) {
            let accept = (!password.is_empty()).then(|| hint(&["enter"], self.word));
            return accept.into_iter().chain([hint(&["f2"], "show"), CANCEL]).collect();
        }
        match &self.wanted {
            None => vec![hint(&["y"], self.word), CANCEL],
            Some(_) if self.is_typed() => vec![hint(&["enter"], self.enter_word()), CANCEL],
            Some(_) => vec![CANCEL],
        }
    }

    /// Returns the headline and the consequences.
    pub(super) fn text(&self) -> Vec<String> {
        let mut lines: Vec<_> =
            [&self.headline].into_iter().chain(&self.lines).map(|line| visible(line).into_owned()).collect();
        lines.extend(self.mismatch.then(|| "It does not match.".to_owned()));
        let fault = self.password.as_ref().and_then(PasswordField::fault);
        lines.extend(fault.map(|fault| visible(fault).into_owned()));
        lines
    }

    /// Replaces the words of the question. What was typed stays.
    pub(super) fn reword(&mut self, headline: String, lines: Vec<String>, word: &'static str) {
        (self.headline, self.lines, self.word) = (headline, lines, word);
        (self.mismatch, self.top) = (false, 0);
    }

    /// Returns true if the password is what is asked for now.
    pub(super) fn is_at_password(&self) -> bool {
        self.password.is_some() && (self.wanted.is_none() || self.is_named)
    }

    /// Returns the word for Enter on the wanted text.
    fn enter_word(&self) -> &'static str {
        if self.password.is_some() { "go on" } else { self.word }
    }

    pub(super) fn words_to_answer(&self) -> String {
        if self.is_at_password() {
            return format!("To {}, type your password. Esc cancels.", self.word);
        }
        match &self.wanted {
            Some(wanted) => format!("To {}, type {wanted}. Esc cancels.", self.word),
            None => format!("y {}, n cancel.", self.word),
        }
    }

    pub(super) fn takes_text(&self) -> bool {
        self.wanted.is_some() || self.password.is_some()
    }

    pub(super) fn paste(&mut self, text: &str) {
        if let Some(password) = &mut self.password {
            password.paste(text);
        }
    }

    /// Takes a whole text in place of what was typed, and Enter behind it.
    pub(super) fn answer(&mut self, text: &str) -> Choice {
        let is_at_password = self.is_at_password();
        if let Some(password) = self.password.as_mut().filter(|_| is_at_password) {
            return password.answer(text);
        }
        let Some(wanted) = &self.wanted else { return Choice::Stay };
        self.typed.clear();
        self.mismatch = false;
        for letter in text.chars() {
            if takes(wanted, &self.typed, letter) {
                self.typed.push(letter);
            }
        }
        self.enter()
    }

    fn is_typed(&self) -> bool {
        self.wanted.as_deref() == Some(self.typed.trim())
    }

    /// Accepts the wanted text, cancels without any text, and says of another one that it does not match.
    fn enter(&mut self) -> Choice {
        if self.is_typed() {
            self.is_named = self.password.is_some();
            return if self.is_named { Choice::Stay } else { Choice::Accept };
        }
        if self.typed.trim().is_empty() {
            return Choice::Cancel;
        }
        self.mismatch = true;
        Choice::Stay
    }

    pub(super) fn press(&mut self, context: &Context, key: KeyEvent) -> Choice {
        if matches!(key.code, KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown) {
            self.scroll(context, key.code);
            return Choice::Stay;
        }
        let is_at_password = self.is_at_password();
        if let Some(password) = self.password.as_mut().filter(|_| is_at_password) {
            return password.press(key);
        }
        let letter = keys::typed(key);
        let Some(wanted) = &self.wanted else {
            return match letter {
                Some('y') => Choice::Accept,
                Some('n' | 'q') => Choice::Cancel,
                Some(_) | None if key.code == KeyCode::Enter => Choice::Cancel,
                Some(_) | None => Choice::Stay,
            };
        };
        if key.code == KeyCode::Enter {
            return self.enter();
        }
        if key.code == KeyCode::Backspace {
            self.typed.pop();
            self.mismatch = false;
        } else if let Some(letter) = letter.filter(|letter| takes(wanted, &self.typed, *letter)) {
            self.typed.push(letter);
            self.mismatch = false;
        }
        Choice::Stay
    }

    fn scroll(&mut self, context: &Context, code: KeyCode) {
        let layout = self.layout(context);
        let most = layout.overflow();
        let page = layout.room.saturating_sub(2).max(1);
        let top = self.top.min(most);
        let to = match code {
            KeyCode::Up => top.saturating_sub(1),
            KeyCode::PageUp => top.saturating_sub(page),
            KeyCode::PageDown => top + page,
            _ => top + 1,
        };
        self.top = to.min(most);
    }

    pub(super) fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        draw(context, frame, &self.headline, &self.layout(context), self.top);
    }

    fn layout(&self, context: &Context) -> BoxLayout {
        let theme = context.theme;
        let most = most_width(context);
        let cells = usize::from(most);
        let mut lines = Vec::new();
        let headline = visible(&self.headline);
        // A name that must be typed is shown in full further down.
        let is_told = self.wanted.as_deref().is_some_and(|wanted| headline.contains(wanted));
        if width(&headline) + 2 > cells && !is_told {
            lines.extend(wrapped(&Line::styled(headline.as_ref(), theme.strong()), cells));
        }
        let told = self.lines.iter().map(|text| Line::raw(visible(text).into_owned()));
        lines.extend(told.flat_map(|line| wrapped(&line, cells)));
        let mut foot = Vec::new();
        if let Some(wanted) = &self.wanted {
            foot.push(self.prompt(theme, wanted, cells, &mut lines));
        }
        if self.mismatch {
            let words = format!("{}It does not match. Esc cancels.", theme.sign("×", "x"));
            foot.push(Line::styled(words, theme.bad()));
        }
        if let Some(password) = &self.password {
            foot.extend(password.lines(context, cells, self.is_at_password()));
        }
        foot.push(self.buttons(theme).alignment(Alignment::Right));
        let widest = lines.iter().chain(&foot).map(Line::width).max().unwrap_or_default();
        let widest = widest.max(width(&headline) + 2) as u16;
        spaced(context, lines, foot, widest.clamp(LEAST_WIDTH.min(most), most))
    }

    /// Returns the line with the typed text. If the words that tell what to type have no room before it, they are added to
    /// `lines`.
    fn prompt(
        &self,
        theme: Theme,
        wanted: &str,
        cells: usize,
        lines: &mut Vec<Line<'static>>,
    ) -> Line<'static> {
        let long = format!("To {}, type {wanted} and press Enter: ", self.word);
        let short = format!("Type {wanted}, then Enter: ");
        let fits = |asks: &&String| width(asks) + width(wanted) < cells;
        let (mut prompt, mut left) = (Vec::new(), cells);
        if let Some(asks) = [&long, &short].into_iter().find(fits) {
            left -= width(asks);
            prompt.push(Span::raw(asks.clone()));
        } else {
            lines.extend(wrapped(&Line::raw(long), cells));
        }
        let cursor = if self.is_named { "" } else { theme.shape("▏", "_") };
        let typed = format!("{}{cursor}", self.typed);
        let skip = width(&typed).saturating_sub(left);
        let room = left.min(width(wanted).max(width(&typed)) + 1);
        prompt.push(Span::styled(skip_cells(&typed, skip, room), theme.accent()));
        Line::from(prompt)
    }

    /// Returns the buttons; the one that Enter presses is reversed.
    fn buttons(&self, theme: Theme) -> Line<'static> {
        let gap = || Span::raw(GAP);
        let cancel = || Span::styled("[ Cancel ]", theme.cursor());
        let accept = |word: &str| {
            let [key, cancels] = escape(theme);
            Line::from(vec![key, cancels, gap(), Span::styled(format!("[ {word} ]"), theme.cursor())])
        };
        if let Some(password) = self.password.as_ref().filter(|_| self.is_at_password()) {
            return match (password.is_empty(), password.is_sent) {
                (true, _) => Line::from(vec![cancel()]),
                (false, true) => Line::from(escape(theme).to_vec()),
                (false, false) => accept(self.word),
            };
        }
        match &self.wanted {
            Some(_) if self.is_typed() => accept(self.enter_word()),
            Some(_) if self.typed.trim().is_empty() => Line::from(vec![cancel()]),
            Some(_) => Line::from(escape(theme).to_vec()),
            None => {
                let accept = Span::raw(format!(" {}", self.word));
                Line::from(vec![Span::styled("y", theme.bad()), accept, gap(), cancel()])
            }
        }
    }
}

/// Draws that the count takes long.
pub(super) fn view_counting(context: &Context, frame: &mut Frame<'_>) {
    let theme = context.theme;
    let lines = vec![Line::styled("counting…", theme.quiet()), Line::raw("")];
    let foot = vec![Line::from(escape(theme).to_vec()).alignment(Alignment::Right)];
    let width = most_width(context).min(LEAST_WIDTH);
    draw(context, frame, "What will this touch?", &BoxLayout { lines, foot, room: 2, width }, 0);
}

/// Returns true if a letter can be part of the wanted text: only digits for a number, and no more than its length.
fn takes(wanted: &str, typed: &str, letter: char) -> bool {
    typed.chars().count() < wanted.chars().count() + SPARE
        && (letter.is_ascii_digit() || !wanted.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns the hint that Esc cancels.
fn escape(theme: Theme) -> [Span<'static>; 2] {
    [Span::styled("Esc", theme.accent()), Span::raw(" Cancel")]
}

/// Returns the most width that a line can have.
fn most_width(context: &Context) -> u16 {
    MOST_WIDTH.min(context.body.width.saturating_sub(4))
}

/// Puts blank lines between the parts if there is room for them.
fn spaced(
    context: &Context,
    mut lines: Vec<Line<'static>>,
    mut foot: Vec<Line<'static>>,
    width: u16,
) -> BoxLayout {
    let height = usize::from(context.body.height.saturating_sub(2));
    let gaps = if foot.len() > 1 { 2 } else { 1 };
    if lines.len() + foot.len() + gaps <= height {
        lines.push(Line::raw(""));
        if foot.len() > 1 {
            foot.insert(foot.len() - 1, Line::raw(""));
        }
    }
    let room = height.saturating_sub(foot.len()).max(1);
    BoxLayout { lines, foot, room, width }
}

/// Draws the box; its lines from `top` on, if there is no room for all of them.
fn draw(context: &Context, frame: &mut Frame<'_>, title: &str, layout: &BoxLayout, top: usize) {
    let theme = context.theme;
    let most = layout.overflow();
    let top = top.min(most);
    let shown = if most > 0 { layout.room.saturating_sub(1) } else { layout.lines.len() };
    let mut lines: Vec<_> = layout.lines.iter().skip(top).take(shown).cloned().collect();
    if most > 0 {
        let (up, down) = (theme.shape("↑", "Up"), theme.shape("↓", "Down"));
        let words = format!("{} of {} lines · {up} {down} scroll", top + shown, layout.lines.len());
        lines.push(Line::styled(words, theme.care()));
    }
    lines.extend(layout.foot.iter().cloned());
    let inside = dialog_frame::draw(frame, context.body, theme, title, layout.width, lines.len() as u16);
    frame.render_widget(Text::from(lines), inside);
}
