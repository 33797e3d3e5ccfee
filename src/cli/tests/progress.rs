//! Progress bars, Ctrl-C, and output that cannot be written.

use std::io::{self, Write};

use crate::domain::user::UserId;
use crate::service::contract::{CodeInForce, CodeTerms, Failure, Progress, Reply};

use super::super::testing::{World, now, parsed};
use super::super::*;

#[test]
fn a_long_import_draws_a_bar_on_a_terminal() {
    let progress = &[(0, 1_000), (1, 1_000), (500, 1_000)].map(|(done, total)| Progress { done, total });
    let ran = World { progress, ..World::terminal() }.run(&["import", "x.sql"], &mut |_, _| {
        Err(Failure::new(FailureKind::Invalid, "the file ends in the middle of a statement."))
    });
    assert_eq!(ran.err.matches(" %").count(), 2);
    assert!(ran.err.ends_with("\rnexus: the file ends in the middle of a statement.\n"), "{:?}", ran.err);
}

#[test]
fn the_bar_is_ascii_where_the_locale_is() {
    let progress = &[(500, 1_000)].map(|(done, total)| Progress { done, total });
    for ascii in [true, false] {
        let mut world = World { progress, ..World::terminal() };
        world.environment.ascii = ascii;
        let ran = world.act(&["user", "confirm", "alan"]);
        assert!(ran.err.contains(" 50 %") && ran.err.is_ascii() == ascii, "{:?}", ran.err);
    }
}

#[test]
fn a_long_act_draws_a_bar_and_is_stopped_by_ctrl_c() {
    let progress = &[(0, 1_000), (500, 1_000)].map(|(done, total)| Progress { done, total });
    let ran = World { progress, ..World::terminal() }.act(&["user", "confirm", "alan"]);
    assert_eq!((ran.code, ran.err.matches(" %").count()), (0, 2));
    let interrupted = World { progress, interrupted: true, ..World::default() };
    let ran = interrupted.act(&["user", "confirm", "alan"]);
    let words = "nexus: Stopped; 500 of 1,000 accounts are confirmed.\n";
    assert_eq!((ran.code, ran.err.as_str()), (1, words));
}

struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
    for (kind, code) in [(io::ErrorKind::BrokenPipe, 0), (io::ErrorKind::StorageFull, 1)] {
        for format in ["table", "json", "csv"] {
            let environment = Environment { home: Some("/".into()), ..Environment::default() };
            let Ok(Invocation::Command(command)) =
                parsed(&["user", "access-code", "--list", "--format", format], &environment)
            else {
                panic!("no command")
            };
            let mut err = Vec::new();
            let io = Io {
                out: &mut Failing(kind),
                err: &mut err,
                input: &mut io::empty(),
                ask_secret: &mut |_| unreachable!(),
                interrupted: &mut || unreachable!(),
                wait: &mut || unreachable!(),
                open_file: &mut |_| unreachable!(),
                output_file: &mut || Err(io::ErrorKind::Unsupported.into()),
            };
            let codes = vec![CodeInForce {
                user_id: UserId(3),
                user: "alan".into(),
                terms: CodeTerms { expires_at: now(), tries_left: 5, made: None },
            }];
            let mut service = |_, _, _: &mut OnProgress<'_>| Ok(Reply::Codes(codes.clone()));
            assert_eq!(run_with(&command, &mut service, now(), io), code, "{format}");
            assert_eq!(err.is_empty(), code == 0);
        }
    }
}

#[test]
fn so_are_texts_that_were_asked_for() {
    for (kind, code) in [(io::ErrorKind::BrokenPipe, 0), (io::ErrorKind::StorageFull, 1)] {
        for args in [
            &["--help"][..],
            &["--version"],
            &["help"],
            &["help", "user"],
            &["user", "--help"],
            &["manual"],
            &["manual", "store"],
            &["completions", "bash"],
        ] {
            let exit = parsed(args, &Environment::default()).unwrap_err();
            let mut err = Vec::new();
            assert_eq!(exit.print(ErrorFormat::Text, &mut Failing(kind), &mut err), code, "{args:?}");
            assert_eq!(err.is_empty(), code == 0, "{args:?}");
        }
    }
}
