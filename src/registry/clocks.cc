#include "registry/clocks.h"

#include <utility>

namespace registry {
namespace {

// Others that write at the same time make a swap fail; each has found what it follows then, or is the only one left.
constexpr int kMostRounds = 5;

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kProposed: return "proposed";
    case Outcome::kAdopted: return "adopted";
    case Outcome::kRemembered: return "remembered";
    case Outcome::kNone: return "none";
  }
  return "unknown";
}

std::vector<Answer> Clocks::settle(std::vector<Ask> asks, base::Micros until) {
  std::vector<Open> open;
  for (Ask& ask : asks) {
    std::string key = prefix_ + "/clocks/" + ask.channel + "/" + std::string(feed::to_string(ask.feed));
    open.push_back({std::move(ask), std::move(key)});
  }
  std::vector<Answer> answers;
  fault_.clear();
  read(open, answers, until);
  for (int round = 0; round < kMostRounds && !open.empty(); ++round) swap(open, answers, until);
  for (const Open& one : open) give_up(one, "other servers wrote at the same time", answers);
  return answers;
}

void Clocks::probe(base::Micros until) {
  const auto answer = client_.call({{kRangePath, range_request(prefix_ + "/probe")}}, until).front();
  const auto parsed = answer.ok() ? parse_range(*answer) : answer.error();
  fault_ = parsed.ok() ? "" : parsed.error().what;
}

void Clocks::read(std::vector<Open>& open, std::vector<Answer>& answers, base::Micros until) {
  std::vector<EtcdClient::Call> calls;
  for (const Open& one : open) calls.push_back({kRangePath, range_request(one.key)});
  const EtcdClient::Answers found = client_.call(calls, until);
  std::vector<Open> left;
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto parsed = found[i].ok() ? parse_range(*found[i]) : found[i].error();
    if (!parsed.ok()) {
      give_up(open[i], fault_ = parsed.error().what, answers);
    } else if (!take(open[i], *parsed, answers)) {
      left.push_back(std::move(open[i]));
    }
  }
  open = std::move(left);
}

/// Proposes the clock of each.
void Clocks::swap(std::vector<Open>& open, std::vector<Answer>& answers, base::Micros until) {
  std::vector<EtcdClient::Call> calls;
  for (Open& one : open) {
    add_clock(one.clocks, one.ask.mine);
    calls.push_back({kTransactionPath, swap_request(one.key, write_clocks(one.clocks), one.revision)});
  }
  const EtcdClient::Answers found = client_.call(calls, until);
  std::vector<Open> left;
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto parsed = found[i].ok() ? parse_swap(*found[i]) : found[i].error();
    if (!parsed.ok()) {
      give_up(open[i], fault_ = parsed.error().what, answers);
    } else if (parsed->written) {
      remember(open[i]);
      answers.push_back({open[i].ask, Outcome::kProposed, open[i].ask.mine.zero});
    } else if (!take(open[i], parsed->found, answers)) {
      left.push_back(std::move(open[i]));
    }
  }
  open = std::move(left);
}

/// What etcd has of a feed. True if that answers it. What cannot be read is written anew.
bool Clocks::take(Open& one, const std::optional<KeyValue>& found, std::vector<Answer>& answers) {
  one.revision = found ? found->revision : 0;
  const auto clocks = found ? parse_clocks(found->value) : SourceClocks{};
  one.clocks = clocks.ok() ? *clocks : SourceClocks{};
  const auto near = clock_near(one.clocks, one.ask.mine);
  if (!near) return false;
  remember(one);
  answers.push_back({one.ask, Outcome::kAdopted, near->zero});
  return true;
}

void Clocks::give_up(const Open& one, const std::string& why, std::vector<Answer>& answers) {
  const auto known = remembered_.find(one.key);
  const auto near = known == remembered_.end() ? std::nullopt : clock_near(known->second, one.ask.mine);
  if (near) {
    answers.push_back({one.ask, Outcome::kRemembered, near->zero, why});
  } else {
    answers.push_back({one.ask, Outcome::kNone, 0, why});
  }
}

void Clocks::remember(const Open& one) {
  if (remembered_.size() < kMostRemembered || remembered_.contains(one.key)) remembered_[one.key] = one.clocks;
}

}  // namespace registry
