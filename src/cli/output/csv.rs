//! CSV after RFC 4180, with formulas defused that a spreadsheet would run.

use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

use crate::domain::text::{defused, defused_json, visible};
use crate::domain::time::to_rfc3339;

use super::Value;

/// Writes lines of CSV.
pub(super) struct CsvLines<'o> {
    lines: Writer<&'o mut dyn Write>,
    /// False for a pipe, which gets the data unchanged; a terminal gets stand-ins for characters that it would
    /// act on.
    terminal: bool,
}

impl<'o> CsvLines<'o> {
    pub(super) fn new(out: &'o mut dyn Write, terminal: bool) -> Self {
        Self { lines: WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out), terminal }
    }

    pub(super) fn header(&mut self, keys: &[&str]) -> io::Result<()> {
        self.lines.write_record(keys).map_err(io::Error::from)
    }

    pub(super) fn row(&mut self, values: impl IntoIterator<Item = Value>) -> io::Result<()> {
        let cells = values.into_iter().map(|value| match value {
            Value::Null => String::new(),
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Time(time) => to_rfc3339(time),
            Value::Text(text) => self.text(&text),
            Value::Ids(ids) => ids.iter().map(i64::to_string).collect::<Vec<_>>().join(" "),
            Value::Json(json) => self.text(&defused_json(&json.to_string())),
        });
        self.lines.write_record(cells.collect::<Vec<_>>()).map_err(io::Error::from)
    }

    fn text(&self, text: &str) -> String {
        let text = defused(text);
        if self.terminal { visible(&text).into_owned() } else { text.into_owned() }
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.lines.flush()
    }
}
