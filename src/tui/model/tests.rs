use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::domain::page::{Anchor, Window};
use crate::domain::session::Session;
use crate::domain::user::{AccessLevel, UserId};
use crate::service::contract::Failure;
use crate::service::contract::{Accounts, FailureKind, House, Reply, Request, SignIn, Tally, Verb};
use crate::tui::effect::Ticket;
use crate::tui::testing::{keys, now, start, text, user, window};

/// A console that answers its own reads at once with canned rows.
struct Rig {
    model: Model,
    now: Timestamp,
    /// What was asked of the runtime, but for reads.
    effects: Vec<Effect>,
}

impl Rig {
    /// Before the log-in.
    fn new() -> Self {
        let mut model = Model::new(start());
        let effects = model.begin();
        let mut rig = Self { model, now: now(), effects: Vec::new() };
        rig.carry_out(effects);
        rig
    }

    /// After it, on the accounts.
    fn inside() -> Self {
        let mut rig = Self::new();
        rig.keys("ada<tab>pw<enter>");
        let ticket = rig.ticket();
        rig.done(ticket, Ok(Reply::SignedIn(operator())));
        rig.effects.clear();
        rig
    }

    fn keys(&mut self, script: &str) {
        for key in keys(script) {
            self.tell(Msg::Key(key));
        }
    }

    fn tell(&mut self, msg: Msg) {
        let effects = self.model.update(self.now, msg);
        self.carry_out(effects);
    }

    fn done(&mut self, ticket: Ticket, result: Result<Reply, Failure>) {
        self.tell(Msg::Done(ticket, result));
    }

    fn later(&mut self, span: Duration) {
        self.now += span;
        self.tell(Msg::Woken);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Perform { ticket, request, rehearsal: false, .. } if canned(&request).is_some() => {
                    let reply = canned(&request).unwrap();
                    self.done(ticket, Ok(reply));
                }
                other => self.effects.push(other),
            }
        }
    }

    /// The ticket of the last request that waits for an answer.
    fn ticket(&self) -> Ticket {
        let ticket = |effect: &Effect| match effect {
            Effect::Perform { ticket, .. } => Some(*ticket),
            _ => None,
        };
        self.effects.iter().rev().find_map(ticket).unwrap()
    }

    fn requests(&self) -> Vec<(&Request, bool)> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Perform { request, rehearsal, .. } => Some((request, *rehearsal)),
                _ => None,
            })
            .collect()
    }

    fn frame(&self) -> String {
        let (columns, rows) = self.model.start.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| self.model.view(frame)).unwrap();
        text(&terminal)
    }

    fn shows(&self, words: &str) -> bool {
        self.frame().contains(words)
    }
}

fn operator() -> Operator {
    let expires_at = now() + Duration::hours(8);
    Operator { id: UserId(1), label: "ada".into(), level: AccessLevel::Admin, session: 7, expires_at }
}

fn canned(request: &Request) -> Option<Reply> {
    Some(match request {
        Request::SignIn(SignIn::Look) => {
            Reply::House(House { store: "/srv/n.db".into(), has_usable_admin: true })
        }
        Request::SignIn(SignIn::StillIn) => Reply::SignedIn(operator()),
        Request::Accounts(Accounts::List { span, .. }) => {
            let anchor = match span.anchor {
                Anchor::Row { last_seen_at, .. } | Anchor::Position(last_seen_at) => last_seen_at,
                Anchor::After(_) => 0,
            };
            let rows = window(vec![user(1, "ada"), user(2, "grace")]);
            Reply::Users(Window { anchor: Some(anchor), ..rows })
        }
        Request::Sessions(crate::service::contract::Sessions::List { .. }) => {
            Reply::Sessions(Window::<Session>::default())
        }
        Request::Directories(crate::service::contract::Directories::Tree { .. }) => {
            Reply::Tree(Window::default())
        }
        _ => return None,
    })
}

fn failure(kind: FailureKind, words: &str) -> Failure {
    Failure::new(kind, words)
}

#[test]
fn the_log_in_leads_to_the_accounts_on_row_1() {
    let rig = Rig::inside();
    assert!(rig.shows("1 Users   2 Sessions   3 Directories"));
    assert!(rig.shows("row 1 of 2") && rig.shows("ada · admin · 8 h left"));
}

#[test]
fn digits_go_to_screens_and_boards_to_filters() {
    let mut rig = Rig::inside();
    rig.keys("2");
    assert!(rig.shows("There are no sessions"));
    rig.keys("3");
    assert!(rig.shows("There are no directories"));
    rig.keys("op");
    assert!(rig.shows(" / status:pending"));
    rig.keys("oe");
    assert!(rig.shows(" / status:expired"));
}

#[test]
fn leaving_logs_out_first() {
    for script in ["q", "<ctrl-c>"] {
        let mut rig = Rig::inside();
        rig.keys(script);
        assert_eq!(rig.requests(), [(&Request::SignIn(SignIn::LogOut), false)], "{script}");
        assert_eq!(rig.effects.last(), Some(&Effect::Leave));
    }
    let mut rig = Rig::inside();
    rig.tell(Msg::Terminate);
    assert_eq!(rig.effects.last(), Some(&Effect::Leave));
}

