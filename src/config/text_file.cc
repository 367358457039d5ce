#include "config/text_file.h"

#include <algorithm>
#include <cstdint>

#include "base/regular_file.h"

namespace config {
namespace {

/// How many bytes the UTF-8 character has that `bytes` starts with; 0 where it is none, or a control character (RFC
/// 3629 section 4: no overlong form, no surrogate, nothing above U+10FFFF).
std::size_t character_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t first = at(0);
  if (first < 0x80) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && at(1) < 0xa0) || (first == 0xf0 && at(1) < 0x90);
  const bool outside = (first == 0xed && at(1) >= 0xa0) || (first == 0xf4 && at(1) >= 0x90);
  return overlong || outside ? 0 : length;
}

}  // namespace

std::optional<int> line_of_no_text(std::string_view bytes) {
  int line = 1;
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    if (length == 0) return line;
    if (bytes.front() == '\n') ++line;
    bytes.remove_prefix(length);
  }
  return std::nullopt;
}

base::Result<std::vector<std::string>> read_secrets(const std::string& path) {
  TRY(const std::string text, base::read_regular_file(path));
  if (const auto line = line_of_no_text(text))
    return base::Error{base::Code::kMalformed, path + " is no text (line " + std::to_string(*line) + ")"};
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
    at = end + 1;
  }
  if (lines.empty()) return base::Error{base::Code::kMalformed, path + " is empty"};
  return lines;
}

}  // namespace config
