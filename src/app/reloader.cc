#include "app/reloader.h"

#include <pthread.h>

#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"

namespace app {

/// How the reading thread reaches the Reloader: a mailbox that the Reloader's destructor takes away. The mutex is held
/// for one post at a time.
struct Reloader::Link {
  std::mutex mutex;
  loop::Mailbox* mailbox = nullptr;  ///< null once cut

  void post(std::function<void()> message) {
    const std::lock_guard lock(mutex);
    if (mailbox != nullptr) mailbox->post(std::move(message));
  }
  void cut() {
    const std::lock_guard lock(mutex);
    mailbox = nullptr;
  }
};

Preparation prepare(const std::string& path, const std::shared_ptr<const tls::TicketKeys>& keys) {
  auto loaded = config::load_config(path);
  if (auto* problems = std::get_if<std::vector<config::Problem>>(&loaded)) return std::move(*problems);
  Prepared prepared{.config = std::get<config::Config>(std::move(loaded)), .certificates = {}};
  auto certificates = load_certificates(prepared.config, keys);
  if (!certificates.ok()) return std::vector<config::Problem>{{path, 0, 0, certificates.error().what}};
  prepared.certificates = certificates.take();
  return prepared;
}

Reloader::Reloader(loop::Loop& loop, Read read, Done done, base::Micros limit)
    : read_(std::move(read)),
      done_(std::move(done)),
      limit_(limit),
      mailbox_(loop),
      link_(std::make_shared<Link>()),
      deadline_(loop, [this] { give_up(); }) {
  link_->mailbox = &mailbox_;
}

Reloader::~Reloader() { link_->cut(); }

void Reloader::start() {
  switch (state_) {
    case State::kIdle: return begin();
    case State::kReading:
      state_ = State::kReadingThenAgain;
      return base::log_info("app", "configuration is being read; it is read again afterwards");
    case State::kReadingThenAgain:
      return base::log_info("app", "configuration is being read; it is read again afterwards, once");
    case State::kGivenUp:
      return report("an earlier reload still waits for a file: the disk or the mount that holds it hangs");
  }
}

void Reloader::begin() {
  try {
    std::thread([read = read_, link = link_, this] {
      pthread_setname_np(pthread_self(), "k-reload");
      auto outcome = std::make_shared<Preparation>(read());
      // `this` is used on the loop only, and only if the Reloader is still there.
      link->post([this, outcome] { take(std::move(*outcome)); });
    }).detach();
  } catch (const std::system_error& problem) {
    return report(std::string("cannot start a thread to read the configuration: ") + problem.what());
  }
  state_ = State::kReading;
  deadline_.start(limit_);
  base::log_info("app", "reading the configuration");
}

void Reloader::take(Preparation outcome) {
  const State before = std::exchange(state_, State::kIdle);
  deadline_.stop();
  if (before == State::kGivenUp) {
    base::log_warn("app", "an abandoned reload has finished; its result is discarded; send SIGHUP to reload");
    return;
  }
  if (before == State::kReadingThenAgain) begin();
  done_(std::move(outcome));
}

void Reloader::give_up() {
  state_ = State::kGivenUp;
  report("given up after " + std::to_string(limit_ / base::kMillisecond) +
         " ms: the configuration, or a file that it names, is on a disk or a mount that hangs");
}

void Reloader::report(std::string problem) {
  mailbox_.post(
      [this, problem = std::move(problem)] { done_(std::vector<config::Problem>{{"reload", 0, 0, problem}}); });
}

}  // namespace app
