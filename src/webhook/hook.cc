#include "webhook/hook.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

#include "base/printable.h"

namespace webhook {
namespace {

// A receiver that asks for more patience than this does not get it.
constexpr base::Micros kMostPatience = 600 * base::kSecond;
// 64 s, which is above kLongestPause.
constexpr int kMostDoublings = 6;

Failure failure_of(int status) {
  if (status == 410) return Failure::kGone;
  if (status == 408 || status == 429 || status >= 500) return Failure::kServerError;
  if (status >= 400) return Failure::kRefused;
  return status == 0 ? Failure::kNetwork : Failure::kRedirect;
}

/// The receiver's state and not the event is what it stands for.
bool concerns_all(Failure failure) { return failure == Failure::kNetwork || failure == Failure::kServerError; }

std::string reason_of(const client::Answer& answer) {
  if (answer.status == 0) return base::printable(answer.error, 200);
  return "HTTP " + std::to_string(answer.status);
}

/// Spec: [RFC 9110 10.2.3], in seconds; a date is passed over.
base::Micros patience_of(const client::Answer& answer) {
  const std::string_view text = answer.header("retry-after");
  std::int64_t seconds = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || code != std::errc() || end != text.data() + text.size() || seconds < 0) return 0;
  return std::min(seconds, kMostPatience / base::kSecond) * base::kSecond;
}

std::string place_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return "";
  const std::string authority = url.substr(scheme + 3, url.find_first_of("/?#", scheme + 3) - scheme - 3);
  // A user and a password stand before the host.
  return url.substr(0, scheme + 3) + authority.substr(authority.rfind('@') + 1);
}

}  // namespace

Hook::Hook(Endpoint endpoint, std::function<double()> spread)
    : endpoint_(std::make_shared<const Endpoint>(std::move(endpoint))), spread_(std::move(spread)) {}

void Hook::configure(Endpoint endpoint) {
  if (endpoint.url != endpoint_->url) gone_ = false;
  endpoint_ = std::make_shared<const Endpoint>(std::move(endpoint));
}

bool Hook::matches(const events::Event& event) const {
  if (event.fact.type == events::Type::kWebhook && event.fact.which == endpoint_->name) return false;
  const std::string_view name = events::to_string(event.fact.type);
  const auto fits = [name](const std::string& type) {
    return name.starts_with(type) || name.substr(events::kPrefix.size()).starts_with(type);
  };
  return endpoint_->types.empty() || std::any_of(endpoint_->types.begin(), endpoint_->types.end(), fits);
}

bool Hook::offer(const std::shared_ptr<const events::Event>& event, base::Micros now) {
  if (!matches(*event)) return false;
  if (gone_) {
    ++counted_.drops[static_cast<std::size_t>(Drop::kGone)];
    return false;
  }
  if (waiting_ >= kMostWaiting) drop_oldest();
  const auto lane = lanes_.try_emplace(event->fact.channel).first;
  lane->second.waiting.push_back({event, now});
  ++waiting_;
  if (lane->second.waiting.size() == 1) park(lane);
  return true;
}

void Hook::park(Lanes::iterator lane) {
  if (lane->second.waiting.empty()) {
    lanes_.erase(lane);
  } else if (lane->second.failures == 0) {
    ready_.emplace(lane->second.waiting.front().event->sequence, lane->first);
  } else {
    paused_.emplace(lane->second.not_before, lane->first);
  }
}

void Hook::unpark(Lanes::iterator lane) {
  if (lane->second.failures == 0) {
    ready_.erase({lane->second.waiting.front().event->sequence, lane->first});
  } else {
    paused_.erase({lane->second.not_before, lane->first});
  }
}

