//! Moves of the cursor, and the number of bytes that each takes.

use std::fmt::Write as _;

/// Maximum number of line feeds or backspaces that are shorter than one counted move.
pub(super) const FEW_STEPS: u16 = 3;

/// The place on the screen where the cursor is, as column and line.
pub(super) type CellPosition = (u16, u16);

/// A move of the cursor.
#[derive(Debug, Clone, Copy)]
pub(super) enum CursorMove {
    Absolute(CellPosition),
    Relative(Steps),
}

/// A relative move: down, to the beginning of the line, by tabs, then along the line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Steps {
    pub(super) down: u16,
    pub(super) returns: bool,
    pub(super) tabs: u16,
    pub(super) right: u16,
    pub(super) left: u16,
}

impl CursorMove {
    /// Returns the number of bytes.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Absolute((0, y)) => 3 + digits(y + 1),
            Self::Absolute((x, y)) => 4 + digits(y + 1) + digits(x + 1),
            Self::Relative(Steps { down, returns, tabs, right, left }) => {
                let along = usize::from(returns) + usize::from(tabs);
                steps_len(down, true) + along + steps_len(right, false) + steps_len(left, true)
            }
        }
    }

    pub(super) fn write(self, text: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self {
            Self::Absolute((0, y)) => write!(text, "\x1b[{}H", y + 1),
            Self::Absolute((x, y)) => write!(text, "\x1b[{};{}H", y + 1, x + 1),
            Self::Relative(Steps { down, returns, tabs, right, left }) => {
                write_steps(text, down, Some('\n'), 'B');
                text.extend(returns.then_some('\r'));
                text.extend((0..tabs).map(|_| '\t'));
                write_steps(text, right, None, 'C');
                write_steps(text, left, Some('\x08'), 'D');
                Ok(())
            }
        };
    }
}

fn digits(number: u16) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Returns the number of bytes of a move by `count`; few steps may be single characters.
fn steps_len(count: u16, has_character: bool) -> usize {
    match count {
        0 => 0,
        _ if has_character && count <= FEW_STEPS => count.into(),
        1 => 3,
        _ => 3 + digits(count),
    }
}

/// Writes a move by `count`: the single-step character repeated if it is short enough, else a sequence.
fn write_steps(text: &mut String, count: u16, one: Option<char>, many: char) {
    // Writing to a String cannot fail.
    let _ = match (count, one) {
        (0, _) => Ok(()),
        (1..=FEW_STEPS, Some(one)) => {
            text.extend((0..count).map(|_| one));
            Ok(())
        }
        (1, None) => write!(text, "\x1b[{many}"),
        _ => write!(text, "\x1b[{count}{many}"),
    };
}
