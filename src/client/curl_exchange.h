#pragma once

#include <memory>
#include <vector>

#include "client/curl_transfer.h"
#include "client/transport.h"

namespace client {

/// HTTP/1.1 over TCP and TLS, with libcurl. Connections are kept. Redirects are not followed. Names are looked up by
/// threads of curl's own, so that none holds up another request.
/// Thread: one, but wake() any.
class CurlExchange final : public Exchange {
 public:
  /// `kept`: connections that are kept open without a request.
  explicit CurlExchange(TransferLimits limits, int kept = 32);
  /// Requests that are on their way get no answer.
  ~CurlExchange() override;

  void begin(std::uint64_t id, Request request) override;
  std::vector<Arrival> take_answers(base::Micros span) override;
  void wake() override { multi_.wake(); }

 private:
  struct Pending;

  const TransferLimits limits_;
  CurlMulti multi_;
  std::vector<std::unique_ptr<Pending>> pending_;
};

}  // namespace client
