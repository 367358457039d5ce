#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "corruption/scenario.h"
#include "record/record.h"

namespace corruption {

/// Reads a log while it is written, and finds what must not be in any: LL-11, LL-51, LL-56, LL-59, CM-12, numbers that
/// are floor(start / N), renditions that are not cut alike, time that stands still or runs away; and, from some time
/// after the damage on, media that is missing, and sound that is not where its picture is.
class Judge {
 public:
  struct Options {
    /// From the end of the damage until everything that is sent is published. The default is for key frames every two
    /// seconds.
    base::Micros recovery = 5 * base::kSecond;
    base::Micros most_behind = 2 * base::kSecond;
    base::Micros most_ahead = base::kSecond;
    std::optional<base::Micros> most_skew = 24 * base::kMillisecond;
    bool pictures = true;  ///< they can be told, because they are copied
  };

  /// `zero`: UTC when the encoder's clock shows 0. `play` outlives this.
  Judge(const Play& play, base::Micros zero, Options options);

  void on_record(const record::Record& record);
  /// Everything up to `utc` has been given to the worker.
  void on_tick(base::Micros utc);
  /// The feed is over; what comes from here on is not judged by what was sent.
  void on_end() { ended_ = true; }
  /// What is known at the end alone.
  void close();

  /// At most kMost, the first ones.
  const std::vector<std::string>& faults() const { return faults_; }
  std::size_t parts() const { return parts_; }
  std::size_t held() const { return held_; }
  /// Average difference of sound and picture after the damage; nothing where one of them did not come.
  std::optional<base::Micros> skew() const;
  base::Micros behind() const { return behind_; }
  base::Micros ahead() const { return ahead_; }
  /// Units sent after the damage and its recovery that were not published.
  int missing(bool video) const { return missing_[video ? 0 : 1]; }

 private:
  static constexpr std::size_t kMost = 12;
  struct Format {
    std::int64_t from = INT64_MIN;  ///< segment
    std::int64_t timescale = 1;
    std::int64_t part_ticks = 0;
    std::int64_t audio_frame = 0;  ///< 0 for video
  };
  struct Lane {
    std::string name;
    bool video = false;
    std::vector<Format> formats;
    bool begun = false;
    std::int64_t msn = 0;
    std::uint32_t index = 0;
    std::int64_t end = 0;
    std::int64_t sum = 0;  ///< of the open segment's parts
    bool ended = true;     ///< the segment
    bool last = false;     ///< the newest part said that its segment ends with it
    bool recovered = false;
    std::map<std::int64_t, base::Micros> cuts;  ///< starts of its segments
    base::Micros slack = 0;                     ///< audio begins with the next whole frame

    const Format& format(std::int64_t of) const;
  };
  struct Range {
    std::int64_t sum = 0;
    std::int64_t count = 0;
  };

  void on_presentation(const record::Presentation& presentation);
  void on_part(const record::Part& part);
  void on_item(Lane& lane, std::int64_t msn, std::uint32_t index, std::int64_t start, std::int64_t duration);
  void on_segment_end(const record::SegmentEnd& end);
  void check_aligned();
  void look_at_samples(Lane& lane, const record::Part& part);
  bool recovered(const Lane& of) const;
  bool expected(const Unit& unit) const;
  void fault(const Lane& lane, const std::string& what);

  const Play& play_;
  const base::Micros zero_;
  const Options options_;
  std::map<std::uint64_t, const Unit*> units_;
  std::map<std::uint64_t, std::int64_t> seen_;  ///< UTC at which a unit is shown
  std::vector<Lane> lanes_;
  media::Rational segment_{2, 1};
  Range offsets_[2];  ///< UTC less the encoder's clock, of what is sent after the recovery
  int missing_[2] = {0, 0};
  std::size_t parts_ = 0;
  std::size_t held_ = 0;
  base::Micros behind_ = 0;
  base::Micros ahead_ = INT64_MIN;
  bool ended_ = false;
  std::vector<std::string> faults_;
};

}  // namespace corruption
