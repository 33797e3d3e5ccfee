//! Sources of secrets for commands: a prompt, standard input or a file; never an argument or the environment.

use std::io::{self, BufRead, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::domain::secret::{MAX_GIVEN, Secret, Unfit};
use crate::domain::text::excerpt_path;
use crate::domain::user::Field;
use crate::service::contract::{Failure, FailureKind};

use super::Exit;
use super::options::PasswordOptions;
use super::runner::{CommandError, CommandRunner, RunOptions};

/// The secret that a command needs, and its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretSource {
    /// None, or a source that was named.
    Nothing,
    /// One on standard input, or at a prompt if that is a terminal.
    Given,
    /// A password at a prompt.
    Prompted,
}

impl SecretSource {
    /// Returns the need for a password from one of these sources, else from a prompt.
    pub(super) fn password(options: &PasswordOptions) -> Self {
        match (options.password_stdin, options.is_given()) {
            (true, _) => Self::Given,
            (false, true) => Self::Nothing,
            (false, false) => Self::Prompted,
        }
    }

    /// Checks that a needed prompt is possible.
    ///
    /// # Errors
    /// Wrong usage if nobody can type the secret.
    pub(super) fn check(self, options: RunOptions) -> Result<(), Exit> {
        match self {
            Self::Prompted if !options.can_ask => Err(Exit::usage(
                "A password is needed, but nobody can be asked.",
                "use --password-stdin or --password-file FILE",
            )),
            _ => Ok(()),
        }
    }
}

/// The reason that there is no secret.
#[derive(Clone, Copy)]
enum NoSecret {
    Unfit(Unfit),
    Missing,
}

impl CommandRunner<'_, '_> {
    /// Returns the password that a command needs.
    pub(super) fn password(&mut self, options: &PasswordOptions) -> Result<Secret, CommandError> {
        match self.given_password(options)? {
            Some(password) => Ok(password),
            None => self.new_password(),
        }
    }

    /// Returns the password from standard input or a file, if one of them was named.
    pub(super) fn given_password(
        &mut self,
        options: &PasswordOptions,
    ) -> Result<Option<Secret>, CommandError> {
        if let Some(path) = &options.password_file {
            let read = (self.io.open_file)(path).and_then(|mut file| read_whole(&mut file));
            let password = read.map_err(|error| unreadable(path, &error))?;
            return Ok(Some(password.map_err(no_password)?));
        }
        if !options.password_stdin {
            return Ok(None);
        }
        if self.options.can_ask {
            // Standard input is a terminal: reading it directly would show what is typed.
            return self.new_password().map(Some);
        }
        Ok(Some(read_line(&mut self.io.input)?.map_err(no_password)?))
    }

    /// Reads a token from standard input, or at a prompt if that is a terminal.
    pub(super) fn token(&mut self) -> Result<Secret, CommandError> {
        let token =
            if self.options.can_ask { self.prompt("Token: ")? } else { read_line(&mut self.io.input)? };
        token.map_err(|why| match why {
            NoSecret::Unfit(unfit @ Unfit::Control(_)) => {
                Failure::new(FailureKind::Invalid, format!("The token is {unfit}.")).into()
            }
            NoSecret::Unfit(Unfit::TooLong(_) | Unfit::NotText) | NoSecret::Missing => {
                Failure::new(FailureKind::Refused, "The token is invalid.").into()
            }
        })
    }

    fn new_password(&mut self) -> Result<Secret, CommandError> {
        let password = self.prompt("New password: ")?.map_err(no_password)?;
        let again = self.prompt("The same again: ")?.map_err(no_password)?;
        if password == again { Ok(password) } else { Err(refused("The two passwords differ.").into()) }
    }

    fn prompt(&mut self, prompt: &str) -> Result<Result<Secret, NoSecret>, CommandError> {
        match (self.io.ask_secret)(prompt) {
            Ok(Ok(secret)) => Ok(Ok(secret)),
            Ok(Err(unfit)) => Ok(Err(NoSecret::Unfit(unfit))),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                Err(Failure::new(FailureKind::Stopped, "Stopped; nothing has changed.").into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn no_password(why: NoSecret) -> Failure {
    match why {
        NoSecret::Unfit(unfit) => refused(&format!("The password is {unfit}.")),
        NoSecret::Missing => refused("No password was given."),
    }
}

/// Number of bytes of which a secret is read: one more than it can have.
const ROOM: usize = MAX_GIVEN + 1;

/// Reads all of a file, which holds nothing but the secret: of several lines, nobody knows which is meant. The buffer
/// never grows, as in [`read_line`].
fn read_whole(input: &mut dyn BufRead) -> io::Result<Result<Secret, NoSecret>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    let count = input.take(ROOM as u64).read_to_end(&mut bytes)?;
    Ok(secret_of(count, &bytes))
}

/// Reads one line, or one byte more than a secret can have, through a buffer that never grows, so that no copy
/// of it is left behind.
fn read_line(input: &mut dyn BufRead) -> io::Result<Result<Secret, NoSecret>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    let count = input.take(ROOM as u64).read_until(b'\n', &mut bytes)?;
    Ok(secret_of(count, &bytes))
}

fn secret_of(count: usize, bytes: &[u8]) -> Result<Secret, NoSecret> {
    if count == 0 { Err(NoSecret::Missing) } else { Secret::from_given(bytes).map_err(NoSecret::Unfit) }
}

fn refused(sentence: &str) -> Failure {
    Failure::new(FailureKind::Invalid, sentence).about(Field::Password)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(FailureKind::Invalid, format!("Cannot read {}: {error}.", excerpt_path(path)))
}
