#!/usr/bin/env bash
# Writes every so many cases as a test in Rust, and what breaks laws and models for a few wrong subjects too, compiles all
# of them against this workspace, runs each inside its lab, and compares how it ends with the suite's verdict. Usage:
# ci/rust-scripts-agree.sh [STRIDE]
set -euo pipefail
cd "$(dirname "$0")/.."
stride=${1:-23}
if ! command -v python3 >/dev/null; then
  echo "not run: there is no python3 on PATH, which compares the scripts with the verdicts"
  exit 0
fi
wrong="faulty:ntoa-last-lost faulty:serv-swapped faulty:proto-always-tcp"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

cargo build --release --locked --quiet -p sockspec
cargo build --release --locked --quiet -p sockspec --message-format=json >"$out/built.json"
sockspec="${CARGO_TARGET_DIR:-target}/release/sockspec"
mkdir "$out/scripts"
"$sockspec" list --json >"$out/list.json" 2>/dev/null
"$sockspec" run --laws 0 --json "$out/reference.json" >/dev/null || [ $? -eq 1 ]
for subject in $wrong; do
  "$sockspec" run "$subject" --law laws --law model --seed 1 --json "$out/$subject.json" >/dev/null || [ $? -eq 1 ]
done

# Each is a word of its own.
# shellcheck disable=SC2086
python3 - "$sockspec" "$out" "$stride" $wrong <<'SCRIPT'
import collections, json, os, subprocess, sys

sockspec, out, stride = sys.argv[1], sys.argv[2], int(sys.argv[3])
needs = {case["id"]: case["lab"] for case in json.load(open(out + "/list.json"))}
verdicts, labs, modules = {}, collections.defaultdict(list), []


def add(case, verdict, command):
    """Writes one script, and notes what is to come of it."""
    name = "m%d" % len(modules)
    path = "%s/scripts/%s.rs" % (out, name)
    subprocess.run([sockspec, "repro"] + command + ["--as", "rust", "-o", path], check=True)
    modules.append('#[path = "%s"]\nmod %s;\n' % (path, name))
    verdicts[name] = (case, verdict)
    lab = needs[case]
    labs[lab if lab not in ("none", "loopback", "loopback6") else "default"].append(name)


for case in json.load(open(out + "/reference.json"))["cases"][::stride]:
    if case["verdict"] not in ("not-applicable", "not-run"):
        add(case["id"], case["verdict"], [case["id"]])
found = 0
for subject in sys.argv[4:]:
    report = "%s/%s.json" % (out, subject)
    for case in json.load(open(report))["cases"]:
        if case["verdict"] == "fail":
            found += 1
            add(case["id"], "fail", ["--from", report, case["id"], "--subject", subject])
assert found >= len(sys.argv[4:]), "a wrong subject breaks a law"
open(out + "/scripts.rs", "w").write("".join(modules))

# The libraries just as cargo built them.
externs, folders = [], set()
for line in open(out + "/built.json"):
    built = json.loads(line)
    if built["reason"] != "compiler-artifact":
        continue
    name = built["target"]["name"].replace("-", "_")
    for file in built["filenames"]:
        folders.add(os.path.dirname(file))
        wanted = ("sockspec_subject", "sockspec_engine", "sockspec_reference_subject", "sockspec_strength", "regex")
        if name in wanted and file.endswith(".rlib"):
            externs += ["--extern", "%s=%s" % (name, file)]
command = ["rustc", "--edition", "2024", "--test", out + "/scripts.rs", "-o", out + "/scripts-test"]
command += ["-Adead_code", "-Awarnings"] + externs
for folder in folders:
    command += ["-L", "dependency=" + folder]
subprocess.run(command, check=True)

EACH = (
    'for name; do "$OUT/scripts-test" "$name::case" --exact --nocapture --test-threads=1 '
    '>"$OUT/$name.out" 2>&1 </dev/null; echo $? >"$OUT/$name.status"; done'
)
for lab, names in labs.items():
    command = [sockspec, "lab", "--lab", lab, "--", "sh", "-c", EACH, "sh"] + names
    subprocess.run(command, check=True, env=dict(os.environ, OUT=out))

ends = {
    "pass": ("0", "as the document says"),
    "allowed": ("0", "allowed: "),
    "fail": ("101", "departs"),
    "unsupported": ("0", "cannot say: "),
}
wrong = 0
for name, (case, verdict) in verdicts.items():
    status = open("%s/%s.status" % (out, name)).read().strip()
    said = open("%s/%s.out" % (out, name), errors="replace").read()
    wanted = ends.get(verdict)
    if wanted is None or status != wanted[0] or not any(line.startswith(wanted[1]) for line in said.splitlines()):
        wrong += 1
        print("%s: %s, but its script ends with %s:\n%s\n" % (case, verdict, status, said))
print(
    "%d of %d scripts in Rust agree with the verdicts, %d of them of laws and models"
    % (len(verdicts) - wrong, len(verdicts), found)
)
sys.exit(1 if wrong else 0)
SCRIPT
