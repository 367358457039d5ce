#include "viewers/rounds.h"

#include <algorithm>
#include <set>

namespace viewers {
namespace {

constexpr base::Micros kSettleAfter = 20 * base::kSecond;

}  // namespace

void Round::add(Moment moment, base::Micros at) {
  if (base_ == 0) base_ = at;
  offsets_[static_cast<std::size_t>(moment)].push_back(static_cast<std::int32_t>(at - base_));
}

void Round::settle() {
  for (std::size_t i = 0; i < kMoments; ++i) {
    for (const std::int32_t offset : offsets_[i]) settled_[i].add(base_ + offset - earliest_);
    std::vector<std::int32_t>().swap(offsets_[i]);
  }
}

void Round::pour(base::Micros publication, std::array<Histogram, kMoments>& delays) {
  settle();
  for (std::size_t i = 0; i < kMoments; ++i) delays[i].add(settled_[i], earliest_ - publication);
}

Round& Rounds::operator[](const Key& key) {
  if (last_ == rounds_.end() || last_->first != key) last_ = rounds_.try_emplace(key).first;
  return last_->second;
}

void Rounds::settle(base::Micros now) {
  for (auto& [key, round] : rounds_) {
    if (round.earliest() + kSettleAfter < now) round.settle();
  }
}

void Rounds::settle_all() {
  for (auto& [key, round] : rounds_) round.settle();
}

Delivery deliver(std::vector<Rounds>& processes, base::Micros from, std::uint64_t crowd, Moment last) {
  std::map<Rounds::Key, std::vector<Round*>> together;
  std::map<Rounds::Key, base::Micros> published;
  for (Rounds& rounds : processes) {
    for (const auto& [key, round] : rounds.all()) {
      together[key].push_back(&rounds[key]);
      base::Micros& at = published[key];
      if (at == 0 || round.earliest() < at) at = round.earliest();
    }
  }
  Delivery delivery;
  std::set<std::uint64_t> begun;  // renditions whose first round has been dropped
  for (auto& [key, rounds] : together) {
    const base::Micros publication = published[key];
    if (publication < from || begun.insert(key.rendition).second) continue;
    std::array<Histogram, kMoments> delays;
    for (Round* round : rounds) round->pour(publication, delays);
    const Histogram& ends = delays[static_cast<std::size_t>(last)];
    if (crowd > 0 && ends.count() * 10 >= crowd * 9) delivery.spreads.push_back(ends.max() - ends.quantile(0));
    for (std::size_t i = 0; i < kMoments; ++i) delivery.delays[i].add(delays[i]);
    ++delivery.rounds;
  }
  std::sort(delivery.spreads.begin(), delivery.spreads.end());
  return delivery;
}

}  // namespace viewers
