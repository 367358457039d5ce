#include "teletext/screen.h"

#include <libzvbi.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "media/language.h"
#include "teletext/arabic.h"
#include "teletext/reading_order.h"

namespace teletext {
namespace {

constexpr int kTextRows = 25;
// Parity makes a blank of 0x20.
constexpr std::uint8_t kSpace = 0x20;
// Where libzvbi puts mosaic pictures and characters that a page draws itself.
constexpr unsigned kFirstPrivate = 0xe000;
constexpr unsigned kLastPrivate = 0xf8ff;

/// By the tag of a language: the upper bits of the designation of its alphabets, which most services leave out.
/// [EN 300 706 table 32]
struct Region {
  std::string_view tag;
  int designation;
};
constexpr std::array kRegions{Region{"pl", 8},  Region{"tr", 16}, Region{"hr", 24}, Region{"sl", 24}, Region{"ro", 24},
                              Region{"sr", 24}, Region{"bs", 24}, Region{"et", 32}, Region{"lv", 32}, Region{"lt", 32},
                              Region{"ru", 32}, Region{"bg", 32}, Region{"uk", 32}, Region{"be", 32}, Region{"mk", 32},
                              Region{"el", 48}, Region{"ar", 64}, Region{"fa", 80}, Region{"he", 80}};

int region_of(std::string_view language) {
  const std::string_view tag = media::language_tag(media::language_code(language));
  const auto found = std::find_if(kRegions.begin(), kRegions.end(), [&](const Region& at) { return at.tag == tag; });
  return found == kRegions.end() ? 0 : found->designation;
}

/// What is at one place of the page: a character, a blank, or nothing, where another one covers it.
enum class Cell : std::uint8_t { kCharacter, kBlank, kCovered };

/// What libzvbi has characters of its own for, pictures or what a page draws itself, is a blank unless it is a letter.
Cell cell_of(const vbi_char& at, bool boxed) {
  if (at.size > VBI_DOUBLE_SIZE) return Cell::kCovered;
  const bool outside = boxed && at.opacity == VBI_TRANSPARENT_SPACE;
  const bool drawn = at.unicode >= 0xd800 && at.unicode <= kLastPrivate && arabic_letters(at.unicode).empty();
  static_assert(kFirstPrivate > 0xd800);
  return outside || drawn || at.conceal != 0 || at.unicode <= kSpace || at.unicode == 0xa0 ? Cell::kBlank
                                                                                           : Cell::kCharacter;
}

/// The letters of a cell as they are seen: those of a ligature stand from the right to the left.
void append_seen(std::u32string& row, unsigned character) {
  const std::u32string_view letters = arabic_letters(character);
  if (letters.empty()) {
    row += static_cast<char32_t>(character);
  } else {
    row.append(letters.rbegin(), letters.rend());
  }
}

/// A colour takes a place as a blank does: several of them are one.
void append_row(std::string& text, const vbi_page& page, int row, bool boxed) {
  std::u32string seen;
  bool blank = false;
  for (int column = 0; column < std::min(page.columns, 40); ++column) {
    const vbi_char& at = page.text[row * page.columns + column];
    const Cell cell = cell_of(at, boxed);
    if (cell == Cell::kBlank) blank = true;
    if (cell != Cell::kCharacter) continue;
    if (std::exchange(blank, false) && !seen.empty()) seen += U' ';
    append_seen(seen, at.unicode);
  }
  if (seen.empty()) return;
  if (!text.empty()) text += '\n';
  for (const char32_t character : in_reading_order(seen)) base::append_character(text, character);
}

void on_page(vbi_event*, void*) {}

}  // namespace

struct Screen::State {
  State() = default;
  ~State() {
    if (decoder != nullptr) vbi_decoder_delete(decoder);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void give(const std::array<std::uint8_t, Line::kSize>& bytes) {
    vbi_sliced& line = sliced.emplace_back();
    line.id = VBI_SLICED_TELETEXT_B;
    std::copy(bytes.begin(), bytes.end(), std::begin(line.data));
  }
  void give(const std::array<std::optional<Line>, Page::kDesignations>& lines) {
    for (const auto& line : lines) {
      if (line) give(line->bytes);
    }
  }
  void give_header(int number, const Page* page);
  void give_alphabets(const Page& page);

  vbi_decoder* decoder = nullptr;
  std::vector<vbi_sliced> sliced;
};

/// A header of its own: the page is whole, and takes nothing over from what was there before (C4), nor is its header
/// shown (C7).
void Screen::State::give_header(int number, const Page* page) {
  std::array<std::uint8_t, Line::kSize> bytes;
  bytes.fill(kSpace);
  bytes[0] = hamming_byte(number >> 8 & 7);
  bytes[1] = hamming_byte(0);
  bytes[2] = hamming_byte(number & 0xf);
  bytes[3] = hamming_byte(number >> 4 & 0xf);
  bytes[4] = bytes[6] = hamming_byte(0);
  bytes[5] = hamming_byte(8);
  bytes[7] = hamming_byte(page != nullptr && page->boxed ? 8 : 0);
  bytes[8] = hamming_byte(1);
  bytes[9] = hamming_byte(page != nullptr ? (page->national & 7) << 1 : 0);
  give(bytes);
}

/// Packet 29 says of all pages of a magazine what packet 28 says of one, which precedes. libzvbi regards it at higher
/// levels alone: it is given as the page's. [EN 300 706 9.4.2, 9.5]
void Screen::State::give_alphabets(const Page& page) {
  constexpr std::array<std::size_t, 2> kOfAlphabets{0, 4};
  give(page.alphabets);
  for (const std::size_t designation : kOfAlphabets) {
    if (page.alphabets[designation]) return;
  }
  for (const std::size_t designation : kOfAlphabets) {
    if (!page.magazine[designation]) continue;
    auto bytes = page.magazine[designation]->bytes;
    bytes[0] = hamming_byte(page.number >> 8 & 7);
    bytes[1] = hamming_byte(28 >> 1);
    give(bytes);
  }
}

Screen::Screen(std::unique_ptr<State> state) : state_(std::move(state)) {}
Screen::~Screen() = default;
Screen::Screen(Screen&&) noexcept = default;
Screen& Screen::operator=(Screen&&) noexcept = default;

base::Result<Screen> Screen::make(std::string_view language) {
  auto state = std::make_unique<State>();
  state->decoder = vbi_decoder_new();
  // Without a handler libzvbi decodes nothing.
  if (state->decoder == nullptr ||
      vbi_event_handler_register(state->decoder, VBI_EVENT_TTX_PAGE, on_page, nullptr) == 0)
    return base::Error{base::Code::kSystem, "no memory for a teletext decoder"};
  vbi_teletext_set_default_region(state->decoder, region_of(language));
  return Screen(std::move(state));
}

std::string Screen::text(const Page& page) {
  std::string text;
  const auto there = [](const auto& row) { return row.has_value(); };
  if (page.hidden || std::none_of(page.rows.begin(), page.rows.end(), there)) return text;
  State& state = *state_;
  state.sliced.clear();
  state.give_header(page.number, &page);
  state.give_alphabets(page);
  for (const auto& row : page.rows) {
    if (row) state.give(row->bytes);
  }
  state.give(page.accents);
  // The header of no page, which ends the one before.
  state.give_header(page.number | 0xff, nullptr);
  vbi_decode(state.decoder, state.sliced.data(), static_cast<int>(state.sliced.size()), 0.0);
  // Level 1.5 has all of the text: colours, objects and characters that pages draw themselves come with the next ones.
  vbi_page shown{};
  if (vbi_fetch_vt_page(state.decoder, &shown, page.number, VBI_ANY_SUBNO, VBI_WST_LEVEL_1p5, kTextRows, 0) == 0)
    return text;
  for (int row = 1; row < std::min(shown.rows, kTextRows); ++row) append_row(text, shown, row, page.boxed);
  vbi_unref_page(&shown);
  return text;
}

}  // namespace teletext
