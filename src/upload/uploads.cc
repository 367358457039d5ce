#include "upload/uploads.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <set>
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
/// move, and while the owner is told.
struct Uploads::Shared {
  explicit Shared(Options given) : options(std::move(given)) {
    for (const auto& [channel, target] : options.targets) targets[channel] = target.has_value();
  }

  bool wait(base::Micros span) {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, std::chrono::microseconds(span), [this] { return stop; });
    return !stop;
  }
  static void run(const std::shared_ptr<Shared>& self);
  std::set<std::string> take_lines_that_are_over();
  static void start_lines(const std::shared_ptr<Shared>& self);
  const Target* target_of(const std::string& channel) const;

  const Options options;
  mutable std::mutex mutex;
  std::condition_variable wake;
  bool stop = false;
  std::map<std::string, bool> targets;  ///< whether a channel is uploaded; "*": all others
  std::map<std::string, Report> reports;
  std::map<std::string, base::Micros> read_from;  ///< of channels that are being read
  std::map<std::string, std::shared_ptr<Running>> lines;
};

/// The upload of one channel.
class Uploads::Line {
 public:
  Line(std::string channel, const Target& target, std::shared_ptr<Shared> shared)
      : channel_(std::move(channel)),
        shared_(std::move(shared)),
        transport_(client::CurlTransport::Options{.parallel = kParallel}),
        credentials_(target.credentials, transport_),
        bucket_(target.address, credentials_, transport_, clock_),
        journal_(shared_->options.journal + "/" + channel_),
        uploader_({.channel = channel_,
                   .journal = journal_,
                   .state = state_path(shared_->options.state, channel_),
                   .place = target.place(),
                   .type = target.type,
                   .log = target.log},
                  {bucket_, clock_, [this] { return spread_(random_); }}) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void interrupt() { transport_.interrupt(); }
  bool over() const { return over_; }

  void run() {
    base::log_info("upload", "the channel is uploaded", {{"channel", channel_}, {"to", bucket_.address().url()}});
    base::Micros wait = 0;
    do {
      wait = uploader_.step();
      tell();
      if (!is_directory(journal_)) break;
    } while (shared_->wait(wait));
    const std::lock_guard lock(shared_->mutex);
    shared_->read_from.erase(channel_);
    over_ = true;
  }

 private:
  void tell() {
    const Report& report = uploader_.report();
    const std::lock_guard lock(shared_->mutex);
    if (shared_->stop) return;  // what was interrupted has not failed
    shared_->reports[channel_] = report;
    shared_->read_from[channel_] = uploader_.read_from();
    if (report.failing == failing_) return;
    failing_ = report.failing;
    if (failing_) {
      base::log_error("upload", "the upload fails, and is tried again",
                      {{"channel", channel_}, {"to", bucket_.address().url()}, {"why", report.why}});
    } else {
      base::log_info("upload", "the upload works again", {{"channel", channel_}});
    }
    if (shared_->options.on_change) shared_->options.on_change(channel_, report.why);
  }

  const std::string channel_;
  const std::shared_ptr<Shared> shared_;
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
};

/// A line and its thread, which may have to be left behind with it.
struct Uploads::Running {
  explicit Running(std::shared_ptr<Line> made)
      : line(std::move(made)), thread("k-upload", [own = line] { own->run(); }) {}

  const std::shared_ptr<Line> line;
  base::DiskThread thread;
};

void Uploads::Shared::run(const std::shared_ptr<Shared>& self) {
  do {
    start_lines(self);
  } while (self->wait(kLook));
}

/// Returns the channels that have a line. Threads that have ended are joined.
std::set<std::string> Uploads::Shared::take_lines_that_are_over() {
  std::vector<std::shared_ptr<Running>> ended;  // above the lock: joined without it
  std::set<std::string> known;
  const std::lock_guard lock(mutex);
  for (auto at = lines.begin(); at != lines.end();) {
    if (!at->second->line->over()) {
      known.insert(at->first);
      ++at;
      continue;
    }
    reports.erase(at->first);
    ended.push_back(std::move(at->second));
    at = lines.erase(at);
  }
  return known;
}

void Uploads::Shared::start_lines(const std::shared_ptr<Shared>& self) {
  const std::set<std::string> known = self->take_lines_that_are_over();
  for (const std::string& channel : archive::list_channels(self->options.journal)) {
    const Target* target = self->target_of(channel);
    if (target == nullptr || known.contains(channel)) continue;
    auto line = std::make_shared<Line>(channel, *target, self);
    const std::lock_guard lock(self->mutex);
    if (self->stop) return;
    self->lines[channel] = std::make_shared<Running>(std::move(line));
  }
}

const Target* Uploads::Shared::target_of(const std::string& channel) const {
  auto found = options.targets.find(channel);
  if (found == options.targets.end()) found = options.targets.find("*");
  return found == options.targets.end() || !found->second ? nullptr : &*found->second;
}

Uploads::Uploads(Options options)
    : shared_(std::make_shared<Shared>(std::move(options))), look_("k-uploads", [shared = shared_] {
        mkdir(shared->options.state.c_str(), 0700);  // an error shows where files are made
        Shared::run(shared);
      }) {}

Uploads::~Uploads() {
  std::map<std::string, std::shared_ptr<Running>> lines;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
    lines.swap(shared_->lines);
  }
  shared_->wake.notify_all();
  for (const auto& [channel, running] : lines) running->line->interrupt();
  const base::SystemClock clock;
  const base::Micros until = clock.steady() + base::DiskThread::kFinish;
  const auto rest = [&] { return std::max<base::Micros>(until - clock.steady(), 0); };
  look_.finish(rest());
  for (const auto& [channel, running] : lines) {
    if (running->thread.finish(rest())) continue;
    base::log_error("upload",
                    "a disk does not answer: what the upload of the channel has not noted is uploaded again at the "
                    "next start",
                    {{"channel", channel}});
  }
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
