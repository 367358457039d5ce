#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "client/stream_transport.h"

namespace client {

/// StreamTransport with libcurl, HTTP/1.1 over TCP and TLS, on a thread of its own. Redirects are not followed. Bound:
/// of each stream kMostUntaken bytes wait for the caller; beyond them its server is read no further.
class CurlStreams final : public StreamTransport {
 public:
  static constexpr std::size_t kMostUntaken = std::size_t{8} << 20;

  struct Options {
    base::Micros connect_timeout = 3 * base::kSecond;
    /// Without a byte, after which a stream has failed; libcurl looks at the last 5 s, so that much may be added. 0:
    /// never.
    base::Micros stall_timeout = 5 * base::kSecond;
    std::string certificates;        ///< PEM file of authorities; empty: those of the system
    const char* thread = "k-relay";  ///< its name: a literal of 15 characters at most
  };
  /// Runs a function on the caller's thread, later; may be called after the caller's loop has ended.
  using Post = std::function<void(std::function<void()>)>;

  /// `handler` outlives this.
  CurlStreams(Options options, Post post, StreamHandler& handler);
  /// Ends all streams without a call, and the thread.
  ~CurlStreams() override;

  void start(StreamId id, Request request) override;
  void stop(StreamId id) override;
  void taken(StreamId id, std::size_t bytes) override;

 private:
  class Worker;
  const std::unique_ptr<Worker> worker_;
};

}  // namespace client
