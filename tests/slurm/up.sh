#!/usr/bin/env bash
# A throw-away SLURM cluster on one machine: all daemons on 127.0.0.1, no systemd, no cgroups, no accounting.
#   up.sh [-n NODES] [-g GPUS_PER_NODE]
# Needs root, installs Debian's slurm and munge if they are missing, and writes /etc/slurm. Its state lies under
# $SLURM_TEST_HOME. Partition `urgent` preempts jobs of `gpu` and queues them again; a node that does not answer for
# 10 seconds is down, and its jobs are queued again.
set -euo pipefail
trap 'echo "up.sh failed at line $LINENO; logs in ${SLURM_TEST_HOME:-${TMPDIR:-/tmp}/slurm-test}/log; run down.sh" >&2' ERR
NODES=2 GPUS=1
while getopts n:g: o; do case $o in n) NODES=$OPTARG;; g) GPUS=$OPTARG;; *) exit 2;; esac; done
H=${SLURM_TEST_HOME:-${TMPDIR:-/tmp}/slurm-test}
CONF=/etc/slurm            # the jobstep executor strips SLURM_CONF from nested srun: the default path it must be
MARK='# written by up.sh'
HOST=$(hostname -s)
CPUS=${SLURM_TEST_CPUS:-$(nproc)}     # CPUs each node claims (config_overrides below lets nodes claim more than there is)
MEM=${SLURM_TEST_MEM_MB:-4000}

export DEBIAN_FRONTEND=noninteractive
pkgs="slurm-wlm slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge"
missing=; for p in $pkgs; do dpkg -s "$p" >/dev/null 2>&1 || missing="$missing $p"; done
if [ -n "$missing" ]; then apt-get update -qq; apt-get install -y -qq --no-install-recommends $missing >/dev/null; fi

if [ -e "$H/pids" ]; then      # left over from a run that died, or really up?
  while read -r pid name; do
    if [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' < "/proc/$pid/cmdline" | grep -q "${name%%-*}"; then
      echo "already up (pid $pid $name): run down.sh first" >&2; exit 1; fi
  done < "$H/pids"; rm -rf "$H"
fi
for f in slurm.conf gres.conf cgroup.conf; do
  if [ -e $CONF/$f ] && ! grep -qF "$MARK" $CONF/$f; then echo "$CONF/$f is not ours; leaving it alone" >&2; exit 1; fi
done
mkdir -p "$H"/{state,log,run,munge} "$CONF"; chmod 755 "$H"; chmod 700 "$H/munge"
: > "$H/pids"
start() { # name pidfile cmd... : run a daemon in the foreground, in its own session, remember its pid
  local name=$1; shift
  setsid "$@" >"$H/log/$name.out" 2>&1 </dev/null & echo "$! $name" >> "$H/pids"
}
wait_for() { local n=$1 what=$2; shift 2; for _ in $(seq $((n*10))); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done; echo "timeout: $what" >&2; for f in "$H"/log/*; do echo "== $f"; tail -n 5 "$f"; done >&2; return 1; }

# --- munge: own key, own socket
[ -s "$H/munge/munge.key" ] || { dd if=/dev/urandom bs=1 count=1024 2>/dev/null > "$H/munge/munge.key"; chmod 400 "$H/munge/munge.key"; }
SOCK=$H/run/munge.sock
start munged munged --foreground --force --key-file="$H/munge/munge.key" --socket="$SOCK" --pid-file="$H/run/munged.pid" \
  --log-file="$H/log/munged.log" --seed-file="$H/munge/munged.seed" --num-threads=2
wait_for 10 munged munge --socket="$SOCK" -n

# --- configuration
{ echo "$MARK"; cat <<C
ClusterName=test
SlurmctldHost=$HOST(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$SOCK,cred_expire=5
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=${SLURM_TEST_PORT:-16817}
SrunPortRange=16900-16999
StateSaveLocation=$H/state
SlurmdSpoolDir=$H/spool-%n
SlurmctldPidFile=$H/run/slurmctld.pid
SlurmdPidFile=$H/run/slurmd-%n.pid
SlurmctldLogFile=$H/log/slurmctld.log
SlurmdLogFile=$H/log/slurmd-%n.log
MpiDefault=none
SwitchType=switch/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=1,sched_min_interval=100000,sched_interval=1,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
InactiveLimit=0
KillWait=5
MinJobAge=3600
WaitTime=0
MaxArraySize=1001
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmdTimeout=10
PropagateResourceLimits=NONE
GresTypes=gpu
C
echo "AccountingStorageType=accounting_storage/none"
for i in $(seq "$NODES"); do
  echo "NodeName=node$i NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$((16818+100+i)) CPUs=$CPUS RealMemory=$MEM$([ "$GPUS" -gt 0 ] && echo " Gres=gpu:$GPUS") State=UNKNOWN"
done
echo "PartitionName=gpu Nodes=ALL Default=YES PriorityTier=1 MaxTime=24:00:00 DefMemPerCPU=500 State=UP"
echo "PartitionName=urgent Nodes=ALL PriorityTier=2 MaxTime=24:00:00 DefMemPerCPU=500 State=UP"
} > $CONF/slurm.conf
{ echo "$MARK"; if [ "$GPUS" -gt 0 ]; then echo "Name=gpu File=$H/dev/gpu[0-$((GPUS-1))]"; fi; } > $CONF/gres.conf
mkdir -p "$H/dev"; for i in $(seq 0 $((GPUS-1))); do [ -e "$H/dev/gpu$i" ] || mknod "$H/dev/gpu$i" c 1 3; done   # stand-ins for /dev/nvidia*: without File= the node registers 0 GPUs; with a plain file, jobs get no CUDA_VISIBLE_DEVICES
{ echo "$MARK"; echo "CgroupPlugin=cgroup/v1"; } > $CONF/cgroup.conf

# --- daemons
start slurmctld slurmctld -D -f $CONF/slurm.conf
wait_for 20 slurmctld scontrol ping
for i in $(seq "$NODES"); do mkdir -p "$H/spool-node$i"; start "slurmd-node$i" slurmd -D -N "node$i" -f $CONF/slurm.conf; done
up() { [ "$(sinfo -h -N -p gpu -t idle,mix,alloc -o %N | sort -u | wc -l)" -ge "$NODES" ]; }
wait_for 30 'nodes idle' up
sinfo -o '%P %D %t %c %m %G %N'
