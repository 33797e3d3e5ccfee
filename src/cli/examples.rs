//! The examples of each command, which its help and its man page show.

use clap::Command;

/// The commands by their words, each with lines as a shell takes them. All of them are run by a test.
pub(super) const EXAMPLES: &[(&str, &[&str])] = &[
    ("", &["nexus", "nexus --demo", "nexus --store /srv/nexus.db --readonly"]),
    (
        "setup",
        &[
            "nexus setup --username ada --email ada@example.org --firstname Ada --lastname Lovelace",
            "nexus setup --username ada --email a@b.org --firstname Ada --lastname Byron --password-file pw",
        ],
    ),
    ("recover", &["nexus recover ada --yes", "nexus recover ada --password-file pw --yes"]),
    ("overview", &["nexus overview", "nexus overview --format json"]),
    ("calendar", &["nexus calendar", "nexus calendar --format json"]),
    (
        "user list",
        &[
            "nexus user list --filter status:pending",
            "nexus user list --sort last_seen:desc --limit 20 --columns username,email,last_seen",
            "nexus user list --filter 'level:admin seen:>30d' --format csv",
        ],
    ),
    ("user show", &["nexus user show alan", "nexus user show alan@nexus.example --format json"]),
    (
        "user add",
        &[
            "nexus user add --username grete --email grete@example.org --firstname Grete --lastname Hermann",
            "nexus user add --email emmy@example.org --firstname Emmy --lastname Noether --password-file pw",
        ],
    ),
    (
        "user edit",
        &[
            "nexus user edit alan --email turing@example.org --contact-number '+44 161 496 0000'",
            "nexus user edit alan --address ''",
            "nexus user edit alan --valid-from 2026-01-01 --expires-on 2036-12-31",
        ],
    ),
    ("user why", &["nexus user why alan", "nexus user why alan --format json"]),
    (
        "user confirm",
        &[
            "nexus user confirm edsger",
            "nexus user confirm --filter 'status:pending created:>30d' --dry-run",
            "nexus user confirm - --yes < ids.txt",
        ],
    ),
    (
        "user suspend",
        &[
            "nexus user suspend alan --reason 'payment failed' --yes",
            "nexus user suspend --filter 'seen:never level:user' --dry-run",
        ],
    ),
    (
        "user reject",
        &[
            "nexus user reject edsger --reason 'not a member' --yes",
            "nexus user reject --filter 'status:pending created:>90d' --reason 'no answer' --dry-run",
        ],
    ),
    ("user note", &["nexus user note alan 'pays in cash, see ticket 4711'", "nexus user note alan ''"]),
    ("user promote", &["nexus user promote alan --yes"]),
    ("user demote", &["nexus user demote grace --yes"]),
    ("user unlock", &["nexus user unlock alan"]),
    (
        "user delete",
        &["nexus user delete alan --yes", "nexus user delete --filter status:suspended --dry-run"],
    ),
    ("user password", &["nexus user password alan --password-file pw --must-change --yes"]),
    (
        "user second-factor",
        &["nexus user second-factor alan --enrol", "nexus user second-factor grace --reset --yes"],
    ),
    ("user access-code", &["nexus user access-code alan --for 12h", "nexus user access-code --list"]),
    (
        "user invite",
        &["nexus user invite --for 2d", "nexus user invite --list", "nexus user invite 1 --revoke --yes"],
    ),
    ("user restore", &["nexus user restore konrad --yes"]),
    ("user purge", &["nexus user purge konrad --yes"]),
    (
        "user history",
        &["nexus user history alan --limit 5", "nexus user history alan --at '2026-11-01 12:00:00'"],
    ),
    (
        "session list",
        &[
            "nexus session list --filter 'status:active expires:<2h'",
            "nexus session list --sort last_seen:desc --columns id,user,origin,time_left",
        ],
    ),
    (
        "session issue",
        &["nexus session issue alan --for 12h", "nexus session issue alan --label 'living room TV'"],
    ),
    ("session verify", &["nexus session verify < token.txt"]),
    ("session renew", &["nexus session renew 689 --for 8h"]),
    (
        "session revoke",
        &["nexus session revoke --user alan --yes", "nexus session revoke --filter 'expires:<2h' --dry-run"],
    ),
    ("session sweep", &["nexus session sweep"]),
    ("directory tree", &["nexus directory tree alan"]),
    ("directory list", &["nexus directory list alan --sort date_added:desc --columns path,created"]),
    (
        "directory add",
        &["nexus directory add 00003_ALAN/Photos/2026", "nexus directory add 00003_EXTRA --owner alan"],
    ),
    ("directory rename", &["nexus directory rename 00003_ALAN/Photos Pictures"]),
    ("directory move", &["nexus directory move 00003_ALAN/Recents 00003_ALAN/Photos"]),
    ("directory trash", &["nexus directory trash 00003_ALAN/Videos --yes"]),
    ("directory restore", &["nexus directory restore 00003_ALAN/Uploads --to 00003_ALAN/Photos/Old"]),
    ("directory purge", &["nexus directory purge 00003_ALAN/Uploads --yes"]),
    ("directory provision", &["nexus directory provision alan", "nexus directory provision --all --dry-run"]),
    (
        "journal list",
        &[
            "nexus journal list --filter 'by:ada verb:delete since:2d'",
            "nexus journal list --sort seq --columns seq,at,actor,verb,label --format csv",
            "nexus journal list --follow --format jsonl",
        ],
    ),
    ("journal head", &["nexus journal head"]),
    ("journal verify", &["nexus journal verify", "nexus journal verify --expect \"$(cat head.txt)\""]),
    ("undo", &["nexus undo", "nexus undo 3 --dry-run"]),
    ("bin list", &["nexus bin list --filter user:konrad"]),
    ("bin restore", &["nexus bin restore 1"]),
    ("bin purge", &["nexus bin purge 1 --yes"]),
    (
        "import",
        &[
            "nexus import legacy.sql --dry-run",
            "nexus import legacy.sql --strip-prefix MEDIA",
            "nexus import --new-accounts people.csv --codes codes.csv",
        ],
    ),
    (
        "export",
        &[
            "nexus export accounts.json.zst",
            "nexus export accounts.zip --with-hashes",
            "nexus export folder --as csv",
            "nexus export - --as csv --table users --filter status:pending",
        ],
    ),
    (
        "backup",
        &[
            "nexus backup nexus.db --keep 7",
            "nexus backup nexus.db.zst --compress",
            "nexus backup --verify old-nexus.db",
        ],
    ),
    ("restore", &["nexus restore old-nexus.db --yes", "nexus --store new.db restore old-nexus.db --yes"]),
    ("doctor", &["nexus doctor", "nexus doctor --format json", "nexus doctor --fix --yes"]),
    ("metrics", &["nexus metrics"]),
    ("config show", &["nexus config show", "nexus config show --format json"]),
    ("config init", &["nexus config init"]),
    ("config set", &["nexus config set bin.keep_days 60", "nexus config set theme dark"]),
    ("manual", &["nexus manual operating", "nexus manual --roff user edit"]),
    ("completions", &["nexus completions bash"]),
];

