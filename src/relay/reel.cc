#include "relay/reel.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <variant>

#include "base/hex.h"
#include "record/encoding.h"

namespace relay {
namespace {

constexpr std::size_t kDigits = 16;
// Chunks of a segment each, from the newest back, that are compared.
constexpr std::size_t kCompared = 8;

std::string hex(std::uint64_t value) {
  std::string text;
  for (std::size_t i = 0; i < kDigits; ++i, value <<= 4) text += "0123456789abcdef"[value >> 60];
  return text;
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  if (text.size() != kDigits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = base::hex_digit(c);
    if (digit < 0) return std::nullopt;
    value = (value << 4) | static_cast<std::uint64_t>(digit);
  }
  return value;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  constexpr std::size_t kMostDigits = 18;
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

using PartKey = std::tuple<std::uint32_t, std::int64_t, std::uint32_t>;

std::map<PartKey, std::uint64_t> newest_parts(const Reel& reel) {
  std::map<PartKey, std::uint64_t> parts;
  const std::size_t from = reel.chunks.size() - std::min(kCompared, reel.chunks.size());
  for (std::size_t i = from; i < reel.chunks.size(); ++i) {
    for (const Entry& entry : reel.chunks[i]->entries) {
      const auto record = record::decode_head(entry.head.view());
      const auto* part = record.ok() && *record ? std::get_if<record::Part>(&**record) : nullptr;
      if (part != nullptr) parts[{part->rendition, part->msn, part->index}] = part->stored.hash;
    }
  }
  return parts;
}

}  // namespace

std::string format_place(const Place& place) { return hex(place.log) + "-" + std::to_string(place.next); }

std::optional<Place> parse_place(std::string_view text) {
  if (text.size() < kDigits + 2 || text[kDigits] != '-') return std::nullopt;
  const auto log = parse_hex(text.substr(0, kDigits));
  const auto next = parse_number(text.substr(kDigits + 1));
  if (!log || !next) return std::nullopt;
  return Place{*log, *next};
}

std::string format_have(const Have& have) {
  return std::to_string(have.first) + "-" + std::to_string(have.last) + "-" + hex(have.hash);
}

std::optional<Have> parse_have(std::string_view text) {
  const std::size_t one = text.find('-');
  const std::size_t two = one == std::string_view::npos ? one : text.find('-', one + 1);
  if (two == std::string_view::npos) return std::nullopt;
  const auto first = parse_number(text.substr(0, one));
  const auto last = parse_number(text.substr(one + 1, two - one - 1));
  const auto hash = parse_hex(text.substr(two + 1));
  if (!first || !last || !hash || *first > *last) return std::nullopt;
  return Have{static_cast<std::int64_t>(*first), static_cast<std::int64_t>(*last), *hash};
}

std::string format_path(const Path& path) {
  std::string text;
  for (const std::uint64_t node : path) text += (text.empty() ? "" : ", ") + hex(node);
  return text;
}

std::optional<Path> parse_path(std::string_view text) {
  Path path;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(", "), text.size());
    const auto node = parse_hex(text.substr(0, comma));
    if (!node || path.size() == kLongestPath) return std::nullopt;
    path.push_back(*node);
    text.remove_prefix(std::min(comma + 2, text.size()));
  }
  return path;
}

bool same_media(const Reel& a, const Reel& b) {
  const auto ours = newest_parts(a);
  bool common = false;
  for (const auto& [key, hash] : newest_parts(b)) {
    const auto found = ours.find(key);
    if (found == ours.end()) continue;
    if (found->second != hash) return false;
    common = true;
  }
  return common;
}

}  // namespace relay
