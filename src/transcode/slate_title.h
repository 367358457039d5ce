#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/shared_file.h"
#include "text/drawing.h"
#include "transcode/av.h"
#include "transcode/frame_pool.h"

namespace transcode {

/// The text over a slate, in the sizes of all rungs: drawn once a text and size, when a picture of that size is first
/// asked for. Thread: one at a time; the frames it makes may go anywhere.
class SlateTitle {
 public:
  /// `font`: what the text is drawn with; null: none is drawn.
  SlateTitle(std::shared_ptr<const base::SharedFile> font, std::size_t rungs);

  /// The text from the next picture on; empty: none. Logs the characters that the font lacks, which become boxes.
  void set(const std::string& text);
  bool empty() const { return text_.empty() || font_ == nullptr; }

  enum class Under : std::uint8_t {
    kAsItIs,
    kDarkened,  ///< to half, so that text is read on any picture
  };
  /// `picture` with the text on it, where there is one; itself where there is none or it cannot be drawn, which is
  /// logged once. The same picture again costs nothing. Null: no memory.
  FramePtr over(std::size_t rung, FramePtr picture, Under under);
  /// Frees what is kept for the next picture.
  void release();

 private:
  struct Size {
    std::optional<text::Drawing> drawing;
    FramePtr plain;   ///< the newest picture that was given
    FramePtr titled;  ///< what was made of it
    FramePool pool;
  };
  bool draw(Size& size, const AVFrame& picture);

  const std::shared_ptr<const base::SharedFile> font_;
  std::string text_;
  bool failed_ = false;  ///< this text cannot be drawn
  std::vector<Size> sizes_;
};

}  // namespace transcode
