#include "channel/feed_choice.h"

#include <algorithm>

namespace channel {
namespace {

bool lasts(base::Micros time, base::Micros limit) { return limit > 0 && time >= limit; }

/// What is wrong with the feed's pictures for long enough.
std::optional<FeedChoice::Reason> picture_fault(const FeedState& feed, const Failover& rules) {
  if (lasts(feed.black_for, rules.black_after)) return FeedChoice::Reason::kBlack;
  if (lasts(feed.frozen_for, rules.frozen_after)) return FeedChoice::Reason::kFrozen;
  return std::nullopt;
}

/// Whether a feed is known to be free of this fault: it was looked at for as long as the other one has had it.
bool known_good(const FeedState& feed, FeedChoice::Reason fault, const Failover& rules) {
  const bool black = fault == FeedChoice::Reason::kBlack;
  return feed.black_for == 0 && feed.frozen_for == 0 &&
         feed.watched_for >= (black ? rules.black_after : rules.frozen_after);
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
  if (!shown.connected) return make(to, How::kForced, Reason::kLost);
  if (!usable(shown, rules)) return make(to, How::kForced, Reason::kSilent);
  // A feed of sound alone is no better than one whose picture is bad.
  if (shown.has_video && !spare.has_video) return std::nullopt;
  const std::optional<Reason> bad = picture_fault(shown, rules);
  if (bad && known_good(spare, *bad, rules)) return make(to, How::kAsked, *bad);
  const bool returns = to == feed::Id::kPrimary && rules.back && !pinned_ && !picture_fault(spare, rules) &&
                       spare.flowing_for >= rules.back_after;
  if (returns) return make(to, How::kAsked, Reason::kReturned);
  return std::nullopt;
}

std::optional<FeedChoice::Switch> FeedChoice::ask(feed::Id to, const States& feeds, const Failover& rules,
                                                  Refusal& refusal) {
  using How = feed::Select::How;
  refusal = to == shown_ ? Refusal::kShownAlready : Refusal::kNoMedia;
  if (to == shown_ || !usable(feeds[feed::index(to)], rules)) return std::nullopt;
  const bool alive = usable(feeds[feed::index(shown_)], rules);
  const Switch made = make(to, alive ? How::kAsked : How::kForced, Reason::kAsked);
  pinned_ = to == feed::Id::kBackup;
  return made;
}

FeedChoice::Switch FeedChoice::make(feed::Id to, feed::Select::How how, Reason reason) {
  shown_ = to;
  pinned_ = false;
  ++switches_[static_cast<std::size_t>(reason)];
  return {to, how, reason};
}

bool usable(const FeedState& feed, const Failover& rules) {
  return feed.connected && feed.has_media && feed.silence < rules.after &&
         feed.no_picture < std::max(rules.after, FeedChoice::kNoPicture);
}

std::string_view content_fault(const FeedState& feed, const Failover& rules) {
  if (const auto fault = picture_fault(feed, rules)) return feed::to_string(*fault);
  return feed.mute_for >= kMuteFault ? "mute" : "";
}

int score_of(const FeedState& feed, const Failover& rules) {
  if (!usable(feed, rules)) return 0;
  if (picture_fault(feed, rules)) return 25;
  return feed.mute_for >= kMuteFault ? 60 : 100;
}

}  // namespace channel
