#include "transcode/video_ladder.h"

#include <utility>

namespace transcode {

base::Result<std::unique_ptr<VideoLadder>> VideoLadder::make(const media::Track& source, std::vector<Rung> rungs,
                                                             const Options& options) {
  const bool waits = options.when_full == WhenFull::kWait;
  const std::size_t undrained = waits ? SIZE_MAX : options.max_bytes;
  EncodeSide::Options encoding{options.segment, options.keys, undrained, options.max_fill, options.cores};
  if (waits) encoding.rung_full = EncodeSide::RungFull::kWait;
  TRY(auto encode, EncodeSide::make(source, std::move(rungs), encoding));
  TRY(auto decode,
      DecodeSide::make(source, *encode, {options.when_full, options.max_lag, options.max_bytes, options.cores}));
  encode->select(decode.get());
  return std::unique_ptr<VideoLadder>(new VideoLadder(std::move(encode), std::move(decode)));
}

void VideoLadder::flush() {
  decode_->flush();
  encode_->flush();
}

VideoLadder::Counters VideoLadder::counters() const {
  EncodeSide::Counters encoding = encode_->counters();
  return {decode_->counters(), encoding.held_frames, encoding.late_frames, encoding.dropped_frames,
          std::move(encoding.rungs)};
}

}  // namespace transcode
