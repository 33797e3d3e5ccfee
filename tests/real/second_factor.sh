#!/usr/bin/env bash
# The second factor with the programs that people use beside NEXUS: codes of oathtool, and the picture read by zbarimg from
# the screen. Codes and recovery codes are used twice, in two consoles at once, and without the key file.
set -euo pipefail

folder=$(mktemp -d)
store=$folder/nexus.db
password="correct horse battery staple"
nexus() { command "$NEXUS" --store "$store" "$@"; }
tmux() { command tmux -S "$folder/tmux" -f /dev/null "$@"; }
trap 'tmux kill-server 2> /dev/null || true; rm -rf "$folder"' EXIT
fail() { echo "$*" >&2; exit 1; }

screen() { tmux capture-pane -p -t "$1"; }
# Waits until a window shows these words.
shows() {
    for _ in $(seq 150); do
        screen "$1" | grep -qF -- "$2" && return
        sleep 0.1
    done
    screen "$1" >&2
    fail "never shown in window $1: $2"
}
# Opens a console in a window of its own, and types a name and its password.
log_in() {
    tmux kill-window -t "$1" 2> /dev/null || true
    tmux new-window -d -t "$1" "env LANG=C.UTF-8 HOME=$folder $NEXUS --store $store"
    shows "$1" "Username or email"
    tmux send-keys -t "$1" "$2" Tab "$password" Enter
}
enter() { tmux send-keys -t "$1" "$2" Enter; }
# Prints the code of this moment, with some seconds of its step left.
code() {
    while (($(date +%s) % 30 > 24)); do sleep 1; done
    oathtool --totp --base32 "$1"
}
# Waits for the next step: a code is good once.
next_step() { sleep $((31 - $(date +%s) % 30)); }
unlock() { nexus user unlock "$1" 2> /dev/null; }

printf '%s\n' "$password" |
    nexus setup --username ada --email ada@nexus.example --firstname Ada --lastname L --password-stdin
for name in alan grace; do
    printf '%s\n' "$password" | nexus user add --username "$name" --email "$name@nexus.example" --firstname A \
        --lastname B --status confirmed --password-stdin
done
tmux new-session -d -x 80 -y 24 sh

