//! `nexus session`: sessions and their tokens.

use clap::{Args, Subcommand};

use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::page::{Selection, Window};
use crate::domain::session::{DEFAULT_LIFE, ENDS_SOON, EndReason, RowStatus, Session, SessionColumn};
use crate::domain::time::{Timestamp, ago, span, to_stored};
use crate::domain::user::{User, Who};
use crate::service::contract::{Accounts, Failure, Reply, Request, Sessions};

use super::list::Row;
use super::options::{ListOptions, parse_filter, parse_life, parse_who};
use super::output::{Cell, Heading, Record, Tone, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::secret::SecretSource;
use super::selection_args::{Expected, IdArgument, Input, ids, parse_id, reads_ids};

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

impl SessionCommand {
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if let Self::List(options) = self { options.check() } else { Ok(()) }
    }

    pub(super) fn secret(&self) -> SecretSource {
        match self {
            Self::Verify => SecretSource::Given,
            Self::List(_) | Self::Issue { .. } | Self::Renew { .. } | Self::Revoke(_) | Self::Sweep(_) => {
                SecretSource::Nothing
            }
        }
    }

    pub(super) fn expected(&self) -> Option<u64> {
        match self {
            Self::Renew { which, .. } | Self::Revoke(which) => which.expected.expect,
            Self::Issue { expected, .. } | Self::Sweep(expected) => expected.expect,
            Self::List(_) | Self::Verify => None,
        }
    }

    pub(super) fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        Ok(Some(Request::Sessions(match self {
            Self::List(_) | Self::Verify => return Ok(None),
            Self::Issue { who, life, .. } => {
                Sessions::Issue { who: parse_who(who)?, life: parse_life(life.as_deref(), DEFAULT_LIFE)? }
            }
            Self::Renew { which, life } => Sessions::Renew {
                which: which.selection(input)?,
                life: parse_life(life.as_deref(), DEFAULT_LIFE)?,
            },
            Self::Revoke(which) => Sessions::Revoke(which.selection(input)?),
            Self::Sweep(_) => Sessions::Sweep,
        })))
    }

    pub(super) fn run(self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let input = match &self {
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
}

impl SessionSelectionOptions {
    /// Reads ids, and looks up the named account: a missing account is an error, not an account without
    /// sessions.
    fn read(&self, runner: &mut CommandRunner<'_, '_>) -> Result<Input, CommandError> {
        let ids = runner.ids(reads_ids(&self.these.id))?;
        let Some(who) = &self.these.user else { return Ok(Input { ids, ..Input::default() }) };
        match runner.read(Request::Accounts(Accounts::Show(parse_who(who)?)))? {
            Reply::User(detail) => Ok(Input { ids, owner: Some(detail.user.id), ..Input::default() }),
            _ => Err(unexpected().into()),
        }
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

fn verify(runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
    let token = runner.token()?;
    let dry_run = runner.options.dry_run;
    match runner.perform(Request::Sessions(Sessions::Verify(token)), dry_run)? {
        Reply::Verified(session, user) => Ok(runner.print(&Verified(*session, *user))?),
        _ => Err(unexpected().into()),
    }
}

/// A valid token: its session and its account.
pub(super) struct Verified(Session, User);

impl Record for Verified {
    fn keys() -> Vec<&'static str> {
        vec![
            "user_id",
            "username",
            "email",
            "session_id",
            "short_id",
            "expiration",
            "origin",
            "origin_detail",
            "started_at",
        ]
    }

    fn headings() -> Vec<Heading> {
        ["Account", "Account id", "Session id", "Ends (UTC)", "Time left", "Origin"]
            .map(Heading::words)
            .to_vec()
    }

    fn values(&self, _: Timestamp) -> Vec<Value> {
        let Self(session, user) = self;
        vec![
            Value::Number(user.id.0),
            Value::of(user.username.as_ref()),
            (&user.email).into(),
            Value::Number(session.id),
            (&session.short_id).into(),
            Value::of(session.expiration),
            session.origin.word().into(),
            (&session.origin_detail).into(),
            Value::of(session.started_at),
        ]
    }

    fn cells(&self, now: Timestamp) -> Vec<Cell> {
        let Self(session, _) = self;
        vec![
            Cell::text(&session.user),
            Cell::id(session.user_id.0),
            Cell::id(session.id),
            Cell::optional(session.expiration.map(to_stored).as_deref()),
            Cell::text(&span(session.left(now))),
            Cell::text(&origin(session)),
        ]
    }
}

fn origin(session: &Session) -> String {
    format!("{} {}", session.origin.word(), session.origin_detail).trim_end().to_owned()
}

impl Row for Session {
    type Column = SessionColumn;
    const NONE: &'static str = "No sessions.";

    fn id(&self) -> i64 {
        self.id
    }

    fn window(reply: Reply) -> Option<Window<Self>> {
        match reply {
            Reply::Sessions(window) => Some(window),
            _ => None,
        }
    }
}

impl Record for Session {
    fn keys() -> Vec<&'static str> {
        vec![
            "id",
            "user_id",
            "expiration",
            "status",
            "user",
            "short_id",
            "origin",
            "origin_detail",
            "started_at",
            "last_seen",
            "ended_at",
            "ended_by",
            "end_reason",
            "unreadable_expiration",
        ]
    }

    fn headings() -> Vec<Heading> {
        vec![
            Heading::numbers("Id"),
            Heading::words("State"),
            Heading::words("User"),
            Heading::words("Session"),
            Heading::words("Origin"),
            Heading::words("Started"),
            Heading::words("Last seen"),
            Heading::words("Time left"),
        ]
    }

    fn values(&self, now: Timestamp) -> Vec<Value> {
        let status = if self.ended(now).is_none() { RowStatus::Active } else { RowStatus::Expired };
        let (by, at, reason) = self.end_at(now).unwrap_or_default();
        vec![
            Value::Number(self.id),
            Value::Number(self.user_id.0),
            Value::of(self.expiration),
            status.word().into(),
            (&self.user).into(),
            (&self.short_id).into(),
            self.origin.word().into(),
            (&self.origin_detail).into(),
            Value::of(self.started_at),
            Value::of(self.last_seen),
            Value::of(at),
            Value::of(by),
            Value::of(reason.map(EndReason::word)),
            Value::of(self.unreadable_expiration.as_ref()),
        ]
    }

    fn cells(&self, now: Timestamp) -> Vec<Cell> {
        let left = self.left(now);
        let (state, time_left) = match self.why_ended(now) {
            None if left <= ENDS_SOON => (Cell::state("▲ ends soon", Tone::Confirmation), span(left)),
            None => (Cell::state("● active", Tone::Good), span(left)),
            Some(why) => (Cell::state("× expired", Tone::Quiet), why),
        };
        let since = |time: Option<Timestamp>| Cell::optional(time.map(|time| ago(now, time)).as_deref());
        vec![
            Cell::id(self.id),
            state,
            Cell::text(&self.user),
            Cell::text(&self.short_id),
            Cell::text(&origin(self)),
            since(self.started_at),
            since(self.last_seen),
            Cell::text(&time_left),
        ]
    }
}
