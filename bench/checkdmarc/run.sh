#!/bin/bash
# run.sh [FOLDER]: the doctor and checkdmarc (PyPI) on the same broken zones, as the table of docs/doctor.md.
# Makes a Python environment in FOLDER (target/checkdmarc) with the version that the table was made with.
set -eu
cd "$(dirname "$0")/../.."
folder=${1:-target/checkdmarc}
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
"$folder/bin/pip" install --quiet checkdmarc==6.0.4
CHECKDMARC_PYTHON="$folder/bin/python" cargo test -q -p postamt-doctor --test beside_checkdmarc
