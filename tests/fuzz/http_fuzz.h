#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "http/session.h"

namespace http_fuzz {

class FixedClock final : public base::Clock {
 public:
  base::Micros utc() const override { return 784'111'777 * base::kSecond; }
  base::Micros steady() const override { return 0; }
};

constexpr std::size_t kMostBody = 100;

/// Answers every other request at once, holds the rest until settle(); reads every byte it is shown.
class Handler final : public http::Handler {
 public:
  void on_request(http::StreamId id, const http::Request& request) override {
    for (const auto& field : request.fields) seen_ += field.name.size() + field.value.size();
    for (const char c : request.body) seen_ += static_cast<unsigned char>(c);
    if (request.body.size() > kMostBody) std::abort();
    seen_ += request.verb.size() + request.path.size() + request.query.size() + request.host.size();
    if (++asked_ % 2 == 0) {
      held_.push_back(id);
    } else {
      session_->respond(id, reply_);
    }
  }
  void on_stream_closed(http::StreamId id) override { std::erase(held_, id); }
  http::Response refuse(int) override { return reply_; }

  void settle() {
    const std::vector<http::StreamId> held = std::move(held_);
    held_.clear();
    for (const http::StreamId id : held) session_->respond(id, reply_);
  }
  void use(http::Session& session) { session_ = &session; }

 private:
  http::Session* session_ = nullptr;
  std::vector<http::StreamId> held_;
  std::size_t asked_ = 0;
  std::size_t seen_ = 0;
  http::Response reply_ =
      std::make_shared<const http::Reply>(200, http::HeaderBlock::Fields{{"content-length", "5000"}},
                                          std::vector<base::Bytes>{base::Bytes::copy_of(std::string(5000, 'x'))}, 3);
};

/// Feeds the input cut into pieces whose size its first byte tells, and drains what comes.
inline void run(const char* alpn, const http::Limits& limits, const std::uint8_t* data, std::size_t size) {
  const FixedClock clock;
  http::Shared shared(clock, limits);
  Handler handler;
  const auto session = http::make_session(alpn, shared, handler);
  handler.use(*session);
  const std::size_t step = data[0] == 0 ? size : data[0];
  base::View rest(data + 1, size - 1);
  std::vector<base::Bytes> out;
  while (!rest.empty() && session->wants_input() && !session->done()) {
    const base::View piece = rest.subspan(0, std::min(step, rest.size()));
    rest = rest.subspan(piece.size());
    session->feed(piece);
    out.clear();
    session->take_output(4096, out);
    if (out.empty()) handler.settle();
    // The clock stands still, so that these times are over at once: nothing may be left half reset.
    if (step % 8 == 7) session->expire(1, {.head = 1, .stuck = 1});
  }
  session->abort();
}

/// Once as viewers are read, their bodies dropped, and once as the administration port's, kept.
inline void run(const char* alpn, const std::uint8_t* data, std::size_t size) {
  if (size == 0) return;
  http::Limits limits;
  run(alpn, limits, data, size);
  limits.keep_bodies = true;
  limits.body = kMostBody;
  run(alpn, limits, data, size);
}

}  // namespace http_fuzz
