# Sourced by the scripts of this project: progress lines with elapsed time, and logs that are shown only on failure.

readonly tailrace_log_dir=build/log

# Counts from the start of the outermost script.
export TAILRACE_STARTED=${TAILRACE_STARTED:-$(date +%s)}
SECONDS=$(($(date +%s) - TAILRACE_STARTED))

# A checkout in another folder takes what this one compiled from the cache.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

# What else to try when a logged command fails; a script sets it before a step that depends on its surroundings.
failure_hint=""

# Prints "[  12 s] text".
say() {
  printf '[%4d s] %s\n' "$SECONDS" "$*"
}

# Prints a failure with what to do about it, and ends the script.
fail() {
  printf 'error: %s\n' "$1" >&2
  shift
  printf '  fix  %s\n' "$@" >&2
  exit 1
}

# run_logged NAME TEXT COMMAND...: runs COMMAND with its output in build/log/NAME.log, which is shown if it fails.
# On a terminal the latest line of the output is shown while it runs.
run_logged() {
  local log="$tailrace_log_dir/$1.log" text="$2"
  shift 2
  mkdir -p "$tailrace_log_dir"
  say "$text"
  if "$@" </dev/null 2>&1 | tee "$log" | show_latest_line; then
    return
  fi
  printf '%s\n' "--- from $log ---" >&2
  grep --after-context=3 --extended-regexp '(^FAILED:|error:|^CMake Error|^E: )' "$log" | head --lines=30 >&2 ||
    tail --lines=30 "$log" >&2
  fail "failed: $*" "see $PWD/$log" ${failure_hint:+"$failure_hint"}
}

show_latest_line() {
  if [[ ! -t 1 ]]; then
    cat >/dev/null
    return
  fi
  local line columns
  columns=$(tput cols 2>/dev/null || echo 80)
  while IFS= read -r line; do
    printf '\r\033[K%s' "${line:0:columns - 1}"
  done
  printf '\r\033[K'
}
