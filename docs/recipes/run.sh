#!/usr/bin/env bash
# One incremental run: tap | target, with the state kept in state.json of the working directory.
# Needs config.json and target.json there. Exit codes are the tap's (0 done, 1 some windows failed, ...),
# or the target's if it fails. The state moves only to what the target has stored.
set -uo pipefail

TAP=${TAP:-tap-mws-reports}
TARGET=${TARGET:-target-duckdb}

exec 9> run.lock
flock --nonblock 9 || { echo "another run is under way" >&2; exit 75; }

arguments=(--config config.json)
[ -s state.json ] && arguments+=(--state state.json)
$TAP "${arguments[@]}" | $TARGET --config target.json > states.jsonl
codes=("${PIPESTATUS[@]}")

# A target that stored nothing prints nothing: the old state stays.
if [ -s states.jsonl ]; then
    tail -n 1 states.jsonl > state.json.new && mv state.json.new state.json
fi
[ "${codes[1]}" -eq 0 ] || exit "${codes[1]}"
exit "${codes[0]}"
