#include "events/log.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/printable.h"

namespace events {

bool Query::matches(const Event& event) const {
  if (!channel.empty() && event.fact.channel != channel) return false;
  const std::string_view name = to_string(event.fact.type);
  return name.starts_with(type) || name.substr(kPrefix.size()).starts_with(type);
}

Log::Log(const base::Clock& clock, Options options)
    : clock_(clock),
      options_(std::move(options)),
      next_(static_cast<std::uint64_t>(clock.utc() / base::kMillisecond)),
      begin_(next_ - 1),
      raised_(options_.most_raised) {}

void Log::restore(Restored restored) {
  if (restored.next == 0) return;
  next_ = std::max(next_, restored.next + kLeap);
  begin_ = restored.begin;
  events_ = std::move(restored.events);
  for (const auto& [name, id] : restored.raised.all()) raised_.set(name, id);
  for (; events_.size() > options_.most; events_.pop_front()) begin_ = events_.front().event->sequence;
}

void Log::clear_restored() {
  const auto left = raised_.all();
  for (const auto& [name, id] : left) {
    const auto& [type, channel, which] = name;
    Fact fact{type, channel, State::kCleared, which, {{"reason", "restart"}}};
    if (!which.empty()) fact.data.emplace_back("which", which);
    append(std::move(fact));
  }
}

void Log::append(Fact fact) {
  for (base::Field& field : fact.data) {
    if (auto* text = std::get_if<std::string>(&field.value)) *text = base::printable(*text, kLongestText);
  }
  ++counts_[index(fact.type)];
  auto event = std::make_shared<Event>();
  event->sequence = next_++;
  event->id = raised_.take(fact, event->sequence);
  event->time = clock_.utc();
  event->fact = std::move(fact);
  const std::shared_ptr<const Event> kept = std::move(event);
  events_.push_back({kept});
  if (on_store_) on_store_(kept);
  if (on_observe_) on_observe_(kept);
  if (on_event_) on_event_(kept);
  if (events_.size() > options_.most) {
    begin_ = events_.front().event->sequence;
    events_.pop_front();
  }
  if (on_append_) on_append_();
}

Page Log::read(const Query& query) const {
  Page page;
  page.source = options_.source;
  page.newest = next_ - 1;
  page.oldest = events_.empty() ? next_ : events_.front().event->sequence;
  // Nothing was ever dropped for a reader that begins with the oldest: it has seen none.
  const bool stranger = query.after > page.newest;
  const bool from_oldest = query.after == 0 || stranger;
  page.missed = stranger || (query.after != 0 && query.after < begin_);
  std::uint64_t seen = from_oldest ? page.oldest - 1 : query.after;
  auto at = std::upper_bound(events_.begin(), events_.end(), seen,
                             [](std::uint64_t sequence, const Kept& kept) { return sequence < kept.event->sequence; });
  page.next = std::max(seen, page.oldest - 1);
  const bool first_lost = !from_oldest && at != events_.end() && at->lost > query.after;
  page.missed = page.missed || first_lost;
  const auto first = at;
  for (; at != events_.end() && page.events.size() < query.limit && (at == first || at->lost == 0); ++at) {
    if (query.matches(*at->event)) page.events.push_back(at->event);
    page.next = at->event->sequence;
  }
  if (at == events_.end()) page.next = page.newest;
  return page;
}

}  // namespace events
