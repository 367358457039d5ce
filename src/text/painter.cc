#include "text/painter.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "text/font.h"

namespace text {
namespace {

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
std::string head_of(int width, int height, const Style& style) {
  std::string out(2048, '\0');
  const int size = std::snprintf(
      out.data(), out.size(),
      "[Script Info]\nScriptType: v4.00+\nPlayResX: %d\nPlayResY: %d\nWrapStyle: %d\nScaledBorderAndShadow: yes\n"
      "[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
      "Bold, "
      "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
      "MarginR, MarginV, Encoding\n"
      // Encoding -1: each paragraph runs the way that its first letter does.
      "Style: Default,-,%d,&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,%d.%d,0,%d,%d,%d,%d,-1\n"
      "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
      width, height, style.breaks ? 0 : 2, style.line, style.line / 20, style.line % 20 / 2, style.alignment,
      style.side_margin, style.side_margin, style.margin);
  out.resize(static_cast<std::size_t>(std::max(size, 0)));
  return out;
}

std::uint8_t blend(int under, int over, int alpha) {
  return static_cast<std::uint8_t>((under * (255 - alpha) + over * alpha + 127) / 255);
}

base::Error no_memory() { return {base::Code::kSystem, "no memory for a text"}; }

}  // namespace

base::Result<Painter> Painter::make(base::View font, int width, int height) {
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

/// A track of the style, without a text.
bool Painter::open_track(const Style& style) {
  if (track_ != nullptr && style == style_) {
    ass_flush_events(track_.get());
    return true;
  }
  track_.reset(ass_new_track(ass_.get()));
  if (track_ == nullptr) return false;
  style_ = style;
  std::string head = head_of(width_, height_, style);
  ass_process_codec_private(track_.get(), head.data(), static_cast<int>(head.size()));
  // Where libass knows them: writing without spaces is broken too, and brackets turn with the text.
  ass_track_set_feature(track_.get(), ASS_FEATURE_WRAP_UNICODE, 1);
  ass_track_set_feature(track_.get(), ASS_FEATURE_BIDI_BRACKETS, 1);
  return true;
}

const ASS_Image* Painter::paint(std::string_view text, const Style& style) {
  if (!open_track(style)) return nullptr;
  std::string event = "0,0,Default,,0,0,0,," + script_of(text);
  ass_process_chunk(track_.get(), event.data(), static_cast<int>(event.size()), 0, 1000);
  return ass_render_frame(renderer_.get(), track_.get(), 0, nullptr);
}

void put(const ASS_Image& image, int left, int top, Drawing& out) {
  const int opaque = 255 - static_cast<int>(image.color & 0xFF);
  const int white = static_cast<int>(image.color >> 24);
  const int x_to = image.dst_x - left;
  const int y_to = image.dst_y - top;
  const int x_end = std::min(image.w, out.width - x_to);
  const int y_end = std::min(image.h, out.height - y_to);
  for (int y = std::max(0, -y_to); y < y_end; ++y) {
    const unsigned char* const row = image.bitmap + std::ptrdiff_t{y} * image.stride;
    const std::size_t to = static_cast<std::size_t>(y_to + y) * static_cast<std::size_t>(out.width);
    int most = 0;
    for (int x = std::max(0, -x_to); x < x_end; ++x) {
      const int alpha = row[x] * opaque / 255;
      most = std::max(most, alpha);
      std::uint8_t& white_there = out.white[to + static_cast<std::size_t>(x_to + x)];
      std::uint8_t& black_there = out.black[to + static_cast<std::size_t>(x_to + x)];
      white_there = blend(white_there, white, alpha);
      // Both rounded up might be more than the whole.
      black_there = std::min(blend(black_there, 255 - white, alpha), static_cast<std::uint8_t>(255 - white_there));
    }
    if (most == 0) continue;  // a bitmap has more rows than its shape
    out.top = std::min(out.top, y_to + y);
    out.bottom = std::max(out.bottom, y_to + y + 1);
  }
}

}  // namespace text