#[test]
fn leaving_asks_only_while_work_is_under_way() {
    let mut rig = Rig::inside();
    rig.keys("cq");
    assert!(rig.shows("Work is under way"));
    assert!(!rig.effects.contains(&Effect::Leave));
    rig.keys("nqy");
    assert_eq!(rig.effects.last(), Some(&Effect::Leave));
}

#[test]
fn an_act_says_what_it_did_for_four_seconds() {
    let mut rig = Rig::inside();
    rig.keys("c");
    let tally = Tally { accounts: 1, label: Some("ada".into()), ..Tally::new(Verb::Confirmed) };
    let ticket = rig.ticket();
    rig.done(ticket, Ok(Reply::Done(tally)));
    assert!(rig.shows("✓ Confirmed ada"));
    rig.later(Duration::seconds(5));
    assert!(!rig.shows("Confirmed ada"));
}

#[test]
fn a_failure_stays_until_a_key() {
    let mut rig = Rig::inside();
    rig.keys("c");
    let ticket = rig.ticket();
    rig.done(ticket, Err(failure(FailureKind::Refused, "That would leave no usable admin.")));
    rig.later(Duration::minutes(1));
    assert!(rig.shows("× That would leave no usable admin."));
    rig.keys("j");
    assert!(!rig.shows("usable admin"));
}

#[test]
fn a_box_counts_first_and_takes_no_yes_before() {
    let mut rig = Rig::inside();
    rig.keys("jdy");
    assert!(rig.shows("Delete grace?") && rig.shows("counting…"));
    assert_eq!(rig.requests().len(), 1);
    assert!(rig.requests()[0].1, "a rehearsal");
    let tally = Tally { accounts: 1, sessions: 2, label: Some("grace".into()), ..Tally::new(Verb::Deleted) };
    let ticket = rig.ticket();
    rig.done(ticket, Ok(Reply::Done(tally)));
    assert!(rig.shows("touches 1 account, 2 sessions"));
    rig.keys("y");
    assert!(!rig.requests()[1].1, "the act");
}

#[test]
fn what_is_refused_is_not_even_asked() {
    let mut rig = Rig::inside();
    rig.keys("d");
    let ticket = rig.ticket();
    rig.done(ticket, Err(failure(FailureKind::Refused, "That would leave no usable admin.")));
    assert!(rig.shows("That would leave no usable admin.") && !rig.shows("Delete ada?"));
}

#[test]
fn a_form_keeps_what_was_typed_when_the_store_refuses() {
    let mut rig = Rig::inside();
    rig.keys("aEdsger<tab>Dijkstra<tab>edsger<tab>ada@x.org<enter>");
    let taken =
        failure(FailureKind::Conflict, "This email is taken.").about(crate::domain::user::Field::Email);
    let ticket = rig.ticket();
    rig.done(ticket, Err(taken));
    assert!(rig.shows("Email  × This email is taken.") && rig.shows("Edsger"));
}

#[test]
fn a_newer_read_cancels_the_older_one_and_its_answer_is_dropped() {
    let mut rig = Rig::inside();
    let effects = rig.model.update(rig.now, Msg::Key(keys("R")[0]));
    let Some(Effect::Perform { ticket: first, .. }) = effects.first().cloned() else { panic!("{effects:?}") };
    let effects = rig.model.update(rig.now, Msg::Key(keys("R")[0]));
    assert_eq!(effects.first(), Some(&Effect::Cancel(first)));
    rig.done(first, Ok(Reply::Users(Window::default())));
    assert!(rig.shows("row 1 of 2"));
}

#[test]
fn a_change_by_another_program_reads_the_rows_again() {
    let mut rig = Rig::inside();
    let effects = rig.model.update(rig.now, Msg::StoreChanged);
    let requests: Vec<_> = effects.iter().filter(|effect| matches!(effect, Effect::Perform { .. })).collect();
    assert_eq!(requests.len(), 2, "{requests:?}");
}

#[test]
fn whoever_is_signed_out_is_back_at_the_gate() {
    let mut rig = Rig::inside();
    rig.keys("c");
    let ticket = rig.ticket();
    rig.done(ticket, Err(failure(FailureKind::SignedOut, "You were signed out.")));
    assert!(rig.shows("Log in") && rig.shows("You were signed out.") && !rig.shows("grace"));
}

#[test]
fn the_session_ends_on_time() {
    let mut rig = Rig::inside();
    rig.model.last_key = now() + Duration::hours(8);
    rig.later(Duration::hours(8));
    assert!(rig.shows("Your session is over.") && rig.shows("Log in"));
}

#[test]
fn fifteen_minutes_without_a_key_lock_the_console() {
    let mut rig = Rig::inside();
    rig.keys("j");
    assert_eq!(rig.model.wake_at().map(|at| at - rig.now <= Duration::minutes(1)), Some(true));
    rig.later(Duration::minutes(15));
    assert!(rig.shows("ada locked this console.") && !rig.shows("grace"));
    rig.keys("q12j");
    assert!(!rig.effects.contains(&Effect::Leave));
    rig.keys("<enter>");
    let ticket = rig.ticket();
    rig.done(ticket, Ok(Reply::SignedIn(operator())));
    assert!(rig.shows("row 2 of 2"), "it comes back where it was\n{}", rig.frame());
}

