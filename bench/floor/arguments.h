#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string_view>

namespace floor_bench {

/// A whole number given as --NAME N, and where it goes.
struct Argument {
  std::string_view name;
  std::int64_t* value;
  std::int64_t least;
  std::int64_t most;
};

/// Reads the command line; on anything unknown or out of bounds prints `usage` and ends the program.
inline void read_arguments(int argc, char** argv, const char* usage, std::initializer_list<Argument> known) {
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    bool taken = false;
    for (const Argument& one : known) {
      if (i + 1 >= argc || name != one.name) continue;
      const char* end = argv[i + 1] + std::strlen(argv[i + 1]);
      const auto [stop, fault] = std::from_chars(argv[i + 1], end, *one.value);
      taken = fault == std::errc() && stop == end && *one.value >= one.least && *one.value <= one.most;
    }
    if (taken) continue;
    std::fprintf(stderr, "%s\n", usage);
    std::exit(2);
  }
}

}  // namespace floor_bench
