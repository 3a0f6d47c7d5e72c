#!/bin/sh
# Makes .venv with Python 3.11 or newer: by venv, else by virtualenv or pip; says plainly what is missing.
set -eu

find_python() {
    for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

if ! python=$(find_python); then
    echo "Cần Python 3.11 trở lên. · Python 3.11 or newer is needed: apt-get install python3 python3-venv" >&2
    exit 1
fi
# By venv; by virtualenv; else an empty one that the system's pip fills (a Python without ensurepip).
make_venv() {
    rm -rf .venv
    "$python" -m venv .venv >/dev/null 2>&1 && return 0
    rm -rf .venv
    "$python" -m virtualenv --quiet .venv 2>/dev/null && return 0
    rm -rf .venv
    "$python" -m pip --version >/dev/null 2>&1 &&
        "$python" -m venv --without-pip .venv >/dev/null 2>&1 &&
        "$python" -m pip --python .venv/bin/python install --quiet pip && return 0
    rm -rf .venv
    return 1
}

if make_venv; then
    exit 0
fi
# Debian's python3 comes without ensurepip. On a machine that is ours alone (root) the package is installed, and said.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Cài gói python3-venv bằng apt-get. · Installing the package python3-venv with apt-get." >&2
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; } >/dev/null 2>&1 || true
    if make_venv; then
        exit 0
    fi
fi
echo "Không tạo được môi trường ảo; hãy chạy với quyền root: apt-get install python3-venv" >&2
echo "No virtual environment can be made; run as root: apt-get install python3-venv" >&2
exit 1
