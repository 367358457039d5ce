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
      next_(static_cast<std::uint64_t>(clock.utc() / base::kMillisecond)) {}

void Log::append(Fact fact) {
  for (base::Field& field : fact.data) {
    if (auto* text = std::get_if<std::string>(&field.value)) *text = base::printable(*text, kLongestText);
  }
  ++counts_[index(fact.type)];
  auto event = std::make_shared<Event>();
  event->sequence = next_++;
  event->id = id_of(fact, event->sequence);
  event->time = clock_.utc();
  event->fact = std::move(fact);
  events_.push_back(std::move(event));
  if (on_event_) on_event_(events_.back());
  if (events_.size() > options_.most) events_.pop_front();
  if (on_append_) on_append_();
}

std::uint64_t Log::id_of(const Fact& fact, std::uint64_t sequence) {
  if (fact.state == State::kMoment) return sequence;
  const std::tuple condition{fact.type, fact.channel, fact.which};
  if (fact.state == State::kRaised) {
    if (raised_.size() < options_.most_raised || raised_.contains(condition)) raised_[condition] = sequence;
    return sequence;
  }
  const auto found = raised_.find(condition);
  if (found == raised_.end()) return sequence;
  const std::uint64_t id = found->second;
  raised_.erase(found);
  return id;
}

Page Log::read(const Query& query) const {
  Page page;
  page.source = options_.source;
  page.newest = next_ - 1;
  page.oldest = next_ - events_.size();
  // Nothing was ever dropped for a reader that begins with the oldest: it has seen none.
  page.missed = query.after != 0 && (query.after + 1 < page.oldest || query.after > page.newest);
  const std::uint64_t first = page.missed || query.after == 0 ? page.oldest : query.after + 1;
  page.next = first - 1;
  for (std::uint64_t sequence = first; sequence <= page.newest && page.events.size() < query.limit; ++sequence) {
    const auto& event = events_[sequence - page.oldest];
    if (query.matches(*event)) page.events.push_back(event);
    page.next = sequence;
  }
  return page;
}

}  // namespace events
