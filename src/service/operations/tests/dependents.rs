//! Actions in steps in a store whose rows other programs' tables refer to.

use super::*;

/// Tables of other programs that refer to accounts, sessions and directories, with rows about bob's.
const TABLES: &str = "CREATE TABLE ratings (id INTEGER PRIMARY KEY, stars,
    user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE);
  CREATE TABLE remarks (rating INTEGER REFERENCES ratings (id) ON DELETE CASCADE, text);
  CREATE TABLE devices (session INTEGER REFERENCES de_torres_vincent_session_tokens (id) ON DELETE CASCADE, name);
  CREATE TABLE tags (folder INTEGER REFERENCES de_torres_vincent_user_directories (id) ON DELETE CASCADE, name);
  CREATE TABLE covers (folder INTEGER REFERENCES de_torres_vincent_user_directories (id) ON DELETE SET NULL, name);
  INSERT INTO ratings VALUES (1, 5, 2), (2, x'00', 2), (3, 1, 3);
  INSERT INTO remarks VALUES (1, 'fine'), (3, 'poor');
  INSERT INTO devices SELECT id, 'd' || id FROM de_torres_vincent_session_tokens;
  INSERT INTO tags SELECT id, 't' || id FROM de_torres_vincent_user_directories;
  INSERT INTO covers SELECT id, 'c' || id FROM de_torres_vincent_user_directories;";

/// Tables of other programs that refer to accounts alone.
const OF_ACCOUNTS: &str = "CREATE TABLE ratings (id INTEGER PRIMARY KEY, stars,
    user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE);
  INSERT INTO ratings VALUES (1, 5, 2), (2, x'00', 2), (3, 1, 3);";

const ALL_TABLES: [&str; 5] = ["ratings", "remarks", "devices", "tags", "covers"];

fn bench_with(sql: &str) -> Bench {
    let bench = Bench::large();
    bench.spoil(sql);
    bench
}

/// Returns the rows of NEXUS's tables and of other programs' that an undo brings back.
fn rows(bench: &Bench, others: &[&str]) -> String {
    bench.dump_columns("de_torres_vincent_user_directories", "id, directory_path, colour")
        + &bench
            .dump_columns("de_torres_vincent_session_tokens", "id, session_token, expiration, status, device")
        + &bench.dump_columns("de_torres_vincent_users", "id, username, status, session_token, theme")
        + &bench.dump_of(&["nexus_sessions", "nexus_directories"])
        + &bench.dump_of(others)
}

fn deletions() -> [Request; 3] {
    let delete = AccountAction::Delete.on(accounts_named(&["bob"])).into();
    [delete, trash_photos(), Directories::Trash(vec![place("00002_BOB")]).into()]
}

#[test]
fn a_deletion_carries_rows_of_other_programs_step_by_step_and_an_undo_brings_them_back() {
    for act in deletions() {
        let mut whole = bench_with(TABLES);
        // What lost its reference does not come back to it.
        let others = &ALL_TABLES[..4];
        let before = rows(&whole, others);
        let mut steps = 0;
        loop {
            let mut divided = whole.copy().in_batches();
            if !divided.killed_after(steps, act.clone()) {
                break;
            }
            assert_eq!(divided.under_way().len(), 1, "{act:?}");
            let mut next = divided.next();
            assert!(!carry_on(&mut next.service, &mut || true).unwrap());
            let mut done = whole.copy();
            done.done(OWNER, act.clone());
            assert_eq!(rows(&next, &ALL_TABLES), rows(&done, &ALL_TABLES), "{act:?} after {steps} steps");
            next.done(OWNER, Undo::Last);
            assert_eq!(rows(&next, others), before, "{act:?} after {steps} steps");
            assert_eq!(next.dump_of(&["nexus_bin_columns"]), "", "{act:?} after {steps} steps");
            steps += 3;
        }
        assert!(steps > 2, "{act:?} took {steps} steps");
        whole.done(OWNER, act.clone());
        whole.done(OWNER, Undo::Last);
        assert_eq!(rows(&whole, others), before, "{act:?}");
    }
}

