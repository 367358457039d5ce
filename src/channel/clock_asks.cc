#include "channel/clock_asks.h"

#include <atomic>
#include <optional>
#include <utility>

namespace channel {

void ClockAsks::watch(const job::Stats& stats, const FeedSlots& feeds, base::Micros now) {
  for (const feed::Id id : feed::kIds) {
    Asked& asked = asked_[feed::index(id)];
    if (asked.id != 0 && now - asked.at >= kWithin)
      settle(id, {.outcome = registry::Outcome::kNone, .why = "there was no answer in time"});
    const job::FeedStats& feed = stats.feeds[feed::index(id)];
    const auto newest = static_cast<std::uint32_t>(feed.clock_ask.load(std::memory_order_acquire));
    if (newest == asked.seen) continue;
    asked = {newest, ++last_id_, now};
    const auto zero = static_cast<base::Micros>(feed.clock_ask_zero_us.load(std::memory_order_relaxed));
    const feed::Format stamps = feeds[feed::index(id)].format().value_or(feed::Format::kMpegTs);
    if (ask_) {
      ask_({channel_, id, {zero, stamps}, last_id_});
    } else {
      settle(id, {.outcome = registry::Outcome::kNone, .why = "etcd is not configured"});
    }
  }
}

void ClockAsks::on_answer(const registry::Answer& answer) {
  if (asked_[feed::index(answer.ask.feed)].id == answer.ask.id) settle(answer.ask.feed, answer);
}

void ClockAsks::settle(feed::Id feed, const registry::Answer& answer) {
  Asked& asked = asked_[feed::index(feed)];
  asked.id = 0;
  const bool none = answer.outcome == registry::Outcome::kNone;
  tell_(feed, {asked.seen, none ? std::nullopt : std::optional(answer.zero)});
  events_.append(
      {events::Type::kFeedClock,
       channel_,
       events::State::kMoment,
       {},
       {{"feed", feed::to_string(feed)}, {"result", registry::to_string(answer.outcome)}, {"reason", answer.why}}});
}

}  // namespace channel
