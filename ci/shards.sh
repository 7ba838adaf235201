#!/usr/bin/env bash
# Runs a matrix as a CI would: each subject in N shards, one after the other here, merged and compared with its whole run,
# verdict by verdict. Usage: ci/shards.sh [N [SUBJECT…]]; 10 shards of the reference unless said otherwise.
#
# A case that differs is run alone ten times over, and the whole run once more: where its verdict varies by itself it is named,
# and says nothing about shards; every other difference is an error. A merge that lacks a shard has to say which.
# SOCKSPEC names the program, if it is not to be built.
set -euo pipefail
cd "$(dirname "$0")/.."
shards="${1:-10}"
shift || true
[ "$#" -gt 0 ] || set -- reference
if [[ -z "${SOCKSPEC:-}" ]]; then
  cargo build --release --locked --quiet --package sockspec
  SOCKSPEC="${CARGO_TARGET_DIR:-target}/release/sockspec"
fi

python3 - "$SOCKSPEC" "$shards" "$@" <<'SCRIPT'
import json, os, subprocess, sys, tempfile, time

sockspec, shards, subjects = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
# The same inputs of laws and models in every run.
SEED = ["--seed", "1"]


class NoVerdict(Exception):
    """A command that ended as no run should."""


def say(*arguments):
    """Runs the command to a verdict, which is status 0 or 1, and says how long it took."""
    start = time.monotonic()
    done = subprocess.run([sockspec, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if done.returncode not in (0, 1):
        raise NoVerdict("status %d of %s: %s" % (done.returncode, " ".join(arguments), done.stderr.strip()))
    return done.returncode, time.monotonic() - start


def verdicts(path):
    with open(path) as file:
        return {case["id"]: case["verdict"] for case in json.load(file)["cases"]}


def varies(subject, case, verdict, folder):
    """Whether ten runs of that case alone do not lead to one verdict, or another whole run leads to another one."""
    out = os.path.join(folder, "again.json")
    say("run", subject, *SEED, "--case", case, "--repeat", "10", "--json", out)
    with open(out) as file:
        if any(run.get("flaky") for run in json.load(file)["cases"]):
            return True
    say("run", subject, *SEED, "--json", out)
    return verdicts(out)[case] != verdict


def missing(reports):
    """Whether a merge without one of the shards says which it is."""
    lacking = reports[: shards // 2] + reports[shards // 2 + 1 :]
    done = subprocess.run([sockspec, "merge", *lacking], capture_output=True, text=True)
    return done.returncode == 2 and "shard %d/%d is missing" % (shards // 2 + 1, shards) in done.stderr


def judge(subject, folder):
    """One subject of the matrix; whether all was as it should be."""
    reports, took = [], []
    for index in range(1, shards + 1):
        reports.append(os.path.join(folder, "%d.json" % index))
        took.append(say("run", subject, *SEED, "--shard", "%d/%d" % (index, shards), "--json", reports[-1])[1])
    merged, whole = os.path.join(folder, "merged.json"), os.path.join(folder, "whole.json")
    merged_status, _ = say("merge", *reports, "-o", merged)
    whole_status, whole_took = say("run", subject, *SEED, "--json", whole)
    one, other = verdicts(whole), verdicts(merged)
    good = True
    differing = sorted(case for case in one.keys() | other.keys() if one.get(case) != other.get(case))
    steady = []
    for case in differing:
        by_itself = case in one and case in other and varies(subject, case, one[case], folder)
        steady += [] if by_itself else [case]
        end = "varies by itself" if by_itself else "AND DOES NOT VARY BY ITSELF"
        print("  %s: %s is %s in shards and %s in the whole run, %s" % (subject, case, other.get(case), one.get(case), end))
    if steady:
        good = False
    if not differing and merged_status != whole_status:
        good = False
        print("  %s: the merge ends with %d and the whole run with %d" % (subject, merged_status, whole_status))
    if shards > 1 and not missing(reports):
        good = False
        print("  %s: a merge without a shard does not say which one is missing" % subject)
    print(
        "%s: %s, %d of %d verdicts the same; shards took %.1f s on average and %.1f s at most, the whole %.1f s"
        % (subject, "equal" if good else "NOT EQUAL", len(one) - len(differing), len(one),
           sum(took) / shards, max(took), whole_took)
    )
    return good


failed = []
for subject in subjects:
    with tempfile.TemporaryDirectory() as folder:
        try:
            good = judge(subject, folder)
        except NoVerdict as error:
            good = False
            print("%s: NOT RUN to its end: %s" % (subject, error))
    failed += [] if good else [subject]
    sys.stdout.flush()
print("%d of %d subjects are in %d shards what they are whole" % (len(subjects) - len(failed), len(subjects), shards))
sys.exit(1 if failed else 0)
SCRIPT
