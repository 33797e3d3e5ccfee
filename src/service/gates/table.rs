//! The table of gates. Each row judges one gate.

use crate::auth::password::is_usable;
use crate::domain::text::count;
use crate::domain::time::date_time;
use crate::domain::user::{Fields, Shut, Status, Who};
use crate::service::contract::{AccountAction, AccountChange, CODE_LIFE, Gate, GateKind, Request};

use super::evidence::{Evidence, lift};

/// Judges a gate.
type Judge = fn(&Evidence<'_>) -> Gate;

/// The gates in the order of [`GateKind::ALL`]; tests compare them.
pub(super) const GATES: [Judge; GateKind::ALL.len()] =
    [status, valid_from, expires_on, idle_rule, password, must_change, second_factor, wait, sessions];

fn status(of: &Evidence<'_>) -> Gate {
    let status = of.user.status;
    let gate = match status {
        Status::Confirmed => Gate::open(GateKind::Status, status.word()),
        Status::Pending | Status::Suspended => {
            let request = Request::Accounts(AccountAction::Confirm.on(of.selection()));
            Gate { lift: Some(lift(&request, Some("c"))), ..Gate::shut(GateKind::Status, status.word()) }
        }
    };
    let told = of.told_by(gate, "status", Some(status.word()));
    // A pending account waits since it was made.
    match status {
        Status::Pending => Gate { since: told.since.or(of.user.created_at), ..told },
        Status::Confirmed | Status::Suspended => told,
    }
}

fn valid_from(of: &Evidence<'_>) -> Gate {
    let Some(day) = of.user.valid_from else {
        return Gate::open(GateKind::ValidFrom, "no first day");
    };
    let gate = match of.user.state().shut_by_time(of.now) {
        Some(Shut::NotYet(_)) => {
            let fields = Fields { valid_from: Some(String::new()), ..Fields::default() };
            let lift = Some(lift(&of.edit(fields), Some("e")));
            Gate { lift, ..Gate::shut(GateKind::ValidFrom, format!("opens on {day}")) }
        }
        Some(Shut::Expired(_) | Shut::Idle(_) | Shut::Pending | Shut::Suspended) | None => {
            Gate::open(GateKind::ValidFrom, format!("since {day}"))
        }
    };
    of.told_by(gate, "valid_from", Some(day.as_str()))
}

fn expires_on(of: &Evidence<'_>) -> Gate {
    let Some(day) = of.user.expires_on else {
        return Gate::open(GateKind::ExpiresOn, "no last day");
    };
    if of.now < day.ends() {
        let gate = Gate::open(GateKind::ExpiresOn, format!("until the end of {day}"));
        return of.told_by(gate, "expires_on", Some(day.as_str()));
    }
    let fields = Fields { expires_on: Some(String::new()), ..Fields::default() };
    let lift = Some(lift(&of.edit(fields), Some("e")));
    let gate = Gate { lift, ..Gate::shut(GateKind::ExpiresOn, format!("expired on {day}")) };
    let told = of.told_by(gate, "expires_on", Some(day.as_str()));
    // It is shut since the day was over, unless the day was set later.
    Gate { since: told.since.max(Some(day.ends())), ..told }
}

fn idle_rule(of: &Evidence<'_>) -> Gate {
    let Some(at) = of.user.idle_at else {
        return Gate::open(
            GateKind::IdleRule,
            if of.idle_rule.is_some() { "does not apply" } else { "no rule" },
        );
    };
    let days = of.idle_rule.map(|rule| rule.days).unwrap_or_default();
    if of.now < at {
        return Gate::open(
            GateKind::IdleRule,
            format!("suspended at {} UTC unless seen before ({days} days)", date_time(at)),
        );
    }
    let request = Request::Accounts(AccountAction::Confirm.on(of.selection()));
    let words = format!("not seen for {days} days");
    Gate { since: Some(at), lift: Some(lift(&request, Some("c"))), ..Gate::shut(GateKind::IdleRule, words) }
}

fn password(of: &Evidence<'_>) -> Gate {
    let has_password = of.credentials.as_ref().is_some_and(|found| is_usable(&found.password_hash));
    let code = of.credentials.as_ref().and_then(|found| found.code.as_ref());
    let gate = match (has_password, code) {
        (true, _) => Gate::open(GateKind::Password, "has a password"),
        (false, Some(code)) => {
            let end = date_time(code.expires_at);
            Gate::open(GateKind::Password, format!("none, but an access code until {end} UTC"))
        }
        (false, None) => {
            let change = AccountChange::MakeCode { life: CODE_LIFE };
            let request = Request::Accounts(change.of(Who::of(of.user)));
            Gate {
                lift: Some(lift(&request, Some("P"))),
                ..Gate::shut(GateKind::Password, "none that NEXUS accepts, and no access code")
            }
        }
    };
    let Some(entry) = of.setting("password").filter(|_| has_password) else { return gate };
    let by = Some(entry.actor.name.clone()).filter(|name| !name.is_empty());
    Gate { since: entry.at, by, ..gate }
}

fn must_change(of: &Evidence<'_>) -> Gate {
    let must = of.credentials.as_ref().is_some_and(|found| found.must_change);
    Gate::open(
        GateKind::MustChange,
        if must {
            "a new password must be chosen at the next log-in"
        } else {
            "no new password is asked for"
        },
    )
}

fn second_factor(of: &Evidence<'_>) -> Gate {
    let Some(factor) = &of.factor else { return Gate::open(GateKind::SecondFactor, "none") };
    let gate = match (factor.since, of.can_check_codes) {
        (None, _) => Gate::open(GateKind::SecondFactor, "waits for its first code"),
        (Some(_), true) => Gate::open(GateKind::SecondFactor, "a code is asked for"),
        (Some(_), false) => {
            let request = Request::Accounts(AccountChange::ResetFactor.of(Who::of(of.user)));
            let words = "its codes cannot be checked without the key file";
            Gate { lift: Some(lift(&request, None)), ..Gate::shut(GateKind::SecondFactor, words) }
        }
    };
    Gate { since: factor.since, ..gate }
}

/// Only origins that failed wait, and not for long.
fn wait(of: &Evidence<'_>) -> Gate {
    if of.waits.is_empty() {
        return Gate::open(GateKind::Wait, "no wait");
    }
    let words: Vec<_> = of.waits.iter().map(|wait| wait.words(&date_time(wait.until))).collect();
    let request = Request::Accounts(AccountAction::Unlock.on(of.selection()));
    Gate { lift: Some(lift(&request, Some("c"))), ..Gate::shut(GateKind::Wait, words.join(", ")) }
}

fn sessions(of: &Evidence<'_>) -> Gate {
    let active = count(of.user.active_sessions, "active session", "active sessions");
    Gate::open(GateKind::Sessions, active)
}
