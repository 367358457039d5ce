#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "loop/loop.h"
#include "loop/timer.h"

namespace ingest {

/// Runs the loop until `met`, 10 s at most.
inline void run_until(loop::Loop& loop, const std::function<bool()>& met) {
  loop::Timer limit(loop, [&] {
    ADD_FAILURE() << "timed out";
    loop.stop();
  });
  limit.start(10 * base::kSecond);
  loop::Timer again(loop, [&] {
    if (met()) loop.stop();
  });
  again.start(0, 5 * base::kMillisecond);
  loop.run();
}

}  // namespace ingest
