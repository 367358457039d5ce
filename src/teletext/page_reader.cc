#include "teletext/page_reader.h"

#include <algorithm>

namespace teletext {
namespace {

constexpr int kHeader = 0;
constexpr int kAccents = 26;
constexpr int kAlphabets = 28;
constexpr int kMagazineAlphabets = 29;

/// The control bits of a header. [EN 300 706 9.3.1.3]
struct Control {
  bool erase = false;     // C4
  bool news = false;      // C5
  bool subtitle = false;  // C6
  bool inhibit = false;   // C10
  bool serial = false;    // C11
  int national = 0;       // C12 to C14
};

/// A damaged bit counts as not set; the page is erased rather than mixed with what it was before.
Control control_of(const Line& header) {
  const auto bit = [&](std::size_t byte, int at, bool otherwise) {
    const auto bits = hamming_bits(header.bytes[byte]);
    return bits ? (*bits >> at & 1) != 0 : otherwise;
  };
  Control control;
  control.erase = bit(5, 3, true);
  control.news = bit(7, 2, false);
  control.subtitle = bit(7, 3, false);
  control.inhibit = bit(8, 3, false);
  control.serial = bit(9, 0, false);
  control.national = hamming_bits(header.bytes[9]).value_or(0) >> 1;
  return control;
}

}  // namespace

const Page* PageReader::feed(std::span<const Line> lines, base::Micros at) {
  bool changed = false;
  for (const Line& line : lines) changed = take(line, at) || changed;
  return changed ? &page_ : nullptr;
}

/// True where it is part of the page.
bool PageReader::take(const Line& line, base::Micros at) {
  if (line.row == kHeader) return take_header(line, at);
  if (line.magazine != page_.number >> 8) return false;
  const auto designation = static_cast<std::size_t>(hamming_bits(line.bytes[2]).value_or(-1));
  const bool designated = designation < Page::kDesignations;
  if (line.row == kMagazineAlphabets && designated) page_.magazine[designation] = line;
  if (!open_) return false;
  const auto row = static_cast<std::size_t>(line.row);
  if (row < Page::kRows) page_.rows[row] = line;
  if (line.row == kAccents && designated) page_.accents[designation] = line;
  if (line.row == kAlphabets && designated) page_.alphabets[designation] = line;
  return row < Page::kRows || ((line.row == kAccents || line.row == kAlphabets) && designated);
}

/// A header ends the page before it of its magazine, and of every magazine where they are sent one after another.
bool PageReader::take_header(const Line& header, base::Micros at) {
  const bool ours = header.magazine == page_.number >> 8;
  const Control control = control_of(header);
  if (!ours && !control.serial) return false;
  open_ = false;
  if (!ours) return false;
  const auto units = hamming_bits(header.bytes[2]);
  const auto tens = hamming_bits(header.bytes[3]);
  if (!units || !tens) {
    ++damaged_;
    return false;
  }
  if ((*tens << 4 | *units) != (page_.number & 0xff)) return false;
  begin(header, at);
  return true;
}

void PageReader::begin(const Line& header, base::Micros at) {
  const Control control = control_of(header);
  if (control.erase) {
    page_.rows = {};
    page_.accents = {};
    page_.alphabets = {};
  }
  page_.at = at;
  page_.boxed = control.news || control.subtitle;
  page_.hidden = control.inhibit;
  page_.national = control.national;
  open_ = true;
}

}  // namespace teletext
