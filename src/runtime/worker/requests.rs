//! The properties of requests that the workers go by.

use crate::service::contract::{Request, SignIn};

/// Returns true if the reading worker performs a request; `has_begun` tells if there was another one before.
///
/// The log-in screen shows with the first answer. The connection of the writing worker has read the schema by then, and the
/// other one reads it meanwhile.
pub(super) fn is_for_reader(request: &Request, has_begun: bool) -> bool {
    let is_opening = !has_begun && *request == Request::SignIn(SignIn::Look);
    request.is_read() && !is_opening
}

pub(super) fn is_proof(request: &Request) -> bool {
    matches!(request, Request::SignIn(request) if request.is_proof())
}

pub(super) fn begins_session(request: &Request) -> bool {
    matches!(request, Request::SignIn(request) if request.begins_session())
}
