#include "text/label.h"

#include <algorithm>
#include <climits>
#include <cstddef>
#include <utility>

#include "text/painter.h"

namespace text {
namespace {

/// Around all images, of even coordinates, so that it has whole samples of 4:2:0 chroma.
struct Bounds {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
};

/// What is drawn of an image: its bitmap is wider, for vector instructions.
void include(const ASS_Image& image, Bounds& all) {
  for (int y = 0; y < image.h; ++y) {
    const unsigned char* const row = image.bitmap + std::ptrdiff_t{y} * image.stride;
    const unsigned char* const end = row + image.w;
    const unsigned char* const first = std::find_if(row, end, [](unsigned char sample) { return sample > 0; });
    if (first == end) continue;
    const unsigned char* last = end;
    while (last[-1] == 0) --last;
    all.left = std::min(all.left, image.dst_x + static_cast<int>(first - row));
    all.right = std::max(all.right, image.dst_x + static_cast<int>(last - row));
    all.top = std::min(all.top, image.dst_y + y);
    all.bottom = std::max(all.bottom, image.dst_y + y + 1);
  }
}

Bounds bounds_of(const ASS_Image* image) {
  Bounds all{INT_MAX, INT_MAX, 0, 0};
  for (; image != nullptr; image = image->next) include(*image, all);
  if (all.right == 0) return {};
  return {all.left / 2 * 2, all.top / 2 * 2, (all.right + 1) / 2 * 2, (all.bottom + 1) / 2 * 2};
}

/// See Style::alignment.
int alignment_of(const LabelPlace& place) { return (place.bottom ? 1 : 7) + (place.right ? 2 : 0); }

}  // namespace

LabelPainter::LabelPainter(Painter painter, const LabelPlace& place)
    : painter_(std::make_unique<Painter>(std::move(painter))), place_(place) {}

LabelPainter::~LabelPainter() = default;

base::Result<std::unique_ptr<LabelPainter>> LabelPainter::make(base::View font, const LabelPlace& place) {
  TRY(Painter painter, Painter::make(font, place.width, place.height));
  return std::unique_ptr<LabelPainter>(new LabelPainter(std::move(painter), place));
}

Label LabelPainter::draw(std::string_view text) {
  const ASS_Image* image = painter_->paint(text, {.line = place_.line,
                                                  .alignment = alignment_of(place_),
                                                  .side_margin = place_.margin,
                                                  .margin = place_.margin,
                                                  .breaks = false});
  const Bounds bounds = bounds_of(image);
  const int width = bounds.right - bounds.left;
  const int height = bounds.bottom - bounds.top;
  const std::size_t samples = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  Label label{bounds.left,
              bounds.top,
              {width, height, height, 0, std::vector<std::uint8_t>(samples), std::vector<std::uint8_t>(samples)}};
  for (; image != nullptr; image = image->next) put(*image, bounds.left, bounds.top, label.drawing);
  label.drawing.top = std::min(label.drawing.top, label.drawing.bottom);
  return label;
}

}  // namespace text
