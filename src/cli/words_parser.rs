//! A parser of option values that also lists words for completion.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error};

/// Parses a value with `parse`, and offers `words` where a value is completed.
#[derive(Debug, Clone)]
pub(super) struct WordsParser<F> {
    pub(super) words: Vec<String>,
    pub(super) parse: F,
}

impl<F: TypedValueParser> TypedValueParser for WordsParser<F> {
    type Value = F::Value;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Self::Value, Error> {
        self.parse.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.words.iter().map(PossibleValue::new)))
    }
}
