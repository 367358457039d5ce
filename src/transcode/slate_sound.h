#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "transcode/av.h"

namespace transcode {

/// The sound of a slate's film (see Slate), over and over, in the format of an encoder. A turn lasts as long as that of
/// the film's pictures: sound beyond their end is not played, and where there is less there is silence. Of a file with
/// one picture it lasts as long as the sound. Turns, and sound that ends before its turn does, begin and end in ramps
/// of kEdge. Positions are samples since the film's first picture.
///
/// It is decoded as it is read, like the pictures: memory for less than a second of it, whatever the film's length.
/// Thread: one at a time.
class SlateSound {
 public:
  struct Format {
    AVSampleFormat format = AV_SAMPLE_FMT_NONE;
    AVChannelLayout layout{};
    int rate = 0;  ///< samples a second
  };
  /// Long enough that no click is heard, too short for a pause.
  static constexpr base::Micros kEdge = 5 * base::kMillisecond;

  /// `file` outlives this. Reads through the file once. Errors: kNotFound for a
  /// file without sound; kUnsupported where `format` is not 32-bit floating point; kMalformed; kSystem.
  static base::Result<std::unique_ptr<SlateSound>> make(base::View file, const Format& format);
  ~SlateSound();
  SlateSound(const SlateSound&) = delete;
  SlateSound& operator=(const SlateSound&) = delete;

  /// Of a turn. Units: samples.
  std::int64_t length() const;
  /// `count` samples from `at` on, of whichever turn; those after what was read before cost the least. What cannot be
  /// decoded, or not without holding up the caller, is silence. Null where memory is out.
  FramePtr read(std::int64_t at, int count);

 private:
  struct State;
  explicit SlateSound(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace transcode
