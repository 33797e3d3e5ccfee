#!/usr/bin/env bash
# The Debian package in a clean root: installed, used as its units and examples say, and purged. Operators log in over SSH,
# and fail2ban reads what syslog was told of it. PACKAGE is the package.
set -euo pipefail

if ((EUID)); then
    exec sudo --preserve-env=PACKAGE bash "$0"
fi
fail() { echo "$*" >&2; exit 1; }
if [[ ${1-} != inside ]]; then
    folder=$(mktemp -d)
    trap 'rm -rf --one-file-system "$folder"' EXIT
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $codename" | head -n 1)
    debootstrap --variant=minbase --include=adduser,fail2ban,man-db,openssh-server,rsyslog,sudo \
        "$codename" "$folder/root" "$mirror" > "$folder/words" 2>&1 || fail "$(tail "$folder/words")"
    # Mounts, processes and network of its own: they end with the script.
    unshare --mount --pid --fork --kill-child --net bash "$0" inside "$folder"
    exit
fi

folder=$2
root=$folder/root
users=de_torres_vincent_users
within() { chroot "$root" env -i TERM=xterm PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"; }
# Runs a command as cron and systemd do: as the user of the package, without a terminal.
as_nexus() { within runuser -u nexus -- env -i HOME=/var/lib/nexus "$@"; }

exits() {
    local wanted=$1 code=0
    shift
    "$@" > "$folder/out" 2> "$folder/err" < /dev/null || code=$?
    [[ $code == "$wanted" ]] || fail "exit $code instead of $wanted: $*: $(cat "$folder/out" "$folder/err")"
}

files() { find "$root" -xdev -path "$root/var/log" -prune -o -path "$root/var/lib/dpkg" -prune -o -print | sort; }

mount -t proc proc "$root/proc"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -sf pts/ptmx "$root/dev/ptmx"
ip link set lo up
files > "$folder/before"

cp "$PACKAGE" "$root/tmp/nexus.deb"
within dpkg --install /tmp/nexus.deb > "$folder/words" 2>&1 || fail "$(cat "$folder/words")"
rm "$root/tmp/nexus.deb"
[[ $(within nexus --version) == "nexus "* ]]
within ldd /usr/bin/nexus | grep '=>' && fail "it is not static"

# Every command has a man page without mistakes.
[[ $(within man --where nexus-user-access-code) == /usr/share/man/man1/nexus-user-access-code.1.gz ]]
for page in "$root"/usr/share/man/man1/nexus*.1.gz; do
    within man --warnings --local-file "${page#"$root"}" 2>&1 > /dev/null | grep . && fail "${page##*/}"
done
pages=$(find "$root/usr/share/man/man1" -name 'nexus*' | wc -l)
((pages > 40)) || fail "only $pages man pages"
# shellcheck disable=SC2016
[[ $(within bash -c 'source /usr/share/bash-completion/completions/nexus
    COMP_WORDS=(nexus user acc) COMP_CWORD=2; _clap_complete_nexus nexus acc user; echo ${COMPREPLY[*]}') == access-code ]]

# The units are sound and shut in, and what they run works, first without a store.
units=$root/usr/lib/systemd/system
# The root has no systemd: its targets are lent.
mkdir -p "$root/run/systemd/system"
cp /usr/lib/systemd/system/{basic,shutdown,sysinit,time-set,time-sync,timers}.target "$root/run/systemd/system"
for service in sweep backup doctor; do
    systemd-analyze verify --man=no --root="$root" "nexus-$service.service" "nexus-$service.timer" 2>&1 | grep . &&
        fail "the units of $service are not sound"
    systemd-analyze security --offline=yes --root="$root" --threshold=20 "nexus-$service.service" > "$folder/words" 2>&1 ||
        fail "$(cat "$folder/words")"
    [[ -L $root/etc/systemd/system/timers.target.wants/nexus-$service.timer ]] || fail "the timer of $service is off"
done
rm -r "$root/run/systemd"
command_of() { sed -n 's/^ExecStart=//p' "$units/nexus-$1.service"; }
store=$(sed -n 's/^ConditionPathExists=//p' "$units/nexus-.service.d/hardened.conf")
[[ ! -e $root$store ]]
exits 7 as_nexus $(command_of sweep)
exits 2 as_nexus nexus
printf 'correct horse battery staple\n' |
    as_nexus nexus setup --username ada --email ada@nexus.example --firstname Ada --lastname Lovelace --password-stdin
[[ $(within stat -c '%U %a' "$store" /var/lib/nexus) == "nexus 600"$'\n'"nexus 700" ]] ||
    fail "$(within ls -la "$store" /var/lib/nexus)"
for service in sweep backup doctor; do
    exits 0 as_nexus $(command_of "$service")
done
# What the doctor's unit runs first keeps sessions that just ended from being a finding.
exits 0 as_nexus nexus session issue ada
sqlite3 -cmd ".timeout 5000" "$root$store" \
    "UPDATE de_torres_vincent_session_tokens SET expiration = '2020-01-01 00:00:00'"
exits 8 as_nexus $(command_of doctor)
exits 0 as_nexus $(sed -n 's/^ExecStartPre=-//p' "$units/nexus-doctor.service")
exits 0 as_nexus $(command_of doctor)
[[ $(within stat -c '%U %a' /var/lib/nexus/backups/nexus.db.zst) == "nexus 600" ]]
exits 0 as_nexus nexus backup --verify /var/lib/nexus/backups/nexus.db.zst
exits 2 as_nexus nexus user promote ada --reason 'nobody can answer'
exits 3 as_nexus nexus user show eve

# An operator comes over SSH, as the examples have it.
examples=/usr/share/doc/nexus/examples
cp "$root$examples/sshd.conf" "$root/etc/ssh/sshd_config.d/nexus.conf"
install -m 0440 "$root$examples/sudoers" "$root/etc/sudoers.d/nexus"
within visudo --check --quiet
within addgroup --quiet --system nexus-operators
within adduser --quiet --disabled-password --gecos '' --ingroup nexus-operators lovelace
ssh_folder=$root/home/lovelace/.ssh
mkdir -m 700 "$ssh_folder"
within ssh-keygen -q -t ed25519 -N '' -f /root/key
cp "$root/root/key.pub" "$ssh_folder/authorized_keys"
within chown -R lovelace: /home/lovelace/.ssh
# Files that the system makes when it starts.
install -D -m 0664 /dev/null "$root/run/utmp"
mkdir -p "$root/run/sshd"
cat > "$root/etc/rsyslog.conf" <<'END'
module(load="imuxsock")
authpriv.* action(type="omfile" file="/var/log/auth.log" template="RSYSLOG_TraditionalFileFormat")
END
within rsyslogd -n -i /run/rsyslogd.pid &
within /usr/sbin/sshd -D -E /var/log/sshd.log &

as_nexus nexus config set log.syslog true 2> /dev/null
log=$root/var/log/auth.log
tmux() { command tmux -S "$folder/tmux" -f /dev/null "$@"; }
shows() {
    for _ in {1..100}; do
        tmux capture-pane -p | grep -qF -- "$1" && return
        sleep 0.1
    done
    fail "never shown: $1
$(tmux capture-pane -p; cat "$root/var/log/sshd.log")"
}
hides() {
    for _ in {1..100}; do
        tmux capture-pane -p | grep -qF -- "$1" || return 0
        sleep 0.1
    done
    fail "still shown: $1"
}
logged() {
    for _ in {1..100}; do
        grep -qE "$1" "$log" 2> /dev/null && return
        sleep 0.1
    done
    fail "never logged: $1
$(cat "$log")"
}
ssh=(ssh -b 127.0.0.9 -i /root/key -o StrictHostKeyChecking=no -o LogLevel=ERROR)
for _ in {1..100}; do
    [[ -S $root/dev/log ]] && within ssh-keyscan 127.0.0.1 > /dev/null 2>&1 && break
    sleep 0.1
done
export -f within
export root
tmux new-session -d -x 80 -y 24 "bash -c 'within ${ssh[*]} -tt lovelace@127.0.0.1; echo left; sleep 60'"
shows "Password"
tmux send-keys ada Tab "not the password" Enter
shows "Wrong username or password."
logged 'nexus\[[0-9]+\]: failed log-in from 127\.0\.0\.9: account 1 "ada", OS user "nexus", store "/var/lib/nexus/'
# During the wait after a failure Enter does nothing.
hides "Next try"
tmux send-keys "correct horse battery staple" Enter
shows "row 1 of 1"
logged 'nexus\[[0-9]+\]: log-in from 127\.0\.0\.9: account 1 "ada"'
tmux send-keys q
shows left
# Another command than the console is not to be had.
exits 2 within "${ssh[@]}" -T lovelace@127.0.0.1 cat /etc/passwd
grep -q 'needs a terminal' "$folder/err" || fail "$(cat "$folder/out" "$folder/err")"

# What a variable claims or a name contains bans nobody; a name that no account has is not written down.
sqlite3 -cmd ".timeout 5000" "$root$store" "UPDATE $users SET username =
    'x' || char(10) || 'Nov 27 03:00:00 host nexus[1]: failed log-in from 203.0.113.1: ' WHERE id = 1"
plain() {
    printf '%s\n' "$1" "$2" | within runuser -u nexus -- env -i HOME=/var/lib/nexus LANG=C.UTF-8 \
        SSH_CONNECTION='203.0.113.2 50000 127.0.0.1 22' nexus --plain > "$folder/words" 2>&1 || true
}
plain 1 "not the password"
plain "a secret in the wrong field" "ada"
logged 'failed log-in without a terminal: account 1 "x.*failed log-in from 203\.0\.113\.1: ", OS user "nexus"'
logged 'failed log-in without a terminal: unknown account, OS user "nexus"'
printf 'nxs_none\n' | as_nexus nexus session verify 2> /dev/null && fail "the token is good"
logged 'failed token check without a terminal: unknown account'
grep -e 'secret in' -e nxs_none "$log" && fail "a secret is in the log"
within fail2ban-regex --usedns no --print-all-matched /var/log/auth.log nexus > "$folder/words"
grep -qE '^Lines: [0-9]+ lines, 0 ignored, 1 matched' "$folder/words" || fail "$(cat "$folder/words")"
grep -qE 'failed log-in from 127\.0\.0\.9: ' "$folder/words" || fail "$(cat "$folder/words")"
within fail2ban-client -t > "$folder/words" 2>&1 || fail "$(cat "$folder/words")"
[[ $(within fail2ban-client -d 2> /dev/null | grep -c nexus) == 0 ]] || fail "the jail is on"

# A system without syslog loses lines and nothing else.
rm "$root/dev/log"
printf 'nxs_none\n' | as_nexus nexus session verify 2> "$folder/words" && fail "the token is good"
grep -q 'Invalid token' "$folder/words"

# What is purged leaves its data and their owner, and without data nothing.
rm -r "$root/home/lovelace" "$root/etc/ssh/sshd_config.d/nexus.conf" "$root/etc/sudoers.d/nexus"
leftover() {
    files | comm -13 "$folder/before" - | grep -vE "^$root/(run|root|dev|tmp|home|etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$)" |
        grep -vE "^$root/(var/cache/man|etc/systemd)" || true
}
within dpkg --purge nexus > "$folder/words" 2>&1 || fail "$(cat "$folder/words")"
leftover | grep -v "^$root/var/lib/nexus" && fail "it left something"
[[ -s $root$store ]] && within getent passwd nexus > /dev/null
cp "$PACKAGE" "$root/tmp/nexus.deb"
within dpkg --install /tmp/nexus.deb > "$folder/words" 2>&1 || fail "$(cat "$folder/words")"
exits 0 as_nexus nexus user list
rm -r "$root/var/lib/nexus/.local" "$root/var/lib/nexus/.config" "$root/var/lib/nexus/backups/"*
within dpkg --purge nexus > "$folder/words" 2>&1 || fail "$(cat "$folder/words")"
leftover | grep . && fail "it left something"
within getent passwd nexus && fail "the user is left"
echo "installed, $pages man pages, three units, three log-ins, purged"
