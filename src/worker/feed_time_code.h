#pragma once

#include <optional>

#include "align/code_clock.h"
#include "base/clock.h"
#include "media/event.h"
#include "media/time_code_reader.h"
#include "media/track.h"
#include "rtmp/frame_info.h"

namespace worker {

/// The time code of a feed: of its first video track's pictures, or, where they carry none, of the messages beside them
/// (RTMP onFI). Reads no clock. Thread: one.
class FeedTimeCode {
 public:
  /// The feed's publisher has come anew.
  void restart() { *this = {}; }
  /// What the demultiplexer gives, before it is on a timeline.
  void take(const media::Event& event);
  void take(const rtmp::FrameInfo& info);

  /// The newest code; nothing where none came in the last seconds.
  const std::optional<media::TimeCode>& newest() const { return newest_; }
  /// The time of day of the feed's time stamp 0: as align::CodeClock has it.
  std::optional<base::Micros> origin() const { return clock_.origin(); }
  /// The same, unless the code began within kFromStart of midnight when the publisher came: encoders without a clock
  /// begin to count with their first picture (FFmpeg's MPEG-2 does), and two of them have nothing in common.
  std::optional<base::Micros> shared_origin() const;
  /// The UTC of the feed's time stamp 0 by the newest code alone, of the day that puts the newest picture nearest to
  /// its arrival. Nothing before the first code.
  std::optional<base::Micros> clock_near(base::Micros arrived) const;

 private:
  /// A message whose timestamp is further from the pictures has one that means nothing.
  static constexpr base::Micros kBeside = base::kSecond;
  static constexpr base::Micros kFromStart = 10 * base::kSecond;

  void take(const media::Packet& packet);
  void note(base::Micros stamp, const media::TimeCode& code);

  std::optional<media::Track> video_;
  media::TimeCodeReader reader_;
  align::CodeClock clock_;
  std::optional<media::TimeCode> newest_;
  std::optional<base::Micros> stamp_;  ///< of the newest picture
  bool in_pictures_ = false;           ///< newest_ is of a picture
  bool from_start_ = false;            ///< the first code was just after midnight
};

}  // namespace worker
