#!/bin/bash
# waiting.sh HARNESS [N]: memory with N (100,000) waiting messages of 4 KiB, and the time of a restart with them.
# As root, after the harness has installed Postfix (its smtp-source is used). POSTAMT names the binary.
# Nothing listens at the next hop, so every message waits for its retry.
set -eu
if [ "${INSIDE:-}" != 1 ]; then
  exec env INSIDE=1 POSTAMT="${POSTAMT:-$PWD/target/release/postamt}" "$1/ns.sh" bash "$0" "$@"
fi
HARNESS=$1; N=${2:-100000}
ADAPTER=$(cd "$(dirname "$0")" && pwd)/postamt.sh
cd "$HARNESS"; . ./lib.sh; . "$ADAPTER"; STORE=${STORE:-$BENCH/mnt}

kilobytes() { awk -v key="$1:" '$1 == key {print $2}' "/proc/$(cat /dev/shm/bench-$NAME.pid)/status"; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
report() { echo "$1: resident $(($(kilobytes VmRSS) / 1024)) MiB, of it anonymous $(($(kilobytes RssAnon) / 1024)) MiB, peak $(($(kilobytes VmHWM) / 1024)) MiB"; }
stop() { local id; id=$(cat /dev/shm/bench-$NAME.pid); kill "$id"; while kill -0 "$id" 2>/dev/null; do sleep 0.05; done; }
trap 'stop 2>/dev/null || true' EXIT

sys_conf; sys_reset; sys_start; report "empty"
start=$(milliseconds)
chroot "$ROOTS/postfix" smtp-source -4 -N -d -s 20 -m "$N" -l 4096 -M source.bench.test -f sender@bench.test -t rcpt@dst.test "127.0.0.1:$PORT_IN"
echo "$N messages accepted in $(($(milliseconds) - start)) ms"
report "$N waiting"
stop
start=$(milliseconds)
setsid "$POSTAMT" --config "$BENCH_CONFIG" serve >/dev/shm/bench-$NAME.err 2>&1 </dev/null &
echo $! > /dev/shm/bench-$NAME.pid
until (exec 3<>"/dev/tcp/127.0.0.1/$PORT_IN") 2>/dev/null; do sleep 0.01; done
echo "accepts again after $(($(milliseconds) - start)) ms"
until grep -m1 'is ready' /dev/shm/bench-$NAME.err; do sleep 0.01; done
report "after the restart"
echo "$("$POSTAMT" --config "$BENCH_CONFIG" queue list --json | grep -c '"sender"') messages wait, says queue list"
report "after queue list"
