//! Floor 4: the only hands on the world: terminal, threads, clock, signals.
//!
//! Everything that happens comes through one inbox, in one order; the loop (`Stage::run`) hands it to the console,
//! carries out what the console asks for, and draws. It decides nothing.

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

mod announcement;
mod ansi;
pub mod clock;
mod console;
mod demo;
mod diff_backend;
mod group;
mod host_info;
mod input;
mod origin;
mod output;
mod panics;
mod process;
mod prompt;
mod runbook;
mod scroll_detect;
mod signals;
mod syslog;
pub mod terminal;
mod worker;

#[cfg(test)]
mod tests;

pub use announcement::announced;
pub use console::{StoreChoice, console};
pub use group::group_id;
pub use host_info::host;
pub use process::harden;
pub use prompt::ask_secret;
use runbook::RunbookFile;
use signals::TERMINAL_GONE;
pub use signals::{interrupted, uninterrupted};
use worker::{Job, Workers};

/// Messages handled before the next frame is drawn, so that a flood of them cannot hold up drawing for ever.
const BATCH: usize = 256;

/// How long a frame is put off for readings: most are over by then, and what a key changes is drawn once instead of
/// twice. A letter typed into a filter must show within 3 ms, however long the search takes.
const PATIENCE: Duration = Duration::from_micros(1_200);

/// The exit code of a program that panicked (Rust's own).
const PANICKED: u8 = 101;

/// What comes into the inbox.
#[derive(Debug, PartialEq)]
pub(crate) enum RuntimeEvent {
    /// Something for the console.
    Msg(Box<Msg>),
    /// The process must end, with this exit code.
    End(u8),
}

/// The console, as the loop sees it.
pub(crate) trait Console {
    /// What it needs at the start.
    fn begin(&mut self) -> Vec<Effect>;
    /// Takes a message at a time.
    fn update(&mut self, now: Timestamp, msg: Msg) -> Vec<Effect>;
    /// Draws; only reads.
    fn view(&self, frame: &mut Frame<'_>);
    /// When it wants [`Msg::Woken`].
    fn wake_at(&self) -> Option<Timestamp>;
}

/// What the loop does to the terminal besides drawing.
pub(crate) trait TerminalControl {
    /// Puts text into the terminal's clipboard.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Gives the terminal back and stops the process, until somebody lets it go on.
    fn suspend(&mut self) -> io::Result<()>;
    /// Takes the terminal again after a stop, if it is this program's turn to use it. Whether it is.
    fn resume(&mut self) -> io::Result<bool>;
}

/// The terminal does not take what is written to it any more.
struct TerminalClosed;

/// What the loop plays on.
pub(crate) struct Stage<'a, B: Backend> {
    /// Where it draws.
    pub(crate) terminal: &'a mut Terminal<B>,
    /// The terminal itself.
    pub(crate) window: &'a mut dyn TerminalControl,
    /// Who does the work.
    pub(crate) workers: &'a Workers,
    /// The clock.
    pub(crate) now: fn() -> Timestamp,
    /// How long a frame is put off for readings that are under way.
    pub(crate) patience: Duration,
    /// The terminal is the shell's: nothing is drawn.
    away: bool,
    /// Readings that are under way.
    readings: BTreeSet<RequestId>,
    /// What the console wants to be told about once it is on the terminal.
    watched: Vec<RequestId>,
    /// Leads to the end of the inbox.
    outbox: Sender<RuntimeEvent>,
    /// The runbook that is being written.
    runbook: Option<RunbookFile>,
}

impl<'a, B: Backend> Stage<'a, B> {
    /// A stage before its first frame, in the foreground.
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
        }
    }

    /// Runs the console until it leaves or must end; the exit code.
    pub(crate) fn run(&mut self, console: &mut dyn Console, inbox: &Receiver<RuntimeEvent>) -> u8 {
        let code = self.turns(console, inbox).unwrap_or_else(|TerminalClosed| why(inbox));
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
            let first = if let Some(inward) = self.answer(draw_at, inbox) {
                inward
            } else {
                if !self.away {
                    self.terminal.draw(|frame| console.view(frame)).map_err(|_| TerminalClosed)?;
                    self.tell_drawn();
                }
                let inward = self.wait(console.wake_at(), inbox);
                draw_at = clock::instant() + self.patience;
                inward
            };
            effects = Vec::new();
            for inward in iter::once(first).chain(inbox.try_iter()).take(BATCH) {
                if self.execute(effects)?.is_break() {
                    return Ok(0);
                }
                effects = match inward {
                    RuntimeEvent::Msg(msg) => self.tell(console, *msg)?,
                    RuntimeEvent::End(code) => return Ok(code),
                };
            }
        }
    }

    /// Behind all that was typed before the frame was there.
    fn tell_drawn(&mut self) {
        for request_id in std::mem::take(&mut self.watched) {
            self.tell_later(Msg::Drawn(request_id));
        }
    }

    fn tell_later(&self, msg: Msg) {
        // Without a receiver it is ending already.
        let _ = self.outbox.send(RuntimeEvent::Msg(Box::new(msg)));
    }

    /// What comes before the next frame is due, while readings are under way whose answers belong on it.
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
                // What a terminal of another size does with what it shows is its own affair.
                self.wipe()?;
            }
            Msg::Done(request_id, _) => {
                self.readings.remove(&request_id);
            }
            _ => {}
        }
        Ok(console.update((self.now)(), msg))
    }

    /// The next message; without one, [`Msg::Woken`] when the time has come.
    fn wait(&self, wake_at: Option<Timestamp>, inbox: &Receiver<RuntimeEvent>) -> RuntimeEvent {
        let Some(at) = wake_at else { return inbox.recv().unwrap_or(RuntimeEvent::End(TERMINAL_GONE)) };
        match inbox.recv_timeout((at - (self.now)()).to_std().unwrap_or_default()) {
            Ok(inward) => inward,
            Err(RecvTimeoutError::Timeout) => RuntimeEvent::Msg(Box::new(Msg::Woken)),
            Err(RecvTimeoutError::Disconnected) => RuntimeEvent::End(TERMINAL_GONE),
        }
    }

    fn execute(&mut self, effects: Vec<Effect>) -> Result<ControlFlow<()>, TerminalClosed> {
        for effect in effects {
            match effect {
                Effect::Perform { request_id, caller, request, dry_run } => {
                    // Nothing of what is made ready for later shows.
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
                Effect::Redraw => self.wipe()?,
                Effect::Suspend => {
                    self.window.suspend()?;
                    // Where there is no shell to go to, the process was not stopped and nobody will say so.
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

    /// Has the next frame drawn cell by cell. `Terminal::clear` would ask the terminal where its cursor is, and the
    /// answer would go to the input thread.
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

/// Why the terminal took no more output: perhaps somebody has told the process to end, else it is gone.
fn why(inbox: &Receiver<RuntimeEvent>) -> u8 {
    let told = inbox.try_iter().find_map(|inward| match inward {
        RuntimeEvent::End(code) => Some(code),
        RuntimeEvent::Msg(_) => None,
    });
    told.unwrap_or(TERMINAL_GONE)
}

/// Tells the loop that the process must end.
fn end(inbox: &Sender<RuntimeEvent>, code: u8) {
    output::hurry();
    // Without a receiver it is ending already.
    let _ = inbox.send(RuntimeEvent::End(code));
}

/// Starts a thread that holds a sender of the inbox; should it panic, the process ends in good order.
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
