#include "api/jobs_json.h"

#include <nlohmann/json.hpp>

#include "api/request.h"
#include "base/date.h"

namespace api {
namespace {

using nlohmann::ordered_json;

int status_of(base::Code code) {
  switch (code) {
    case base::Code::kNotFound: return 404;
    case base::Code::kBusy: return 409;
    default: return 500;
  }
}

std::string detail_of(const harvest::Report& report) {
  if (report.why.code == base::Code::kNotFound) {
    return "the journal of channel " + report.order.channel + " has no media between " +
           base::format_utc(report.order.from) + " and " + base::format_utc(report.order.to);
  }
  return report.why.what;
}

ordered_json result_of(const archive::VodExport::Totals& totals) {
  ordered_json holes = ordered_json::array();
  for (const auto& hole : totals.holes)
    holes.push_back({{"start", base::format_utc(hole.from)}, {"end", base::format_utc(hole.to)}});
  return {{"start", base::format_utc(totals.first)},
          {"end", base::format_utc(totals.last)},
          {"renditions", totals.renditions},
          {"segments", totals.segments},
          {"gaps", totals.gaps},
          {"discontinuities", totals.discontinuities},
          {"holes", std::move(holes)},
          {"left_out", totals.left_out}};
}

ordered_json json_of_job(const harvest::Report& report) {
  ordered_json out = {{"id", std::to_string(report.id)},
                      {"kind", "harvest"},
                      {"state", harvest::to_string(report.state)},
                      {"channel", report.order.channel},
                      {"start", base::format_utc(report.order.from)},
                      {"end", base::format_utc(report.order.to)},
                      {"destination", report.order.destination.text()},
                      {"mp4", report.order.mp4},
                      {"location", report.location},
                      {"ordered", base::format_utc(report.ordered)},
                      {"bytes", report.bytes}};
  if (report.began > 0) out["began"] = base::format_utc(report.began);
  if (report.ended > 0) out["ended"] = base::format_utc(report.ended);
  if (report.state == harvest::State::kDone) out["result"] = result_of(report.totals);
  if (report.state == harvest::State::kFailed)
    out["problem"] = ordered_json::parse(problem(status_of(report.why.code), detail_of(report)).body);
  return out;
}

std::string text_of_json(const ordered_json& out) {
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string job_json(const harvest::Report& report) { return text_of_json(json_of_job(report)); }

std::string jobs_json(const std::vector<harvest::Report>& reports) {
  ordered_json jobs = ordered_json::array();
  for (const harvest::Report& report : reports) jobs.push_back(json_of_job(report));
  return text_of_json({{"jobs", std::move(jobs)}});
}

}  // namespace api
