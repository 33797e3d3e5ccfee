//! A desk over a store of its own, for the tests of this floor.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::contract::{
    AccountSelection, Accounts, ActionSummary, Bin, Caller, CountedRows, Directories, Failure, FailureKind,
    Reply, Request, Sessions, SignIn, Undo,
};
use super::operations::StepLimits;
use super::{HostInfo, RequestContext, Service, perform};
use crate::auth::password::{Cost, Hasher, is_usable};
use crate::domain::clock::BootTime;
use crate::domain::config::KeepDays;
use crate::domain::directory::Directory;
use crate::domain::filter::Filter;
use crate::domain::finding::Finding;
use crate::domain::integrity::{Damage, TableCheck};
use crate::domain::journal::Reason;
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::secret::Secret;
use crate::domain::session::Session;
use crate::domain::time::{Duration, Timestamp, from_stored};
use crate::domain::user::{AccessLevel, Fields, Status, User, UserId, Who};
use crate::store::{
    self, Access, Maintenance, NewUser, Read, Store, StoreError, TransactionEnd, Write, change,
};

/// The password of every account that [`Bench::account`] makes.
pub(super) const PASSWORD: &str = "seven orange kettles sing";
/// Another that keeps the policy.
pub(super) const OTHER: &str = "nine violet anchors drift";

/// The process that the test's console sessions live with; only `gone …` ones are dead.
const HERE: &str = "boot 1 7";

/// What somebody else does to the store just before the next transaction.
type Meddling = Box<dyn FnOnce(&mut dyn Write) + Send>;

/// What somebody else does to the store's file while it is read.
type DuringReading = Box<dyn FnOnce() + Send>;

/// A store on which others work too, at the worst moment.
struct Shared {
    store: Box<dyn Store>,
    meddling: Arc<Mutex<Option<Meddling>>>,
    during_reading: Mutex<Option<DuringReading>>,
}

impl Store for Shared {
    fn transact(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> store::Result<()> {
        if let Some(meddle) = self.meddling.lock().unwrap().take() {
            change(&mut *self.store, TransactionEnd::Commit, |rows| {
                meddle(rows);
                Ok::<_, StoreError>(())
            })?;
        }
        self.store.transact(work)
    }

    fn transact_lazily(
        &mut self,
        work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd,
    ) -> store::Result<()> {
        self.store.transact_lazily(work)
    }

    fn snapshot(&self, work: &mut dyn FnMut(&dyn Read)) -> store::Result<()> {
        self.store.snapshot(work)?;
        if let Some(meddle) = self.during_reading.lock().unwrap().take() {
            meddle();
        }
        Ok(())
    }

    fn interrupter(&self) -> store::Interrupter {
        self.store.interrupter()
    }

    fn writable(&self) -> store::Result<()> {
        self.store.writable()
    }

    fn location(&self) -> String {
        self.store.location()
    }
}

impl Maintenance for Shared {
    /// Whoever else writes here does so without waiting.
    fn yield_to_writers(&self) {}

    fn change_counter(&self) -> store::Result<i64> {
        self.store.change_counter()
    }

    fn run_idle_work(&mut self) -> store::Result<store::IdleWork> {
        self.store.run_idle_work()
    }

    fn warm_up(&self) -> store::Result<()> {
        self.store.warm_up()
    }

    fn warnings(&self) -> &[Finding] {
        self.store.warnings()
    }

    fn check_table(
        &mut self,
        before: u32,
        go_on: &mut dyn FnMut() -> bool,
    ) -> store::Result<Option<TableCheck>> {
        self.store.check_table(before, go_on)
    }

    fn damage(&self) -> Option<Damage> {
        self.store.damage()
    }

    fn note_damage(&mut self, damage: &Damage) {
        self.store.note_damage(damage);
    }

    fn forget_damage(&mut self) -> store::Result<bool> {
        self.store.forget_damage()
    }

    fn reopen_if_changed(&mut self) -> store::Result<bool> {
        self.store.reopen_if_changed()
    }

