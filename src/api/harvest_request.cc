#include "api/harvest_request.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "api/json_body.h"
#include "base/date.h"

namespace api {
namespace {

using nlohmann::json;

// As long as the longest window.
constexpr base::Micros kLongestHarvest = 14 * 86'400 * base::kSecond;
constexpr const char* kHarvestBody =
    "the body has to be an object with \"start\" and \"end\", instants such as \"2026-11-29T20:15:00.000Z\", and "
    "\"destination\", \"disk:NAME\" or \"s3:NAME\" with a name of 1 to 64 letters, digits, '-' and '_'; it may have "
    "\"mp4\", true or false";

base::Error malformed_harvest(const char* what) { return {base::Code::kMalformed, what}; }

bool take_field(harvest::Order& order, const std::string& name, const json& value) {
  if (name == "mp4" && value.is_boolean()) {
    order.mp4 = value.get<bool>();
    return true;
  }
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  if (name == "start" || name == "end") {
    const auto utc = base::parse_utc(text);
    (name == "start" ? order.from : order.to) = utc.value_or(0);
    return utc && *utc > 0;
  }
  const auto destination = harvest::parse_destination(text);
  if (name != "destination" || !destination) return false;
  order.destination = *destination;
  return true;
}

}  // namespace

base::Result<harvest::Order> parse_harvest(std::string_view body, base::Micros now) {
  const json given = parse_json(body);
  if (!given.is_object()) return malformed_harvest(kHarvestBody);
  for (const char* needed : {"start", "end", "destination"})
    if (!given.contains(needed)) return malformed_harvest(kHarvestBody);
  harvest::Order order;
  for (const auto& [name, value] : given.items())
    if (!take_field(order, name, value)) return malformed_harvest(kHarvestBody);
  if (order.to <= order.from) return malformed_harvest("\"end\" has to be after \"start\"");
  if (order.to - order.from > kLongestHarvest) return malformed_harvest("a harvest is of 14 days at the most");
  if (order.to > now)
    return malformed_harvest("\"end\" is later than now: what is not published yet cannot be harvested");
  if (order.mp4 && order.destination.place != harvest::Place::kDisk)
    return malformed_harvest("\"mp4\" is made on disk alone");
  return order;
}

}  // namespace api
