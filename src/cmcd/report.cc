#include "cmcd/report.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/hash.h"

namespace cmcd {
namespace {

constexpr std::int64_t kMostNumber = 999'999'999'999;  // 12 digits hold every time in ms

bool is_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '*';
}

void skip_blanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size())); }

// What stands before any of `ends`, which stays.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(taken.size());
  return taken;
}

// Takes "…", from after its first quote. False where it does not end. The escapes in it stay as they are.
bool take_quoted(std::string_view& text, std::string_view& taken) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      taken = text.substr(0, at);
      text.remove_prefix(at + 1);
      return true;
    }
  }
  return false;
}

// Takes a value up to the next comma outside of quotes and parentheses: of a list in parentheses (version 2) the first
// item, of an item its value without parameters.
bool take_value(std::string_view& text, std::string_view& value) {
  const bool list = text.starts_with('(');
  if (list) {
    text.remove_prefix(1);
    skip_blanks(text);
  }
  if (text.starts_with('"')) {
    text.remove_prefix(1);
    if (!take_quoted(text, value)) return false;
  } else {
    value = take_until(text, list ? " ;)" : " ;,");
  }
  bool inside = list;
  while (!text.empty() && (inside || text.front() != ',')) {
    const char c = text.front();
    text.remove_prefix(1);
    std::string_view skipped;
    if (c == '"' && !take_quoted(text, skipped)) return false;
    if (c == ')') inside = false;
  }
  return !inside;
}

std::optional<std::int64_t> number_of(std::string_view value) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (fault != std::errc() || number < 0 || number > kMostNumber) return std::nullopt;
  // A decimal is cut to its whole part.
  if (end != value.data() + value.size() && *end != '.') return std::nullopt;
  return number;
}

bool set(Report& report, std::string_view key, std::string_view value) {
  const auto number = [value](std::optional<std::int64_t>& to) { return (to = number_of(value)).has_value(); };
  if (key == "sid") report.session = value.empty() ? 0 : base::hash64(base::view_of(value));
  const bool is_true = value != "?0" && value != "false";
  if (key == "bs") report.starved = is_true;
  if ((key == "su" && is_true) || (key == "sta" && value != "p")) report.playing = false;
  if (key == "ot") report.video = value == "v" || value == "av";
  if (key == "bl") return number(report.buffer_ms);
  if (key == "ltc") return number(report.latency_ms);
  if (key == "msd") return number(report.start_delay_ms);
  if (key == "br") return number(report.bitrate_kbps);
  if (key == "bsd") return number(report.stalled_ms);
  return true;
}

void set(EventKeys& event, std::string_view key, std::string_view value) {
  if (key == "e") event.event = value;
  if (key == "sta") event.state = value;
  if (key == "cid") event.content = value;
}

// Undoes percent-encoding into `to`; false where it is none.
bool decode(std::string_view from, std::array<char, kMost>& to, std::size_t& length) {
  length = 0;
  for (std::size_t at = 0; at < from.size(); ++at) {
    char c = from[at];
    if (c == '%') {
      unsigned value = 0;
      if (at + 2 >= from.size()) return false;
      const auto [end, fault] = std::from_chars(from.data() + at + 1, from.data() + at + 3, value, 16);
      if (fault != std::errc() || end != from.data() + at + 3) return false;
      c = static_cast<char>(value);
      at += 2;
    }
    to[length++] = c;
  }
  return true;
}

// The value of the query's parameter CMCD; null where there is none.
std::optional<std::string_view> parameter_of(std::string_view query) {
  constexpr std::string_view kName = "CMCD=";
  for (std::size_t at = 0; (at = query.find(kName, at)) != std::string_view::npos; ++at)
    if (at == 0 || query[at - 1] == '&')
      return query.substr(at + kName.size(), query.find('&', at) - at - kName.size());
  return std::nullopt;
}

}  // namespace

bool read_keys(std::string_view list, Report& report, EventKeys* event) {
  skip_blanks(list);
  while (!list.empty()) {
    std::size_t length = 0;
    while (length < list.size() && is_key(list[length])) ++length;
    const std::string_view key = list.substr(0, length);
    list.remove_prefix(length);
    std::string_view value;
    if (list.starts_with('=')) {
      list.remove_prefix(1);
      if (!take_value(list, value)) return false;
    } else {
      take_until(list, ",");  // a true without value; it may have parameters
    }
    if (key.empty() || !set(report, key, value)) return false;
    if (event != nullptr) set(*event, key, value);
    if (list.empty()) break;
    list.remove_prefix(1);  // the comma
    skip_blanks(list);
  }
  return true;
}

Found read_report(const http::Request& request, Report& report) {
  if (const auto value = parameter_of(request.query)) {
    std::array<char, kMost> decoded;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    std::size_t length = 0;
    const bool good =
        value->size() <= kMost && decode(*value, decoded, length) && read_keys({decoded.data(), length}, report);
    return good ? Found::kReport : Found::kMalformed;
  }
  Found found = Found::kNone;
  for (const http::Field& field : request.fields) {
    if (field.name.size() < 5 || !http::same_name(field.name.substr(0, 5), "cmcd-")) continue;
    if (field.value.size() > kMost || !read_keys(field.value, report)) return Found::kMalformed;
    found = Found::kReport;
  }
  return found;
}

std::uint64_t session_of(const http::Request& request) {
  Report report;
  return read_report(request, report) == Found::kReport ? report.session : 0;
}

}  // namespace cmcd
