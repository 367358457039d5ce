#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "base/clock.h"
#include "media/time.h"

namespace packager {

/// Start of segment `msn` on the lead stream.
struct Cut {
  std::int64_t msn = 0;
  std::int64_t time = 0;  ///< UTC. Units: ticks of the lead's timescale.

  friend bool operator==(const Cut&, const Cut&) = default;
};

/// Decides where segments begin, on the decode timeline of the lead stream; every other rendition follows.
///
/// Slot k is the time [k N, (k+1) N), N being the segment duration. Exactly one segment starts in every slot and
/// carries its number, so a segment's number is floor(start / N): numbering needs no state, and machines that never
/// talk cut alike.
///
/// kGrid, where we encode the lead (or it is audio): segment k starts at k N sharp; encoders force key frames there.
/// kSource, where the lead is copied: segment k + 1 starts at the first key frame past slot k. If none comes in time
/// the segment is cut without one (LL-17), as late as LL-11 and its slot allow: the later in its slot a segment starts,
/// the surer it can end with a key frame of the next slot. Time that is missing is cut in the same way, so that a
/// source that comes back with its key frames elsewhere is followed at once. Sources whose key frames are further apart
/// than the longest segment are cut once a slot at a constant phase.
///
/// move() puts one segment's start elsewhere, onto a splice: on the grid exactly there, of a source at its first key
/// frame from there on. All that is said above of where slot k begins then holds of that instant. Numbers stay as they
/// are, and the segments beside it are longer or shorter by as much, from N / 2 to 1.5 N.
class Cutter {
 public:
  enum class Mode : std::uint8_t { kGrid, kSource };
  struct Options {
    Mode mode = Mode::kGrid;
    std::int64_t timescale = 90000;
    std::int64_t slot = 180000;  ///< N. Units: ticks.
    std::int64_t frame = 0;      ///< nominal frame duration, 0 where it varies. Units: ticks.

    friend bool operator==(const Options&, const Options&) = default;
  };

  explicit Cutter(Options options);

  const Options& options() const { return options_; }
  bool started() const { return !cuts_.empty(); }
  /// Opens the first segment, or the one a resumed log was in. REQUIRES: not started.
  void open(Cut first);
  /// The segment that is open on the lead. REQUIRES: started().
  const Cut& current() const { return cuts_.back(); }

  /// The next cut that has to be made before the lead's frame at `dts`, if any. Ask until there is none: a frame that
  /// comes after missing time may need several. REQUIRES: started().
  std::optional<Cut> cut_before(std::int64_t dts, bool key);
  /// Whether cut_before() would end the open segment with this very frame, off the grid. REQUIRES: started().
  bool cuts_at(std::int64_t dts, bool key) const;
  /// Takes the frame in; returns the cut at its end where it is known already that the segment ends with it, so
  /// that its last part need not wait for the next frame. `duration` is 0 where it is not known.
  std::optional<Cut> cut_after(std::int64_t dts, bool key, std::int64_t duration);
  /// The next cut in time that will have no frame of the lead before `until`. Ask until there is
  /// none.
  std::optional<Cut> cut_missing(std::int64_t until);
  /// The lead has no frame before `time`.
  void passed(std::int64_t time);

  /// No cut that start_of() does not know yet will be earlier than this.
  std::int64_t horizon() const;
  /// None is to be expected earlier than this, by the key frames so far. REQUIRES: started().
  std::int64_t expected_horizon() const;
  /// The open segment ends here at the latest, where its end is not on a grid. REQUIRES: started().
  std::int64_t latest() const;
  /// Where the open segment ends if nothing more comes.
  std::int64_t latest_end() const;
  /// Where segment `msn` starts, as far as decided; always known on a grid. Of one before the segment that a log was
  /// resumed in: where it is to be expected to have begun.
  std::optional<std::int64_t> start_of(std::int64_t msn) const;

  /// The segment whose start, as it is to be expected, is nearest to `time`. REQUIRES: started().
  std::int64_t nearest(std::int64_t time) const;
  /// Whether move() was called for segment `msn`, which has not ended yet: where to.
  std::optional<std::int64_t> moved(std::int64_t msn) const;
  /// Whether segment `msn` may begin at `time`: it is still to come, and the segments beside it keep within their
  /// limits. REQUIRES: started().
  bool can_move(std::int64_t msn, std::int64_t time) const;
  /// REQUIRES: started(), and segment `msn` is still to come.
  void move(std::int64_t msn, std::int64_t time) { moved_[msn] = time; }

  std::int64_t slot_of(std::int64_t time) const { return media::floor_div(time, options_.slot); }

  /// Continues with another lead stream from where the current segment started.
  void change_lead(Options options);
  /// Segment cut.msn is open on the lead already. REQUIRES: started(), and it comes after the current one.
  void go_to(Cut cut);

 private:
  Cut cut_at(std::int64_t time);
  std::int64_t slot_end() const;
  std::int64_t boundary(std::int64_t msn) const;
  std::int64_t earlier(std::int64_t msn) const;
  std::int64_t expected_start(std::int64_t msn) const;
  std::int64_t latest_move(std::int64_t msn) const;
  std::int64_t least_moved() const;
  std::int64_t long_phase() const;
  bool key_frames_far_apart() const;
  void note_key(std::int64_t dts);
  void forget_key();
  std::optional<std::int64_t> expected_key() const;

  Options options_;
  std::int64_t longest_ = 0;                    ///< no segment is longer (LL-11, LL-12)
  std::int64_t longest_moved_ = 0;              ///< no segment beside a moved cut is
  std::int64_t margin_ = 0;                     ///< a segment starts at least this long before its slot ends
  std::deque<Cut> cuts_;                        ///< the newest last
  std::map<std::int64_t, std::int64_t> moved_;  ///< starts of segments by their numbers, from the current one on
  std::int64_t phase_ = 0;                      ///< kSource: where in its slot the newest segment began
  std::int64_t frames_end_ = 0;
  std::optional<std::int64_t> last_key_;
  std::int64_t key_interval_ = 0;             ///< 0 before two key frames came
  std::int64_t interval_before_ = INT64_MAX;  ///< that before it, likewise
  bool regular_ = false;                      ///< the last two key intervals were the same
};

}  // namespace packager
