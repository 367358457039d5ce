// What an origin sends an edge: whatever comes, split anywhere, ends in items or an error, never in another log's
// state.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "relay/pulled_log.h"

namespace {

class StoppedClock final : public base::Clock {
 public:
  base::Micros utc() const override { return 1'776'000'000 * base::kSecond; }
  base::Micros steady() const override { return base::kSecond; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const StoppedClock clock;
  relay::PulledLog log("fuzz", {clock, 1, 300 * base::kSecond, [](const auto&) {}, [](const auto&) {}});
  log.begin();
  const std::size_t step = 1 + data[0] % 64;
  const base::View bytes(data + 1, size - 1);
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    if (!log.feed(bytes.subspan(at, std::min(step, bytes.size() - at))).ok()) break;
  }
  return 0;
}
