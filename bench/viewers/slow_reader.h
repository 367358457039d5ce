#pragma once

#include "viewers/viewer.h"

namespace viewers {

/// Reads the channel's segments one after the other, slowly, through a small receive buffer. What becomes of it is
/// counted separately: a server may close its connection.
class SlowReader final : public Viewer {
 public:
  explicit SlowReader(Engine& engine);

  void join(Micros now) override;
  void leave(Micros now) override;
  void tick(Micros now) override;

 private:
  void on_good(Exchange& exchange) override { on_any(exchange); }
  void on_response(Exchange& exchange) override { on_any(exchange); }
  void on_failure(Exchange& exchange, Failure failure, std::string_view what) override;
  bool joining() const override { return true; }
  void on_any(Exchange& exchange);

  Exchange exchange_;
  std::string playlist_;
  std::int64_t counted_ = 0;  ///< bytes of the response under way
};

}  // namespace viewers
