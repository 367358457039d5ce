#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "feed/message.h"
#include "job/options.h"

namespace channel {

/// Why a caption from outside was not taken.
enum class CaptionRefusal : std::uint8_t {
  kNotLive,      ///< the channel has no media
  kNoRendition,  ///< no text rendition of the channel takes captions of this language from the API
  kPast,         ///< it is over, or began more than LiveCaptions::kMostBehind ago
  kFuture,       ///< it begins more than LiveCaptions::kMostAhead from now
  kTooMany,      ///< more than LiveCaptions::kBurst at once and LiveCaptions::kRate a second
};
inline constexpr std::array kCaptionRefusals{CaptionRefusal::kNotLive, CaptionRefusal::kNoRendition,
                                             CaptionRefusal::kPast, CaptionRefusal::kFuture, CaptionRefusal::kTooMany};
std::string_view to_string(CaptionRefusal refusal);

/// Captions that others write live, a caption writer or a machine that listens, for the text renditions of a channel
/// that take them.
///
/// Bound: kBurst at once and kRate a second. Reads no clock: `now` is UTC. Thread:
/// the control loop's.
class LiveCaptions {
 public:
  static constexpr base::Micros kMostBehind = 60 * base::kSecond;
  static constexpr base::Micros kMostAhead = 600 * base::kSecond;
  static constexpr base::Micros kUsualTime = 4 * base::kSecond;
  static constexpr int kBurst = 50;
  static constexpr int kRate = 10;  ///< a second

  struct Request {
    std::string language;                  ///< of the rendition
    std::string id;                        ///< a later one with the same id replaces it; empty: none does
    std::optional<base::Micros> start;     ///< UTC; empty: now
    std::optional<base::Micros> end;       ///< UTC
    std::optional<base::Micros> duration;  ///< where there is no end; empty: kUsualTime
    std::string text;                      ///< empty: the one with the id ends
  };
  struct Outcome {
    std::optional<CaptionRefusal> refusal;
    base::Micros start = 0;  ///< UTC, of one that is taken
    base::Micros end = 0;
  };
  struct Counters {
    std::uint64_t taken = 0;
    std::array<std::uint64_t, kCaptionRefusals.size()> refused{};  ///< by CaptionRefusal
  };
  using Write = std::function<void(const feed::Caption&)>;

  /// What `write` writes to outlives this; it is called from within add().
  explicit LiveCaptions(Write write) : write_(std::move(write)) {}

  /// `subtitles`: the channel's. `live`: it has media.
  Outcome add(const Request& request, const std::vector<job::Subtitle>& subtitles, bool live, base::Micros now);

  const Counters& counters() const { return counters_; }

 private:
  std::optional<CaptionRefusal> check(const feed::Caption& caption, base::Micros now);
  bool admit(base::Micros now);

  const Write write_;
  double allowance_ = kBurst;
  std::optional<base::Micros> admitted_at_;
  Counters counters_;
};

}  // namespace channel
