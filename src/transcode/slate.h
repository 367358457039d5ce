#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "media/track.h"

struct AVFrame;

namespace transcode {

/// What viewers see while there is nothing else to show: a still (PNG, JPEG, WebP) or a film (MP4, MOV, Matroska, WebM,
/// MPEG-TS) that is played over and over; SlateSound plays its sound. It comes from memory, and names in it are not
/// followed. Pictures are decoded as they are asked for, by the thread that asks. Thread: one at a time.
class Slate {
 public:
  /// Of the file.
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;

  /// `file` outlives the slate. `colour`: the matrix and range that pictures come out in, BT.709 where it is not known.
  /// Errors: kMalformed for a file without a picture that can be decoded; kSystem. They name formats that can be.
  static base::Result<std::unique_ptr<Slate>> make(base::View file, const media::Colour& colour);
  ~Slate();
  Slate(const Slate&) = delete;
  Slate& operator=(const Slate&) = delete;

  /// Moves to the picture of the instant `at` since the slate began to be shown. False where it is the picture of the
  /// call before. An earlier instant than before: the slate begins anew.
  bool move_to(base::Micros at);
  /// When the newest turn of the film that is decoded began, or begins, since the slate began to be shown: pictures are
  /// at their time in the film after it. 0 of a still.
  base::Micros turn() const;
  /// The picture there: 8-bit 4:2:0. Lives until the next move_to().
  const AVFrame& picture() const;

 private:
  struct State;
  explicit Slate(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace transcode
