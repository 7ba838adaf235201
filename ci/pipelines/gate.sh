#!/bin/sh
# One gate, for any CI: runs sockspec as the environment says, and leaves its reports in a folder.
#
#   SOCKSPEC              the program; `sockspec` on PATH unless said otherwise
#   SOCKSPEC_SUBJECT      the name of a subject, such as python3
#   SOCKSPEC_DRIVER       instead of it the command of a driver, split at spaces
#   SOCKSPEC_EXPECT       the file of expectations
#   SOCKSPEC_SHARD        I/N, where the run is a part
#   SOCKSPEC_SKIP_BUDGET  how many cases may be left unrun; 0 unless said otherwise
#   SOCKSPEC_REPEAT       how many times each case is run, to find flaky ones
#   SOCKSPEC_REPORTS      the folder for reports; sockspec-reports unless said otherwise
set -eu

sockspec="${SOCKSPEC:-sockspec}"
reports="${SOCKSPEC_REPORTS:-sockspec-reports}"
mkdir -p "$reports"
name="$(printf '%s' "report-${SOCKSPEC_SHARD:-1/1}" | tr '/' '-')"

# What this machine grants, before anything is judged on it.
"$sockspec" doctor --lab

set -- run --skip-budget "${SOCKSPEC_SKIP_BUDGET:-0}"
set -- "$@" --report "json=$reports/$name.json" --report "junit=$reports/$name.xml"
[ -z "${SOCKSPEC_EXPECT:-}" ] || set -- "$@" --expect "$SOCKSPEC_EXPECT"
[ -z "${SOCKSPEC_SHARD:-}" ] || set -- "$@" --shard "$SOCKSPEC_SHARD"
[ -z "${SOCKSPEC_REPEAT:-}" ] || set -- "$@" --repeat "$SOCKSPEC_REPEAT"
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || set -- "$@" --report "markdown=$GITHUB_STEP_SUMMARY"
[ -z "${GITHUB_ACTIONS:-}" ] || set -- "$@" --report "github=-"
if [ -n "${SOCKSPEC_DRIVER:-}" ]; then
  # A command is words.
  # shellcheck disable=SC2086
  set -- "$@" -- $SOCKSPEC_DRIVER
elif [ -n "${SOCKSPEC_SUBJECT:-}" ]; then
  set -- "$@" "$SOCKSPEC_SUBJECT"
fi
exec "$sockspec" "$@"
