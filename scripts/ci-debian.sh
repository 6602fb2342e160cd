#!/usr/bin/env bash
# Tries to install what some tests drive for real: a browser, Redis, Slurm, a pseudo-terminal, another processor. Never fails: without
# them those tests say that they were not run.
set -uo pipefail

packages=(chromium redis-server slurm-wlm munge bsdutils qemu-user)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "there already: ${packages[*]}"
elif [ "$(id -u)" -eq 0 ] && timeout 60 apt-get update -qq &&
  DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
  echo "installed: ${missing[*]}"
else
  echo "not installed: ${missing[*]}; the tests that need them will not be run"
fi
