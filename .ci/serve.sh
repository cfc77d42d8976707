# Sourced by the checks of .ci/interop: starts a broker of its own on free ports and ends it with the script.
# shellcheck shell=bash

# Sets endpoint, token, data and broker (its process id).
start_broker() {
  data=$(mktemp -d)
  ./pinfold serve --port 0 --data "$data" --json "$@" >"$data/ready.json" 2>"$data/broker.log" </dev/null &
  broker=$!
  trap 'kill "$broker" 2>/dev/null; wait "$broker" 2>/dev/null; rm -rf "$data"' EXIT
  local tries
  for ((tries = 0; tries < 3000; tries++)); do
    if grep -q '}' "$data/ready.json" 2>/dev/null; then
      endpoint=$(sed -n 's/.*"endpoint" : "\([^"]*\)".*/\1/p' "$data/ready.json")
      token=$(sed -n 's/.*"token" : "\([^"]*\)".*/\1/p' "$data/ready.json")
      [ -n "$endpoint" ] && [ -n "$token" ] && return 0
    fi
    if ! kill -0 "$broker" 2>/dev/null; then
      break
    fi
    sleep 0.2
  done
  echo "the broker did not start:" >&2
  tail -n 30 "$data/broker.log" >&2
  return 1
}
