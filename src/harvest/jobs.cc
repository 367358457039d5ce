#include "harvest/jobs.h"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "archive/journal_file.h"
#include "base/log.h"
#include "base/state_file.h"
#include "client/curl_transport.h"
#include "harvest/job_list.h"
#include "harvest/run.h"
#include "hls/uri.h"

namespace harvest {
namespace {

constexpr int kNicest = 19;
// Requests at a time.
constexpr int kParallelPuts = 4;
// What a job notes of itself has to be on the disk before it goes on; it does not wait longer for that.
constexpr base::Micros kNoteLimit = 5 * base::kSecond;

base::Error canceled() { return {base::Code::kCanceled, "the job was canceled"}; }

/// Whether a file system has so much left; true where that cannot be told.
bool has_room(const std::string& path, std::uint64_t least) {
  struct statvfs about{};
  if (statvfs(path.c_str(), &about) != 0) return true;
  return std::uint64_t{about.f_bavail} * about.f_frsize >= least;
}

}  // namespace

/// What threads share. A mutex, because orders and reports are other threads'. Held for copies of a few reports, and
/// while the list is written as a text.
struct Jobs::Shared {
  Shared(Options given, std::shared_ptr<const base::Clock> now) : options(std::move(given)), clock(std::move(now)) {
    if (!options.state.empty())
      file = std::make_unique<base::StateFile>(base::StateFile::Options{
          options.state, "harvest", "jobs that were ordered or have ended since would not be known after a restart"});
    restore();
  }

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
  /// Has the list written. Returns the number of its text; 0: there is no file.
  std::uint64_t save() const { return file ? file->put(write_jobs(reports)) : 0; }
  void end(Report& report, State state) {
    report.state = state;
    report.ended = clock->utc();
    report.progress = {};
    ++counters.over[static_cast<std::size_t>(state)];
    forget();
    save();
  }
  void restore();
  /// Waits so long, unless the job is to end.
  bool wait(base::Micros span) {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, std::chrono::microseconds(span), [this] { return stop || canceling; });
    return !stop && !canceling;
  }

  const Options options;
  const std::shared_ptr<const base::Clock> clock;
  std::unique_ptr<base::StateFile> file;  ///< null: the list is not kept
  mutable std::mutex mutex;
  std::condition_variable wake;
  bool stop = false;
  bool canceling = false;                      ///< the job that runs
  client::CurlTransport* transport = nullptr;  ///< of the job that runs
  std::uint64_t newest = 0;                    ///< id
  std::deque<Report> reports;                  ///< the oldest first
  Counters counters;

  std::mutex telling;   // while on_end is called by the thread, so that it is not beyond the destructor
  bool silent = false;  ///< under `telling`
};

/// What an earlier run has left: what waited or ran waits.
void Jobs::Shared::restore() {
  for (const Report& saved : options.saved) {
    if (!archive::channel_directory(options.journal, saved.order.channel)) continue;
    newest = std::max(newest, saved.id);
    Report job = saved;
    if (job.state == State::kRunning) {
      job.state = State::kWaiting;
      job.began = 0;
      job.bytes = 0;
      base::log_info("harvest", "a job that the end of the server has interrupted is begun again",
                     {{"job", std::to_string(job.id)}, {"channel", job.order.channel}, {"location", job.location}});
    }
    reports.push_back(std::move(job));
  }
  forget();
}

