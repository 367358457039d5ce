#pragma once

#include <functional>
#include <string_view>

#include "base/clock.h"
#include "http/request.h"
#include "serve/audience.h"
#include "serve/counters.h"
#include "serve/verdict.h"

namespace serve {

/// Takes what players post of themselves by their own accord: CMCD's event mode, a report a line, many in a body
/// (cmcd/event_report.h). The channel is that of the path, or of each report's `cid`.
/// Bounds: http::Limits::body, and kRate bodies a second. Thread: its loop's.
class EventReports {
 public:
  /// /cmcd, or /cmcd/CHANNEL.
  static constexpr std::string_view kPath = "/cmcd";
  /// Bodies a second, and as many at once after a quiet time; more get 429, after which players send them again.
  static constexpr int kRate = 1000;
  /// The audience of a channel; null: it is not here. Asked for channels of readable reports alone.
  using Find = std::function<Audience*(std::string_view channel)>;

  /// `counters` outlive it.
  explicit EventReports(Counters& counters);

  /// 204 where any report was counted; 400 where none could be; 404 where the path's channel is not here; 405, 415,
  /// 429. `channel`: of the path; empty: it has none. `now`: steady. CORS preflights are answered too.
  Verdict take(const http::Request& request, std::string_view channel, const Find& find, base::Micros now);

 private:
  Verdict count(std::string_view body, std::string_view channel, const Find& find, base::Micros now);
  bool admit(base::Micros now);

  Counters& counters_;
  const http::Response taken_;
  const http::Response preflight_;
  std::int64_t tokens_ = std::int64_t{kRate} * base::kSecond;  ///< Units: millionths of a body
  base::Micros refilled_ = 0;                                  ///< steady
};

}  // namespace serve
