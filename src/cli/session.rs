//! `nexus session`: sessions and their tokens.

use clap::{Args, Subcommand};

use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::list_columns::sessions;
use crate::domain::page::{Selection, Window};
use crate::domain::session::{
    DEFAULT_LIFE, ENDS_SOON, EndReason, RowStatus, Session, SessionColumn, SessionLabel,
};
use crate::domain::time::{Timestamp, ago, span, to_stored};
use crate::domain::user::{AccountNames, Field, Who};
use crate::service::contract::{Accounts, Failure, FailureKind, Reply, Request, Sessions, TypedCommand};

use super::list::Row;
use super::options::{ListOptions, parse_filter, parse_life, parse_who};
use super::output::{Cell, Column, Heading, Key, Record, Tone, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::secret::SecretSource;
use super::selection_args::{Expected, IdArgument, Input, ids, parse_id, reads_ids};
use super::store_command::{StoreCommand, typed_action};

/// WHO is an id, an email or a username.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum SessionCommand {
    /// List sessions
    List(ListOptions<SessionColumn>),
    /// Issue a token for a confirmed account and print it, only this once
    Issue {
        who: String,
        /// Life of the session [default: 8h]
        #[arg(long = "for", value_name = "SPAN")]
        life: Option<String>,
        /// Words that tell what the token is for
        #[arg(long, value_name = "TEXT")]
        label: Option<String>,
        #[command(flatten)]
        expected: Expected,
    },
    /// Read a token on standard input and show its account, session and end, or why it is not valid
    Verify,
    /// Renew sessions
    Renew {
        #[command(flatten)]
        which: SessionSelectionOptions,
        /// New life, from now on [default: 8h]
        #[arg(long = "for", value_name = "SPAN")]
        life: Option<String>,
    },
    /// Revoke sessions
    Revoke(SessionSelectionOptions),
    /// Record the end of all expired sessions
    Sweep(Expected),
}

/// Sessions that an action applies to.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct SessionSelectionOptions {
    #[command(flatten)]
    these: These,
    /// Leave out this id; may be repeated (with --user, --filter or --all)
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    except: Vec<i64>,
    #[command(flatten)]
    expected: Expected,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
struct These {
    /// Ids; - reads ids from standard input, one a line
    #[arg(value_parser = parse_id)]
    id: Vec<IdArgument>,
    /// All sessions of this account
    #[arg(long, value_name = "WHO")]
    user: Option<String>,
    /// All sessions that match, as in: user:ada expires:<2h
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// All sessions
    #[arg(long)]
    all: bool,
}

impl StoreCommand for SessionCommand {
    fn check(&self) -> Result<(), &'static str> {
        if let Self::List(options) = self { options.check() } else { Ok(()) }
    }

    fn secret(&self) -> SecretSource {
        match self {
            Self::Verify => SecretSource::Given,
            Self::List(_) | Self::Issue { .. } | Self::Renew { .. } | Self::Revoke(_) | Self::Sweep(_) => {
                SecretSource::Nothing
            }
        }
    }

    fn expected(&self) -> Option<u64> {
        match self {
            Self::Renew { which, .. } | Self::Revoke(which) => which.expected.expect,
            Self::Issue { expected, .. } | Self::Sweep(expected) => expected.expect,
            Self::List(_) | Self::Verify => None,
        }
    }

    fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        Ok(Some(Request::Sessions(match self {
            Self::List(_) | Self::Verify => return Ok(None),
            Self::Issue { who, life, label, expected: _ } => Sessions::Issue {
                who: parse_who(who)?,
                life: parse_life(life.as_deref(), DEFAULT_LIFE)?,
                label: label.as_deref().map(parse_label).transpose()?,
            },
            Self::Renew { which, life } => Sessions::Renew {
                which: which.selection(input)?,
                life: parse_life(life.as_deref(), DEFAULT_LIFE)?,
            },
            Self::Revoke(which) => Sessions::Revoke(which.selection(input)?),
            Self::Sweep(_) => Sessions::Sweep,
        })))
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let input = match self {
            Self::List(options) => {
                return runner.list::<Session>(options, |filter, sort, span| {
                    Request::Sessions(Sessions::List { filter, sort, span })
                });
            }
            Self::Verify => return verify(runner),
            Self::Renew { which, .. } | Self::Revoke(which) => which.read(runner)?,
            Self::Issue { .. } | Self::Sweep(_) => Input::default(),
        };
        self.request(&input)?.map_or(Ok(()), |request| runner.execute(request))
    }

    fn checks_clock(&self) -> bool {
        matches!(self, Self::Verify)
    }

    fn typed(&self) -> Result<TypedCommand, Failure> {
        match self {
            Self::List(options) => options.typed(),
            Self::Verify => Ok(TypedCommand::VerifyToken),
            Self::Issue { .. } | Self::Renew { .. } | Self::Revoke(_) | Self::Sweep(_) => typed_action(self),
        }
    }
}

