#pragma once

#include <cstddef>
#include <string_view>

namespace job {

/// Of a slate's text, in bytes: several lines of any writing system, and as much as is read in a few seconds.
inline constexpr std::size_t kLongestSlateText = 500;

/// True of 1 to kLongestSlateText bytes of UTF-8 without control characters other than line feeds.
bool is_slate_text(std::string_view text);

}  // namespace job
