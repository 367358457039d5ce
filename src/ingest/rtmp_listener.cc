#include "ingest/rtmp_listener.h"

#include <utility>

#include "base/log.h"

namespace ingest {
namespace {

constexpr base::Micros kTick = 250 * base::kMillisecond;
constexpr base::Micros kPruneEvery = 60 * base::kSecond;

}  // namespace

base::Result<std::unique_ptr<RtmpListener>> RtmpListener::make(loop::Loop& loop, const base::Clock& clock,
                                                               Publisher& publisher, Options options) {
  std::unique_ptr<RtmpListener> listener(new RtmpListener(loop, clock, publisher, std::move(options)));
  RtmpListener* self = listener.get();
  TRY(listener->tcp_, loop::TcpListener::make(loop, self->options_.tcp, [self](std::unique_ptr<loop::Stream> stream) {
        self->on_accept(std::move(stream));
      }));
  listener->timer_.start(kTick, kTick);
  return listener;
}

RtmpListener::RtmpListener(loop::Loop& loop, const base::Clock& clock, Publisher& publisher, Options options)
    : loop_(loop),
      clock_(clock),
      publisher_(publisher),
      options_(std::move(options)),
      limits_(options_.peers),
      life_(std::make_shared<RtmpListener*>(this)),
      timer_(loop, [this] { on_tick(); }) {}

RtmpListener::~RtmpListener() {
  *life_ = nullptr;
  tcp_.reset();
  while (!connections_.empty()) connections_.begin()->second->abort("server stops");
}

std::uint16_t RtmpListener::port() const { return tcp_ ? tcp_->port() : std::uint16_t{0}; }

void RtmpListener::on_accept(std::unique_ptr<loop::Stream> stream) {
  ++counters_.accepted;
  if (!admit(*stream)) {
    ++counters_.limited;
    base::log_debug("ingest", "connection turned away", {{"peer", stream->peer()}});
    return;  // closes it
  }
  RtmpConnection::Options options{options_.session, nullptr, next_id_++, options_.publishes};
  options.session.seed = static_cast<std::uint64_t>(clock_.utc()) * 0x9E3779B97F4A7C15U + options.id;
  if (options_.tls) {
    base::Result<std::unique_ptr<tls::Session>> session = tls::Session::accept(options_.tls);
    if (!session.ok()) {
      ++counters_.tls_errors;
      limits_.leave(stream->peer(), stream->peer_is_loopback());
      return;
    }
    options.tls = session.take();
  }
  if (counters_.half_open >= options_.half_open) cut_oldest_half_open();
  const std::uint64_t id = options.id;
  RtmpConnectionOwner& owner = *this;
  auto connection = std::make_unique<RtmpConnection>(loop_, clock_, owner, std::move(stream), std::move(options));
  connections_.emplace(id, std::move(connection)).first->second->start();
}

bool RtmpListener::admit(const loop::Stream& stream) {
  if (connections_.size() >= options_.connections) return false;
  return limits_.admit(stream.peer(), stream.peer_is_loopback(), clock_.steady());
}

void RtmpListener::cut_oldest_half_open() {
  for (auto& [id, connection] : connections_) {
    if (!connection->half_open()) continue;
    ++counters_.limited;
    connection->abort("too many handshakes at a time");
    return;
  }
}

void RtmpListener::on_tick() {
  // A connection may retire in its tick, which takes it off the map.
  for (auto next = connections_.begin(); next != connections_.end();) {
    RtmpConnection& connection = *next->second;
    ++next;
    connection.tick();
  }
  const base::Micros now = clock_.steady();
  if (now - pruned_ < kPruneEvery) return;
  pruned_ = now;
  limits_.prune(now);
}

void RtmpListener::request_reconnect(std::string_view tc_url, std::string_view why) {
  for (auto next = connections_.begin(); next != connections_.end();) {
    RtmpConnection& connection = *next->second;
    ++next;
    connection.request_reconnect(tc_url, why);
  }
}

void RtmpListener::on_denied(std::string_view peer, bool loopback) {
  if (limits_.note_failure(peer, loopback, clock_.steady())) {
    base::log_warn("ingest", "address shut out for wrong keys", {{"peer", peer}});
  }
}

void RtmpListener::retire(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  limits_.leave(found->second->peer(), found->second->loopback());
  if (retired_.empty()) {
    loop_.post([life = life_] {
      if (*life != nullptr) (*life)->retired_.clear();
    });
  }
  retired_.push_back(std::move(found->second));
  connections_.erase(found);
}

}  // namespace ingest
