#pragma once

#include <span>
#include <string>

#include "captions/picture.h"
#include "producing.h"

namespace worker {

/// A picture of the RTMP feed with these captions.
inline feed::RtmpMessage captioned(std::int64_t stamp, bool key, std::span<const captions::Triplet> triplets) {
  const rtmp::Buffer plain = rtmp::nal(key ? 5 : 1, std::string(rtmp::kFirstSlice) + std::string(400, 's'));
  const base::Bytes picture =
      captions::with_captions(media::Codec::kH264, base::Bytes::copy_of(base::View(plain)), triplets);
  return rtmp_message(feed::kRtmpVideo, stamp, Producing::utc(stamp),
                      rtmp::avc_tag(key ? 1 : 2, 1, 0, rtmp::Buffer(picture.begin(), picture.end())));
}

}  // namespace worker
