#include "transcode/scaler.h"

#include <algorithm>
#include <array>
#include <cstddef>

extern "C" {
#include <libavutil/imgutils.h>
}

#include "transcode/colour_map.h"

namespace transcode {
namespace {

media::Rational pixel_aspect(const AVFrame& frame, media::Rational fallback) {
  const AVRational own = frame.sample_aspect_ratio;
  if (own.num > 0 && own.den > 0) return {own.num, own.den};
  return fallback.known() ? fallback : media::Rational{1, 1};
}

void set_square(AVFrame& frame) {
  frame.sample_aspect_ratio = {1, 1};
  frame.interlaced_frame = 0;
}

void make_black(AVFrame& picture, bool full_range) {
  const std::array<std::ptrdiff_t, 4> strides{picture.linesize[0], picture.linesize[1], picture.linesize[2], 0};
  av_image_fill_black(picture.data, strides.data(), static_cast<AVPixelFormat>(picture.format),
                      full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG, picture.width, picture.height);
}

}  // namespace

Look look_of(const Rung& rung, const media::Colour& source) {
  const bool deep = rung.range == Rung::Range::kHdr;
  return {deep ? AV_PIX_FMT_YUV420P10LE : AV_PIX_FMT_YUV420P, rung_colour(source, rung.range)};
}

/// Largest even box in the rung's size with the picture's shape. Within 2 % the whole of it: bars of a few lines, from
/// sizes rounded to even, help nobody.
Scaler::Box Scaler::fit(const AVFrame& frame, media::Rational aspect) const {
  const std::int64_t shape_width = frame.width * aspect.num;
  const std::int64_t shape_height = frame.height * aspect.den;
  const std::int64_t ours = width_ * shape_height;
  const std::int64_t theirs = shape_width * height_;
  if (std::max(ours, theirs) - std::min(ours, theirs) <= ours / 50) return {0, 0, width_, height_};
  Box box{0, 0, width_, height_};
  if (theirs > ours) {
    box.height = static_cast<int>(std::max<std::int64_t>(2, width_ * shape_height / shape_width / 2 * 2));
  } else {
    box.width = static_cast<int>(std::max<std::int64_t>(2, height_ * shape_width / shape_height / 2 * 2));
  }
  box.x = (width_ - box.width) / 4 * 2;
  box.y = (height_ - box.height) / 4 * 2;
  return box;
}

bool Scaler::convert(const AVFrame& frame, const Box& box, AVPixelFormat format, std::uint8_t* const* planes,
                     const int* strides) {
  // The flags that the scale filter of the ffmpeg program uses, so that pictures compare.
  context_.reset(sws_getCachedContext(context_.release(), frame.width, frame.height, unranged_format(frame.format),
                                      box.width, box.height, format, SWS_BICUBIC, nullptr, nullptr, nullptr));
  return context_ != nullptr &&
         sws_scale(context_.get(), frame.data, frame.linesize, 0, frame.height, planes, strides) >= 0;
}

/// Scaled first, in the source's colours: a rung has fewer pixels to convert than an UHD source.
bool Scaler::convert_colour(const AVFrame& frame, const Box& box, const ColourConverter::Target& to) {
  const FramePtr deep = deep_pool_.picture(AV_PIX_FMT_YUV420P10LE, box.width, box.height);
  if (deep == nullptr || !convert(frame, box, AV_PIX_FMT_YUV420P10LE, deep->data, deep->linesize)) return false;
  if (colours_ == nullptr) colours_ = std::make_unique<ColourConverter>();
  colours_->convert(*deep, colour_of(frame), to);
  return true;
}

FramePtr Scaler::scale(const AVFrame& frame, media::Rational aspect) {
  if (frame.width <= 0 || frame.height <= 0) return nullptr;
  const Box box = fit(frame, pixel_aspect(frame, aspect));
  const bool whole = box.width == width_ && box.height == height_;
  const bool same_colours = same_colour(colour_of(frame), look_.colour);
  if (whole && same_colours && unranged_format(frame.format) == look_.format && frame.width == width_ &&
      frame.height == height_) {
    FramePtr same(av_frame_clone(&frame));
    if (same == nullptr) return nullptr;
    same->format = look_.format;
    same->color_range = full_range(frame) ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    set_square(*same);
    return same;
  }
  FramePtr scaled = pool_.picture(look_.format, width_, height_);
  if (scaled == nullptr) return nullptr;
  if (!whole) make_black(*scaled, look_.colour.full_range);
  const int bytes = look_.format == AV_PIX_FMT_YUV420P ? 1 : 2;
  ColourConverter::Target inside;
  inside.bits = bytes == 1 ? 8 : 10;
  inside.colour = look_.colour;
  for (std::size_t i = 0; i < 3; ++i) {
    const int shift = i == 0 ? 0 : 1;
    inside.planes[i] = scaled->data[i] + (box.y >> shift) * scaled->linesize[i] + (box.x >> shift) * bytes;
    inside.strides[i] = scaled->linesize[i];
  }
  const bool done = same_colours ? convert(frame, box, look_.format, inside.planes.data(), inside.strides.data())
                                 : convert_colour(frame, box, inside);
  if (!done) return nullptr;
  av_frame_copy_props(scaled.get(), &frame);
  set_square(*scaled);
  if (same_colours) {
    scaled->color_range = look_.colour.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  } else {
    tag_as(*scaled, look_.colour);
  }
  return scaled;
}

}  // namespace transcode
