//! Every command of the command line, as the console takes it.

use std::collections::BTreeSet;

use clap::{Command, CommandFactory as _};

use crate::domain::filter::ListKind;
use crate::domain::journal::{Break, Head};
use crate::domain::user::Who;
use crate::service::contract::{
    AccountAction, AccountSelection, ArgumentKind, Checked, Journal, Reply, Request, Sessions,
};

use super::super::testing::{done, now};
use super::*;

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn read_line(line: &str) -> Result<TypedCommand, Failure> {
    CONSOLE_COMMANDS.read(&words(line))
}

/// Returns the names of the commands without commands below them.
fn leaves(command: &Command, path: &str, found: &mut BTreeSet<String>) {
    if !command.has_subcommands() {
        found.insert(path.trim().to_owned());
    }
    for inner in command.get_subcommands() {
        leaves(inner, &format!("{path} {}", inner.get_name()), found);
    }
}

#[test]
fn every_command_but_four_is_there() {
    let mut all = BTreeSet::new();
    leaves(&Arguments::command(), "", &mut all);
    all.retain(|name| !ONLY_SHELL.contains(&name.split(' ').next().unwrap()));
    let there: BTreeSet<_> = CONSOLE_COMMANDS.specs().into_iter().map(|spec| spec.name).collect();
    assert_eq!(there, all);
    assert!(there.len() > 30, "{there:?}");
}

#[test]
fn commands_for_admins_are_known_by_the_requests_that_they_make() {
    let specs = CONSOLE_COMMANDS.specs();
    let needs_admin = |name: &str| specs.iter().find(|spec| spec.name == name).unwrap().needs_admin;
    for name in [
        "user add",
        "user confirm",
        "user promote",
        "user delete",
        "user access-code",
        "user purge",
        "session issue",
        "session verify",
        "session sweep",
        "directory provision",
        "journal verify",
        "journal head",
        "bin purge",
        "doctor",
        "metrics",
        "import",
        "backup",
        "restore",
    ] {
        assert!(needs_admin(name), "{name}");
    }
    for name in [
        "user list",
        "user show",
        "user edit",
        "user password",
        "user history",
        "session list",
        "session renew",
        "session revoke",
        "directory tree",
        "directory add",
        "directory trash",
        "journal list",
        "bin list",
        "bin restore",
        "undo",
        "overview",
        "manual",
    ] {
        assert!(!needs_admin(name), "{name}");
    }
}

