#!/usr/bin/env bash
# Backups while two programs write, some of them killed; restores of what is no backup, and some that are killed.
# ROUNDS sets the number of backups and of restores (usually 8); half of the backups are killed.
set -euo pipefail

folder=$(mktemp -d)
writers=()
stop_writers() {
    for pid in "${writers[@]}"; do kill "$pid" 2> /dev/null || true; done
    wait 2> /dev/null || true
    writers=()
}
trap 'stop_writers; rm -rf "$folder"' EXIT
mkdir -m 700 "$folder/house" "$folder/backups"
store=$folder/house/nexus.db
backups=$folder/backups
rounds=${ROUNDS:-8}
nexus() { "$NEXUS" --store "$store" "$@"; }
fail() { echo "$*" >&2; exit 1; }

nexus import --yes --keep-sessions "$(dirname "$0")/../data/legacy-nexus.sql" 2> /dev/null

writer() {
    local n=0
    while true; do
        n=$((n + 1))
        nexus user edit "$1" --address "$n" 2> /dev/null || true
    done
}
writer ada & writers+=($!)
writer grace & writers+=($!)

# Kills a command after a random time within so many milliseconds. Returns true if it was killed.
killed() {
    local most=$1 code=0 pid
    shift
    "$NEXUS" --store "$store" "$@" > /dev/null 2>&1 &
    pid=$!
    sleep "$(printf '0.%03d' $((RANDOM % most)))"
    kill -9 "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || code=$?
    [[ $code == 137 ]]
}

kills=0
for ((n = 1; n <= rounds; n++)); do
    file=$backups/b$n.db
    if ((n % 2)); then
        nexus backup "$file" 2> "$folder/words" || fail "backup $n: $(cat "$folder/words")"
        [[ $(stat -c %a "$file") == 600 ]] || fail "backup $n has another mode"
    elif killed 120 backup "$file"; then
        kills=$((kills + 1))
    fi
    # What has the name is whole.
    [[ ! -e $file ]] || "$NEXUS" backup --verify "$file" > /dev/null 2>&1 || fail "backup $n is not sound"
done
nexus backup "$backups/last.db" 2> /dev/null
[[ $(find "$backups" -name '.*' | wc -l) == 0 ]] || fail "something is left: $(ls -A "$backups")"

# A signal that can be handled leaves nothing, not even for a moment.
for signal in INT TERM HUP; do
    # A shell's background job ignores SIGINT, unless it is told otherwise.
    (trap - INT; exec "$NEXUS" --store "$store" backup "$backups/stopped.db") > /dev/null 2>&1 &
    pid=$!
    sleep 0.02
    kill -s "$signal" "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
    rm -f "$backups/stopped.db"
    [[ $(find "$backups" -name '.*' | wc -l) == 0 ]] || fail "SIG$signal left something: $(ls -A "$backups")"
done

# What is no backup, or one of somebody newer, leaves the store as it is.
refused() {
    local code=0
    nexus restore "$2" --yes > /dev/null 2> "$folder/words" || code=$?
    [[ $code == "$1" ]] || fail "restore $2: exit $code: $(cat "$folder/words")"
}
head -c 100000 "$backups/last.db" > "$folder/cut"
echo "no backup" > "$folder/text"
cp "$backups/last.db" "$folder/newer" && sqlite3 "$folder/newer" 'PRAGMA user_version = 9999'
refused 7 "$folder/cut"
refused 6 "$folder/text"
refused 7 "$folder/newer"
refused 6 "$store"
nexus user show ada > /dev/null

# Restores while others write, some of them killed: the old rows or the new ones, whole.
stop_writers
nexus user add --username witness --email witness@nexus.example --firstname W --lastname S > /dev/null 2>&1
nexus backup "$backups/with.db" 2> /dev/null
writer ada & writers+=($!)
dead=0 old=0 new=0
for ((n = 1; n <= rounds; n++)); do
    killed 150 restore "$backups/last.db" --yes && dead=$((dead + 1))
    if nexus user show witness > /dev/null 2>&1; then old=$((old + 1)); else new=$((new + 1)); fi
    nexus journal verify > /dev/null 2>&1 || fail "restore $n: the journal is not intact"
    nexus restore "$backups/with.db" --yes 2> "$folder/words" || fail "restore $n: $(cat "$folder/words")"
    rm -f "$store".before-*
done
stop_writers
nexus user show witness > /dev/null
# The legacy accounts have hashes of bcrypt's cost 4; nothing else may be found.
found=$(nexus doctor --format json 2> /dev/null | sed -n 's/.*"check": *"\([a-z-]*\)".*/\1/p') || true
[[ $found == passwords ]] || fail "doctor found: $(nexus doctor 2>&1)"
[[ $(sqlite3 "$store" "PRAGMA integrity_check") == ok ]]
beside=$(ls -A "$folder/house")
[[ $beside == nexus.db ]] || fail "beside the store: $beside"

# There and back again.
nexus backup "$backups/round.zst" --compress 2> /dev/null
"$NEXUS" --store "$folder/house/second.db" restore "$backups/round.zst" --yes 2> /dev/null
for list in user directory; do
    cmp <(nexus $list list --format json) <("$NEXUS" --store "$folder/house/second.db" $list list --format json)
done
echo "$rounds backups under two writers, $kills killed, all that were finished sound;" \
    "$rounds restores, $dead killed: $old times the old rows, $new times the new ones"
