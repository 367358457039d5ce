#include "upload/uploads.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "archive/journal_file.h"
#include "base/log.h"
#include "client/curl_transport.h"

namespace upload {
namespace {

constexpr base::Micros kLook = base::kSecond;
// Requests of one channel at a time.
constexpr int kParallel = 6;

bool is_directory(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

std::string state_path(const std::string& directory, const std::string& channel) {
  return directory + "/" + channel + ".upload";
}

/// What threads share. A mutex, because reports go to other threads and all are to be woken at the end. Held for a
/// move.
struct Uploads::Shared {
  bool wait(base::Micros span) {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, std::chrono::microseconds(span), [this] { return stop; });
    return !stop;
  }

  mutable std::mutex mutex;
  std::condition_variable wake;
  bool stop = false;
  std::map<std::string, bool> targets;  ///< whether a channel is uploaded; "*": all others
  std::map<std::string, Report> reports;
  std::map<std::string, base::Micros> read_from;  ///< of channels that are being read
};

/// The upload of one channel.
class Uploads::Line {
 public:
  Line(std::string channel, const Target& target, const Options& options, Shared& shared)
      : channel_(std::move(channel)),
        options_(options),
        shared_(shared),
        transport_(client::CurlTransport::Options{.parallel = kParallel}),
        credentials_(target.credentials, transport_),
        bucket_(target.address, credentials_, transport_, clock_),
        journal_(options.journal + "/" + channel_),
        uploader_({.channel = channel_,
                   .journal = journal_,
                   .state = state_path(options.state, channel_),
                   .place = target.place(),
                   .type = target.type,
                   .log = target.log},
                  {bucket_, clock_, [this] { return spread_(random_); }}),
        thread_([this] { run(); }) {}
  ~Line() {
    transport_.interrupt();
    thread_.join();
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void interrupt() { transport_.interrupt(); }
  bool over() const { return over_; }

 private:
  void run() {
    base::log_info("upload", "the channel is uploaded", {{"channel", channel_}, {"to", bucket_.address().url()}});
    base::Micros wait = 0;
    do {
      wait = uploader_.step();
      tell();
      if (!is_directory(journal_)) break;
    } while (shared_.wait(wait));
    const std::lock_guard lock(shared_.mutex);
    shared_.read_from.erase(channel_);
    over_ = true;
  }
  void tell() {
    const Report& report = uploader_.report();
    {
      const std::lock_guard lock(shared_.mutex);
      if (shared_.stop) return;  // what was interrupted has not failed
      shared_.reports[channel_] = report;
      shared_.read_from[channel_] = uploader_.read_from();
    }
    if (report.failing == failing_) return;
    failing_ = report.failing;
    if (failing_) {
      base::log_error("upload", "the upload fails, and is tried again",
                      {{"channel", channel_}, {"to", bucket_.address().url()}, {"why", report.why}});
    } else {
      base::log_info("upload", "the upload works again", {{"channel", channel_}});
    }
    if (options_.on_change) options_.on_change(channel_, report.why);
  }

  const std::string channel_;
  const Options& options_;
  Shared& shared_;
  const base::SystemClock clock_;
  std::minstd_rand random_{std::random_device{}()};
  std::uniform_real_distribution<double> spread_{0, 1};
  client::CurlTransport transport_;
  s3::Credentials credentials_;
  s3::Bucket bucket_;
  const std::string journal_;
  Uploader uploader_;
  bool failing_ = false;
  std::atomic<bool> over_ = false;
  std::thread thread_;  ///< last: it uses all that is above
};

struct Uploads::Threads {
  std::map<std::string, std::unique_ptr<Line>> lines;  ///< the looking thread's; after it, the destructor's
  std::thread look;
};

Uploads::Uploads(Options options)
    : shared_(std::make_shared<Shared>()), options_(std::move(options)), threads_(std::make_unique<Threads>()) {
  for (const auto& [channel, target] : options_.targets) shared_->targets[channel] = target.has_value();
  mkdir(options_.state.c_str(), 0700);  // an error shows where files are made
  threads_->look = std::thread([this] { run(); });
}

Uploads::~Uploads() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
  }
  shared_->wake.notify_all();
  threads_->look.join();
  for (const auto& [channel, line] : threads_->lines) line->interrupt();
  threads_->lines.clear();
}

void Uploads::run() {
  do {
    start_lines();
  } while (shared_->wait(kLook));
}

void Uploads::start_lines() {
  auto& lines = threads_->lines;
  for (auto at = lines.begin(); at != lines.end();) {
    const bool over = at->second->over();
    if (over) {
      const std::lock_guard lock(shared_->mutex);
      shared_->reports.erase(at->first);
    }
    at = over ? lines.erase(at) : std::next(at);
  }
  for (const std::string& channel : archive::list_channels(options_.journal)) {
    const Target* target = target_of(channel);
    if (target == nullptr || lines.contains(channel)) continue;
    lines[channel] = std::make_unique<Line>(channel, *target, options_, *shared_);
  }
}

const Target* Uploads::target_of(const std::string& channel) const {
  auto found = options_.targets.find(channel);
  if (found == options_.targets.end()) found = options_.targets.find("*");
  return found == options_.targets.end() || !found->second ? nullptr : &*found->second;
}

std::vector<Report> Uploads::reports(base::Micros utc) const {
  std::vector<Report> reports;
  const std::lock_guard lock(shared_->mutex);
  for (const auto& [channel, report] : shared_->reports) {
    reports.push_back(report);
    if (report.edge > 0 && !report.ended) reports.back().lag = std::max<base::Micros>(utc - report.edge, 0);
  }
  return reports;
}

std::function<base::Micros(const std::string&)> Uploads::read_from() const {
  return [shared = shared_](const std::string& channel) -> base::Micros {
    const std::lock_guard lock(shared->mutex);
    const auto found = shared->read_from.find(channel);
    if (found != shared->read_from.end()) return found->second;
    auto target = shared->targets.find(channel);
    if (target == shared->targets.end()) target = shared->targets.find("*");
    return target != shared->targets.end() && target->second ? 0 : INT64_MAX;
  };
}

}  // namespace upload
