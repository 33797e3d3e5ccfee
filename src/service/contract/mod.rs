//! All that the two faces may see of the service: [`Request`], [`Reply`], [`Failure`].

mod check;
mod command;
mod counted;
pub mod danger;
mod doctor;
mod failure;
mod reply;
mod report;
mod request;
mod tally;
mod writing;

pub use crate::auth::policy::{About, RULE as PASSWORD_RULE, Strength, strength};

pub use check::{Check, CheckStep};
pub use command::{CommandLine, NoCommand};
pub use counted::{CountedAct, CountedRows};
pub use doctor::{Diagnosis, Doctor};
pub use failure::{Failure, FailureKind};
pub use reply::{
    Admins, AsItWas, Checked, CodeInForce, House, Operator, Progress, Reply, UserDetail, WhyChoose,
};
pub use report::{ChangedLater, ImportReport, RefusedRow, TableCounts, UnreadDate};
pub use request::{
    Accounts, Bin, Caller, Directories, Import, InBin, Journal, LaterStatements, People, Place, Request,
    Sessions, SignIn, Undo,
};
pub use tally::{Own, Tally, Verb};
