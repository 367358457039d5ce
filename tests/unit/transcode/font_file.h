#pragma once

#include <memory>

#include "base/shared_file.h"
#include "transcode/av.h"
#include "unit/text/font_file.h"

/// What texts of slates are drawn with, and how to see one in a picture.
namespace transcode::testing {

inline std::shared_ptr<const base::SharedFile> shared_font() {
  static const auto font = base::SharedFile::make(text::testing::font()).take();
  return font;
}

/// Share of the samples that are far brighter than the grounds of these tests.
inline double white_of(const AVFrame& picture) {
  int white = 0;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) white += picture.data[0][y * picture.linesize[0] + x] > 165 ? 1 : 0;
  }
  return static_cast<double>(white) / (picture.width * picture.height);
}

}  // namespace transcode::testing
