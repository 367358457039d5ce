#include "transcode/scaler.h"

#include <algorithm>
#include <array>
#include <cstddef>

extern "C" {
#include <libavutil/imgutils.h>
}

#include "transcode/sdr.h"

namespace transcode {
namespace {

/// Full-range 4:2:0 is 4:2:0 with a colour tag; the pixel format of that name would make libswscale squeeze the range.
int plain_format(int format) { return format == AV_PIX_FMT_YUVJ420P ? AV_PIX_FMT_YUV420P : format; }

media::Rational pixel_aspect(const AVFrame& frame, media::Rational fallback) {
  const AVRational own = frame.sample_aspect_ratio;
  if (own.num > 0 && own.den > 0) return {own.num, own.den};
  return fallback.known() ? fallback : media::Rational{1, 1};
}

void set_properties(AVFrame& frame, int source_format) {
  frame.sample_aspect_ratio = {1, 1};
  frame.interlaced_frame = 0;
  if (source_format == AV_PIX_FMT_YUVJ420P) frame.color_range = AVCOL_RANGE_JPEG;
}

void make_black(AVFrame& picture, AVColorRange range) {
  const std::array<std::ptrdiff_t, 4> strides{picture.linesize[0], picture.linesize[1], picture.linesize[2], 0};
  av_image_fill_black(picture.data, strides.data(), AV_PIX_FMT_YUV420P, range, picture.width, picture.height);
}

}  // namespace

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
  context_.reset(sws_getCachedContext(context_.release(), frame.width, frame.height,
                                      static_cast<AVPixelFormat>(plain_format(frame.format)), box.width, box.height,
                                      format, SWS_BICUBIC, nullptr, nullptr, nullptr));
  return context_ != nullptr &&
         sws_scale(context_.get(), frame.data, frame.linesize, 0, frame.height, planes, strides) >= 0;
}

/// Scaled first, in the source's colours: a rung has fewer pixels to convert than an UHD source.
bool Scaler::convert_to_sdr(const AVFrame& frame, const Box& box, const SdrConverter::Target& to) {
  const FramePtr deep = deep_pool_.picture(AV_PIX_FMT_YUV420P10LE, box.width, box.height);
  if (deep == nullptr || !convert(frame, box, AV_PIX_FMT_YUV420P10LE, deep->data, deep->linesize)) return false;
  if (sdr_ == nullptr) sdr_ = std::make_unique<SdrConverter>();
  sdr_->convert(*deep, colour_of(frame), to);
  return true;
}

FramePtr Scaler::scale(const AVFrame& frame, media::Rational aspect) {
  if (frame.width <= 0 || frame.height <= 0) return nullptr;
  const Box box = fit(frame, pixel_aspect(frame, aspect));
  const bool whole = box.width == width_ && box.height == height_;
  const media::Colour colour = colour_of(frame);
  const bool to_sdr = needs_sdr_conversion(colour);
  if (whole && !to_sdr && plain_format(frame.format) == AV_PIX_FMT_YUV420P && frame.width == width_ &&
      frame.height == height_) {
    FramePtr same(av_frame_clone(&frame));
    if (same == nullptr) return nullptr;
    same->format = AV_PIX_FMT_YUV420P;
    set_properties(*same, frame.format);
    return same;
  }
  FramePtr scaled = pool_.picture(AV_PIX_FMT_YUV420P, width_, height_);
  if (scaled == nullptr) return nullptr;
  if (!whole) make_black(*scaled, colour.full_range && !to_sdr ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG);
  SdrConverter::Target inside;
  for (std::size_t i = 0; i < 3; ++i) {
    const int shift = i == 0 ? 0 : 1;
    inside.planes[i] = scaled->data[i] + (box.y >> shift) * scaled->linesize[i] + (box.x >> shift);
    inside.strides[i] = scaled->linesize[i];
  }
  const bool done = to_sdr ? convert_to_sdr(frame, box, inside)
                           : convert(frame, box, AV_PIX_FMT_YUV420P, inside.planes.data(), inside.strides.data());
  if (!done) return nullptr;
  av_frame_copy_props(scaled.get(), &frame);
  set_properties(*scaled, frame.format);
  if (to_sdr) tag_as_sdr(*scaled);
  return scaled;
}

}  // namespace transcode
