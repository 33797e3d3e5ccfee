//! The bytes that a key costs in a terminal of 120x40, over the rows of the demo.

use tempfile::TempDir;

use crate::runtime::canvas::Canvas;
use crate::runtime::demo;
use crate::runtime::diff_backend::DiffBackend;
use crate::runtime::diff_backend::tests::ByteLog;
use crate::runtime::frame_pacer::FrameBackend as _;
use crate::tui::effect::Msg;

use super::console::{Console, service};
use super::now;

/// The console over the demo's rows, and its screen.
struct DemoConsole {
    _folder: TempDir,
    console: Console,
    paper: ByteLog,
    terminal: Canvas<DiffBackend<ByteLog>>,
}

impl DemoConsole {
    /// Returns the console with the log-in filled in.
    fn at_log_in() -> Self {
        let folder = TempDir::new().unwrap();
        let account = demo::populate(&mut service(&folder), now()).unwrap();
        let mut console = Console::start(&folder);
        console.tell(Msg::Resize(120, 40));
        console.press(&format!("{}<tab>{}", account.username, account.password));
        let paper = ByteLog::default();
        let terminal = Canvas::new(DiffBackend::new(paper.clone()), 120, 40);
        let mut demo_console = Self { _folder: folder, console, paper, terminal };
        demo_console.press("");
        // The terminal answers while the log-in screen is shown.
        demo_console.terminal.backend_mut().use_tab_stops();
        demo_console
    }

    fn open() -> Self {
        let mut demo_console = Self::at_log_in();
        demo_console.press("<enter>");
        demo_console
    }

    /// Presses keys and returns the number of bytes of the next frame.
    fn press(&mut self, keys: &str) -> usize {
        self.console.press(keys);
        self.terminal.draw(|frame| self.console.model.view(frame)).unwrap();
        self.paper.take().len()
    }

    /// Returns the bytes of a key pressed repeatedly: the median and the maximum.
    fn cost(&mut self, key: &str, times: usize) -> (usize, usize) {
        let mut costs: Vec<_> = (0..times).map(|_| self.press(key)).collect();
        costs.sort_unstable();
        (costs[times / 2], costs[times - 1])
    }
}

/// The bar in two rows is 200 bytes, the position 10; the details follow when the cursor has rested.
#[test]
fn a_row_further_costs_at_most_300_bytes() {
    let (_, most) = DemoConsole::open().cost("j", 33);
    assert!(most <= 300, "{most}");
}

#[test]
fn a_list_that_scrolls_by_a_row_is_moved_by_the_terminal() {
    let mut demo_console = DemoConsole::open();
    demo_console.press(&"j".repeat(40));
    let (usual, most) = demo_console.cost("j", 50);
    assert!(most <= 700, "{usual}, {most}");
    demo_console.press(&"k".repeat(40));
    let (usual, most) = demo_console.cost("k", 20);
    assert!(most <= 700, "{usual}, {most}");
}

#[test]
fn a_page_is_drawn_where_it_differs() {
    let (usual, most) = DemoConsole::open().cost("<pagedown>", 20);
    assert!(usual <= 2_100 && most <= 2_250, "{usual}, {most}");
}

/// States, names, ids, times and gauges of nearly all rows differ.
#[test]
fn a_page_of_sessions_costs_little_more() {
    let mut demo_console = DemoConsole::open();
    demo_console.press("2");
    let (usual, most) = demo_console.cost("<pagedown>", 20);
    assert!(usual <= 2_450 && most <= 2_600, "{usual}, {most}");
}

#[test]
fn the_first_list_costs_at_most_4_000_bytes() {
    let bytes = DemoConsole::at_log_in().press("<enter>");
    assert!(bytes <= 4_000, "{bytes}");
}
