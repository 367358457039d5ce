#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "transcode/av.h"
#include "transcode/slate_course.h"
#include "transcode/slate_sound.h"

namespace transcode {

/// Puts the sound of a slate's film in the place of a rendition's, sample by sample, in step with the film's pictures:
/// a sample at instant t is the one that belongs to the picture at t. Both sounds come and go in ramps of
/// SlateFade::kMix, as the pictures do; where the slate is known of only after its first samples have been encoded, the
/// ramp begins later, and the film is where its pictures are.
///
/// An operator's order hides the sound at once, before any picture shows that it has arrived, and also where none does:
/// until then there is silence. Thread: one at a time.
class SlateMix {
 public:
  /// `file` outlives this. Errors: as SlateSound::make().
  static base::Result<std::unique_ptr<SlateMix>> make(base::View file, const SlateSound::Format& format);

  /// `hidden`: an operator wants the slate. From the next sample on.
  void set(const SlateCourse& course, bool hidden);
  /// True while the film is heard, or is to be.
  bool sounds() const { return course_.on || film_ > 0; }
  /// The frame's first sample is at `at`. REQUIRES: frames in the format of make(), in order.
  void mix(AVFrame& frame, std::int64_t at);

 private:
  SlateMix(std::unique_ptr<SlateSound> sound, int rate);
  void follow_turn();
  bool film_wanted(std::int64_t at) const { return at >= since_ ? course_.on : !course_.on; }

  const std::unique_ptr<SlateSound> sound_;
  const int rate_;
  const float step_;  ///< of a gain, a sample
  SlateCourse course_;
  std::int64_t since_ = INT64_MIN;  ///< of course_. Units: samples.
  bool hidden_ = false;
  bool begun_ = false;                ///< a frame was mixed
  float film_ = 0;                    ///< gain of the film, 0 to 1
  float feed_ = 1;                    ///< gain of what is there otherwise
  std::optional<std::int64_t> turn_;  ///< where a turn of the film begins. Units: samples.
};

}  // namespace transcode