#[test]
fn every_command_is_understood_or_says_what_is_missing() {
    for spec in CONSOLE_COMMANDS.specs() {
        assert!(!spec.about.is_empty(), "{}", spec.name);
        let arguments = spec
            .arguments
            .iter()
            .filter(|argument| argument.is_required)
            .map(|argument| if argument.placeholder == "ID" { "4" } else { "word" });
        let line = [spec.name.as_str()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ");
        match read_line(&line) {
            Ok(_) => {}
            // These need an option.
            Err(failure)
                if ["user edit", "user access-code", "user second-factor"].contains(&spec.name.as_str()) =>
            {
                assert!(failure.hint.unwrap().starts_with("Usage: "));
            }
            Err(failure) => panic!("{line}: {failure:?}"),
        }
        if spec.arguments.iter().any(|argument| argument.is_required) && spec.name != "user add" {
            let failure = read_line(&spec.name).unwrap_err();
            let usage = format!("Usage: {} {}", spec.name, spec.usage());
            assert_eq!(failure.hint.as_deref(), Some(usage.as_str()), "{failure:?}");
        }
    }
}

#[test]
fn commands_mean_what_they_say() {
    let alan = || Who::Username("alan".into());
    let suspend = Request::Accounts(AccountAction::Suspend.on(AccountSelection::Named(vec![alan()])));
    for (line, meaning) in [
        ("user suspend alan", TypedCommand::Act(Box::new(suspend))),
        ("session sweep", TypedCommand::Act(Box::new(Request::Sessions(Sessions::Sweep)))),
        ("user show alan", TypedCommand::ShowAccount(alan())),
        ("user password alan", TypedCommand::SetPassword(alan())),
        ("user history alan", TypedCommand::History(alan())),
        ("user history alan --at 2026-01-01", TypedCommand::Print),
        ("user access-code --list", TypedCommand::Print),
        ("user suspend alan --dry-run", TypedCommand::Print),
        ("user add", TypedCommand::AddAccount),
        ("session verify", TypedCommand::VerifyToken),
        ("journal verify", TypedCommand::Print),
        ("doctor", TypedCommand::Print),
        ("user list", TypedCommand::List { list: ListKind::Users, filter: String::new() }),
        (
            "session list --filter status:active",
            TypedCommand::List { list: ListKind::Sessions, filter: "status:active".into() },
        ),
        (
            "directory tree alan",
            TypedCommand::List { list: ListKind::Directories, filter: "user:alan".into() },
        ),
    ] {
        assert_eq!(read_line(line), Ok(meaning), "{line}");
    }
    assert!(matches!(read_line("manual import"), Ok(TypedCommand::Text(text)) if text.starts_with("# ")));
    assert!(
        matches!(read_line("user suspend --help"), Ok(TypedCommand::Text(text)) if text.contains("Usage"))
    );
}

#[test]
fn what_the_console_does_not_take_is_refused_with_the_reason() {
    for (line, words) in [
        ("setup", "setup is for the command line only."),
        ("config show", "config is for the command line only."),
        ("completions bash", "completions is for the command line only."),
        ("recover ada", "recover is for the command line only."),
        ("user list --store /tmp/x", "--store is for the command line"),
        ("user list --format json", ":export writes CSV and JSON"),
        ("user suspend alan --yes", "the console asks"),
        ("user confirm -", "standard input"),
        ("user password alan --password-stdin", "the console asks for the password"),
        ("user list --limit 3", "the list scrolls"),
        ("user list --filter colour:red", "unknown key"),
        ("nonsense", "unrecognized"),
    ] {
        let failure = read_line(line).unwrap_err();
        assert!(failure.message.contains(words), "{line}: {}", failure.message);
        assert!(failure.message.ends_with('.'), "{}", failure.message);
    }
}

#[test]
fn nothing_hostile_comes_back() {
    for line in ["user show \u{1b}[2J --x", "\u{1b}]0;x"] {
        let failure = read_line(line).map_or_else(|failure| failure, |meaning| panic!("{meaning:?}"));
        assert_eq!(visible(&failure.message), failure.message);
    }
}

#[test]
fn arguments_have_kinds() {
    let specs = CONSOLE_COMMANDS.specs();
    let spec = |name: &str| specs.iter().find(|spec| spec.name == name).unwrap();
    let kinds =
        |name: &str| spec(name).arguments.iter().map(|argument| argument.kind.clone()).collect::<Vec<_>>();
    assert_eq!(kinds("user suspend"), [ArgumentKind::Account]);
    assert_eq!(kinds("directory move"), [ArgumentKind::Directory, ArgumentKind::Directory]);
    assert_eq!(kinds("import"), [ArgumentKind::File]);
    assert_eq!(spec("directory move").usage(), "PATH NEW-PARENT");
    assert_eq!(spec("undo").usage(), "[ENTRY]");
    let files: Vec<_> = specs.iter().filter(|spec| spec.names_file()).map(|spec| &spec.name).collect();
    assert_eq!(files, ["import", "backup", "restore"]);
    let filter = |name: &str| {
        let options = &spec(name).options;
        let filter = options.iter().find(|option| option.flag == "--filter").unwrap();
        filter.value.clone().unwrap().kind
    };
    assert_eq!(filter("user list"), ArgumentKind::Filter(ListKind::Users));
    assert_eq!(filter("directory provision"), ArgumentKind::Filter(ListKind::Users));
    assert_eq!(filter("journal list"), ArgumentKind::Filter(ListKind::Journal));
}

#[test]
fn what_a_command_prints_comes_back_as_text() {
    let options = PrintOptions { now: now(), ascii: false };
    let head = Head { seq: 7, hash: "ab".repeat(32) };
    let text = CONSOLE_COMMANDS.print(&words("journal verify"), options, &mut |request, _, _| {
        assert_eq!(request, Request::Journal(Journal::Verify { expect: None }));
        Ok(Reply::Checked(Checked { head: head.clone(), broken: None }))
    });
    assert_eq!(text, Ok(format!("{head}\n7 entries, all unchanged.\n")));
    let dry_run = words("user suspend alan --dry-run");
    let text = CONSOLE_COMMANDS.print(&dry_run, options, &mut |_, dry_run, _| {
        assert!(dry_run);
        let Reply::Done(summary) = done(1) else { panic!() };
        Ok(Reply::Counted { rows: crate::service::contract::CountedRows::one(None), summary })
    });
    assert!(text.unwrap().starts_with("Would "));
}

#[test]
fn findings_are_text_and_a_failure_is_one() {
    let options = PrintOptions { now: now(), ascii: false };
    let head = Head { seq: 7, hash: "ab".repeat(32) };
    let broken = Some(Break { seq: 8, what: "its hash is wrong" });
    let text = CONSOLE_COMMANDS.print(&words("journal verify"), options, &mut |_, _, _| {
        Ok(Reply::Checked(Checked { head: head.clone(), broken: broken.clone() }))
    });
    assert!(text.unwrap().contains("The journal was altered."));
    let refused = Failure::new(FailureKind::Refused, "No.");
    let result = CONSOLE_COMMANDS.print(&words("doctor"), options, &mut |_, _, _| Err(refused.clone()));
    assert_eq!(result, Err(refused));
}
