#include "channel/feed_choice.h"

namespace channel {
namespace {

bool usable(const FeedState& feed, const Failover& rules) {
  return feed.connected && feed.has_media && feed.silence < rules.after;
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
  if (shown.silence >= rules.after) return make(to, How::kForced, Reason::kSilent);
  const std::optional<Reason> bad = content_fault(shown, rules);
  const bool better = !content_fault(spare, rules);
  if (bad && better) return make(to, How::kAsked, *bad);
  const bool returns =
      better && to == feed::Id::kPrimary && rules.back && !pinned_ && spare.flowing_for >= rules.back_after;
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

std::optional<FeedChoice::Reason> content_fault(const FeedState& feed, const Failover& rules) {
  using Reason = FeedChoice::Reason;
  const auto lasts = [](base::Micros time, base::Micros limit) { return limit > 0 && time >= limit; };
  if (lasts(feed.black_for, rules.black_after)) return Reason::kBlack;
  if (lasts(feed.frozen_for, rules.frozen_after)) return Reason::kFrozen;
  if (lasts(feed.mute_for, rules.mute_after)) return Reason::kMute;
  return std::nullopt;
}

int score_of(const FeedState& feed, const Failover& rules) {
  if (!usable(feed, rules)) return 0;
  const auto fault = content_fault(feed, rules);
  if (!fault) return 100;
  return *fault == FeedChoice::Reason::kMute ? 60 : 25;
}

std::string_view to_string(FeedChoice::Reason reason) {
  switch (reason) {
    case FeedChoice::Reason::kLost: return "lost";
    case FeedChoice::Reason::kSilent: return "silent";
    case FeedChoice::Reason::kBlack: return "black";
    case FeedChoice::Reason::kFrozen: return "frozen";
    case FeedChoice::Reason::kMute: return "mute";
    case FeedChoice::Reason::kReturned: return "returned";
    case FeedChoice::Reason::kAsked: return "asked";
  }
  return "unknown";
}

}  // namespace channel
