//! A service over a store of its own, for the tests of this layer.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use crate::auth::password::{Cost, Hasher, is_usable};
use crate::domain::clock::BootTime;
use crate::domain::config::{FactorPolicy, KeepDays, Registration};
use crate::domain::directory::Directory;
use crate::domain::filter::Filter;
use crate::domain::idle_settings::IdleSettings;
use crate::domain::journal::Reason;
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::secret::Secret;
use crate::domain::session::Session;
use crate::domain::session_settings::SessionSettings;
use crate::domain::time::{Duration, Timestamp, from_stored};
use crate::domain::user::{AccessLevel, Fields, Status, User, UserId, Who};
use crate::store::{self, Access, AdminTerm, NewUser, Read, TransactionEnd, Write, change};

use super::contract::{
    AccountSelection, ActionSummary, Caller, CountedRows, Directories, Failure, FailureKind, OnProgress,
    Reply, Request, SignIn,
};
use super::operations::StepLimits;
use super::{HostInfo, Proofs, RequestContext, Service, UnstoredTries, perform};

mod dump;
mod requests;
mod shared_store;

use shared_store::{DuringReading, Hooks, SharedStore};

/// The password of every account that [`Bench::account`] makes.
pub(super) const PASSWORD: &str = "seven orange kettles sing";
/// Another password that keeps the policy.
pub(super) const OTHER: &str = "nine violet anchors drift";

/// The process of the test's console sessions. Only processes named `gone …` have ended.
const HERE: &str = "boot 1 7";

pub(super) struct Bench {
    pub(super) service: Service,
    pub(super) now: Timestamp,
    pub(super) boot: Option<BootTime>,
    /// True if failed log-ins delay the next one.
    pub(super) is_throttled: bool,
    hooks: Hooks,
    hash: String,
    folder: Arc<TempDir>,
}

