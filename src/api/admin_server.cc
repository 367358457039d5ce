#include "api/admin_server.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace api {
namespace {

constexpr std::size_t kOutputStep = 256 * 1024;
constexpr base::Micros kTick = 250 * base::kMillisecond;
// What a peer may still send after its last answer, so that closing does not reset the connection before it has read
// it.
constexpr std::size_t kMostDrained = 1024 * 1024;

http::Limits limits() {
  http::Limits limits;
  limits.body = AdminServer::kMostBody;
  limits.keep_bodies = true;
  return limits;
}

http::Response make_reply(Answer answer) {
  http::HeaderBlock::Fields fields;
  // RFC 9110 8.6: 204 has no Content-Length.
  if (answer.status != 204) {
    if (!answer.body.empty() || answer.stream) fields.emplace_back("content-type", answer.content_type);
    if (!answer.stream) fields.emplace_back("content-length", std::to_string(answer.body.size()));
  }
  fields.emplace_back("cache-control", "no-store");
  fields.emplace_back("x-content-type-options", "nosniff");
  for (auto& field : answer.fields) fields.push_back(std::move(field));
  std::vector<base::Bytes> body;
  if (!answer.body.empty() && answer.status != 204) body.push_back(base::Bytes::adopt(std::move(answer.body)));
  return std::make_shared<const http::Reply>(answer.status, std::move(fields), std::move(body));
}

}  // namespace

class AdminServer::Connection final : public loop::StreamHandler,
                                      public http::Handler,
                                      public std::enable_shared_from_this<AdminServer::Connection> {
 public:
  Connection(AdminServer& owner, std::unique_ptr<loop::Stream> stream)
      : owner_(owner), stream_(std::move(stream)), session_(http::make_session("", owner.shared_, *this)) {}

  void start() { stream_->start(*this); }

  void on_read(base::View bytes) override {
    if (ending_) {
      drained_ += bytes.size();
      if (drained_ > kMostDrained) owner_.retire(*this);
      return;
    }
    inside_ = true;
    session_->feed(bytes);
    inside_ = false;
    flush();
  }
  void on_end(const std::optional<base::Error>&) override { owner_.retire(*this); }
  void on_drained() override { flush(); }

  /// Ends what has had its time: a request that does not come whole, a stream that takes nothing.
  void expire(base::Micros now) {
    const http::StreamTimes& times = owner_.options_.times;
    const std::size_t waiting = stream_->queued();
    // More is written only once all is taken, so that any change is progress.
    if (waiting == 0 || waiting != waiting_) taken_at_ = now;
    waiting_ = waiting;
    if (waiting != 0 && now - taken_at_ >= times.stuck) return owner_.retire(*this);
    if (ending_) return;
    if (stream_->queued() == 0 && session_->expire(now, times) != 0) flush();
    const bool reading = session_->phase() == http::Phase::kReading;
    if (!reading) reading_since_ = 0;
    if (reading && reading_since_ == 0) reading_since_ = now;
    if (reading && now - reading_since_ >= times.head) owner_.retire(*this);
  }

  void on_request(http::StreamId id, const http::Request& request) override {
    reading_since_ = 0;
    // The answer may come when this connection is gone.
    owner_.dispatcher_.handle(request, stream_->peer(), [weak = weak_from_this(), id](Answer answer) {
      if (const auto self = weak.lock()) {
        self->respond(id, std::move(answer));
      } else if (answer.stream) {
        answer.stream->leave();
      }
    });
  }
  void on_stream_closed(http::StreamId) override {}
  void on_output() override {
    if (std::exchange(output_due_, true)) return;
    owner_.loop_.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      self->output_due_ = false;
      self->flush();
    });
  }
  http::Response refuse(int status) override { return make_reply(owner_.dispatcher_.refuse_malformed(status)); }

 private:
  void respond(http::StreamId id, Answer answer) {
    if (const auto stream = answer.stream) {
      if (!session_->respond(id, make_reply(std::move(answer)), stream)) stream->leave();
    } else {
      session_->respond(id, make_reply(std::move(answer)));
    }
    if (!inside_) flush();
  }

  void flush() {
    inside_ = true;  // take_output may continue with a request that was sent ahead
    std::vector<base::Bytes> out;
    while (stream_->queued() == 0) {
      out.clear();
      session_->take_output(kOutputStep, out);
      if (out.empty()) break;
      stream_->write(out);
    }
    inside_ = false;
    // One that sends ahead without waiting for its answers has to wait itself.
    if (!ending_ && stream_->paused() == session_->wants_input() && !session_->done()) {
      if (stream_->paused()) {
        stream_->resume();
      } else {
        stream_->pause();
      }
    }
    if (!session_->done() || stream_->queued() != 0 || ending_) return;
    if (session_->peer_done()) return owner_.retire(*this);
    ending_ = true;
    if (stream_->paused()) stream_->resume();
    stream_->shut_down();
  }

  AdminServer& owner_;
  std::unique_ptr<loop::Stream> stream_;
  std::unique_ptr<http::Session> session_;
  bool inside_ = false;
  bool ending_ = false;             ///< all is said; what still comes is dropped until the peer ends too
  bool output_due_ = false;         ///< a growing body has more, and flush() is called on a later turn
  std::size_t drained_ = 0;         ///< Units: bytes
  std::size_t waiting_ = 0;         ///< Units: bytes that the kernel had not taken at the last expire()
  base::Micros taken_at_ = 0;       ///< when it was last seen to have taken some, or all
  base::Micros reading_since_ = 0;  ///< since when a request was seen to be coming; 0: none was
};

AdminServer::AdminServer(loop::Loop& loop, const base::Clock& clock, Dispatcher& dispatcher, const Options& options)
    : loop_(loop), dispatcher_(dispatcher), options_(options), shared_(clock, limits()), tick_(loop, [this] {
        expire();
      }) {
  tick_.start(kTick, kTick);
}

base::Result<std::unique_ptr<AdminServer>> AdminServer::make(loop::Loop& loop, const base::Clock& clock,
                                                             Dispatcher& dispatcher, const Options& options) {
  std::unique_ptr<AdminServer> server(new AdminServer(loop, clock, dispatcher, options));
  loop::TcpListener::Options listen;
  listen.host = options.listen;
  listen.port = options.port;
  TRY(server->listener_,
      loop::TcpListener::make(loop, listen, [raw = server.get()](std::unique_ptr<loop::Stream> stream) {
        raw->on_accept(std::move(stream));
      }));
  return server;
}

AdminServer::~AdminServer() = default;

void AdminServer::on_accept(std::unique_ptr<loop::Stream> stream) {
  if (connections_.size() >= options_.most_connections) connections_.pop_front();
  connections_.push_back(std::make_shared<Connection>(*this, std::move(stream)));
  ++dispatcher_.counters().connections_total;
  note_connections();
  connections_.back()->start();
}

void AdminServer::retire(Connection& connection) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const auto& held) { return held.get() == &connection; });
  if (found == connections_.end()) return;
  // Destroyed on a later turn: one of its own functions may be running.
  loop_.post([dying = std::move(*found)] {});
  connections_.erase(found);
  note_connections();
}

void AdminServer::expire() {
  const base::Micros now = shared_.clock.steady();
  for (auto next = connections_.begin(); next != connections_.end();) {
    const std::shared_ptr<Connection> connection = *next++;  // it may leave the list
    connection->expire(now);
  }
}

void AdminServer::note_connections() { dispatcher_.counters().connections = connections_.size(); }

}  // namespace api
