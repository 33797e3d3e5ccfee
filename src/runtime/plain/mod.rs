//! The console in lines: prints what is new, reads a line, waits until everything that it began has come.

mod lines;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender};

use crate::domain::text::{to_ascii, visible};
use crate::domain::time::Timestamp;
use crate::tui::effect::{Effect, Msg, RequestId};
use crate::tui::model::Model;
use crate::tui::plain::page::LastPage;

use super::RuntimeEvent;
use super::effect_runner::EffectRunner;
use super::inbox::next_event;
use super::signals::{INTERRUPTED, TERMINAL_GONE};
use super::terminal::stop_process;
use lines::LineKind;

/// Has the terminal show again what is typed.
pub(super) fn show_typing() {
    lines::show();
}

/// Returns true if somebody types the lines on a terminal.
pub(super) fn is_typed() -> bool {
    lines::is_terminal()
}

/// The loop with everything that it works on.
pub(super) struct LineLoop<'a, W> {
    effects: EffectRunner<'a>,
    out: W,
    /// The output shows ASCII only.
    is_ascii: bool,
    now: fn() -> Timestamp,
    last: LastPage,
    /// Questions that may be answered once they are printed.
    watched: Vec<RequestId>,
    /// Asks for a line.
    asks: Sender<LineKind>,
    /// Set from when a line is asked for until it comes.
    is_asking: bool,
}

impl<'a, W: Write> LineLoop<'a, W> {
    /// Creates a loop that reads standard input.
    pub(super) fn new(
        effects: EffectRunner<'a>,
        inbox: &Sender<RuntimeEvent>,
        out: W,
        is_ascii: bool,
        now: fn() -> Timestamp,
    ) -> io::Result<Self> {
        let asks = lines::listen(inbox)?;
        let (last, watched) = (LastPage::default(), Vec::new());
        Ok(Self { effects, out, is_ascii, now, last, watched, asks, is_asking: false })
    }

    /// Runs the console until it is left or must end, and returns the exit code.
    pub(super) fn run(&mut self, console: &mut Model, inbox: &Receiver<RuntimeEvent>) -> u8 {
        let code = self.turns(console, inbox).unwrap_or(TERMINAL_GONE);
        if code != 0 {
            let last = console.update((self.now)(), Msg::Terminate);
            let _ = self.execute(last);
        }
        if self.is_asking && is_typed() {
            // The prompt is left without an answer.
            let _ = writeln!(self.out);
        }
        show_typing();
        code
    }

    fn turns(&mut self, console: &mut Model, inbox: &Receiver<RuntimeEvent>) -> io::Result<u8> {
        let mut effects = console.begin();
        loop {
            if self.execute(effects)?.is_break() {
                return Ok(0);
            }
            self.print_notice(console)?;
            self.print_progress(console)?;
            let event = if let Ok(event) = inbox.try_recv() {
                event
            } else {
                // A session may end while a line is awaited.
                if console.is_settled() && (!self.is_asking || self.last.is_elsewhere(&console.page())) {
                    self.ask(console)?;
                }
                next_event(inbox, console.wake_at(), (self.now)())
            };
            effects = match event {
                RuntimeEvent::Msg(msg) => self.tell(console, *msg),
                RuntimeEvent::StatusReport | RuntimeEvent::TabStopsWork => Vec::new(),
                RuntimeEvent::Stop => {
                    stop_process()?;
                    Vec::new()
                }
                RuntimeEvent::Interrupt if console.can_interrupt() => self.tell(console, Msg::Interrupted),
                RuntimeEvent::Interrupt => return Ok(INTERRUPTED),
                RuntimeEvent::End(code) => return Ok(code),
            };
        }
    }

