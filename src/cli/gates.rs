//! `nexus user why`: the gates between an account and the console.

use serde_json::{Value as Json, json};

use crate::domain::text::excerpt_bare;
use crate::domain::time::{date_time, to_rfc3339};
use crate::service::contract::{Accounts, Gate, GateKind, Gates, Reply, Request};

use super::options::parse_who;
use super::output::{Cell, Column, Heading, Key, Record, Tone, Value};
use super::runner::{CommandError, CommandRunner, unexpected};

pub(super) fn show(who: &str, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let Reply::Gates(gates) = runner.read(Request::Accounts(Accounts::Why(parse_who(who)?)))? else {
        return Err(unexpected().into());
    };
    Ok(runner.print(&*gates)?)
}

impl Record for Gates {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("id", |gates: &Self, _| Value::Number(gates.user.id.0)),
            Key::new("username", |gates: &Self, _| Value::of(gates.user.username.as_ref())),
            Key::new("email", |gates: &Self, _| (&gates.user.email).into()),
            Key::new("can_log_in", |gates: &Self, _| Value::Flag(gates.first_shut().is_none())),
            Key::new("gates", |gates: &Self, _| Value::Json(gates.gates.iter().map(json).collect())),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        let gate = |kind: GateKind| {
            Column::new(Heading::words(kind.label()), move |gates: &Self, _| {
                gates.get(kind).map_or_else(|| Cell::optional(None), cell)
            })
        };
        let mut columns = vec![
            Column::new(Heading::words("Account"), |gates: &Self, _| Cell::text(gates.user.label())),
            Column::new(Heading::words("Log-in"), |gates: &Self, _| match gates.first_shut() {
                None => Cell::state("● can log in", Tone::Good),
                Some(shut) => Cell::state(&format!("× cannot log in: {}", about(shut)), Tone::Bad),
            }),
        ];
        columns.extend(GateKind::ALL.map(gate));
        columns
    }
}

fn json(gate: &Gate) -> Json {
    let lift = gate.lift.as_ref();
    json!({
        "gate": gate.kind.word(),
        "open": gate.is_open,
        "words": gate.words,
        "since": gate.since.map(to_rfc3339),
        "by": gate.by,
        "reason": gate.reason,
        "command": lift.and_then(|lift| lift.command.as_ref()),
        "key": lift.and_then(|lift| lift.key),
    })
}

/// Returns a shut gate as the end of a sentence: `status suspended`, or `expired on 2026-11-23`.
fn about(gate: &Gate) -> String {
    match gate.kind {
        GateKind::ValidFrom | GateKind::ExpiresOn => gate.words.clone(),
        GateKind::Status
        | GateKind::IdleRule
        | GateKind::Password
        | GateKind::MustChange
        | GateKind::SecondFactor
        | GateKind::Wait
        | GateKind::Sessions => format!("{} {}", gate.kind.label().to_lowercase(), gate.words),
    }
}

/// Returns a gate as a cell: `× shut: suspended, since 2 Mar 2026 13:18 UTC by root: "lost laptop". To open it: nexus user
/// confirm alan, or c in the console`.
fn cell(gate: &Gate) -> Cell {
    let since = gate.since.map(|at| format!(", since {} UTC", date_time(at))).unwrap_or_default();
    let by = gate.by.as_deref().map(|by| format!(" by {}", excerpt_bare(by))).unwrap_or_default();
    let reason =
        gate.reason.as_deref().map(|reason| format!(": \"{}\"", excerpt_bare(reason))).unwrap_or_default();
    let lift = gate.lift.as_ref().and_then(|lift| match (&lift.command, lift.key) {
        (Some(command), Some(key)) => Some(format!(". To open it: {command}, or {key} in the console")),
        (Some(command), None) => Some(format!(". To open it: {command}")),
        (None, Some(key)) => Some(format!(". To open it: {key} in the console")),
        (None, None) => None,
    });
    let (shape, tone) = if gate.is_open { ("● open", Tone::Good) } else { ("× shut", Tone::Bad) };
    let lift = lift.unwrap_or_default();
    Cell::state(&format!("{shape}: {}{since}{by}{reason}{lift}", gate.words), tone)
}
