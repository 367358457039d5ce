#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace text {

/// White text with a black outline, as it lies over a picture.
/// Shape: `width` x `height` samples in each plane, row after row; white + black is at most 255: how much of the
/// picture there is covered.
struct Drawing {
  int width = 0;
  int height = 0;
  int top = 0;     ///< first row that has anything
  int bottom = 0;  ///< row after the last one
  std::vector<std::uint8_t> white;
  std::vector<std::uint8_t> black;
};

/// The text in the middle of a picture of this size, shaped and ordered as its writing system does. Lines are broken
/// where it has a line feed and where they would be wider than nine tenths of the picture; where that is not enough, it
/// gets smaller. Nothing in it is an instruction. `text` is UTF-8; a character that `font`, a file in memory, does not
/// have is a box. Reads no other font, and no file. Costs some milliseconds. Thread: any.
/// Errors: kMalformed for a font that cannot be read; kSystem.
base::Result<Drawing> draw(base::View font, std::string_view text, int width, int height);

}  // namespace text
