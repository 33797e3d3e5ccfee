#!/usr/bin/env bash
# The demo in tmux: log in with the account that the screen names, look at the list, leave.
set -euo pipefail

folder=$(mktemp -d)
tmux() { command tmux -S "$folder/tmux" -f /dev/null "$@"; }
trap 'tmux kill-server 2> /dev/null || true; rm -rf "$folder"' EXIT

shows() {
    for _ in $(seq 100); do
        tmux capture-pane -p | grep -qF -- "$1" && return
        sleep 0.1
    done
    echo "never shown: $1" >&2
    tmux capture-pane -p >&2
    exit 1
}

mkdir "$folder/tmp"
tmux new-session -d -x 80 -y 24 "env TMPDIR=$folder/tmp LANG=C.UTF-8 PS1='shell> ' sh"
shows "shell>"
tmux send-keys "$NEXUS --demo; echo \"left with \$?\"" Enter
shows "Username  ada"
tmux send-keys "ada" Tab "a walk through the house" Enter
shows "row 1 of"
shows "2,000"
tmux send-keys "G"
shows "row 2,000 of"
tmux send-keys "q"
shows "left with 0"
[[ -z $(ls -A "$folder/tmp") ]] || { echo "the demo left something behind" >&2; exit 1; }
echo "logged in, looked, left"
