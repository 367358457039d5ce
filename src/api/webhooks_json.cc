#include "api/webhooks_json.h"

#include <nlohmann/json.hpp>

#include "base/clock.h"

namespace api {
namespace {

using nlohmann::ordered_json;

ordered_json letter_json(const webhook::DeadLetter& letter) {
  const events::Event& event = *letter.event;
  ordered_json out = {{"sequence", event.sequence},
                      {"type", events::to_string(event.fact.type)},
                      {"time", base::format_utc(event.time)},
                      {"reason", letter.reason}};
  if (!event.fact.channel.empty()) out["subject"] = "channels/" + event.fact.channel;
  return out;
}

ordered_json webhook_json(const webhook::Report& report) {
  ordered_json failures = ordered_json::object();
  for (std::size_t i = 0; i < webhook::kFailures; ++i)
    failures[std::string(webhook::to_string(static_cast<webhook::Failure>(i)))] = report.failures[i];
  ordered_json drops = ordered_json::object();
  for (std::size_t i = 0; i < webhook::kDrops; ++i)
    drops[std::string(webhook::to_string(static_cast<webhook::Drop>(i)))] = report.drops[i];
  ordered_json letters = ordered_json::array();
  for (const webhook::DeadLetter& letter : report.dead_letters) letters.push_back(letter_json(letter));
  ordered_json out = {{"name", report.name},
                      {"receiver", report.receiver},
                      {"state", report.gone      ? "gone"
                                : report.failing ? "failing"
                                                 : "working"},
                      {"waiting", report.waiting},
                      {"lag_seconds", static_cast<double>(report.lag) / static_cast<double>(base::kSecond)},
                      {"delivered_total", report.delivered},
                      {"failed_total", failures},
                      {"dropped_total", drops},
                      {"dead", report.dead},
                      {"dead_letters", letters}};
  if (!report.why.empty()) out["why"] = report.why;
  return out;
}

}  // namespace

std::string webhooks_json(const std::vector<webhook::Report>& reports) {
  ordered_json webhooks = ordered_json::array();
  for (const webhook::Report& report : reports) webhooks.push_back(webhook_json(report));
  const ordered_json out = {{"webhooks", webhooks}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace api
