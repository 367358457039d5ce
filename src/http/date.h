#pragma once

#include <string>

#include "base/bytes.h"
#include "base/clock.h"

namespace http {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7).
std::string http_date(base::Micros utc);

/// The Date line of the second that now is, formatted once a second and shared by every answer of a loop.
/// Thread: one loop's.
class Dates {
 public:
  struct Line {
    std::string value;
    base::Bytes keep;   ///< "Date: …\r\n\r\n": what ends the header of an HTTP/1.1 answer
    base::Bytes close;  ///< the same with "Connection: close"
  };

  explicit Dates(const base::Clock& clock) : clock_(clock) {}

  const Line& now();

 private:
  const base::Clock& clock_;
  base::Micros second_ = -1;
  Line line_;
};

}  // namespace http
