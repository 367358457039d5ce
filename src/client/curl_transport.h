#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "client/transport.h"

namespace client {

/// HTTP/1.1 over TCP and TLS, with libcurl. Connections are kept between calls. Redirects are not followed, and an
/// answer whose body is larger than Options::most_body has none, but an error.
/// Thread: one, which waits in perform(), but interrupt() any.
class CurlTransport final : public Transport {
 public:
  struct Options {
    int parallel = 8;  ///< requests at a time
    base::Micros connect_timeout = 5 * base::kSecond;
    base::Micros stall_timeout = 15 * base::kSecond;  ///< without a byte in either direction
    std::size_t most_body = std::size_t{8} << 20;     ///< of an answer
    std::string certificates;                         ///< PEM file of authorities; empty: those of the system
  };

  explicit CurlTransport(Options options);
  ~CurlTransport() override;

  std::vector<Answer> perform(const std::vector<Request>& requests) override;
  /// Requests that are on their way, and all later ones, have no answer: perform() returns soon. Thread: any.
  void interrupt();

 private:
  const Options options_;
  std::atomic<bool> interrupted_ = false;
  struct Multi;
  const std::unique_ptr<Multi> multi_;
};

}  // namespace client
