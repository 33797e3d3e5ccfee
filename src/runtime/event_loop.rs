//! The event loop: passes each event of the inbox to the console, executes the returned effects, and draws. It decides
//! nothing.

use std::collections::BTreeSet;
use std::io;
use std::iter;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use ratatui::Frame;

use crate::domain::time::Timestamp;
use crate::service::contract::{Accounts, Request};
use crate::tui::effect::{Effect, Msg, RequestId};

use super::canvas::Canvas;
use super::effect_runner::EffectRunner;
use super::frame_pacer::{FrameBackend, FramePacer, SentFrame};
use super::inbox::next_event;
use super::signals::{INTERRUPTED, TERMINAL_GONE};
use super::terminal_control::TerminalControl;
use super::{RuntimeEvent, clock};

/// Maximum number of messages handled before the next frame, so that a flood of them cannot hold up drawing
/// forever.
pub(super) const BATCH: usize = 256;

/// Maximum delay of a frame while reads are pending: most reads finish within it, so a key's change is drawn
/// once instead of twice.
const PATIENCE: Duration = Duration::from_micros(1_200);

/// Maximum wait for the terminal's last status report when a signal ends the process.
const LAST_WAIT: Duration = Duration::from_secs(1);

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
    /// Returns true while keys type a text, which must show at once, however long a search for it takes.
    fn takes_text(&self) -> bool;
}

/// The urgency of the next frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NextFrame {
    /// The console looks as on the last one.
    NotDue,
    /// The console may look different.
    Due,
    /// It shows what was typed, and waits for no reply.
    DueAtOnce,
}

/// The terminal no longer accepts output.
struct TerminalClosed;

/// The event loop with everything that it works on.
pub(crate) struct EventLoop<'a, B: FrameBackend> {
    pub(crate) canvas: &'a mut Canvas<B>,
    /// Control of the terminal besides drawing.
    pub(crate) window: &'a mut dyn TerminalControl,
    pub(super) effects: EffectRunner<'a>,
    pub(crate) now: fn() -> Timestamp,
    /// Maximum delay of a frame while reads are pending.
    pub(crate) patience: Duration,
    /// True while the shell has the terminal: nothing is drawn.
    away: bool,
    next_frame: NextFrame,
    pacer: FramePacer,
    readings: BTreeSet<RequestId>,
    /// True while the preferences are being loaded: the first list depends on them.
    loads_preferences: bool,
    /// Requests that the console wants to be notified of once they are on the screen.
    watched: Vec<RequestId>,
    /// Sends to the inbox.
    outbox: Sender<RuntimeEvent>,
}

impl<'a, B: FrameBackend> EventLoop<'a, B> {
    /// Creates a loop before its first frame, in the foreground.
    pub(crate) fn new(
        canvas: &'a mut Canvas<B>,
        window: &'a mut dyn TerminalControl,
        effects: EffectRunner<'a>,
        now: fn() -> Timestamp,
        outbox: Sender<RuntimeEvent>,
    ) -> Self {
        Self {
            canvas,
            window,
            effects,
            now,
            patience: PATIENCE,
            away: false,
            next_frame: NextFrame::Due,
            pacer: FramePacer::default(),
            readings: BTreeSet::new(),
            loads_preferences: false,
            watched: Vec::new(),
            outbox,
        }
    }

    /// Runs the console until it quits or must end, and returns the exit code.
    pub(crate) fn run(&mut self, console: &mut dyn Console, inbox: &Receiver<RuntimeEvent>) -> u8 {
        let code = self.turns(console, inbox).unwrap_or_else(|TerminalClosed| exit_code(inbox));
        if code != 0 {
            let last = console.update((self.now)(), Msg::Terminate);
            let _ = self.execute(last, inbox);
        }
        if code != TERMINAL_GONE {
            self.await_report(inbox, if code == 0 { Duration::MAX } else { LAST_WAIT });
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
            if self.execute(effects, inbox)?.is_break() {
                return Ok(0);
            }
            let first = if let Some(event) = self.before_frame(draw_at, inbox) {
                event
            } else {
                if self.next_frame != NextFrame::NotDue && !self.away {
                    self.draw(console)?;
                }
                let event = next_event(inbox, console.wake_at(), (self.now)());
                draw_at = clock::instant() + self.patience;
                event
            };
            effects = Vec::new();
            for event in iter::once(first).chain(inbox.try_iter()).take(BATCH) {
                if self.execute(effects, inbox)?.is_break() {
                    return Ok(0);
                }
                effects = Vec::new();
                match event {
                    RuntimeEvent::Msg(msg) => effects = self.tell(console, *msg)?,
                    RuntimeEvent::StatusReport => self.pacer.reported(clock::instant()),
                    RuntimeEvent::TabStopsWork => self.canvas.backend_mut().use_tab_stops(),
                    RuntimeEvent::Stop => self.stop(inbox)?,
                    RuntimeEvent::Interrupt => return Ok(INTERRUPTED),
                    RuntimeEvent::End(code) => return Ok(code),
                }
            }
        }
    }

    fn draw(&mut self, console: &dyn Console) -> Result<(), TerminalClosed> {
        self.canvas.backend_mut().request_status(self.pacer.requests());
        self.canvas.draw(|frame| console.view(frame))?;
        self.pacer.sent(clock::instant(), self.canvas.backend_mut().sent_frame());
        self.next_frame = NextFrame::NotDue;
        self.tell_drawn();
        Ok(())
    }

    /// Queues the notification behind everything typed before the frame was drawn.
    fn tell_drawn(&mut self) {
        for request_id in std::mem::take(&mut self.watched) {
            self.effects.tell(Msg::Drawn(request_id));
        }
    }