    fn verify_schema(&self) -> store::Result<()> {
        self.store.verify_schema()
    }

    fn findings(&self) -> Vec<Finding> {
        self.store.findings()
    }

    fn repair(
        &mut self,
        drop_foreign: bool,
        note: &mut store::NoteRepair<'_>,
    ) -> store::Result<store::Repaired> {
        self.store.repair(drop_foreign, note)
    }

    fn owns(&self, path: &Path) -> bool {
        self.store.owns(path)
    }
}

pub(super) struct Bench {
    pub(super) service: Service,
    pub(super) now: Timestamp,
    pub(super) boot: Option<BootTime>,
    meddling: Arc<Mutex<Option<Meddling>>>,
    hash: String,
    folder: Arc<TempDir>,
}

impl Bench {
    /// An empty store.
    pub(super) fn empty() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let meddling = Arc::default();
        let store = shared(&folder, &meddling);
        let mut hasher = Hasher::new(Cost::CHEAPEST).unwrap();
        let hash = hasher.hash(&secret(PASSWORD)).unwrap();
        let host = HostInfo {
            terminal: "pts/3".into(),
            process: HERE.into(),
            user: "root".into(),
            sudo_user: Some("ada".into()),
            is_alive: |process| !process.starts_with("gone"),
        };
        let steps = StepLimits::measured_by(|| std::time::Duration::ZERO);
        let service = Service { store, hasher, host, keep: KeepDays::default().span(), steps };
        Self { service, now: from_stored("2026-11-23 12:00:00").unwrap(), boot: None, meddling, hash, folder }
    }

    /// A store with the confirmed admin `ada`.
    pub(super) fn new() -> Self {
        let mut bench = Self::empty();
        bench.account("ada", AccessLevel::Admin, Status::Confirmed);
        bench
    }

    /// A second desk over the same file, as another process has it.
    pub(super) fn second(&self) -> Self {
        let mut second = Self::empty();
        second.service.store = shared(&self.folder, &second.meddling);
        second.folder = Arc::clone(&self.folder);
        second.now = self.now;
        second
    }

