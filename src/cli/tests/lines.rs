//! The command line that the contract gives for a request parses to the same request.

use proptest::prelude::*;

use crate::domain::filter::{Bound, Filter, ListKind, Term, Test};
use crate::domain::page::Selection;
use crate::domain::secret::Secret;
use crate::domain::session::SessionLabel;
use crate::domain::time::Duration;
use crate::domain::user::{FIELDS, FieldSpec, Fields, UserId, Who};
use crate::domain::zone::Zone;
use crate::service::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, Bin, Directories, DirectorySelector, Import,
    InBin, LaterStatements, Request, Sessions, SignIn, Undo,
};

use super::super::testing::World;

const PASSWORD: &str = "correct horse battery";

fn secret() -> Secret {
    Secret::from_text(PASSWORD).unwrap()
}

/// Returns the request that a line makes when somebody types the password.
fn made(line: &str) -> Request {
    let words = shlex::split(line).unwrap();
    let args: Vec<_> = words.iter().map(String::as_str).collect();
    let world = World { typed: &[PASSWORD; 2], ..World::terminal() };
    let mut ran = world.act(&[&["--yes"], &args[1..]].concat());
    assert_eq!(ran.asked.len(), 1, "{line}: {}", ran.err);
    ran.asked.remove(0).0
}

/// Generates ids, as another program's store may hold them.
fn ids() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(any::<i64>(), 1..4)
}

fn who() -> impl Strategy<Value = Who> {
    let named = "[a-zA-Z0-9._-]{0,5}[a-z]|[-a-z' \"$`!]{0,5}@[a-z.]{1,5}|[-a-zéß' \"$`!:]{0,5}[a-zü ]";
    prop_oneof![
        (0..=i64::MAX).prop_map(|id| Who::Id(UserId(id))),
        named.prop_map(|text| Who::parse(&text).unwrap())
    ]
}

/// Generates text with everything that a shell or an option parser might stumble over, but no invisible
/// characters.
fn text() -> impl Strategy<Value = String> {
    "[-=a-zA-Z0-9 '\"\\\\$`!~#*?;&|<>(){}\\[\\]^%é李]{1,8}"
}

fn filter(subject: ListKind) -> impl Strategy<Value = Filter> {
    let common = prop_oneof![
        text().prop_filter_map("a word", move |text| {
            let filter = Filter::parse(subject, &text.replace('"', "")).ok()?;
            filter.terms.into_iter().next().map(|term| term.test)
        }),
        who().prop_map(Test::User),
        (1..1_000_i64).prop_map(|minutes| Test::Seen(Bound::Over(Duration::minutes(minutes)))),
    ];
    let term = (any::<bool>(), common).prop_map(|(negated, test)| Term { negated, test });
    let reads =
        move |filter: &Filter| filter.is_empty() || Filter::parse(subject, &filter.to_string()).is_ok();
    let filters = prop::collection::vec(term, 0..3).prop_map(|terms| Filter { terms });
    filters.prop_filter("not every list has every key", reads)
}

fn people() -> impl Strategy<Value = AccountSelection> {
    let shown = (filter(ListKind::Users), prop::collection::vec(any::<i64>(), 0..3));
    prop_oneof![
        prop::collection::vec(who(), 1..4).prop_map(AccountSelection::Named),
        shown.prop_map(|(filter, except)| AccountSelection::Shown { filter, except }),
    ]
}

fn selection(subject: ListKind) -> impl Strategy<Value = Selection> {
    let sorted = |mut ids: Vec<i64>| {
        ids.sort_unstable();
        ids.dedup();
        Selection::Ids(ids)
    };
    let shown = (filter(subject), prop::collection::vec(any::<i64>(), 0..3));
    prop_oneof![
        ids().prop_map(sorted),
        shown.prop_map(|(filter, except)| Selection::Shown { filter, except }),
    ]
}

fn place() -> impl Strategy<Value = DirectorySelector> {
    prop_oneof![any::<i64>().prop_map(DirectorySelector::Id), text().prop_map(DirectorySelector::Path)]
}

fn life() -> impl Strategy<Value = Duration> {
    (1..100_000_i64).prop_map(Duration::seconds)
}

fn value(spec: &FieldSpec) -> BoxedStrategy<Option<String>> {
    let value = match spec.words() {
        [] => text().boxed(),
        words => prop::sample::select(words).prop_map(str::to_owned).boxed(),
    };
    if spec.required { value.prop_map(Some).boxed() } else { proptest::option::of(value).boxed() }
}

fn fields() -> impl Strategy<Value = Fields> {
    let values: Vec<_> = FIELDS.iter().map(value).collect();
    values.prop_map(|values| {
        FIELDS.iter().zip(values).filter_map(|(spec, value)| Some((spec, value?))).collect()
    })
}

/// Changes to some of the fields; an empty text clears one.
fn changes() -> impl Strategy<Value = Fields> {
    (fields(), any::<bool>(), any::<bool>()).prop_map(|(fields, names, removed)| Fields {
        first_name: fields.first_name.filter(|_| names),
        username: if removed { Some(String::new()) } else { fields.username },
        ..fields
    })
}

