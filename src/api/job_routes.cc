#include "api/job_routes.h"

#include <charconv>
#include <string>
#include <utility>

#include "api/harvest_request.h"
#include "api/jobs_json.h"

namespace api {
namespace {

constexpr const char* kJobType = "application/json";

Answer harvest_ordered(const std::string& channel, const Backend::Harvest& outcome) {
  using Refusal = harvest::Jobs::Refusal;
  if (!outcome)
    return problem(409, "there is no journal: the configuration has switched it off, or its directory is in use");
  if (const auto* job = std::get_if<harvest::Report>(&*outcome))
    return {202, kJobType, job_json(*job), {{"location", "/api/v1/jobs/" + std::to_string(job->id)}}};
  switch (std::get<Refusal>(*outcome)) {
    case Refusal::kNoChannel: return problem(404, "there is no channel " + channel);
    case Refusal::kNoBucket:
      return problem(409, "channel " + channel + " is not uploaded: give it an \"upload\", or take disk:NAME");
    case Refusal::kTooMany:
      return problem(429, "there are too many jobs: " + std::to_string(harvest::Jobs::kMostWaiting) + " wait");
  }
  return problem(500, "no such outcome");
}

void order_harvest(Backend& backend, const base::Clock& clock, const Request& request, Respond respond) {
  auto order = parse_harvest(request.body, clock.utc());
  if (!order.ok()) return respond(problem(400, order.error().what));
  const std::string& channel = request.parameter("name");
  order->channel = channel;
  backend.start_harvest(order.take(), [channel, respond = std::move(respond)](const Backend::Harvest& outcome) {
    respond(harvest_ordered(channel, outcome));
  });
}

/// 0: it is no number of a job.
std::uint64_t job_of(const Request& request) {
  const std::string& text = request.parameter("id");
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size() ? id : 0;
}

Answer no_job(const Request& request) {
  return problem(
      404, "there is no job " + request.parameter("id") + "; those that are over are forgotten, the oldest first");
}

void give_job(Backend& backend, const Request& request, Respond respond) {
  backend.ask_jobs([request, respond = std::move(respond)](const std::vector<harvest::Report>& jobs) {
    const std::uint64_t id = job_of(request);
    for (const harvest::Report& job : jobs) {
      if (job.id == id) return respond({200, kJobType, job_json(job), {}});
    }
    respond(no_job(request));
  });
}

void cancel_job(Backend& backend, const Request& request, Respond respond) {
  backend.cancel_job(job_of(request), [request, respond = std::move(respond)](const harvest::Jobs::Cancel& outcome) {
    switch (outcome) {
      case harvest::Jobs::Cancel::kDone: return respond({202, {}, {}, {}});
      case harvest::Jobs::Cancel::kNoJob: return respond(no_job(request));
      case harvest::Jobs::Cancel::kOver: return respond(problem(409, "the job is over"));
    }
  });
}

}  // namespace

void add_job_routes(Dispatcher& dispatcher, Backend& backend, const base::Clock& clock) {
  dispatcher.add({"POST", "/api/v1/channels/{name}/harvest", Role::kOperate,
                  [&backend, &clock](const Request& request, Respond respond) {
                    order_harvest(backend, clock, request, std::move(respond));
                  }});
  dispatcher.add({"GET", "/api/v1/jobs", Role::kNobody, [&backend](const Request&, Respond respond) {
                    backend.ask_jobs([respond = std::move(respond)](const std::vector<harvest::Report>& jobs) {
                      respond({200, kJobType, jobs_json(jobs), {}});
                    });
                  }});
  dispatcher.add({"GET", "/api/v1/jobs/{id}", Role::kNobody, [&backend](const Request& request, Respond respond) {
                    give_job(backend, request, std::move(respond));
                  }});
  dispatcher.add({"DELETE", "/api/v1/jobs/{id}", Role::kOperate, [&backend](const Request& request, Respond respond) {
                    cancel_job(backend, request, std::move(respond));
                  }});
}

}  // namespace api
