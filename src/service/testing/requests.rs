//! Requests from the parts that tests name.

use crate::service::contract::{Accounts, Bin, Directories, Request, Sessions, SignIn, Undo};

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
