#include "govern/governor.h"

#include <algorithm>
#include <set>

namespace govern {
namespace {

// A clock that stood still or jumped says nothing of the time between.
constexpr base::Micros kLongestSecond = 3 * base::kSecond;

}  // namespace

std::vector<Governor::Step> Governor::update(base::Micros now, const std::vector<Ladder>& ladders, double idle) {
  std::vector<Step> steps;
  if (!sample(now, ladders)) return steps;
  end_second(now, ladders);
  raise(now, idle, steps);
  if (steps.empty()) lower(now, steps);
  return steps;
}

int Governor::level(const std::string& channel) const {
  const auto found = entries_.find(channel);
  return found == entries_.end() ? 0 : found->second.pace.level();
}

/// True where a second is over.
bool Governor::sample(base::Micros now, const std::vector<Ladder>& ladders) {
  const base::Micros elapsed = second_began_ ? now - *second_began_ : 0;
  const bool anew = !second_began_ || elapsed < 0 || elapsed > kLongestSecond;
  for (const Ladder& ladder : ladders) {
    const auto [at, first] = entries_.try_emplace(ladder.channel, now);
    Entry& entry = at->second;
    entry.priority = ladder.priority;
    entry.most = ladder.most;
    entry.seen = now;
    if (anew || first) {
      entry.meter.begin(ladder.load);
    } else {
      entry.meter.sample(ladder.load);
    }
  }
  std::erase_if(entries_, [&](const Item& item) { return now - item.second.seen > kForget; });
  if (anew || elapsed >= base::kSecond) second_began_ = now;
  return !anew && elapsed >= base::kSecond;
}

/// A bad second of one counts against the calm of those below it.
void Governor::end_second(base::Micros now, const std::vector<Ladder>& ladders) {
  std::optional<Priority> worst;
  for (const Ladder& ladder : ladders) {
    Entry& entry = entries_.at(ladder.channel);
    entry.second = entry.meter.end(ladder.load);
    if (entry.second.bad && (!worst || entry.priority > *worst)) worst = entry.priority;
  }
  for (auto& [channel, entry] : entries_) {
    if (entry.seen != now) continue;
    entry.pace.on_second(now, entry.second.bad);
    if (worst && *worst > entry.priority) entry.pace.disturb(now);
  }
}

/// Who does less for one in need: itself, or those of the lowest priority below it that still can.
std::vector<Governor::Item*> Governor::payers_for(const Item& in_need, double idle) {
  std::vector<Item*> payers;
  for (Item& item : entries_) {
    const bool below = item.second.priority < in_need.second.priority && idle < kUsedUp;
    if (!item.second.can_rise() || !(below || &item == &in_need)) continue;
    if (!payers.empty() && item.second.priority < payers.front()->second.priority) payers.clear();
    if (payers.empty() || item.second.priority == payers.front()->second.priority) payers.push_back(&item);
  }
  return payers;
}

void Governor::raise(base::Micros now, double idle, std::vector<Step>& steps) {
  std::set<const Item*> raised;
  for (Item& in_need : entries_) {
    if (!in_need.second.pace.wants_up()) continue;
    for (Item* payer : payers_for(in_need, idle)) {
      if (!raised.insert(payer).second) continue;
      const int from = payer->second.pace.level();
      payer->second.pace.rise(now);
      steps.push_back({payer->first, from, from + 1, in_need.first, in_need.second.second});
    }
    in_need.second.pace.spare();
  }
}

void Governor::lower(base::Micros now, std::vector<Step>& steps) {
  if (now - fell_at_ < kBetweenFalls) return;
  Item* next = nullptr;
  Priority highest_saving = Priority::kLow;
  for (Item& item : entries_) {
    if (item.second.pace.level() == 0) continue;
    highest_saving = std::max(highest_saving, item.second.priority);
    if (!item.second.pace.wants_down(now)) continue;
    const auto before = [](const Item& a, const Item& b) {
      if (a.second.priority != b.second.priority) return a.second.priority > b.second.priority;
      return a.second.pace.level() > b.second.pace.level();
    };
    if (next == nullptr || before(item, *next)) next = &item;
  }
  if (next == nullptr || next->second.priority < highest_saving) return;
  const int from = next->second.pace.level();
  next->second.pace.fall(now);
  fell_at_ = now;
  steps.push_back({next->first, from, from - 1, {}, next->second.second});
}

}  // namespace govern
