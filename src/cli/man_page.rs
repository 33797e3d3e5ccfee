//! Man pages of the program and its commands, from the definition of the command line, the examples, and the tables of the
//! manual.

use std::fmt::Write as _;
use std::io;

use clap::Command;
use clap_mangen::Man;

use super::{Exit, examples};

const MANUAL: &str = "NEXUS";

/// The page with the keys of JSON and CSV.
const FIELDS: &str = include_str!("../../assets/manual/json.md");

/// The option of every command that changes rows.
const EXPECT: &str = "expect";

/// Returns the man page of the program or, with its words, of a command. `keys` is the page with the keys of the console.
///
/// # Errors
/// Wrong usage: there is no such command.
pub(super) fn of(program: Command, words: &[String], keys: &str) -> Result<String, Exit> {
    let mut program = program.disable_help_subcommand(true);
    // Global options are added to the commands by it.
    program.build();
    let command = words.iter().try_fold(&program, |command, word| command.find_subcommand(word));
    let Some(command) = command.filter(|_| words.iter().all(|word| !word.starts_with('-'))) else {
        return Err(Exit::usage("There is no such command.", "see `nexus --help`"));
    };
    let command: Command = command.clone().disable_help_flag(true);
    let mut page = defined(&command)
        .map_err(|_| Exit::usage("The man page cannot be printed.", "see `nexus --help`"))?;
    let path = words.join(" ");
    examples_section(&path, &mut page);
    if let Some(notes) = command.get_after_help() {
        heading("NOTES", &mut page);
        notes_section(&notes.to_string(), &mut page);
    }
    fields_section(&path, &command, &mut page);
    if words.is_empty() {
        keys_section(keys, &mut page);
    } else {
        heading("SEE ALSO", &mut page);
        page.push_str(".BR nexus (1),\n.BR nexus\\-manual (1)\n");
    }
    Ok(page.chars().map(escaped).collect())
}

/// Returns what the definition of the command says.
fn defined(command: &Command) -> io::Result<String> {
    let source = concat!("nexus ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).manual(MANUAL).source(source);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    if command.get_arguments().next().is_some() {
        man.render_options_section(&mut page)?;
    }
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn heading(name: &str, page: &mut String) {
    let _ = writeln!(page, ".SH \"{name}\"");
}

/// Adds an entry of a list: its name in bold, and its meaning below it.
fn item(name: &str, meaning: &str, page: &mut String) {
    let _ = write!(page, ".TP\n\\fB{}\\fR\n{}\n", plain(name), plain(meaning));
}

fn examples_section(path: &str, page: &mut String) {
    let lines = examples::of(path);
    if lines.is_empty() {
        return;
    }
    heading("EXAMPLES", page);
    for line in lines {
        let _ = write!(page, ".PP\n.nf\n{}\n.fi\n", plain(line));
    }
}

/// Adds notes: paragraphs as they are, and indented lines as they stand.
fn notes_section(notes: &str, page: &mut String) {
    let mut is_list = false;
    for line in notes.lines() {
        if line.starts_with(' ') != is_list {
            is_list = !is_list;
            page.push_str(if is_list { ".nf\n" } else { ".fi\n" });
        }
        if is_list {
            // A blank at the beginning would break the line once more.
            let _ = writeln!(page, "\\&{}", plain(line));
        } else if line.is_empty() {
            page.push_str(".PP\n");
        } else {
            let _ = write!(page, "{}\n.br\n", plain(line));
        }
    }
    if is_list {
        page.push_str(".fi\n");
    }
}

/// Adds the keys of what the command prints in JSON and CSV.
fn fields_section(path: &str, command: &Command, page: &mut String) {
    let is_act = command.get_arguments().any(|argument| argument.get_id() == EXPECT);
    let printed = format!("`{path}`");
    let places: Vec<_> = rows(FIELDS)
        .filter(|row| row.len() == 2)
        .filter(|row| row.last().is_some_and(|by| !path.is_empty() && by.contains(&printed)))
        .filter_map(|row| row.into_iter().next())
        .chain(is_act.then(|| "act".to_owned()))
        .collect();
    let fields: Vec<_> = rows(FIELDS)
        .filter(|row| {
            row.get(1).is_some_and(|of| of.split(", ").any(|of| places.iter().any(|place| place == of)))
        })
        .filter(|row| row.len() == 4)
        .collect();
    if fields.is_empty() {
        return;
    }
    heading("FIELDS", page);
    page.push_str("Of each row with \\-\\-format json, jsonl or csv:\n");
    for row in fields {
        if let [name, _, meaning, unit] = row.as_slice() {
            let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
            item(&unquoted(name), &format!("{}{unit}", unquoted(meaning)), page);
        }
    }
}

/// Adds the keys of the console: a part for each screen.
fn keys_section(keys: &str, page: &mut String) {
    if keys.is_empty() {
        return;
    }
    heading("KEYS", page);
    page.push_str("Of the console; :NAME runs the command of that name.\n");
    for line in keys.lines() {
        if let Some(screen) = line.strip_prefix("## ") {
            let _ = writeln!(page, ".SS \"{}\"", plain(screen));
        }
        if let Some(row) = cells(line)
            && let [keys, name, help] = row.as_slice()
            && keys.starts_with('`')
        {
            item(&unquoted(keys), &format!("{help} (:{})", unquoted(name)), page);
        }
    }
}

/// Returns the rows of the tables of a Markdown page, without headings and rules.
fn rows(page: &str) -> impl Iterator<Item = Vec<String>> {
    page.lines().filter_map(cells).filter(|row| row.iter().all(|cell| !cell.starts_with("---")))
}

/// Returns the cells of a row of a table in Markdown.
fn cells(line: &str) -> Option<Vec<String>> {
    const BAR: &str = "\u{1}";
    let row = line.strip_prefix("| ")?.replace("\\|", BAR);
    let row = row.strip_suffix('|')?;
    Some(row.split(" |").map(|cell| cell.trim().replace(BAR, "|")).collect())
}

fn unquoted(text: &str) -> String {
    text.replace('`', "")
}

/// Returns a text that roff prints as it is (`groff(7)`): nothing in it is a request or an escape.
fn plain(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    if text.starts_with('.') { format!("\\&{text}") } else { text }
}

/// Returns a character as every roff reads it, whatever its input encoding (`groff_char(7)`).
fn escaped(c: char) -> String {
    if c.is_ascii() { c.to_string() } else { format!("\\[u{:04X}]", u32::from(c)) }
}