impl Bench {
    /// Returns a service over an empty store.
    pub(super) fn empty() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let hooks = Hooks::default();
        let store = SharedStore::open(folder.path(), &hooks);
        let mut hasher = Hasher::new(Cost::CHEAPEST).unwrap();
        let hash = hasher.hash(&secret(PASSWORD)).unwrap();
        let host = HostInfo {
            terminal: "pts/3".into(),
            name: "media.example".into(),
            origin: "root".into(),
            process: HERE.into(),
            user: "root".into(),
            sudo_user: Some("ada".into()),
            is_alive: |process| !process.starts_with("gone"),
        };
        let steps = StepLimits::measured_by(|| std::time::Duration::ZERO);
        let (keep, sessions) = (KeepDays::default().span(), SessionSettings::default());
        let idle = IdleSettings::default();
        let factor_policy = FactorPolicy::default();
        let tries = UnstoredTries::default();
        let service = Service {
            store,
            hasher,
            host: host.into(),
            tries,
            log: None,
            registration: Registration::Closed,
            keep,
            idle,
            sessions,
            steps,
            factor_policy,
            proofs: Proofs::endless(),
        };
        Self {
            service,
            now: from_stored("2026-11-23 12:00:00").unwrap(),
            boot: None,
            is_throttled: false,
            hooks,
            hash,
            folder,
        }
    }

    /// Returns a service over a store with the confirmed admin `ada`.
    pub(super) fn new() -> Self {
        let mut bench = Self::empty();
        bench.account("ada", AccessLevel::Admin, Status::Confirmed);
        bench
    }

    /// Returns a second service over the same file, as another process has it.
    pub(super) fn second(&self) -> Self {
        let mut second = Self::empty();
        second.service.store = SharedStore::open(self.folder.path(), &second.hooks);
        second.folder = Arc::clone(&self.folder);
        second.now = self.now;
        second
    }

    /// Returns a copy with a store of its own.
    pub(super) fn copy(&self) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let path = folder.path().join("nexus.db");
        let file = rusqlite::Connection::open(self.folder.path().join("nexus.db")).unwrap();
        file.execute("VACUUM INTO ?", [path.to_str().unwrap()]).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let hooks = Hooks::default();
        let Service { hasher: _, host, registration, keep, idle, sessions, steps, proofs, .. } =
            &self.service;
        let service = Service {
            store: SharedStore::open(folder.path(), &hooks),
            hasher: Hasher::new(Cost::CHEAPEST).unwrap(),
            host: host.clone(),
            tries: UnstoredTries::default(),
            log: None,
            registration: *registration,
            keep: *keep,
            idle: *idle,
            sessions: *sessions,
            steps: *steps,
            factor_policy: FactorPolicy::default(),
            proofs: proofs.clone(),
        };
        Self {
            service,
            now: self.now,
            boot: None,
            is_throttled: false,
            hooks,
            hash: self.hash.clone(),
            folder,
        }
    }

    /// Opens the store again, under one of two names of its file, so that it is read without locks. While it is read for the
    /// first time, `meddle` changes the file as another program does.
    pub(super) fn read_without_locks(&mut self, meddle: impl FnOnce(&Path) + Send + 'static) {
        let path = self.folder.path().join("nexus.db");
        self.service.store = store::open(&self.folder.path().join("none").into(), Access::DryRun).unwrap();
        std::fs::hard_link(&path, self.folder.path().join("second.db")).unwrap();
        let store = store::open(&path.clone().into(), Access::Existing).unwrap();
        let during_reading: DuringReading = Box::new(move || meddle(&path));
        let during_reading = Mutex::new(Some(during_reading));
        self.service.store = Box::new(SharedStore { store, hooks: self.hooks.clone(), during_reading });
    }

    /// Opens the store again, read-only.
    pub(super) fn read_only(&mut self) {
        let path = self.folder.path().join("nexus.db");
        self.service.store = store::open(&path.into(), Access::ReadOnly).unwrap();
    }

    /// Inserts an account with [`PASSWORD`] and without a home.
    pub(super) fn account(&mut self, name: &str, level: AccessLevel, status: Status) -> UserId {
        let fields = Fields { level: Some(level), status: Some(status), ..fields(name) };
        let new = NewUser {
            id: None,
            fields,
            password_hash: self.hash.clone(),
            created_at: self.now,
            updated_at: None,
        };
        self.write(|rows| rows.insert_user(&new).unwrap())
    }

    /// Writes to the store as another program does.
    pub(super) fn write<T>(&mut self, work: impl FnOnce(&mut dyn Write) -> T) -> T {
        change(&mut *self.service.store, TransactionEnd::Commit, |rows| Ok::<_, Failure>(work(rows))).unwrap()
    }

    /// Stores this password hash.
    pub(super) fn store_hash(&mut self, id: UserId, hash: &str) {
        let now = self.now;
        self.write(|rows| rows.set_password(now, id, hash, false).unwrap());
    }

    /// Returns the folder of the store's files.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the text of a file beside the store.
    pub(super) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder().join(name)).unwrap()
    }

    /// Changes the store's own tables as another program does.
    pub(super) fn spoil(&self, sql: &str) {
        let file = self.folder.path().join("nexus.db");
        rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap();
    }

    /// Makes another program do this between the next request's first read and its transaction.
    pub(super) fn meddle(&mut self, what: impl FnOnce(&mut dyn Write) + Send + 'static) {
        *self.hooks.meddling.lock().unwrap() = Some(Box::new(what));
    }

    /// Returns the number of times that `work` reads the store outside transactions.
    pub(super) fn reads_of(&mut self, work: impl FnOnce(&mut Self)) -> u32 {
        let before = self.hooks.reads.load(Ordering::Relaxed);
        work(self);
        self.hooks.reads.load(Ordering::Relaxed) - before
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&dyn Read) -> store::Result<T>) -> T {
        store::read(&*self.service.store, work).unwrap()
    }

    pub(super) fn has_usable_admin(&self) -> bool {
        self.read(|rows| rows.has_usable_admin(self.now, AdminTerm::Now, &|_, hash| is_usable(hash)))
    }

    /// Returns the context of a request whose progress `progress` hears.
    pub(super) fn context<'p>(&self, caller: Caller, progress: &'p mut OnProgress<'p>) -> RequestContext<'p> {
        RequestContext {
            caller,
            now: self.now,
            boot: self.boot.clone(),
            dry_run: false,
            reason: None,
            counted: None,
            progress,
        }
    }

    pub(super) fn ask(&mut self, caller: Caller, request: Request) -> Result<Reply, Failure> {
        self.ask_with(caller, request, false, None)
    }

    /// Performs a request with a reason.
    pub(super) fn because(
        &mut self,
        reason: &str,
        caller: Caller,
        request: impl Into<Request>,
    ) -> Result<Reply, Failure> {
        self.ask_with(caller, request.into(), false, Some(Reason::parse(reason).unwrap()))
    }

    pub(super) fn rehearse(&mut self, caller: Caller, request: Request) -> Result<Reply, Failure> {
        self.ask_with(caller, request, true, None)
    }

    fn ask_with(
        &mut self,
        caller: Caller,
        request: Request,
        dry_run: bool,
        reason: Option<Reason>,
    ) -> Result<Reply, Failure> {
        let mut go_on = |_| ControlFlow::Continue(());
        let context = RequestContext { dry_run, reason, ..self.context(caller, &mut go_on) };
        let result = perform(&mut self.service, context, request);
        if let Err(Failure { next_try: Some(_), .. }) = &result
            && !self.is_throttled
        {
            // From elsewhere there is no wait.
            self.service.host.origin.push('\'');
        }
        result
    }

    /// Counts an action: returns its summary, without what only the question tells, and its rows.
    pub(super) fn count(
        &mut self,
        caller: Caller,
        request: impl Into<Request>,
    ) -> (ActionSummary, CountedRows) {
        match self.rehearse(caller, request.into()).unwrap() {
            Reply::Counted { summary, rows } => {
                (ActionSummary { names: Vec::new(), names_kept: None, ..summary }, rows)
            }
            other => panic!("{other:?}"),
        }
    }

    /// Performs an action that succeeds.
    pub(super) fn done(&mut self, caller: Caller, request: impl Into<Request>) -> ActionSummary {
        match self.ask(caller, request.into()).unwrap() {
            Reply::Done(summary) => summary,
            other => panic!("{other:?}"),
        }
    }

    /// Performs an action as [`done`](Self::done) does; the summary lacks the journal entry, as in a dry run.
    pub(super) fn done_unwritten(&mut self, caller: Caller, request: impl Into<Request>) -> ActionSummary {
        let summary = self.done(caller, request);
        assert_eq!(summary.written.is_some(), summary.touched() > 0, "{summary:?}");
        ActionSummary { written: None, ..summary }
    }

    /// Performs a request that fails.
    pub(super) fn refused(&mut self, caller: Caller, request: impl Into<Request>) -> Failure {
        self.ask(caller, request.into()).unwrap_err()
    }

    pub(super) fn kind(&mut self, caller: Caller, request: impl Into<Request>) -> FailureKind {
        self.refused(caller, request).kind
    }

    pub(super) fn log_in(&mut self, name: &str, typed: &str) -> Result<Reply, Failure> {
        let request = SignIn::LogIn { name: name.into(), secret: secret(typed), code: None };
        self.ask(Caller::Nobody, request.into())
    }

    /// Logs the account in at the console.
    pub(super) fn operator(&mut self, name: &str) -> Caller {
        match self.log_in(name, PASSWORD).unwrap() {
            Reply::SignedIn(operator) => operator.caller(),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn user(&self, name: &str) -> User {
        self.read(|rows| rows.user(self.now, &who(name))).unwrap()
    }

    pub(super) fn session(&self, caller: Caller) -> Session {
        let Caller::Operator(id) = caller else { panic!("{caller:?}") };
        self.read(|rows| rows.session(id)).unwrap()
    }

    /// Returns true if the operator is still logged in.
    pub(super) fn is_in(&mut self, caller: Caller) -> bool {
        self.ask(caller, SignIn::StillIn.into()).is_ok()
    }

    pub(super) fn paths(&mut self) -> Vec<String> {
        let all = Directories::List { of: None, filter: Filter::default(), sort: in_order(), span: ALL };
        match self.ask(Caller::Owner, all.into()).unwrap() {
            Reply::Directories(window) => window.rows.into_iter().map(|row: Directory| row.path).collect(),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn later(&mut self, span: Duration) {
        self.now += span;
    }
}

/// Returns the names in a folder, in order, but for the store's own files.
pub(super) fn names_in(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with("nexus.db"));
    names.sort_unstable();
    names
}

/// The range of every row of a list.
pub(super) const ALL: RowRange = RowRange { anchor: Anchor::Position(0), before: 0, len: 10_000 };

pub(super) fn in_order<C: Default>() -> Sort<C> {
    Sort { column: C::default(), descending: false }
}

pub(super) fn secret(text: &str) -> Secret {
    Secret::from_text(text).unwrap()
}

pub(super) fn who(name: &str) -> Who {
    Who::parse(name).unwrap()
}

pub(super) fn accounts_named(names: &[&str]) -> AccountSelection {
    AccountSelection::Named(names.iter().map(|name| who(name)).collect())
}

/// Returns the fields of a new account: all that a set-up asks for.
pub(super) fn fields(name: &str) -> Fields {
    Fields {
        first_name: Some("First".into()),
        last_name: Some("Last".into()),
        username: Some(name.into()),
        email: Some(format!("{name}@nexus.example")),
        ..Fields::default()
    }
}
