//! Asks for a secret on the terminal, for commands: typed text is not shown and goes straight into wiped
//! memory.

use std::io::{self, Write as _};

use crossterm::event::{
    DisableBracketedPaste, EnableBracketedPaste, KeyCode, KeyEvent, KeyEventKind, KeyModifiers,
};
use crossterm::execute;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use crate::domain::secret::{Pasted, Secret, Unfit};

use super::input::{InputEvent, Reader};

/// Prints `prompt` on standard error and reads a secret from the terminal.
///
/// # Errors
/// [`io::ErrorKind::Interrupted`] after Ctrl-C or Ctrl-D, or the error that prevents reading.
pub fn ask_secret(prompt: &str) -> io::Result<Result<Secret, Unfit>> {
    let mut err = io::stderr();
    write!(err, "{prompt}")?;
    err.flush()?;
    enable_raw_mode()?;
    // A paste arrives as one piece: its line end does not answer the next prompt. Text typed ahead for that one
    // stays in the terminal.
    let secret = execute!(err, EnableBracketedPaste)
        .and_then(|()| Reader::open(1))
        .and_then(|mut reader| read_secret(|| reader.next_event()));
    let _ = execute!(err, DisableBracketedPaste);
    disable_raw_mode()?;
    writeln!(err)?;
    secret
}

/// Reads up to Enter. Characters that cannot be part of a secret are reported only then, so that the text after
/// them does not answer the next prompt.
fn read_secret(mut next: impl FnMut() -> io::Result<InputEvent>) -> io::Result<Result<Secret, Unfit>> {
    let mut secret = Secret::new();
    let mut unfit = Ok(());
    loop {
        let KeyEvent { code, modifiers, kind, .. } = match next()? {
            InputEvent::Key(key) => key,
            InputEvent::Paste(text) => {
                unfit = unfit.and(secret.push_given(Pasted::from(text).text()));
                continue;
            }
            InputEvent::Status
            | InputEvent::TabStopsWork
            | InputEvent::Pointer(_)
            | InputEvent::Background(_) => continue,
        };
        if kind == KeyEventKind::Release {
            continue;
        }
        match (code, modifiers.contains(KeyModifiers::CONTROL)) {
            (KeyCode::Enter, _) | (KeyCode::Char('j' | 'm'), true) => return Ok(unfit.map(|()| secret)),
            (KeyCode::Char('c' | 'd'), true) => return Err(io::ErrorKind::Interrupted.into()),
            (KeyCode::Char('u'), true) => {
                secret.clear();
                unfit = Ok(());
            }
            (KeyCode::Backspace, _) | (KeyCode::Char('h'), true) => secret.pop(),
            (KeyCode::Char(letter), false) => unfit = unfit.and(secret.push_typed(letter)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(events: impl IntoIterator<Item = InputEvent>) -> io::Result<Result<Secret, Unfit>> {
        let mut events = events.into_iter();
        let enter = InputEvent::Key(KeyEvent::new(KeyCode::Char('m'), KeyModifiers::CONTROL));
        read_secret(|| Ok(events.next().unwrap_or_else(|| enter.clone())))
    }

    fn key((letter, modifiers): (char, KeyModifiers)) -> InputEvent {
        InputEvent::Key(KeyEvent::new(KeyCode::Char(letter), modifiers))
    }

    fn paste(text: &str) -> InputEvent {
        InputEvent::Paste(text.to_owned())
    }

    #[test]
    fn letters_are_taken_and_corrected() {
        let (plain, ctrl) = (KeyModifiers::NONE, KeyModifiers::CONTROL);
        let keys = [('x', plain), ('u', ctrl), ('ä', plain), ('b', plain), ('c', plain), ('h', ctrl)];
        assert_eq!(answered(keys.map(key)).unwrap().unwrap().expose(), "äb");
    }

    #[test]
    fn control_c_gives_up() {
        let error =
            answered([key(('a', KeyModifiers::NONE)), key(('c', KeyModifiers::CONTROL))]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let long = std::iter::repeat_n(key(('x', KeyModifiers::SHIFT)), 257);
        assert!(matches!(answered(long).unwrap(), Err(Unfit::TooLong(_))));
    }

    #[test]
    fn a_paste_is_taken_whole_without_its_line_end_and_waits_for_enter() {
        for text in ["pä ss", "pä ss\r\n", "pä ss\r", "\u{feff}pä ss\n"] {
            let x = key(('x', KeyModifiers::NONE));
            assert_eq!(answered([paste(text), x]).unwrap().unwrap().expose(), "pä ssx", "{text:?}");
        }
    }

    #[test]
    fn a_paste_with_control_characters_is_refused_unless_it_is_taken_back() {
        let clear = key(('u', KeyModifiers::CONTROL));
        for text in ["a\rb", "a\n\n", "a\0", "\u{1b}[A", "a\u{85}"] {
            assert!(matches!(answered([paste(text)]).unwrap(), Err(Unfit::Control(_))), "{text:?}");
            assert_eq!(answered([paste(text), clear.clone(), paste("b")]).unwrap().unwrap().expose(), "b");
        }
    }
}
