#include "base/clock.h"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace base {
namespace {

template <typename SourceClock>
Micros now_of() {
  return std::chrono::duration_cast<std::chrono::microseconds>(SourceClock::now().time_since_epoch()).count();
}

/// Reads a text from the front; once something is missing, `good` is false for good.
struct Digits {
  std::string_view rest;
  bool good = true;

  bool next_is(char c) const { return !rest.empty() && rest.front() == c; }
  bool digit() const { return !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; }
  char pop() {
    const char c = rest.front();
    rest.remove_prefix(1);
    return c;
  }
  /// A number of exactly so many digits, and the character after it.
  unsigned take(int digits, char after = 0) {
    unsigned value = 0;
    for (; digits > 0 && digit(); --digits) value = value * 10 + static_cast<unsigned>(pop() - '0');
    good = good && digits == 0 && (after == 0 || next_is(after));
    if (good && after != 0) pop();
    return value;
  }
  /// ".25"; 0 where there is none. Units: us.
  Micros fraction() {
    if (!next_is('.')) return 0;
    pop();
    good = good && digit();
    Micros value = 0;
    for (Micros unit = kSecond / 10; digit(); unit /= 10) value += (pop() - '0') * unit;
    return value;
  }
  /// "Z" or "+02:00", east of Greenwich.
  int offset_minutes() {
    if (next_is('Z')) return pop() - 'Z';
    good = good && (next_is('+') || next_is('-'));
    if (!good) return 0;
    const int sign = pop() == '+' ? 1 : -1;
    const unsigned hours = take(2, ':');
    const unsigned minutes = take(2);
    good = good && hours < 24 && minutes < 60;
    return sign * static_cast<int>(hours * 60 + minutes);
  }
};

}  // namespace

SystemClock::SystemClock()
    : utc_at_start_(now_of<std::chrono::system_clock>()), steady_at_start_(now_of<std::chrono::steady_clock>()) {}

Micros SystemClock::utc() const { return utc_at_start_ + (steady() - steady_at_start_); }

Micros SystemClock::steady() const { return now_of<std::chrono::steady_clock>(); }

std::string format_utc(Micros utc) {
  Micros millis = utc / kMillisecond;
  if (utc % kMillisecond < 0) --millis;
  Micros part = millis % 1000;
  if (part < 0) part += 1000;
  const auto seconds = static_cast<std::time_t>((millis - part) / 1000);
  std::tm calendar{};
  gmtime_r(&seconds, &calendar);
  char text[80];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", calendar.tm_year + 1900, calendar.tm_mon + 1,
                calendar.tm_mday, calendar.tm_hour, calendar.tm_min, calendar.tm_sec, static_cast<int>(part));
  return text;
}

std::optional<Micros> parse_utc(std::string_view text) {
  Digits in{text};
  const std::chrono::year year(static_cast<int>(in.take(4, '-')));
  const std::chrono::month month(in.take(2, '-'));
  const std::chrono::day day(in.take(2, 'T'));
  const unsigned hour = in.take(2, ':');
  const unsigned minute = in.take(2, ':');
  const unsigned second = in.take(2);
  const Micros fraction = in.fraction();
  const int offset = in.offset_minutes();
  if (!in.good || !in.rest.empty() || !(year / month / day).ok() || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  const auto days = std::chrono::sys_days(year / month / day).time_since_epoch().count();
  return ((days * 24LL + hour) * 60 + minute - offset) * 60 * kSecond + second * kSecond + fraction;
}

}  // namespace base
