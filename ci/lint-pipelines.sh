#!/usr/bin/env bash
# Lints what users copy: scripts by shellcheck, YAML by yamllint and by the schemas of GitHub and GitLab.
# Needs shellcheck (Debian), yamllint and check-jsonschema (PyPI).
set -euo pipefail
cd "$(dirname "$0")"
shellcheck ./*.sh pipelines/*.sh
yamllint --strict --config-data '{extends: default, rules: {line-length: {max: 128}}}' pipelines
check-jsonschema --builtin-schema vendor.github-actions pipelines/github/action.yml
check-jsonschema --builtin-schema vendor.github-workflows pipelines/github/workflow.yml
check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci pipelines/gitlab-ci.yml
# The shell inside of the action.
python3 - <<'PYTHON' | shellcheck --shell=bash -
import yaml
for step in yaml.safe_load(open("pipelines/github/action.yml"))["runs"]["steps"]:
    print("(\n" + step["run"] + ")")
PYTHON
echo "the pipelines are sound"
