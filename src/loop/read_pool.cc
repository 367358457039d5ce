#include "loop/read_pool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace loop {
namespace {

// For reads that run; nothing is lost with them.
constexpr base::Micros kFinish = base::kSecond;

}  // namespace

class ReadPool::File {
 public:
  explicit File(std::shared_ptr<const std::string> path) : path_(std::move(path)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string& path() const { return *path_; }
  base::Result<base::Bytes> read(std::uint64_t offset, std::size_t size);

 private:
  base::Error failed() const { return {base::Code::kSystem, *path_ + ": " + strerror(errno)}; }

  const std::shared_ptr<const std::string> path_;
  int descriptor_ = -1;
};

base::Result<base::Bytes> ReadPool::File::read(std::uint64_t offset, std::size_t size) {
  if (descriptor_ < 0) descriptor_ = open(path_->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor_ < 0) return failed();
  std::vector<std::uint8_t> bytes(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(descriptor_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed();
    if (got == 0) return base::Error{base::Code::kTruncated, *path_};
    done += static_cast<std::size_t>(got);
  }
  return base::Bytes::adopt(std::move(bytes));
}

struct ReadPool::Queue {
  struct Job {
    std::shared_ptr<File> file;
    std::uint64_t offset = 0;
    std::size_t size = 0;
    Mailbox::Post post;
    Done done;
  };

  void run();

  std::mutex mutex;  // the jobs are of all threads; held for a move
  std::condition_variable wake;
  std::deque<Job> jobs;
  bool stop = false;
};

void ReadPool::Queue::run() {
  std::unique_lock lock(mutex);
  while (true) {
    wake.wait(lock, [this] { return stop || !jobs.empty(); });
    if (stop) break;
    Job job = std::move(jobs.front());
    jobs.pop_front();
    lock.unlock();
    auto read = std::make_shared<base::Result<base::Bytes>>(job.file->read(job.offset, job.size));
    job.post([done = std::move(job.done), read] { done(std::move(*read)); });
    job = {};
    lock.lock();
  }
}

ReadPool::ReadPool(int threads) : queue_(std::make_shared<Queue>()) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back("k-read", [queue = queue_] { queue->run(); });
}

ReadPool::~ReadPool() {
  std::deque<Queue::Job> dropped;
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->stop = true;
    dropped.swap(queue_->jobs);
    queue_->wake.notify_all();
  }
  base::DiskThread::finish_all(threads_, kFinish);
}

void ReadPool::read(std::shared_ptr<File>& file, const base::FilePlace& place, Mailbox::Post post, Done done) {
  if (file == nullptr || file->path() != *place.path) file = std::make_shared<File>(place.path);
  const std::lock_guard lock(queue_->mutex);
  queue_->jobs.push_back({file, place.offset, place.size, std::move(post), std::move(done)});
  queue_->wake.notify_one();
}

}  // namespace loop
