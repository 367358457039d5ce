#include "align/envelope.h"

#include <algorithm>

namespace align {

std::int64_t Envelope::hop_of(base::Micros at) { return std::max<base::Micros>(at, 0) / kHop; }

void Envelope::add(std::int64_t hop, double power, std::int64_t samples) {
  if (hop < 0 || samples <= 0) return;
  if (newest_ && hop <= *newest_ - kHops) return;
  if (!newest_ || hop > *newest_) {
    const std::int64_t first = newest_ ? std::max(*newest_ + 1, hop - kHops + 1) : hop;
    if (!newest_) hops_.fill(Hop{});
    for (std::int64_t new_hop = first; new_hop <= hop; ++new_hop) at(new_hop) = Hop{};
    newest_ = hop;
  }
  at(hop).power += power;
  at(hop).samples += samples;
}

void Envelope::restart() { newest_.reset(); }

std::optional<std::int64_t> Envelope::end() const { return newest_; }

std::optional<float> Envelope::power(std::int64_t hop) const {
  if (!newest_ || hop < 0 || hop > *newest_ || hop <= *newest_ - kHops || at(hop).samples == 0) return std::nullopt;
  return static_cast<float>(at(hop).power / static_cast<double>(at(hop).samples));
}

}  // namespace align
