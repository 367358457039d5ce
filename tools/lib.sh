# Shared by the scripts of this folder and of tests/. Sourced, never run: `. "$(dirname "$0")/lib.sh"` leaves the shell in the
# repository's root.
set -eu
root=$(cd "$(dirname "$0")" && pwd)
while [ ! -f "$root/tools/lib.sh" ]; do root=${root%/*}; done
cd "$root"
[ -d /usr/lib/ccache ] && PATH=/usr/lib/ccache:$PATH
export PATH

# One line on what happens next: a step that takes long names itself.
say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
# Runs "$@" quietly; shows what it said only if it failed.
quietly() {
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then rm -f "$log"; else
    status=$?
    cat "$log" >&2
    rm -f "$log"
    return "$status"
  fi
}
# Where the headers of the libraries are that src/ includes, as flags of a compiler.
foreign_includes() {
  libraries="libuv libssl libnghttp2 libavcodec libavfilter libavutil libswscale libswresample yaml-cpp prometheus-cpp-core libseccomp libass freetype2 libebur128 zvbi-0.2 libcurl"
  # shellcheck disable=SC2086  # a list of words
  pkg-config --cflags $libraries | tr ' ' '\n' | sed 's/^-I/-isystem/' | sort -u | tr '\n' ' '
  echo "-isystem/usr/share/include/llhttp"
}
# What package-lock.json names, with the tests' and benches' players and judges; anew when it has changed.
need_node_modules() {
  cmp -s package-lock.json node_modules/.installed-lock.json && return
  say "Fetching the players and judges from npm"
  quietly npm ci --no-audit --no-fund || return  # `set -e` does not hold where the caller asks for the status
  cp package-lock.json node_modules/.installed-lock.json
}
