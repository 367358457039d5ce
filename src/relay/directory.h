#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "client/stream_transport.h"

namespace relay {

/// What one origin says it has: the answer to `GET /relay/v1/`, names, one a line. From it an edge answers who asks for
/// channels that do not exist, however many names they try, and the origin is asked for its list twice a second at
/// most. A server that has no list (an edge, or an older version) is asked for channels one by one. Bound: kMost bytes.
/// Thread: one.
class Directory {
 public:
  static constexpr base::Micros kFresh = 500 * base::kMillisecond;  ///< how long it is not asked for again
  static constexpr base::Micros kGood = 1500 * base::kMillisecond;  ///< how long a name that is not in it is unknown
  static constexpr base::Micros kNoList = 30 * base::kSecond;       ///< how long one who has none is not asked again
  static constexpr std::size_t kMost = std::size_t{1} << 20;

  /// Whether the origin does not have the channel, as far as is known at `now` (steady).
  bool lacks(std::string_view channel, base::Micros now) const;
  /// Whether it is time to ask.
  bool due(base::Micros now) const { return stream_ == 0 && now >= next_; }
  /// It is asked.
  void begin(client::StreamId stream, base::Micros now);
  /// Its answer, or 0.
  client::StreamId stream() const { return stream_; }
  base::Micros asked_at() const { return asked_at_; }
  /// Takes what came of the answer. False: it is too long for a list.
  bool take(base::View bytes);
  /// The answer has ended, or is given up; `whole`: as it should.
  void end(bool whole, base::Micros now);

 private:
  client::StreamId stream_ = 0;
  base::Micros asked_at_ = 0;
  base::Micros next_ = 0;
  std::string text_;
  bool known_ = false;
  base::Micros known_at_ = 0;  ///< when it was asked for: what began later is not in it
  std::set<std::string, std::less<>> names_;
};

}  // namespace relay
