#include "app/serve_threads.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <utility>

#include "loop/loop.h"
#include "loop/mailbox.h"
#include "loop/read_pool.h"
#include "loop/timer.h"

namespace app {
namespace {

std::uint64_t connections_of(const config::Config::Http& config, std::uint64_t descriptors) {
  if (config.max_connections > 0) return static_cast<std::uint64_t>(config.max_connections);
  // Feeds, workers and files need some too.
  const std::uint64_t reserve = std::min(std::max<std::uint64_t>(1024, descriptors / 20), descriptors / 2);
  return descriptors - reserve;
}

serve::Admission::Options admission_of(const config::Config::Admission& config) {
  return {config.shed_depth_below / 100.0, config.refuse_joins_below / 100.0, config.overflow};
}

serve::OriginLock lock_of(const config::Config::OriginLock& config) {
  return {config.header, config.secrets, !config.client_ca.empty()};
}

/// Each loop's part of a limit, at least 1; of 0, which is no limit, 0.
int share_of(int limit, int loops) { return (limit + loops - 1) / loops; }

int listen_port(std::uint16_t configured) { return configured == 0 ? -1 : configured; }

// Sockets that share a port do so with any process of this user: a server that already runs there is only noticed by
// asking for the port alone first.
base::Status check_free(const std::string& host, int port) {
  if (port <= 0) return base::Ok{};
  loop::Loop loop;
  loop::TcpListener::Options alone;
  alone.host = host;
  alone.port = static_cast<std::uint16_t>(port);
  TRY_OK(loop::TcpListener::make(loop, alone, nullptr));
  return base::Ok{};
}

}  // namespace

ServePlan plan_of(const config::Config::Http& config, unsigned cores, std::uint64_t descriptors) {
  ServePlan plan;
  plan.loops = config.loops > 0 ? config.loops : static_cast<int>(std::max(1U, cores));
  plan.each.host = config.listen;
  plan.each.plain_port = listen_port(config.port);
  plan.each.tls_port = listen_port(config.tls_port);
  const std::uint64_t share = connections_of(config, descriptors) / static_cast<std::uint64_t>(plan.loops);
  plan.each.most_connections = std::max<std::size_t>(share, 1);
  plan.each.admission = admission_of(config.admission);
  plan.each.lock = lock_of(config.origin_lock);
  plan.each.address.new_per_second = share_of(config.new_connections_per_address, plan.loops);
  plan.each.address.half_open = static_cast<std::size_t>(share_of(config.half_open_per_address, plan.loops));
  return plan;
}

// What one thread works with; made and destroyed on it.
struct ServeThreads::Worker {
  std::string name;
  std::thread thread;
  loop::Loop* loop = nullptr;       ///< the thread's own, for its busy share
  serve::Server* server = nullptr;  ///< likewise
  loop::Mailbox* mailbox = nullptr;
  loop::Timer* deadline = nullptr;
  std::atomic<double> busy{0};
  std::atomic<bool> answered{true};

