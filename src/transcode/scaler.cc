#include "transcode/scaler.h"

#include <algorithm>
#include <array>
#include <cstring>

extern "C" {
#include <libavutil/imgutils.h>
}

namespace transcode {
namespace {

/// Rows this far apart suit every SIMD width in use.
constexpr int kAlignment = 64;

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

FramePtr Scaler::blank(bool bars, AVColorRange range) {
  FramePtr frame(av_frame_alloc());
  if (frame == nullptr) return nullptr;
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = width_;
  frame->height = height_;
  const int size = av_image_get_buffer_size(AV_PIX_FMT_YUV420P, width_, height_, kAlignment);
  if (size <= 0) return nullptr;
  // Pictures come back to the pool, so that memory is neither faulted in nor given back a frame.
  if (pool_ == nullptr) pool_.reset(av_buffer_pool_init(static_cast<std::size_t>(size) + kAlignment, nullptr));
  if (pool_ == nullptr) return nullptr;
  frame->buf[0] = av_buffer_pool_get(pool_.get());
  if (frame->buf[0] == nullptr) return nullptr;
  av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, AV_PIX_FMT_YUV420P, width_, height_,
                       kAlignment);
  if (bars) {
    std::array<std::ptrdiff_t, 4> strides{frame->linesize[0], frame->linesize[1], frame->linesize[2], 0};
    av_image_fill_black(frame->data, strides.data(), AV_PIX_FMT_YUV420P, range, width_, height_);
  }
  return frame;
}

FramePtr Scaler::scale(const AVFrame& frame, media::Rational aspect) {
  if (frame.width <= 0 || frame.height <= 0) return nullptr;
  const Box box = fit(frame, pixel_aspect(frame, aspect));
  const int format = plain_format(frame.format);
  const bool whole = box.width == width_ && box.height == height_;
  if (whole && format == AV_PIX_FMT_YUV420P && frame.width == width_ && frame.height == height_) {
    FramePtr same(av_frame_clone(&frame));
    if (same == nullptr) return nullptr;
    same->format = format;
    set_properties(*same, frame.format);
    return same;
  }
  // The flags that the scale filter of the ffmpeg program uses, so that pictures compare.
  context_.reset(sws_getCachedContext(context_.release(), frame.width, frame.height, static_cast<AVPixelFormat>(format),
                                      box.width, box.height, AV_PIX_FMT_YUV420P, SWS_BICUBIC, nullptr, nullptr,
                                      nullptr));
  if (context_ == nullptr) return nullptr;
  const bool full_range = frame.color_range == AVCOL_RANGE_JPEG || frame.format == AV_PIX_FMT_YUVJ420P;
  FramePtr scaled = blank(!whole, full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG);
  if (scaled == nullptr) return nullptr;
  std::array<std::uint8_t*, 4> planes{};
  for (std::size_t i = 0; i < 3; ++i) {
    const int shift = i == 0 ? 0 : 1;
    planes[i] = scaled->data[i] + (box.y >> shift) * scaled->linesize[i] + (box.x >> shift);
  }
  if (sws_scale(context_.get(), frame.data, frame.linesize, 0, frame.height, planes.data(), scaled->linesize) < 0) {
    return nullptr;
  }
  av_frame_copy_props(scaled.get(), &frame);
  set_properties(*scaled, frame.format);
  return scaled;
}

}  // namespace transcode
