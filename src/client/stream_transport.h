#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "client/transport.h"

namespace client {

/// Names a streamed answer; the caller chooses it, each once.
using StreamId = std::uint64_t;

/// Gets the answers that StreamTransport streams. Calls come on the caller's thread, on later turns than the calls to
/// the transport; some may still come for a stream that was stopped.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  /// The status has come; once, before all bytes.
  virtual void on_head(StreamId id, int status) = 0;
  virtual void on_body(StreamId id, base::Bytes bytes) = 0;
  /// Nothing more comes. `error`: empty where the answer was whole.
  virtual void on_end(StreamId id, std::string_view error) = 0;
};

/// Performs requests whose answers are read while they come. Thread: the caller's.
class StreamTransport {
 public:
  virtual ~StreamTransport() = default;
  /// GET and POST. Request::timeout and most of a body do not count: such an answer may never end.
  virtual void start(StreamId id, Request request) = 0;
  virtual void stop(StreamId id) = 0;
  /// So many bytes of on_body() are done with: the server is read on where too many were not.
  virtual void taken(StreamId id, std::size_t bytes) = 0;
};

}  // namespace client
