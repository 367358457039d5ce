#include "harvest/jobs.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "archive/journal_file.h"
#include "base/date.h"
#include "base/log.h"
#include "client/curl_transport.h"
#include "harvest/run.h"
#include "hls/uri.h"

namespace harvest {
namespace {

constexpr int kNicest = 19;
// Requests at a time.
constexpr int kParallelPuts = 4;

base::Error canceled() { return {base::Code::kCanceled, "the job was canceled"}; }

/// Whether a file system has so much left; true where that cannot be told.
bool has_room(const std::string& path, std::uint64_t least) {
  struct statvfs about{};
  if (statvfs(path.c_str(), &about) != 0) return true;
  return std::uint64_t{about.f_bavail} * about.f_frsize >= least;
}

}  // namespace

/// What threads share. A mutex, because orders and reports are other threads'. Held for copies of a few reports.
struct Jobs::Shared {
  Shared(Options given, const base::Clock& now) : options(std::move(given)), clock(now) {}

  Report* find(std::uint64_t id) {
    const auto found = std::find_if(reports.begin(), reports.end(), [&](const Report& at) { return at.id == id; });
    return found == reports.end() ? nullptr : &*found;
  }
  const Target* target_of(const std::string& channel) const {
    auto found = options.targets.find(channel);
    if (found == options.targets.end()) found = options.targets.find("*");
    return found == options.targets.end() || !found->second ? nullptr : &*found->second;
  }
  /// Forgets the oldest of those that are over.
  void forget() {
    auto count = static_cast<std::size_t>(
        std::count_if(reports.begin(), reports.end(), [](const Report& at) { return over(at.state); }));
    for (auto at = reports.begin(); count > kMostKept;) {
      if (!over(at->state)) {
        ++at;
        continue;
      }
      at = reports.erase(at);
      --count;
    }
  }
  /// Waits so long, unless the job is to end.
  bool wait(base::Micros span) {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, std::chrono::microseconds(span), [this] { return stop || canceling; });
    return !stop && !canceling;
  }

  const Options options;
  const base::Clock& clock;
  mutable std::mutex mutex;
  std::condition_variable wake;
  bool stop = false;
  bool canceling = false;                      ///< the job that runs
  client::CurlTransport* transport = nullptr;  ///< of the job that runs
  std::uint64_t newest = 0;                    ///< id
  std::deque<Report> reports;                  ///< the oldest first
};

/// The thread.
class Jobs::Runner {
 public:
  explicit Runner(std::shared_ptr<Shared> shared) : shared_(std::move(shared)), thread_([this] { run(); }) {}
  ~Runner() { thread_.join(); }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

 private:
  void run() {
    pthread_setname_np(pthread_self(), "k-harvest");
    setpriority(PRIO_PROCESS, 0, kNicest);  // of the thread, on Linux
    while (auto job = next()) finish(*job, work(*job));
  }

  /// The next job that waits, which runs from now on; nothing: it is over.
  std::optional<Report> next() {
    Shared& shared = *shared_;
    std::unique_lock lock(shared.mutex);
    for (;;) {
      if (shared.stop) return std::nullopt;
      for (Report& at : shared.reports) {
        if (at.state != State::kWaiting) continue;
        at.state = State::kRunning;
        at.began = shared.clock.utc();
        shared.canceling = false;
        return at;
      }
      shared.wake.wait(lock);
    }
  }

  base::Result<archive::VodExport::Totals> work(const Report& job) {
    const Options& options = shared_->options;
    const std::string journal = options.journal + "/" + job.order.channel;
    if (job.order.destination.place == Place::kDisk)
      return run_to_disk(job.order, journal, directory_of(options.root, job.order),
                         [&](std::size_t bytes) { return permit(job.id, bytes, options.root); });
    const Target& target = *shared_->target_of(job.order.channel);
    client::CurlTransport transport({.parallel = kParallelPuts});
    use(&transport);
    s3::Credentials credentials(target.credentials, transport);
    s3::Bucket bucket(target.address, credentials, transport, shared_->clock);
    auto totals = run_to_bucket(
        job.order, journal, bucket, [&](std::size_t bytes) { return permit(job.id, bytes, ""); },
        [this](base::Micros span) { static_cast<void>(shared_->wait(span)); });
    use(nullptr);
    return totals;
  }
  /// What an end is to interrupt.
  void use(client::CurlTransport* transport) {
    const std::lock_guard lock(shared_->mutex);
    shared_->transport = transport;
    if (transport != nullptr && (shared_->stop || shared_->canceling)) transport->interrupt();
  }

