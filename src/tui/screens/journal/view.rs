//! The drawing of the journal's entries.

use ratatui::text::{Line, Span};

use crate::domain::columns::Column;
use crate::domain::difference::{Difference, differences};
use crate::domain::filter::Filter;
use crate::domain::journal::{
    Actor, Entry, Erased, FieldValues, Fold, JournalColumn, Line as JournalLine, Origin, Outcome,
};
use crate::domain::list_columns::journal;
use crate::domain::text::{
    capitalized, clip, count, pad, sentence as with_capital, visible, visible_name, width,
};
use crate::domain::time::{Timestamp, ago, clock, date, day};
use crate::tui::context::{Context, Medium};
use crate::tui::screens::listing::{CellOf, ListStyle, RowShown};
use crate::tui::theme::Theme;
use crate::tui::widgets::detail_lines::{Details, INDENT, LABEL};
use crate::tui::widgets::table::Cell;

use super::fields::{label, value};
use super::sentence::{numbered, of_several, sentence};

const TIME: usize = 0;
const BY: usize = 1;
const WHAT: usize = 2;

const COLUMNS: &[Column] = &[
    journal::TIME,
    journal::BY,
    Column::new("What", &["verb", "outcome", "kind", "label", "before", "after", "reason"], 15, 1, 0),
];

/// The number of columns from which a row has room for a note at its right end.
const NARROW: u16 = 60;
/// The maximum width of a value in cells; it takes as many lines as it needs.
const VALUE: usize = 600;
/// The maximum width of a field's name in cells.
const FIELD: usize = 20;
/// The number of digits that tell a hash from others at a glance.
const SHORT_HASH: usize = 12;

pub(super) const STYLE: ListStyle<JournalLine, JournalColumn, ()> = ListStyle {
    name: "Journal",
    unit: "entries",
    none: "Nothing has been done yet.",
    no_match: "No matching entries.  {out esc} clears the filter.",
    columns: COLUMNS,
    sorted_column: |column| match column {
        JournalColumn::Seq => Some(TIME),
        JournalColumn::Actor => Some(BY),
        JournalColumn::Action => Some(WHAT),
    },
    cells: CELLS,
    detail,
    group: Some(|context, line| group(context, line.entry.at)),
    crumbs: None,
};

/// Returns the heading of the day on which an entry was written.
fn group(context: &Context, at: Option<Timestamp>) -> String {
    at.map_or_else(|| "Time unreadable".into(), |at| day(context.clocks(context.now), context.clocks(at)))
}

const CELLS: &[CellOf<JournalLine>] = &[
    |context, line, _| {
        let none = || context.theme.shape("–", "-").to_owned();
        Cell::new(line.entry.at.map_or_else(none, |at| clock(context.clocks(at))))
    },
    |_, line, _| Cell::new(by(&line.entry.actor)),
    what,
];

/// Returns the cell of what was done.
fn what<'r>(context: &Context, line: &'r JournalLine, _: &Filter) -> Cell<'r> {
    let theme = context.theme;
    let entry = &line.entry;
    let mark = theme.outcome(entry.outcome);
    let inside = |told: String| Cell::indented("  ", told, theme.plain());
    // Where there is no room for the word, the shape leads the sentence.
    let narrow = context.body.width < NARROW;
    let in_lines = context.medium == Medium::Lines;
    match (line.fold, entry.outcome) {
        (Fold::Closed(entries), _) => {
            let (shape, told) = (theme.sign("▸", "+"), of_several(entry, entries));
            if narrow {
                Cell::new(format!("{shape}{told}"))
            } else {
                let closed = if in_lines { ", closed" } else { "" };
                let words = format!("{shape}{}{closed}", count(entries, "entry", "entries"));
                Cell::new(told).ending(words, theme.quiet())
            }
        }
        (Fold::Open { is_first: true, entries }, _) if !narrow => {
            let open = if in_lines { ", open" } else { "" };
            let words = format!("{}{}{open}", theme.sign("▾", "-"), count(entries, "entry", "entries"));
            inside(sentence(entry)).ending(words, theme.quiet())
        }
        (Fold::Open { .. }, Outcome::Done) if in_lines => {
            Cell::new(sentence(entry)).ending("of the same action", theme.quiet())
        }
        (Fold::Open { .. }, Outcome::Done) => inside(sentence(entry)),
        (Fold::Single, Outcome::Done) => Cell::new(sentence(entry)),
        (Fold::Single | Fold::Open { .. }, Outcome::Begun | Outcome::Refused) if narrow => {
            Cell::shaped(mark, sentence(entry))
        }
        (Fold::Single | Fold::Open { .. }, Outcome::Begun | Outcome::Refused) => {
            Cell::new(sentence(entry)).ending(mark.text(), mark.style)
        }
    }
}

/// Returns the name of the actor. An OS user is not taken for an account of the same name, which cannot hold a colon.
fn by(actor: &Actor) -> String {
    match actor.account {
        Some(_) => actor.name.clone(),
        None => format!("os:{}", actor.name),
    }
}

