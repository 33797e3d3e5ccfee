//! The root model: what goes round between keys, replies, time and other programs. The store is a script here.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::effect::{Effect, Msg, Ticket};
use super::model::Model;
use super::start::{ReadOnly, Start, StorePath};
use super::testing::{bundle, directory, entry, keys, now, session, text, user};
use super::theme::Look;
use crate::domain::directory::TreeRow;
use crate::domain::page::{Anchor, Selection, Span, Window};
use crate::domain::secret::Secret;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{AccessLevel, UserId};
use crate::service::contract::{
    Accounts, Admins, Bin, Caller, CheckStep, CountedRows, Directories, Failure, FailureKind, House, InBin,
    Journal, Operator, Own, People, Progress, Reply, Request, Sessions, SignIn, Tally, Undo, UserDetail,
    Verb,
};

mod acts;
mod anything;
mod checking;
mod danger;
mod frames;
mod going;
mod keys;
mod palette;
mod read_only;
mod runbook;
mod typed_ahead;
mod undo;
mod waiting;

/// How many rows every list has.
const ROWS: u64 = 600;

/// From one key to the next of somebody who types fast.
const BETWEEN_KEYS: Duration = Duration::milliseconds(50);

/// The console, and what it asked for that has no answer yet.
struct Desk {
    model: Model,
    now: Timestamp,
    size: (u16, u16),
    open: Vec<Asked>,
    /// What it wants to know to be on the terminal.
    watched: Vec<Ticket>,
}

/// Something the console asked for.
#[derive(Debug, Clone)]
struct Asked {
    ticket: Ticket,
    caller: Caller,
    request: Request,
    rehearsal: bool,
}

impl Desk {
    /// A console that has not asked for anything yet.
    fn new(size: (u16, u16)) -> Self {
        Self::over(StorePath::Usual("/srv/nexus.db".into()), size)
    }

    /// The same over this store.
    fn over(store: StorePath, size: (u16, u16)) -> Self {
        Self::starting(store, size, None)
    }

    /// The same over a store that can only be read for this reason.
    fn starting(store: StorePath, size: (u16, u16), read_only: Option<ReadOnly>) -> Self {
        let look = Look { colour: true, unicode: true };
        let start =
            Start { size, now: now(), look, host: "media.example".into(), store, demo: None, read_only };
        let mut desk =
            Self { model: Model::new(start), now: now(), size, open: Vec::new(), watched: Vec::new() };
        let effects = desk.model.begin();
        desk.note(&effects);
        desk
    }

    /// A console at which ada, an admin, has logged in and the rows have come.
    fn logged_in() -> Self {
        Self::logged_in_over(StorePath::Usual("/srv/nexus.db".into()))
    }

    /// The same over this store.
    fn logged_in_over(store: StorePath) -> Self {
        let mut desk = Self::over(store, (80, 24));
        desk.answer();
        desk.press("ada<tab>sesame<enter>");
        desk.answer();
        desk
    }

    fn note(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect.clone() {
                Effect::Perform { ticket, caller, request, rehearsal } => {
                    self.open.push(Asked { ticket, caller, request, rehearsal });
                }
                Effect::Watch(ticket) => self.watched.push(ticket),
                Effect::Cancel(ticket) => self.open.retain(|asked| asked.ticket != ticket),
                _ => {}
            }
        }
    }

    fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = self.model.update(self.now, msg);
        self.note(&effects);
        effects
    }

    /// Presses the keys in one burst; what comes of them in all. Nothing is answered.
    fn press(&mut self, script: &str) -> Vec<Effect> {
        self.now += BETWEEN_KEYS;
        keys(script).into_iter().flat_map(|key| self.tell(Msg::Key(key))).collect()
    }

    /// Gives the usual answer to all that was asked for, and to what is asked for then; then somebody reads.
    fn answer(&mut self) {
        self.answer_unseen();
        self.read();
    }

    /// The same before the next frame is drawn.
    fn answer_unseen(&mut self) {
        while !self.open.is_empty() {
            let asked = self.open.remove(0);
            let result = Ok(usual(&asked.request, asked.rehearsal));
            self.tell(Msg::Done(asked.ticket, result));
        }
    }

    /// A frame is drawn, and somebody takes a second to read a box that is new on it.
    fn read(&mut self) {
        for ticket in std::mem::take(&mut self.watched) {
            self.tell(Msg::Drawn(ticket));
            self.now += Duration::seconds(1);
        }
    }

    /// Presses the keys, each with the usual answers.
    fn operate(&mut self, script: &str) {
        for key in keys(script) {
            self.now += BETWEEN_KEYS;
            self.tell(Msg::Key(key));
            self.answer();
        }
    }

    /// Answers the only open act.
    fn finish(&mut self, result: Result<Reply, Failure>) -> Vec<Effect> {
        let at = self.open.iter().position(|asked| is_act(&asked.request) && !asked.rehearsal).unwrap();
        let asked = self.open.remove(at);
        self.tell(Msg::Done(asked.ticket, result))
    }

    fn wait(&mut self, span: Duration) -> Vec<Effect> {
        self.now += span;
        self.tell(Msg::Woken)
    }

    fn draw(&self, (columns, rows): (u16, u16)) -> Terminal<TestBackend> {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| self.model.view(frame)).unwrap();
        terminal
    }

    fn seen(&self) -> String {
        text(&self.draw(self.size))
    }

    fn shows(&self, words: &str) -> bool {
        self.seen().contains(words)
    }

    #[track_caller]
    fn assert_shows(&self, words: &str) {
        assert!(self.shows(words), "no {words:?} in\n{}", self.seen());
    }

    #[track_caller]
    fn assert_hides(&self, words: &str) {
        assert!(!self.shows(words), "{words:?} in\n{}", self.seen());
    }
}

