#include "api/channels_json.h"

#include <nlohmann/json.hpp>

namespace api {
namespace {

using nlohmann::json;

json rendition_json(const origin::RenditionSnapshot& rendition) {
  const hls::Edge& edge = rendition.edge();
  json out = {{"name", rendition.name()},
              {"kind", media::to_string(rendition.kind())},
              {"ready", rendition.ready()},
              {"ended", rendition.ended()},
              {"media_bytes", rendition.media_bytes()}};
  if (rendition.ready()) {
    out["edge"] = {
        {"open_segment", edge.open}, {"open_parts", edge.open_parts}, {"last_complete_segment", edge.last_complete()}};
  }
  return out;
}

json feed_json(const channel::Report& report) {
  if (report.protocol.empty()) return nullptr;
  return {{"protocol", report.protocol},
          {"encoder", report.encoder},
          {"since", base::format_utc(report.feed_started)},
          {"video", report.worker.source_video},
          {"audio", report.worker.source_audio}};
}

json channel_json(const channel::Report& report) {
  json renditions = json::array();
  for (const auto& rendition : report.snapshot->renditions) renditions.push_back(rendition_json(*rendition));
  return {{"name", report.name},
          {"state", channel::to_string(report.state)},
          {"live", report.state == channel::Channel::State::kLive},
          {"playlist", "/live/" + report.name + "/index.m3u8"},
          {"feed", feed_json(report)},
          {"renditions", renditions},
          {"counters",
           {{"feed_bytes", report.counters.feed_bytes},
            {"parts", report.log.parts},
            {"segments", report.log.segments},
            {"gap_parts", report.log.gaps},
            {"late_parts", report.counters.late_parts},
            {"worker_restarts", report.counters.worker_restarts},
            {"dropped_frames", report.worker.dropped_frames + report.worker.dropped_packets}}},
          {"worker", {{"running", report.worker.running}, {"pid", report.worker.pid}}}};
}

}  // namespace

std::string channels_json(const std::vector<channel::Report>& reports, base::Micros now) {
  json channels = json::array();
  for (const channel::Report& report : reports) channels.push_back(channel_json(report));
  // An encoder's own name may hold any bytes: what is not UTF-8 is replaced, never thrown at us.
  return json{{"time", base::format_utc(now)}, {"channels", channels}}.dump(2, ' ', false,
                                                                            json::error_handler_t::replace) +
         "\n";
}

}  // namespace api
