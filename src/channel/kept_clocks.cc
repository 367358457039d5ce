#include "channel/kept_clocks.h"

#include <atomic>

namespace channel {

void KeptClocks::begin(feed::Id feed, const job::Stats* stats) {
  Clock& clock = clocks_[feed::index(feed)];
  clock.zero.reset();
  clock.before = stats == nullptr ? 0 : stats->feeds[feed::index(feed)].clock_us.load(std::memory_order_relaxed);
}

void KeptClocks::on_worker() {
  for (Clock& clock : clocks_) clock.before = 0;
}

void KeptClocks::on_worker_gone(const job::Stats& stats) {
  for (const feed::Id id : feed::kIds) {
    Clock& clock = clocks_[feed::index(id)];
    const job::FeedStats& feed = stats.feeds[feed::index(id)];
    const std::uint64_t zero = feed.clock_us.load(std::memory_order_relaxed);
    if (zero == 0 || zero == clock.before) continue;  // it died before it had one
    clock.zero = static_cast<base::Micros>(zero);
    if (feed.delay_us.load(std::memory_order_relaxed) != 0) clock.zero.reset();
  }
}

}  // namespace channel