  base::Status permit(std::uint64_t id, std::size_t bytes, const std::string& disk) {
    const Options& options = shared_->options;
    if (!disk.empty() && !has_room(disk, options.least_free + bytes))
      return base::Error{base::Code::kSystem, "the disk is nearly full: less than " +
                                                  std::to_string(options.least_free >> 20) +
                                                  " MiB would be left for the journal"};
    {
      const std::lock_guard lock(shared_->mutex);
      if (Report* report = shared_->find(id)) report->bytes += bytes;
    }
    const auto span = static_cast<base::Micros>(bytes * std::uint64_t{base::kSecond} / options.rate);
    if (!shared_->wait(span)) return canceled();
    return base::Ok{};
  }

  void finish(const Report& job, base::Result<archive::VodExport::Totals> totals) {
    Report ended;
    {
      const std::lock_guard lock(shared_->mutex);
      Report* report = shared_->find(job.id);
      if (report == nullptr) return;
      report->ended = shared_->clock.utc();
      const bool ends = shared_->stop || shared_->canceling;
      report->state = totals.ok() ? State::kDone : ends ? State::kCanceled : State::kFailed;
      if (totals.ok()) report->totals = totals.take();
      if (report->state == State::kFailed) report->why = totals.error();
      ended = *report;
      shared_->canceling = false;
      shared_->forget();
    }
    if (shared_->options.on_end) shared_->options.on_end(ended);
  }

  const std::shared_ptr<Shared> shared_;
  std::thread thread_;  ///< last: it uses all that is above
};

Jobs::Jobs(Options options, const base::Clock& clock)
    : shared_(std::make_shared<Shared>(std::move(options), clock)), runner_(std::make_unique<Runner>(shared_)) {}

Jobs::~Jobs() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stop = true;
  if (shared_->transport != nullptr) shared_->transport->interrupt();
  shared_->wake.notify_all();
}

std::variant<Report, Jobs::Refusal> Jobs::start(Order order) {
  Shared& shared = *shared_;
  if (!archive::channel_directory(shared.options.journal, order.channel)) return Refusal::kNoChannel;
  const Target* target = shared.target_of(order.channel);
  const bool disk = order.destination.place == Place::kDisk;
  if (!disk && target == nullptr) return Refusal::kNoBucket;
  const std::lock_guard lock(shared.mutex);
  const auto waiting = std::count_if(shared.reports.begin(), shared.reports.end(),
                                     [](const Report& at) { return at.state == State::kWaiting; });
  if (static_cast<std::size_t>(waiting) >= kMostWaiting) return Refusal::kTooMany;
  Report report;
  report.ordered = shared.clock.utc();
  // Seconds, so that a number is not given again after a restart.
  report.id = shared.newest = std::max(shared.newest + 1, static_cast<std::uint64_t>(report.ordered / base::kSecond));
  report.location = (disk ? directory_of(shared.options.root, order) : target->address.url() + "/" + key_of(order)) +
                    "/" + std::string(hls::kPlaylistFile);
  report.order = std::move(order);
  shared.reports.push_back(report);
  shared.wake.notify_all();
  return report;
}

std::vector<Report> Jobs::reports() const {
  const std::lock_guard lock(shared_->mutex);
  return {shared_->reports.rbegin(), shared_->reports.rend()};
}

std::optional<Report> Jobs::report(std::uint64_t id) const {
  const std::lock_guard lock(shared_->mutex);
  const Report* found = shared_->find(id);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

Jobs::Cancel Jobs::cancel(std::uint64_t id) {
  std::optional<Report> ended;
  {
    const std::lock_guard lock(shared_->mutex);
    Report* found = shared_->find(id);
    if (found == nullptr) return Cancel::kNoJob;
    if (over(found->state)) return Cancel::kOver;
    if (found->state == State::kRunning) {
      shared_->canceling = true;
      if (shared_->transport != nullptr) shared_->transport->interrupt();
      shared_->wake.notify_all();
      return Cancel::kDone;
    }
    found->state = State::kCanceled;
    found->ended = shared_->clock.utc();
    ended = *found;
    shared_->forget();
  }
  if (shared_->options.on_end) shared_->options.on_end(*ended);
  return Cancel::kDone;
}

}  // namespace harvest
