#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"

namespace media {

/// Units: pixels.
struct PngSize {
  int width = 0;
  int height = 0;
};

/// Of the file of a logo. Units: bytes.
inline constexpr std::size_t kMostPngBytes = std::size_t{1} << 20;
/// Of either side of it. Units: pixels.
inline constexpr int kLargestPng = 2048;

/// The size of a PNG picture that is whole, as its check sums say, and within these limits. Its samples are not looked
/// at. Errors, with what to do: kUnsupported for another file, kTooLarge, kTruncated, kMalformed.
/// Spec: [ISO/IEC 15948 5]
base::Result<PngSize> png_size(base::View file);

}  // namespace media