  // Runs the loop until stop(); `ready` learns whether it listens.
  void run(const serve::Server::Options& options, const base::Clock& clock, std::shared_ptr<const tls::Context> context,
           std::shared_ptr<const serve::StaticFiles> files, std::promise<base::Status> ready) {
    pthread_setname_np(pthread_self(), ("k-serve-" + name).c_str());
    loop::Loop own_loop;
    auto made = serve::Server::make(own_loop, clock, options, std::move(context), std::move(files));
    if (!made.ok()) {
      ready.set_value(made.error());
      return;
    }
    auto own_server = made.take();
    loop::Mailbox own_mailbox(own_loop);
    loop::Timer sample(own_loop, [&] { busy.store(own_loop.busy_share(), std::memory_order_relaxed); });
    sample.start(base::kSecond, base::kSecond);
    loop::Timer own_deadline(own_loop, [&] { own_loop.stop(); });
    deadline = &own_deadline;
    loop = &own_loop;
    server = own_server.get();
    mailbox = &own_mailbox;
    ready.set_value(base::Ok{});
    own_loop.run();
  }
};

base::Result<std::unique_ptr<ServeThreads>> ServeThreads::start(ServePlan plan, const base::Clock& clock,
                                                                std::shared_ptr<const tls::Context> context,
                                                                std::shared_ptr<const serve::StaticFiles> files) {
  std::unique_ptr<ServeThreads> threads(new ServeThreads);
  serve::Server::Options& options = plan.each;
  if (options.reads == nullptr) options.reads = std::make_shared<loop::ReadPool>();
  TRY_OK(check_free(options.host, options.plain_port));
  TRY_OK(check_free(options.host, options.tls_port));
  for (int i = 0; i < plan.loops; ++i) {
    auto worker = std::make_unique<Worker>();
    worker->name = std::to_string(i);
    std::promise<base::Status> promise;
    std::future<base::Status> listening = promise.get_future();
    worker->thread =
        std::thread(&Worker::run, worker.get(), options, std::cref(clock), context, files, std::move(promise));
    base::Status status = listening.get();
    if (!status.ok()) {
      worker->thread.join();
      return status.error();
    }
    threads->workers_.push_back(std::move(worker));
    // Where any free port would do, all loops take that of the first.
    if (options.plain_port == 0) options.plain_port = threads->plain_port();
    if (options.tls_port == 0) options.tls_port = threads->tls_port();
  }
  return threads;
}

ServeThreads::~ServeThreads() { stop(0); }

void ServeThreads::publish(const std::shared_ptr<const origin::ChannelSnapshot>& snapshot) {
  for (const auto& worker : workers_) worker->server->publish(snapshot);
}

void ServeThreads::remove(const std::string& channel) {
  for (const auto& worker : workers_) worker->server->remove(channel);
}

void ServeThreads::give_up(const std::string& channel) {
  for (const auto& worker : workers_) worker->server->give_up(channel);
}

void ServeThreads::relay(const std::string& channel, const std::shared_ptr<const relay::Reel>& reel) {
  for (const auto& worker : workers_) worker->server->relay(channel, reel);
}

void ServeThreads::configure(const config::Config::Http& config) {
  for (const auto& worker : workers_) {
    worker->server->set_admission(admission_of(config.admission));
    worker->server->set_lock(lock_of(config.origin_lock));
  }
}

void ServeThreads::set_tokens(const std::shared_ptr<const serve::TokenPolicy>& policy) {
  for (const auto& worker : workers_) worker->server->set_tokens(policy);
}

void ServeThreads::set_shared_headroom(double memory, double egress) {
  for (const auto& worker : workers_) worker->server->set_shared_headroom(memory, egress);
}

std::uint64_t ServeThreads::bytes_sent() const {
  std::uint64_t sum = 0;
  for (const auto& worker : workers_) sum += worker->server->counters().bytes_sent.get();
  return sum;
}

void ServeThreads::use_tls(const std::shared_ptr<const tls::Context>& context) {
  for (const auto& worker : workers_) worker->server->use_tls(context);
}

bool ServeThreads::answered() {
  bool all = true;
  for (const auto& worker : workers_) all = worker->answered.load(std::memory_order_relaxed) && all;
  if (!all) return false;  // asked already
  for (const auto& worker : workers_) {
    worker->answered.store(false, std::memory_order_relaxed);
    worker->mailbox->post([worker = worker.get()] { worker->answered.store(true, std::memory_order_relaxed); });
  }
  return true;
}

void ServeThreads::stop(base::Micros limit) {
  for (const auto& worker : workers_) {
    worker->server->shut_down([loop = worker->loop] { loop->stop(); });
    worker->mailbox->post([deadline = worker->deadline, limit] { deadline->start(limit); });
  }
  for (const auto& worker : workers_) worker->thread.join();
  workers_.clear();
}

std::vector<ServeThreads::LoopReport> ServeThreads::reports() const {
  std::vector<LoopReport> all;
  for (const auto& worker : workers_) {
    all.push_back({worker->name, &worker->server->counters(), worker->busy.load(std::memory_order_relaxed),
                   &worker->server->audiences()});
  }
  return all;
}

std::uint16_t ServeThreads::plain_port() const { return workers_.empty() ? 0 : workers_.front()->server->plain_port(); }
std::uint16_t ServeThreads::tls_port() const { return workers_.empty() ? 0 : workers_.front()->server->tls_port(); }

}  // namespace app