# By command.
mapfile -t lines < <(nexus user second-factor ada --enrol 2> /dev/null)
((${#lines[@]} == 12)) || fail "not twelve lines: ${lines[*]}"
secret=${lines[1]}
recovery=("${lines[@]:2}")
[[ $(stat -c %a "$store.key") == 600 ]] || fail "the key file is for others too"

# The codes are those of oathtool, and each is good once; a recovery code too.
first=$(code "$secret")
log_in :1 ada; shows :1 "Enter its first code"; enter :1 "$first"; shows :1 "row 1 of"
log_in :1 ada; shows :1 "Enter the code"; enter :1 "$first"; shows :1 "Wrong code."; unlock ada
log_in :1 ada; shows :1 "Enter the code"; enter :1 "${recovery[0]}"; shows :1 "row 1 of"
log_in :1 ada; shows :1 "Enter the code"; enter :1 "${recovery[0]}"; shows :1 "Wrong code."; unlock ada
nexus session revoke --user ada --yes 2> /dev/null || true

# Two consoles at once: one gets in.
at_once() {
    local shown="" in=0 out=0 n
    for window in :1 :2; do log_in $window ada; shows $window "Enter the code"; tmux send-keys -t $window "$1"; done
    tmux send-keys -t :1 Enter \; send-keys -t :2 Enter
    for window in :1 :2; do
        for n in $(seq 150); do
            shown=$(screen $window)
            if grep -qF "row 1 of" <<< "$shown"; then in=$((in + 1)); break; fi
            if grep -qF "Wrong code." <<< "$shown"; then out=$((out + 1)); break; fi
            # A try that came too soon after the other one was not looked at.
            ((n % 30)) || tmux send-keys -t $window Enter
            sleep 0.1
        done
    done
    ((in == 1 && out == 1)) || fail "$in got in with one code at once, and $out did not: $shown"
    unlock ada
}
next_step
at_once "$(code "$secret")"
for n in 1 2 3; do at_once "${recovery[n]}"; done
tmux kill-window -t :2

# In the console, with the picture: half blocks as a bitmap of eight pixels a module.
log_in :1 alan; shows :1 "row 1 of"
tmux send-keys -t :1 ":second-factor" Enter
shows :1 "Second factor of alan"
screen :1 > "$folder/screen"
sed 's/█/#/g; s/▀/^/g; s/▄/_/g' "$folder/screen" | awk '
    /[#^_]/ { lines[++n] = $0; if (length > most) most = length }
    END {
        printf "P1\n%d %d\n", most * 8, (2 * n + 8) * 8
        for (i = 0; i < 32 * most * 8; i++) print 0
        for (i = 1; i <= n; i++) for (half = 1; half <= 2; half++) for (y = 0; y < 8; y++) for (x = 1; x <= most; x++) {
            cell = substr(lines[i], x, 1)
            dark = cell == "#" || cell == (half == 1 ? "^" : "_")
            for (z = 0; z < 8; z++) print dark
        }
        for (i = 0; i < 32 * most * 8; i++) print 0
    }' > "$folder/screen.pbm"
uri=$(zbarimg --quiet --raw "$folder/screen.pbm" 2> "$folder/said") || fail "zbarimg reads no code: $(cat "$folder/said" "$folder/screen")"
[[ $uri == "otpauth://totp/NEXUS:alan?secret="* ]] || fail "the picture says $uri"
alans=$(sed 's/.*secret=\([A-Z2-7]*\).*/\1/' <<< "$uri")
enter :1 "$(code "$alans")"
shows :1 "Recovery codes of alan"
alans_recovery=$(screen :1 | grep -oE '[0-9A-Z]{4}-[0-9A-Z]{4}' | head -1)
tmux send-keys -t :1 Enter
shows :1 "row 1 of"
tmux send-keys -t :1 4; shows :1 "What"
tmux send-keys -t :1 1; shows :1 "Username"

# The console's memory tells nothing of it any more, neither in letters nor in bytes. Only root may look.
if ((EUID == 0)); then
    pid=$(pgrep -fx "$NEXUS --store $store")
    while read -r range mode _; do
        [[ $mode == r* && $range != f* ]] || continue
        begin=$((16#${range%-*}))
        dd if="/proc/$pid/mem" iflag=skip_bytes,count_bytes bs=64K skip=$begin count=$((16#${range#*-} - begin)) 2> /dev/null || true
    done < "/proc/$pid/maps" > "$folder/memory"
    (($(stat -c %s "$folder/memory") > 1000000)) || fail "the memory cannot be read"
    bytes() { od -An -v -tx1 | tr -d ' \n' | sed 's/../\\x&/g'; }
    key=$(cat "$store.key")
    for text in "$alans" "${alans:0:4} ${alans:4:4} ${alans:8:4}" "$alans_recovery" "$key"; do
        ! grep -qaF -- "$text" "$folder/memory" || fail "in memory: $text"
    done
    for pattern in "$(base32 -d <<< "$alans" | bytes)" "$(sed 's/../\\x&/g' <<< "$key")"; do
        ! LC_ALL=C grep -qaP -- "$pattern" "$folder/memory" || fail "in memory: $pattern"
    done
    LC_ALL=C grep -qaF -- "alan@nexus.example" "$folder/memory" || fail "the wrong memory was searched"
    rm "$folder/memory"
fi

next_step
log_in :1 alan; shows :1 "Enter the code"; enter :1 "$(code "$alans")"; shows :1 "row 1 of"

# In lines.
next_step
printf '%s\n' alan "$password" "$(code "$alans")" :q | nexus --plain > "$folder/lines" ||
    fail "no log-in in lines: $(cat "$folder/lines")"
grep -q "alan@nexus.example" "$folder/lines" || fail "no log-in in lines: $(cat "$folder/lines")"

# Nothing tells a secret: store, log, backup, export, and what stays on the terminal.
nexus backup "$folder/backup.db" 2> "$folder/said"
grep -qF "nexus.db.key, is not in it" "$folder/said" || fail "the backup does not name the key file: $(cat "$folder/said")"
nexus export "$folder/export.json" --with-hashes --with-journal 2> /dev/null
screen :1 > "$folder/screen"
tmux capture-pane -p -S - -t :1 > "$folder/scrolled"
rm -f "$folder/screen.pbm"
for text in "$secret" "$alans" "${recovery[@]}" "$alans_recovery" "$(cat "$store.key")"; do
    found=$(grep -rlaF --exclude=nexus.db.key --exclude=tmux -- "$text" "$folder" || true)
    [[ -z $found ]] || fail "a secret is in $found"
done

# Without the key file the log-in and doctor say so, and an admin or the owner of the store gets people in again.
mv "$store.key" "$folder/away"
log_in :1 ada; shows :1 "Enter the code"; enter :1 "$(code "$secret")"; shows :1 "key file"
nexus doctor > "$folder/found" 2>&1 || true
grep -qF "second factor that cannot be checked" "$folder/found" || fail "doctor finds nothing: $(cat "$folder/found")"
nexus user why ada > "$folder/why"
grep -qF "second-factor ada --reset" "$folder/why" || fail "why does not help: $(cat "$folder/why")"
unlock ada
nexus user second-factor ada --reset --yes 2> /dev/null
log_in :1 ada; shows :1 "row 1 of"
echo "codes, picture, lines, two at once, no key file: all as they should be"
