#include "api/captions_json.h"

#include <nlohmann/json.hpp>

namespace api {
namespace {

using nlohmann::json;

json time_json(const std::optional<base::Micros>& at) { return at ? json(base::format_utc(*at)) : json(); }

json sources_json(bool configured, bool announced, bool found) {
  json sources = json::array();
  if (configured) sources.push_back("configuration");
  if (announced) sources.push_back("descriptor");
  if (found) sources.push_back("detection");
  return sources;
}

json service_json(const channel::CaptionServiceReport& service, const channel::Report& report) {
  json feeds = json::array();
  bool announced = false;
  bool found = false;
  for (std::size_t i = 0; i < service.feeds.size(); ++i) {
    if (report.feeds[i].protocol.empty()) continue;
    const channel::CaptionServiceReport::InFeed& in = service.feeds[i];
    announced = announced || in.announced;
    found = found || in.found;
    feeds.push_back({{"name", feed::to_string(feed::kIds[i])},
                     {"announced", in.announced},
                     {"language", in.language},
                     {"found", in.found},
                     {"last_text", time_json(in.last_text)}});
  }
  return {{"service", service.caption.service},
          {"language", service.caption.language},
          {"name", service.caption.name},
          {"listed", service.listed},
          {"sources", sources_json(service.configured, announced, found)},
          {"feeds", feeds}};
}

}  // namespace

json captions_json(const channel::Report& report) {
  json services = json::array();
  for (const auto& service : report.caption_services) services.push_back(service_json(service, report));
  json texts = json::array();
  for (const channel::TextReport& text : report.texts) {
    texts.push_back({{"name", text.name},
                     {"from", text.from},
                     {"language", text.language},
                     {"sources", sources_json(true, text.announced, text.found)},
                     {"last_text", time_json(text.last_text)}});
  }
  return {{"services", services}, {"texts", texts}};
}

}  // namespace api