void Hook::drop_oldest() {
  auto longest = lanes_.end();
  const auto droppable = [](const Lane& lane) { return lane.waiting.size() - (lane.ticket != 0 ? 1 : 0); };
  for (auto lane = lanes_.begin(); lane != lanes_.end(); ++lane) {
    if (longest == lanes_.end() || droppable(lane->second) > droppable(longest->second)) longest = lane;
  }
  if (longest == lanes_.end() || droppable(longest->second) == 0) return;
  Lane& lane = longest->second;
  ++counted_.drops[static_cast<std::size_t>(Drop::kQueueFull)];
  --waiting_;
  if (lane.ticket != 0) {
    lane.waiting.erase(lane.waiting.begin() + 1);
    return;
  }
  unpark(longest);
  lane.waiting.pop_front();
  park(longest);
}

std::optional<Hook::Lanes::iterator> Hook::next_lane(base::Micros now) {
  if (in_flight_ >= kParallel) return std::nullopt;
  if (!ready_.empty()) return lanes_.find(ready_.begin()->second);
  if (failing_in_flight_ >= kParallel / 2 || paused_.empty() || paused_.begin()->first > now) return std::nullopt;
  return lanes_.find(paused_.begin()->second);
}

std::optional<Hook::Attempt> Hook::take_due(base::Micros now) {
  const auto lane = next_lane(now);
  if (!lane) return std::nullopt;
  unpark(*lane);
  ++in_flight_;
  if ((*lane)->second.failures > 0) ++failing_in_flight_;
  (*lane)->second.ticket = next_ticket_++;
  tickets_[(*lane)->second.ticket] = *lane;
  return Attempt{(*lane)->second.ticket, (*lane)->second.waiting.front().event};
}

base::Micros Hook::next_due() const {
  if (in_flight_ >= kParallel) return INT64_MAX;
  if (!ready_.empty()) return INT64_MIN;
  if (failing_in_flight_ >= kParallel / 2 || paused_.empty()) return INT64_MAX;
  return paused_.begin()->first;
}

void Hook::take_answer(std::uint64_t ticket, const client::Answer& answer, base::Micros now) {
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return;
  const auto lane = found->second;
  tickets_.erase(found);
  --in_flight_;
  if (lane->second.failures > 0) --failing_in_flight_;
  lane->second.ticket = 0;
  if (!answer.ok()) return fail(lane, failure_of(answer.status), answer, now);
  ++counted_.delivered;
  failing_since_.reset();
  failing_ = false;
  if (!gone_) why_.clear();
  lane->second.failures = 0;
  lane->second.waiting.pop_front();
  --waiting_;
  park(lane);
}

void Hook::fail(Lanes::iterator lane, Failure failure, const client::Answer& answer, base::Micros now) {
  ++counted_.failures[static_cast<std::size_t>(failure)];
  why_ = reason_of(answer);
  if (!failing_since_) failing_since_ = now;
  failing_ = now - *failing_since_ >= kFailingAfter;
  const int doublings = std::min(lane->second.failures++, kMostDoublings);
  const base::Micros pause = std::min(kFirstPause << doublings, kLongestPause);
  const auto spread = static_cast<base::Micros>(static_cast<double>(pause) * (0.5 + spread_() / 2));
  lane->second.not_before = now + std::max(spread, patience_of(answer));
  if (gone_ || failure == Failure::kGone) {
    park(lane);
    return stop(now);
  }
  give_up_old(lane, failure, now);
  park(lane);
}

void Hook::give_up_old(Lanes::iterator lane, Failure failure, base::Micros now) {
  auto& waiting = lane->second.waiting;
  bool any = false;
  while (!waiting.empty() && now - waiting.front().since >= endpoint_->give_up_after) {
    bury(std::move(waiting.front()), now);
    waiting.pop_front();
    --waiting_;
    any = true;
    // What was refused is this event; the one behind it has not been tried.
    if (!concerns_all(failure)) break;
  }
  if (any) lane->second.not_before = std::min(lane->second.not_before, now + kFirstPause);
}

