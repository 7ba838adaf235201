#!/usr/bin/env bash
# Runs the suite under stress, and compares the verdicts with those of a run at rest:
#
#     ci/stress.sh [RUNS [SUBJECT [OPTION…]]]
#
# RUNS (200 unless said otherwise) with every core kept busy by something else, then once for each: memory limited to
# 512 MiB, 256 descriptors, a home that cannot be written, no TMPDIR, another user than root, a locale that is not UTF-8,
# an environment with next to nothing in it. What this machine cannot do is told as NOT RUN, and nothing else is left out.
# How a path's characters become bytes is the locale's to say (reasons.toml: path-encoding), so that a case may be allowed for
# that reason under another locale, which is told; under no other way to run it may.
# SOCKSPEC names the program, if it is not to be built.
set -euo pipefail
runs="${1:-200}"
subject="${2:-reference}"
shift "$(($# < 2 ? $# : 2))"
cd "$(dirname "$0")/.."
if [[ -z "${SOCKSPEC:-}" ]]; then
  cargo build --release --locked --quiet --package sockspec
  SOCKSPEC="${CARGO_TARGET_DIR:-target}/release/sockspec"
fi
out="$(mktemp -d)"
chmod 755 "$out"
busy=()
rest() { [ "${#busy[@]}" -eq 0 ] || kill "${busy[@]}" 2>/dev/null || true; busy=(); }
trap 'rest; rm -rf "$out"' EXIT
# A place that another user can reach.
cp "$SOCKSPEC" "$out/sockspec"
chmod 755 "$out/sockspec"
failed=0

# A case's own id and verdict, of all that its report says: its keys are indented by six blanks.
verdicts() { grep -E '^      "(id|verdict)":' "$1"; }

# Runs once, by a command that goes before sockspec's own; its report goes where anybody may write.
once() {
  local status=0
  mkdir -p "$out/reports"
  chmod 777 "$out/reports"
  rm -f "$out/reports/report.json"
  "$@" >"$out/text" 2>&1 || status=$?
  ((status <= 1)) || { cat "$out/text"; return "$status"; }
  verdicts "$out/reports/report.json" >"$out/verdicts"
}
judge=("$out/sockspec" run "$subject" "$@" --json "$out/reports/report.json")

once "${judge[@]}"
mv "$out/verdicts" "$out/expected"
cp "$out/reports/report.json" "$out/expected.json"
cases=$(grep -c '"verdict"' "$out/expected")
((cases > 0)) || { echo "the report is not read as it is written" >&2; exit 1; }
echo "at rest: $cases verdicts of $subject"

# What has another verdict than at rest, a line each: `case verdict reason`.
others() {
  python3 - "$out/expected.json" "$out/reports/report.json" <<'SCRIPT'
import json, sys

one, other = ({case["id"]: case for case in json.load(open(path))["cases"]} for path in sys.argv[1:])
for case in sorted(one.keys() | other.keys()):
    new = other.get(case, {"verdict": "missing"})
    if one.get(case, {}).get("verdict") != new["verdict"]:
        print(case, new["verdict"], new.get("reason", ""))
SCRIPT
}

# One way to run it: its name, and the command. WORD is a reason for which a case may be allowed where it passes at rest.
under() {
  local name="$1" word="${WORD:-}"
  shift
  local status=0
  once "$@" >"$out/why" || status=$?
  # A subject that cannot be started is named, with what to do: a file of root's for another user, no folder to be had.
  if ((status == 3)) && grep -q '^sockspec: .*[:;] ' "$out/why"; then
    echo "$name: NOT RUN, and it says why: $(grep '^sockspec: ' "$out/why")"
    return
  elif ((status > 0)); then
    echo "$name: not run to its end (status $status): $(tail -n 1 "$out/text")"
    failed=1
    return
  fi
  others >"$out/others"
  # A word about what is missing is an answer too; another verdict is not.
  if grep -vE "^[^ ]+ (not-run .+${word:+|allowed $word})$" "$out/others" >"$out/wrong"; then
    echo "$name: other verdicts:"
    cat "$out/wrong"
    failed=1
  elif [ -s "$out/others" ]; then
    echo "$name: the same verdicts but for $(wc -l <"$out/others"), and the report says why:"
    cut -d ' ' -f 2- "$out/others" | sort | uniq -c
  else
    echo "$name: the same verdicts"
  fi
}

# Not for nothing: who is killed before it has become another program takes this script's folder away.
((runs == 0)) || for _ in $(seq "$(nproc)"); do
  # Lower than anything else on the machine, and never idle.
  nice -n 5 sh -c 'while :; do :; done' &
  busy+=($!)
done
same=0
for ((run = 1; run <= runs; run++)); do
  if once "${judge[@]}" && diff "$out/expected" "$out/verdicts" >"$out/difference"; then
    same=$((same + 1))
  else
    echo "every core busy, run $run: $(tail -n 1 "$out/text")"
    cat "$out/difference" 2>/dev/null || true
    failed=1
  fi
done
rest
((runs == 0)) || echo "every core busy: $same of $runs runs with the same verdicts"

# Of the whole run and all that it starts, where there are control groups that may be used; else of each process.
if systemd-run --quiet --wait --pipe --property MemoryMax=512M true 2>/dev/null; then
  under "512 MiB of memory" systemd-run --quiet --wait --pipe --working-directory="$PWD" \
    --property MemoryMax=512M --property MemorySwapMax=0 "${judge[@]}"
else
  # shellcheck disable=SC2016
  under "512 MiB of addresses a process" bash -c 'ulimit -v 524288; exec "$@"' limited "${judge[@]}"
fi
# shellcheck disable=SC2016
under "256 descriptors" bash -c 'ulimit -n 256; exec "$@"' limited "${judge[@]}"
mkdir "$out/home"
chmod 555 "$out/home"
under "a home that cannot be written" env HOME="$out/home" XDG_CACHE_HOME= XDG_CONFIG_HOME= "${judge[@]}"
under "a home that is not there" env HOME=/nonexistent "${judge[@]}"
under "no TMPDIR" env -u TMPDIR "${judge[@]}"
under "a TMPDIR that is not there" env TMPDIR=/nonexistent "${judge[@]}"
WORD=path-encoding under "a locale that is not UTF-8" env LC_ALL=C LANG=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 "${judge[@]}"
if locale -a 2>/dev/null | grep -qi 'iso88591$'; then
  WORD=path-encoding under "a locale of ISO 8859-1" env LC_ALL="$(locale -a | grep -i -m 1 'iso88591$')" "${judge[@]}"
else
  echo "a locale of ISO 8859-1: NOT RUN: this machine has none"
fi
under "next to no environment" env -i PATH="$PATH" "${judge[@]}"
if [ "$(id -u)" != 0 ]; then
  echo "another user than root: all of this was run as $(id -un)"
elif command -v setpriv >/dev/null; then
  under "another user than root" setpriv --reuid 65534 --regid 65534 --clear-groups \
    env HOME=/nonexistent "${judge[@]}"
else
  echo "another user than root: NOT RUN: setpriv is missing (Debian: util-linux)"
fi
exit "$failed"
