#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "text/drawing.h"

namespace text {

/// A text in a corner of a picture. The drawing has the text alone.
struct Label {
  int left = 0;  ///< of the drawing in the picture; even
  int top = 0;   ///< likewise
  Drawing drawing;
};

/// Where the labels of a picture are. Units: pixels.
struct LabelPlace {
  int width = 0;   ///< of the picture
  int height = 0;  ///< likewise
  int line = 0;    ///< height of a line
  int margin = 0;  ///< free at all edges
  bool bottom = false;
  bool right = false;
};

class Painter;

/// Draws labels for pictures of one size, with one font. A line is as long as it is; what would lie outside of the
/// picture is cut off. One that differs little from the one before costs some tenths of a millisecond. Thread: one at a
/// time.
class LabelPainter {
 public:
  /// `font`: a file in memory, which is copied. Errors: as draw().
  static base::Result<std::unique_ptr<LabelPainter>> make(base::View font, const LabelPlace& place);
  ~LabelPainter();
  LabelPainter(const LabelPainter&) = delete;
  LabelPainter& operator=(const LabelPainter&) = delete;

  /// Nothing is white or black in it where the text has no shape. See draw() for what a text can be.
  Label draw(std::string_view text);

 private:
  LabelPainter(Painter painter, const LabelPlace& place);

  const std::unique_ptr<Painter> painter_;
  const LabelPlace place_;
};

}  // namespace text
