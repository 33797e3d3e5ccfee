//! Any keys, replies, pastes and sizes in any order: the console goes on and can be drawn.

use proptest::prelude::*;

use crate::tui::pointer::Wheel;

use super::*;

/// Something that happens.
#[derive(Debug, Clone)]
enum Event {
    Press(String),
    Point(u16, u16, Gesture),
    Paste(String),
    Resize(u16, u16),
    /// The answer to one of the open requests, counted from the newest.
    Answer(usize, Answer),
    Wait(i64),
    /// A frame is drawn and read.
    Read,
    StoreChanged,
    Progress(usize, u64, u64),
}

#[derive(Debug, Clone, Copy)]
enum Answer {
    Usual,
    Empty,
    Fails(FailureKind),
}

const NAMED: [&str; 21] = [
    "<enter>",
    "<esc>",
    "<tab>",
    "<backtab>",
    "<backspace>",
    "<delete>",
    "<up>",
    "<down>",
    "<left>",
    "<right>",
    "<home>",
    "<end>",
    "<pagedown>",
    "<pageup>",
    "<space>",
    "<f2>",
    "<ctrl-d>",
    "<ctrl-u>",
    "<ctrl-l>",
    "<ctrl-r>",
    "<lt>",
];

fn any_press() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9/:,?*~+!]".prop_map(|key| key),
        2 => prop::sample::select(&NAMED[..]).prop_map(String::from),
        1 => prop::sample::select(vec!["op", "oe", "ot", "ada<tab>sesame<enter>", "/status:", "d", "y", "é", "王", "\u{202e}"])
            .prop_map(String::from),
    ]
}

fn any_size() -> impl Strategy<Value = (u16, u16)> {
    let named = vec![(0, 0), (1, 1), (39, 9), (40, 10), (40, 12), (60, 18), (80, 24), (110, 11), (500, 200)];
    prop_oneof![prop::sample::select(named), (0_u16..130, 0_u16..40)]
}

fn any_gesture() -> impl Strategy<Value = Gesture> {
    let (up, down) = (Gesture::Wheel(Wheel::Up), Gesture::Wheel(Wheel::Down));
    prop_oneof![4 => Just(Gesture::Click), 1 => Just(up), 1 => Just(down)]
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let kinds = vec![
        FailureKind::Other,
        FailureKind::Stopped,
        FailureKind::NotFound,
        FailureKind::Conflict,
        FailureKind::Refused,
        FailureKind::SignedOut,
        FailureKind::Invalid,
        FailureKind::Unavailable,
    ];
    prop_oneof![
        12 => Just(Answer::Usual),
        2 => Just(Answer::Empty),
        1 => prop::sample::select(kinds).prop_map(Answer::Fails),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        10 => any_press().prop_map(Event::Press),
        3 => (0_u16..130, 0_u16..40, any_gesture()).prop_map(|(x, y, gesture)| Event::Point(x, y, gesture)),
        1 => any::<String>().prop_map(Event::Paste),
        1 => any_size().prop_map(|(columns, rows)| Event::Resize(columns, rows)),
        8 => (0_usize..3, any_answer()).prop_map(|(at, answer)| Event::Answer(at, answer)),
        1 => (0_i64..1_000_000).prop_map(Event::Wait),
        3 => Just(Event::Read),
        1 => Just(Event::StoreChanged),
        1 => (0_usize..3, 0_u64..1 << 40, 0_u64..1 << 40).prop_map(|(at, done, total)| Event::Progress(at, done, total)),
    ]
}

fn result(asked: &Asked, answer: Answer) -> Result<Reply, Failure> {
    match answer {
        Answer::Usual => Ok(usual(&asked.request, asked.dry_run)),
        Answer::Fails(kind) => Err(failure(kind, "It \u{1b}[31mfailed.").hint("王王王")),
        Answer::Empty => Ok(match usual(&asked.request, asked.dry_run) {
            Reply::Users(_) => Reply::Users(Window::default()),
            Reply::Sessions(_) => Reply::Sessions(Window::default()),
            Reply::Tree(_) => Reply::Tree(Window::default()),
            Reply::Directories(_) => Reply::Directories(Window::default()),
            Reply::Lines(_) => Reply::Lines(Window::default()),
            Reply::StoreStatus(status) => Reply::StoreStatus(StoreStatus { admins: Admins::Never, ..status }),
            other => other,
        }),
    }
}

fn happen(service: &mut Service, event: Event) {
    let newest = |service: &Service, at: usize| service.open.len().checked_sub(at + 1);
    match event {
        Event::Press(script) => drop(service.press(&script)),
        Event::Point(x, y, gesture) => drop(service.point((x, y), gesture)),
        Event::Paste(text) => drop(service.tell(Msg::Paste(text.into()))),
        Event::Resize(columns, rows) => drop(service.tell(Msg::Resize(columns, rows))),
        Event::Wait(span) => drop(service.wait(Duration::milliseconds(span))),
        Event::Read => service.read(),
        Event::StoreChanged => drop(service.tell(Msg::StoreChanged)),
        Event::Answer(at, answer) => {
            if let Some(at) = newest(service, at) {
                let asked = service.open.remove(at);
                let result = result(&asked, answer);
                service.tell(Msg::Done(asked.request_id, result));
            }
        }
        Event::Progress(at, done, total) => {
            if let Some(at) = newest(service, at) {
                let request_id = service.open[at].request_id;
                service.tell(Msg::Progress(request_id, Progress { done, total }));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn it_goes_on_and_can_be_drawn(
        begin in any::<bool>(),
        size in any_size(),
        events in prop::collection::vec((any_event(), any_size()), 1..80),
    ) {
        let mut service = Service::with_mouse(if begin { (80, 24) } else { size });
        if begin {
            service.log_in();
        }
        for (event, size) in events {
            if let Event::Resize(columns, rows) = event {
                service.size = (columns, rows);
            }
            happen(&mut service, event);
            service.draw(service.size);
            // Between a resize and its message the terminal has another size than the console knows of.
            service.draw(size);
        }
    }
}