    fn tell(&mut self, console: &mut Model, msg: Msg) -> Vec<Effect> {
        match &msg {
            // A page has one size.
            Msg::Resize(..) => return Vec::new(),
            Msg::Line(line) => {
                self.is_asking = false;
                show_typing();
                if line.as_ref().is_ok_and(|line| console.asks_for_page(line.text())) {
                    self.last.forget();
                }
            }
            Msg::Key(_)
            | Msg::Pointer(_)
            | Msg::Paste(_)
            | Msg::Done(..)
            | Msg::Printed(..)
            | Msg::Exported(..)
            | Msg::Progress(..)
            | Msg::StoreChanged
            | Msg::Clock(_)
            | Msg::Ground(_)
            | Msg::Damaged(_)
            | Msg::Woken
            | Msg::Recording(_)
            | Msg::Preferences { .. }
            | Msg::Resumed
            | Msg::Drawn(_)
            | Msg::Interrupted
            | Msg::Terminate => {}
        }
        console.update((self.now)(), msg)
    }

    /// Prints what is new and asks for a line.
    fn ask(&mut self, console: &mut Model) -> io::Result<()> {
        if self.is_asking {
            writeln!(self.out)?;
        }
        let page = console.page();
        let prompt = page.prompt.clone();
        for line in self.last.news(page) {
            self.print(&line)?;
        }
        for request_id in std::mem::take(&mut self.watched) {
            self.effects.tell(Msg::Drawn(request_id));
        }
        let words = self.written(&prompt.words);
        // Behind the prompt a terminal shows what is typed, with its line end; a pipe does not.
        let end = if lines::is_terminal() { " " } else { "\n" };
        write!(self.out, "{words}{end}")?;
        self.out.flush()?;
        if !self.is_asking {
            self.is_asking = true;
            // A missing thread has sent the end of the process.
            let _ = self.asks.send(if prompt.is_secret { LineKind::Secret } else { LineKind::Line });
        } else if prompt.is_secret {
            lines::hide();
        }
        Ok(())
    }

    fn execute(&mut self, effects: Vec<Effect>) -> io::Result<ControlFlow<()>> {
        for effect in effects {
            match effect {
                Effect::Watch(request_id) => self.watched.push(request_id),
                // There is no clipboard to copy to.
                Effect::Copy(text) => {
                    for line in text.lines() {
                        self.print(&visible(line))?;
                    }
                }
                Effect::Redraw => self.last.forget(),
                Effect::Suspend => stop_process()?,
                // The model asks for it only where it draws.
                Effect::ReportMouse(_) => {}
                Effect::Leave => return Ok(ControlFlow::Break(())),
                Effect::Perform { .. }
                | Effect::Print { .. }
                | Effect::Export { .. }
                | Effect::Cancel(_)
                | Effect::StartRunbook { .. }
                | Effect::WriteRunbook(_)
                | Effect::EndRunbook
                | Effect::LoadPreferences { .. }
                | Effect::SavePreferences { .. } => self.effects.execute(effect),
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn print_notice(&mut self, console: &mut Model) -> io::Result<()> {
        match console.take_notice() {
            Some(notice) => self.print(&notice),
            None => Ok(()),
        }
    }

    /// Prints how far the awaited work is, and how it is stopped.
    fn print_progress(&mut self, console: &mut Model) -> io::Result<()> {
        let Some(told) = console.take_progress() else { return Ok(()) };
        let way_out = if told.is_first && is_typed() { " Ctrl-C stops it." } else { "" };
        self.print(&(told.words + way_out))?;
        self.out.flush()
    }

    fn print(&mut self, line: &str) -> io::Result<()> {
        let line = self.written(line);
        writeln!(self.out, "{line}")
    }

    /// Returns the text as the output takes it.
    fn written(&self, line: &str) -> String {
        if self.is_ascii { ascii(line) } else { line.to_owned() }
    }
}

/// Returns a line in ASCII. A separator is one letter wide and reads as one.
fn ascii(line: &str) -> String {
    to_ascii(&line.replace('·', "-").replace('…', "...")).into_owned()
}
