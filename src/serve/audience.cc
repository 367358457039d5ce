#include "serve/audience.h"

#include <algorithm>

namespace serve {
namespace {

using base::kMillisecond;
using base::kSecond;

constexpr base::Micros kBufferBounds[] = {250 * kMillisecond, 500 * kMillisecond, kSecond,      3 * kSecond / 2,
                                          2 * kSecond,        3 * kSecond,        4 * kSecond,  6 * kSecond,
                                          10 * kSecond,       20 * kSecond,       30 * kSecond, 60 * kSecond};
constexpr base::Micros kLatencyBounds[] = {kSecond,      3 * kSecond / 2, 2 * kSecond,  5 * kSecond / 2, 3 * kSecond,
                                           4 * kSecond,  5 * kSecond,     6 * kSecond,  8 * kSecond,     10 * kSecond,
                                           15 * kSecond, 20 * kSecond,    30 * kSecond, 60 * kSecond};
constexpr base::Micros kStartBounds[] = {250 * kMillisecond, 500 * kMillisecond, 750 * kMillisecond, kSecond,
                                         3 * kSecond / 2,    2 * kSecond,        3 * kSecond,        4 * kSecond,
                                         6 * kSecond,        10 * kSecond,       20 * kSecond};

// Units: bit/s.
constexpr std::int64_t kBitrateBounds[] = {250'000,   500'000,   1'000'000, 1'500'000,  2'000'000,  3'000'000,
                                           4'000'000, 6'000'000, 8'000'000, 12'000'000, 20'000'000, 40'000'000};
// One report does not drown the others.
constexpr std::int64_t kLongestStall = 600'000;

}  // namespace

Audience::Audience()
    : buffer(kBufferBounds), latency(kLatencyBounds), start_delay(kStartBounds), bitrate(kBitrateBounds) {}

void Audience::turn(base::Micros now) {
  const base::Micros age = now - since_.load(std::memory_order_relaxed);
  if (age <= kHeard) return;
  const std::size_t next = 1 - newest_.load(std::memory_order_relaxed);
  sessions_[next].clear();
  if (age > 2 * kHeard) sessions_[1 - next].clear();
  newest_.store(next, std::memory_order_relaxed);
  since_.store(now, std::memory_order_relaxed);
}

void Audience::note(cmcd::Found found, const cmcd::Report& report, base::Micros now) {
  if (found == cmcd::Found::kMalformed) return malformed.add();
  reports.add();
  if (report.starved) stalls.add();
  if (report.video && report.playing && report.buffer_ms) buffer.observe(*report.buffer_ms * kMillisecond);
  if (report.latency_ms) latency.observe(*report.latency_ms * kMillisecond);
  if (report.start_delay_ms) start_delay.observe(*report.start_delay_ms * kMillisecond);
  if (report.video && report.bitrate_kbps) bitrate.observe(*report.bitrate_kbps * 1000);
  if (report.stalled_ms) stalled_ms.add(static_cast<std::uint64_t>(std::min(*report.stalled_ms, kLongestStall)));
  turn(now);
  if (report.session != 0) sessions_[newest_.load(std::memory_order_relaxed)].add(report.session);
}

void Audience::note_event(cmcd::Found found, const cmcd::Report& report, base::Micros now) {
  if (found == cmcd::Found::kReport) events.add();
  note(found, report, now);
}

void Audience::add_sessions(base::DistinctCount& to, base::Micros now) const {
  const base::Micros age = now - since_.load(std::memory_order_relaxed);
  const std::size_t newest = newest_.load(std::memory_order_relaxed);
  if (age <= 2 * kHeard) to.merge(sessions_[newest]);
  if (age <= kHeard) to.merge(sessions_[1 - newest]);
}

std::shared_ptr<Audience> Audiences::of(const std::string& channel) {
  const std::scoped_lock lock(mutex_);
  auto& audience = audiences_[channel];
  if (audience == nullptr) audience = std::make_shared<Audience>();
  return audience;
}

void Audiences::remove(std::string_view channel) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = audiences_.find(channel); found != audiences_.end()) audiences_.erase(found);
}

Audiences::Map Audiences::all() const {
  const std::scoped_lock lock(mutex_);
  return audiences_;
}

}  // namespace serve
