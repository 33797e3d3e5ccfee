//! Layer 4: the only layer that touches the outside: terminal, threads, clock, signals.
//!
//! All events come through one inbox, in one order. The loop (`EventLoop::run`) passes each to the console,
//! executes the returned effects, and draws. It decides nothing.

use std::collections::BTreeSet;
use std::io;
use std::iter;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use ratatui::backend::Backend;
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal};

use crate::domain::time::Timestamp;
use crate::service::contract::{Accounts, Request};
use crate::tui::effect::{Effect, Msg, RequestId};
use crate::tui::preferences::Preferences;

mod announcement;
mod ansi;
pub mod clock;
mod console;
mod demo;
mod diff_backend;
mod group;
mod host_info;
mod input;
mod local_zone;
mod origin;
mod output;
mod panics;
mod preferences;
mod process;
mod prompt;
mod runbook;
mod scroll_detect;
mod signals;
mod syslog;
pub mod terminal;
mod worker;

pub use announcement::announced;
pub use console::{StoreChoice, console};
pub use group::group_id;
pub use host_info::host;
pub use local_zone::local_zone;
use preferences::PreferenceFiles;
pub use process::harden;
pub use prompt::ask_secret;
use runbook::RunbookFile;
use signals::TERMINAL_GONE;
pub use signals::{interrupted, uninterrupted};
use worker::{Job, Workers};

/// Maximum number of messages handled before the next frame, so that a flood of them cannot hold up drawing
/// forever.
const BATCH: usize = 256;

/// Maximum delay of a frame while reads are pending: most reads finish within it, so a key's change is drawn
/// once instead of twice. A letter typed into a filter must show within 3 ms, however long the search takes.
const PATIENCE: Duration = Duration::from_micros(1_200);

/// The exit code of a program that panicked (Rust's own).
const PANICKED: u8 = 101;

/// An event in the inbox.
#[derive(Debug, PartialEq)]
pub(crate) enum RuntimeEvent {
    /// A message for the console.
    Msg(Box<Msg>),
    /// End the process with this exit code.
    End(u8),
}

/// The console, as the loop sees it.
pub(crate) trait Console {
    /// Returns the first effects.
    fn begin(&mut self) -> Vec<Effect>;
    /// Handles a message and returns its effects.
    fn update(&mut self, now: Timestamp, msg: Msg) -> Vec<Effect>;
    /// Draws a frame. Only reads.
    fn view(&self, frame: &mut Frame<'_>);
    /// Returns the time at which it wants [`Msg::Woken`].
    fn wake_at(&self) -> Option<Timestamp>;
}

/// The loop's control of the terminal besides drawing.
pub(crate) trait TerminalControl {
    /// Puts text into the terminal's clipboard.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Restores the terminal and stops the process until somebody continues it.
    fn suspend(&mut self) -> io::Result<()>;
    /// Takes the terminal again after a stop. Returns false if the program is in the background and may not use
    /// it.
    fn resume(&mut self) -> io::Result<bool>;
}

/// The terminal no longer accepts output.
struct TerminalClosed;

/// The event loop with everything that it works on.
pub(crate) struct EventLoop<'a, B: Backend> {
    pub(crate) terminal: &'a mut Terminal<B>,
    /// Control of the terminal besides drawing.
    pub(crate) window: &'a mut dyn TerminalControl,
    pub(crate) workers: &'a Workers,
    pub(crate) now: fn() -> Timestamp,
    /// Maximum delay of a frame while reads are pending.
    pub(crate) patience: Duration,
    /// True while the shell has the terminal: nothing is drawn.
    away: bool,
    readings: BTreeSet<RequestId>,
    /// Requests that the console wants to be notified of once they are on the screen.
    watched: Vec<RequestId>,
    /// Sends to the inbox.
    outbox: Sender<RuntimeEvent>,
    /// The runbook that is being recorded.
    runbook: Option<RunbookFile>,
    /// The files of the preferences; without them nothing is remembered.
    preferences: Option<PreferenceFiles>,
}

impl<'a, B: Backend> EventLoop<'a, B> {
    /// Creates a loop before its first frame, in the foreground.
    pub(crate) fn new(
        terminal: &'a mut Terminal<B>,
        window: &'a mut dyn TerminalControl,
        workers: &'a Workers,
        now: fn() -> Timestamp,
        outbox: Sender<RuntimeEvent>,
    ) -> Self {
        Self {
            terminal,
            window,
            workers,
            now,
            patience: PATIENCE,
            away: false,
            readings: BTreeSet::new(),
            watched: Vec::new(),
            outbox,
            runbook: None,
            preferences: None,
        }
    }

    /// Runs the console until it quits or must end, and returns the exit code.
    pub(crate) fn run(&mut self, console: &mut dyn Console, inbox: &Receiver<RuntimeEvent>) -> u8 {
        let code = self.turns(console, inbox).unwrap_or_else(|TerminalClosed| exit_code(inbox));
        if code != 0 {
            let last = console.update((self.now)(), Msg::Terminate);
            let _ = self.execute(last);
        }
        code
    }

    fn turns(
        &mut self,
        console: &mut dyn Console,
        inbox: &Receiver<RuntimeEvent>,
    ) -> Result<u8, TerminalClosed> {
        let mut effects = console.begin();
        let mut draw_at = clock::instant() + self.patience;
        loop {
            if self.execute(effects)?.is_break() {
                return Ok(0);
            }
            let first = if let Some(event) = self.answer(draw_at, inbox) {
                event
            } else {
                if !self.away {
                    self.terminal.draw(|frame| console.view(frame)).map_err(|_| TerminalClosed)?;
                    self.tell_drawn();
                }
                let event = self.wait(console.wake_at(), inbox);
                draw_at = clock::instant() + self.patience;
                event
            };
            effects = Vec::new();
            for event in iter::once(first).chain(inbox.try_iter()).take(BATCH) {
                if self.execute(effects)?.is_break() {
                    return Ok(0);
                }
                effects = match event {
                    RuntimeEvent::Msg(msg) => self.tell(console, *msg)?,
                    RuntimeEvent::End(code) => return Ok(code),
                };
            }
        }
    }

