#include "serve/connection.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace serve {
namespace {

// What is handed to the kernel in one go. In plaintext the slices are shared memory: a whole segment. Under TLS it is
// encrypted at once, so a slow reader holds that much; two parts of 4 Mbit/s and 0.2 s.
constexpr std::size_t kPlainBudget = 4u << 20;
constexpr std::size_t kTlsBudget = 192u << 10;

// Beyond what one budget can leave, which is all that pump() queues.
constexpr std::size_t kMostQueued = 2 * kTlsBudget;

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
      phase_since_(context.clock.steady()),
      progress_(phase_since_),
      moved_(phase_since_) {
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

/// False where there is nothing to pump: the handshake continues, or the connection is gone.
bool Connection::read_tls(base::View bytes) {
  const bool was_established = tls_->established();
  context_.plain.clear();
  const auto& encrypted = context_.encrypted();
  const base::Status status = tls_->feed(bytes, context_.plain, *encrypted);
  if (!encrypted->empty()) {
    const base::Bytes slice = base::Bytes::of_owner(encrypted, *encrypted);
    sent_ += slice.size();
    context_.counters.bytes_sent.add(slice.size());
    if (stream_->queued() == 0) moved_ = context_.clock.steady();
    stream_->write(slice);
    // Answers to key updates, of one that reads none of them.
    if (stream_->queued() > kMostQueued) {
      close();
      return false;
    }
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
    certified = tls_->peer_certified();
    start_session(tls_->alpn());
    progress_ = phase_since_ = context_.clock.steady();
    set_deadline();
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
  if (requests_++ == 0) owner_.on_first_request(*this);
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
  // Nothing was queued before, so what is queued now begins to wait now.
  if (stream_->queued() != 0) moved_ = context_.clock.steady();
}

/// After input or output: ends the connection if all is done, reads on or not, and sets the phase and its deadline.
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
  // What the kernel has not yet taken of HTTP/1.1's answer is still an answer under way. Of HTTP/2 it may be answers to
  // PING, which keep nobody here.
  const bool under_way = !all_sent && phase == http::Phase::kIdle && session_->protocol() != "h2";
  note_phase(under_way ? http::Phase::kAnswering : phase);
}

void Connection::note_phase(http::Phase phase) {
  const bool asked = requests_ != requests_at_phase_;
  if (!asked && phase == phase_) return;
  const base::Micros now = context_.clock.steady();
  const bool answered = phase_ == http::Phase::kAnswering || phase_ == http::Phase::kGrowing;
  if (asked || answered) progress_ = now;
  phase_ = phase;
  requests_at_phase_ = requests_;
  // A request that begins where another ended gets its own time.
  phase_since_ = now;
  set_deadline();
}

/// When the connection as a whole has had its time. In every phase bounded by what is progress: changing to and fro
/// between phases wins nothing.
base::Micros Connection::deadline() const {
  const Timeouts& timeouts = context_.timeouts;
  const base::Micros quiet = progress_ + (requests_ != 0 ? timeouts.idle : timeouts.head);
  const bool all_taken = stream_->queued() == 0;
  // While bytes wait for the kernel only what it takes counts: further requests win no time.
  const base::Micros stuck = (all_taken ? std::max(phase_since_, moved_) : moved_) + timeouts.stuck;
  switch (phase_) {
    case http::Phase::kIdle: return quiet;
    case http::Phase::kReading: return std::min(phase_since_, quiet) + timeouts.head;
    default: return stuck;
  }
}

void Connection::set_deadline() {
  base::Micros first = deadline();
  // While bytes wait for the kernel no stream can continue, which is not the streams' fault.
  const bool all_taken = stream_->queued() == 0;
  if (all_taken) first = std::min(first, session_->next_expiry({context_.timeouts.head, context_.timeouts.stuck}));
  context_.wheel.set(*this, first);
}

void Connection::on_deadline(base::Micros now) {
  if (state_ == State::kOpen && session_ != nullptr && continues(now)) return;
  if (state_ == State::kOpen) {
    context_.counters.timeouts.add();
    // The client may have sent a request that crosses the end: GOAWAY says that it may send it anew (RFC 9113 6.8).
    if (phase_ == http::Phase::kIdle) shut_down();
  }
  close();
}

/// Ends the streams that have had their time; false if the whole connection has. A held request is bounded by its own
/// deadline, a reader that takes something is only slow, and one that has taken all of a growing body waits for its
/// source.
bool Connection::continues(base::Micros now) {
  if (stream_->queued() == 0) {
    const std::size_t expired = session_->expire(now, {context_.timeouts.head, context_.timeouts.stuck});
    context_.counters.streams_expired.add(expired);
    if (expired != 0) pump();
    if (state_ != State::kOpen) return true;
  }
  const std::uint64_t taken = sent_ - stream_->queued();
  if (stream_->queued() == 0 || taken != taken_) moved_ = now;
  taken_ = taken;
  if (deadline() <= now) return false;
  set_deadline();
  return true;
}

void Connection::on_end(const std::optional<base::Error>& why) {
  // An orderly end of what they send, while our answer is still on its way: it gets it. A held request does not count:
  // a client that hangs up while it waits has left (LL-106).
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
