#include "transcode/slate_title.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/log.h"
#include "media/hdr.h"
#include "text/font.h"
#include "transcode/colour_converter.h"

namespace transcode {
namespace {

constexpr int kOpaque = 255;
constexpr int kDarkening = 128;  // of kOpaque
constexpr std::size_t kMostNamed = 8;

/// How much of a sample white and black cover, of kOpaque.
struct Cover {
  int white = 0;
  int black = 0;
};

/// Where a text lies on a picture.
class Covers {
 public:
  Covers(const text::Drawing& drawing, SlateTitle::Under under)
      : drawing_(drawing), darkening_(under == SlateTitle::Under::kDarkened ? kDarkening : 0) {}

  Cover at(int x, int y) const {
    const std::size_t i =
        static_cast<std::size_t>(y) * static_cast<std::size_t>(drawing_.width) + static_cast<std::size_t>(x);
    const int white = drawing_.white[i];
    const int black = drawing_.black[i];
    return {white, black + (kOpaque - white - black) * darkening_ / kOpaque};
  }
  /// False of a pair of rows, from an even one on, that stay as they are.
  bool touch(int y) const { return darkening_ > 0 || (y + 1 >= drawing_.top && y < drawing_.bottom); }
  /// Of the four samples that share one of chroma.
  int around(int x, int y) const {
    int sum = 0;
    for (const Cover& one : {at(2 * x, 2 * y), at(2 * x + 1, 2 * y), at(2 * x, 2 * y + 1), at(2 * x + 1, 2 * y + 1)}) {
      sum += one.white + one.black;
    }
    return sum / 4;
  }

 private:
  const text::Drawing& drawing_;
  const int darkening_;
};

template <typename Sample>
Sample* row(const AVFrame& of, int plane, int y) {
  return reinterpret_cast<Sample*>(of.data[plane] + std::ptrdiff_t{y} * of.linesize[plane]);
}

/// Samples of a picture's white, black and grey: only its range and its bits matter, they are the same in every matrix.
struct Levels {
  int white = 0;
  int black = 0;
  int grey = 0;
};

/// Reference white, 203 cd/m2: 58 % of PQ and 75 % of HLG (BT.2408).
Levels levels_of(const AVFrame& picture, int bits) {
  const bool full = picture.color_range == AVCOL_RANGE_JPEG;
  const int black = full ? 0 : 16 << (bits - 8);
  const int range = full ? (1 << bits) - 1 : 219 << (bits - 8);
  switch (media::dynamic_range(colour_of(picture))) {
    case media::DynamicRange::kPq: return {black + range * 58 / 100, black, 128 << (bits - 8)};
    case media::DynamicRange::kHlg: return {black + range * 75 / 100, black, 128 << (bits - 8)};
    case media::DynamicRange::kSdr: break;
  }
  return {black + range, black, 128 << (bits - 8)};
}

template <typename Sample>
void paint_luma(const Covers& covers, const AVFrame& from, AVFrame& to, const Levels& levels) {
  for (int y = 0; y < from.height; ++y) {
    const Sample* const in = row<Sample>(from, 0, y);
    Sample* const out = row<Sample>(to, 0, y);
    if (!covers.touch(y / 2 * 2)) {
      std::copy_n(in, from.width, out);
      continue;
    }
    for (int x = 0; x < from.width; ++x) {
      const Cover cover = covers.at(x, y);
      const int left = kOpaque - cover.white - cover.black;
      const int sum = in[x] * left + levels.white * cover.white + levels.black * cover.black;
      out[x] = static_cast<Sample>((sum + kOpaque / 2) / kOpaque);
    }
  }
}

template <typename Sample>
void paint_chroma(const Covers& covers, const AVFrame& from, AVFrame& to, const Levels& levels) {
  for (int y = 0; y < from.height / 2; ++y) {
    if (!covers.touch(2 * y)) {
      for (const int plane : {1, 2}) {
        std::copy_n(row<Sample>(from, plane, y), from.width / 2, row<Sample>(to, plane, y));
      }
      continue;
    }
    for (int x = 0; x < from.width / 2; ++x) {
      const int cover = covers.around(x, y);
      for (const int plane : {1, 2}) {
        const int sum = row<Sample>(from, plane, y)[x] * (kOpaque - cover) + levels.grey * cover;
        row<Sample>(to, plane, y)[x] = static_cast<Sample>((sum + kOpaque / 2) / kOpaque);
      }
    }
  }
}

template <typename Sample>
void paint(const Covers& covers, const AVFrame& from, AVFrame& to) {
  const Levels levels = levels_of(from, sizeof(Sample) == 1 ? 8 : 10);
  paint_luma<Sample>(covers, from, to, levels);
  paint_chroma<Sample>(covers, from, to, levels);
}

std::string named(const std::u32string& characters) {
  std::string out;
  for (std::size_t i = 0; i < characters.size() && i < kMostNamed; ++i) {
    char name[16];
    std::snprintf(name, sizeof name, "%sU+%04X", i == 0 ? "" : " ", static_cast<unsigned>(characters[i]));
    out += name;
  }
  return characters.size() > kMostNamed ? out + " …" : out;
}

}  // namespace

SlateTitle::SlateTitle(std::shared_ptr<const base::SharedFile> font, std::size_t rungs)
    : font_(std::move(font)), sizes_(rungs) {}

void SlateTitle::set(const std::string& text) {
  if (text == text_) return;
  text_ = text;
  failed_ = false;
  release();
  if (empty()) return;
  const auto missing = text::missing_characters(font_->view(), text_);
  if (!missing.ok() || missing->empty()) return;
  base::log_warn("transcode", "the font of the slate lacks characters of its text; they are shown as boxes",
                 {{"text", text_}, {"characters", named(*missing)}});
}

void SlateTitle::release() {
  for (Size& size : sizes_) {
    size.drawing.reset();
    size.plain.reset();
    size.titled.reset();
  }
}

bool SlateTitle::draw(Size& size, const AVFrame& picture) {
  const bool drawn = size.drawing && size.drawing->width == picture.width && size.drawing->height == picture.height;
  if (drawn || failed_) return drawn;
  auto drawing = text::draw(font_->view(), text_, picture.width, picture.height);
  failed_ = !drawing.ok();
  if (failed_) {
    base::log_error("transcode", "the text of the slate cannot be drawn; the slate is shown without it",
                    {{"why", drawing.error().message()}});
    return false;
  }
  size.drawing = drawing.take();
  return true;
}

FramePtr SlateTitle::over(std::size_t rung, FramePtr picture, Under under) {
  if (empty() || picture == nullptr) return picture;
  Size& size = sizes_[rung];
  const bool again = size.titled != nullptr && size.plain->data[0] == picture->data[0];
  if (!again) {
    if (!draw(size, *picture)) return picture;
    const auto format = static_cast<AVPixelFormat>(picture->format);
    size.titled = size.pool.picture(format, picture->width, picture->height);
    if (size.titled == nullptr) return nullptr;
    const Covers covers(*size.drawing, under);
    format == AV_PIX_FMT_YUV420P ? paint<std::uint8_t>(covers, *picture, *size.titled)
                                 : paint<std::uint16_t>(covers, *picture, *size.titled);
    av_frame_copy_props(size.titled.get(), picture.get());
    size.plain = std::move(picture);
  }
  return FramePtr(av_frame_clone(size.titled.get()));
}

}  // namespace transcode
