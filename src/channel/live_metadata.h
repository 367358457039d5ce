#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "feed/message.h"

namespace channel {

/// Why metadata from outside were not taken.
enum class MetadataRefusal : std::uint8_t {
  kNotLive,     ///< the channel has no media
  kNotCarried,  ///< its parts have no ID3 (markers: emsg)
  kPast,        ///< more than LiveMetadata::kMostBehind ago
  kFuture,      ///< more than LiveMetadata::kMostAhead from now
  kTooMany,     ///< more than LiveMetadata::kBurst at once and LiveMetadata::kRate a second
};
inline constexpr std::array kMetadataRefusals{MetadataRefusal::kNotLive, MetadataRefusal::kNotCarried,
                                              MetadataRefusal::kPast, MetadataRefusal::kFuture,
                                              MetadataRefusal::kTooMany};
std::string_view to_string(MetadataRefusal refusal);

/// Timed metadata that others send for the media of a channel: scores, odds, chapters. Each becomes an ID3 tag with one
/// text.
///
/// Bound: kBurst at once and kRate a second. Reads no clock: `now` is UTC. Thread: the control loop's.
class LiveMetadata {
 public:
  static constexpr base::Micros kMostBehind = 5 * base::kSecond;
  static constexpr base::Micros kMostAhead = 600 * base::kSecond;
  static constexpr int kBurst = 20;
  static constexpr int kRate = 5;  ///< a second

  struct Request {
    std::string name;                   ///< the description of the text
    std::string text;                   ///< without zero bytes, as the name
    std::optional<base::Micros> start;  ///< UTC; empty: now
  };
  struct Outcome {
    std::optional<MetadataRefusal> refusal;
    base::Micros start = 0;  ///< UTC, of one that is taken
  };
  struct Counters {
    std::uint64_t taken = 0;
    std::array<std::uint64_t, kMetadataRefusals.size()> refused{};  ///< by MetadataRefusal
  };
  using Write = std::function<void(const feed::TimedEvent&)>;

  explicit LiveMetadata(Write write) : write_(std::move(write)) {}

  /// `live`: the channel has media; `carried`: and its parts may have ID3.
  Outcome add(const Request& request, bool live, bool carried, base::Micros now);

  const Counters& counters() const { return counters_; }

 private:
  std::optional<MetadataRefusal> check(base::Micros start, base::Micros now);

  const Write write_;
  double allowance_ = kBurst;
  std::optional<base::Micros> admitted_at_;
  Counters counters_;
};

}  // namespace channel
