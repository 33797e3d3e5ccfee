//! All that the two front ends see of the service: [`Request`], [`Reply`], [`Failure`] and the table of actions.

mod account_action;
mod action_row;
mod actions;
mod asking;
mod backup;
mod caller;
mod check;
mod command;
mod command_form;
mod config_files;
pub mod confirmation;
mod console_command;
mod counted;
mod counted_rows;
mod doctor;
mod export;
mod facts;
mod failure;
mod gate;
mod import;
mod no_command;
mod overview;
mod proof;
mod reply;
mod report;
mod request;
mod right;
mod sign_in;
mod summary;
mod target;

pub use crate::auth::policy::{PasswordOwner, RULE as PASSWORD_RULE, Strength, strength};

pub use account_action::{AccountAction, AccountChange, CODE_LIFE};
pub use action_row::{ActionRow, Conflicts, ReasonNeed, Sentence, SideEffects, Subject, UndoneBy};
pub use actions::SESSION_STAYS_ENDED;
pub use asking::Asking;
pub use backup::{Backup, BackupReply, BackupReport, NeededKey, RestoreReport, VerifiedBackup};
pub use caller::Caller;
pub use check::{Check, CheckStep};
pub use command::CommandLine;
pub use config_files::ConfigFiles;
pub use console_command::{
    ArgumentKind, ArgumentSpec, CommandInterpreter, CommandSpec, ExportFormat, ListExport, OnProgress,
    OptionSpec, PrintOptions, RequestHandler, TypedCommand, TypedLine, quoted_argument,
};
pub use counted_rows::CountedRows;
pub use doctor::{Diagnosis, Doctor};
pub use export::{
    Export, ExportForm, ExportLayout, ExportReport, ExportSyntax, ExportTarget, ExportedTable, OutputStream,
    ReplacedText,
};
pub use failure::{Failure, FailureKind, NextTry};
pub use gate::{Gate, GateKind, Gates, Lift};
pub use import::{Import, LaterStatements};
pub use no_command::NoCommand;
pub use overview::{Metrics, OthersAction, Overview, SinceLastVisit, StoreOverview};
pub use proof::{ProofAge, ProofNeed};
pub use reply::{
    Admins, AsItWas, Checked, CodeInForce, CodeTerms, FactorOffer, FactorSlip, FactorState, INVITATION_NEEDS,
    InvitationInForce, LogInWait, Operator, Progress, Provenance, Reply, StoreStatus, UserDetail, WhyChoose,
};
pub use report::{ChangedLater, ImportReport, RefusedRow, TableCounts, UnreadDate};
pub use request::{
    AccountSelection, Accounts, Bin, CountedAction, Directories, DirectorySelector, InBin, Journal, Request,
    Sessions, Undo,
};
pub use right::Right;
pub use sign_in::SignIn;
pub use summary::{Action, ActionSummary, ErasedEntries, NotUndone, Own};
pub use target::Target;
