#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/utf8.h"
#include "teletext/line.h"
#include "teletext/page_reader.h"
#include "teletext/screen.h"

// Each byte string led by two bytes of its length is the payload of a PES packet. Whatever comes, a screen is a text in
// UTF-8 of at most the lines and the characters that a page has room for, and the marks of their directions.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static teletext::Screen screen = teletext::Screen::make("").take();
  base::View rest{data, size};
  teletext::PageReader reader(0x888);
  std::vector<teletext::Line> lines;
  while (rest.size() > 2) {
    const std::size_t length = std::min<std::size_t>(std::size_t{rest[0]} << 8 | rest[1], rest.size() - 2);
    lines.clear();
    teletext::read_lines(rest.subspan(2, length), lines);
    rest = rest.subspan(2 + length);
    if (lines.size() > teletext::kMostLines) std::abort();
    for (const teletext::Line& line : lines) {
      if (line.magazine < 1 || line.magazine > 8 || line.row < 0 || line.row > 31) std::abort();
    }
    const teletext::Page* page = reader.feed(lines, 0);
    if (page == nullptr) continue;
    const std::string text = screen.text(*page);
    if (!base::is_utf8(text) || text.size() > 24 * (8 * 40 + 4)) std::abort();
    if (screen.text(*page) != text) std::abort();
  }
  return 0;
}
