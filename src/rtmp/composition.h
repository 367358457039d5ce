#pragma once

#include <cstdint>
#include <optional>

namespace rtmp {

/// Takes absurd composition times out of a video track: encoders that overflow, or lose a time stamp, send one of hours
/// or of minus seconds now and then. A composition time in its track's usual range, or as far beyond it as reordering
/// can bring it, passes, be it negative. Another one is replaced by the one before, so that one picture at most is
/// shown at a wrong time; if such come again and again they become usual. Units: milliseconds. Spec: RT-26.
class CompositionFilter {
 public:
  /// The composition time to use for the picture decoded at `time`.
  std::int32_t filter(std::int64_t time, std::int32_t composition);
  /// Those replaced.
  std::uint64_t repaired() const { return repaired_; }

 private:
  struct Range {
    std::int32_t low = 0;
    std::int32_t high = 0;
    bool holds(std::int32_t value, std::int64_t margin) const {
      return value >= low - margin && value <= high + margin;
    }
    void widen(std::int32_t value);
  };

  std::int32_t replace(std::int32_t composition);

  std::optional<Range> usual_;
  std::int32_t last_ = 0;  ///< that passed
  std::optional<std::int64_t> last_time_;
  std::int64_t step_ = 40;  ///< between pictures, about
  Range strange_range_;
  int strange_ = 0;         ///< replaced of late, all near each other
  int usual_in_a_row_ = 0;  ///< since the last of these
  std::uint64_t repaired_ = 0;
};

}  // namespace rtmp