#[test]
fn a_restore_brings_rows_of_other_programs_back_step_by_step_wherever_it_was_killed() {
    for act in deletions() {
        let mut bench = bench_with(TABLES);
        let before = rows(&bench, &ALL_TABLES[..4]);
        bench.done(OWNER, act.clone());
        let mut steps = 0;
        loop {
            let mut divided = bench.copy().in_batches();
            if !divided.killed_after(steps, Undo::Last.into()) {
                break;
            }
            let mut next = divided.next();
            assert!(!carry_on(&mut next.service, &mut || true).unwrap());
            assert_eq!(rows(&next, &ALL_TABLES[..4]), before, "{act:?} after {steps} steps");
            assert_eq!(next.dump_of(&["nexus_bin", "nexus_bin_columns"]), "", "{act:?} after {steps} steps");
            steps += 3;
        }
        assert!(steps > 9, "{act:?} took {steps} steps");
    }
}

#[test]
fn rows_that_come_back_in_steps_follow_what_has_another_id_now_and_what_came_back_later() {
    let mut bench = bench_with(
        "CREATE TABLE b_notes (id INTEGER PRIMARY KEY, up INTEGER REFERENCES b_notes (id) ON DELETE CASCADE,
           folder INTEGER REFERENCES de_torres_vincent_user_directories (id) ON DELETE CASCADE,
           session INTEGER REFERENCES de_torres_vincent_session_tokens (id) ON DELETE CASCADE,
           star INTEGER REFERENCES c_stars (id) ON DELETE CASCADE);
         CREATE TABLE c_stars (id INTEGER PRIMARY KEY, note INTEGER REFERENCES b_notes (id) ON DELETE CASCADE,
           user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE);
         CREATE TABLE dropped (folder INTEGER REFERENCES de_torres_vincent_user_directories (id) ON DELETE CASCADE);
         INSERT INTO c_stars VALUES (1, NULL, 2);
         INSERT INTO b_notes SELECT id, NULL, id, (SELECT max(id) FROM de_torres_vincent_session_tokens), 1
           FROM de_torres_vincent_user_directories WHERE user_id = 2 ORDER BY id;
         UPDATE b_notes SET up = (SELECT n.id FROM b_notes n WHERE n.id > b_notes.id ORDER BY n.id LIMIT 1);
         UPDATE c_stars SET note = (SELECT max(id) FROM b_notes);
         UPDATE b_notes SET star = NULL WHERE id = (SELECT max(id) FROM b_notes);
         INSERT INTO dropped SELECT folder FROM b_notes;",
    );
    let notes = "b_notes n LEFT JOIN de_torres_vincent_user_directories d ON d.id = n.folder
       LEFT JOIN de_torres_vincent_session_tokens s ON s.id = n.session";
    let tied = |bench: &Bench| {
        bench.dump_columns(notes, "n.id, n.up, n.star, d.directory_path, s.session_token")
            + &bench.dump_of(&["c_stars"])
    };
    let before = tied(&bench);
    let ids = bench.dump_columns("de_torres_vincent_user_directories WHERE user_id = 2", "id");
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    // Somebody else has the ids of half the rows now.
    bench.spoil(
        "INSERT INTO de_torres_vincent_user_directories (id, user_id, directory_id, directory_name, directory_path)
           SELECT id, 3, 'taken ' || id, 'x', 'x' || id FROM nexus_bin_directories WHERE id % 2;
         INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token)
           SELECT max(id), 3, 'taken' FROM nexus_bin_sessions;
         DROP TABLE dropped;",
    );
    for steps in [0, 9, 17, 25, 40] {
        let mut divided = bench.copy().in_batches();
        let finished = !divided.killed_after(steps, Undo::Last.into());
        assert!(!finished || steps == 40, "{steps}");
        let mut next = divided.next();
        assert!(!carry_on(&mut next.service, &mut || true).unwrap());
        assert_eq!(tied(&next), before, "after {steps} steps");
        assert_ne!(next.dump_columns("de_torres_vincent_user_directories WHERE user_id = 2", "id"), ids);
        assert_eq!(next.dump_of(&["nexus_bin_columns"]), "");
    }
    let Reply::Done(undone) = bench.in_batches().ask(OWNER, Undo::Last.into()).unwrap() else { panic!() };
    assert_eq!(undone.left_out, ids.lines().count() as u64, "the rows of the dropped table");
}

