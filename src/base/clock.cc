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

}  // namespace base
