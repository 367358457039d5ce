#include "transcode/slate_title.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/log.h"
#include "text/font.h"

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

std::uint8_t* row(const AVFrame& of, int plane, int y) {
  return of.data[plane] + std::ptrdiff_t{y} * of.linesize[plane];
}

/// White, black and grey are the same in every matrix: only the range matters.
void paint(const Covers& covers, const AVFrame& from, AVFrame& to) {
  const bool full = from.color_range == AVCOL_RANGE_JPEG;
  const int white = full ? 255 : 235;
  const int black = full ? 0 : 16;
  constexpr int kGrey = 128;
  for (int y = 0; y < from.height; ++y) {
    const std::uint8_t* const in = row(from, 0, y);
    std::uint8_t* const out = row(to, 0, y);
    if (!covers.touch(y / 2 * 2)) {
      std::copy_n(in, from.width, out);
      continue;
    }
    for (int x = 0; x < from.width; ++x) {
      const Cover cover = covers.at(x, y);
      const int left = kOpaque - cover.white - cover.black;
      out[x] =
          static_cast<std::uint8_t>((in[x] * left + white * cover.white + black * cover.black + kOpaque / 2) / kOpaque);
    }
  }
  for (int y = 0; y < from.height / 2; ++y) {
    if (!covers.touch(2 * y)) {
      for (const int plane : {1, 2}) std::copy_n(row(from, plane, y), from.width / 2, row(to, plane, y));
      continue;
    }
    for (int x = 0; x < from.width / 2; ++x) {
      const int cover = covers.around(x, y);
      for (const int plane : {1, 2}) {
        const int sum = row(from, plane, y)[x] * (kOpaque - cover) + kGrey * cover;
        row(to, plane, y)[x] = static_cast<std::uint8_t>((sum + kOpaque / 2) / kOpaque);
      }
    }
  }
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
    size.titled = size.pool.picture(AV_PIX_FMT_YUV420P, picture->width, picture->height);
    if (size.titled == nullptr) return nullptr;
    paint(Covers(*size.drawing, under), *picture, *size.titled);
    av_frame_copy_props(size.titled.get(), picture.get());
    size.plain = std::move(picture);
  }
  return FramePtr(av_frame_clone(size.titled.get()));
}

}  // namespace transcode
