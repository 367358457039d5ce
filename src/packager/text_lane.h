#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "media/text_cue.h"
#include "packager/counters.h"
#include "packager/segmenter.h"
#include "record/position.h"
#include "record/record.h"

namespace packager {

/// One text rendition: WebVTT parts and segments that follow those of the lead, each with the cues that are shown in
/// its time, or with none. So it is there whenever the lead is, whatever became of the source of the cues, and never
/// behind it. Where the lead has a gap it is empty.
///
/// A part is a document of its own, and so is a segment: it is not its parts one after another.
///
/// A cue without an id is written with all of its time in each part and segment that it reaches into (SU-3). One with
/// an id may be replaced at any time, and each part and segment has no more of it than falls into its own time. A cue
/// that comes for time that is published already is shown from the next part on.
///
/// Bound: kMost cues at a time, of kLongestCueText; more are dropped and counted. Thread: one.
class TextLane {
 public:
  /// Of all text renditions. Units: ticks a second.
  static constexpr std::int64_t kTimescale = 90'000;
  static constexpr std::size_t kMost = 64;

  /// PART-TARGET where the lead's is `lead_part` ticks of `lead_scale`: room for the rounding of both of its ends.
  static std::int64_t part_target(std::int64_t lead_part, std::int64_t lead_scale);

  /// `part_target` in ticks of kTimescale. `counters` outlives this.
  TextLane(std::uint32_t rendition, std::int64_t part_target, Segmenter::Out out, Counters& counters)
      : rendition_(rendition), part_target_(part_target), out_(std::move(out)), counters_(counters) {}

  /// Continues a log.
  void resume(const record::Position::Rendition& at);
  void put(media::TextCue cue);
  /// The lead has written this part, gap or segment end, in ticks of `timescale`; other records change nothing.
  void follow(const record::Record& record, std::int64_t timescale);

 private:
  struct Shown {
    media::TextCue cue;
    bool cut = false;  ///< each part and segment has only what falls into its time
  };
  /// The lead's part, or what stands for it.
  struct Piece {
    std::int64_t msn = 0;
    std::int64_t start = 0;  ///< Units: ticks of kTimescale.
    std::int64_t end = 0;
    bool last = false;
    bool held = true;
    base::Micros captured = 0;
  };

  void enter(std::int64_t msn, std::int64_t start);
  void publish(const Piece& piece);
  void end_segment(std::int64_t end);
  bool replace(const media::TextCue& cue);
  base::Bytes document(std::int64_t from, std::int64_t until) const;

  const std::uint32_t rendition_;
  const std::int64_t part_target_;
  const Segmenter::Out out_;
  Counters& counters_;
  bool opened_ = false;
  std::int64_t msn_ = 0;
  std::uint32_t next_part_ = 0;
  std::int64_t segment_start_ = 0;
  std::int64_t end_ = 0;  ///< of what is published
  std::vector<Shown> cues_;
};

}  // namespace packager