#[test]
fn the_palette_goes_to_rows_and_runs_commands() {
    let mut rig = Rig::inside();
    rig.keys(":2<enter>");
    assert!(rig.shows("row 2 of 2"));
    rig.keys(":board pend<enter>");
    assert!(rig.shows(" / status:pending"));
    rig.keys("<esc>:lock<enter>");
    assert!(rig.shows("Locked"));
}

#[test]
fn the_help_lists_the_keys_of_the_screen_and_those_of_all() {
    let mut rig = Rig::inside();
    rig.keys("?");
    assert!(rig.shows("confirm the account, or lift its suspension"));
    rig.keys("lock");
    assert!(rig.shows("lock the console") && !rig.shows("confirm the account"));
}

#[test]
fn a_paste_outside_a_field_does_nothing() {
    let mut rig = Rig::inside();
    rig.tell(Msg::Paste("d\ny\nq\n".into()));
    assert!(rig.effects.is_empty());
    rig.keys("/");
    rig.tell(Msg::Paste("gra".into()));
    assert!(rig.shows(" / gra"));
}

#[test]
fn work_that_takes_long_is_said_shown_and_stopped() {
    let mut rig = Rig::inside();
    rig.keys("2S");
    let ticket = rig.ticket();
    assert!(!rig.shows("working…"));
    rig.later(Duration::milliseconds(200));
    assert!(rig.shows("working…"));
    rig.tell(Msg::Progress(ticket, crate::service::contract::Progress { done: 500, total: 1_000 }));
    rig.later(Duration::seconds(3));
    assert!(rig.shows("500 of 1,000"), "{}", rig.frame());
    rig.keys("<esc>");
    assert_eq!(rig.effects.last(), Some(&Effect::Cancel(ticket)));
}

#[test]
fn it_draws_anew_goes_to_the_shell_and_comes_back() {
    let mut rig = Rig::inside();
    rig.keys("<ctrl-l><ctrl-z>");
    rig.tell(Msg::Resumed);
    assert_eq!(rig.effects, [Effect::Redraw, Effect::Suspend, Effect::Redraw]);
}

#[test]
fn a_terminal_that_is_too_small_says_what_it_needs() {
    let mut rig = Rig::inside();
    rig.tell(Msg::Resize(39, 9));
    assert!(rig.shows("NEXUS needs 40 × 10"));
    rig.tell(Msg::Resize(40, 12));
    assert!(rig.shows("Users") && rig.shows("grace"));
}

#[test]
fn it_looks_like_this() {
    let mut rig = Rig::new();
    insta::assert_snapshot!("log_in_80x24", rig.frame());
    rig.tell(Msg::Resize(40, 12));
    insta::assert_snapshot!("log_in_40x12", rig.frame());
    let mut rig = Rig::inside();
    rig.tell(Msg::Resize(120, 12));
    insta::assert_snapshot!("users_120x12", rig.frame());
    rig.tell(Msg::Resize(80, 24));
    rig.keys("?");
    insta::assert_snapshot!("help_80x24", rig.frame());
    rig.keys("<esc>a");
    insta::assert_snapshot!("add_80x24", rig.frame());
    rig.keys("<esc>jd");
    let tally = Tally { accounts: 1, sessions: 2, label: Some("grace".into()), ..Tally::new(Verb::Deleted) };
    let ticket = rig.ticket();
    rig.done(ticket, Ok(Reply::Done(tally)));
    rig.tell(Msg::Resize(60, 18));
    insta::assert_snapshot!("delete_60x18", rig.frame());
}

fn any_key() -> impl Strategy<Value = String> {
    let named = prop::sample::select(vec![
        "<enter>",
        "<esc>",
        "<tab>",
        "<backtab>",
        "<up>",
        "<down>",
        "<left>",
        "<right>",
        "<home>",
        "<end>",
        "<pagedown>",
        "<pageup>",
        "<backspace>",
        "<delete>",
        "<space>",
        "<f2>",
        "<ctrl-d>",
        "<ctrl-u>",
        "<ctrl-l>",
        "<lt>",
    ]);
    prop_oneof![named.prop_map(str::to_owned), "[a-zA-Z0-9/:,?*~+!é日]"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_keys_at_no_size_make_it_panic(
        script in prop::collection::vec((any_key(), prop::option::weighted(0.1, (0_u16..130, 0_u16..40))), 1..80)
    ) {
        let mut rig = Rig::inside();
        for (key, size) in script {
            if let Some((columns, rows)) = size {
                rig.tell(Msg::Resize(columns, rows));
            }
            rig.keys(&key);
            let (columns, rows) = rig.model.start.size;
            let mut terminal = Terminal::new(TestBackend::new(columns.max(1), rows.max(1))).unwrap();
            terminal.draw(|frame| rig.model.view(frame)).unwrap();
        }
    }
}
