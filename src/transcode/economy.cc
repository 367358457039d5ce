#include "transcode/economy.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace transcode {
namespace {

// Shares of the kernel's scheduler: 1024 at nice 0, 655 at 2, 423 at 4, 272 at 6, 172 at 8.
constexpr int kNiceStep = 2;
constexpr int kNiceMost = 8;

/// In which order rungs are given up, the last one first.
auto order_of(const Rung& rung) {
  return std::tuple(rung.codec != media::Codec::kH264, std::int64_t{rung.width} * rung.height, rung.bitrate);
}

}  // namespace

std::size_t base_rung(const std::vector<Rung>& rungs) {
  const auto less = [](const Rung& a, const Rung& b) { return order_of(a) < order_of(b); };
  return static_cast<std::size_t>(std::min_element(rungs.begin(), rungs.end(), less) - rungs.begin());
}

int nice_of(const std::vector<Rung>& rungs, std::size_t rung) {
  const auto before = std::count_if(rungs.begin(), rungs.end(),
                                    [&](const Rung& other) { return order_of(other) < order_of(rungs[rung]); });
  const bool base = rung == base_rung(rungs);
  return base ? 0 : std::clamp(kNiceStep * static_cast<int>(before), kNiceStep, kNiceMost);
}

}  // namespace transcode
