#include "transcode/frame_pool.h"

extern "C" {
#include <libavutil/imgutils.h>
}

namespace transcode {
namespace {

/// Rows this far apart suit every SIMD width in use.
constexpr int kAlignment = 64;

}  // namespace

FramePtr FramePool::picture(AVPixelFormat format, int width, int height) {
  FramePtr frame(av_frame_alloc());
  if (frame == nullptr) return nullptr;
  frame->format = format;
  frame->width = width;
  frame->height = height;
  const int size = av_image_get_buffer_size(format, width, height, kAlignment);
  if (size <= 0) return nullptr;
  if (pool_ == nullptr || size_ != size) {
    pool_.reset(av_buffer_pool_init(static_cast<std::size_t>(size) + kAlignment, nullptr));
    size_ = size;
  }
  if (pool_ == nullptr) return nullptr;
  frame->buf[0] = av_buffer_pool_get(pool_.get());
  if (frame->buf[0] == nullptr) return nullptr;
  av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, format, width, height, kAlignment);
  return frame;
}

}  // namespace transcode
