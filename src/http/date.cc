#include "http/date.h"

#include <ctime>

namespace http {

std::string http_date(base::Micros utc) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = utc / base::kSecond;
  std::tm when{};
  gmtime_r(&seconds, &when);
  char text[64];
  // Not strftime's %a and %b: those follow the locale.
  const int length =
      std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[when.tm_wday], when.tm_mday,
                    kMonths[when.tm_mon], when.tm_year + 1900, when.tm_hour, when.tm_min, when.tm_sec);
  return std::string(text, static_cast<std::size_t>(length));
}

const Dates::Line& Dates::now() {
  const base::Micros second = clock_.utc() / base::kSecond;
  if (second != second_) {
    second_ = second;
    line_.value = http_date(second * base::kSecond);
    line_.keep = base::Bytes::copy_of("Date: " + line_.value + "\r\n\r\n");
    line_.close = base::Bytes::copy_of("Date: " + line_.value + "\r\nConnection: close\r\n\r\n");
  }
  return line_;
}

}  // namespace http