    /// Queues the notification behind everything typed before the frame was drawn.
    fn tell_drawn(&mut self) {
        for request_id in std::mem::take(&mut self.watched) {
            self.tell_later(Msg::Drawn(request_id));
        }
    }

    fn tell_later(&self, msg: Msg) {
        // A missing receiver means that the console is already ending.
        let _ = self.outbox.send(RuntimeEvent::Msg(Box::new(msg)));
    }

    /// Returns the next event before the frame is due, while reads are pending whose replies belong on it.
    fn answer(&self, draw_at: Instant, inbox: &Receiver<RuntimeEvent>) -> Option<RuntimeEvent> {
        let left = draw_at.checked_duration_since(clock::instant())?;
        if self.readings.is_empty() { None } else { inbox.recv_timeout(left).ok() }
    }

    fn tell(&mut self, console: &mut dyn Console, msg: Msg) -> Result<Vec<Effect>, TerminalClosed> {
        match msg {
            Msg::Resumed => {
                self.come_back()?;
                if self.away {
                    // The shell's `bg`: there is nothing to do without a terminal.
                    self.window.suspend()?;
                    return Ok(Vec::new());
                }
            }
            Msg::Resize(columns, rows) => {
                self.terminal.resize(Rect::new(0, 0, columns, rows)).map_err(|_| TerminalClosed)?;
                // It is unknown what a resized terminal does with its content.
                self.wipe()?;
            }
            Msg::Done(request_id, _) => {
                self.readings.remove(&request_id);
            }
            _ => {}
        }
        Ok(console.update((self.now)(), msg))
    }

    /// Returns the next event, or [`Msg::Woken`] if none arrives by `wake_at`.
    fn wait(&self, wake_at: Option<Timestamp>, inbox: &Receiver<RuntimeEvent>) -> RuntimeEvent {
        let Some(at) = wake_at else { return inbox.recv().unwrap_or(RuntimeEvent::End(TERMINAL_GONE)) };
        match inbox.recv_timeout((at - (self.now)()).to_std().unwrap_or_default()) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => RuntimeEvent::Msg(Box::new(Msg::Woken)),
            Err(RecvTimeoutError::Disconnected) => RuntimeEvent::End(TERMINAL_GONE),
        }
    }

    fn execute(&mut self, effects: Vec<Effect>) -> Result<ControlFlow<()>, TerminalClosed> {
        for effect in effects {
            match effect {
                Effect::Perform { request_id, caller, request, dry_run } => {
                    // Nothing of the prefetched data is visible yet.
                    if request.is_read() && request != Request::Accounts(Accounts::Prepare) {
                        self.readings.insert(request_id);
                    }
                    self.workers.perform(Job { request_id, caller, request, dry_run });
                }
                Effect::Cancel(request_id) => {
                    self.readings.remove(&request_id);
                    self.workers.cancel(request_id);
                }
                Effect::Watch(request_id) => self.watched.push(request_id),
                Effect::Copy(text) => self.window.copy(&text)?,
                Effect::StartRunbook { file, header } => {
                    let begun = RunbookFile::create(file, &header);
                    let result = begun.map(|runbook| self.runbook = Some(runbook));
                    self.tell_later(Msg::Recording(result));
                }
                Effect::WriteRunbook(text) => {
                    let added = self.runbook.as_mut().map_or(Ok(()), |runbook| runbook.add(&text));
                    if added.is_err() {
                        self.runbook = None;
                        self.tell_later(Msg::Recording(added));
                    }
                }
                Effect::EndRunbook => self.runbook = None,
                Effect::LoadPreferences { account } => match &self.preferences {
                    Some(files) => files.load(account),
                    None => self.tell_later(Msg::Preferences { account, result: Ok(Preferences::default()) }),
                },
                Effect::SavePreferences { account, preferences } => {
                    self.preferences.iter().for_each(|files| files.save(account, preferences.clone()));
                }
                Effect::Redraw => self.wipe()?,
                Effect::Suspend => {
                    self.window.suspend()?;
                    // Without a shell to return to, the process was not stopped and no signal will follow.
                    self.come_back()?;
                }
                Effect::Leave => return Ok(ControlFlow::Break(())),
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn come_back(&mut self) -> Result<(), TerminalClosed> {
        self.away = !self.window.resume()?;
        if self.away { Ok(()) } else { self.wipe() }
    }

    /// Makes the next frame draw every cell. `Terminal::clear` would ask the terminal for its cursor position,
    /// and the answer would go to the input thread.
    fn wipe(&mut self) -> Result<(), TerminalClosed> {
        self.terminal.backend_mut().clear().map_err(|_| TerminalClosed)?;
        self.terminal.swap_buffers();
        Ok(())
    }
}

impl From<io::Error> for TerminalClosed {
    fn from(_: io::Error) -> Self {
        Self
    }
}

/// Returns the exit code after the terminal stopped accepting output: a signal may have asked the process to
/// end; otherwise the terminal is gone.
fn exit_code(inbox: &Receiver<RuntimeEvent>) -> u8 {
    let signalled = inbox.try_iter().find_map(|event| match event {
        RuntimeEvent::End(code) => Some(code),
        RuntimeEvent::Msg(_) => None,
    });
    signalled.unwrap_or(TERMINAL_GONE)
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
