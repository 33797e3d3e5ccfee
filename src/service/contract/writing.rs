//! Which requests can be answered where nothing can be written.

use super::{Directories, Request, Sessions, SignIn};

impl Request {
    /// Returns whether it can be answered without writing: it only reads, or what it would note can be left out.
    pub fn can_do_without_writing(&self) -> bool {
        match self {
            Self::SignIn(request) => match request {
                SignIn::Look
                | SignIn::StillIn
                | SignIn::LogIn { .. }
                | SignIn::Unlock(_)
                | SignIn::LogOut => true,
                SignIn::SetUp { .. } | SignIn::Choose { .. } => false,
            },
            Self::Sessions(Sessions::Verify(_))
            | Self::Directories(Directories::Opened(_))
            | Self::Check(_)
            // A repair mends what keeps a store from being written.
            | Self::Doctor(_) => true,
            Self::Counted(counted) => counted.act.can_do_without_writing(),
            Self::Accounts(_)
            | Self::Sessions(_)
            | Self::Directories(_)
            | Self::Import(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_) => self.is_read(),
        }
    }
}
