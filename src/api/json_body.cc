#include "api/json_body.h"

namespace api {

nlohmann::json parse_json(std::string_view text) {
  using nlohmann::json;
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, json::parse_event_t, const json&) {
    too_deep = too_deep || depth > kDeepestJson;
    return !too_deep;
  };
  json parsed = json::parse(text, watch, false);
  return too_deep ? json(json::value_t::discarded) : parsed;
}

}  // namespace api
