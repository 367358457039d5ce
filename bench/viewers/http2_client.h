#pragma once

#include <nghttp2/nghttp2.h>

#include <unordered_map>
#include <vector>

#include "viewers/exchange.h"
#include "viewers/transport.h"

namespace viewers {

/// One HTTP/2 connection with as many requests at a time as are asked; those beyond what the server allows wait.
class Http2Client final : public Connection, private TransportUser {
 public:
  Http2Client(Engine& engine, Transport::Pace pace);
  ~Http2Client() override;

  void ask(Exchange& exchange) override;
  bool can_take() const override { return !lost(); }
  void cancel(Exchange& exchange) override;
  bool lost() const override { return transport_.lost() || closing_; }
  void read_paced(Micros now) override { transport_.read_paced(now); }

 private:
  struct Callbacks;  ///< nghttp2's way back to us

  void on_connected(Micros now) override;
  void on_bytes(base::View bytes, Micros now) override;
  void on_lost(Failure failure, std::string_view what) override;
  void submit(Exchange& exchange);
  void pump();
  void complete_done(Micros now);
  Exchange* find(std::int32_t stream);

  Engine& engine_;
  Transport transport_;
  nghttp2_session* session_ = nullptr;
  std::vector<Exchange*> waiting_;  ///< asked before the connection was there
  std::unordered_map<std::int32_t, Exchange*> streams_;
  struct Heading {
    Exchange* exchange = nullptr;
    Head head;
  };
  Heading heading_;  ///< of the response whose fields come now
  std::vector<std::pair<Exchange*, std::uint32_t>>
      done_;  ///< closed streams and how, reported after nghttp2 has returned
  Micros now_ = 0;
  bool inside_ = false;  ///< nghttp2 is on the stack
  bool closing_ = false;
};

}  // namespace viewers
