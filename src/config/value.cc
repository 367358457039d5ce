#include "config/value.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/date.h"

namespace config {
namespace {

using base::kMillisecond;
using base::kSecond;

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr std::int64_t kGibibyte = std::int64_t{1} << 30;

// A decimal number followed by a unit; nothing where it is not that.
std::optional<std::pair<double, std::string>> number_and_unit(const std::string& text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || !std::isfinite(value)) return std::nullopt;
  return std::pair(value, std::string(end, static_cast<std::size_t>(text.data() + text.size() - end)));
}

std::optional<base::Micros> parse_duration(const std::string& text) {
  const auto parsed = number_and_unit(text);
  if (!parsed) return std::nullopt;
  double unit = 0;
  if (parsed->second == "ms") unit = kMillisecond;
  if (parsed->second == "s") unit = kSecond;
  if (parsed->second == "m") unit = 60.0 * kSecond;
  if (unit == 0 || parsed->first * unit > 1e15) return std::nullopt;
  return static_cast<base::Micros>(std::llround(parsed->first * unit));
}

std::optional<std::int64_t> parse_bitrate(const std::string& text) {
  const auto parsed = number_and_unit(text);
  if (!parsed) return std::nullopt;
  double unit = 0;
  if (parsed->second.empty()) unit = 1;
  if (parsed->second == "k") unit = 1e3;
  if (parsed->second == "M") unit = 1e6;
  if (unit == 0 || parsed->first * unit > 1e9 || parsed->first < 0) return std::nullopt;
  return std::llround(parsed->first * unit);
}

// A level in one of `units`, or without one, in steps of 0.1.
std::optional<double> parse_level(const std::string& text, std::initializer_list<const char*> units, double least,
                                  double most) {
  const auto parsed = number_and_unit(text);
  if (!parsed || parsed->first < least || parsed->first > most) return std::nullopt;
  const std::size_t space = parsed->second.find_first_not_of(' ');
  const std::string unit = space == std::string::npos ? "" : parsed->second.substr(space);
  if (!unit.empty() && std::ranges::find(units, unit) == units.end()) return std::nullopt;
  return std::round(parsed->first * 10) / 10;
}

std::string level_text(double level, const char* unit) {
  const auto tenths = std::llround(std::fabs(level) * 10);
  std::string text = level < 0 && tenths > 0 ? "-" : "";
  text += std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + " " + unit;
}

// The rates of NTSC are written as rounded decimals: 23.98, 29.97 and 59.94 stand for 24000, 30000 and 60000 by 1001.
std::optional<media::Rational> parse_frame_rate(const std::string& text) {
  const auto parsed = number_and_unit(text);
  if (!parsed) return std::nullopt;
  media::Rational rate{std::llround(parsed->first), 1};
  if (parsed->second == "/1001") {
    if (parsed->first != static_cast<double>(rate.num) || rate.num > 200'000) return std::nullopt;
    rate.den = 1001;
  } else if (!parsed->second.empty() || !(parsed->first >= 1 && parsed->first <= 120)) {
    return std::nullopt;
  } else if (parsed->first != static_cast<double>(rate.num)) {
    rate = {rate.num * 1000, 1001};
    if (std::abs(parsed->first - static_cast<double>(rate.num) / 1001) > 0.005) return std::nullopt;
  }
  if (rate.num < rate.den || rate.num > 120 * rate.den) return std::nullopt;
  return media::reduce(rate);
}

std::optional<std::int64_t> parse_memory(const std::string& text) {
  const auto parsed = number_and_unit(text);
  if (!parsed || parsed->first < 0) return std::nullopt;
  if (parsed->first == 0 && parsed->second.empty()) return 0;
  std::int64_t unit = 0;
  if (parsed->second == "MiB") unit = kMebibyte;
  if (parsed->second == "GiB") unit = kGibibyte;
  const double bytes = parsed->first * static_cast<double>(unit);
  if (unit == 0 || bytes > static_cast<double>(1024 * kGibibyte)) return std::nullopt;
  return std::llround(bytes / static_cast<double>(kMebibyte)) * kMebibyte;
}

// `amount / unit` as a decimal number, exactly: 2800000 by 1000000 is "2.8". `unit`: a power of ten.
std::string decimal(std::int64_t amount, std::int64_t unit) {
  std::string text = std::to_string(amount / unit);
  if (amount % unit == 0) return text;
  std::string rest = std::to_string(unit + amount % unit).substr(1);
  while (rest.back() == '0') rest.pop_back();
  return text + "." + rest;
}

std::string frame_rate_text(media::Rational rate) {
  return rate.den == 1 ? std::to_string(rate.num) : std::to_string(rate.num) + "/" + std::to_string(rate.den);
}

std::string duration_text(base::Micros span) {
  return span % kSecond == 0 ? std::to_string(span / kSecond) + "s" : decimal(span, kMillisecond) + "ms";
}

std::string bitrate_text(std::int64_t rate) {
  if (rate >= 1'000'000 && rate % 10'000 == 0) return decimal(rate, 1'000'000) + "M";
  if (rate >= 1000 && rate % 1000 == 0) return decimal(rate, 1000) + "k";
  return std::to_string(rate);
}

std::string memory_text(std::int64_t bytes) {
  if (bytes == 0) return "0";
  if (bytes % kGibibyte == 0) return std::to_string(bytes / kGibibyte) + "GiB";
  return std::to_string(bytes / kMebibyte) + "MiB";
}

std::string join(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

bool valid_address(const std::string& text) {
  in6_addr parsed{};
  const std::string without_zone = text.substr(0, text.find('%'));
  return inet_pton(AF_INET, text.c_str(), &parsed) == 1 || inet_pton(AF_INET6, without_zone.c_str(), &parsed) == 1;
}

}  // namespace

Complaint not_wanted(const std::string& wanted, const std::string& text) {
  return " has to be " + wanted + ", not \"" + text + "\"";
}

bool valid_name(const std::string& name, std::size_t most) {
  return !name.empty() && name.size() <= most && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

Value Value::one_of(std::vector<std::string> words, std::function<void(std::size_t)> set,
                    std::function<std::size_t()> get) {
  const std::string all = join(words);
  const std::string wanted = "one of " + all;
  auto read = [words, set = std::move(set), wanted](const std::string& text) -> Complaint {
    const auto found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) return not_wanted(wanted, text);
    set(static_cast<std::size_t>(found - words.begin()));
    return "";
  };
  auto write = [words = std::move(words), get = std::move(get)] { return words[get()]; };
  return {wanted, all, std::move(read), std::move(write)};
}

Value Value::flag(bool& variable) {
  Value value = choice(variable, {{"false", false}, {"true", true}});
  value.wanted = "true or false";
  value.allowed = "";
  value.read = [&variable, wanted = value.wanted](const std::string& text) -> Complaint {
    if (text != "true" && text != "false") return not_wanted(wanted, text);
    variable = text == "true";
    return "";
  };
  return value;
}

Value Value::integer(std::int64_t least, std::int64_t most, const std::function<void(std::int64_t)>& set,
                     const std::function<std::int64_t()>& get) {
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  const std::string wanted = "a whole number from " + range;
  auto read = [=](const std::string& text) -> Complaint {
    std::int64_t given = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), given);
    const bool whole = code == std::errc() && end == text.data() + text.size();
    if (!whole || given < least || given > most) return not_wanted(wanted, text);
    set(given);
    return "";
  };
  return {wanted, range, std::move(read), [get] { return std::to_string(get()); }};
}

Value Value::number(int& variable, std::int64_t least, std::int64_t most) {
  return integer(
      least, most, [&variable](std::int64_t given) { variable = static_cast<int>(given); },
      [&variable] { return std::int64_t{variable}; });
}

Value Value::port(std::uint16_t& variable) {
  Value value = integer(
      0, 65535, [&variable](std::int64_t given) { variable = static_cast<std::uint16_t>(given); },
      [&variable] { return std::int64_t{variable}; });
  value.allowed = "";
  return value;
}

Value Value::duration(base::Micros& variable, base::Micros least, base::Micros most) {
  const std::string range = duration_text(least) + " to " + duration_text(most);
  const std::string wanted = "a duration from " + range + " with its unit (ms, s or m)";
  auto read = [&variable, least, most, wanted](const std::string& text) -> Complaint {
    const auto parsed = parse_duration(text);
    if (!parsed || *parsed < least || *parsed > most) return not_wanted(wanted, text);
    variable = *parsed;
    return "";
  };
  return {wanted, range, std::move(read), [&variable] { return duration_text(variable); }};
}

Value Value::instant(std::optional<base::Micros>& variable) {
  const std::string wanted = "an instant with its zone, such as 2026-12-01T18:00:00Z";
  auto read = [&variable, wanted](const std::string& text) -> Complaint {
    const auto given = base::parse_utc(text);
    if (!given && !text.empty()) return not_wanted(wanted, text);
    variable = given;
    return "";
  };
  return {wanted, "", std::move(read), [&variable] { return variable ? base::format_utc(*variable) : ""; }};
}

Value Value::bitrate(int& variable) {
  const std::string wanted = "a bit rate such as 2500k or 2.5M";
  auto read = [&variable, wanted](const std::string& text) -> Complaint {
    const auto parsed = parse_bitrate(text);
    if (!parsed) return not_wanted(wanted, text);
    variable = static_cast<int>(*parsed);
    return "";
  };
  return {wanted, "", std::move(read), [&variable] { return bitrate_text(variable); }};
}

Value Value::loudness(std::optional<double>& variable) {
  const std::string wanted = "none, or a loudness from -40 to -8 such as -23 LUFS or -24 LKFS";
  auto read = [&variable, wanted](const std::string& text) -> Complaint {
    const auto level = parse_level(text, {"LUFS", "LKFS"}, -40, -8);
    if (!level && text != "none") return not_wanted(wanted, text);
    variable = level;
    return "";
  };
  return {wanted, "-40 to -8 LUFS", std::move(read),
          [&variable] { return variable ? level_text(*variable, "LUFS") : std::string("none"); }};
}

Value Value::true_peak(double& variable) {
  const std::string wanted = "a level from -9 to 0 such as -1 dBTP";
  auto read = [&variable, wanted](const std::string& text) -> Complaint {
    const auto level = parse_level(text, {"dBTP"}, -9, 0);
    if (!level) return not_wanted(wanted, text);
    variable = *level;
    return "";
  };
  return {wanted, "-9 to 0 dBTP", std::move(read), [&variable] { return level_text(variable, "dBTP"); }};
}

Value Value::frame_rate(media::Rational& variable) {
  const std::string wanted = "frames a second, 1 to 120, such as 25, 29.97 or 30000/1001";
  auto read = [&variable, wanted](const std::string& text) -> Complaint {
    const auto given = parse_frame_rate(text);
    if (!given) return not_wanted(wanted, text);
    variable = *given;
    return "";
  };
  return {wanted, "1 to 120", std::move(read), [&variable] { return frame_rate_text(variable); }};
}

Value Value::memory(std::uint64_t& variable, std::int64_t least) {
  const std::string range = std::to_string(least) + "MiB to 1024GiB";
  const std::string wanted = "0 or a size from " + range + " such as 512MiB or 2GiB";
  auto read = [&variable, least, wanted](const std::string& text) -> Complaint {
    const auto parsed = parse_memory(text);
    if (!parsed || (*parsed > 0 && *parsed < least * kMebibyte)) return not_wanted(wanted, text);
    variable = static_cast<std::uint64_t>(*parsed);
    return "";
  };
  return {wanted, range, std::move(read), [&variable] { return memory_text(static_cast<std::int64_t>(variable)); }};
}

Value Value::text(std::string& variable) {
  auto read = [&variable](const std::string& text) -> Complaint {
    variable = text;
    return "";
  };
  return {"a text", "", std::move(read), [&variable] { return variable; }};
}

Value Value::text(std::string& variable, const std::string& what, bool (*good)(const std::string&)) {
  Value value = text(variable);
  value.wanted = what;
  value.read = [&variable, what, good](const std::string& text) -> Complaint {
    if (!text.empty() && !good(text)) return not_wanted(what, text);
    variable = text;
    return "";
  };
  return value;
}

Value Value::language(std::string& variable) {
  return text(variable, "a language tag such as en or pt-BR", [](const std::string& given) {
    const bool characters = std::all_of(given.begin(), given.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
    return characters && given.size() >= 2 && given.size() <= 35 && given.front() != '-' && given.back() != '-';
  });
}

Value Value::label(std::string& variable, std::size_t most) {
  Value value = text(variable);
  value.wanted = "at most " + std::to_string(most) + " bytes without quotation marks and control characters";
  value.read = [&variable, most, wanted = value.wanted](const std::string& given) -> Complaint {
    const bool quotable =
        std::none_of(given.begin(), given.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '"'; });
    if (given.size() > most || !quotable) return not_wanted(wanted, given);
    variable = given;
    return "";
  };
  return value;
}

Value Value::path(std::string& variable) {
  Value value = text(variable);
  value.wanted = "a path";
  value.is_path = true;
  return value;
}

Value Value::address(std::string& variable) {
  const std::string wanted = "an IP address such as 0.0.0.0 or ::";
  Value value = text(variable);
  value.wanted = wanted;
  value.read = [&variable, wanted](const std::string& text) -> Complaint {
    if (!valid_address(text)) return not_wanted(wanted, text);
    variable = text;
    return "";
  };
  return value;
}

Value Value::word(std::string& variable, std::initializer_list<const char*> words) {
  const std::string all = join({words.begin(), words.end()});
  auto read = [&variable, words = std::vector<std::string>(words.begin(), words.end()),
               wanted = "one of " + all](const std::string& text) -> Complaint {
    if (std::find(words.begin(), words.end(), text) == words.end()) return not_wanted(wanted, text);
    variable = text;
    return "";
  };
  return {"one of " + all, all, std::move(read), [&variable] { return variable; }};
}

Value Value::action(const std::string& wanted, std::function<Complaint(const std::string&)> act) {
  return {wanted, "", std::move(act), [] { return std::string(); }};
}

}  // namespace config
