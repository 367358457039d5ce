#include "app/admin_thread.h"

#include <pthread.h>

#include <fstream>
#include <future>
#include <sstream>
#include <utility>

#include "api/admin_server.h"
#include "api/channels_json.h"
#include "api/instance_json.h"
#include "loop/loop.h"

namespace app {
namespace {

using api::AdminServer;
using api::Answer;

std::string read_page(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  if (!file || !(text << file.rdbuf()))
    return "The operations page (" + path + ") is missing; see /metrics and /api/v1/channels.\n";
  return text.str();
}

}  // namespace

struct AdminThread::Thread {
  std::thread thread;
  loop::Loop* loop = nullptr;
  loop::Mailbox* mailbox = nullptr;

  const base::Clock* clock = nullptr;
  loop::Mailbox* control = nullptr;
  Collect collect;
  const ServeThreads* serve = nullptr;
  std::string page;

  // Asks the control loop for an Overview and answers with what `write` makes of it, here.
  AdminServer::Route asking(std::function<Answer(const Overview&)> write) {
    return [this, write = std::move(write)](AdminServer::Respond respond) {
      control->post([this, write, respond = std::move(respond)] {
        mailbox->post([write, respond, overview = collect()] { respond(write(*overview)); });
      });
    };
  }

  void add_routes(AdminServer& server) {
    server.add("/livez", asking([](const Overview&) { return Answer{200, "text/plain; charset=utf-8", "alive\n"}; }));
    server.add("/readyz", asking([](const Overview& overview) {
                 if (overview.stopping) return Answer{503, "text/plain; charset=utf-8", "stopping\n"};
                 if (overview.stale_channel.empty()) return Answer{200, "text/plain; charset=utf-8", "ready\n"};
                 return Answer{503, "text/plain; charset=utf-8",
                               "channel " + overview.stale_channel + " has a publisher and no fresh part\n"};
               }));
    server.add("/metrics", asking([this](const Overview& overview) {
                 std::vector<metrics::ServeLoop> loops;
                 for (const auto& report : serve->reports())
                   loops.push_back({report.name, report.counters, report.busy});
                 return Answer{200, "text/plain; version=0.0.4; charset=utf-8",
                               metrics::write_exposition(overview.instance, loops)};
               }));
    server.add("/api/v1/channels", asking([this](const Overview& overview) {
                 return Answer{200, "application/json", api::channels_json(overview.instance.channels, clock->utc())};
               }));
    server.add("/api/v1/instance", asking([this](const Overview& overview) {
                 std::vector<const serve::Counters*> loops;
                 for (const auto& report : serve->reports()) loops.push_back(report.counters);
                 return Answer{200, "application/json",
                               api::instance_json(loops, overview.instance.main_loop_busy, clock->utc())};
               }));
    server.add("/", [this](AdminServer::Respond respond) { respond({200, "text/html; charset=utf-8", page}); });
  }

  void run(const AdminServer::Options& options, std::promise<base::Result<std::uint16_t>> ready) {
    pthread_setname_np(pthread_self(), "k-admin");
    loop::Loop own_loop;
    auto server = AdminServer::make(own_loop, *clock, options);
    if (!server.ok()) {
      ready.set_value(server.error());
      return;
    }
    add_routes(**server);
    loop::Mailbox own_mailbox(own_loop);
    loop = &own_loop;
    mailbox = &own_mailbox;
    ready.set_value((*server)->port());
    own_loop.run();
    // Here, where its loop still is.
    server.take().reset();
  }
};

base::Result<std::unique_ptr<AdminThread>> AdminThread::start(const Config& config, const base::Clock& clock,
                                                              loop::Mailbox& control, Collect collect,
                                                              const ServeThreads& serve) {
  std::unique_ptr<AdminThread> admin(new AdminThread);
  admin->thread_ = std::make_unique<Thread>();
  Thread& thread = *admin->thread_;
  thread.clock = &clock;
  thread.control = &control;
  thread.collect = std::move(collect);
  thread.serve = &serve;
  thread.page = read_page(config.web_directory + "/operations.html");
  AdminServer::Options options;
  options.listen = config.admin.listen;
  options.port = config.admin.port;
  std::promise<base::Result<std::uint16_t>> promise;
  std::future<base::Result<std::uint16_t>> listening = promise.get_future();
  thread.thread = std::thread(&Thread::run, &thread, options, std::move(promise));
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

}  // namespace app
