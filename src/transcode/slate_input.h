#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

extern "C" {
#include <libavformat/avformat.h>
}

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "transcode/av.h"

namespace transcode {

using FormatContextPtr = std::unique_ptr<AVFormatContext, FreeByAddress<avformat_close_input>>;

/// A slate's file in memory, as libavformat reads it. Thread: one at a time.
class SlateInput {
 public:
  /// `bytes` outlives this.
  explicit SlateInput(base::View bytes);
  ~SlateInput();
  SlateInput(const SlateInput&) = delete;
  SlateInput& operator=(const SlateInput&) = delete;

  /// Opens the file and looks at its streams. Names in it are not followed. The result does not outlive this; once.
  /// Errors: kMalformed, naming what a slate is; kSystem.
  base::Result<FormatContextPtr> open();

  /// kMalformed: `why`, and what a slate is.
  static base::Error unusable(std::string why);
  /// Back to the beginning of `stream`; its decoder is to be flushed. False where that fails.
  static bool rewind(AVFormatContext& file, int stream);
  /// A decoder of the stream on one thread; of no more than `most_pixels` where it is one of pictures. Errors:
  /// kMalformed where there is none; kSystem.
  static base::Result<CodecContextPtr> open_decoder(const AVStream& stream, std::int64_t most_pixels);
  /// Units: microseconds. `stamp`: in ticks of the stream, not AV_NOPTS_VALUE.
  static base::Micros time_of(const AVStream& stream, std::int64_t stamp);

 private:
  static int read(void* self, std::uint8_t* out, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  base::View bytes_;
  std::size_t at_ = 0;
  AVIOContext* io_ = nullptr;
};

}  // namespace transcode