impl SessionSelectionOptions {
    /// Reads ids, and looks up the named account: a missing account is an error, not an account without
    /// sessions.
    fn read(&self, runner: &mut CommandRunner<'_, '_>) -> Result<Input, CommandError> {
        let ids = runner.ids(reads_ids(&self.these.id))?;
        let Some(who) = &self.these.user else { return Ok(Input { ids, ..Input::default() }) };
        let Reply::User(detail) = runner.read(Request::Accounts(Accounts::Show(parse_who(who)?)))? else {
            return Err(unexpected().into());
        };
        Ok(Input { ids, owner: Some(detail.user.id), ..Input::default() })
    }

    fn selection(&self, input: &Input) -> Result<Selection, Failure> {
        let filter = match &self.these {
            These { user: Some(who), .. } => {
                let who = input.owner.map_or_else(|| parse_who(who), |owner| Ok(Who::Id(owner)));
                Filter::default().and(Test::User(who?))
            }
            These { filter: Some(expression), .. } => parse_filter(ListKind::Sessions, expression)?,
            These { all: true, .. } => Filter::default(),
            These { id, .. } => return Ok(Selection::Ids(ids(id, input))),
        };
        Ok(Selection::Shown { filter, except: self.except.clone() })
    }
}

fn parse_label(text: &str) -> Result<SessionLabel, Failure> {
    SessionLabel::parse(text)
        .map_err(|rule| Failure::new(FailureKind::Invalid, format!("--label {rule}.")).about(Field::Label))
}

fn verify(runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let token = runner.token()?;
    let dry_run = runner.options.dry_run;
    let Reply::Verified(session, names) =
        runner.perform(Request::Sessions(Sessions::Verify(token)), dry_run)?
    else {
        return Err(unexpected().into());
    };
    Ok(runner.print(&Verified(*session, *names))?)
}

/// A valid token: its session, and the names of its account.
pub(super) struct Verified(Session, AccountNames);

impl Record for Verified {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("user_id", |verified: &Self, _| Value::Number(verified.0.user_id.0)),
            Key::new("username", |verified: &Self, _| Value::of(verified.1.username.as_ref())),
            Key::new("email", |verified: &Self, _| (&verified.1.email).into()),
            Key::new("session_id", |verified: &Self, _| Value::Number(verified.0.id)),
            Key::new("short_id", |verified: &Self, _| (&verified.0.short_id).into()),
            Key::new("expiration", |verified: &Self, _| Value::of(verified.0.expiration)),
            Key::new("origin", |verified: &Self, _| verified.0.origin.word().into()),
            Key::new("origin_detail", |verified: &Self, _| (&verified.0.origin_detail).into()),
            Key::new("label", |verified: &Self, _| Value::of(verified.0.label.as_ref())),
            Key::new("started_at", |verified: &Self, _| Value::of(verified.0.started_at)),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::words("Account"), |verified: &Self, _| Cell::text(&verified.0.user)),
            Column::new(Heading::words("Account id"), |verified: &Self, _| Cell::id(verified.0.user_id.0)),
            Column::new(Heading::words("Session id"), |verified: &Self, _| Cell::id(verified.0.id)),
            Column::new(Heading::words("Ends (UTC)"), |verified: &Self, _| {
                Cell::optional(verified.0.expiration.map(to_stored).as_deref())
            }),
            Column::new(Heading::words("Time left"), |verified: &Self, now| {
                Cell::text(&span(verified.0.left(now)))
            }),
            Column::new(Heading::words("Origin"), |verified: &Self, _| {
                Cell::text(&verified.0.origin_words())
            }),
        ]
    }
}

