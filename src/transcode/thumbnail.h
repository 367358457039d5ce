#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"

struct AVFrame;

namespace transcode {

/// A small picture for people.
struct Thumbnail {
  base::Micros at = 0;  ///< media time of the picture
  base::Bytes jpeg;

  friend bool operator==(const Thumbnail&, const Thumbnail&) = default;
};

/// Of what viewers of a rung see.
struct RungThumbnail {
  std::size_t rung = 0;
  Thumbnail thumbnail;
};

/// Makes thumbnails of decoded pictures: JPEG of square pixels that fits into kMostSize by kMostSize, no larger than
/// the picture. Tones beyond SDR are not mapped. Thread: one at a time.
class ThumbnailMaker {
 public:
  static constexpr int kMostSize = 320;

  ThumbnailMaker();
  ~ThumbnailMaker();
  ThumbnailMaker(const ThumbnailMaker&) = delete;
  ThumbnailMaker& operator=(const ThumbnailMaker&) = delete;

  /// Nothing where libav* makes none of such a picture.
  std::optional<Thumbnail> make(const AVFrame& frame, base::Micros at);

 private:
  struct State;
  std::unique_ptr<State> state_;  ///< the encoder, kept while the size stays
};

}  // namespace transcode
