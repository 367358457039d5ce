#pragma once

#include <memory>

#include "transcode/av.h"

namespace transcode {

/// Memory of pictures of one format and size, which comes back when the last reference to a picture goes, so that it is
/// neither faulted in nor given back a picture. Thread: one at a time; its pictures may go anywhere.
class FramePool {
 public:
  /// A picture whose samples are not set. Null if memory is out. A format or size other than that of the picture before
  /// starts the pool anew.
  FramePtr picture(AVPixelFormat format, int width, int height);

 private:
  std::unique_ptr<AVBufferPool, FreeByAddress<av_buffer_pool_uninit>> pool_;
  int size_ = 0;
};

}  // namespace transcode
