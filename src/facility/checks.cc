#include "facility/checks.h"

#include <algorithm>
#include <utility>

namespace facility {
namespace {

bool of_one_feed(const Report& a, const Report& b) {
  return a.order.channel == b.order.channel && a.order.feed == b.order.feed;
}

}  // namespace

std::size_t Checks::running() const {
  return static_cast<std::size_t>(
      std::count_if(checks_.begin(), checks_.end(), [](const Check& at) { return !at.report.done; }));
}

bool Checks::busy() const { return running() > 0; }

std::variant<Report, Checks::Refusal> Checks::start(Order order) {
  const auto now = options_.look(order.channel, order.feed);
  if (!now) return Refusal::kNoChannel;
  if (now->sample.feed.protocol.empty()) return Refusal::kNoPublisher;
  Check check;
  check.report.order = std::move(order);
  const bool runs = std::any_of(checks_.begin(), checks_.end(), [&](const Check& at) {
    return !at.report.done && of_one_feed(at.report, check.report);
  });
  if (runs) return Refusal::kRunning;
  if (running() >= kMostRunning) return Refusal::kTooMany;
  check.report.began = clock_.utc();
  // Seconds, so that a number is not given again after a restart.
  check.report.id = newest_ =
      std::max(newest_ + 1, static_cast<std::uint64_t>(std::max<base::Micros>(check.report.began, 0) / base::kSecond));
  check.ends = clock_.steady() + std::clamp(check.report.order.lasts, kShortest, kLongest);
  sample(check);
  checks_.push_back(std::move(check));
  return checks_.back().report;
}

void Checks::sample(Check& check) {
  auto now = options_.look(check.report.order.channel, check.report.order.feed);
  // Of a channel that is gone nobody publishes the feed.
  Sample sample = now ? std::move(now->sample) : Sample{};
  if (now) check.wanted = now->wanted;
  sample.at = clock_.steady();
  sample.utc = clock_.utc();
  check.seen.take(sample);
}

void Checks::step() {
  for (Check& check : checks_) {
    if (check.report.done) continue;
    sample(check);
    if (clock_.steady() >= check.ends) end(check);
  }
  forget();
}

void Checks::end(Check& check) {
  check.report.lines = judge(check.seen, check.wanted);
  check.report.ended = clock_.utc();
  check.report.done = true;
  check.seen = {};
  if (options_.on_end) options_.on_end(check.report);
}

/// Those that are over, of which there is a newer one or that are too many.
void Checks::forget() {
  for (auto at = checks_.begin(); at != checks_.end();) {
    const bool outdated = at->report.done && std::any_of(std::next(at), checks_.end(), [&](const Check& later) {
                            return later.report.done && of_one_feed(later.report, at->report);
                          });
    at = outdated ? checks_.erase(at) : std::next(at);
  }
  while (checks_.size() - running() > kMostKept) {
    checks_.erase(std::find_if(checks_.begin(), checks_.end(), [](const Check& at) { return at.report.done; }));
  }
}

std::vector<Report> Checks::reports(std::string_view channel) const {
  std::vector<Report> found;
  for (auto at = checks_.rbegin(); at != checks_.rend(); ++at) {
    if (at->report.order.channel == channel) found.push_back(at->report);
  }
  return found;
}

}  // namespace facility
