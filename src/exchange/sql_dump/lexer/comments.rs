//! Comments, and the conditional ones whose content is code.
//!
//! Source: MySQL 8.4 manual, "Comments"; MariaDB, "Comment Syntax".

use std::io::Read;

use memchr::memchr;

use crate::exchange::sql_dump::Result;

use super::Lexer;

/// Versions that no server will reach mark a comment, as in `/*M!999999\- enable the sandbox mode */`.
const NEVER_CODE: [u32; 2] = [99_999, 999_999];

impl<R: Read> Lexer<R> {
    /// Moves past one comment, or past the opening or closing mark of a conditional one; returns false if there
    /// is none here.
    pub(crate) fn comment(&mut self) -> Result<bool> {
        match *self.source.ahead(4)? {
            [b'#', ..] | [b'-', b'-'] | [b'-', b'-', 0..=b' ', ..] => self.rest_of_line()?,
            [b'/', b'*', b'!', ..] => self.conditional(3)?,
            [b'/', b'*', b'M', b'!', ..] => self.conditional(4)?,
            [b'/', b'*', ..] => self.block_comment(2)?,
            [b'*', b'/', ..] if self.conditionals > 0 => {
                self.source.consume(2);
                self.conditionals -= 1;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn rest_of_line(&mut self) -> Result<()> {
        loop {
            let window = self.source.ahead(1)?;
            let length = window.len();
            let found = memchr(b'\n', window);
            self.source.consume(found.map_or(length, |at| at + 1));
            if found.is_some() || length == 0 {
                return Ok(());
            }
        }
    }

    /// Enters a conditional comment whose mark has `mark` bytes and perhaps a version of 5 or 6 digits.
    fn conditional(&mut self, mark: usize) -> Result<()> {
        let rest = self.source.ahead(mark + 6)?.get(mark..).unwrap_or_default();
        let digits = rest.iter().take(6).take_while(|byte| byte.is_ascii_digit());
        let (count, version) = digits
            .fold((0, 0_u32), |(count, version), digit| (count + 1, version * 10 + u32::from(digit - b'0')));
        if NEVER_CODE.contains(&version) {
            return self.block_comment(mark + count);
        }
        self.source.consume(mark + count);
        self.conditionals += 1;
        self.mysql = true;
        Ok(())
    }

    fn block_comment(&mut self, mark: usize) -> Result<()> {
        self.source.consume(mark);
        loop {
            let window = self.source.ahead(2)?;
            if window.is_empty() {
                return Err(self.cut_off());
            }
            let length = window.len();
            let star = memchr(b'*', window);
            self.source.consume(star.unwrap_or(length));
            if star.is_some() {
                if self.source.ahead(2)?.starts_with(b"*/") {
                    self.source.consume(2);
                    return Ok(());
                }
                self.source.consume(1);
            }
        }
    }
}
