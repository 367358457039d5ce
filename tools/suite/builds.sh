# The builds that tools/test makes beside build/. Sourced, after lib.sh.

# configure DIRECTORY OPTION…: once.
configure() {
  directory=$1
  shift
  [ -f "$directory/build.ninja" ] || { say "Configuring $directory"; quietly meson setup "$directory" -Dtests=true -Dunity=on -Dunity_size=1000 "$@"; }
}

# with_asan COMMAND…, with_tsan COMMAND…: configures the build and runs COMMAND DIRECTORY ARGUMENT…, the arguments being meson test's.
# Lines are what a report needs of debug information (-g1); all of it takes half as long again to compile.
with_asan() {
  flags="-g1 -fno-omit-frame-pointer -fno-sanitize-recover=undefined"
  CC=clang-14 CXX=clang++-14 configure build-asan -Doptimization=1 -Ddebug=false -Db_lundef=false -Dwerror=true -Db_sanitize=address,undefined "-Dcpp_args=$flags" "-Dc_args=$flags"
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
  "$@" build-asan --suite unit --suite fuzz-regress --timeout-multiplier 5
}
with_tsan() {
  configure build-tsan -Doptimization=1 -Ddebug=false -Db_lundef=false -Dwerror=true -Db_sanitize=thread -Dcpp_args=-g1 -Dc_args=-g1
  tests=""
  # Folders with threads, or whose code runs on several.
  for folder in base loop client origin archive transcode ingest serve worker channel upload control api app; do [ -f "tests/unit/$folder/meson.build" ] && tests="$tests $folder"; done
  export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
  # shellcheck disable=SC2086
  "$@" build-tsan --timeout-multiplier 5 $tests
}
