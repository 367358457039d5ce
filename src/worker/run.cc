#include "worker/run.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <new>
#include <vector>

#include "base/log.h"
#include "base/media_file.h"
#include "feed/message.h"
#include "job/options.h"
#include "job/stats.h"
#include "record/encoding.h"
#include "worker/memory_guard.h"
#include "worker/production.h"

namespace worker {
namespace {

// What a pipe holds: one read then takes what came since the last.
constexpr std::size_t kReadSize = 64 * 1024;

class RecordWriter {
 public:
  RecordWriter(int descriptor, int media) : descriptor_(descriptor), media_(media) {}

  // A part's bytes go into the file that the server sends them from. Blocks while the server does not read: that is the
  // back-pressure that ends in the server's own bounded feed queue.
  void write(const record::Record& record) {
    const auto* part = std::get_if<record::Part>(&record);
    if (part != nullptr && part->data.size() >= base::MediaFile::kLeast) {
      if (const auto offset = media_.write(part->data.view())) return send(record::encode_without_body(*part, *offset));
    }
    send(record::encode(record));
  }
  bool broken() const { return broken_; }

 private:
  void send(const record::Encoded& encoded) {
    std::array<iovec, 2> slices{{{const_cast<std::uint8_t*>(encoded.head.data()), encoded.head.size()},
                                 {const_cast<std::uint8_t*>(encoded.body.data()), encoded.body.size()}}};
    std::size_t first = 0;
    while (!broken_ && first < slices.size()) {
      const ssize_t written = writev(descriptor_, &slices[first], static_cast<int>(slices.size() - first));
      if (written < 0 && errno == EINTR) continue;
      broken_ = written < 0;
      for (std::size_t left = broken_ ? 0 : static_cast<std::size_t>(written); first < slices.size();) {
        const std::size_t taken = std::min(left, slices[first].iov_len);
        slices[first].iov_base = static_cast<char*>(slices[first].iov_base) + taken;
        slices[first].iov_len -= taken;
        left -= taken;
        if (slices[first].iov_len > 0) break;
        ++first;
      }
    }
  }

  const int descriptor_;
  base::MediaWriter media_;
  bool broken_ = false;
};

// The page shared with the server; a private one if it cannot be mapped, so that the rest of the code need not check.
job::Stats& map_stats(int descriptor) {
  void* page = mmap(nullptr, sizeof(job::Stats), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (page == MAP_FAILED) return *new job::Stats{};
  return *new (page) job::Stats{};
}

/// Null where there is none.
std::shared_ptr<const base::SharedFile> open_file(int descriptor, std::string_view what) {
  if (descriptor < 0) return nullptr;
  auto file = base::SharedFile::open(descriptor);
  if (file.ok()) return file.take();
  base::log_error("worker", "a file of the slate is not readable", {{"file", what}, {"why", file.error().message()}});
  return nullptr;
}

class Runner {
 public:
  Runner(job::Options options, const job::SpawnDescriptors& descriptors, job::Stats& stats)
      : feed_(descriptors.feed),
        writer_(descriptors.records, descriptors.media),
        stats_(stats),
        buffer_(kReadSize),
        production_(std::move(options), [this](const record::Record& record) { writer_.write(record); }) {}

  int run() {
    for (;;) {
      // Without encoders there is nothing but the feed to wait for: reading it waits as well, for one call less.
      std::array<pollfd, 2> watched{{{feed_, POLLIN, POLLIN}, {production_.encoded_descriptor(), POLLIN, 0}}};
      if (watched[1].fd >= 0 && poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return 1;
      if (watched[1].revents != 0) production_.on_encoded();
      if (watched[0].revents != 0) {
        const ssize_t size = read(feed_, buffer_.data(), buffer_.size());
        if (size == 0) return 0;
        if (size < 0) {
          if (errno == EINTR || errno == EAGAIN) continue;
          return 1;
        }
        if (!take({buffer_.data(), static_cast<std::size_t>(size)})) return writer_.broken() ? 1 : 0;
      }
      if (writer_.broken()) return 1;
      production_.report(stats_);
    }
  }

 private:
  bool take(base::View bytes) {
    const base::Status status = reader_.feed(bytes);
    feed::Addressed message;
    while (reader_.next(message)) {
      if (!production_.on_message(message)) return false;
    }
    if (!status.ok()) base::log_error("worker", "feed pipe broken", {{"why", status.error().message()}});
    return status.ok();
  }

  const int feed_;
  RecordWriter writer_;
  job::Stats& stats_;
  feed::Reader reader_;
  std::vector<std::uint8_t> buffer_;
  Production production_;
};

}  // namespace

int run_channel(const std::string& options_json, const job::SpawnDescriptors& descriptors,
                const std::vector<std::string>& refused) {
  auto options = job::options_from_json(options_json);
  if (!options.ok()) {
    base::log_error("worker", "cannot start", {{"why", options.error().message()}});
    return 2;
  }
  base::start_log(options->log_format, options->log_level);
  for (const std::string& step : refused) {
    base::log_warn("worker", "the kernel does not support these limits on workers; the others are in force",
                   {{"step", step}});
  }
  options->slate = open_file(descriptors.slate, "slate");
  options->slate_font = open_file(descriptors.font, "font");
  // Of this thread and those that it starts.
  if (options->nice > 0) setpriority(PRIO_PROCESS, 0, options->nice);
  prctl(PR_SET_NAME, ("kw-" + options->channel).substr(0, 15).c_str());
  job::Stats& stats = map_stats(descriptors.stats);
  end_without_memory(stats);
  const int status = Runner(options.take(), descriptors, stats).run();
  base::stop_log();
  return status;
}

}  // namespace worker