impl Row for Session {
    type Column = SessionColumn;
    const NONE: &'static str = "No sessions.";

    fn id(&self) -> i64 {
        self.id
    }

    fn window(reply: Reply) -> Option<Window<Self>> {
        let Reply::Sessions(window) = reply else { return None };
        Some(window)
    }
}

fn row_status(session: &Session, now: Timestamp) -> RowStatus {
    if session.ended(now).is_none() { RowStatus::Active } else { RowStatus::Expired }
}

fn state(session: &Session, now: Timestamp) -> Cell {
    if session.ended(now).is_some() {
        Cell::state(&format!("× {}", session.ended_word(now)), Tone::Quiet)
    } else if session.left(now) <= ENDS_SOON {
        Cell::state("▲ ends soon", Tone::Confirmation)
    } else {
        Cell::state("● active", Tone::Good)
    }
}

fn since(now: Timestamp, time: Option<Timestamp>) -> Cell {
    Cell::optional(time.map(|time| ago(now, time)).as_deref())
}

impl Record for Session {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("id", |session: &Self, _| Value::Number(session.id)),
            Key::new("user_id", |session: &Self, _| Value::Number(session.user_id.0)),
            Key::new("expiration", |session: &Self, _| Value::of(session.expiration)),
            Key::new("status", |session: &Self, now| row_status(session, now).word().into()),
            Key::new("user", |session: &Self, _| (&session.user).into()),
            Key::new("short_id", |session: &Self, _| (&session.short_id).into()),
            Key::new("origin", |session: &Self, _| session.origin.word().into()),
            Key::new("origin_detail", |session: &Self, _| (&session.origin_detail).into()),
            Key::new("label", |session: &Self, _| Value::of(session.label.as_ref())),
            Key::new("started_at", |session: &Self, _| Value::of(session.started_at)),
            Key::new("last_seen", |session: &Self, _| Value::of(session.last_seen)),
            Key::new("idle_at", |session: &Self, _| Value::of(session.idle_limit.map(|limit| limit.ends_at))),
            Key::new("ended_at", |session: &Self, now| {
                Value::of(session.end_at(now).and_then(|(_, at, _)| at))
            }),
            Key::new("ended_by", |session: &Self, now| {
                Value::of(session.end_at(now).and_then(|(by, _, _)| by))
            }),
            Key::new("end_reason", |session: &Self, now| {
                Value::of(session.end_at(now).and_then(|(_, _, reason)| reason).map(EndReason::word))
            }),
            Key::new("end_remark", |session: &Self, now| Value::of(session.end_remark(now))),
            Key::new("unreadable_expiration", |session: &Self, _| {
                Value::of(session.unreadable_expiration.as_ref())
            }),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::numbers("Id", &["id"]), |session: &Self, _| Cell::id(session.id)),
            Column::new(sessions::STATE, |session: &Self, now| state(session, now)),
            Column::new(sessions::USER, |session: &Self, _| Cell::text(&session.user)),
            Column::new(sessions::SESSION, |session: &Self, _| Cell::text(&session.short_id)),
            Column::new(sessions::ORIGIN, |session: &Self, _| Cell::text(&session.origin_words())),
            Column::new(sessions::LABEL, |session: &Self, _| Cell::optional(session.label.as_deref())),
            Column::new(sessions::STARTED, |session: &Self, now| since(now, session.started_at)),
            Column::new(sessions::LAST_SEEN, |session: &Self, now| since(now, session.last_seen)),
            Column::new(sessions::TIME_LEFT, |session: &Self, now| {
                Cell::text(&session.why_ended(now).unwrap_or_else(|| span(session.left(now))))
            }),
        ]
    }
}
