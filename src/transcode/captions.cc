#include "transcode/captions.h"

#include <algorithm>
#include <cstdint>

#include "captions/user_data.h"

namespace transcode {

void take_captions(AVFrame& picture, std::vector<captions::Triplet>& to) {
  const AVFrameSideData* side = av_frame_get_side_data(&picture, AV_FRAME_DATA_A53_CC);
  if (side == nullptr) return;
  captions::read_triplets({side->data, side->size}, to);
  av_frame_remove_side_data(&picture, AV_FRAME_DATA_A53_CC);
}

void give_captions(AVFrame& picture, std::span<const captions::Triplet> triplets) {
  if (triplets.empty()) return;
  std::vector<std::uint8_t> bytes;
  captions::write_triplets(triplets, bytes);
  AVFrameSideData* side = av_frame_new_side_data(&picture, AV_FRAME_DATA_A53_CC, bytes.size());
  if (side != nullptr) std::copy(bytes.begin(), bytes.end(), side->data);
}

}  // namespace transcode