/// Returns the whole entry, and its change field by field.
fn detail(context: &Context, line: &JournalLine, _: Option<&()>, shown: RowShown) -> Vec<Line<'static>> {
    let theme = context.theme;
    let entry = &line.entry;
    let mark = theme.outcome(entry.outcome);
    let number = format!("entry {}", entry.seq);
    let (told, number, about) = match line.fold {
        Fold::Closed(entries) => {
            let entries_of_it = count(entries, "entry", "entries");
            (of_several(entry, entries), format!("{entries_of_it} from {number} on"), None)
        }
        Fold::Single | Fold::Open { .. } => (sentence(entry), number, numbered(&entry.object, " · ")),
    };
    let mut details = if shown.has(WHAT) {
        Details::new(theme, &capitalized(&number), about.unwrap_or_default())
    } else {
        let about = about.map(|about| format!(" · {about}")).unwrap_or_default();
        Details::new(theme, &with_capital(&told), number + &about)
    };
    details.section("Action");
    if !shown.has(BY) {
        details.line("Who", actor(&entry.actor, entry.erased.actor));
    }
    if let Some(name) = &entry.actor.sudo_user {
        details.line("Sudo by", format!("{name}, OS user"));
    }
    details.line("From", origin(&entry.origin));
    if !shown.has(TIME) {
        details.line("When", moment(context, entry.at));
    }
    details.styled("Result", mark.text(), mark.style);
    if let Some(reason) = &entry.reason {
        details.line("Reason", reason);
    }
    match line.fold {
        Fold::Closed(_) => details.note("Enter unfolds them one by one."),
        Fold::Single | Fold::Open { .. } => change(&mut details, theme, entry),
    }
    details.section("Entry");
    if let Some(words) = erased(entry.erased) {
        details.line("Erased", words);
    }
    if let Some(undone) = entry.undoes {
        details.line("Undoes", format!("entry {undone}"));
    }
    if entry.act != entry.seq {
        details.line("Action", format!("began with entry {}", entry.act));
    }
    let hash: String = entry.hash.chars().take(SHORT_HASH).collect();
    details.line("Hash", format!("{hash}{}", theme.shape("…", "...")));
    details.into_lines()
}

/// Returns a moment with its zone, and how long ago it was.
fn moment(context: &Context, at: Option<Timestamp>) -> String {
    at.map_or_else(
        || "unreadable".into(),
        |at| {
            let here = context.clocks(at);
            format!("{} {} {}, {}", date(here), clock(here), context.zone_name(), ago(context.now, at))
        },
    )
}

fn actor(actor: &Actor, is_erased: bool) -> String {
    match actor.account {
        Some(account) if !is_erased => format!("{}, account {account}", actor.name),
        Some(_) => actor.name.clone(),
        None => format!("{}, OS user", actor.name),
    }
}

/// Returns what was erased, or `None` if nothing was.
const fn erased(erased: Erased) -> Option<&'static str> {
    match (erased.actor, erased.object) {
        (false, false) => None,
        (true, false) => Some("who did it"),
        (false, true) => Some("what it was about"),
        (true, true) => Some("who did it, and what it was about"),
    }
}

fn origin(origin: &Origin) -> String {
    let place = if origin.place.is_empty() { "unknown" } else { &origin.place };
    match origin.session {
        Some(session) => format!("{place}, session {session}"),
        None => place.to_owned(),
    }
}

/// Adds the change: the labels of the fields on the left; on the right each old value and, below it, the new one.
fn change(details: &mut Details, theme: Theme, entry: &Entry) {
    let found: Vec<_> = differences(&entry.before, &entry.after).collect();
    details.section(match (entry.before.is_empty(), entry.after.is_empty()) {
        (true, true) => return,
        // The sentence tells why.
        (true, false) if entry.outcome == Outcome::Refused => return,
        (true, false) => "Recorded with it",
        (false, true) => "As it was",
        (false, false) => "What changed",
    });
    let names = found.iter().map(|found| width(&visible(label(found.field))).min(FIELD)).max();
    let column = LABEL.max(INDENT + names.unwrap_or_default() + 1);
    for line in found.iter().flat_map(|found| field(theme, column, entry, found)) {
        details.push(line);
    }
}

fn field(theme: Theme, column: usize, entry: &Entry, found: &Difference<'_>) -> Vec<Line<'static>> {
    let side =
        |values: &FieldValues| Some(clip(&visible_name(&value(values, found.field)?), VALUE).into_owned());
    let name = clip(&visible(label(found.field)), column - INDENT - 1).into_owned();
    let name = Span::styled(pad(&format!("{:INDENT$}{name}", ""), column), theme.quiet());
    let became = format!("{:>column$}", theme.shape("→ ", "-> "));
    match (side(&entry.before), side(&entry.after)) {
        (Some(before), Some(after)) => vec![
            Line::from(vec![name, Span::styled(before, theme.quiet())]),
            Line::from(vec![Span::styled(became, theme.quiet()), Span::raw(after)]),
        ],
        (before, after) => vec![Line::from(vec![name, Span::raw(after.or(before).unwrap_or_default())])],
    }
}
