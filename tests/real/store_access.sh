#!/usr/bin/env bash
# Stores that only can be read, and names, owners and modes that endanger one: with real users and real mounts, so as root.
set -euo pipefail

if ((EUID)); then exec sudo -n NEXUS="$NEXUS" bash "$0"; fi
# Mounts are made in a mount namespace of our own and go with it.
if [[ ${1-} != inside ]]; then exec unshare --mount bash "$0" inside; fi

folder=$(mktemp -d)
trap 'kill "${writer-}" 2> /dev/null || true; umount -lq "$folder"/mnt "$folder"/bound/nexus.db 2> /dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
install -m 755 "$NEXUS" "$folder/nexus"
mkdir -m 700 "$folder/temp"
chown nobody "$folder/temp"
mkdir -m 755 "$folder/house" "$folder/mnt" "$folder/bound"
store=$folder/house/nexus.db
nexus=$folder/nexus
unset XDG_CONFIG_HOME XDG_DATA_HOME NEXUS_STORE

fail() { echo "$*" >&2; exit 1; }
as_nobody() { HOME=$folder TMPDIR=$folder/temp setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }
# Runs a command that must exit with this code and, where a word is given, say it on standard error.
expect() {
    local code=$1 word=$2 got=0
    shift 2
    "$@" > "$folder/out" 2> "$folder/err" || got=$?
    ((got == code)) || fail "exit $got, not $code: $* : $(cat "$folder/err")"
    grep -qF -- "$word" "$folder/err" || [[ -z $word ]] || fail "not said: $word: $(cat "$folder/err")"
}
shows() { grep -qF -- "$1" "$folder/out" || fail "not shown: $1: $(cat "$folder/out" "$folder/err")"; }
outside() { (cd "$folder/house" && stat -c '%n %s %Y %a %U' -- *); }
add() {
    "$nexus" --store "$store" user add --username "$1" --email "$1@nexus.example" --firstname A --lastname B > /dev/null 2>&1
}

printf 'correct horse battery staple\n' |
    "$nexus" --store "$store" setup --username ada --email ada@nexus.example --firstname Ada --lastname L --password-stdin

# A folder that may not be written, without a log.
chmod 644 "$store"
before=$(outside)
for flag in "" --readonly; do
    expect 0 "" as_nobody "$nexus" --store "$store" user list $flag
    shows ada
    expect 7 "" as_nobody "$nexus" --store "$store" user edit ada --firstname X $flag
done
expect 7 "cannot be written" as_nobody "$nexus" --store "$store" user edit ada --firstname X
! grep -qF -- "--readonly" "$folder/err" || fail "the hint names --readonly, which was not given"
[[ $(outside) == "$before" ]] || fail "reading changed the folder: $(outside)"

# The same while another program has it open: its log is read.
mkfifo "$folder/commands"
sqlite3 "$store" < "$folder/commands" > "$folder/told" &
writer=$!
exec 9> "$folder/commands"
echo "UPDATE de_torres_vincent_users SET firstname = 'Grace'; SELECT 'done';" >&9
for _ in $(seq 100); do grep -q done "$folder/told" && break; sleep 0.05; done
[[ -s $store-wal && -e $store-shm ]] || fail "there is no log"
expect 0 "" as_nobody "$nexus" --store "$store" user list
shows Grace

# The log alone, as a crash leaves it: read from a copy, of which nothing stays.
kill -KILL "$writer"; wait "$writer" 2> /dev/null || true
exec 9>&-
rm "$store-shm"
before=$(outside)
expect 0 "" as_nobody "$nexus" --store "$store" user list
shows Grace
expect 7 "cannot be written" as_nobody "$nexus" --store "$store" user edit ada --firstname X
[[ $(outside) == "$before" ]] || fail "reading changed the folder: $(outside)"
[[ -z $(ls -A "$folder/temp") ]] || fail "a copy was left"
for _ in $(seq 60); do
    as_nobody timeout -s INT "0.0$((RANDOM % 40 + 10))" "$nexus" --store "$store" user list > /dev/null 2>&1 || true
done
[[ -z $(ls -A "$folder/temp") ]] || fail "a copy was left after Ctrl-C: $(ls -A "$folder/temp")"

# A mount that cannot be written, for root too: with a log, with a live one, and without.
mount --bind "$folder/house" "$folder/mnt"
mount -o remount,bind,ro "$folder/mnt"
expect 0 "" "$nexus" --store "$folder/mnt/nexus.db" user list
shows Grace
add grace
[[ ! -e $store-wal ]] || fail "the log was not merged"
expect 0 "" "$nexus" --store "$folder/mnt/nexus.db" user list --readonly
shows grace@
expect 7 "cannot be written" "$nexus" --store "$folder/mnt/nexus.db" user edit ada --firstname X
expect 7 "" "$nexus" --store "$folder/mnt/none.db" setup --username x --email x@x.example --firstname X --lastname X --password-file "$0"
umount "$folder/mnt"

# A file that is itself a mount point.
touch "$folder/bound/nexus.db"
mount --bind "$store" "$folder/bound/nexus.db"
expect 0 "umount $folder/bound/nexus.db" "$nexus" --store "$folder/bound/nexus.db" user list
shows grace@
expect 7 "umount $folder/bound/nexus.db" "$nexus" --store "$folder/bound/nexus.db" user edit ada --firstname X
[[ $(ls -A "$folder/bound") == nexus.db ]] || fail "something was left beside the mount point"
umount "$folder/bound/nexus.db"

# Owners: somebody else's store or folder is refused, root opens any.
chmod 600 "$store"
chown daemon "$store"
expect 7 "belongs to user" as_nobody "$nexus" --store "$store" user list
expect 0 "" "$nexus" --store "$store" user list
# A key file that root makes belongs to the owner of the store.
expect 0 "" "$nexus" --store "$store" user second-factor ada --enrol
[[ $(stat -c '%U %a' "$store.key") == "daemon 600" ]] || fail "the key file: $(stat -c '%U %a' "$store.key")"
expect 0 "" "$nexus" --store "$store" user second-factor ada --reset --yes
rm "$store.key"
chown root "$store"
chown daemon "$folder/house"
expect 7 "belongs to user" as_nobody "$nexus" --store "$store" user list
expect 0 "" "$nexus" --store "$store" user list
chown root "$folder/house"

# A folder that may not be entered or read is named, and no flag that was not given.
chmod 700 "$folder/house"
expect 7 "may not enter the folder $folder/house" as_nobody "$nexus" --store "$store" user list
! grep -qF -- "--readonly" "$folder/err" || fail "the hint names --readonly, which was not given"
chmod 755 "$folder/house"
expect 7 "may not read the file $store" as_nobody "$nexus" --store "$store" user list
expect 7 "may not make a file in the folder $folder/house" as_nobody "$nexus" --store "$folder/house/none.db" setup --username x --email x@x.example \
    --firstname X --lastname X --password-stdin < <(echo 'correct horse battery staple')

# A store of root's that a group shares.
chown root:daemon "$store" "$folder/house"
chmod 660 "$store"
chmod 2770 "$folder/house"
as_daemons() { HOME=$folder setpriv --reuid=nobody --regid=daemon --clear-groups "$@"; }
expect 0 "can be written by the group" as_daemons "$nexus" --store "$store" user edit ada --firstname Shared
printf '[store]\ngroup = "daemon"\n' > "$folder/config.toml"
expect 0 "" as_daemons "$nexus" --store "$store" --config "$folder/config.toml" user list
shows Shared
[[ ! -s $folder/err ]] || fail "said: $(cat "$folder/err")"
echo "stores that can only be read, names, owners and modes"
