#!/usr/bin/env bash
# Writes every case as a script, and what breaks a law or model too, runs it under an interpreter inside its lab, and
# compares how it ends with the verdict that the suite has for that interpreter, in both editions. Usage:
# ci/scripts-agree.sh [PYTHON], with SOCKSPEC for a program that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

sockspec=${SOCKSPEC:-}
if [ -z "$sockspec" ]; then
  cargo build --release --locked --quiet
  sockspec="${CARGO_TARGET_DIR:-target}/release/sockspec"
fi
mkdir "$out/scripts"
"$sockspec" repro '*' --as python -o "$out/scripts"
"$sockspec" list --json >"$out/list.json" 2>/dev/null
for edition in 2.2 3; do
  # Departures are no failure here: they have to show in the scripts too.
  "$sockspec" run "$python" --edition "$edition" --json "$out/$edition.json" >/dev/null || [ $? -eq 1 ]
done

python3 - "$sockspec" "$python" "$out" <<'SCRIPT'
import collections, concurrent.futures, json, os, subprocess, sys

sockspec, python, out = sys.argv[1:]
reports = {edition: "%s/%s.json" % (out, edition) for edition in ("3", "2.2")}
verdicts, broken = {}, {}
for edition, report in reports.items():
    for case in json.load(open(report))["cases"]:
        if "property" in case:
            # A law or model that holds has no script, and neither has one of which nobody knows the last steps.
            if case["property"].get("case"):
                broken[case["id"]] = report
                verdicts[case["id"]] = case["verdict"]
        elif case["verdict"] not in ("not-applicable", "not-run"):
            verdicts[case["id"]] = case["verdict"]

labs = collections.defaultdict(list)
for case in json.load(open(out + "/list.json")):
    lab = case["lab"] if case["lab"] not in ("none", "loopback", "loopback6") else "default"
    if not case["id"].startswith(("laws/", "model/")) or case["id"] in broken:
        labs[lab].append(case["id"])

# Many scripts at a time to each lab entered.
EACH = 'for f; do "$PYTHON" "$f" >"$f.out" 2>&1 </dev/null; echo $? >"$f.status"; done'


def file(case):
    return "%s/scripts/%s.py" % (out, case.replace("/", "__"))


def run(lab, cases):
    command = [sockspec, "lab", "--lab", lab, "--", "sh", "-c", EACH, "sh"] + [file(case) for case in cases]
    subprocess.run(command, check=True, env=dict(os.environ, PYTHON=python))


for case, report in broken.items():
    command = [sockspec, "repro", "--from", report, case, "--as", "python", "-o", file(case)]
    subprocess.run(command, check=True)

with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    parts = [(lab, ids[at::8]) for lab, ids in labs.items() for at in range(8) if ids[at::8]]
    for done in [pool.submit(run, *part) for part in parts]:
        done.result()

ends = {
    "pass": ("0", "as the document says"),
    "allowed": ("0", "allowed"),
    "fail": ("1", "departs"),
    "hang": ("1", "departs"),
    "unsupported": ("2", "cannot say"),
}
wrong = 0
for case, verdict in verdicts.items():
    status = open(file(case) + ".status").read().strip()
    said = open(file(case) + ".out", errors="replace").read().strip()
    last = said.splitlines()[-1].split(":")[0] if said else ""
    if ends.get(verdict) != (status, last):
        wrong += 1
        print("%s: %s, but its script ends with %s:\n%s\n" % (case, verdict, status, said))
print(
    "%d of %d scripts agree with the verdicts of %s, %d of them of laws and models"
    % (len(verdicts) - wrong, len(verdicts), python, len(broken))
)
sys.exit(1 if wrong else 0)
SCRIPT
