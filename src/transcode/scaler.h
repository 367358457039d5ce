#pragma once

#include <memory>

#include "base/result.h"
#include "media/time.h"
#include "media/track.h"
#include "transcode/av.h"
#include "transcode/colour_converter.h"
#include "transcode/frame_pool.h"
#include "transcode/rung.h"

namespace transcode {

/// What the pictures of a rung are made of.
struct Look {
  AVPixelFormat format = AV_PIX_FMT_YUV420P;  ///< or AV_PIX_FMT_YUV420P10LE
  media::Colour colour;
};
/// `source`: that of the track which the ladder was made for.
Look look_of(const Rung& rung, const media::Colour& source);

/// Turns pictures of any size, shape, pixel format and colour into 4:2:0 pictures of square pixels in one size and one
/// look (ColourConverter). A picture of another shape keeps it, between black bars. A picture that already fits is
/// passed on without a copy. Thread: one at a time; the frames it makes may go anywhere.
class Scaler {
 public:
  Scaler(int width, int height, const Look& look = {}) : width_(width), height_(height), look_(look) {}

  /// The picture in this size, with pts, marks and side data (captions) of `frame`. Null when the
  /// conversion is impossible or memory is out. `aspect` is that of the source's pixels where the frame does not know.
  FramePtr scale(const AVFrame& frame, media::Rational aspect);

 private:
  struct Box {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
  };
  Box fit(const AVFrame& frame, media::Rational aspect) const;
  /// The picture in the size of `box`, in `format`: into `planes`.
  bool convert(const AVFrame& frame, const Box& box, AVPixelFormat format, std::uint8_t* const* planes,
               const int* strides);
  /// The same in the colour of the look.
  bool convert_colour(const AVFrame& frame, const Box& box, const ColourConverter::Target& to);

  int width_;
  int height_;
  Look look_;
  SwsContextPtr context_;
  FramePool pool_;
  FramePool deep_pool_;                       ///< of 10 bits, on the way to another colour
  std::unique_ptr<ColourConverter> colours_;  ///< there once a picture needed it
};

}  // namespace transcode
