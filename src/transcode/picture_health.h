#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "transcode/luma_grid.h"

namespace transcode {

/// Judges by some of a feed's pictures, several a second or one a key frame, whether they are black and whether they
/// stand still. All times are media time. Thread: one at a time.
///
/// Black: nearly all of the picture is. Still: nothing moves that is more than what an encoder makes of a picture that
/// does not change. Measured with x264 at 1080p and 1 Mbit/s: a still picture of fine texture differs from itself by at
/// most 14 of 219 levels in a cell of 6 x 6 pixels (1.1 in the mean), a clock of digits 28 pixels high by 45 or more.
/// At 400 kbit/s it is 32 (2.4): the limit for one cell therefore rises with the mean. Noise alone, on a picture where
/// nothing else moves, is not motion: after encoding it cannot be told from what the encoder itself adds.
class PictureHealth {
 public:
  /// A rectangle of the picture. Units: parts of its width and height, 0 to 1.
  struct Area {
    double left = 0;
    double top = 0;
    double right = 1;
    double bottom = 1;
  };
  struct Options {
    /// What is not looked at. A cell of the grid is if its middle is; where they cover all, nothing is judged.
    std::vector<Area> ignore{};
    double black_level = 0.05;  ///< luma that is still black, between 0 black and 1 white
    double black_share = 0.98;  ///< a picture is black from this share of black luma on
    double black_clear = 0.95;  ///< and stays so until the share is below this one

    double motion = 3.5;     ///< root of the mean square of all cells' changes. Units: 1/255 of black to white.
    double spot = 23;        ///< change of a single cell. Units: as motion.
    double spot_ratio = 15;  ///< a cell's change must also be this many times the change of all
    base::Micros still = 2 * base::kSecond;         ///< a picture that stands so long is frozen
    base::Micros gap = 20 * base::kSecond;          ///< pictures further apart say nothing about the time between
    base::Micros every = 250 * base::kMillisecond;  ///< pictures that come faster are not looked at
  };
  struct Report {
    std::optional<base::Micros> first;         ///< since when pictures have been looked at without a gap
    std::optional<base::Micros> newest;        ///< of the pictures looked at
    std::optional<base::Micros> black_since;   ///< time of the first picture; empty while they are not black
    std::optional<base::Micros> frozen_since;  ///< as black_since
    std::uint64_t looked = 0;                  ///< pictures
  };
  PictureHealth() : PictureHealth(Options{}) {}
  explicit PictureHealth(Options options) : options_(std::move(options)) {}

  /// True if a picture at this time is to be looked at.
  bool due(base::Micros at) const;
  void look(const LumaGrid& picture, base::Micros at);
  const Report& report() const { return report_; }

 private:
  const LumaGrid& looked_at(const LumaGrid& picture);
  void judge_black(const LumaGrid& picture, base::Micros at);
  void judge_motion(const LumaGrid& picture, base::Micros at);
  bool moved(const LumaGrid& picture) const;

  Options options_;
  Report report_;
  LumaGrid rest_;       ///< of the newest picture, without the cells that are ignored
  LumaGrid reference_;  ///< what pictures are compared with; replaced every `still`, so that slow motion adds up
  base::Micros reference_at_ = 0;
  base::Micros still_since_ = 0;
};

}  // namespace transcode
