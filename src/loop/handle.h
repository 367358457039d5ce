#pragma once

// Inside loop/ only: what the sources of this folder share about libuv.

#include <uv.h>

#include <array>
#include <deque>
#include <functional>

#include "base/result.h"
#include "loop/loop.h"

namespace loop {

struct Loop::Handle {
  uv_loop_t uv{};
  uv_async_t wake{};
  uv_prepare_t prepare{};
  std::deque<std::function<void()>> posted;
  bool stopping = false;
  bool inside = false;  ///< within uv_run
  // For busy_share and longest_turn: the last second, a sample each quarter, the oldest first.
  struct Sample {
    std::uint64_t at = 0;
    std::uint64_t idle = 0;
    std::uint64_t longest_turn = 0;  ///< since the sample before
  };
  std::array<Sample, 5> samples{};
  Sample turn;  ///< where the last turn began, and the longest since the newest sample
  double busy = 0;
  std::uint64_t rest = 0;    ///< before the next poll. Units: ns
  std::uint64_t rested = 0;  ///< since the start, likewise

  void take_rest();

  void run_posted();
  void sample();
};

inline uv_loop_t* uv_of(Loop& loop) { return &loop.handle().uv; }

inline base::Error uv_error(int code, std::string what) {
  return base::Error{base::Code::kSystem, std::move(what) + ": " + uv_strerror(code)};
}

}  // namespace loop
