#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "http/session.h"

namespace http {

/// Finds the end of an HTTP/1.1 request's head and refuses, before any parser sees it, what parsers disagree on:
/// bare CR or LF, a header line that begins with a blank, too much of anything. llhttp checks the rest but lets
/// these pass (a folded line, "\r\n\rX" as an end) and has no limits.
class HeadScanner {
 public:
  struct Outcome {
    int refused = 0;         ///< status to answer with, 0 while all is well
    std::size_t length = 0;  ///< of the whole head with its empty line, 0 while it is incomplete
  };

  /// `head` is all there is from the request's first byte on: what was given last time and more.
  Outcome scan(base::View head, const Limits& limits);
  void reset() { *this = HeadScanner(); }

 private:
  int check_line(base::View line, bool first) const;

  std::size_t line_ = 0;     ///< where the line being read begins
  std::size_t scanned_ = 0;  ///< searched up to here for its end
  std::size_t lines_ = 0;    ///< whole lines seen, the request line included
};

}  // namespace http