#[test]
fn rows_of_other_programs_are_purged_step_by_step() {
    let mut bench = bench_with(TABLES);
    bench.done(OWNER, trash_photos());
    let mut bench = bench.in_batches();
    let purge = || Request::from(Bin::Purge(InBin::Items(Selection::one(1))));
    // The directories take six steps, and the two values of each of their tags as many again.
    assert!(bench.killed_after(9, purge()));
    let left = bench.dump_of(&["nexus_bin_columns"]).lines().count();
    assert!(left > 0 && bench.dump_of(&["nexus_bin_directories"]).is_empty(), "{left}");
    let mut next = bench.next();
    assert!(!carry_on(&mut next.service, &mut || true).unwrap());
    assert_eq!(next.dump_of(&["nexus_bin", "nexus_bin_columns"]), "");
}

#[test]
fn the_rows_that_a_restore_in_steps_leaves_out_are_counted() {
    let mut bench = bench_with(OF_ACCOUNTS);
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    bench.spoil("INSERT INTO ratings VALUES (2, 'new', 3)");
    let restored = bench.in_batches().done(OWNER, restore(InBin::Account(who("bob")), None));
    assert_eq!(restored.left_out, 1);
}

#[test]
fn rows_that_another_program_ties_to_what_is_going_meanwhile_come_back_with_it() {
    let mut bench = bench_with(TABLES).in_batches();
    assert!(bench.killed_after(2, trash_photos()));
    bench.spoil(
        "INSERT INTO tags SELECT id, 'late' FROM de_torres_vincent_user_directories
           WHERE directory_path = '00002_BOB/Photos'",
    );
    let mut next = bench.next();
    carry_on(&mut next.service, &mut || true).unwrap();
    let late = |bench: &Bench| bench.dump_columns("tags WHERE name = 'late'", "folder").lines().count();
    assert_eq!(late(&next), 0);
    next.done(OWNER, Undo::Last);
    assert_eq!(late(&next), 1);
}

#[test]
fn a_row_that_forbids_the_rest_meanwhile_is_waited_for() {
    let mut bench = bench_with(
        "CREATE TABLE invoices (user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE RESTRICT)",
    )
    .in_batches();
    let delete = || Request::from(AccountAction::Delete.on(accounts_named(&["bob"])));
    assert!(bench.killed_after(2, delete()));
    bench.spoil("INSERT INTO invoices VALUES (2)");
    let mut next = bench.next();
    let failure = carry_on(&mut next.service, &mut || true).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Conflict, "{failure:?}");
    assert!(failure.message.contains("delete of bob is under way"), "{failure:?}");
    assert_eq!(next.user("bob").status, Status::Suspended);
    next.spoil("DELETE FROM invoices");
    assert!(!carry_on(&mut next.service, &mut || true).unwrap());
    next.done(OWNER, Undo::Last);
    assert_eq!(next.user("bob").status, Status::Confirmed);
}

#[test]
fn rows_that_a_column_of_another_program_ties_to_each_other_go_and_come_back_as_one() {
    let mut bench = bench_with(
        "ALTER TABLE de_torres_vincent_user_directories ADD COLUMN cover INTEGER
           REFERENCES de_torres_vincent_user_directories (id) ON DELETE SET NULL;
         UPDATE de_torres_vincent_user_directories SET cover =
           (SELECT max(d.id) + min(d.id) FROM de_torres_vincent_user_directories d WHERE d.user_id = 2) - id
         WHERE user_id = 2;",
    )
    .in_batches();
    let covers = |bench: &Bench| bench.dump_columns("de_torres_vincent_user_directories", "id, cover");
    let before = covers(&bench);
    let [account, _, home] = deletions();
    for act in [account, home] {
        assert!(!bench.killed_after(0, act.clone()), "{act:?}");
        assert!(!bench.killed_after(0, Undo::Last.into()), "{act:?}");
        assert_eq!(covers(&bench), before, "{act:?}");
    }
}
