# Postamt for the mail benchmark harness: copy to its systems/ (cargo xtask bench does), then bench.py postamt.
# Sourced by the harness after lib.sh. In: PORT_IN, PORT_OUT, STORE, DKIM, BENCH; POSTAMT names the binary.
# The same work as the other systems: no TLS and no login on loopback, one fixed next hop, a durable spool on STORE.
NAME=postamt; R=/
: "${POSTAMT:=postamt}"
: "${CONNECTIONS:=20}"     # to the next hop at a time, as the other systems
BENCH_CONFIG=$BENCH/postamt.toml; BENCH_KEYS=$BENCH/postamt-dkim; BENCH_RUN=/dev/shm/bench-postamt

sys_install() { dkim_key; }
sys_version() { "$POSTAMT" --version; }
sys_conf() {
  rm -rf "$BENCH_KEYS"; mkdir -p -m 700 "$BENCH_KEYS/bench.test" "$BENCH_RUN"
  if [ "$DKIM" = 1 ]; then
    dkim_key; install -m 600 "$BENCH/dkim-rsa2048.pem" "$BENCH_KEYS/bench.test/s1.rsa.pem"
  fi
  cat > "$BENCH_CONFIG" <<X
[server]
hostname = "mta.bench.test"
domains = ["bench.test"]
state_directory = "$STORE/$NAME"
runtime_directory = "$BENCH_RUN"

[[listener]]
address = "127.0.0.1:$PORT_IN"
purpose = "exchange"
relay_networks = ["127.0.0.0/8"]

[limits]
sessions = 4_000
sessions_per_peer = 4_000

[[relay]]
name = "sink"
host = "127.0.0.1"
port = $PORT_OUT
tls = "none"
connections = $CONNECTIONS
messages_per_connection = 1_000

[[route]]
to = "relay:sink"

[outgoing]
ipv6 = false

[port25]
probe = false

[dkim]
directory = "$BENCH_KEYS"

[log]
file = "/dev/shm/bench-$NAME.log"
X
  chmod 600 "$BENCH_CONFIG"
}
sys_reset() { rm -rf "${STORE:?}/$NAME"; mkdir -p -m 700 "$STORE/$NAME"; }
sys_start() {
  : > /dev/shm/bench-$NAME.log
  setsid "$POSTAMT" --config "$BENCH_CONFIG" serve >/dev/shm/bench-$NAME.err 2>&1 </dev/null &
  echo $! > /dev/shm/bench-$NAME.pid
  wait_port "$PORT_IN" || { cat /dev/shm/bench-$NAME.err; return 1; }
}
sys_stop() { kill "$(cat /dev/shm/bench-$NAME.pid)"; }
sys_queue() { "$POSTAMT" --config "$BENCH_CONFIG" queue list | tail -1; }
