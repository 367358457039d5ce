#include "harvest/job_list.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace harvest {
namespace {

using archive::VodExport;
using nlohmann::ordered_json;

constexpr const char* kJobsFormat = "kickoff jobs 1";
constexpr std::array kAllStates{State::kWaiting, State::kRunning, State::kDone, State::kFailed, State::kCanceled};
// Of why a job failed, those that its readers tell apart.
constexpr std::array kCodes{base::Code::kNotFound, base::Code::kBusy, base::Code::kDenied};

ordered_json json_of(const VodExport::Totals& totals) {
  ordered_json holes = ordered_json::array();
  for (const auto& hole : totals.holes) {
    if (holes.size() < kMostListed) holes.push_back({hole.from, hole.to});
  }
  const auto listed = std::min(totals.left_out.size(), kMostListed);
  return {{"renditions", totals.renditions},
          {"segments", totals.segments},
          {"gaps", totals.gaps},
          {"discontinuities", totals.discontinuities},
          {"bytes", totals.bytes},
          {"first", totals.first},
          {"last", totals.last},
          {"holes", std::move(holes)},
          {"left_out", std::vector(totals.left_out.begin(), totals.left_out.begin() + static_cast<long>(listed))}};
}

ordered_json json_of(const Report& job) {
  ordered_json out = {{"id", job.id},
                      {"channel", job.order.channel},
                      {"from", job.order.from},
                      {"to", job.order.to},
                      {"destination", job.order.destination.text()},
                      {"mp4", job.order.mp4},
                      {"state", to_string(job.state)},
                      {"ordered", job.ordered},
                      {"began", job.began},
                      {"ended", job.ended},
                      {"bytes", job.bytes},
                      {"location", job.location},
                      {"starts", job.progress.starts},
                      {"claimed", job.progress.claimed}};
  if (job.progress.made) out["made"] = json_of(*job.progress.made);
  if (job.state == State::kDone) out["totals"] = json_of(job.totals);
  if (job.state == State::kFailed) {
    out["code"] = base::to_string(job.why.code);
    out["why"] = job.why.what;
  }
  return out;
}

bool take(const ordered_json& from, const char* name, std::string& into) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_string()) return false;
  into = found->get<std::string>();
  return true;
}

bool take(const ordered_json& from, const char* name, bool& into) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_boolean()) return false;
  into = found->get<bool>();
  return true;
}

/// A number that is not negative.
template <typename T>
bool take(const ordered_json& from, const char* name, T& into) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_number_unsigned()) return false;
  into = found->get<T>();
  return true;
}

std::optional<VodExport::Totals> totals_of(const ordered_json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_object()) return std::nullopt;
  VodExport::Totals totals;
  const bool whole = take(*found, "renditions", totals.renditions) && take(*found, "segments", totals.segments) &&
                     take(*found, "gaps", totals.gaps) && take(*found, "discontinuities", totals.discontinuities) &&
                     take(*found, "bytes", totals.bytes) && take(*found, "first", totals.first) &&
                     take(*found, "last", totals.last);
  if (!whole) return std::nullopt;
  for (const ordered_json& hole : found->value("holes", ordered_json::array())) {
    if (!hole.is_array() || hole.size() != 2 || !hole[0].is_number_integer() || !hole[1].is_number_integer()) continue;
    totals.holes.push_back({hole[0].get<base::Micros>(), hole[1].get<base::Micros>()});
  }
  for (const ordered_json& left : found->value("left_out", ordered_json::array())) {
    if (left.is_string()) totals.left_out.push_back(left.get<std::string>());
  }
  return totals;
}

std::optional<Order> order_of(const ordered_json& from) {
  Order order;
  std::string destination;
  if (!take(from, "channel", order.channel) || !take(from, "from", order.from) || !take(from, "to", order.to) ||
      !take(from, "destination", destination) || !take(from, "mp4", order.mp4))
    return std::nullopt;
  const auto place = parse_destination(destination);
  if (!place || order.to <= order.from) return std::nullopt;
  order.destination = *place;
  return order;
}

bool take_end(const ordered_json& from, Report& job) {
  if (job.state == State::kDone) {
    auto totals = totals_of(from, "totals");
    if (totals) job.totals = *std::move(totals);
    return totals.has_value();
  }
  if (job.state != State::kFailed) return true;
  std::string code;
  take(from, "code", code);
  const auto known = std::find_if(kCodes.begin(), kCodes.end(), [&](base::Code at) { return to_string(at) == code; });
  job.why.code = known == kCodes.end() ? base::Code::kSystem : *known;
  return take(from, "why", job.why.what);
}

std::optional<Report> job_of(const ordered_json& from) {
  if (!from.is_object()) return std::nullopt;
  auto order = order_of(from);
  if (!order) return std::nullopt;
  Report job;
  job.order = *std::move(order);
  std::string state;
  if (!take(from, "id", job.id) || job.id == 0 || !take(from, "state", state) || !take(from, "ordered", job.ordered) ||
      !take(from, "location", job.location))
    return std::nullopt;
  const auto known =
      std::find_if(kAllStates.begin(), kAllStates.end(), [&](State at) { return to_string(at) == state; });
  if (known == kAllStates.end()) return std::nullopt;
  job.state = *known;
  take(from, "began", job.began);
  take(from, "ended", job.ended);
  take(from, "bytes", job.bytes);
  take(from, "starts", job.progress.starts);
  take(from, "claimed", job.progress.claimed);
  job.progress.made = totals_of(from, "made");
  if (!take_end(from, job)) return std::nullopt;
  return job;
}

}  // namespace

std::string write_jobs(const std::deque<Report>& jobs) {
  ordered_json list = ordered_json::array();
  for (const Report& job : jobs) list.push_back(json_of(job));
  const ordered_json all = {{"format", kJobsFormat}, {"jobs", std::move(list)}};
  return all.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

base::Result<std::deque<Report>> parse_jobs(std::string_view text) {
  const ordered_json all = ordered_json::parse(text, nullptr, false);
  std::string format;
  if (!all.is_object() || !take(all, "format", format)) return base::Error{base::Code::kMalformed, "no list of jobs"};
  if (format != kJobsFormat) return base::Error{base::Code::kUnsupported, "a list of jobs of another version"};
  const auto list = all.find("jobs");
  if (list == all.end() || !list->is_array()) return base::Error{base::Code::kMalformed, "a list without jobs"};
  std::deque<Report> jobs;
  for (const ordered_json& one : *list) {
    if (auto job = job_of(one)) jobs.push_back(*std::move(job));
  }
  return jobs;
}

}  // namespace harvest
