#include "media/overlay.h"

#include <algorithm>

#include "base/utf8.h"

namespace media {

bool is_overlay_id(std::string_view id) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !id.empty() && id.size() <= kLongestOverlayId && std::ranges::all_of(id, fits);
}

bool is_overlay_text(std::string_view text) {
  const auto control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F; };
  return !text.empty() && text.size() <= kLongestOverlayText && base::is_utf8(text) &&
         std::ranges::none_of(text, control);
}

}  // namespace media
