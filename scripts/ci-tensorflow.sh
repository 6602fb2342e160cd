#!/usr/bin/env bash
# Tries to make the tensorflow engine present, so that its tests run: a virtual environment with TensorFlow by pip,
# and the addon compiled against it, both in the user's cache folder (ESRGAN_CACHE), where the next run finds them.
# Needs the built program (npm run build). Never fails: without TensorFlow the tests say that they were not run.
set -uo pipefail
cd "$(dirname "$0")/.."

limit=${1:-600}
# A machine without a network shall know soon; one with a package index of its own need not wait for others.
export PIP_DEFAULT_TIMEOUT=10 PIP_RETRIES=0
if timeout "$limit" node dist/cli/bin.js setup tensorflow --yes </dev/null; then
  echo 'the tests of the tensorflow engine will be run'
else
  echo "no TensorFlow after at most $limit s: the tests of the tensorflow engine will not be run"
fi
