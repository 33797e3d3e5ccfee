//! The parts of MySQL's `SQL_MODE` that change how quoted text is read, and the variables that a dump keeps it in.

use std::ops::BitOr;

/// How quoted text is read.
/// Source: MySQL 8.4 manual, "Server SQL Modes".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mode {
    /// `NO_BACKSLASH_ESCAPES`: a backslash is a letter like any other.
    pub(super) plain_backslash: bool,
    /// `ANSI_QUOTES`: what stands in double quotes is a name, not a text.
    pub(super) ansi_quotes: bool,
}

impl Mode {
    /// Reads a value of `SQL_MODE`: words between commas. Those in the last arm include `ANSI_QUOTES`.
    fn named(list: &[u8]) -> Self {
        list.split(|byte| *byte == b',').fold(Self::default(), |mode, word| {
            match word.trim_ascii().to_ascii_uppercase().as_slice() {
                b"NO_BACKSLASH_ESCAPES" => Self { plain_backslash: true, ..mode },
                b"ANSI_QUOTES" | b"ANSI" | b"ORACLE" | b"MSSQL" | b"DB2" | b"POSTGRESQL" | b"MAXDB" => {
                    Self { ansi_quotes: true, ..mode }
                }
                _ => mode,
            }
        })
    }
}

impl BitOr for Mode {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            plain_backslash: self.plain_backslash || other.plain_backslash,
            ansi_quotes: self.ansi_quotes || other.ansi_quotes,
        }
    }
}

/// The mode in force, and the modes put aside in `@variables` (dumps put it aside around triggers and routines).
#[derive(Debug, Default)]
pub(super) struct Modes {
    pub(super) current: Mode,
    saved: Vec<(Vec<u8>, Mode)>,
}

/// Dump tools use two; a file with more loses its oldest.
const MAX_SAVED: usize = 16;

impl Modes {
    /// Carries out `target = value`, both as written, when it sets the mode or puts it aside.
    fn assign(&mut self, target: &[u8], value: Option<Mode>) {
        if is_sql_mode(target) {
            self.current = value.unwrap_or_default();
        } else if let (Some(mode), true) = (value, target.starts_with(b"@")) {
            self.saved.retain(|(name, _)| !name.eq_ignore_ascii_case(target));
            if self.saved.len() == MAX_SAVED {
                self.saved.remove(0);
            }
            self.saved.push((target.to_vec(), mode));
        }
    }

    /// The mode that a variable holds, if it holds one, or that a bare word names.
    fn get(&self, name: &[u8]) -> Option<Mode> {
        if is_sql_mode(name) {
            return Some(self.current);
        }
        if !name.starts_with(b"@") {
            return Some(Mode::named(name));
        }
        self.saved.iter().find(|(saved, _)| saved.eq_ignore_ascii_case(name)).map(|(_, mode)| *mode)
    }
}

/// Whether a name is that of the system variable, with or without its scope.
fn is_sql_mode(name: &[u8]) -> bool {
    let scopes: [&[u8]; 5] = [b"@@", b"SESSION.", b"LOCAL.", b"GLOBAL.", b""];
    let name = name.to_ascii_uppercase();
    scopes
        .iter()
        .fold(name.as_slice(), |rest, scope| rest.strip_prefix(*scope).unwrap_or(rest))
        .eq(b"SQL_MODE")
}

/// A piece of a SET statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A variable or any bare word, with its `@`s.
    Name(Vec<u8>),
    /// A quoted text.
    Text(Vec<u8>),
    /// `=`
    Equals,
    /// `,`
    Comma,
    /// What sets no mode: brackets, other signs.
    Other,
}

/// One `target = value` of a SET statement while its pieces come in.
#[derive(Debug, Default)]
pub(super) struct Assignment {
    target: Vec<u8>,
    equals: bool,
    value: Option<Mode>,
}

impl Assignment {
    /// Takes the next piece; a comma carries the assignment out and begins the next one.
    pub(super) fn take(&mut self, piece: Piece, modes: &mut Modes) {
        match piece {
            Piece::Name(name) if !self.equals => self.target = name,
            Piece::Name(name) => self.add(modes.get(&name)),
            Piece::Text(text) if self.equals => self.add(Some(Mode::named(&text))),
            Piece::Equals => self.equals = true,
            Piece::Comma => std::mem::take(self).finish(modes),
            Piece::Text(_) | Piece::Other => {}
        }
    }

    /// Carries the assignment out.
    pub(super) fn finish(self, modes: &mut Modes) {
        if self.equals {
            modes.assign(&self.target, self.value);
        }
    }

    fn add(&mut self, part: Option<Mode>) {
        self.value = match (self.value, part) {
            (Some(value), Some(part)) => Some(value | part),
            (value, part) => value.or(part),
        };
    }
}
