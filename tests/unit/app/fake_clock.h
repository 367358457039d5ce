#pragma once

#include "base/clock.h"

namespace app::testing {

/// Time only moves where a test says so.
class FakeClock final : public base::Clock {
 public:
  base::Micros utc() const override { return 1'800'000'000 * base::kSecond + now; }
  base::Micros steady() const override { return now; }
  base::Micros now = base::kSecond;
};

}  // namespace app::testing
