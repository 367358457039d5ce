#include "http/session.h"

#include <algorithm>

#include "http/http1_session.h"
#include "http/http2_session.h"

namespace http {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Holds bytes back until they tell HTTP/2's preface from anything else, at most 24.
class DetectingSession final : public Session {
 public:
  DetectingSession(Shared& shared, Handler& handler) : shared_(shared), handler_(handler) {}

  void feed(base::View bytes) override {
    if (session_ != nullptr) return session_->feed(bytes);
    if (ended_) return;
    first_ += base::text_of(bytes);
    const std::size_t known = std::min(first_.size(), kPreface.size());
    const bool matches = std::string_view(first_).substr(0, known) == kPreface.substr(0, known);
    if (matches && known < kPreface.size()) return;
    if (matches) {
      session_ = std::make_unique<Http2Session>(shared_, handler_);
    } else {
      session_ = std::make_unique<Http1Session>(shared_, handler_);
    }
    const std::string first = std::move(first_);
    first_ = std::string();
    session_->feed(base::view_of(first));
  }
  void respond(StreamId id, Response response) override {
    if (session_ != nullptr) session_->respond(id, std::move(response));
  }
  void take_output(std::size_t most, std::vector<base::Bytes>& out) override {
    if (session_ != nullptr) session_->take_output(most, out);
  }
  bool respond(StreamId id, Response head, std::shared_ptr<GrowingBody> body) override {
    return session_ != nullptr && session_->respond(id, std::move(head), std::move(body));
  }
  bool wants_input() const override { return session_ == nullptr ? !ended_ : session_->wants_input(); }
  bool done() const override { return session_ == nullptr ? ended_ : session_->done(); }
  bool peer_done() const override { return session_ != nullptr && session_->peer_done(); }
  Phase phase() const override {
    if (session_ != nullptr) return session_->phase();
    return first_.empty() ? Phase::kIdle : Phase::kReading;
  }
  base::Micros next_expiry(const StreamTimes& times) const override {
    return session_ == nullptr ? kNever : session_->next_expiry(times);
  }
  std::size_t expire(base::Micros now, const StreamTimes& times) override {
    return session_ == nullptr ? 0 : session_->expire(now, times);
  }
  void shut_down() override {
    if (session_ == nullptr) {
      ended_ = true;
    } else {
      session_->shut_down();
    }
  }
  void abort() override {
    ended_ = true;
    if (session_ != nullptr) session_->abort();
  }
  std::unique_ptr<Session> take_detected() override { return std::move(session_); }
  std::string_view protocol() const override { return session_ == nullptr ? "h1" : session_->protocol(); }

 private:
  Shared& shared_;
  Handler& handler_;
  std::unique_ptr<Session> session_;
  std::string first_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Session> make_session(std::string_view alpn, Shared& shared, Handler& handler) {
  if (alpn == "h2") return std::make_unique<Http2Session>(shared, handler);
  if (alpn == "http/1.1") return std::make_unique<Http1Session>(shared, handler);
  return std::make_unique<DetectingSession>(shared, handler);
}

}  // namespace http
