//! Asks for a secret on the terminal, for commands: what is typed is not shown and goes straight into wiped memory.

use std::io::{self, Write as _};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use super::input::Reader;
use crate::domain::secret::Secret;

/// Prints `prompt` on standard error and reads a secret from the terminal.
///
/// # Errors
/// [`io::ErrorKind::Interrupted`] after Ctrl-C or Ctrl-D, [`io::ErrorKind::InvalidInput`] for what is too long for a
/// secret, and what keeps the terminal from being read.
pub fn ask_secret(prompt: &str) -> io::Result<Secret> {
    let mut err = io::stderr();
    write!(err, "{prompt}")?;
    err.flush()?;
    enable_raw_mode()?;
    // What is typed ahead of the next prompt stays in the terminal.
    let secret = Reader::open(1).and_then(|mut reader| read_secret(|| reader.next_event()));
    disable_raw_mode()?;
    writeln!(err)?;
    secret
}

fn read_secret(mut next: impl FnMut() -> io::Result<Event>) -> io::Result<Secret> {
    let mut secret = Secret::new();
    loop {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = next()? else { continue };
        if kind == KeyEventKind::Release {
            continue;
        }
        match (code, modifiers.contains(KeyModifiers::CONTROL)) {
            (KeyCode::Enter, _) | (KeyCode::Char('j' | 'm'), true) => return Ok(secret),
            (KeyCode::Char('c' | 'd'), true) => return Err(io::ErrorKind::Interrupted.into()),
            (KeyCode::Char('u'), true) => secret.clear(),
            (KeyCode::Backspace, _) | (KeyCode::Char('h'), true) => secret.pop(),
            (KeyCode::Char(letter), false) => secret
                .push_str(letter.encode_utf8(&mut [0; 4]))
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[(char, KeyModifiers)]) -> io::Result<Secret> {
        let mut keys = keys.iter();
        read_secret(|| {
            let (letter, modifiers) = keys.next().copied().unwrap_or(('m', KeyModifiers::CONTROL));
            Ok(Event::Key(KeyEvent::new(KeyCode::Char(letter), modifiers)))
        })
    }

    #[test]
    fn letters_are_taken_and_corrected() {
        let (plain, ctrl) = (KeyModifiers::NONE, KeyModifiers::CONTROL);
        let keys = [('x', plain), ('u', ctrl), ('ä', plain), ('b', plain), ('c', plain), ('h', ctrl)];
        assert_eq!(typed(&keys).unwrap().expose(), "äb");
    }

    #[test]
    fn control_c_gives_up() {
        let error = typed(&[('a', KeyModifiers::NONE), ('c', KeyModifiers::CONTROL)]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let error = typed(&[('x', KeyModifiers::SHIFT); 257]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
