//! The loop with a toy console, ratatui's test backend and a scripted inbox.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::backend::{Backend as _, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::domain::clock::ClockBehind;
use crate::domain::time::{Timestamp, from_stored};
use crate::service::RequestContext;
use crate::service::contract::{Caller, Failure, Reply, Request, SignIn};
use crate::store::{IdleWork, Interrupter};
use crate::tui::effect::{Effect, RequestId};

use super::canvas::Canvas;
use super::diff_backend::DiffBackend;
use super::diff_backend::tests::ByteLog;
use super::effect_runner::EffectRunner;
use super::event_loop::{BATCH, Console, EventLoop};
use super::frame_pacer::{FrameBackend, SentFrame};
use super::output::FrameWriter;
use super::signals::TERMINAL_GONE;
use super::terminal_control::TerminalControl;
use super::worker::{Serve, Workers};
use super::*;

mod bytes;
mod console;
mod frames;
mod loops;
mod palette;
mod runbook;
mod session;

/// Shows typed letters; some of them have effects.
#[derive(Default)]
struct Toy {
    heard: Vec<Msg>,
    typed: String,
    drawn: std::cell::Cell<u32>,
    /// Number of messages heard before each frame.
    heard_before: std::cell::RefCell<Vec<usize>>,
    takes_text: bool,
    wake_at: Option<Timestamp>,
    /// The path of its runbook.
    book: PathBuf,
}

impl Console for Toy {
    fn begin(&mut self) -> Vec<Effect> {
        Vec::new()
    }

    fn update(&mut self, _: Timestamp, msg: Msg) -> Vec<Effect> {
        self.heard.push(msg.clone());
        match msg {
            Msg::Key(KeyEvent { code: KeyCode::Char(letter), .. }) => {
                self.typed.push(letter);
                match letter {
                    'q' => vec![Effect::Leave],
                    'y' => vec![Effect::Copy("copied".into())],
                    'z' => vec![Effect::Suspend],
                    'w' => vec![Effect::Watch(RequestId(5))],
                    'b' => vec![
                        Effect::StartRunbook { file: self.book.clone(), header: "#".into() },
                        Effect::WriteRunbook("a".into()),
                    ],
                    'r' => vec![Effect::Perform {
                        request_id: RequestId(2),
                        caller: Caller::Operator(7),
                        request: Request::SignIn(SignIn::StillIn),
                        dry_run: false,
                    }],
                    _ => Vec::new(),
                }
            }
            Msg::Woken => {
                self.wake_at = None;
                vec![Effect::Leave]
            }
            Msg::Terminate => vec![
                Effect::Perform {
                    request_id: RequestId(1),
                    caller: Caller::Operator(7),
                    request: Request::SignIn(SignIn::LogOut),
                    dry_run: false,
                },
                Effect::Leave,
            ],
            _ => Vec::new(),
        }
    }

    fn takes_text(&self) -> bool {
        self.takes_text
    }

    fn view(&self, frame: &mut Frame<'_>) {
        self.drawn.set(self.drawn.get() + 1);
        self.heard_before.borrow_mut().push(self.heard.len());
        frame.render_widget(self.typed.as_str(), frame.area());
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.wake_at
    }
}

struct Notes {
    notes: Vec<String>,
    /// True for each return to the terminal at which it is ours.
    turns: VecDeque<bool>,
}

impl TerminalControl for Notes {
    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.notes.push(format!("copy {text}"));
        Ok(())
    }

    fn report_mouse(&mut self, reports: bool) -> io::Result<()> {
        self.notes.push(format!("report the mouse: {reports}"));
        Ok(())
    }

    fn silence_mouse(&mut self) -> io::Result<bool> {
        Ok(false)
    }

    fn suspend(&mut self) -> io::Result<bool> {
        self.notes.push("suspend".into());
        Ok(true)
    }

    fn stop(&mut self) -> io::Result<bool> {
        self.notes.push("stop".into());
        Ok(true)
    }

    fn resume(&mut self) -> io::Result<bool> {
        self.notes.push("resume".into());
        Ok(self.turns.pop_front().unwrap_or(true))
    }
}

impl FrameBackend for TestBackend {
    fn show(&mut self, frame: &Buffer, _: Option<Position>) -> io::Result<()> {
        let cells = frame.content.iter().enumerate();
        let Ok(()) = self.draw(cells.map(|(at, cell)| {
            let (x, y) = frame.pos_of(at);
            (x, y, cell)
        }));
        Ok(())
    }

    fn clear(&mut self) {}
    fn request_status(&mut self, _: bool) {}
    fn use_tab_stops(&mut self) {}

