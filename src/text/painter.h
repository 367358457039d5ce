#pragma once

#include <ass/ass.h>

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "text/drawing.h"

namespace text {

template <auto kFree>
struct FreeAss {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

/// How a text lies in a picture. Units: pixels.
struct Style {
  int line = 0;         ///< height of a line
  int alignment = 5;    ///< as the number keys of a keyboard lie: 7 is the top left corner, 5 the middle
  int side_margin = 0;  ///< that stays free at the left and at the right
  int margin = 0;       ///< likewise above and below
  bool breaks = true;   ///< lines that are too long are broken

  friend bool operator==(const Style&, const Style&) = default;
};

/// libass with one font, for pictures of one size. What it keeps makes a text that is like the one before cheap.
/// Thread: one at a time.
class Painter {
 public:
  /// `font`: a file in memory, which is copied. Errors: kMalformed for a font that cannot be read; kSystem.
  static base::Result<Painter> make(base::View font, int width, int height);

  /// What the text consists of; null: nothing. The images live until the next call. Nothing in the text is an
  /// instruction.
  const ASS_Image* paint(std::string_view text, const Style& style);

 private:
  Painter(int width, int height) : width_(width), height_(height) {}
  bool open_track(const Style& style);

  int width_;
  int height_;
  std::unique_ptr<ASS_Library, FreeAss<ass_library_done>> ass_;
  std::unique_ptr<ASS_Renderer, FreeAss<ass_renderer_done>> renderer_;
  std::unique_ptr<ASS_Track, FreeAss<ass_free_track>> track_;
  Style style_;  ///< of the track
};

/// Adds an image to a drawing whose first sample is at `left` and `top` of the picture. What lies outside
/// of the drawing is left out.
void put(const ASS_Image& image, int left, int top, Drawing& out);

}  // namespace text
