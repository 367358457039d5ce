#include "base/line_writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace base {
namespace {

// What one write takes: a burst is a few system calls, and a pipe that is read slowly loses little at a stop.
constexpr std::size_t kBatch = 16 * 1024;

/// Whether all of it was written.
bool write_all(int descriptor, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (count < 0 && errno == EAGAIN) {  // somebody else made it so
      pollfd room{descriptor, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (count == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

/// Shared with the thread, which may outlive the writer.
struct LineWriter::State {
  State(int given, std::size_t limit, Lost line) : descriptor(given), most(limit), lost_line(std::move(line)) {}

  const int descriptor;
  const std::size_t most;
  const Lost lost_line;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> lines;
  std::uint64_t lost = 0;
  std::uint64_t lost_unreported = 0;
  bool stopping = false;
  bool done = false;

  void run();
};

void LineWriter::State::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [this] { return stopping || !lines.empty(); });
    if (lines.empty()) break;
    std::uint64_t count = 0;
    std::string batch;
    const std::uint64_t unreported = std::exchange(lost_unreported, 0);
    if (unreported > 0) batch = lost_line(unreported) + "\n";
    for (; !lines.empty() && batch.size() < kBatch; ++count) {
      batch += lines.front();
      batch += '\n';
      lines.pop_front();
    }
    lock.unlock();
    const bool written = write_all(descriptor, batch);
    lock.lock();
    if (written) continue;
    lost += count;
    lost_unreported += count + unreported;
  }
  done = true;
  changed.notify_all();
}

LineWriter::LineWriter(int descriptor, std::size_t most, Lost lost)
    : state_(std::make_shared<State>(descriptor, most, std::move(lost))), thread_([state = state_] { state->run(); }) {}

LineWriter::~LineWriter() { stop(0); }

void LineWriter::add(std::string line) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) {
      ++state_->lost;
      return;
    }
    if (state_->lines.size() >= state_->most) {
      state_->lines.pop_front();
      ++state_->lost;
      ++state_->lost_unreported;
    }
    state_->lines.push_back(std::move(line));
  }
  state_->changed.notify_one();
}

std::uint64_t LineWriter::lost() const {
  const std::lock_guard lock(state_->mutex);
  return state_->lost;
}

bool LineWriter::stop(Micros wait) {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_all();
  const bool done = state_->changed.wait_for(lock, std::chrono::microseconds(wait), [this] { return state_->done; });
  lock.unlock();
  if (!thread_.joinable()) return done;
  if (done) {
    thread_.join();
  } else {
    thread_.detach();
  }
  return done;
}

}  // namespace base
