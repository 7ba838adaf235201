#!/usr/bin/env bash
# Runs the suite under stress, and compares the verdicts with those of a run at rest:
#
#     ci/stress.sh [RUNS [SUBJECT [OPTION…]]]
#
# RUNS (200 unless said otherwise) with every core kept busy by something else, then once for each: memory limited to
# 512 MiB, 256 descriptors, a home that cannot be written, no TMPDIR, another user than root, a locale that is not UTF-8,
# an environment with next to nothing in it. What this machine cannot do is told as NOT RUN, and nothing else is left out.
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
  ((status <= 1)) || { cat "$out/text"; return 1; }
  verdicts "$out/reports/report.json" >"$out/verdicts"
}
judge=("$out/sockspec" run "$subject" "$@" --json "$out/reports/report.json")

once "${judge[@]}"
mv "$out/verdicts" "$out/expected"
cases=$(grep -c '"verdict"' "$out/expected")
((cases > 0)) || { echo "the report is not read as it is written" >&2; exit 1; }
echo "at rest: $cases verdicts of $subject"

# One way to run it: its name, and the command.
under() {
  local name="$1"
  shift
  if ! once "$@"; then
    echo "$name: not run to its end: $(tail -n 1 "$out/text")"
    failed=1
  elif ! diff "$out/expected" "$out/verdicts" >"$out/difference"; then
    # A word about what is missing is an answer too; another verdict is not.
    if grep '^>' "$out/difference" | grep '"verdict"' | grep -qv 'not-run'; then
      echo "$name: other verdicts:"
      cat "$out/difference"
      failed=1
    else
      echo "$name: $(grep -c '^> .*not-run' "$out/difference") cases not run, and the report says why: $(tail -n 1 "$out/text")"
    fi
  else
    echo "$name: the same verdicts"
  fi
}

for _ in $(seq "$(nproc)"); do
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
under "a locale that is not UTF-8" env LC_ALL=C LANG=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 "${judge[@]}"
if locale -a 2>/dev/null | grep -qi 'iso88591$'; then
  under "a locale of ISO 8859-1" env LC_ALL="$(locale -a | grep -i -m 1 'iso88591$')" "${judge[@]}"
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
