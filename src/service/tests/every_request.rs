//! Every request there is, made against the rows of somebody else.

use std::path::PathBuf;

use crate::domain::filter::Filter;
use crate::domain::page::Selection;
use crate::domain::time::Duration;
use crate::domain::user::{Fields, UserId, Who};
use crate::exchange::unpack::Packing;

use super::super::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, Backup, Bin, Check, CountedAction, CountedRows,
    Directories, DirectorySelector, Doctor, Export, ExportForm, ExportLayout, ExportTarget, Import, InBin,
    Journal, LaterStatements, Request, Sessions, SignIn, Undo,
};
use super::super::testing::{ALL, OTHER, fields, in_order, secret, who};

/// The rows of `zelda`, which are not those of whoever asks.
pub(super) struct Others {
    pub(super) account: Who,
    pub(super) session: i64,
    pub(super) token: String,
    pub(super) home: i64,
    /// The number of a deleted account and of a trashed directory in the bin, and the latter's path.
    pub(super) binned_account: i64,
    pub(super) binned_directory: i64,
    pub(super) binned_path: String,
    /// An entry of the journal about the account.
    pub(super) entry: i64,
    pub(super) folder: PathBuf,
}

impl Others {
    pub(super) fn named(&self) -> AccountSelection {
        AccountSelection::Named(vec![self.account.clone()])
    }

    fn home(&self) -> DirectorySelector {
        DirectorySelector::Id(self.home)
    }
}

pub(super) fn everybody() -> AccountSelection {
    AccountSelection::Shown { filter: Filter::default(), except: Vec::new() }
}

/// The number of the kinds of requests that [`kind`] tells apart.
pub(super) const KINDS: usize = 80;

/// Returns the number of a request's kind. A new request does not compile until it has one, and the test fails until
/// [`requests`] holds it.
pub(super) fn kind(request: &Request) -> usize {
    match request {
        Request::SignIn(SignIn::Look) => 0,
        Request::SignIn(SignIn::SetUp { .. }) => 1,
        Request::SignIn(SignIn::LogIn { .. }) => 2,
        Request::SignIn(SignIn::Choose { .. }) => 3,
        Request::SignIn(SignIn::Unlock(_)) => 4,
        Request::SignIn(SignIn::StillIn) => 5,
        Request::SignIn(SignIn::LogOut) => 6,
        Request::Accounts(Accounts::List { .. }) => 7,
        Request::Accounts(Accounts::Begun(_)) => 8,
        Request::Accounts(Accounts::Prepare) => 9,
        Request::Accounts(Accounts::TabCounts) => 10,
        Request::Accounts(Accounts::Show(_)) => 11,
        Request::Accounts(Accounts::Add { .. }) => 12,
        Request::Accounts(Accounts::AddAll { .. }) => 13,
        Request::Accounts(Accounts::Change { change: AccountChange::Edit { .. }, .. }) => 14,
        Request::Accounts(Accounts::Change { change: AccountChange::SetPassword { .. }, .. }) => 15,
        Request::Accounts(Accounts::Change { change: AccountChange::MakeCode { .. }, .. }) => 16,
        Request::Accounts(Accounts::Change { change: AccountChange::RevokeCode, .. }) => 17,
        Request::Accounts(Accounts::Act { action: AccountAction::Confirm, .. }) => 18,
        Request::Accounts(Accounts::Act { action: AccountAction::Suspend, .. }) => 19,
        Request::Accounts(Accounts::Act { action: AccountAction::Promote, .. }) => 20,
        Request::Accounts(Accounts::Act { action: AccountAction::Demote, .. }) => 21,
        Request::Accounts(Accounts::Act { action: AccountAction::Delete, .. }) => 22,
        Request::Accounts(Accounts::ChangeOwnPassword { .. }) => 23,
        Request::Accounts(Accounts::ListCodes) => 24,
        Request::Sessions(Sessions::List { .. }) => 25,
        Request::Sessions(Sessions::Show(_)) => 26,
        Request::Sessions(Sessions::Issue { .. }) => 27,
        Request::Sessions(Sessions::Verify(_)) => 28,
        Request::Sessions(Sessions::Renew { .. }) => 29,
        Request::Sessions(Sessions::Revoke(_)) => 30,
        Request::Sessions(Sessions::Sweep) => 31,
        Request::Directories(Directories::List { .. }) => 32,
        Request::Directories(Directories::Tree { .. }) => 33,
        Request::Directories(Directories::Show(_)) => 34,
        Request::Directories(Directories::Opened(_)) => 35,
        Request::Directories(Directories::Add { .. }) => 36,
        Request::Directories(Directories::Rename { .. }) => 37,
        Request::Directories(Directories::Move { .. }) => 38,
        Request::Directories(Directories::Trash(_)) => 39,
        Request::Directories(Directories::Provision(_)) => 40,
        Request::Import(_) => 41,
        Request::Export(_) => 42,
        Request::Journal(Journal::List { .. }) => 43,
        Request::Journal(Journal::Lines { .. }) => 44,
        Request::Journal(Journal::AsItWas { .. }) => 45,
        Request::Journal(Journal::Head) => 46,
        Request::Journal(Journal::Version) => 47,
        Request::Journal(Journal::Verify { .. }) => 48,
        Request::Undo(Undo::Last) => 49,
        Request::Undo(Undo::Entry(_)) => 50,
        Request::Undo(Undo::Redo) => 51,
        Request::Bin(Bin::List { .. }) => 52,
        Request::Bin(Bin::Restore { .. }) => 53,
        Request::Bin(Bin::Purge(_)) => 54,
        Request::Bin(Bin::Erase(_)) => 55,
        Request::Counted(counted) => kind(&counted.action),
        Request::Doctor(Doctor::Examine) => 56,
        Request::Doctor(Doctor::Repair { .. }) => 57,
        Request::Check(_) => 58,
        Request::Backup(Backup::Make { .. }) => 59,
        Request::Backup(Backup::Verify { .. }) => 60,
        Request::Backup(Backup::Restore { .. }) => 61,
        Request::Overview => 62,
        Request::Metrics => 63,
        Request::SignIn(SignIn::SeeAs(_)) => 64,
        Request::Accounts(Accounts::Why(_)) => 65,
        Request::Accounts(Accounts::Change { change: AccountChange::Recover { .. }, .. }) => 66,
        Request::Accounts(Accounts::Act { action: AccountAction::Unlock, .. }) => 67,
        Request::SignIn(SignIn::Register { .. }) => 68,
        Request::Accounts(Accounts::Act { action: AccountAction::Reject, .. }) => 69,
        Request::Accounts(Accounts::Invite { .. }) => 70,
        Request::Accounts(Accounts::RevokeInvitation(_)) => 71,
        Request::Accounts(Accounts::ListInvitations) => 72,
        Request::SignIn(SignIn::Prove(_)) => 73,
        Request::Accounts(Accounts::Calendar) => 74,
        Request::SignIn(SignIn::EnrolFactor { .. }) => 75,
        Request::Accounts(Accounts::OfferFactor) => 76,
        Request::Accounts(Accounts::EnrolFactor { .. }) => 77,
        Request::Accounts(Accounts::Change { change: AccountChange::EnrolFactor, .. }) => 78,
        Request::Accounts(Accounts::Change { change: AccountChange::ResetFactor, .. }) => 79,
    }
}

