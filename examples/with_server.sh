#!/usr/bin/env bash
# with_server.sh TAILRACE WORKER EXPERIMENT [weights]: serves an experiment to two workers of one's own and waits for all
# three, as a test of the examples. "weights": the worker writes those to start from first.
set -euo pipefail

readonly tailrace=$1 worker=$2 experiment=$3 weights=${4:-}
options=()
folder=$(mktemp --directory)
server=""

clean_up() {
  # Its own child alone.
  if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; fi
  rm --recursive --force "$folder"
}
trap clean_up EXIT

if [[ -n $weights ]]; then
  "$worker" "$folder/start.safetensors"
  options=(--set problem.dimension=0 --set "problem.weights=\"$folder/start.safetensors\"")
fi
"$tailrace" serve "$experiment" --plaintext --listen 127.0.0.1:0 --out "$folder/run" "${options[@]}" \
  >"$folder/log" 2>&1 &
server=$!
address=""
for ((i = 0; i < 600; i++)); do
  address=$(sed --quiet 's/.*serving .* on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$folder/log")
  if [[ -n $address ]]; then break; fi
  if ! kill -0 "$server" 2>/dev/null; then break; fi
  sleep 0.1
done
if [[ -z $address ]]; then
  cat "$folder/log"
  exit 1
fi

"$worker" "$address" 0 &
first=$!
"$worker" "$address" 1
wait "$first"
wait "$server" || {
  cat "$folder/log"
  exit 1
}
server=""
cat "$folder/log"
