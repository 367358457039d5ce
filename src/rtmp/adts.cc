#include "rtmp/adts.h"

#include "media/aac.h"

namespace rtmp {

std::vector<AdtsFrame> split_adts(base::View body) {
  std::vector<AdtsFrame> frames;
  while (!body.empty()) {
    const auto header = media::aac::parse_adts(body);
    if (!header || header->frame_size > body.size()) break;
    const base::View whole = body.first(header->frame_size);
    frames.push_back({whole, whole.subspan(header->header_size)});
    body = body.subspan(header->frame_size);
  }
  return frames;
}

}  // namespace rtmp
