#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "media/time.h"
#include "transcode/cadence.h"
#include "transcode/rung.h"

namespace transcode {

/// Index of the rung that goes on when the CPU is short, so that every player has one: the smallest of those in H.264,
/// or of all where none is. REQUIRES: a rung.
std::size_t base_rung(const std::vector<Rung>& rungs);

/// How much less CPU than the base rung's thread a rung's asks for: 0 for that one, 2 more for each that is larger.
int nice_of(const std::vector<Rung>& rungs, std::size_t rung);

/// How much of a rung's work is done.
struct Effort {
  enum class Rate : std::uint8_t {
    kFull,
    kHalf,    ///< every other picture
    kStills,  ///< as few as keep the playlist growing without a gap
  };
  Rate rate = Rate::kFull;
  bool fast = false;  ///< VideoEncoder::Options::fast

  friend bool operator==(const Effort&, const Effort&) = default;
};

/// The levels at which a ladder of `rungs` saves CPU. At each one the rungs but the base rung do less:
///   0      nothing is saved
///   1      their encoders analyse less
///   2      and they show every other picture
///   3 ...  and the largest of them, with each level one more, show stills; at the last level all do
/// Returns the last level; 0 for a single rung.
int most_economy(std::size_t rungs);

/// What the rung does at a level.
Effort effort_at(int level, const std::vector<Rung>& rungs, std::size_t rung);

/// Which pictures each rung of a ladder shows: at the frame rate of the rung, and at the level of economy that was
/// asked for, from the next key frame on, so that all rungs change in one segment. Thread: ask(), level() and changes()
/// any, the rest one.
class Economy {
 public:
  /// `longest_still`: the most time that a rung of stills shows one picture.
  Economy(const std::vector<Rung>& rungs, base::Micros longest_still);

  /// `level`: any number; what is beyond most_economy() means that.
  void ask(int level) { asked_ = level; }
  /// The level that holds since the last key frame.
  int level() const { return level_; }
  /// How often the level has changed.
  std::uint64_t changes() const { return changes_; }

  struct Picture {
    std::int64_t pts = 0;
    std::int64_t timescale = 1;
    bool key = false;
    media::Rational source_rate;  ///< 0/1: not known
  };
  /// A picture comes. REQUIRES: pts rise.
  void on_picture(const Picture& picture);
  /// True if the rung shows it: see Thinner.
  bool keep(std::size_t rung, std::int64_t slot_start);
  bool fast(std::size_t rung) const { return efforts_[rung].fast; }

 private:
  media::Rational rate_of(std::size_t rung) const;
  void on_key();

  const std::vector<Rung> rungs_;
  const media::Rational stills_;  ///< a second
  std::atomic<int> asked_{0};
  std::atomic<int> level_{0};
  std::atomic<std::uint64_t> changes_{0};
  Picture picture_;  ///< the newest
  std::int64_t key_pts_ = 0;
  std::int64_t since_key_ = 0;   ///< pictures, from the last key frame on; 0: none came
  media::Rational measured_;     ///< rate between the last two key frames
  media::Rational source_rate_;  ///< that `thinners_` are made for
  std::vector<Effort> efforts_;
  std::vector<Thinner> thinners_;
};

}  // namespace transcode
