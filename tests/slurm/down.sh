#!/usr/bin/env bash
# Stops only what up.sh started (pids it recorded), newest first, then removes the state and the conf files it wrote.
set -u
H=${SLURM_TEST_HOME:-${TMPDIR:-/tmp}/slurm-test}; MARK='# written by up.sh'
[ -e "$H/pids" ] || { echo "not up ($H/pids missing)"; exit 0; }
command -v scancel >/dev/null && timeout 10 scancel --user="$(id -un)" 2>/dev/null
same() { # is pid $1 still the program we started ($2)?
  [ -r "/proc/$1/cmdline" ] && tr '\0' ' ' < "/proc/$1/cmdline" | grep -q "${2%%-*}"; }
while read -r pid name; do
  same "$pid" "$name" || continue
  kill -TERM "$pid" 2>/dev/null
  for _ in $(seq 100); do same "$pid" "$name" || break; sleep 0.1; done
  same "$pid" "$name" && kill -KILL "$pid" 2>/dev/null
done < <(tac "$H/pids")
for f in slurm.conf gres.conf cgroup.conf; do grep -qsF "$MARK" /etc/slurm/$f && rm -f /etc/slurm/$f; done
[ "${1:-}" = --keep-logs ] && { rm -f "$H/pids"; exit 0; }
rm -rf "$H"
