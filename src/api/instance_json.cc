#include "api/instance_json.h"

#include <nlohmann/json.hpp>

namespace api {
namespace {

using Field = serve::Counter serve::Counters::*;

std::uint64_t sum(std::span<const serve::Counters* const> loops, Field field) {
  std::uint64_t total = 0;
  for (const serve::Counters* loop : loops) total += (loop->*field).get();
  return total;
}

std::uint64_t refused(std::span<const serve::Counters* const> loops, serve::Cause cause) {
  std::uint64_t total = 0;
  for (const serve::Counters* loop : loops) total += loop->causes[static_cast<std::size_t>(cause)].get();
  return total;
}

}  // namespace

std::string instance_json(std::span<const serve::Counters* const> loops, double control_busy, base::Micros now) {
  const serve::Headroom headroom = serve::headroom_of(loops, control_busy);
  nlohmann::ordered_json left;
  for (std::size_t i = 0; i < serve::kResources; ++i)
    left[std::string(serve::to_string(static_cast<serve::Resource>(i)))] = headroom.left[i];
  const nlohmann::ordered_json report = {
      {"time", base::format_utc(now)},
      {"headroom", headroom.least()},
      {"room", left},
      {"connections", sum(loops, &serve::Counters::connections)},
      {"parked_requests", sum(loops, &serve::Counters::parked)},
      {"joins_in_flight", sum(loops, &serve::Counters::joining)},
      {"joins_total", sum(loops, &serve::Counters::joins)},
      {"joins_refused_total", refused(loops, serve::Cause::kNoHeadroom)},
      {"joins_redirected_total", sum(loops, &serve::Counters::joins_redirected)},
      {"sent_bytes_total", sum(loops, &serve::Counters::bytes_sent)},
  };
  return report.dump(2) + "\n";
}

}  // namespace api
