//! Layer 4: the only layer that touches the outside: terminal, threads, clock, signals.
//!
//! All events come through one inbox, in one order. The loop (`event_loop`) passes each to the console,
//! executes the returned effects, and draws. It decides nothing.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;

use crate::tui::effect::Msg;

mod announcement;
mod ansi;
mod authentication_syslog;
mod canvas;
pub mod clock;
mod command_worker;
mod config_file;
mod console;
mod cursor_move;
mod demo;
mod diff_backend;
mod effect_runner;
mod event_loop;
mod frame_pacer;
mod glyph;
mod group;
mod host_info;
mod inbox;
mod input;
mod local_zone;
mod memory;
mod origin;
mod output;
mod panics;
mod plain;
mod preferences;
mod process;
mod process_stat;
mod prompt;
mod runbook;
mod scroll_detect;
mod signals;
mod syslog;
mod tab_stops;
pub mod terminal;
mod terminal_control;
mod worker;

pub use announcement::{announced, reported};
pub use authentication_syslog::authentication_log;
pub use config_file::SystemConfigFiles;
pub use console::{ConsoleMode, ConsoleSetup, StoreChoice, console};
pub use group::group_id;
pub use host_info::host;
pub use local_zone::local_zone;
pub use output::wait_with_reader;
pub use process::harden;
pub use prompt::ask_secret;
pub use signals::{end_by_signal, interrupted, uninterrupted};

/// The exit code of a program that panicked (Rust's own).
const PANICKED: u8 = 101;

/// An event in the inbox.
#[derive(Debug, PartialEq)]
pub(crate) enum RuntimeEvent {
    /// A message for the console.
    Msg(Box<Msg>),
    /// The terminal has shown the last frame that requested its status.
    StatusReport,
    /// The terminal sets and clears tab stops as it was asked to.
    TabStopsWork,
    /// Another program asks the process to stop until somebody continues it.
    Stop,
    /// Ctrl-C was pressed on a terminal that makes a signal of it.
    Interrupt,
    /// End the process with this exit code.
    End(u8),
}

/// Tells the loop to end the process.
fn end(inbox: &Sender<RuntimeEvent>, code: u8) {
    output::hurry();
    // A missing receiver means that the console is already ending.
    let _ = inbox.send(RuntimeEvent::End(code));
}

/// Starts a thread that holds a sender of the inbox; if it panics, the process shuts down in order.
fn start_thread(
    name: &str,
    inbox: &Sender<RuntimeEvent>,
    work: impl FnOnce(&Sender<RuntimeEvent>) + Send + 'static,
) -> io::Result<()> {
    let inbox = inbox.clone();
    let work = move || {
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&inbox))).is_err() {
            end(&inbox, PANICKED);
        }
    };
    thread::Builder::new().name(name.into()).spawn(work).map(drop)
}

#[cfg(test)]
mod tests;
