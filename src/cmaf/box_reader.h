#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace cmaf {

/// A box as it lies in memory; the views live as long as the bytes it was found in.
struct BoxView {
  std::string_view type;  ///< four characters
  base::View payload;     ///< after size and type; version and flags of a full box included
  base::View whole;
};

/// The boxes that follow one another in `bytes`, to its end. Sizes of 64 bits and "to the end" are understood.
/// Errors: kTruncated, kMalformed. Spec: [ISO 14496-12 4.2].
base::Result<std::vector<BoxView>> split_boxes(base::View bytes);

/// The payload of the first box down the path ("moov", "trak", …), each inside the one before.
/// Errors: kNotFound, and as split_boxes.
base::Result<base::View> find_box(base::View bytes, std::initializer_list<std::string_view> path);

}  // namespace cmaf
