#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace media {

/// What lies over the pictures of encoded renditions: a logo, or a text. Shares are in thousandths.
struct Overlay {
  enum class Corner : std::uint8_t { kTopLeft, kTopRight, kBottomLeft, kBottomRight };

  std::string id;
  base::Bytes png;  ///< the file of a logo; see png_size(). Empty: a text.
  /// White with a black outline. {utc} is the time of the picture, {frame} its number in its second, {channel} the
  /// channel's name.
  std::string text;
  Corner corner = Corner::kTopRight;
  int margin = 40;     ///< that stays free at the edges, of the picture's width
  int width = 120;     ///< of a logo, of the picture's width
  int line = 50;       ///< height of a text's lines, of the picture's height
  int opacity = 1000;  ///< of the whole of it

  friend bool operator==(const Overlay&, const Overlay&) = default;
};

/// Of a channel, at a time.
inline constexpr std::size_t kMostOverlays = 8;
/// Of an id, in bytes.
inline constexpr std::size_t kLongestOverlayId = 32;
/// Of a text, in bytes.
inline constexpr std::size_t kLongestOverlayText = 200;

/// True of 1 to kLongestOverlayId lower-case letters, digits, hyphens and underscores.
bool is_overlay_id(std::string_view id);

/// True of 1 to kLongestOverlayText bytes of UTF-8 without control characters other than line feeds.
bool is_overlay_text(std::string_view text);

}  // namespace media
