//! Where a command gets its secrets: a prompt, standard input or a file; never an argument or the environment.

use std::io::{self, BufRead, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::domain::secret::{MAX_BYTES, Secret, TooLong};
use crate::domain::text::excerpt_path;
use crate::domain::user::Field;
use crate::service::contract::{Failure, FailureKind};

use super::Exit;
use super::errand::{Errand, Manner, Stop};
use super::options::PasswordOptions;

/// What a command needs to be told in secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nothing, or where it comes from is said.
    Nothing,
    /// Something on standard input, or at a prompt if that is a terminal.
    Given,
    /// A password at a prompt.
    Prompted,
}

impl Wanted {
    /// A password from one of these sources, else from a prompt.
    pub(super) fn password(options: &PasswordOptions) -> Self {
        match (options.password_stdin, options.is_given()) {
            (true, _) => Self::Given,
            (false, true) => Self::Nothing,
            (false, false) => Self::Prompted,
        }
    }

    /// # Errors
    /// Wrong usage where nobody is there to type it.
    pub(super) fn check(self, manner: Manner) -> Result<(), Exit> {
        match self {
            Self::Prompted if !manner.can_ask => Err(Exit::usage(
                "A password is needed, and there is nobody to ask.",
                "--password-stdin or --password-file FILE gives it",
            )),
            _ => Ok(()),
        }
    }
}

/// What a line held that should be a secret.
enum Line {
    Secret(Secret),
    TooLong,
    NotText,
    Missing,
}

impl Errand<'_, '_> {
    /// The password that a command needs.
    pub(super) fn password(&mut self, options: &PasswordOptions) -> Result<Secret, Stop> {
        match self.given_password(options)? {
            Some(password) => Ok(password),
            None => self.new_password(),
        }
    }

    /// The password from standard input or a file, if one of them was named.
    pub(super) fn given_password(&mut self, options: &PasswordOptions) -> Result<Option<Secret>, Stop> {
        if let Some(path) = &options.password_file {
            let line = (self.io.open_file)(path).and_then(|mut file| read_line(&mut file));
            let line = line.map_err(|error| unreadable(path, &error))?;
            return Ok(Some(line.into_password()?));
        }
        if !options.password_stdin {
            return Ok(None);
        }
        if self.manner.can_ask {
            // Somebody types: what is read from standard input itself would be seen.
            return self.new_password().map(Some);
        }
        Ok(Some(read_line(&mut self.io.input)?.into_password()?))
    }

    /// A token from standard input, or at a prompt if that is a terminal.
    pub(super) fn token(&mut self) -> Result<Secret, Stop> {
        let line =
            if self.manner.can_ask { self.prompt("Token: ") } else { Ok(read_line(&mut self.io.input)?) };
        match line? {
            Line::Secret(token) => Ok(token),
            Line::TooLong | Line::NotText | Line::Missing => {
                Err(Failure::new(FailureKind::Refused, "This token is not good.").into())
            }
        }
    }

    fn new_password(&mut self) -> Result<Secret, Stop> {
        let password = self.prompt("New password: ")?.into_password()?;
        let again = self.prompt("The same again: ")?.into_password()?;
        if password == again { Ok(password) } else { Err(refused("The two passwords differ.").into()) }
    }

    fn prompt(&mut self, prompt: &str) -> Result<Line, Stop> {
        match (self.io.ask_secret)(prompt) {
            Ok(secret) => Ok(Line::Secret(secret)),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(Line::TooLong),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                Err(Failure::new(FailureKind::Stopped, "Stopped; nothing has changed.").into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Line {
    fn into_password(self) -> Result<Secret, Failure> {
        match self {
            Self::Secret(password) => Ok(password),
            Self::TooLong => Err(refused(&format!("The password is {TooLong}."))),
            Self::NotText => Err(refused("The password is not in UTF-8.")),
            Self::Missing => Err(refused("No password was given.")),
        }
    }
}

/// One line without its end, through a buffer that never grows, so that no copy stays behind.
fn read_line(input: &mut dyn BufRead) -> io::Result<Line> {
    // One byte more than fits, and the line end.
    const ROOM: usize = MAX_BYTES + 3;
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    if input.take(ROOM as u64).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(Line::Missing);
    }
    let line = bytes.strip_suffix(b"\n").map_or(&bytes[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
    Ok(match std::str::from_utf8(line).map(Secret::from_text) {
        Ok(Ok(secret)) => Line::Secret(secret),
        Ok(Err(TooLong)) => Line::TooLong,
        // The cut may have gone through a letter.
        Err(_) if line.len() > MAX_BYTES => Line::TooLong,
        Err(_) => Line::NotText,
    })
}

fn refused(sentence: &str) -> Failure {
    Failure::new(FailureKind::Invalid, sentence).about(Field::Password)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(FailureKind::Invalid, format!("Cannot read {}: {error}.", excerpt_path(path)))
}
