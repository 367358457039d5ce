#include "base/state_file.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/replace_file.h"
#include "base/result.h"

namespace base {

struct StateFile::Shared {
  explicit Shared(Options given) : options(std::move(given)) {}

  void run();
  void tell(const Status& status);

  const Options options;
  // A mutex, because texts come from other threads. Held for a move.
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable tried;  ///< an attempt has ended
  std::optional<std::string> text;
  std::uint64_t newest = 0;   ///< number of the newest text
  std::uint64_t written = 0;  ///< of the newest that is on the disk
  std::uint64_t failed = 0;   ///< of the newest whose attempt failed
  bool failing = false;
  bool stop = false;
};

StateFile::StateFile(Options options)
    : shared_(std::make_shared<Shared>(std::move(options))),
      thread_("k-state", [shared = shared_] { shared->run(); }) {}

StateFile::~StateFile() { finish(); }

void StateFile::finish() {
  if (std::exchange(finished_, true)) return;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
  }
  shared_->wake.notify_one();
  if (thread_.finish()) return;
  log_error(shared_->options.tag, "the disk does not answer: a state file is not written",
            {{"file", shared_->options.path}, {"loss", shared_->options.loss}});
}

std::uint64_t StateFile::put(std::string text) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->text = std::move(text);
    number = ++shared_->newest;
  }
  shared_->wake.notify_one();
  return number;
}

bool StateFile::wait(std::uint64_t number, Micros limit) {
  Shared& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  shared.tried.wait_for(lock, std::chrono::microseconds(limit),
                        [&] { return shared.written >= number || shared.failed >= number; });
  return shared.written >= number;
}

bool StateFile::failing() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->failing;
}

void StateFile::Shared::run() {
  std::unique_lock lock(mutex);
  while (true) {
    wake.wait(lock, [this] { return stop || text.has_value(); });
    if (!text) break;
    const std::string taken = *std::exchange(text, std::nullopt);
    const std::uint64_t number = newest;
    lock.unlock();
    const Status status = replace_file(options.path, taken);
    lock.lock();
    (status.ok() ? written : failed) = number;
    tried.notify_all();
    tell(status);
  }
}

/// The mutex is held.
void StateFile::Shared::tell(const Status& status) {
  if (std::exchange(failing, !status.ok()) == !status.ok()) return;
  if (status.ok()) {
    log_info(options.tag, "a state file is written again", {{"file", options.path}});
  } else {
    log_error(options.tag, "a state file cannot be written", {{"why", status.error().what}, {"loss", options.loss}});
  }
}

}  // namespace base