/// What the thread does.
class Jobs::Runner {
 public:
  explicit Runner(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  void run() {
    setpriority(PRIO_PROCESS, 0, kNicest);  // of the thread, on Linux
    while (auto job = next()) {
      const base::Micros began = shared_->clock->steady();
      auto totals = work(*job);
      finish(job->id, std::move(totals), shared_->clock->steady() - began);
    }
  }

 private:
  /// The next job that waits, which runs from now on; nothing: it is over.
  std::optional<Report> next() {
    Shared& shared = *shared_;
    std::unique_lock lock(shared.mutex);
    for (;;) {
      if (shared.stop) return std::nullopt;
      for (Report& at : shared.reports) {
        if (at.state != State::kWaiting) continue;
        at.state = State::kRunning;
        at.began = shared.clock->utc();
        shared.canceling = false;
        Report job = at;
        ++at.progress.starts;
        shared.save();
        return job;
      }
      shared.wake.wait(lock);
    }
  }

  base::Result<archive::VodExport::Totals> work(const Report& job) {
    if (job.progress.starts >= kMostStarts)
      return base::Error{base::Code::kSystem, "the server was killed, or has crashed, " + std::to_string(kMostStarts) +
                                                  " times while the job ran: it is not begun again"};
    const Options& options = shared_->options;
    const std::string journal = options.journal + "/" + job.order.channel;
    if (job.order.destination.place == Place::kDisk)
      return run_to_disk(
          job.order, journal, directory_of(options.root, job.order),
          [&](std::size_t bytes) { return permit(job.id, bytes, options.root); }, notes_of(job));
    const Target* target = shared_->target_of(job.order.channel);
    if (target == nullptr)
      return base::Error{base::Code::kSystem, "channel " + job.order.channel + " is not uploaded any more"};
    client::CurlTransport transport({.parallel = kParallelPuts});
    use(&transport);
    s3::Credentials credentials(target->credentials, transport);
    s3::Bucket bucket(target->address, credentials, transport, *shared_->clock);
    auto totals = run_to_bucket(
        job.order, journal, bucket, [&](std::size_t bytes) { return permit(job.id, bytes, ""); }, notes_of(job),
        [this](base::Micros span) { static_cast<void>(shared_->wait(span)); });
    use(nullptr);
    return totals;
  }
  Notes notes_of(const Report& job) {
    const std::uint64_t id = job.id;
    return {.before = job.progress,
            .claim = [this, id] { note(id, [](Progress& progress) { progress.claimed = true; }); },
            .complete = [this, id](const auto& made) { note(id, [&](Progress& progress) { progress.made = made; }); }};
  }
  /// Where the list cannot be written the job goes on: it is as good as without a list, until the server is killed.
  void note(std::uint64_t id, const std::function<void(Progress&)>& change) {
    std::uint64_t text = 0;
    {
      const std::lock_guard lock(shared_->mutex);
      Report* report = shared_->find(id);
      if (report == nullptr) return;
      change(report->progress);
      text = shared_->save();
    }
    if (text != 0) shared_->file->wait(text, kNoteLimit);
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
      shared_->counters.bytes += bytes;
    }
    const auto span = static_cast<base::Micros>(bytes * std::uint64_t{base::kSecond} / options.rate);
    if (!shared_->wait(span)) return canceled();
    return base::Ok{};
  }

  void finish(std::uint64_t id, base::Result<archive::VodExport::Totals> totals, base::Micros span) {
    Report ended;
    {
      const std::lock_guard lock(shared_->mutex);
      Report* report = shared_->find(id);
      if (report == nullptr) return;
      shared_->counters.busy += span;
      const bool canceling = std::exchange(shared_->canceling, false);
      if (shared_->stop && !canceling) return put_off(*report);
      if (totals.ok()) report->totals = totals.take();
      const bool failed = !totals.ok() && !canceling;
      if (failed) report->why = totals.error();
      ended = *report;
      ended.state = totals.ok() ? State::kDone : failed ? State::kFailed : State::kCanceled;
      ended.ended = shared_->clock->utc();
      shared_->end(*report, ended.state);
    }
    const std::lock_guard tell(shared_->telling);
    if (shared_->options.on_end && !shared_->silent) shared_->options.on_end(ended);
  }
  /// The server ends in order, and the job waits for the next run, also one that is done: that run finds all of it
  /// there, and tells its end. The mutex is held.
  void put_off(Report& report) {
    report.state = State::kWaiting;
    report.began = 0;
    report.bytes = 0;
    --report.progress.starts;
    shared_->save();
  }

  const std::shared_ptr<Shared> shared_;
};

Jobs::Jobs(Options options, std::shared_ptr<const base::Clock> clock)
    : shared_(std::make_shared<Shared>(std::move(options), std::move(clock))),
      thread_("k-harvest", [shared = shared_] { Runner(shared).run(); }) {}

Jobs::~Jobs() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
    if (shared_->transport != nullptr) shared_->transport->interrupt();
    shared_->wake.notify_all();
  }
  if (!thread_.finish())
    base::log_error("harvest", "a disk does not answer: the job that runs is left, and begins again at the next start");
  {
    const std::lock_guard lock(shared_->telling);
    shared_->silent = true;
  }
  if (shared_->file) shared_->file->finish();
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
  report.ordered = shared.clock->utc();
  // Seconds, so that a number is not given again where the list is lost.
  report.id = shared.newest = std::max(shared.newest + 1, static_cast<std::uint64_t>(report.ordered / base::kSecond));
  report.location = (disk ? directory_of(shared.options.root, order) : target->address.url() + "/" + key_of(order)) +
                    "/" + std::string(hls::kPlaylistFile);
  report.order = std::move(order);
  shared.reports.push_back(report);
  shared.save();
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

Jobs::Counters Jobs::counters() const {
  const std::lock_guard lock(shared_->mutex);
  Counters counters = shared_->counters;
  for (const Report& at : shared_->reports) {
    if (at.state == State::kWaiting) ++counters.waiting;
    if (at.state == State::kRunning) ++counters.running;
  }
  return counters;
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
    ended = *found;
    ended->state = State::kCanceled;
    ended->ended = shared_->clock->utc();
    shared_->end(*found, State::kCanceled);
  }
  if (shared_->options.on_end) shared_->options.on_end(*ended);
  return Cancel::kDone;
}

}  // namespace harvest
