//! The drawing of the journal's entries.

use ratatui::text::{Line, Span};

use crate::domain::difference::{Difference, differences, told};
use crate::domain::filter::Filter;
use crate::domain::journal::{Actor, EntityKind, EntityRef, Entry, JournalColumn, Origin, Outcome};
use crate::domain::text::{clip, pad, visible, visible_name, width};
use crate::domain::time::{ago, to_stored, when};
use crate::tui::context::Context;
use crate::tui::screens::listing::{ListStyle, RowShown};
use crate::tui::theme::Theme;
use crate::tui::widgets::detail_lines::{LABEL, detail_line};
use crate::tui::widgets::table::{Cell, Column};

const COLUMNS: &[Column] = &[
    Column::new("Time", 12, 0, 60),
    Column::new("By", 10, 0, 50),
    Column::new("  Verb", 13, 0, 0),
    Column::new("What", 11, 1, 0),
    Column::new("Change", 16, 5, 76),
];

/// The maximum width of a value in cells; it takes as many lines as it needs.
const VALUE: usize = 600;
/// The maximum width of a field's name in cells.
const FIELD: usize = 20;
/// The number of digits that tell a hash from others at a glance.
const SHORT_HASH: usize = 12;

pub(super) const STYLE: ListStyle<Entry, JournalColumn, ()> = ListStyle {
    name: "Journal",
    unit: "entries",
    none: "Nothing has been done yet.",
    no_match: "No entry matches the filter.  Esc drops the filter.",
    columns: COLUMNS,
    sorted_column: |column| match column {
        JournalColumn::Seq => Some(0),
    },
    cells,
    detail,
    crumbs: None,
};

/// Returns the cells of a row. A refused action has a shape before its name and the word in its change; the others are
/// quiet.
fn cells(context: &Context, entry: &Entry, _: &Filter) -> Vec<Cell> {
    let theme = context.theme;
    let mark = theme.outcome(entry.outcome);
    let time = match entry.at {
        Some(at) if context.relative => ago(context.now, at),
        Some(at) => when(context.now, at),
        None => "unreadable".into(),
    };
    let (action, style) = match entry.outcome {
        Outcome::Done => (Cell::indented("  ", &entry.action, theme.plain()), theme.plain()),
        Outcome::Begun | Outcome::Refused => (Cell::shaped(mark, &entry.action), mark.style),
    };
    vec![
        Cell::styled(time, theme.quiet()),
        Cell::new(by(&entry.actor)),
        action,
        Cell::styled(what(&entry.object), theme.strong()),
        Cell::styled(told(entry, theme.shape("→", "->")), style),
    ]
}

/// Returns the name of the actor. An OS user is not taken for an account of the same name, which cannot hold a colon.
fn by(actor: &Actor) -> String {
    match actor.account {
        Some(_) => actor.name.clone(),
        None => format!("os:{}", actor.name),
    }
}

fn what(object: &EntityRef) -> String {
    if object.label.is_empty() { named(object) } else { object.label.clone() }
}

/// `account 3`, `session 12 of account 3`
fn named(object: &EntityRef) -> String {
    let id = object.id.map(|id| format!(" {id}")).unwrap_or_default();
    let owner = object.account.filter(|_| object.kind != EntityKind::Account);
    let owner = owner.map(|account| format!(" of account {account}")).unwrap_or_default();
    format!("{}{id}{owner}", object.kind.word())
}

/// Returns the whole entry, and its change field by field.
fn detail(context: &Context, entry: &Entry, _: Option<&()>, _: RowShown) -> Vec<Line<'static>> {
    let theme = context.theme;
    let mark = theme.outcome(entry.outcome);
    let line = |label, value: &str| detail_line(theme, label, Span::raw(visible_name(value).into_owned()));
    let title = format!("{} {}", entry.action, what(&entry.object));
    // Values that may need several lines come last, so that all others keep their place from row to row.
    let mut lines = vec![
        Line::styled(visible(&title).into_owned(), theme.strong()),
        Line::styled(format!("entry {} · {}", entry.seq, named(&entry.object)), theme.quiet()),
        Line::raw(""),
        detail_line(theme, "Result", Span::styled(mark.text(), mark.style)),
        line("Time", &entry.at.map_or("unreadable".into(), to_stored)),
        line("Hash", &format!("{}…", entry.hash.chars().take(SHORT_HASH).collect::<String>())),
        line("Act", &act(entry)),
        Line::raw(""),
        line("By", &actor(&entry.actor)),
    ];
    if let Some(name) = &entry.actor.sudo_user {
        lines.push(line("Sudo by", &format!("{name}, OS user")));
    }
    lines.push(line("From", &origin(&entry.origin)));
    lines.extend(entry.reason.as_ref().map(|reason| line("Reason", reason)));
    lines.extend(entry.undoes.map(|undone| line("Undoes", &format!("entry {undone}"))));
    lines.extend(change(theme, entry));
    lines
}

fn act(entry: &Entry) -> String {
    if entry.act == entry.seq { "begins here".into() } else { format!("began with entry {}", entry.act) }
}

fn actor(actor: &Actor) -> String {
    match actor.account {
        Some(account) => format!("{}, account {account}", actor.name),
        None => format!("{}, OS user", actor.name),
    }
}

fn origin(origin: &Origin) -> String {
    let place = if origin.place.is_empty() { "unknown" } else { &origin.place };
    match origin.session {
        Some(session) => format!("{place}, session {session}"),
        None => place.to_owned(),
    }
}

/// Returns the change: the names of the fields on the left; on the right each old value and, below it, the new one.
fn change(theme: Theme, entry: &Entry) -> Vec<Line<'static>> {
    let found: Vec<_> = differences(&entry.before, &entry.after).collect();
    let heading = match (entry.before.is_empty(), entry.after.is_empty()) {
        (true, true) => return Vec::new(),
        (true, false) if entry.outcome == Outcome::Refused => "Why",
        (true, false) => "After",
        (false, true) => "Before",
        (false, false) => theme.shape("Before → after", "Before -> after"),
    };
    let names = found.iter().map(|found| width(&visible(found.field)).min(FIELD)).max();
    let column = LABEL.max(names.unwrap_or_default() + 2);
    let head = [Line::raw(""), Line::styled(heading, theme.accent())];
    head.into_iter().chain(found.iter().flat_map(|found| field(theme, column, entry, found))).collect()
}

fn field(theme: Theme, column: usize, entry: &Entry, found: &Difference<'_>) -> Vec<Line<'static>> {
    let value = |value: &str| clip(&visible_name(value), VALUE).into_owned();
    let name = clip(&visible(found.field), column - 2).into_owned();
    let name = Span::styled(pad(&name, column), theme.quiet());
    let became = format!("{:>column$}", theme.shape("→ ", "-> "));
    match (found.before.as_deref().map(value), found.after.as_deref().map(value)) {
        (Some(before), Some(after)) => vec![
            Line::from(vec![name, Span::styled(before, theme.quiet())]),
            Line::from(vec![Span::styled(became, theme.quiet()), Span::raw(after)]),
        ],
        (Some(before), None) if !entry.after.is_empty() => {
            vec![Line::from(vec![name, Span::styled(format!("was {before}"), theme.quiet())])]
        }
        (before, after) => vec![Line::from(vec![name, Span::raw(after.or(before).unwrap_or_default())])],
    }
}
