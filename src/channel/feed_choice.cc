#include "channel/feed_choice.h"

#include <algorithm>

namespace channel {
namespace {

bool lasts(base::Micros time, base::Micros limit) { return limit > 0 && time >= limit; }

/// A fault of content, for which the other feed is shown without loss if it is better.
struct Fault {
  FeedChoice::Reason reason;
  int score;
  base::Micros FeedState::* lasts_for;
  base::Micros Failover::* limit;
  base::Micros FeedState::* known_for;  ///< for how long it is known whether a feed has it
};
using Reason = FeedChoice::Reason;
// The worst first.
constexpr std::array kContentFaults{
    Fault{Reason::kBlack, 25, &FeedState::black_for, &Failover::black_after, &FeedState::watched_for},
    Fault{Reason::kFrozen, 25, &FeedState::frozen_for, &Failover::frozen_after, &FeedState::watched_for},
    Fault{Reason::kLowRate, 40, &FeedState::low_rate_for, &Failover::low_rate_after, &FeedState::flowing_for},
    Fault{Reason::kTsErrors, 50, &FeedState::ts_errors_for, &Failover::ts_errors_after, &FeedState::flowing_for},
    Fault{Reason::kMute, 60, &FeedState::mute_for, &Failover::mute_after, &FeedState::heard_for},
};

/// The worst that is wrong with the feed's content for long enough; null: nothing.
const Fault* fault_of(const FeedState& feed, const Failover& rules) {
  const auto found = std::ranges::find_if(
      kContentFaults, [&](const Fault& fault) { return lasts(feed.*fault.lasts_for, rules.*fault.limit); });
  return found == kContentFaults.end() ? nullptr : found;
}

/// Whether a feed is known to be better than one with this fault: it was looked at for as long as the other one has had
/// it, and shows no sign of it or of a worse one.
bool known_better(const FeedState& feed, const Fault& fault, const Failover& rules) {
  const auto clear = [&](const Fault& at) { return at.score > fault.score || feed.*at.lasts_for == 0; };
  return feed.scrambled_for == 0 && std::ranges::all_of(kContentFaults, clear) &&
         feed.*fault.known_for >= rules.*fault.limit;
}

bool scrambled(const FeedState& feed, const Failover& rules) {
  return lasts(feed.scrambled_for, rules.scrambled_after);
}

}  // namespace

void FeedChoice::begin(feed::Id feed) {
  shown_ = feed;
  pinned_ = false;
}

std::optional<FeedChoice::Switch> FeedChoice::update(const States& feeds, const Failover& rules) {
  using How = feed::Select::How;
  const FeedState& shown = feeds[feed::index(shown_)];
  const feed::Id to = feed::other(shown_);
  const FeedState& spare = feeds[feed::index(to)];
  if (!rules.automatic || !usable(spare, rules)) return std::nullopt;
  if (!shown.connected) return make(feeds, How::kForced, Reason::kLost);
  if (!usable(shown, rules))
    return make(feeds, How::kForced, scrambled(shown, rules) ? Reason::kScrambled : Reason::kSilent);
  // A feed of sound alone is no better than one whose picture is bad.
  if (shown.has_video && !spare.has_video) return std::nullopt;
  const Fault* bad = fault_of(shown, rules);
  if (bad != nullptr && known_better(spare, *bad, rules)) return make(feeds, How::kAsked, bad->reason);
  const bool returns = to == feed::Id::kPrimary && rules.back && !pinned_ && fault_of(spare, rules) == nullptr &&
                       spare.flowing_for >= rules.back_after;
  if (returns) return make(feeds, How::kAsked, Reason::kReturned);
  return std::nullopt;
}

std::optional<FeedChoice::Switch> FeedChoice::ask(feed::Id to, const States& feeds, const Failover& rules,
                                                  Refusal& refusal) {
  using How = feed::Select::How;
  refusal = to == shown_ ? Refusal::kShownAlready : Refusal::kNoMedia;
  if (to == shown_ || !usable(feeds[feed::index(to)], rules)) return std::nullopt;
  const bool alive = usable(feeds[feed::index(shown_)], rules);
  const Switch made = make(feeds, alive ? How::kAsked : How::kForced, Reason::kAsked);
  pinned_ = to == feed::Id::kBackup;
  return made;
}

/// To the other feed.
FeedChoice::Switch FeedChoice::make(const States& feeds, feed::Select::How how, Reason reason) {
  shown_ = feed::other(shown_);
  pinned_ = false;
  // Of the one that stays: the other one may have gone.
  const bool seen = !feeds[feed::index(shown_)].merged;
  if (seen) ++switches_[static_cast<std::size_t>(reason)];
  return {shown_, how, reason, seen};
}

bool usable(const FeedState& feed, const Failover& rules) {
  return feed.connected && feed.has_media && feed.silence < rules.after &&
         feed.no_picture < std::max(rules.after, FeedChoice::kNoPicture) && !scrambled(feed, rules);
}

std::string_view content_fault(const FeedState& feed, const Failover& rules) {
  if (scrambled(feed, rules)) return feed::to_string(Reason::kScrambled);
  const Fault* fault = fault_of(feed, rules);
  return fault != nullptr ? feed::to_string(fault->reason) : "";
}

int score_of(const FeedState& feed, const Failover& rules) {
  if (!usable(feed, rules)) return 0;
  const Fault* fault = fault_of(feed, rules);
  return fault != nullptr ? fault->score : 100;
}

}  // namespace channel
