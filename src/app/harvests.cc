#include "app/harvests.h"

#include <utility>

#include "app/upload_target.h"
#include "base/log.h"

namespace app {

std::unique_ptr<harvest::Jobs> start_jobs(const config::Config& config, const base::Clock& clock) {
  harvest::Jobs::Options options;
  options.journal = config::journal_directory(config);
  options.root = config.state_directory + "/harvest";
  for (const auto& [name, entry] : config.channels) {
    const auto target = upload_target(entry);
    options.targets[name] =
        target ? std::optional(harvest::Jobs::Target{target->address, target->credentials}) : std::nullopt;
  }
  options.on_end = [](const harvest::Report& job) {
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
  };
  return std::make_unique<harvest::Jobs>(std::move(options), clock);
}

}  // namespace app
