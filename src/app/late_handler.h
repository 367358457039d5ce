#pragma once

#include <utility>

#include "client/stream_transport.h"

namespace app {

/// What a transport knows instead of its handler, which is made after it.
class LateHandler final : public client::StreamHandler {
 public:
  void on_head(client::StreamId id, int status) override { handler->on_head(id, status); }
  void on_body(client::StreamId id, base::Bytes bytes) override { handler->on_body(id, std::move(bytes)); }
  void on_end(client::StreamId id, std::string_view error) override { handler->on_end(id, error); }

  client::StreamHandler* handler = nullptr;
};

}  // namespace app
