#include "http/negotiation.h"

#include <algorithm>
#include <charconv>

#include "http/request.h"

namespace http {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Cuts the part before the first `separator` off `text`.
std::string_view cut(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return trim(head);
}

/// True for "q=0", "q=0.", "q=0.000".
bool is_zero_weight(std::string_view parameter) {
  if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') return false;
  return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && failed == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char left, char right) {
           const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
           return lower(left) == lower(right);
         });
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view item = cut(accept_encoding, ',');
    const std::string_view coding = cut(item, ';');
    bool refused = false;
    while (!item.empty()) refused = refused || is_zero_weight(cut(item, ';'));
    if (same_name(coding, "gzip") || same_name(coding, "x-gzip")) return !refused;
    if (coding == "*") any = !refused;
  }
  return any;
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  if (trim(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    std::string_view tag = cut(if_none_match, ',');
    if (tag.substr(0, 2) == "W/") tag.remove_prefix(2);
    if (!tag.empty() && tag == etag) return true;
  }
  return false;
}

Range parse_range(std::string_view range, std::uint64_t size) {
  std::string_view spec = range;
  if (!same_name(cut(spec, '='), "bytes")) return {};
  spec = trim(spec);
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return {};
  const std::string_view from = spec.substr(0, dash);
  const std::string_view to = spec.substr(dash + 1);
  constexpr auto kPart = Range::Kind::kPart;
  constexpr auto kUnsatisfiable = Range::Kind::kUnsatisfiable;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (from.empty()) {
    if (!parse_number(to, last)) return {};
    if (last == 0 || size == 0) return {kUnsatisfiable};
    last = std::min(last, size);
    return {kPart, size - last, last};
  }
  if (!parse_number(from, first)) return {};
  if (to.empty()) {
    last = UINT64_MAX;
  } else if (!parse_number(to, last) || last < first) {
    return {};
  }
  if (first >= size) return {kUnsatisfiable};
  return {kPart, first, std::min(last, size - 1) - first + 1};
}

}  // namespace http
