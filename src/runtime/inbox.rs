//! The wait for the next event of the inbox, the same for every front end.

use std::sync::mpsc::{Receiver, RecvTimeoutError};

use crate::domain::time::Timestamp;
use crate::tui::effect::Msg;

use super::RuntimeEvent;
use super::signals::TERMINAL_GONE;

/// Returns the next event, or [`Msg::Woken`] if none arrives by `wake_at`.
pub(super) fn next_event(
    inbox: &Receiver<RuntimeEvent>,
    wake_at: Option<Timestamp>,
    now: Timestamp,
) -> RuntimeEvent {
    let Some(at) = wake_at else { return inbox.recv().unwrap_or(RuntimeEvent::End(TERMINAL_GONE)) };
    match inbox.recv_timeout((at - now).to_std().unwrap_or_default()) {
        Ok(event) => event,
        Err(RecvTimeoutError::Timeout) => RuntimeEvent::Msg(Box::new(Msg::Woken)),
        Err(RecvTimeoutError::Disconnected) => RuntimeEvent::End(TERMINAL_GONE),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use crate::tui::testing::now;

    use super::*;

    #[test]
    fn what_is_in_the_inbox_comes_first_then_the_time_and_the_end_when_nobody_sends_any_more() {
        let (outbox, inbox) = mpsc::channel();
        outbox.send(RuntimeEvent::Stop).unwrap();
        assert_eq!(next_event(&inbox, Some(now()), now()), RuntimeEvent::Stop);
        assert_eq!(next_event(&inbox, Some(now()), now()), RuntimeEvent::Msg(Box::new(Msg::Woken)));
        drop(outbox);
        for wake_at in [None, Some(now())] {
            assert_eq!(next_event(&inbox, wake_at, now()), RuntimeEvent::End(TERMINAL_GONE));
        }
    }
}
