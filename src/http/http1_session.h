#pragma once

#include <llhttp.h>

#include <string>
#include <vector>

#include "http/head_scanner.h"
#include "http/session.h"

namespace http {

/// HTTP/1.1 and 1.0. One request is in flight; what a client sends ahead is kept, within Limits::pipelined.
///
///   kHead ──head complete──► kBody ──body complete──► kAnswering ──respond, output taken──► kHead
///     └──────── no body ───────────────────────────►──┘  │           └─ not kept alive ──► kClosing
///       kAnswering ──respond with a growing body──► kGrowing ──body finished──► kHead, or kClosing
///   any ──broken, or a growing body aborted──► kClosing
class Http1Session final : public Session, private GrowingBody::Reader {
 public:
  Http1Session(Shared& shared, Handler& handler) : shared_(shared), handler_(handler) {}
  ~Http1Session() override { drop_body(); }

  void feed(base::View bytes) override;
  void respond(StreamId id, Response response) override;
  bool respond(StreamId id, Response head, std::shared_ptr<GrowingBody> body) override;
  void take_output(std::size_t most, std::vector<base::Bytes>& out) override;
  bool wants_input() const override;
  bool done() const override { return state_ == State::kClosing && output_.empty(); }
  bool peer_done() const override { return peer_done_ && pending_.empty(); }
  Phase phase() const override;
  void shut_down() override;
  void abort() override;
  std::string_view protocol() const override { return "h1"; }

 private:
  enum class State : std::uint8_t { kHead, kBody, kAnswering, kGrowing, kClosing };
  struct Callbacks;

  std::size_t consume(base::View bytes);
  std::size_t consume_head(base::View bytes);
  std::size_t consume_body(base::View bytes);
  void await_body(base::View head);
  int check_request() const;
  bool wants_body() const;
  bool parse_target(std::string_view target);
  void dispatch(std::string_view body);
  void refuse(int status);
  void send(const Response& response);
  void on_grown() override { handler_.on_output(); }
  void take_chunk(std::size_t most, std::vector<base::Bytes>& out);
  void drop_body();

  Shared& shared_;
  Handler& handler_;
  State state_ = State::kHead;
  bool keep_alive_ = true;
  bool peer_done_ = false;  ///< the request asked for was the last, by its own word (RFC 9112 9.6)
  bool head_only_ = false;
  bool chunked_ = false;  ///< in kGrowing
  bool message_complete_ = false;
  bool keeps_body_ = false;  ///< of the request that is coming in
  bool shutting_down_ = false;
  int refused_ = 0;
  StreamId id_ = 0;
  HeadScanner scanner_;
  llhttp_t parser_{};
  std::size_t body_taken_ = 0;  ///< bytes of the wire that the body took so far
  std::size_t body_size_ = 0;   ///< without the framing of its chunks
  std::string head_;            ///< the head of a request whose body is still coming; and that too, if it is kept
  std::string pending_;         ///< not consumed yet
  std::vector<base::Bytes> output_;
  std::shared_ptr<GrowingBody> body_;  ///< in kGrowing
};

}  // namespace http
