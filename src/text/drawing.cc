#include "text/drawing.h"

#include <algorithm>

#include "text/painter.h"

namespace text {
namespace {

// Of the picture; what stays free at each edge (EBU R 95: 5 % are safe).
constexpr int kMarginShare = 20;
// Lines are so high where the text has room, of the picture's height and width, and no smaller than the third.
constexpr int kLineShareOfHeight = 8;
constexpr int kLineShareOfWidth = 14;
constexpr int kLeastLineShareOfHeight = 36;
constexpr int kMostSteps = 12;  // each makes it a seventh smaller

Style style_of(int line, int width) { return {.line = line, .side_margin = width / kMarginShare}; }

/// What the images cover of a picture, outlines included.
bool fits(const ASS_Image* image, int width, int height) {
  const int margin_x = width / kMarginShare;
  const int margin_y = height / kMarginShare;
  for (; image != nullptr; image = image->next) {
    if (image->type != ASS_Image::IMAGE_TYPE_CHARACTER) continue;
    if (image->dst_x < margin_x || image->dst_x + image->w > width - margin_x) return false;
    if (image->dst_y < margin_y || image->dst_y + image->h > height - margin_y) return false;
  }
  return true;
}

}  // namespace

base::Result<Drawing> draw(base::View font, std::string_view text, int width, int height) {
  TRY(Painter painter, Painter::make(font, width, height));
  const int least = std::max(height / kLeastLineShareOfHeight, 1);
  int line = std::max(std::min(height / kLineShareOfHeight, width / kLineShareOfWidth), least);
  const ASS_Image* image = painter.paint(text, style_of(line, width));
  for (int step = 0; step < kMostSteps && line > least && !fits(image, width, height); ++step) {
    line = std::max(line * 6 / 7, least);
    image = painter.paint(text, style_of(line, width));
  }
  const std::size_t samples = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  Drawing out{width, height, height, 0, std::vector<std::uint8_t>(samples), std::vector<std::uint8_t>(samples)};
  for (; image != nullptr; image = image->next) put(*image, 0, 0, out);
  out.top = std::min(out.top, out.bottom);
  return out;
}

}  // namespace text