    fn sent_frame(&mut self) -> SentFrame {
        SentFrame::default()
    }
}

struct LogOutRecorder(Sender<Caller>);

impl Serve for LogOutRecorder {
    fn perform(&mut self, call: RequestContext<'_>, _: Request) -> Result<Reply, Failure> {
        let _ = self.0.send(call.caller);
        Ok(Reply::SignedOut)
    }

    fn answer_after(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    fn version(&self) -> Option<i64> {
        None
    }

    fn clock_behind(&self, _: Timestamp) -> Option<ClockBehind> {
        None
    }

    fn damage(&self) -> Option<Failure> {
        None
    }

    fn read_ahead(&self, _: Timestamp, _: &mut dyn FnMut() -> bool) {}

    fn release_memory(&mut self) {}

    fn carry_on(&mut self, _: &mut dyn FnMut() -> bool) -> bool {
        false
    }

    fn run_idle_work(&mut self) -> IdleWork {
        IdleWork::Done
    }

    fn interrupter(&self) -> Interrupter {
        Interrupter::new(|| {})
    }
}

fn now() -> Timestamp {
    from_stored("2026-11-23 12:00:00").unwrap()
}

fn key(letter: char) -> RuntimeEvent {
    RuntimeEvent::Msg(Box::new(Msg::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE))))
}

/// The result of a scripted session.
struct LoopResult {
    code: u8,
    notes: Vec<String>,
    logged_out: Vec<Caller>,
}

fn play<B: FrameBackend>(
    terminal: &mut Canvas<B>,
    toy: &mut Toy,
    script: impl IntoIterator<Item = RuntimeEvent>,
) -> LoopResult {
    play_in(terminal, toy, script, [])
}

fn play_in<B: FrameBackend>(
    terminal: &mut Canvas<B>,
    toy: &mut Toy,
    script: impl IntoIterator<Item = RuntimeEvent>,
    turns: impl Into<VecDeque<bool>>,
) -> LoopResult {
    let (outbox, inbox) = mpsc::channel();
    let (note, logged_out) = mpsc::channel();
    let clerk = || LogOutRecorder(note.clone());
    let workers = Workers::start(clerk(), clerk(), None, &outbox, now).unwrap();
    drop(note);
    script.into_iter().for_each(|inward| outbox.send(inward).unwrap());
    let mut window = Notes { notes: Vec::new(), turns: turns.into() };
    let mut event_loop =
        EventLoop::new(terminal, &mut window, EffectRunner::new(&workers, outbox.clone()), now, outbox);
    // Long enough for a slow test machine.
    event_loop.patience = std::time::Duration::from_secs(20);
    let code = event_loop.run(toy, &inbox);
    drop(workers);
    LoopResult { code, notes: window.notes, logged_out: logged_out.iter().collect() }
}

fn screen() -> Canvas<TestBackend> {
    Canvas::new(TestBackend::new(8, 1), 8, 1)
}

#[test]
fn keys_are_delivered_in_order_and_drawn_once() {
    let (mut terminal, mut toy) = (screen(), Toy::default());
    let script = ['a', 'b', 'c']
        .map(key)
        .into_iter()
        .chain([RuntimeEvent::Msg(Box::new(Msg::Resize(8, 1))), key('q')]);
    assert_eq!(play(&mut terminal, &mut toy, script).code, 0);
    assert_eq!(toy.typed, "abcq");
    assert_eq!(
        toy.drawn.get(),
        1,
        "the first frame; then the script was there at once and ended with leaving"
    );
}

#[test]
fn what_was_handled_is_drawn() {
    let (mut terminal, mut toy) = (screen(), Toy::default());
    toy.wake_at = Some(now());
    play(&mut terminal, &mut toy, (0..BATCH).map(|_| key('a')));
    terminal.backend_mut().assert_buffer_lines(["aaaaaaaa"]);
    assert_eq!(toy.drawn.get(), 2, "the first frame, and one for the whole batch");
}

#[test]
fn what_is_read_at_once_is_on_the_frame_of_the_key_that_asked_for_it() {
    let (mut terminal, mut toy) = (screen(), Toy { wake_at: Some(now()), ..Toy::default() });
    play(&mut terminal, &mut toy, [key('r')]);
    assert_eq!(toy.heard.len(), 3, "the key, its answer, and waking");
    assert_eq!(toy.drawn.get(), 2, "the first frame, and one for the key with its answer");
}