    /// The same in a store of its own.
    pub(super) fn copy(&self) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let path = folder.path().join("nexus.db");
        let file = rusqlite::Connection::open(self.folder.path().join("nexus.db")).unwrap();
        file.execute("VACUUM INTO ?", [path.to_str().unwrap()]).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let meddling = Arc::default();
        let Service { hasher: _, host, keep, steps, .. } = &self.service;
        let service = Service {
            store: shared(&folder, &meddling),
            hasher: Hasher::new(Cost::CHEAPEST).unwrap(),
            host: host.clone(),
            keep: *keep,
            steps: *steps,
        };
        Self { service, now: self.now, boot: None, meddling, hash: self.hash.clone(), folder }
    }

    /// Opens the store anew, by a file with two names: so it is read without locks. `meddle` is what another program
    /// does to the file, by its path, while it is read for the first time.
    pub(super) fn read_without_locks(&mut self, meddle: impl FnOnce(&Path) + Send + 'static) {
        let path = self.folder.path().join("nexus.db");
        self.service.store = store::open(&self.folder.path().join("none").into(), Access::DryRun).unwrap();
        std::fs::hard_link(&path, self.folder.path().join("second.db")).unwrap();
        let store = store::open(&path.clone().into(), Access::Existing).unwrap();
        let during_reading: DuringReading = Box::new(move || meddle(&path));
        let during_reading = Mutex::new(Some(during_reading));
        self.service.store = Box::new(Shared { store, meddling: Arc::clone(&self.meddling), during_reading });
    }

    /// Opens the store anew, for reading only.
    pub(super) fn read_only(&mut self) {
        let path = self.folder.path().join("nexus.db");
        self.service.store = store::open(&path.into(), Access::ReadOnly).unwrap();
    }

    /// An account with [`PASSWORD`], without a home.
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

    /// Whatever another program might write.
    pub(super) fn write<T>(&mut self, work: impl FnOnce(&mut dyn Write) -> T) -> T {
        change(&mut *self.service.store, TransactionEnd::Commit, |rows| Ok::<_, Failure>(work(rows))).unwrap()
    }

    /// Stores a hash as it is.
    pub(super) fn store_hash(&mut self, id: UserId, hash: &str) {
        let now = self.now;
        self.write(|rows| rows.set_password(now, id, hash, false).unwrap());
    }

    /// Where the store's files are.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Another program changes the store's own tables.
    pub(super) fn spoil(&self, sql: &str) {
        let file = self.folder.path().join("nexus.db");
        rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap();
    }

    /// Lets somebody else do this between the next request's first look and its transaction.
    pub(super) fn meddle(&mut self, what: impl FnOnce(&mut dyn Write) + Send + 'static) {
        *self.meddling.lock().unwrap() = Some(Box::new(what));
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&dyn Read) -> store::Result<T>) -> T {
        store::read(&*self.service.store, work).unwrap()
    }

    pub(super) fn has_usable_admin(&self) -> bool {
        self.read(|rows| rows.has_usable_admin(&|_, hash| is_usable(hash)))
    }

    pub(super) fn ask(&mut self, caller: Caller, request: Request) -> Result<Reply, Failure> {
        let mut go_on = |_| ControlFlow::Continue(());
        let context = RequestContext {
            caller,
            now: self.now,
            boot: self.boot.clone(),
            dry_run: false,
            reason: None,
            counted: None,
            progress: &mut go_on,
        };
        perform(&mut self.service, context, request)
    }

    /// The same with a reason.
    pub(super) fn because(
        &mut self,
        reason: &str,
        caller: Caller,
        request: impl Into<Request>,
    ) -> Result<Reply, Failure> {
        let mut go_on = |_| ControlFlow::Continue(());
        let context = RequestContext {
            caller,
            now: self.now,
            boot: self.boot.clone(),
            dry_run: false,
            reason: Some(Reason::parse(reason).unwrap()),
            counted: None,
            progress: &mut go_on,
        };
        perform(&mut self.service, context, request.into())
    }

    pub(super) fn rehearse(&mut self, caller: Caller, request: Request) -> Result<Reply, Failure> {
        let mut go_on = |_| ControlFlow::Continue(());
        let context = RequestContext {
            caller,
            now: self.now,
            boot: self.boot.clone(),
            dry_run: true,
            reason: None,
            counted: None,
            progress: &mut go_on,
        };
        perform(&mut self.service, context, request)
    }

    /// What an act would come to, and for which rows.
    pub(super) fn count(
        &mut self,
        caller: Caller,
        request: impl Into<Request>,
    ) -> (ActionSummary, CountedRows) {
        match self.rehearse(caller, request.into()).unwrap() {
            Reply::Counted { summary, rows } => (summary, rows),
            other => panic!("{other:?}"),
        }
    }

    /// An act that comes to something.
    pub(super) fn done(&mut self, caller: Caller, request: impl Into<Request>) -> ActionSummary {
        match self.ask(caller, request.into()).unwrap() {
            Reply::Done(summary) => summary,
            other => panic!("{other:?}"),
        }
    }

    /// The same but for its entry in the journal, which a rehearsal has not.
    pub(super) fn done_unwritten(&mut self, caller: Caller, request: impl Into<Request>) -> ActionSummary {
        let summary = self.done(caller, request);
        assert_eq!(summary.written.is_some(), summary.touched() > 0, "{summary:?}");
        ActionSummary { written: None, ..summary }
    }

    /// A request that fails.
    pub(super) fn refused(&mut self, caller: Caller, request: impl Into<Request>) -> Failure {
        self.ask(caller, request.into()).unwrap_err()
    }

    pub(super) fn kind(&mut self, caller: Caller, request: impl Into<Request>) -> FailureKind {
        self.refused(caller, request).kind
    }

    pub(super) fn log_in(&mut self, name: &str, typed: &str) -> Result<Reply, Failure> {
        let request = SignIn::LogIn { name: name.into(), secret: secret(typed) };
        self.ask(Caller::Nobody, request.into())
    }

    /// The operator `name` at the console.
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

    /// Whether the operator is still let in.
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

    /// All that the lists show, and all credentials, to tell whether anything changed.
    pub(super) fn everything(&mut self) -> String {
        let accounts = Accounts::List { filter: Filter::default(), sort: in_order(), span: ALL };
        let sessions = Sessions::List { filter: Filter::default(), sort: in_order(), span: ALL };
        let accounts = self.ask(Caller::Owner, accounts.into()).unwrap();
        let sessions = self.ask(Caller::Owner, sessions.into()).unwrap();
        let Reply::Users(users) = &accounts else { panic!("{accounts:?}") };
        let hash = |user: &User| self.read(|rows| rows.credentials(self.now, &Who::Id(user.id)));
        let hashes: Vec<_> = users.rows.iter().map(hash).collect();
        format!("{accounts:?}\n{sessions:?}\n{hashes:?}\n{:?}", self.paths())
    }

    /// All rows of the three tables and of what NEXUS keeps about them, as they lie in the file.
    pub(super) fn dump(&self) -> String {
        self.dump_of(&[
            "de_torres_vincent_users",
            "de_torres_vincent_session_tokens",
            "de_torres_vincent_user_directories",
            "nexus_accounts",
            "nexus_access_codes",
            "nexus_sessions",
            "nexus_names",
            "nexus_directories",
        ])
    }

    /// All rows of these tables.
    pub(super) fn dump_of(&self, tables: &[&str]) -> String {
        tables.iter().map(|table| self.dump_columns(table, "*")).collect()
    }

    /// These columns of all rows of a table, a row a line.
    pub(super) fn dump_columns(&self, table: &str, columns: &str) -> String {
        let connection = rusqlite::Connection::open(self.folder.path().join("nexus.db")).unwrap();
        let mut statement = connection.prepare(&format!("SELECT {columns} FROM {table} ORDER BY 1")).unwrap();
        let width = statement.column_count();
        let line = |row: &rusqlite::Row<'_>| {
            let values: Vec<_> = (0..width).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect();
            Ok(format!("{table} {}\n", values.join(" ")))
        };
        statement.query_map([], line).unwrap().collect::<Result<_, _>>().unwrap()
    }

    pub(super) fn later(&mut self, span: Duration) {
        self.now += span;
    }
}

