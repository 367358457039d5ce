#include "text/drawing.h"

#include <ass/ass.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "text/font.h"

namespace text {
namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Library = std::unique_ptr<ASS_Library, Free<ass_library_done>>;
using Renderer = std::unique_ptr<ASS_Renderer, Free<ass_renderer_done>>;
using Track = std::unique_ptr<ASS_Track, Free<ass_free_track>>;

// Of the picture; what stays free at each edge (EBU R 95: 5 % are safe).
constexpr int kMarginShare = 20;
// Lines are so high where the text has room, of the picture's height and width, and no smaller than the third.
constexpr int kLineShareOfHeight = 8;
constexpr int kLineShareOfWidth = 14;
constexpr int kLeastLineShareOfHeight = 36;
constexpr int kMostSteps = 12;  // each makes it a seventh smaller

/// The text as the script language of libass has it. A brace would begin a group of instructions, and so would a
/// backslash, but not before a word joiner, which has no shape.
std::string script_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\\u2060"; break;
      case '{': out += "\\{"; break;
      case '}': out += "\\}"; break;
      case '\n': out += "\\N"; break;
      case '\r': break;
      case '\t': out += ' '; break;
      default: out += c;
    }
  }
  return out;
}

/// A script's head: the size of the picture, one style. Its font is none that there is, so that the renderer's default
/// is taken: a family's name may hold what a script cannot.
std::string head_of(int width, int height, int line) {
  const int margin = width / kMarginShare;
  std::string out(2048, '\0');
  const int size = std::snprintf(
      out.data(), out.size(),
      "[Script Info]\nScriptType: v4.00+\nPlayResX: %d\nPlayResY: %d\nWrapStyle: 0\nScaledBorderAndShadow: yes\n"
      "[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
      "Bold, "
      "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
      "MarginR, MarginV, Encoding\n"
      // Encoding -1: each paragraph runs the way that its first letter does.
      "Style: Default,-,%d,&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,%d.%d,0,5,%d,%d,0,-1\n"
      "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
      width, height, line, line / 20, line % 20 / 2, margin, margin);
  out.resize(static_cast<std::size_t>(std::max(size, 0)));
  return out;
}

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

std::uint8_t blend(int under, int over, int alpha) {
  return static_cast<std::uint8_t>((under * (255 - alpha) + over * alpha + 127) / 255);
}

void put(const ASS_Image& image, Drawing& out) {
  out.top = std::min(out.top, image.dst_y);
  out.bottom = std::max(out.bottom, image.dst_y + image.h);
  const int opaque = 255 - static_cast<int>(image.color & 0xFF);
  const int white = static_cast<int>(image.color >> 24);
  for (int y = 0; y < image.h; ++y) {
    const unsigned char* const row = image.bitmap + std::ptrdiff_t{y} * image.stride;
    const std::size_t to = static_cast<std::size_t>(image.dst_y + y) * static_cast<std::size_t>(out.width) +
                           static_cast<std::size_t>(image.dst_x);
    for (int x = 0; x < image.w; ++x) {
      const int alpha = row[x] * opaque / 255;
      std::uint8_t& white_there = out.white[to + static_cast<std::size_t>(x)];
      std::uint8_t& black_there = out.black[to + static_cast<std::size_t>(x)];
      white_there = blend(white_there, white, alpha);
      // Both rounded up might be more than the whole.
      black_there = std::min(blend(black_there, 255 - white, alpha), static_cast<std::uint8_t>(255 - white_there));
    }
  }
}

/// libass with one font, for pictures of one size.
class Painter {
 public:
  static base::Result<Painter> make(base::View font, int width, int height) {
    TRY(const std::string family, family_of(font));
    Painter made(width, height);
    made.ass_.reset(ass_library_init());
    if (made.ass_ == nullptr) return no_memory();
    ass_set_message_cb(made.ass_.get(), [](int, const char*, va_list, void*) {}, nullptr);
    ass_add_font(made.ass_.get(), "font", reinterpret_cast<const char*>(font.data()), static_cast<int>(font.size()));
    made.renderer_.reset(ass_renderer_init(made.ass_.get()));
    if (made.renderer_ == nullptr) return no_memory();
    ass_set_frame_size(made.renderer_.get(), width, height);
    ass_set_storage_size(made.renderer_.get(), width, height);
    ass_set_fonts(made.renderer_.get(), nullptr, family.c_str(), ASS_FONTPROVIDER_NONE, nullptr, 0);
    return made;
  }

  /// With lines of this height. The images live until the next call.
  const ASS_Image* paint(std::string_view text, int line) {
    track_.reset(ass_new_track(ass_.get()));
    if (track_ == nullptr) return nullptr;
    std::string head = head_of(width_, height_, line);
    ass_process_codec_private(track_.get(), head.data(), static_cast<int>(head.size()));
    // Where libass knows them: writing without spaces is broken too, and brackets turn with the text.
    ass_track_set_feature(track_.get(), ASS_FEATURE_WRAP_UNICODE, 1);
    ass_track_set_feature(track_.get(), ASS_FEATURE_BIDI_BRACKETS, 1);
    std::string event = "0,0,Default,,0,0,0,," + script_of(text);
    ass_process_chunk(track_.get(), event.data(), static_cast<int>(event.size()), 0, 1000);
    return ass_render_frame(renderer_.get(), track_.get(), 0, nullptr);
  }

 private:
  Painter(int width, int height) : width_(width), height_(height) {}
  static base::Error no_memory() { return {base::Code::kSystem, "no memory for a text"}; }

  int width_;
  int height_;
  Library ass_;
  Renderer renderer_;
  Track track_;
};

}  // namespace

base::Result<Drawing> draw(base::View font, std::string_view text, int width, int height) {
  TRY(Painter painter, Painter::make(font, width, height));
  const int least = std::max(height / kLeastLineShareOfHeight, 1);
  int line = std::max(std::min(height / kLineShareOfHeight, width / kLineShareOfWidth), least);
  const ASS_Image* image = painter.paint(text, line);
  for (int step = 0; step < kMostSteps && line > least && !fits(image, width, height); ++step) {
    line = std::max(line * 6 / 7, least);
    image = painter.paint(text, line);
  }
  const std::size_t samples = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  Drawing out{width, height, height, 0, std::vector<std::uint8_t>(samples), std::vector<std::uint8_t>(samples)};
  for (; image != nullptr; image = image->next) put(*image, out);
  out.top = std::min(out.top, out.bottom);
  return out;
}

}  // namespace text
