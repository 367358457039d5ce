#include "text/font.h"

#include <freetype/freetype.h>
#include <freetype/ftsnames.h>
#include <freetype/ttnameid.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/utf8.h"

namespace text {
namespace {

/// A font as FreeType sees it; `face` is null where it cannot be read.
struct OpenFont {
  explicit OpenFont(base::View font) {
    if (FT_Init_FreeType(&library) != 0) return;
    if (FT_New_Memory_Face(library, font.data(), static_cast<FT_Long>(font.size()), 0, &face) != 0) face = nullptr;
    if (face != nullptr && FT_IS_SCALABLE(face)) return;
    FT_Done_Face(face);
    face = nullptr;
  }
  ~OpenFont() {
    FT_Done_Face(face);
    FT_Done_FreeType(library);
  }
  OpenFont(const OpenFont&) = delete;
  OpenFont& operator=(const OpenFont&) = delete;

  FT_Library library = nullptr;
  FT_Face face = nullptr;
};

base::Error no_font() {
  return {base::Code::kMalformed, "the font is not one that FreeType can scale (TrueType, OpenType)"};
}

/// A name of the font that is in ASCII; empty for another. Names are in UTF-16, the high byte first.
std::string ascii(const FT_SfntName& name) {
  std::string out;
  for (FT_UInt i = 0; i + 1 < name.string_len; i += 2) {
    if (name.string[i] != 0 || name.string[i + 1] < 0x20 || name.string[i + 1] > 0x7E) return "";
    out += static_cast<char>(name.string[i + 1]);
  }
  return out;
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
// Controls and the blank, the soft hyphen, marks of direction, joiners, variation selectors, and tags.
constexpr std::array kShapeless{Range{0, 0x20},        Range{0xAD, 0xAD},     Range{0x61C, 0x61C},
                                Range{0x200B, 0x200F}, Range{0x2028, 0x202E}, Range{0x2060, 0x206F},
                                Range{0xFE00, 0xFE0F}, Range{0xFEFF, 0xFEFF}, Range{0xE0000, 0xE0FFF}};

bool has_shape(std::uint32_t c) {
  return std::ranges::none_of(kShapeless, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

}  // namespace

base::Result<std::string> family_of(base::View font) {
  const OpenFont open(font);
  if (open.face == nullptr) return no_font();
  // libass compares with the names for Windows. FreeType's own choice may be the typographic family, without a weight.
  for (FT_UInt i = 0; i < FT_Get_Sfnt_Name_Count(open.face); ++i) {
    FT_SfntName name{};
    if (FT_Get_Sfnt_Name(open.face, i, &name) != 0) continue;
    if (name.platform_id != TT_PLATFORM_MICROSOFT || name.name_id != TT_NAME_ID_FONT_FAMILY) continue;
    if (std::string family = ascii(name); !family.empty()) return family;
  }
  if (open.face->family_name == nullptr) return no_font();
  return std::string(open.face->family_name);
}

base::Result<std::u32string> missing_characters(base::View font, std::string_view text) {
  const OpenFont open(font);
  if (open.face == nullptr) return no_font();
  std::u32string missing;
  while (!text.empty()) {
    const base::Utf8Character character = base::first_character(text);
    text.remove_prefix(character.length == 0 ? 1 : character.length);
    if (character.length == 0 || !has_shape(character.value)) continue;
    const bool known = missing.find(static_cast<char32_t>(character.value)) != std::u32string::npos;
    if (!known && FT_Get_Char_Index(open.face, character.value) == 0) missing += static_cast<char32_t>(character.value);
  }
  return missing;
}

}  // namespace text