fn accounts() -> impl Strategy<Value = Accounts> {
    let add = (fields(), proptest::option::of(Just(secret())), any::<bool>()).prop_map(
        |(fields, password, must_change)| {
            let must_change = must_change && password.is_some();
            Accounts::Add { fields, password, must_change }
        },
    );
    prop_oneof![
        add,
        (who(), changes()).prop_map(|(who, fields)| AccountChange::Edit { fields, was: None }.of(who)),
        people().prop_map(|people| AccountAction::Confirm.on(people)),
        people().prop_map(|people| AccountAction::Suspend.on(people)),
        people().prop_map(|people| AccountAction::Promote.on(people)),
        people().prop_map(|people| AccountAction::Demote.on(people)),
        people().prop_map(|people| AccountAction::Unlock.on(people)),
        (who(), any::<bool>()).prop_map(|(who, must_change)| AccountChange::SetPassword {
            password: secret(),
            must_change
        }
        .of(who)),
        (who(), life()).prop_map(|(who, life)| AccountChange::MakeCode { life }.of(who)),
        who().prop_map(|who| AccountChange::RevokeCode.of(who)),
        (who(), proptest::option::of(Just(secret())))
            .prop_map(|(who, password)| AccountChange::Recover { password }.of(who)),
        people().prop_map(|people| AccountAction::Delete.on(people)),
    ]
}

fn sessions() -> impl Strategy<Value = Sessions> {
    prop_oneof![
        (who(), life(), proptest::option::of(text())).prop_map(|(who, life, label)| {
            let label = label.and_then(|label| SessionLabel::parse(&label).ok());
            Sessions::Issue { who, life, label }
        }),
        (selection(ListKind::Sessions), life()).prop_map(|(which, life)| Sessions::Renew { which, life }),
        selection(ListKind::Sessions).prop_map(Sessions::Revoke),
        Just(Sessions::Sweep),
    ]
}

fn directories() -> impl Strategy<Value = Directories> {
    prop_oneof![
        (text(), proptest::option::of(who())).prop_map(|(path, owner)| Directories::Add { path, owner }),
        (place(), text()).prop_map(|(place, name)| Directories::Rename { place, name }),
        (place(), text())
            .prop_map(|(place, to)| Directories::Move { place, to: DirectorySelector::Path(to) }),
        prop::collection::vec(any::<i64>(), 1..4)
            .prop_map(|ids| Directories::Trash(ids.into_iter().map(DirectorySelector::Id).collect())),
        prop::collection::vec(text(), 1..4)
            .prop_map(|paths| Directories::Trash(paths.into_iter().map(DirectorySelector::Path).collect())),
        people().prop_map(Directories::Provision),
    ]
}

fn bin() -> impl Strategy<Value = Bin> {
    prop_oneof![
        (text(), proptest::option::of(text())).prop_map(|(path, to)| Bin::Restore {
            which: InBin::Directory(path),
            to,
            with_sessions: false
        }),
        (who(), any::<bool>()).prop_map(|(who, with_sessions)| Bin::Restore {
            which: InBin::Account(who),
            to: None,
            with_sessions
        }),
        (selection(ListKind::Bin), proptest::option::of(text())).prop_map(|(which, to)| Bin::Restore {
            which: InBin::Items(which),
            to,
            with_sessions: false
        }),
        selection(ListKind::Bin).prop_map(|which| Bin::Purge(InBin::Items(which))),
        text().prop_map(|path| Bin::Purge(InBin::Directory(path))),
        who().prop_map(|who| Bin::Purge(InBin::Account(who))),
    ]
}

fn import() -> impl Strategy<Value = Import> {
    let zones = [None, Zone::parse("+02:00"), Zone::parse("-05:30"), Zone::parse("Europe/Berlin")];
    let later = [LaterStatements::Refuse, LaterStatements::Ignore];
    let choices = (proptest::sample::select(zones.to_vec()), proptest::sample::select(later.to_vec()));
    let names = (proptest::collection::vec(text(), 0..3), proptest::option::of(text()));
    (text(), any::<[bool; 3]>(), names, choices).prop_map(
        |(file, flags, (strip_prefixes, database), (time_zone, later_statements))| {
            let [skip_bad_rows, replace, keep_sessions] = flags;
            Import {
                file: file.into(),
                skip_bad_rows,
                replace,
                keep_sessions,
                strip_prefixes,
                database,
                time_zone,
                later_statements,
                agreed_admins: None,
                report: None,
            }
        },
    )
}

fn act() -> impl Strategy<Value = Request> {
    let names = fields().prop_map(|fields| Fields {
        username: Some(fields.username.unwrap_or_default()),
        first_name: fields.first_name,
        last_name: fields.last_name,
        email: fields.email,
        ..Fields::default()
    });
    prop_oneof![
        1 => names.prop_map(|fields| Request::SignIn(SignIn::SetUp { fields, password: secret() })),
        8 => accounts().prop_map(Request::Accounts),
        5 => sessions().prop_map(Request::Sessions),
        5 => directories().prop_map(Request::Directories),
        2 => bin().prop_map(Request::Bin),
        1 => import().prop_map(Request::Import),
        1 => (0..=i64::MAX).prop_map(|seq| Request::Undo(Undo::Entry(seq))),
    ]
}

proptest! {
    #[test]
    fn a_line_makes_the_request_that_it_stands_for(request in act()) {
        let line = request.command(None).unwrap().to_string();
        prop_assert_eq!(made(&line), request, "{}", line);
    }
}