#[test]
fn what_is_typed_into_a_text_is_drawn_before_the_answer_to_it() {
    let mut toy = Toy { wake_at: Some(now()), takes_text: true, ..Toy::default() };
    play(&mut screen(), &mut toy, [key('r')]);
    assert_eq!(
        toy.heard_before.into_inner().get(..2),
        Some([0, 1].as_slice()),
        "the key has a frame of its own"
    );
}

#[test]
fn a_terminal_of_another_size_is_drawn_anew() {
    let paper = ByteLog::default();
    let mut terminal = Canvas::new(DiffBackend::new(paper.clone()), 8, 1);
    let mut toy = Toy { typed: "ab".into(), wake_at: Some(now()), ..Toy::default() };
    play(&mut terminal, &mut toy, [RuntimeEvent::Msg(Box::new(Msg::Resize(12, 2)))]);
    let frame = "\x1b[?25l\x1b[m\x1b[r\x1b[2J\x1b[1Hab";
    assert_eq!(String::from_utf8(paper.take()).unwrap(), format!("{frame}\x1b[5n{frame}"));
}

#[test]
fn what_is_watched_is_told_behind_all_that_was_typed_before_it_was_drawn() {
    let mut toy = Toy { wake_at: Some(now()), ..Toy::default() };
    play(&mut screen(), &mut toy, [key('w'), key('a')]);
    let [Msg::Key(_), Msg::Key(_), Msg::Drawn(RequestId(5)), Msg::Woken] = toy.heard[..] else {
        panic!("{:?}", toy.heard)
    };
    assert_eq!(toy.drawn.get(), 3, "the first frame, the one that is watched, and one after it was told");
}

#[test]
fn a_runbook_is_begun_and_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut toy = Toy { book: folder.path().join("a.sh"), wake_at: Some(now()), ..Toy::default() };
    play(&mut screen(), &mut toy, [key('b')]);
    assert!(matches!(toy.heard[..], [Msg::Key(_), Msg::Recording(Ok(())), Msg::Woken]), "{:?}", toy.heard);
    assert_eq!(std::fs::read_to_string(&toy.book).unwrap(), "#a");
}

#[test]
fn a_runbook_that_cannot_be_begun_is_said_once() {
    let mut toy = Toy { book: "/nowhere/a.sh".into(), wake_at: Some(now()), ..Toy::default() };
    play(&mut screen(), &mut toy, [key('b')]);
    assert!(matches!(toy.heard[..], [Msg::Key(_), Msg::Recording(Err(_)), Msg::Woken]), "{:?}", toy.heard);
}

#[test]
fn it_wakes_the_console_when_it_asked_to_be() {
    let mut toy = Toy { wake_at: Some(now()), ..Toy::default() };
    play(&mut screen(), &mut toy, []);
    assert_eq!(toy.heard, [Msg::Woken]);
}

#[test]
fn an_end_from_outside_logs_out_first() {
    let mut toy = Toy::default();
    let outcome = play(&mut screen(), &mut toy, [key('a'), RuntimeEvent::End(143), key('b')]);
    assert_eq!(outcome.code, 143);
    assert_eq!(outcome.logged_out, [Caller::Operator(7)]);
    assert_eq!(toy.typed, "a");
}

#[test]
fn effects_reach_the_terminal_in_order() {
    let script =
        [key('y'), key('z'), RuntimeEvent::Stop, RuntimeEvent::Msg(Box::new(Msg::Resumed)), key('q')];
    let outcome = play(&mut screen(), &mut Toy::default(), script);
    assert_eq!(outcome.notes, ["copy copied", "suspend", "stop", "resume"]);
}

#[test]
fn in_the_background_it_stops_again_and_draws_nothing() {
    let (mut terminal, mut toy) = (screen(), Toy { wake_at: Some(now()), ..Toy::default() });
    let script = [key('z'), RuntimeEvent::Stop, RuntimeEvent::Msg(Box::new(Msg::Resumed)), key('a')];
    let outcome = play_in(&mut terminal, &mut toy, script, [false]);
    assert_eq!(outcome.notes, ["suspend", "stop", "resume", "suspend"]);
    assert_eq!((toy.typed.as_str(), toy.drawn.get()), ("za", 1));
}

#[test]
fn a_terminal_that_takes_no_output_is_an_orderly_end() {
    struct Broken;
    impl io::Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    impl FrameWriter for Broken {
        fn take_blocked(&mut self) -> bool {
            false
        }
    }
    let mut terminal = Canvas::new(DiffBackend::new(Broken), 8, 1);
    let outcome = play(&mut terminal, &mut Toy::default(), []);
    assert_eq!(outcome.code, TERMINAL_GONE);
    assert_eq!(outcome.logged_out, [Caller::Operator(7)]);
}