fn is_act(request: &Request) -> bool {
    !request.is_read()
        && !matches!(
            request,
            Request::SignIn(_) | Request::Check(_) | Request::Directories(Directories::Opened(_))
        )
}

fn requests(effects: &[Effect]) -> Vec<&Request> {
    fn request(effect: &Effect) -> Option<&Request> {
        match effect {
            Effect::Perform { request, .. } => Some(request),
            _ => None,
        }
    }
    effects.iter().filter_map(request).collect()
}

fn operator(session: i64) -> Operator {
    // Half a minute more, so that what is told of the time left never changes just when something else does.
    let expires_at = now() + Duration::hours(8) + Duration::seconds(30);
    Operator {
        id: UserId(1),
        label: "ada".into(),
        level: AccessLevel::Admin,
        session: Some(session),
        expires_at,
    }
}

fn failure(kind: FailureKind, words: &str) -> Failure {
    Failure::new(kind, words)
}

fn signed_out() -> Failure {
    failure(FailureKind::SignedOut, "Your session was ended.")
}

/// The stretch of a list of [`ROWS`] rows that is asked for; row ids count from 1.
fn stretch<R>(span: Span, row: impl FnMut(i64) -> R) -> Window<R> {
    let at = match span.anchor {
        Anchor::Position(at) => at,
        Anchor::Row { id, .. } | Anchor::After(id) => id as u64 - 1,
    };
    let at = at.min(ROWS - 1);
    let first = at.saturating_sub(span.before.into());
    let end = (first + u64::from(span.len)).min(ROWS);
    let rows = (first as i64 + 1..=end as i64).map(row).collect();
    Window { rows, first, anchor: Some(at), total: ROWS, unfiltered: ROWS }
}

fn tree_row(id: i64) -> TreeRow {
    let path = if id == 1 { "00003_ALAN".into() } else { format!("00003_ALAN/{id:03}") };
    TreeRow { directory: directory(id, &path), depth: u32::from(id > 1), children: 2, open: id == 1 }
}

/// How many rows of a list are chosen.
fn chosen(people: &People) -> u64 {
    match people {
        People::Named(named) => named.len() as u64,
        People::Shown { .. } => ROWS,
    }
}