/// Returns requests of every kind, as bold as they can be against the rows of somebody else.
pub(super) fn requests(of: &Others) -> Vec<Request> {
    [sign_ins(), accounts(of), sessions(of), directories(of), others(of)].concat()
}

fn sign_ins() -> Vec<Request> {
    let name = || "zelda".to_owned();
    vec![
        SignIn::Look.into(),
        SignIn::SetUp { fields: fields("eve"), password: secret(OTHER) }.into(),
        SignIn::LogIn { name: name(), secret: secret(OTHER), code: None }.into(),
        SignIn::Choose { name: name(), proof: secret(OTHER), password: secret(OTHER) }.into(),
        SignIn::Register { fields: fields("eve"), password: secret(OTHER), code: secret("") }.into(),
        SignIn::Unlock(secret(OTHER)).into(),
        SignIn::Prove(secret(OTHER)).into(),
        SignIn::EnrolFactor {
            name: name(),
            proof: secret(OTHER),
            factor: secret(OTHER),
            code: secret(OTHER),
        }
        .into(),
        SignIn::StillIn.into(),
        SignIn::SeeAs(Who::Id(UserId(1))).into(),
        SignIn::LogOut.into(),
    ]
}

fn accounts(of: &Others) -> Vec<Request> {
    let change = |change: AccountChange| change.of(of.account.clone()).into();
    let first_name = Fields { first_name: Some("X".into()), ..Fields::default() };
    let mut requests: Vec<Request> = vec![
        Accounts::List { filter: Filter::default(), sort: in_order(), span: ALL }.into(),
        Accounts::Begun("z".into()).into(),
        Accounts::Prepare.into(),
        Accounts::TabCounts.into(),
        Accounts::Show(of.account.clone()).into(),
        Accounts::Why(of.account.clone()).into(),
        Accounts::Calendar.into(),
        Accounts::Add { fields: fields("eve"), password: None, must_change: false }.into(),
        Accounts::AddAll {
            file: of.folder.join("new.csv"),
            codes: of.folder.join("codes.csv"),
            agreed: None,
        }
        .into(),
        change(AccountChange::Edit { fields: first_name, was: None }),
        change(AccountChange::SetPassword { password: secret(OTHER), must_change: false }),
        change(AccountChange::MakeCode { life: Duration::hours(1) }),
        change(AccountChange::RevokeCode),
        change(AccountChange::EnrolFactor),
        change(AccountChange::ResetFactor),
        Accounts::OfferFactor.into(),
        Accounts::EnrolFactor { factor: secret(OTHER), code: secret(OTHER) }.into(),
        change(AccountChange::Recover { password: None }),
        Accounts::ChangeOwnPassword { current: secret(OTHER), password: secret(OTHER) }.into(),
        Accounts::ListCodes.into(),
        Accounts::Invite { life: Duration::hours(1) }.into(),
        Accounts::RevokeInvitation(1).into(),
        Accounts::ListInvitations.into(),
    ];
    for action in AccountAction::ALL {
        requests.push(action.on(of.named()).into());
        requests.push(action.on(everybody()).into());
    }
    requests
}

