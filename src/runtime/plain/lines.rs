//! The lines of standard input, one at a time: each is read only once it is asked for. A secret is not shown on a terminal.

use std::io;
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::domain::secret::Pasted;
use crate::service::contract::{Failure, FailureKind};
use crate::tui::effect::Msg;

use super::super::{RuntimeEvent, start_thread};

/// The maximum number of bytes of a line.
const MAX: usize = 64 << 10;
/// The modes of the terminal while it does not show what is typed.
static HIDDEN: Mutex<Option<Termios>> = Mutex::new(None);

/// A line that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Line,
    Secret,
}

/// Starts the thread that reads a line for each that is asked for.
pub(super) fn listen(inbox: &Sender<RuntimeEvent>) -> io::Result<Sender<LineKind>> {
    let (asks, asked) = mpsc::channel();
    start_thread("lines", inbox, move |inbox| {
        for ask in asked {
            if ask == LineKind::Secret {
                hide();
            }
            let msg = message(read(|byte| Ok(rustix::io::read(rustix::stdio::stdin(), byte)?)));
            show();
            // A missing receiver means that the console is already ending.
            let _ = inbox.send(RuntimeEvent::Msg(Box::new(msg)));
        }
    })?;
    Ok(asks)
}

/// Returns true if standard input is a terminal.
pub(super) fn is_terminal() -> bool {
    isatty(rustix::stdio::stdin())
}

/// Has the terminal show again what is typed.
pub(super) fn show() {
    let hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(modes) = hidden {
        // Failures are ignored: the terminal is gone then.
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, &modes);
    }
}

/// Has the terminal hide what is typed, but for the line end. Does nothing if there is no terminal.
pub(super) fn hide() {
    let mut hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(modes) = tcgetattr(rustix::stdio::stdin()).ok().filter(|_| hidden.is_none()) else { return };
    let mut quiet = modes.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    quiet.local_modes.insert(LocalModes::ECHONL);
    // A failure means that the terminal is gone.
    if tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, &quiet).is_ok() {
        *hidden = Some(modes);
    }
}

/// A line that was read.
enum LineRead {
    Text(Zeroizing<Vec<u8>>),
    TooLong,
    End,
}

/// Reads up to the line end, byte by byte: nothing of the next line is taken, and no copy of a secret stays in a buffer.
fn read(mut next: impl FnMut(&mut [u8; 1]) -> io::Result<usize>) -> io::Result<LineRead> {
    let mut line = Zeroizing::new(Vec::with_capacity(MAX));
    let mut is_too_long = false;
    loop {
        let mut byte = [0];
        match next(&mut byte) {
            Ok(0) if line.is_empty() && !is_too_long => return Ok(LineRead::End),
            Ok(0) => break,
            Ok(_) if byte == *b"\n" => break,
            Ok(_) if line.len() == MAX => is_too_long = true,
            Ok(_) => line.extend_from_slice(&byte),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(if is_too_long { LineRead::TooLong } else { LineRead::Text(line) })
}

/// Returns the message for a line. The end of the input ends the session, and so does an input that cannot be read.
fn message(line: io::Result<LineRead>) -> Msg {
    let unfit = |why: &str| Msg::Line(Err(Failure::new(FailureKind::Invalid, why)));
    match line {
        Ok(LineRead::Text(mut line)) => match String::from_utf8(std::mem::take(&mut *line)) {
            Ok(text) => Msg::Line(Ok(Pasted::from(text))),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                unfit("The line is not valid UTF-8.")
            }
        },
        Ok(LineRead::TooLong) => unfit("The line is too long."),
        Ok(LineRead::End) | Err(_) => Msg::Terminate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(input: &[u8]) -> Vec<Msg> {
        let mut bytes = input.iter();
        let mut messages = Vec::new();
        loop {
            let msg = message(read(|byte| Ok(bytes.next().map(|next| byte[0] = *next).into_iter().count())));
            messages.push(msg.clone());
            if msg == Msg::Terminate {
                return messages;
            }
        }
    }

    #[test]
    fn lines_come_one_by_one_without_their_ends() {
        let line = |text: &str| Msg::Line(Ok(Pasted::from(text)));
        assert_eq!(
            messages("o p\r\n\n  x \nlast".as_bytes()),
            [line("o p"), line(""), line("  x "), line("last"), Msg::Terminate]
        );
    }

    #[test]
    fn what_is_no_text_or_too_long_is_refused_and_the_next_line_follows() {
        let long = [vec![b'x'; MAX + 1], b"\nx\n".to_vec(), vec![0xff, b'\n']].concat();
        let found = messages(&long);
        assert!(matches!(
            &found[..],
            [Msg::Line(Err(_)), Msg::Line(Ok(_)), Msg::Line(Err(_)), Msg::Terminate]
        ));
    }
}
