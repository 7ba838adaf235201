#!/usr/bin/env bash
# Runs the suite many times over on one subject, and compares the verdicts of every run with those of the first:
#
#     ci/stability.sh 200 reference
#     ci/stability.sh 200 python3 --edition 3
#
# Ends with status 1 at the first run that differs, and shows in what. SOCKSPEC names the program, if it is not to be built.
set -euo pipefail
runs="${1:?how many runs}"
subject="${2:?which subject}"
shift 2
cd "$(dirname "$0")/.."
if [[ -z "${SOCKSPEC:-}" ]]; then
  cargo build --release --locked --quiet --package sockspec
  SOCKSPEC=target/release/sockspec
fi
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

# A case's own id and verdict, of all that its report says: its keys are indented by six blanks.
verdicts() {
  local status=0
  "$SOCKSPEC" run "$subject" "${@:2}" --json "$out/report.json" >"$out/text" 2>&1 || status=$?
  if ((status > 1)); then
    cat "$out/text" >&2
    return "$status"
  fi
  grep -E '^      "(id|verdict)":' "$out/report.json" >"$1"
}

verdicts "$out/first" "$@"
cases=$(grep -c '"id"' "$out/first")
if ((cases == 0 || cases != $(grep -c '"verdict"' "$out/first"))); then
  echo "the report is not read as it is written" >&2
  exit 1
fi
for ((run = 2; run <= runs; run++)); do
  verdicts "$out/next" "$@"
  if ! diff "$out/first" "$out/next" >"$out/difference"; then
    printf 'run %d of %s differs from the first:\n' "$run" "$subject" >&2
    cat "$out/difference" >&2
    exit 1
  fi
done
printf '%d runs on %s: the same %d verdicts each time\n' "$runs" "$subject" "$cases"