void Hook::stop(base::Micros now) {
  gone_ = true;
  ready_.clear();
  paused_.clear();
  std::vector<Letter> letters;
  for (auto at = lanes_.begin(); at != lanes_.end();) {
    Lane& lane = at->second;
    // What is on its way may still arrive.
    const auto first = lane.waiting.begin() + (lane.ticket != 0 ? 1 : 0);
    std::move(first, lane.waiting.end(), std::back_inserter(letters));
    lane.waiting.erase(first, lane.waiting.end());
    at = lane.waiting.empty() ? lanes_.erase(at) : std::next(at);
  }
  waiting_ -= letters.size();
  std::sort(letters.begin(), letters.end(),
            [](const Letter& a, const Letter& b) { return a.event->sequence < b.event->sequence; });
  for (Letter& letter : letters) bury(std::move(letter), now);
}

void Hook::bury(Letter letter, base::Micros now) {
  ++counted_.given_up;
  dead_.push_back({std::move(letter.event), why_, now});
  if (dead_.size() <= kMostDead) return;
  dead_.pop_front();
  ++counted_.drops[static_cast<std::size_t>(Drop::kDeadLettersFull)];
}

std::size_t Hook::replay(base::Micros now) {
  gone_ = false;
  std::sort(dead_.begin(), dead_.end(),
            [](const DeadLetter& a, const DeadLetter& b) { return a.event->sequence < b.event->sequence; });
  const std::size_t count = std::min(dead_.size(), kMostWaiting - std::min(waiting_, kMostWaiting));
  for (std::size_t i = 0; i < count; ++i) {
    const auto lane = lanes_.try_emplace(dead_[i].event->fact.channel).first;
    auto& waiting = lane->second.waiting;
    const bool parked = !waiting.empty() && lane->second.ticket == 0;
    if (parked) unpark(lane);
    const auto sequence = dead_[i].event->sequence;
    const auto place = std::find_if(waiting.begin() + (lane->second.ticket != 0 ? 1 : 0), waiting.end(),
                                    [&](const Letter& letter) { return letter.event->sequence > sequence; });
    waiting.insert(place, Letter{std::move(dead_[i].event), now});
    // An operator who asks for it has mended something: now, not after the pause.
    if (lane->second.ticket == 0) lane->second.failures = 0;
    if (lane->second.ticket == 0) park(lane);
  }
  waiting_ += count;
  dead_.erase(dead_.begin(), dead_.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

Saved Hook::saved(std::uint64_t up_to, base::Micros now, base::Micros utc) const {
  Saved saved{.name = endpoint_->name, .up_to = up_to};
  for (const auto& [channel, lane] : lanes_) {
    std::uint64_t first = lane.waiting.front().event->sequence;
    // What a replay has put in is older than what was on its way.
    if (lane.waiting.size() > 1) first = std::min(first, lane.waiting[1].event->sequence);
    saved.lanes[channel] = first;
  }
  for (const DeadLetter& letter : dead_)
    saved.dead.push_back({letter.event->sequence, utc - (now - letter.given_up), letter.reason});
  return saved;
}

void Hook::restore(const Saved& saved, const Earlier& earlier, base::Micros now, base::Micros utc) {
  // A clock that was set back does not make anything younger than it is.
  const auto steady = [&](base::Micros then) { return now - std::max<base::Micros>(utc - then, 0); };
  for (const SavedLetter& letter : saved.dead) {
    const auto found = earlier.find(letter.sequence);
    if (found != earlier.end() && dead_.size() < kMostDead)
      dead_.push_back({found->second, letter.reason, steady(letter.given_up)});
  }
  for (const auto& [sequence, event] : earlier) {
    if (saved.waits(*event)) offer(event, steady(event->time));
  }
}

Report Hook::report(base::Micros now, Letters letters) const {
  Report report = counted_;
  report.name = endpoint_->name;
  report.receiver = place_of(endpoint_->url);
  report.waiting = waiting_;
  report.dead = dead_.size();
  report.failing = failing();
  report.gone = gone_;
  report.why = why_;
  for (const auto& [channel, lane] : lanes_) {
    report.lag = std::max(report.lag, now - lane.waiting.front().since);
  }
  const std::size_t shown = letters == Letters::kShown ? std::min(dead_.size(), kMostShown) : 0;
  report.dead_letters.assign(dead_.end() - static_cast<std::ptrdiff_t>(shown), dead_.end());
  return report;
}

}  // namespace webhook
