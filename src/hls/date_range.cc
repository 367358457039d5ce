#include "hls/date_range.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/hex.h"
#include "hls/tags.h"

namespace hls {
namespace {

bool is_name(std::string_view text) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  return !text.empty() && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

bool is_hex(std::string_view text) {
  if (text.size() < 3 || (!text.starts_with("0x") && !text.starts_with("0X"))) return false;
  return std::all_of(text.begin() + 2, text.end(), [](char c) { return base::hex_digit(c) >= 0; });
}

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool digits = !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
  return digits && std::count(text.begin(), text.end(), '.') <= 1 && text != ".";
}

void write_seconds(std::string& out, const char* name, base::Micros span) {
  out += name;
  write_decimal(out, (span + kDecimalMicros / 2) / kDecimalMicros);
}

}  // namespace

bool acceptable(const DateRange& range) {
  if (range.id.empty() || range.duration.value_or(0) < 0 || range.planned_duration.value_or(0) < 0) return false;
  std::set<std::string_view> names{"ID",       "CLASS",    "START-DATE",       "CUE",
                                   "END-DATE", "DURATION", "PLANNED-DURATION", "END-ON-NEXT"};
  return std::all_of(range.attributes.begin(), range.attributes.end(), [&](const DateRange::Attribute& attribute) {
    const bool value = !attribute.bare || is_hex(attribute.value) || is_decimal(attribute.value);
    return is_name(attribute.name) && value && names.insert(attribute.name).second;
  });
}

void write_date_range(std::string& out, const DateRange& range) {
  out += "#EXT-X-DATERANGE:ID=";
  write_quoted(out, range.id);
  if (!range.kind.empty()) {
    out += ",CLASS=";
    write_quoted(out, range.kind);
  }
  out += ",START-DATE=";
  write_quoted(out, base::format_utc(range.start));
  // DR-4: an END-DATE beside it could contradict it.
  if (range.duration) write_seconds(out, ",DURATION=", *range.duration);
  if (range.planned_duration) write_seconds(out, ",PLANNED-DURATION=", *range.planned_duration);
  for (const DateRange::Attribute& attribute : range.attributes) {
    out += ',';
    out += attribute.name;
    out += '=';
    if (attribute.bare) {
      out += attribute.value;
    } else {
      write_quoted(out, attribute.value);
    }
  }
  out += '\n';
}

}  // namespace hls
