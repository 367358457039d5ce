#include "app/admin_thread.h"

#include <pthread.h>

#include <fstream>
#include <future>
#include <sstream>
#include <utility>

#include "api/admin_server.h"
#include "api/event_streams.h"
#include "base/directory.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace app {
namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) return std::nullopt;
  return text.str();
}

/// The operations page, and its scripts and style sheets in operations/ beside it.
api::Page read_page(const std::string& web_directory) {
  const std::string path = web_directory + "/operations.html";
  api::Page page;
  page.html =
      read_file(path).value_or("The operations page (" + path + ") is missing; see /metrics and /api/v1/channels.\n");
  const std::string directory = web_directory + "/operations";
  auto names = base::list_directory(directory);
  if (!names) return page;
  for (const std::string& name : *names) {
    if (!name.ends_with(".mjs") && !name.ends_with(".css")) continue;
    if (auto text = read_file(directory + "/" + name)) page.files.emplace(name, std::move(*text));
  }
  return page;
}

}  // namespace

struct AdminThread::Thread {
  std::thread thread;
  loop::Loop* loop = nullptr;
  loop::Mailbox* mailbox = nullptr;
  api::Dispatcher* dispatcher = nullptr;

  const base::Clock* clock = nullptr;
  loop::Mailbox* control = nullptr;
  ControlCalls calls;
  const ServeThreads* serve = nullptr;
  api::Page page;
  std::optional<api::Token> environment;

  api::Access access_of(const config::Config::Admin& config) const {
    std::vector<api::Token> tokens = config.tokens;
    if (environment) tokens.push_back(*environment);
    return {api::Tokens(std::move(tokens)), api::HostRule(config.hosts)};
  }

  void run(const config::Config::Admin& config, std::promise<base::Result<std::uint16_t>> ready) {
    pthread_setname_np(pthread_self(), "k-admin");
    loop::Loop own_loop;
    loop::Mailbox own_mailbox(own_loop);
    AdminBackend backend(*control, own_mailbox, std::move(calls), *serve);
    api::Dispatcher own_dispatcher(*clock);
    backend.use(own_dispatcher.counters());
    own_dispatcher.set_access(access_of(config));
    api::EventStreams streams(backend, *clock);
    loop::Timer heartbeat(own_loop, [&streams] { streams.tick(); });
    heartbeat.start(base::kSecond, base::kSecond);
    api::add_routes(own_dispatcher, backend, streams, *clock, std::move(page));
    api::AdminServer::Options options;
    options.listen = config.listen;
    options.port = config.port;
    auto server = api::AdminServer::make(own_loop, *clock, own_dispatcher, options);
    if (!server.ok()) {
      ready.set_value(server.error());
      return;
    }
    loop = &own_loop;
    mailbox = &own_mailbox;
    dispatcher = &own_dispatcher;
    backend.watch_events([&streams] { streams.wake(); });
    ready.set_value((*server)->port());
    own_loop.run();
    // Here, where its loop still is.
    server.take().reset();
  }
};

base::Result<std::unique_ptr<AdminThread>> AdminThread::start(const config::Config& config,
                                                              std::optional<api::Token> environment,
                                                              const base::Clock& clock, loop::Mailbox& control,
                                                              ControlCalls calls, const ServeThreads& serve) {
  std::unique_ptr<AdminThread> admin(new AdminThread);
  admin->thread_ = std::make_unique<Thread>();
  Thread& thread = *admin->thread_;
  thread.clock = &clock;
  thread.control = &control;
  thread.calls = std::move(calls);
  thread.serve = &serve;
  thread.page = read_page(config.web_directory);
  thread.environment = std::move(environment);
  std::promise<base::Result<std::uint16_t>> promise;
  std::future<base::Result<std::uint16_t>> listening = promise.get_future();
  thread.thread = std::thread(&Thread::run, &thread, config.admin, std::move(promise));
  const auto port = listening.get();
  if (!port.ok()) {
    thread.thread.join();
    return port.error();
  }
  admin->port_ = *port;
  return admin;
}

AdminThread::~AdminThread() {
  if (!thread_ || !thread_->thread.joinable()) return;
  thread_->mailbox->post([loop = thread_->loop] { loop->stop(); });
  thread_->thread.join();
}

void AdminThread::configure(const config::Config::Admin& config) {
  thread_->mailbox->post(
      [dispatcher = thread_->dispatcher, access = thread_->access_of(config)] { dispatcher->set_access(access); });
}

}  // namespace app
