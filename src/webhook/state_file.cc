#include "webhook/state_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/result.h"

namespace webhook {
namespace {

base::Error failure_at(const std::string& path) { return {base::Code::kSystem, path + ": " + strerror(errno)}; }

base::Status write_all(int descriptor, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failure_at(path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return fdatasync(descriptor) == 0 ? base::Status(base::Ok{}) : failure_at(path);
}

base::Status replace_file(const std::string& path, const std::string& text) {
  const std::string made = path + ".new";
  const int descriptor = open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failure_at(made);
  const base::Status status = write_all(descriptor, made, text);
  close(descriptor);
  if (!status.ok()) return status;
  return rename(made.c_str(), path.c_str()) == 0 ? base::Status(base::Ok{}) : failure_at(path);
}

}  // namespace

struct StateFile::Shared {
  explicit Shared(std::string given) : path(std::move(given)) {}

  void run();

  const std::string path;
  // A mutex, because texts come from another thread. Held for a move.
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable finished;
  std::optional<std::string> text;
  bool failing = false;
  bool stop = false;
  bool done = false;
};

StateFile::StateFile(std::string path) : shared_(std::make_shared<Shared>(std::move(path))) {
  std::thread([shared = shared_] { shared->run(); }).detach();
}

StateFile::~StateFile() {
  std::unique_lock lock(shared_->mutex);
  shared_->stop = true;
  shared_->wake.notify_one();
  shared_->finished.wait_for(lock, std::chrono::microseconds(kFinish), [this] { return shared_->done; });
  if (!shared_->done)
    base::log_error("webhook", "the disk does not answer: events may be sent again", {{"file", shared_->path}});
}

void StateFile::put(std::string text) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->text = std::move(text);
  }
  shared_->wake.notify_one();
}

bool StateFile::failing() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->failing;
}

void StateFile::Shared::run() {
  pthread_setname_np(pthread_self(), "k-hook-state");
  std::unique_lock lock(mutex);
  while (true) {
    wake.wait(lock, [this] { return stop || text.has_value(); });
    if (!text) break;
    const std::string taken = *std::exchange(text, std::nullopt);
    lock.unlock();
    const base::Status status = replace_file(path, taken);
    lock.lock();
    const bool failed = !status.ok();
    if (std::exchange(failing, failed) == failed) continue;
    if (failed) {
      base::log_error("webhook", "what webhooks have sent cannot be written: after a restart it would be sent again",
                      {{"why", status.error().what}});
    } else {
      base::log_info("webhook", "what webhooks have sent is written again", {{"file", path}});
    }
  }
  done = true;
  finished.notify_one();
}

}  // namespace webhook