fn shared(folder: &TempDir, meddling: &Arc<Mutex<Option<Meddling>>>) -> Box<dyn Store> {
    let store = store::open(&folder.path().join("nexus.db").into(), Access::ReadWrite).unwrap();
    Box::new(Shared { store, meddling: Arc::clone(meddling), during_reading: Mutex::default() })
}

/// Every row of a list.
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

/// Fields of a new account; all that a set-up asks for.
pub(super) fn fields(name: &str) -> Fields {
    Fields {
        first_name: Some("First".into()),
        last_name: Some("Last".into()),
        username: Some(name.into()),
        email: Some(format!("{name}@nexus.example")),
        ..Fields::default()
    }
}

impl From<SignIn> for Request {
    fn from(request: SignIn) -> Self {
        Self::SignIn(request)
    }
}

impl From<Accounts> for Request {
    fn from(request: Accounts) -> Self {
        Self::Accounts(request)
    }
}

impl From<Sessions> for Request {
    fn from(request: Sessions) -> Self {
        Self::Sessions(request)
    }
}

impl From<Bin> for Request {
    fn from(request: Bin) -> Self {
        Self::Bin(request)
    }
}

impl From<Undo> for Request {
    fn from(request: Undo) -> Self {
        Self::Undo(request)
    }
}

impl From<Directories> for Request {
    fn from(request: Directories) -> Self {
        Self::Directories(request)
    }
}
