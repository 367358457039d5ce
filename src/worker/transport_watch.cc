#include "worker/transport_watch.h"

namespace worker {
namespace {

// Ten a second, with room for ticks that come closer.
constexpr std::size_t kMostSamples = 64;

}  // namespace

void TransportWatch::look(const ts::Counters& counters, std::uint64_t pictures, base::Micros now) {
  newest_ = {now, counters.transport_errors + counters.cc_gaps + counters.crc_errors + counters.sync_losses,
             counters.scrambled_video, pictures};
  samples_.push_back(newest_);
  while (samples_.size() > kMostSamples || (samples_.size() > 1 && samples_[1].at <= now - kWindow))
    samples_.pop_front();
  const Sample& before = samples_.front();
  errors_ = newest_.errors - before.errors;
  const bool scrambled = newest_.scrambled > before.scrambled;
  const bool picture = newest_.pictures > before.pictures;
  if (scrambled && !picture && !scrambled_since_) scrambled_since_ = before.at;
  // Neither: some of it is scrambled, and some is not. That stays what it was.
  if (!scrambled && (picture || now - before.at >= kWindow)) scrambled_since_.reset();
}

}  // namespace worker
