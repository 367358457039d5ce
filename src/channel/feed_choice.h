#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "feed/message.h"

namespace channel {

/// When the feed that is shown changes by itself. Defaults as documented in conf/kickoff.yaml.
struct Failover {
  bool automatic = true;                          ///< false: only where the operator says so
  base::Micros after = 500 * base::kMillisecond;  ///< without media, after which the other feed is shown
  bool back = true;                               ///< return to the primary feed when it is well again
  base::Micros back_after = 30 * base::kSecond;   ///< for which it has to have been well without a pause
  /// For so long the shown feed may be black, or stand still, while the other one does not. 0: for ever.
  base::Micros black_after = 2 * base::kSecond;
  base::Micros frozen_after = 5 * base::kSecond;
  /// For so long the shown feed's picture may be scrambled. 0: until it counts as silent.
  base::Micros scrambled_after = base::kSecond;
  /// For so long it may have fewer than half of its usual pictures while the other one has its own. 0: for ever.
  base::Micros low_rate_after = 5 * base::kSecond;
  /// For so long its transport stream may have ts_error_rate errors a second while the other one's has not. 0: for
  /// ever.
  base::Micros ts_errors_after = 3 * base::kSecond;
  int ts_error_rate = 5;
  /// For so long its sound may be silence, or missing, while the other one's is not. 0: for ever.
  base::Micros mute_after = 10 * base::kSecond;
};

/// What FeedChoice goes by, of one feed.
struct FeedState {
  bool connected = false;          ///< and not on its way out
  bool has_media = false;          ///< since it connected
  base::Micros silence = 0;        ///< since its last media, or since it connected
  base::Micros flowing_for = 0;    ///< its media has come without a pause of FeedSlot::kSilent
  bool has_video = false;          ///< the worker has found its video
  base::Micros no_picture = 0;     ///< since its last picture; 0 where it never had one
  base::Micros watched_for = 0;    ///< media time for which its pictures have been looked at
  base::Micros black_for = 0;      ///< media time for which its pictures have been black, as far as the worker looks
  base::Micros frozen_for = 0;     ///< for which they have stood still
  base::Micros scrambled_for = 0;  ///< for which its video has been scrambled
  base::Micros low_rate_for = 0;   ///< media time for which it has had fewer than half of its usual pictures
  base::Micros ts_errors_for = 0;  ///< see ErrorSpell
  base::Micros heard_for = 0;      ///< media time for which its sound has been listened to
  base::Micros mute_for = 0;       ///< for which its sound has been silence or missing
  bool merged = false;             ///< the other feed brings the same packets, and both are shown as one
};

/// Decides which feed of a channel is shown. Reads no clock. Thread: one.
///
/// The feed that is there first is shown. From then on it changes
///   lost      when the shown feed's publisher has gone and the other one sends media
///   silent    when the shown feed has sent no media for Failover::after, or no picture for kNoPicture, and the other
///             one does
///   scrambled when its picture has been so for as long as Failover says, and the other one's is not
///   black, frozen, low_rate, ts_errors, mute   when the shown feed has been so for as long as Failover says, and the
///   other
///             one has been looked at as long and is neither that nor worse, in this order (black and frozen are
///             equal): where both are black, the programme is
///   returned  from the backup to the primary, which has been well for Failover::back_after; not where the operator
///             has asked for the backup
///   asked     when the operator says so
/// Between feeds that are merged viewers see no switch: it is made and not counted.
/// A feed that is there and sends nothing is never switched to.
class FeedChoice {
 public:
  using Reason = feed::SwitchReason;
  static constexpr auto& kReasons = feed::kSwitchReasons;
  /// Pictures of two a second are a feed, too.
  static constexpr base::Micros kNoPicture = 2 * base::kSecond;

  struct Switch {
    feed::Id to = feed::Id::kPrimary;
    feed::Select::How how = feed::Select::How::kForced;
    Reason reason = Reason::kLost;
    bool seen = true;  ///< false: the two feeds were merged, viewers see what they saw
  };
  using States = std::array<FeedState, feed::kIds.size()>;

  feed::Id shown() const { return shown_; }
  /// Switches made that viewers could see, by reason.
  std::uint64_t switches(Reason reason) const { return switches_[static_cast<std::size_t>(reason)]; }

  /// A log begins with this feed: no switch.
  void begin(feed::Id feed);
  /// The switch that the feeds' states ask for, made by this call.
  std::optional<Switch> update(const States& feeds, const Failover& rules);

  enum class Refusal : std::uint8_t {
    kShownAlready,
    kNoMedia,  ///< nobody publishes it, or it sends nothing
  };
  /// The operator's switch, made by this call; where it is refused `refusal` says why.
  std::optional<Switch> ask(feed::Id to, const States& feeds, const Failover& rules, Refusal& refusal);

 private:
  Switch make(const States& feeds, feed::Select::How how, Reason reason);

  feed::Id shown_ = feed::Id::kPrimary;
  bool pinned_ = false;  ///< the operator asked for the backup
  std::array<std::uint64_t, kReasons.size()> switches_{};
};

/// Whether viewers would see media of the feed.
bool usable(const FeedState& feed, const Failover& rules);
/// What is wrong with a feed's content, the worst first: "scrambled", "black", "frozen", "low_rate", "ts_errors",
/// "mute"; empty: nothing that is known.
std::string_view content_fault(const FeedState& feed, const Failover& rules);
/// All that content_fault() can be.
inline constexpr std::array<std::string_view, 6> kFaults{"scrambled", "black",     "frozen",
                                                         "low_rate",  "ts_errors", "mute"};
/// 0 to 100: 0 nothing to show, 25 black or frozen, 40 fewer pictures than usual, 50 errors of the transport stream,
/// 60
/// without sound, 100 well.
int score_of(const FeedState& feed, const Failover& rules);

}  // namespace channel
