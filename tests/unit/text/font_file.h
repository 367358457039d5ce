#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/regular_file.h"

namespace text::testing {

/// DejaVu Sans, of the package fonts-dejavu-core.
inline const std::string& font_file() {
  static const std::string bytes = [] {
    auto read = base::read_regular_file("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
    EXPECT_TRUE(read.ok()) << "install fonts-dejavu-core";
    return read.ok() ? read.take() : std::string();
  }();
  return bytes;
}
inline base::View font() { return base::view_of(font_file()); }

}  // namespace text::testing
