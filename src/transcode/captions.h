#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "captions/triplet.h"
#include "transcode/av.h"

namespace transcode {

/// Caption triplets of pictures that wait for a picture of a rung that is encoded: those of more than a second, of as
/// many as the pictures of a feed can carry. Beyond, the oldest are lost.
inline constexpr std::size_t kMostCaptions = 64 * captions::kMostTriplets;

/// Takes the captions off a picture, and appends them to `to`.
void take_captions(AVFrame& picture, std::vector<captions::Triplet>& to);
/// Nothing where there are none. REQUIRES: the picture has none.
void give_captions(AVFrame& picture, std::span<const captions::Triplet> triplets);

}  // namespace transcode
