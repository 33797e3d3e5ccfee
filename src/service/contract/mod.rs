//! All that the two faces may see of the service: [`Request`], [`Reply`], [`Failure`].

mod check;
mod command;
pub mod danger;
mod failure;
mod reply;
mod report;
mod request;
mod tally;
mod writing;

pub use crate::auth::policy::{About, RULE as PASSWORD_RULE, Strength, strength};

pub use check::{Check, CheckStep};
pub use command::{CommandLine, NoCommand};
pub use failure::{Failure, FailureKind};
pub use reply::{
    Admins, AsItWas, Checked, CodeInForce, House, Operator, Progress, Reply, UserDetail, WhyChoose,
};
pub use report::{ImportReport, RefusedRow, TableCounts};
pub use request::{
    Accounts, Bin, Caller, Directories, Import, InBin, Journal, People, Place, Request, Sessions, SignIn,
    Undo,
};
pub use tally::{Tally, Verb};
