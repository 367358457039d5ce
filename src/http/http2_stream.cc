#include "http/http2_stream.h"

#include <algorithm>

namespace http {

void Http2Stream::start_time(const base::Clock& clock) {
  since = clock.steady();
  taken = 0;
}

base::Micros Http2Stream::expiry(const StreamTimes& times) const {
  if (reset) return Session::kNever;
  // A head that is still being read lets nothing else be read: the connection's time counts.
  if (!asked) return head == nullptr ? Session::kNever : since + times.head;
  const bool waits_for_us = response == nullptr || (growing != nullptr && !growing->has_output());
  return waits_for_us ? Session::kNever : since + times.stuck;
}

Http2Stream::Offer Http2Stream::offer(std::size_t most) {
  if (growing == nullptr) {
    const std::size_t bytes = std::min(most, left);
    return {bytes, bytes == left ? More::kLast : More::kComes};
  }
  if (growing->state() == GrowingBody::State::kAborted) return {0, More::kAborted};
  deferred = !growing->has_output();
  if (deferred) return {0, More::kNotYet};
  const std::size_t bytes = std::min(most, growing->queued());
  const bool last = bytes == growing->queued() && growing->state() != GrowingBody::State::kGrowing;
  return {bytes, last ? More::kLast : More::kComes};
}

void Http2Stream::take(std::size_t bytes, const base::Clock& clock, std::vector<base::Bytes>& out) {
  taken += bytes;
  if (taken >= kLeastTaken) start_time(clock);
  if (growing != nullptr) {
    growing->take(bytes, out);
    return;
  }
  left -= bytes;
  while (bytes > 0) {
    const base::Bytes& from = response->body()[slice];
    const std::size_t piece = std::min(bytes, from.size() - offset);
    if (piece > 0) out.push_back(from.slice(offset, piece));
    bytes -= piece;
    offset += piece;
    if (offset < from.size()) break;
    offset = 0;
    ++slice;
  }
}

}  // namespace http