fn sessions(of: &Others) -> Vec<Request> {
    let life = Duration::hours(1);
    let one = || Selection::one(of.session);
    vec![
        Sessions::List { filter: Filter::default(), sort: in_order(), span: ALL }.into(),
        Sessions::Show(of.session).into(),
        Sessions::Issue { who: of.account.clone(), life, label: None }.into(),
        Sessions::Verify(secret(&of.token)).into(),
        Sessions::Renew { which: one(), life }.into(),
        Sessions::Revoke(one()).into(),
        Sessions::revoke_all_of(UserId(1)).into(),
        Sessions::Sweep.into(),
    ]
}

fn directories(of: &Others) -> Vec<Request> {
    let (filter, home) = (Filter::default, || of.home());
    let theirs = Some(of.account.clone());
    vec![
        Directories::List { of: None, filter: filter(), sort: in_order(), span: ALL }.into(),
        Directories::List { of: theirs.clone(), filter: filter(), sort: in_order(), span: ALL }.into(),
        Directories::Tree { of: None, open: [of.home].into(), sort: in_order(), span: ALL }.into(),
        Directories::Tree { of: theirs.clone(), open: [].into(), sort: in_order(), span: ALL }.into(),
        Directories::Show(home()).into(),
        Directories::Opened(of.home).into(),
        Directories::Add { path: "00001_ZELDA/New".into(), owner: None }.into(),
        Directories::Add { path: "New".into(), owner: theirs }.into(),
        Directories::Rename { place: home(), name: "x".into() }.into(),
        Directories::Move { place: home(), to: DirectorySelector::Path("00002_BOB".into()) }.into(),
        Directories::Move { place: DirectorySelector::Path("00002_BOB/Photos".into()), to: home() }.into(),
        Directories::Trash(vec![home()]).into(),
        Directories::Provision(of.named()).into(),
        Directories::Provision(everybody()).into(),
    ]
}

fn others(of: &Others) -> Vec<Request> {
    let in_bin = |id| InBin::Items(Selection::one(id));
    let restore = |which| Bin::Restore { which, to: None, with_sessions: false }.into();
    let (filter, file) = (Filter::default, || of.folder.join("file.db"));
    let rows = CountedRows { ids: [1].into(), left_out: None, all_or_nothing: false };
    let suspend = Box::new(AccountAction::Suspend.on(of.named()).into());
    vec![
        Request::Import(Import {
            file: file(),
            skip_bad_rows: false,
            replace: true,
            keep_sessions: false,
            strip_prefixes: Vec::new(),
            database: None,
            time_zone: None,
            later_statements: LaterStatements::Refuse,
            agreed_admins: None,
            report: None,
        }),
        Request::Export(Export {
            to: ExportTarget::Named { path: file(), replaces: true },
            form: ExportForm { layout: ExportLayout::Json, packing: Packing::Plain },
            filter: filter(),
            only: None,
            with_hashes: true,
            with_journal: true,
        }),
        Request::Journal(Journal::List { filter: filter(), sort: in_order(), span: ALL }),
        Request::Journal(Journal::Lines {
            filter: filter(),
            sort: in_order(),
            unfolded: Vec::new(),
            span: ALL,
        }),
        Request::Journal(Journal::AsItWas {
            who: of.account.clone(),
            at: crate::domain::time::Timestamp::UNIX_EPOCH,
        }),
        Request::Journal(Journal::Head),
        Request::Journal(Journal::Version),
        Request::Journal(Journal::Verify { expect: None }),
        Undo::Last.into(),
        Undo::Entry(of.entry).into(),
        Undo::Redo.into(),
        Bin::List { filter: filter(), sort: in_order(), span: ALL }.into(),
        restore(in_bin(of.binned_account)),
        restore(in_bin(of.binned_directory)),
        restore(InBin::Account(who("zack"))),
        restore(InBin::Directory(of.binned_path.clone())),
        Bin::Purge(in_bin(of.binned_account)).into(),
        Bin::Purge(InBin::Account(who("zack"))).into(),
        Bin::Purge(InBin::Directory(of.binned_path.clone())).into(),
        Bin::Erase(who("zack")).into(),
        Request::Counted(CountedAction { action: suspend, rows: Some(rows), reason: None }),
        Request::Doctor(Doctor::Examine),
        Request::Doctor(Doctor::Repair { drop_foreign: true }),
        Request::Check(Check::Begin),
        Request::Backup(Backup::Make { file: file(), keep: None, compress: false, overwrite: true }),
        Request::Backup(Backup::Verify { file: file() }),
        Request::Backup(Backup::Restore { file: file(), despite_findings: true }),
        Request::Overview,
        Request::Metrics,
    ]
}
