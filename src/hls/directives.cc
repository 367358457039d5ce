#include "hls/directives.h"

#include <algorithm>
#include <charconv>

namespace hls {
namespace {

/// Decimal digits only, at most 2^64 - 1 (LL-95).
std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{}) return std::nullopt;
  return value;
}

/// Sets `place`; false where the text is no number or contradicts one given before.
bool set_number(std::optional<std::uint64_t>& place, std::string_view text) {
  const std::optional<std::uint64_t> value = parse_number(text);
  if (!value || (place && place != value)) return false;
  place = value;
  return true;
}

}  // namespace

Directives parse_directives(std::string_view query) {
  Directives directives;
  std::optional<std::string_view> skip;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    const std::string_view value = pair.substr(std::min(pair.size(), name.size() + 1));
    bool good = true;
    if (name == "_HLS_msn") {
      good = set_number(directives.msn, value);
    } else if (name == "_HLS_part") {
      good = set_number(directives.part, value);
    } else if (name == "_HLS_skip") {
      good = !skip || *skip == value;
      skip = value;
    }
    if (!good) directives.malformed = true;
  }
  if (directives.part && !directives.msn) directives.malformed = true;  // LL-94
  // Other values are ignored (LL-91).
  if (skip == "YES") directives.skip = Skip::kYes;
  if (skip == "v2") directives.skip = Skip::kDateRanges;
  return directives;
}

}  // namespace hls