    /// Returns the next event before the frame is due: while reads are pending whose replies belong on it, unless it shows
    /// what was typed, and while the terminal has not shown the last one.
    fn before_frame(&self, draw_at: Instant, inbox: &Receiver<RuntimeEvent>) -> Option<RuntimeEvent> {
        if self.next_frame == NextFrame::NotDue || self.away {
            return None;
        }
        let awaits_reply = self.loads_preferences || !self.readings.is_empty();
        let draw_at = Some(draw_at).filter(|_| awaits_reply && self.next_frame != NextFrame::DueAtOnce);
        let now = clock::instant();
        let due = draw_at.max(self.pacer.not_before(now))?;
        inbox.recv_timeout(due.checked_duration_since(now)?).ok()
    }

    /// Waits until the terminal has reported its status, so that the report does not reach the shell as if it had been
    /// typed. Returns what arrived meanwhile.
    fn await_report(&mut self, inbox: &Receiver<RuntimeEvent>, at_most: Duration) -> Vec<RuntimeEvent> {
        let mut arrived = Vec::new();
        let now = clock::instant();
        // What the mouse does meanwhile must not be typed into the shell either.
        if self.pacer.requests() && self.window.silence_mouse().unwrap_or(false) {
            self.pacer.sent(now, SentFrame { requested: true, ..SentFrame::default() });
        }
        while let Some(due) = self.pacer.last_report_due() {
            let due = now.checked_add(at_most).map_or(due, |last| due.min(last));
            let left = due.saturating_duration_since(clock::instant());
            match inbox.recv_timeout(left) {
                Ok(RuntimeEvent::StatusReport) => self.pacer.reported(clock::instant()),
                Ok(event) => arrived.push(event),
                Err(_) => break,
            }
        }
        arrived
    }

    /// Waits for the report and puts back what arrived meanwhile.
    fn finish_frame(&mut self, inbox: &Receiver<RuntimeEvent>) {
        for event in self.await_report(inbox, Duration::MAX) {
            // A missing receiver means that the console is already ending.
            let _ = self.outbox.send(event);
        }
    }

    /// Stops the process, as another program asked. [`Msg::Resumed`] follows when it is continued.
    fn stop(&mut self, inbox: &Receiver<RuntimeEvent>) -> io::Result<()> {
        self.finish_frame(inbox);
        self.away = self.window.stop()?;
        Ok(())
    }

    fn tell(&mut self, console: &mut dyn Console, msg: Msg) -> Result<Vec<Effect>, TerminalClosed> {
        self.next_frame = self.next_frame.max(NextFrame::Due);
        let is_typed = matches!(msg, Msg::Key(_) | Msg::Paste(_));
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
                self.canvas.resize(columns, rows);
                // It is unknown what a resized terminal does with its content.
                self.wipe();
            }
            Msg::Done(request_id, _) => {
                self.readings.remove(&request_id);
            }
            Msg::Preferences { .. } => self.loads_preferences = false,
            Msg::Key(_)
            | Msg::Pointer(_)
            | Msg::Paste(_)
            | Msg::Line(_)
            | Msg::Printed(..)
            | Msg::Exported(..)
            | Msg::Progress(..)
            | Msg::StoreChanged
            | Msg::Clock(_)
            | Msg::Damaged(_)
            | Msg::Drawn(_)
            | Msg::Ground(_)
            | Msg::Recording(_)
            | Msg::Woken
            | Msg::Interrupted
            | Msg::Terminate => {}
        }
        let effects = console.update((self.now)(), msg);
        if is_typed && console.takes_text() {
            self.next_frame = NextFrame::DueAtOnce;
        }
        Ok(effects)
    }

    fn execute(
        &mut self,
        effects: Vec<Effect>,
        inbox: &Receiver<RuntimeEvent>,
    ) -> Result<ControlFlow<()>, TerminalClosed> {
        for effect in effects {
            match effect {
                Effect::Watch(request_id) => self.watched.push(request_id),
                Effect::Copy(text) => self.window.copy(&text)?,
                Effect::ReportMouse(reports) => self.window.report_mouse(reports)?,
                Effect::Redraw => self.wipe(),
                Effect::Suspend => {
                    self.finish_frame(inbox);
                    // The stop and the return follow as signals.
                    self.away = self.window.suspend()?;
                }
                Effect::Leave => return Ok(ControlFlow::Break(())),
                Effect::Perform { request_id, ref request, .. } => {
                    // Nothing of the prefetched data is visible yet.
                    if request.is_read() && *request != Request::Accounts(Accounts::Prepare) {
                        self.readings.insert(request_id);
                    }
                    self.effects.execute(effect);
                }
                Effect::LoadPreferences { .. } => {
                    self.loads_preferences = true;
                    self.effects.execute(effect);
                }
                Effect::Cancel(request_id) => {
                    self.readings.remove(&request_id);
                    self.effects.execute(effect);
                }
                Effect::Print { .. }
                | Effect::Export { .. }
                | Effect::StartRunbook { .. }
                | Effect::WriteRunbook(_)
                | Effect::EndRunbook
                | Effect::SavePreferences { .. } => self.effects.execute(effect),
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn come_back(&mut self) -> Result<(), TerminalClosed> {
        self.away = !self.window.resume()?;
        if !self.away {
            self.wipe();
        }
        Ok(())
    }

    /// Makes the next frame draw every cell.
    fn wipe(&mut self) {
        self.canvas.backend_mut().clear();
        self.next_frame = self.next_frame.max(NextFrame::Due);
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
        RuntimeEvent::Interrupt => Some(INTERRUPTED),
        RuntimeEvent::Msg(_)
        | RuntimeEvent::StatusReport
        | RuntimeEvent::TabStopsWork
        | RuntimeEvent::Stop => None,
    });
    signalled.unwrap_or(TERMINAL_GONE)
}
