#include "app/harvests.h"

#include <string>
#include <utility>

#include "app/upload_target.h"
#include "base/date.h"
#include "base/log.h"
#include "base/regular_file.h"
#include "harvest/job_list.h"

namespace app {
namespace {

// All that a list may have: 64 jobs with 1,000 holes each, twice.
constexpr std::size_t kLargestList = std::size_t{16} << 20;

std::deque<harvest::Report> read_jobs(const std::string& path) {
  const auto text = base::read_regular_file(path, kLargestList);
  if (!text.ok() && text.error().code == base::Code::kNotFound) return {};
  auto jobs = text.ok() ? harvest::parse_jobs(*text) : base::Result<std::deque<harvest::Report>>(text.error());
  if (jobs.ok()) return jobs.take();
  base::log_warn("harvest", "the list of jobs cannot be read: those of earlier runs are not known, and not begun again",
                 {{"file", path}, {"why", jobs.error().message()}});
  return {};
}

void log_end(const harvest::Report& job) {
  const auto level = job.state == harvest::State::kFailed ? base::log_warn : base::log_info;
  level("harvest", "a job is over",
        {{"job", std::to_string(job.id)},
         {"channel", job.order.channel},
         {"result", std::string(harvest::to_string(job.state))},
         {"location", job.location},
         {"segments", job.totals.segments},
         {"holes", job.totals.holes.size()},
         {"bytes", job.bytes},
         {"why", job.state == harvest::State::kFailed ? job.why.message() : ""}});
}

}  // namespace

events::Fact end_of_job(const harvest::Report& job) {
  const bool done = job.state == harvest::State::kDone;
  const bool failed = job.state == harvest::State::kFailed;
  events::Fact fact{.type = done     ? events::Type::kJobDone
                            : failed ? events::Type::kJobFailed
                                     : events::Type::kJobCanceled,
                    .channel = job.order.channel};
  fact.data = {{"job", std::to_string(job.id)},
               {"kind", "harvest"},
               {"destination", job.order.destination.text()},
               {"start", base::format_utc(job.order.from)},
               {"end", base::format_utc(job.order.to)}};
  if (failed) fact.data.emplace_back("reason", job.why.message());
  if (!done) return fact;
  fact.data.emplace_back("location", job.location);
  fact.data.emplace_back("segments", job.totals.segments);
  fact.data.emplace_back("gaps", job.totals.gaps);
  fact.data.emplace_back("holes", job.totals.holes.size());
  fact.data.emplace_back("bytes", job.totals.bytes);
  fact.data.emplace_back("seconds", static_cast<double>(job.ended - job.began) / static_cast<double>(base::kSecond));
  return fact;
}

std::unique_ptr<harvest::Jobs> start_jobs(const config::Config& config, loop::Mailbox& control, events::Sink& log) {
  harvest::Jobs::Options options;
  options.journal = config::journal_directory(config);
  options.root = config.state_directory + "/harvest";
  options.state = config.state_directory + "/jobs";
  options.saved = read_jobs(options.state);
  for (const auto& [name, entry] : config.channels) {
    const auto target = upload_target(entry);
    options.targets[name] =
        target ? std::optional(harvest::Jobs::Target{target->address, target->credentials}) : std::nullopt;
  }
  options.on_end = [&control, &log](const harvest::Report& job) {
    log_end(job);
    control.post([&log, fact = end_of_job(job)] { log.append(fact); });
  };
  return std::make_unique<harvest::Jobs>(std::move(options), std::make_shared<base::SystemClock>());
}

}  // namespace app
