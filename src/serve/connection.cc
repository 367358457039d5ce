#include "serve/connection.h"

#include <utility>

#include "base/log.h"

namespace serve {
namespace {

// What is handed to the kernel in one go. In plaintext the slices are shared memory: a whole segment. Under TLS it is
// encrypted at once, so a slow reader holds that much; two parts of 4 Mbit/s and 0.2 s.
constexpr std::size_t kPlainBudget = 4u << 20;
constexpr std::size_t kTlsBudget = 192u << 10;

// 16 KiB of plaintext make a record of 22 bytes more.
constexpr std::size_t kTlsRoom = kTlsBudget + kTlsBudget / 16;

}  // namespace

const std::shared_ptr<tls::Session::Buffer>& LoopContext::encrypted() {
  // Freed and asked for again a buffer this large would cost page faults each time.
  for (auto& buffer : buffers) {
    if (buffer != nullptr && buffer.use_count() > 1) continue;
    if (buffer == nullptr) {
      buffer = std::make_shared<tls::Session::Buffer>();
      buffer->reserve(kTlsRoom);
    }
    buffer->clear();
    return buffer;
  }
  // All are waiting in queues: those let go of this one, and it stays out of the round.
  buffers.back() = std::make_shared<tls::Session::Buffer>();
  return buffers.back();
}

Connection::Connection(ConnectionOwner& owner, LoopContext& context, std::unique_ptr<loop::Stream> stream)
    : Viewer(context.counters),
      owner_(owner),
      context_(context),
      stream_(std::move(stream)),
      phase_since_(context.clock.steady()) {
  static_assert(sizeof(Connection) <= kFetched);
  context_.counters.connections.add();
  context_.counters.connections_total.add();
}

std::unique_ptr<Connection> Connection::make(ConnectionOwner& owner, LoopContext& context,
                                             std::unique_ptr<loop::Stream> stream,
                                             const std::shared_ptr<const tls::Context>& tls) {
  std::unique_ptr<Connection> connection(new Connection(owner, context, std::move(stream)));
  if (tls == nullptr) {
    connection->start_session("");
  } else {
    auto session = tls::Session::accept(tls);
    if (!session.ok()) return nullptr;
    connection->tls_ = session.take();
  }
  context.wheel.set(*connection, connection->phase_since_ + context.timeouts.head);
  connection->stream_->start(*connection);
  return connection;
}

Connection::~Connection() {
  context_.counters.connections.subtract();
  if (multiplexed()) context_.counters.http2_connections.subtract();
}

void Connection::start_session(std::string_view alpn) { session_ = http::make_session(alpn, context_.http, *this); }

void Connection::on_read(base::View bytes) {
  if (state_ != State::kOpen) return;
  if (tls_ != nullptr) {
    if (!read_tls(bytes)) return;
  } else {
    session_->feed(bytes);
    // One step less on every later call.
    if (auto detected = session_->take_detected(); detected != nullptr) session_ = std::move(detected);
  }
  pump();
}

/// False where there is nothing to pump: the handshake goes on, or the connection is gone.
bool Connection::read_tls(base::View bytes) {
  const bool was_established = tls_->established();
  context_.plain.clear();
  const auto& encrypted = context_.encrypted();
  const base::Status status = tls_->feed(bytes, context_.plain, *encrypted);
  if (!encrypted->empty()) {
    const base::Bytes slice = base::Bytes::of_owner(encrypted, *encrypted);
    sent_ += slice.size();
    context_.counters.bytes_sent.add(slice.size());
    stream_->write(slice);
  }
  if (!status.ok()) {
    context_.counters.tls_failures[static_cast<std::size_t>(tls_->failure())].add();
    base::log_debug("serve", "TLS failed", {{"reason", status.error().what}});
    close();
    return false;
  }
  if (!tls_->established()) return false;
  if (!was_established) {
    context_.counters.tls_handshakes.add();
    if (tls_->resumed()) context_.counters.tls_resumptions.add();
    start_session(tls_->alpn());
  }
  if (!context_.plain.empty()) session_->feed(context_.plain);
  if (tls_->peer_closed()) ended_ = true;
  return true;
}

void Connection::note_protocol() {
  if (multiplexed() || session_->protocol() != "h2") return;
  set_multiplexed();
  context_.counters.http2_connections.add();
}

void Connection::on_request(http::StreamId id, const http::Request& request) {
  ++requests_;
  note_protocol();
  owner_.on_request(*this, id, request);
}

void Connection::answer(http::StreamId id, http::Response response, base::Micros part_published) {
  if (state_ != State::kOpen || session_ == nullptr) return;
  if (part_published != 0) part_published_ = part_published;
  session_->respond(id, std::move(response));
}

bool Connection::answer(http::StreamId id, http::Response head, std::shared_ptr<http::GrowingBody> body) {
  if (state_ != State::kOpen || session_ == nullptr) return false;
  return session_->respond(id, std::move(head), std::move(body));
}

void Connection::pump() {
  if (state_ != State::kOpen || session_ == nullptr) return;
  // Only when the kernel has taken everything: a slow reader holds its own buffer and one budget, no more.
  while (stream_->queued() == 0 && !said_end_) {
    auto& slices = context_.slices;
    slices.clear();
    session_->take_output(tls_ == nullptr ? kPlainBudget : kTlsBudget, slices);
    if (slices.empty()) break;
    send(slices);
    slices.clear();
    if (state_ != State::kOpen) return;
  }
  settle();
}

void Connection::send(std::span<const base::Bytes> slices) {
  std::size_t size = 0;
  // The end shares the last answer's packets: one call and one packet less, two under TLS.
  said_end_ = session_->done();
  const auto follows = said_end_ ? loop::Stream::Follows::kEnd : loop::Stream::Follows::kAnything;
  if (tls_ == nullptr) {
    for (const base::Bytes& slice : slices) size += slice.size();
    stream_->write(slices, follows);
  } else {
    const auto& encrypted = context_.encrypted();
    if (!tls_->write(slices, *encrypted).ok()) return close();
    if (said_end_) tls_->close(*encrypted);
    size = encrypted->size();
    stream_->write(base::Bytes::of_owner(encrypted, *encrypted), follows);
  }
  sent_ += size;
  context_.counters.bytes_sent.add(size);
}

void Connection::settle() {
  const bool all_sent = stream_->queued() == 0;
  const http::Phase phase = session_->phase();
  if (all_sent && part_published_ != 0) {
    context_.counters.part_to_last_byte.observe(context_.clock.steady() - std::exchange(part_published_, 0));
  }
  if (all_sent && (said_end_ || session_->done() || (ended_ && phase != http::Phase::kAnswering))) return linger();
  if (stream_->paused() == session_->wants_input()) {
    if (stream_->paused()) {
      stream_->resume();
    } else {
      stream_->pause();
    }
  }
  // A request that begins where another ended gets its own time.
  if (phase != phase_ || phase == http::Phase::kIdle || requests_ != requests_at_phase_) {
    phase_ = phase;
    requests_at_phase_ = requests_;
    phase_since_ = context_.clock.steady();
    set_deadline();
  }
}

void Connection::set_deadline() {
  const Timeouts& timeouts = context_.timeouts;
  base::Micros span = timeouts.head;
  if (phase_ == http::Phase::kIdle && requests_ != 0) span = timeouts.idle;
  if (phase_ == http::Phase::kAnswering || phase_ == http::Phase::kGrowing) span = timeouts.stuck;
  context_.wheel.set(*this, phase_since_ + span);
}

void Connection::on_deadline(base::Micros now) {
  const bool answering = state_ == State::kOpen && phase_ == http::Phase::kAnswering;
  const bool growing = state_ == State::kOpen && phase_ == http::Phase::kGrowing;
  const std::uint64_t taken = sent_ - stream_->queued();
  // A held request is bounded by its own deadline, a reader that takes something is only slow, and one that has taken
  // all of a growing body waits for its source.
  if (growing || (answering && (holds_any() || taken != taken_))) {
    taken_ = taken;
    context_.wheel.set(*this, now + context_.timeouts.stuck);
    return;
  }
  if (state_ == State::kOpen) context_.counters.timeouts.add();
  close();
}

void Connection::on_end(const std::optional<base::Error>& why) {
  // An orderly end of what they send, while our answer is still on its way: it gets it. A held request does not count:
  // who hangs up while waiting has left (LL-106).
  const bool answer_under_way = !why && state_ == State::kOpen && stream_->queued() != 0 && !holds_any();
  if (answer_under_way) {
    ended_ = true;
    return;
  }
  close();
}

void Connection::linger() {
  state_ = State::kLingering;
  if (tls_ != nullptr && !said_end_) {
    const auto& encrypted = context_.encrypted();
    tls_->close(*encrypted);
    if (!encrypted->empty()) stream_->write(base::Bytes::of_owner(encrypted, *encrypted), loop::Stream::Follows::kEnd);
  }
  // Closing with input unread would reset the connection and take the answer with it: wait for the peer's end, unless
  // there is none to come.
  if (ended_ || session_->peer_done()) return close();
  context_.wheel.set(*this, context_.clock.steady() + context_.timeouts.linger);
  stream_->shut_down();
  if (stream_->paused()) stream_->resume();
}

void Connection::shut_down() {
  if (state_ != State::kOpen) return;
  if (session_ == nullptr) return close();
  session_->shut_down();
  pump();
}

void Connection::close() {
  if (state_ == State::kRetired) return;
  state_ = State::kRetired;
  if (session_ != nullptr) session_->abort();
  release_all();
  stream_->close();
  owner_.retire(*this);
}

}  // namespace serve
