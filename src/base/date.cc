#include "base/date.h"

#include <cstddef>
#include <ctime>

namespace base {
namespace {

/// Reads a text from its front; what does not fit makes it bad for good.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}
  bool good() const { return good_; }
  bool empty() const { return text_.empty(); }

  int number(std::size_t digits, int least, int most) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit()) return fail();
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return value >= least && value <= most ? value : fail();
  }
  /// One of the characters; returns it.
  char literal(std::string_view any) {
    if (text_.empty() || any.find(text_.front()) == std::string_view::npos) {
      fail();
      return 0;
    }
    const char found = text_.front();
    text_.remove_prefix(1);
    return found;
  }
  /// Of a second, if there is one.
  Micros fraction() {
    if (!text_.starts_with('.')) return 0;
    text_.remove_prefix(1);
    if (!is_digit()) return fail();
    Micros micros = 0;
    for (Micros unit = kSecond / 10; is_digit(); unit /= 10) {
      micros += unit * (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return micros;
  }
  /// How far ahead of UTC.
  Micros offset() {
    const char sign = literal("Zz+-");
    if (sign == 'Z' || sign == 'z' || sign == 0) return 0;
    const int hours = number(2, 0, 23);
    literal(":");
    const Micros ahead = (hours * 60 + number(2, 0, 59)) * 60 * kSecond;
    return sign == '-' ? -ahead : ahead;
  }

 private:
  bool is_digit() const { return !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; }
  int fail() {
    good_ = false;
    return 0;
  }

  std::string_view text_;
  bool good_ = true;
};

}  // namespace

std::optional<Micros> parse_utc(std::string_view text) {
  Fields in{text};
  std::tm calendar{};
  calendar.tm_year = in.number(4, 1970, 9999) - 1900;
  in.literal("-");
  calendar.tm_mon = in.number(2, 1, 12) - 1;
  in.literal("-");
  calendar.tm_mday = in.number(2, 1, 31);
  in.literal("Tt");
  calendar.tm_hour = in.number(2, 0, 23);
  in.literal(":");
  calendar.tm_min = in.number(2, 0, 59);
  in.literal(":");
  calendar.tm_sec = in.number(2, 0, 59);
  const Micros fraction = in.fraction();
  const Micros ahead = in.offset();
  if (!in.good() || !in.empty()) return std::nullopt;
  const int day = calendar.tm_mday;
  const Micros seconds = timegm(&calendar);
  if (calendar.tm_mday != day) return std::nullopt;  // no such day: it has become one of the next month
  const Micros utc = seconds * kSecond + fraction - ahead;
  return utc >= 0 ? std::optional(utc) : std::nullopt;
}

}  // namespace base
