#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "feed/message.h"

namespace worker {

/// What is counted of a feed.
struct FeedCounts {
  std::uint64_t video_packets = 0;
  std::uint64_t audio_packets = 0;
  std::uint64_t ts_sync_losses = 0;
  std::uint64_t ts_continuity_errors = 0;
  std::uint64_t ts_scrambled = 0;
  std::uint64_t ts_transport_errors = 0;
  std::uint64_t ts_untimed = 0;
  std::uint64_t ts_unsupported = 0;
  std::uint64_t ts_damaged_units = 0;
  std::uint64_t timeline_anchors = 0;
  std::uint64_t timeline_restamped = 0;
  std::uint64_t timeline_dropped = 0;
  std::uint64_t cues = 0;
  std::uint64_t bad_cues = 0;
  std::uint64_t caption_pictures = 0;
  std::uint64_t teletext = 0;
  std::uint64_t teletext_damaged = 0;
  std::uint64_t texts = 0;
  std::uint64_t bad_texts = 0;

  friend bool operator==(const FeedCounts&, const FeedCounts&) = default;
};

/// The counts of both feeds since the worker started, by their names. What counts are two places, each of which works
/// for one feed at a time: they may exchange their feeds, and count from 0 again with a new publisher. Thread: one.
class FeedTally {
 public:
  /// `now`: what the place has counted, for `id`. To be called before it goes over to another feed, and before and
  /// after it may begin to count from 0.
  void settle(std::size_t place, feed::Id id, const FeedCounts& now);
  /// All that was counted for `id`, for which `place` works.
  FeedCounts total(std::size_t place, feed::Id id, const FeedCounts& now) const;

 private:
  std::array<FeedCounts, feed::kIds.size()> settled_;  ///< by feed::index()
  std::array<FeedCounts, feed::kIds.size()> seen_;     ///< by place: what is part of settled_
};

}  // namespace worker