/// What an act comes to in a store where every account has two sessions and eight directories.
fn tally(request: &Request) -> Tally {
    let accounts = |verb, accounts| Tally {
        accounts,
        id: (accounts == 1).then_some(2),
        label: (accounts == 1).then(|| "user1".into()),
        ..Tally::new(verb)
    };
    let with = |tally: Tally| Tally { sessions: tally.accounts * 2, ..tally };
    let ending = |tally: Tally| Tally { ended: tally.accounts * 2, ..with(tally) };
    let sessions = |verb, which: &Selection| match which {
        Selection::Ids(ids) => Tally { sessions: ids.len() as u64, ..Tally::new(verb) },
        Selection::Shown { .. } => Tally { sessions: ROWS, ..Tally::new(verb) },
    };
    match request.act() {
        Request::Accounts(request) => match request {
            Accounts::Suspend(people) => ending(accounts(Verb::Suspended, chosen(people))),
            Accounts::SetLevel(people, _) => ending(accounts(Verb::Promoted, chosen(people))),
            Accounts::Delete(people) => {
                let tally = with(accounts(Verb::Deleted, chosen(people)));
                Tally { directories: tally.accounts * 8, ..tally }
            }
            Accounts::Confirm(people) => accounts(Verb::Confirmed, chosen(people)),
            Accounts::Edit { fields, .. } if fields.status.is_some() => ending(accounts(Verb::Edited, 1)),
            Accounts::Edit { .. } => accounts(Verb::Edited, 1),
            Accounts::SetPassword { .. } => ending(accounts(Verb::PasswordSet, 1)),
            Accounts::RevokeCode(_) => accounts(Verb::CodeRevoked, 1),
            _ => accounts(Verb::CodeMade, 1),
        },
        Request::Sessions(Sessions::Issue { .. }) => Tally { sessions: 1, ..Tally::new(Verb::Issued) },
        Request::Sessions(Sessions::Renew { which, .. }) => sessions(Verb::Renewed, which),
        Request::Sessions(Sessions::Revoke(which)) => sessions(Verb::Revoked, which),
        Request::Sessions(_) => Tally { sessions: 40, ..Tally::new(Verb::Swept) },
        Request::Directories(Directories::Provision(people)) => {
            let tally = accounts(Verb::Provisioned, chosen(people));
            Tally { directories: tally.accounts * 8, ..tally }
        }
        Request::Directories(Directories::Trash(places)) => {
            Tally { directories: places.len() as u64 * 3, ..Tally::new(Verb::Trashed) }
        }
        Request::Bin(request) => {
            let (verb, which) = match request {
                Bin::Restore { which, .. } => (Verb::Restored, which),
                Bin::Purge(which) => (Verb::Purged, which),
                Bin::List { .. } => panic!("{request:?}"),
            };
            let tally = with(accounts(verb, bundles(which)));
            Tally { directories: tally.accounts * 8, ..tally }
        }
        Request::Undo(undo) => {
            let verb = if *undo == Undo::Redo { Verb::Redone } else { Verb::Undone };
            Tally { of: Some(Verb::Confirmed), entry: Some(7), ..accounts(verb, 1) }
        }
        _ => Tally { directories: 1, ..Tally::new(Verb::Moved) },
    }
}

/// How many bundles are chosen.
fn bundles(which: &InBin) -> u64 {
    match which {
        InBin::Bundles(Selection::Ids(ids)) => ids.len() as u64,
        InBin::Bundles(Selection::Shown { .. }) => ROWS,
        InBin::Account(_) | InBin::Directory(_) => 1,
    }
}

/// The rows that a count of this act finds.
fn rows(request: &Request) -> CountedRows {
    let ids = match request {
        Request::Undo(_) => vec![7],
        request => (1..=i64::try_from(tally(request).rows()).unwrap()).collect(),
    };
    CountedRows { ids: ids.into(), left_out: None, all_or_nothing: false }
}

/// What a store in good order answers.
fn usual(request: &Request, rehearsal: bool) -> Reply {
    if rehearsal {
        return Reply::Counted { tally: tally(request), rows: rows(request) };
    }
    let request = request.act();
    let secret = || {
        let secret = Secret::from_text("nxs_secret").unwrap();
        let tally = Tally { label: Some("user1".into()), ..tally(request) };
        Reply::Secret { tally, secret, expires_at: now() + Duration::hours(8) }
    };
    match request {
        Request::SignIn(SignIn::Look) => {
            Reply::House(House { store: "/srv/nexus.db".into(), admins: Admins::Usable, sound_at: None })
        }
        Request::SignIn(SignIn::LogOut) => Reply::SignedOut,
        Request::SignIn(_) => Reply::SignedIn(operator(1)),
        Request::Accounts(Accounts::List { span, .. }) => {
            Reply::Users(stretch(*span, |id| user(id, &format!("user{id}"))))
        }
        Request::Accounts(Accounts::Show(_)) => Reply::User(Box::new(UserDetail {
            user: user(1, "user1"),
            home: Some("00001_USER1".into()),
            directories: 8,
            code_expires_at: None,
            must_change: false,
        })),
        Request::Sessions(Sessions::List { span, .. }) => {
            Reply::Sessions(stretch(*span, |id| session(id, id, &format!("user{id}"))))
        }
        Request::Directories(Directories::Tree { span, .. }) => Reply::Tree(stretch(*span, tree_row)),
        Request::Directories(Directories::List { span, .. }) => {
            Reply::Directories(stretch(*span, |id| tree_row(id).directory))
        }
        Request::Journal(Journal::List { span, .. }) => Reply::Entries(stretch(*span, entry)),
        Request::Bin(Bin::List { span, .. }) => Reply::Bundles(stretch(*span, bundle)),
        // Somebody else has just done it.
        Request::Check(_) => Reply::Check(CheckStep::NotDue(now() + Duration::days(1))),
        Request::Accounts(Accounts::Add { .. } | Accounts::MakeCode { .. })
        | Request::Sessions(Sessions::Issue { .. }) => secret(),
        _ => Reply::Done(tally(request)),
    }
}