/// The maximum number of examples of a command that has commands below it.
const OF_GROUP: usize = 5;

/// Returns the examples of a command, by its words; of one with commands below it the first examples of these.
pub(super) fn of(path: &str) -> Vec<&'static str> {
    if let Some((_, lines)) = EXAMPLES.iter().find(|(command, _)| *command == path) {
        return lines.to_vec();
    }
    let is_below = |command: &str| command.strip_prefix(path).is_some_and(|rest| rest.starts_with(' '));
    let below = EXAMPLES.iter().filter(|(command, _)| is_below(command));
    below.filter_map(|(_, lines)| lines.first().copied()).take(OF_GROUP).collect()
}

/// Adds the examples to the help of a command and of those below it, after the options.
pub(super) fn added(command: Command, path: &str) -> Command {
    let lines: Vec<_> = of(path).iter().map(|line| format!("  {line}")).collect();
    let notes = command.get_after_help().map(|notes| format!("\n\n{notes}")).unwrap_or_default();
    let command = if lines.is_empty() {
        command
    } else {
        command.after_help(format!("Examples:\n{}{notes}", lines.join("\n")))
    };
    command.mut_subcommands(|inner| {
        let path = format!("{path} {}", inner.get_name()).trim_start().to_owned();
        added(inner, &path)
    })
}
