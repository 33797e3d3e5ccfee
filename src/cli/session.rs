//! `nexus session`: sessions and their tokens.

use clap::{Args, Subcommand};

use crate::domain::filter::{Filter, Subject, Test};
use crate::domain::page::{Selection, Window};
use crate::domain::session::{DEFAULT_LIFE, ENDS_SOON, RowStatus, Session, SessionColumn};
use crate::domain::time::{Timestamp, ago, date, span};
use crate::domain::user::Who;
use crate::service::contract::{Accounts, Reply, Request, Sessions};

use super::errand::{Consent, Errand, Stop, unexpected};
use super::list::Row;
use super::options::{ListOptions, parse_filter, parse_life, parse_who};
use super::output::{Cell, Heading, Record, Tone, Value};

/// WHO is an id, an email or a username.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum Verb {
    /// List sessions
    List(ListOptions<SessionColumn>),
    /// Issue a token for a confirmed account and print it, this once
    Issue {
        who: String,
        /// How long it is good for [default: 8h]
        #[arg(long = "for", value_name = "SPAN")]
        life: Option<String>,
    },
    /// Read a token on standard input and show whose it is
    Verify,
    /// Let sessions live on
    Renew {
        #[command(flatten)]
        which: Which,
        /// How long from now [default: 8h]
        #[arg(long = "for", value_name = "SPAN")]
        life: Option<String>,
    },
    /// End sessions
    Revoke(Which),
    /// Mark all sessions whose time is over
    Sweep,
}

/// Sessions that an act is for.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct Which {
    #[command(flatten)]
    these: These,
    /// But not the one with this id; may be said again (with --user, --filter or --all)
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    except: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
struct These {
    /// These
    id: Vec<i64>,
    /// All of this account's
    #[arg(long, value_name = "WHO")]
    user: Option<String>,
    /// All that match, as in: user:ada expires:<2h
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// Every session there is
    #[arg(long)]
    all: bool,
}

impl Verb {
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::List(options) => options.check(),
            _ => Ok(()),
        }
    }

    pub(super) fn consent(&self) -> Consent {
        match self {
            Self::Revoke(which) => which.consent(),
            _ => Consent::NotNeeded,
        }
    }

    pub(super) fn run(self, errand: &mut Errand<'_, '_>) -> Result<(), Stop> {
        let consent = self.consent();
        let act = match self {
            Self::List(options) => {
                return errand.list::<Session>(&options, |filter, sort, span| {
                    Request::Sessions(Sessions::List { filter, sort, span })
                });
            }
            Self::Verify => return verify(errand),
            Self::Issue { who, life } => {
                Sessions::Issue { who: parse_who(&who)?, life: parse_life(life.as_deref(), DEFAULT_LIFE)? }
            }
            Self::Renew { which, life } => Sessions::Renew {
                which: which.selection(errand)?,
                life: parse_life(life.as_deref(), DEFAULT_LIFE)?,
            },
            Self::Revoke(which) => Sessions::Revoke(which.selection(errand)?),
            Self::Sweep => Sessions::Sweep,
        };
        errand.act(consent, Request::Sessions(act))
    }
}

impl Which {
    /// The same session named twice is one.
    fn ids(&self) -> Vec<i64> {
        let mut ids = self.these.id.clone();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn consent(&self) -> Consent {
        match self.ids().len() {
            // How many a name or a filter stands for is found out later.
            0 => Consent::ForSeveralSessions,
            1 => Consent::NotNeeded,
            _ => Consent::Needed,
        }
    }

    fn selection(self, errand: &mut Errand<'_, '_>) -> Result<Selection, Stop> {
        let filter = match &self.these {
            These { user: Some(who), .. } => {
                // An account that is not there is an error, not one without sessions.
                let reply = errand.read(Request::Accounts(Accounts::Show(parse_who(who)?)))?;
                let Reply::User(detail) = reply else { return Err(unexpected().into()) };
                Filter::default().and(Test::User(Who::Id(detail.user.id)))
            }
            These { filter: Some(expression), .. } => parse_filter(Subject::Sessions, expression)?,
            These { all: true, .. } => Filter::default(),
            These { .. } => return Ok(Selection::Ids(self.ids())),
        };
        Ok(Selection::Shown { filter, except: self.except })
    }
}

fn verify(errand: &mut Errand<'_, '_>) -> Result<(), Stop> {
    let token = errand.token()?;
    let course = errand.manner.course;
    match errand.perform(Request::Sessions(Sessions::Verify(token)), course)? {
        Reply::Verified(_, user) => Ok(errand.print(&*user)?),
        _ => Err(unexpected().into()),
    }
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
        ]
    }

    fn cells(&self, now: Timestamp) -> Vec<Cell> {
        let left = self.left(now);
        let (state, time_left) = match (self.ended(now), self.expiration) {
            (None, _) if left <= ENDS_SOON => (Cell::state("▲ ends soon", Tone::Care), span(left)),
            (None, _) => (Cell::state("● active", Tone::Good), span(left)),
            (Some(why), Some(end)) if end <= now => {
                (Cell::state("× expired", Tone::Quiet), format!("ended {}, {}", date(end), why.words()))
            }
            (Some(why), _) => (Cell::state("× expired", Tone::Quiet), why.words().to_owned()),
        };
        let since = |time: Option<Timestamp>| Cell::optional(time.map(|time| ago(now, time)).as_deref());
        vec![
            Cell::id(self.id),
            state,
            Cell::text(&self.user),
            Cell::text(&self.short_id),
            Cell::text(format!("{} {}", self.origin.word(), self.origin_detail).trim_end()),
            since(self.started_at),
            since(self.last_seen),
            Cell::text(&time_left),
        ]
    }
}
