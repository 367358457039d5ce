#include "ingest/srt_thread.h"

#include <pthread.h>

#include <chrono>
#include <utility>

#include "base/log.h"

namespace ingest {
namespace {

/// The library's poll sleeps in steps of 10 ms and has no way to be woken from outside: orders wait this long at most.
constexpr base::Micros kWait = 50 * base::kMillisecond;
/// Packets of live streams come one by one; waiting so long after each round gathers them (budget of a frame: 5 ms).
constexpr auto kGather = std::chrono::milliseconds(2);
constexpr std::size_t kBatch = std::size_t{128} << 10;
constexpr base::Micros kStatsEvery = base::kSecond;

}  // namespace

SrtThread::SrtThread(const Options& options, std::unique_ptr<SrtAcceptor> acceptor, const base::Clock& clock,
                     SrtThreadSink& sink)
    : options_(options), clock_(clock), sink_(sink), acceptor_(std::move(acceptor)), thread_([this] { run(); }) {}

SrtThread::~SrtThread() {
  stopping_ = true;
  thread_.join();
  for (const auto& [socket, connection] : connections_) srt_close_socket(socket);
}

void SrtThread::close(std::uint64_t id, std::string reason) {
  const std::lock_guard lock(mutex_);
  orders_.emplace(id, std::move(reason));
}

std::uint64_t SrtThread::call(SrtCall call) {
  const std::uint64_t id = next_id_++;
  const std::lock_guard lock(mutex_);
  calls_.emplace(id, std::move(call));
  return id;
}

void SrtThread::run() {
  pthread_setname_np(pthread_self(), "srt");
  if (acceptor_) {
    poll_.add(acceptor_->socket());
    accept_all();  // the poll is silent about callers that came before it was asked
  }
  stats_at_ = clock_.steady() + kStatsEvery;
  while (!stopping_) {
    const std::vector<int> ready = poll_.wait(kWait);
    run_commands();
    bool read_some = false;
    for (const int socket : ready) read_some = serve(socket) || read_some;
    if (clock_.steady() >= stats_at_) report_stats();
    if (read_some) std::this_thread::sleep_for(kGather);
  }
}

/// Does what a socket is ready for. True if it has brought bytes.
bool SrtThread::serve(int socket) {
  if (acceptor_ && socket == acceptor_->socket()) {
    accept_all();
    return false;
  }
  const auto found = connections_.find(socket);
  if (found == connections_.end()) return false;
  if (!found->second.calling) return read(socket, found->second);
  answer_call(socket, found->second);
  return false;
}

void SrtThread::begin_call(std::uint64_t id, const SrtCall& call) {
  auto socket = srt_begin_call(call, poll_);
  if (!socket.ok()) return sink_.on_srt_end(id, socket.error().what);
  Connection& connection = connections_[*socket];
  connection.id = id;
  connection.calling = true;
  connection.backlog = std::make_shared<SrtBacklog>();
}

void SrtThread::answer_call(int socket, Connection& connection) {
  switch (srt_call_state(socket)) {
    case SrtCallState::kCalling: return;
    case SrtCallState::kFailed: return end(socket, srt_call_failure(socket));
    case SrtCallState::kConnected: break;
  }
  connection.calling = false;
  poll_.remove(socket);
  poll_.add(socket);
  sink_.on_srt_arrival({connection.id, srt_called(socket), connection.backlog});
}

void SrtThread::run_commands() {
  std::map<std::uint64_t, SrtCall> calls;
  std::map<std::uint64_t, std::string> orders;
  {
    const std::lock_guard lock(mutex_);
    calls.swap(calls_);
    orders.swap(orders_);
  }
  for (const auto& [id, call] : calls) begin_call(id, call);
  if (orders.empty()) return;
  std::vector<std::pair<int, std::string>> due;
  for (const auto& [socket, connection] : connections_) {
    if (const auto order = orders.find(connection.id); order != orders.end()) due.emplace_back(socket, order->second);
  }
  for (auto& [socket, reason] : due) end(socket, std::move(reason));
}

void SrtThread::accept_all() {
  for (;;) {
    auto accepted = acceptor_->accept();
    if (!accepted) return;
    SrtAcceptor::Accepted caller = accepted.take();
    const int socket = caller.socket;
    const bool keys_agree =
        caller.encryption == SrtEncryption::kNone || caller.encryption == SrtEncryption::kSecured;  // SR-10
    if (connections_.size() >= options_.connections || !keys_agree) {
      base::log_warn("ingest", "SRT caller closed",
                     {{"peer", caller.peer.text()}, {"why", keys_agree ? "too many publishers" : "passphrase"}});
      srt_close_socket(socket);
      continue;
    }
    Connection& connection = connections_[socket];
    connection.id = next_id_++;
    connection.backlog = std::make_shared<SrtBacklog>();
    poll_.add(socket);
    sink_.on_srt_arrival({connection.id, std::move(caller), connection.backlog});
  }
}

bool SrtThread::read(int socket, Connection& connection) {
  std::vector<std::uint8_t> bytes;
  const base::Status status = srt_read(socket, bytes, kBatch);
  const bool read_some = !bytes.empty();
  if (read_some) take(connection, std::move(bytes));
  if (!status.ok()) end(socket, status.error().what);
  return read_some;
}

void SrtThread::take(Connection& connection, std::vector<std::uint8_t> bytes) {
  SrtBacklog& backlog = *connection.backlog;
  const std::size_t queued = backlog.queued;
  if (queued + bytes.size() > options_.backlog_bytes) connection.dropping = true;
  if (queued <= options_.backlog_bytes / 2) connection.dropping = false;
  if (connection.dropping) {
    connection.unreported_drop += bytes.size();
    backlog.dropped += bytes.size();
    return;
  }
  backlog.queued += bytes.size();
  sink_.on_srt_bytes(connection.id, clock_.utc(), base::Bytes::adopt(std::move(bytes)),
                     std::exchange(connection.unreported_drop, 0));
}

void SrtThread::end(int socket, std::string reason) {
  const auto found = connections_.find(socket);
  const std::uint64_t id = found->second.id;
  poll_.remove(socket);
  srt_close_socket(socket);
  connections_.erase(found);
  sink_.on_srt_end(id, std::move(reason));
  if (connections_.empty()) sink_.on_srt_stats({});
}

void SrtThread::report_stats() {
  stats_at_ = clock_.steady() + kStatsEvery;
  const std::uint64_t failed = acceptor_ ? acceptor_->report_failed_handshakes() : 0;
  if (failed != 0) sink_.on_srt_failed_handshakes(failed);
  if (connections_.empty()) return;
  std::map<std::uint64_t, SrtStats> all;
  for (auto& [socket, connection] : connections_) {
    if (connection.calling) continue;
    srt_read_stats(socket, connection.stats);
    connection.stats.bytes_discarded_total = connection.backlog->dropped;
    all.emplace(connection.id, connection.stats);
  }
  sink_.on_srt_stats(std::move(all));
}

}  // namespace ingest
