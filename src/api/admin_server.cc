#include "api/admin_server.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace api {
namespace {

constexpr std::size_t kOutputStep = 256 * 1024;

http::Response make_reply(Answer answer) {
  const std::string length = std::to_string(answer.body.size());
  http::HeaderBlock::Fields fields = {{"content-type", answer.content_type},
                                      {"content-length", length},
                                      {"cache-control", "no-store"},
                                      {"x-content-type-options", "nosniff"}};
  if (answer.status == 405) fields.emplace_back("allow", "GET, HEAD");
  return std::make_shared<const http::Reply>(answer.status, std::move(fields),
                                             std::vector<base::Bytes>{base::Bytes::adopt(std::move(answer.body))});
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
    inside_ = true;
    session_->feed(bytes);
    inside_ = false;
    flush();
  }
  void on_end(const std::optional<base::Error>&) override { owner_.retire(*this); }
  void on_drained() override { flush(); }

  void on_request(http::StreamId id, const http::Request& request) override {
    const auto route = owner_.routes_.find(request.path);
    if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
      respond(id, {405, "text/plain; charset=utf-8", "only GET and HEAD\n"});
    } else if (route == owner_.routes_.end()) {
      respond(id, {404, "text/plain; charset=utf-8", "no such page; see /\n"});
    } else {
      // The answer may come when this connection is gone.
      route->second([weak = weak_from_this(), id](Answer answer) {
        if (const auto self = weak.lock()) self->respond(id, std::move(answer));
      });
    }
  }
  void on_stream_closed(http::StreamId) override {}
  http::Response refuse(int status) override {
    return make_reply({status, "text/plain; charset=utf-8", "bad request\n"});
  }

 private:
  void respond(http::StreamId id, Answer answer) {
    session_->respond(id, make_reply(std::move(answer)));
    if (!inside_) flush();
  }

  void flush() {
    std::vector<base::Bytes> out;
    while (stream_->queued() == 0) {
      out.clear();
      session_->take_output(kOutputStep, out);
      if (out.empty()) break;
      stream_->write(out);
    }
    if (session_->done() && stream_->queued() == 0) owner_.retire(*this);
  }

  AdminServer& owner_;
  std::unique_ptr<loop::Stream> stream_;
  std::unique_ptr<http::Session> session_;
  bool inside_ = false;
};

base::Result<std::unique_ptr<AdminServer>> AdminServer::make(loop::Loop& loop, const base::Clock& clock,
                                                             const Options& options) {
  std::unique_ptr<AdminServer> server(new AdminServer(loop, clock, options));
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
  connections_.back()->start();
}

void AdminServer::retire(Connection& connection) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const auto& held) { return held.get() == &connection; });
  if (found == connections_.end()) return;
  // Destroyed on a later turn: one of its own functions may be running.
  loop_.post([dying = std::move(*found)] {});
  connections_.erase(found);
}

}  // namespace api
