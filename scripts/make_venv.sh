#!/bin/sh
# Makes .venv with Python 3.11 or newer: by venv, else by virtualenv; says plainly what is missing.
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
if "$python" -m venv .venv >/dev/null 2>&1; then
    exit 0
fi
rm -rf .venv
if "$python" -m virtualenv --quiet .venv 2>/dev/null; then
    exit 0
fi
rm -rf .venv
# A Python without ensurepip (Debian without python3-venv) can still make the folder; pip comes from the system's pip.
if "$python" -m venv --without-pip .venv >/dev/null 2>&1 &&
    "$python" -m pip --version >/dev/null 2>&1 &&
    "$python" -m pip --python .venv/bin/python install --quiet pip; then
    exit 0
fi
rm -rf .venv
echo "Không tạo được môi trường ảo. · No virtual environment can be made: apt-get install python3-venv" >&2
exit 1
