//! All that the two faces may see of the service: [`Request`], [`Reply`], [`Failure`].

mod check;
mod command;
pub mod confirmation;
mod counted;
mod doctor;
mod failure;
mod reply;
mod report;
mod request;
mod summary;
mod writing;

pub use crate::auth::policy::{PasswordOwner, RULE as PASSWORD_RULE, Strength, strength};

pub use check::{Check, CheckStep};
pub use command::{CommandLine, NoCommand};
pub use counted::{CountedAct, CountedRows};
pub use doctor::{Diagnosis, Doctor};
pub use failure::{Failure, FailureKind};
pub use reply::{
    Admins, AsItWas, Checked, CodeInForce, Operator, Progress, Reply, StoreStatus, UserDetail, WhyChoose,
};
pub use report::{ChangedLater, ImportReport, RefusedRow, TableCounts, UnreadDate};
pub use request::{
    AccountSelection, Accounts, Bin, Caller, Directories, DirectorySelector, Import, InBin, Journal,
    LaterStatements, Request, Sessions, SignIn, Undo,
};
pub use summary::{Action, ActionSummary, NotUndone, Own};
