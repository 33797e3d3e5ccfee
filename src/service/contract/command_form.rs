//! The command of a request, before it is written as a line.

use std::borrow::Cow;
use std::path::Path;

use crate::domain::time::Duration;
use crate::domain::user::{Fields, Who};

/// A command with all of its arguments but those that name its rows.
pub(super) struct CommandForm<'a> {
    pub(super) command: &'static str,
    pub(super) arguments: Vec<Argument<'a>>,
}

/// An argument of a command.
pub(super) enum Argument<'a> {
    Word(Cow<'a, str>),
    File(&'a Path),
    Account(&'a Who),
    Flag(&'static str),
    Value(&'static str, Cow<'a, str>),
    AccountValue(&'static str, &'a Who),
    Life(Duration),
    /// One option for each field.
    Fields(&'a Fields),
    /// As [`Self::Fields`], without empty ones: a new account has no fields to remove.
    NewFields(&'a Fields),
}

impl<'a> CommandForm<'a> {
    pub(super) const fn new(command: &'static str) -> Self {
        Self { command, arguments: Vec::new() }
    }

    pub(super) fn with(mut self, argument: Argument<'a>) -> Self {
        self.arguments.push(argument);
        self
    }

    pub(super) fn flag_if(self, condition: bool, flag: &'static str) -> Self {
        if condition { self.with(Argument::Flag(flag)) } else { self }
    }
}
