#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "http/growing_body.h"
#include "http/http2_head.h"
#include "http/session.h"

namespace http {

/// One request of an HTTP/2 session, and what was handed out of its answer. Its session owns it and links it.
struct Http2Stream {
  StreamId id = 0;
  bool asked = false;  ///< its request was given to the handler
  bool head_only = false;
  Response response;                     ///< null until it is answered
  std::size_t slice = 0;                 ///< of the body: the one being sent
  std::size_t offset = 0;                ///< in that slice
  std::size_t left = 0;                  ///< bytes of the body not yet sent
  std::shared_ptr<GrowingBody> growing;  ///< the body, if it grows
  bool deferred = false;                 ///< nghttp2 waits for more of it
  bool silent = true;                    ///< all of it was handed out when last looked at
  bool reset = false;                    ///< RST_STREAM is on its way out
  std::size_t received = 0;              ///< bytes of the request's body
  base::Micros since = 0;                ///< of its first byte, of its answer, then of the last kLeastTaken handed out
  std::size_t taken = 0;                 ///< bytes of its answer handed out since then
  std::unique_ptr<Http2Head> head;       ///< the request's, while its body is still coming
  Http2Stream* previous = nullptr;
  Http2Stream* next = nullptr;

  void start_time(const base::Clock& clock);
  /// When it has had its time; Session::kNever where it waits for nothing of its peer's.
  base::Micros expiry(const StreamTimes& times) const;

  enum class More : std::uint8_t { kComes, kLast, kNotYet, kAborted };
  struct Offer {
    std::size_t bytes = 0;
    More more = More::kComes;
  };
  /// What a DATA frame of `most` bytes would carry next. kNotYet and kAborted come of growing bodies alone, with no
  /// bytes.
  Offer offer(std::size_t most);
  /// Whether what was offered is still there: a growing body may have been aborted since.
  bool has(std::size_t bytes) const { return growing == nullptr || growing->queued() >= bytes; }
  /// Appends the next `bytes` of the body, as offered, and counts them as taken at `clock`'s time.
  void take(std::size_t bytes, const base::Clock& clock, std::vector<base::Bytes>& out);
};

}  // namespace http
