#!/usr/bin/env bash
# Programs killed while they write to a store, Debian's sqlite3 among them; then files copied and moved under what they left.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -m 700 "$folder/house"
store=$folder/house/nexus.db
nexus() { "$NEXUS" --store "$store" "$@"; }
users=de_torres_vincent_users

printf 'correct horse battery staple\n' |
    nexus setup --username ada --email ada@nexus.example --firstname Ada --lastname Lovelace --password-stdin
sqlite3 "$store" "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    INSERT INTO $users (firstname, lastname, email, password) SELECT 'F', 'L', 'u' || i || '@x.example', '!' FROM n"

# Leaves a log: sqlite3 is killed once it has said that it is done.
leave_log() {
    coproc other { exec sqlite3 "$store"; }
    local pid=$other_PID
    printf "UPDATE %s SET address = '%s' WHERE id = %s; SELECT 'done';\n" "$users" "$1" "$2" >&"${other[1]}"
    read -r _ <&"${other[0]}"
    kill -9 "$pid"
    wait "$pid" 2> /dev/null || true
    [[ -s $store-wal ]] || { echo "no log was left" >&2; exit 1; }
}

logs=0
for round in {1..20}; do
    for n in {1..40}; do
        echo "UPDATE $users SET address = '$round.$n' WHERE id % 7 = $((n % 7));"
        ((n % 4)) || echo "PRAGMA wal_checkpoint(PASSIVE);"
    done > "$folder/statements"
    sqlite3 "$store" < "$folder/statements" > /dev/null &
    pid=$!
    sleep "0.0$((RANDOM % 90 + 10))"
    kill -9 "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
    [[ -s $store-wal ]] && logs=$((logs + 1))
    nexus user list --limit 1 > /dev/null || { echo "refused in round $round" >&2; exit 1; }
done

cp "$store" "$folder/older.db"
nexus user edit ada@nexus.example --address 'between' 2> /dev/null
leave_log later 2
cp -p "$store" "$folder/right.db"
cp "$store-wal" "$folder/log"

refused() {
    local before after code=0
    before=$(sha256sum "$store" "$store-wal")
    nexus user list > /dev/null 2> "$folder/words" || code=$?
    after=$(sha256sum "$store" "$store-wal")
    [[ $code == 7 && $before == "$after" ]] || { echo "$1: exit $code, ${before} ${after}" >&2; exit 1; }
    grep -qF "$store-wal" "$folder/words"
}
cp "$folder/older.db" "$store"
refused "an older file copied over the store"
mv "$store" "$folder/house/first"
cp "$folder/older.db" "$folder/house/moved" && mv "$folder/house/moved" "$store"
refused "an older file moved over the store"
mv "$folder/house/first" "$store"
cp "$folder/right.db" "$store"
refused "a copy that was written after the log"
# With the times of the file that the log was begun for it is as good as that one.
cp -p "$folder/right.db" "$store"
nexus user list --limit 1 > /dev/null
[[ $(sqlite3 "$store" "SELECT address FROM $users WHERE id = 2") == later ]]
nexus user edit ada@nexus.example --address 'newer' 2> /dev/null
cp "$folder/log" "$store-wal"
refused "a newer file under an older log"
rm "$store-wal"
nexus journal verify
[[ $(sqlite3 "$store" "PRAGMA integrity_check") == ok ]]
echo "20 kills, $logs logs left, none refused; 4 files under another's log, all refused"
