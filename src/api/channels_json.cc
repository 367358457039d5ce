#include "api/channels_json.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

#include "api/captions_json.h"
#include "govern/economy.h"

namespace api {
namespace {

using nlohmann::json;

json level_json(const std::optional<double>& level) { return level ? json(*level) : json(); }

/// Null where nothing is known.
json loudness_json(const channel::LoudnessReport& loudness) {
  if (!loudness.known()) return nullptr;
  return {{"momentary", level_json(loudness.momentary)},
          {"short_term", level_json(loudness.short_term)},
          {"integrated", level_json(loudness.integrated)},
          {"range", level_json(loudness.range)},
          {"true_peak", level_json(loudness.true_peak)}};
}

void add_audio(json& rendition, const std::vector<channel::AudioReport>& audio) {
  const auto found = std::ranges::find(audio, rendition["name"].get<std::string>(), &channel::AudioReport::rendition);
  if (found == audio.end()) return;
  rendition["loudness"] = loudness_json(found->loudness);
  if (!found->reduction) return;
  rendition["normaliser"] = {{"gain", level_json(found->gain)}, {"reduction", *found->reduction}};
}

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

json teletext_json(const media::TeletextPages& pages) {
  json out = json::array();
  for (const media::TeletextPage& page : pages) {
    std::array<char, 8> digits{};
    std::snprintf(digits.data(), digits.size(), "%03X", static_cast<unsigned>(page.number) & 0xfffU);
    out.push_back({{"page", digits.data()},
                   {"language", page.language},
                   {"subtitles", page.subtitles},
                   {"hard_of_hearing", page.hard_of_hearing}});
  }
  return out;
}

/// Null where the feed carries none.
json time_code_json(const channel::FeedReport& feed) {
  if (!feed.time_code) return nullptr;
  json out = {{"value", media::to_string(*feed.time_code)},
              {"source", media::to_string(feed.time_code->source)},
              {"offset_ms", nullptr}};
  if (feed.time_code_offset) out["offset_ms"] = static_cast<double>(*feed.time_code_offset) / base::kMillisecond;
  return out;
}

const char* anchor_name(job::Anchored anchored) {
  switch (anchored) {
    case job::Anchored::kTimeCode: return "timecode";
    case job::Anchored::kPts: return "pts";
    case job::Anchored::kArrival: break;
  }
  return "arrival";
}

json feed_json(const channel::Report& report, std::size_t index) {
  const channel::FeedReport& feed = report.feeds[index];
  if (feed.protocol.empty()) return nullptr;
  return {{"name", feed::to_string(feed::kIds[index])},
          {"shown", feed::index(report.shown) == index},
          {"protocol", feed.protocol},
          {"encoder", feed.encoder},
          {"since", base::format_utc(feed.since)},
          {"silent", feed.silent},
          {"score", feed.score},
          {"fault", feed.fault},
          {"delay_ms", static_cast<double>(feed.delay_us) / base::kMillisecond},
          {"video", feed.video},
          {"audio", feed.audio},
          {"captions", feed.captions},
          {"time_code", time_code_json(feed)},
          {"anchor", anchor_name(feed.anchored)},
          {"loudness", loudness_json(feed.loudness)},
          {"teletext", teletext_json(feed.teletext_pages)},
          {"bitmap_subtitles", feed.bitmap_subtitles},
          {"thumbnail", feed.thumbnail ? json(base::format_utc(*feed.thumbnail)) : json()},
          {"bytes", feed.counters.bytes},
          {"merged", feed.merged},
          {"merged_packets", feed.only_packets}};
}

/// Of the feeds that have a publisher.
json feeds_json(const channel::Report& report) {
  json feeds = json::array();
  for (std::size_t i = 0; i < report.feeds.size(); ++i) {
    if (json feed = feed_json(report, i); !feed.is_null()) feeds.push_back(std::move(feed));
  }
  return feeds;
}

/// Null where nothing is scheduled.
json event_json(const channel::Schedule& schedule, channel::Schedule::Phase phase) {
  if (!schedule.start && !schedule.end) return nullptr;
  const auto time = [](const std::optional<base::Micros>& at) { return at ? json(base::format_utc(*at)) : json(); };
  return {{"start", time(schedule.start)}, {"end", time(schedule.end)}, {"phase", channel::to_string(phase)}};
}

json overlays_json(const std::map<std::string, channel::Overlays::Entry>& overlays) {
  json all = json::array();
  for (const auto& [id, entry] : overlays) {
    all.push_back({{"id", id},
                   {"on", entry.on},
                   {"ordered", entry.ordered},
                   {"kind", entry.overlay.png.empty() ? "text" : "logo"},
                   {"text", entry.overlay.text}});
  }
  return all;
}

json slate_json(const channel::SlateReport& slate) {
  json out = {{"shown", slate.shown},   {"ordered", slate.ordered}, {"scheduled", slate.scheduled},
              {"reason", slate.reason}, {"text", slate.text},       {"seconds_left", nullptr}};
  if (slate.left) out["seconds_left"] = static_cast<double>(*slate.left) / base::kSecond;
  return out;
}

/// Null where it is not known.
json alignment_json(const channel::AlignmentReport& alignment) {
  json out = {{"method", job::to_string(alignment.method)}, {"offset_ms", nullptr}, {"confidence", nullptr}};
  if (alignment.method == job::Alignment::kNone) return out;
  out["offset_ms"] = static_cast<double>(alignment.offset) / base::kMillisecond;
  out["confidence"] = alignment.confidence;
  return out;
}

json last_switches_json(const channel::Report& report) {
  json switches = json::array();
  for (const auto& made : report.last_switches) {
    switches.push_back({{"time", base::format_utc(made.at)},
                        {"from", feed::to_string(feed::other(made.to))},
                        {"to", feed::to_string(made.to)},
                        {"reason", feed::to_string(made.reason)}});
  }
  return switches;
}

std::uint64_t switches_of(const channel::Report& report) {
  return std::accumulate(report.switches.begin(), report.switches.end(), std::uint64_t{0});
}

std::uint64_t feed_bytes_of(const channel::Report& report) {
  std::uint64_t bytes = 0;
  for (const channel::FeedReport& feed : report.feeds) bytes += feed.counters.bytes;
  return bytes;
}

json channel_json(const channel::Report& report) {
  json renditions = json::array();
  for (const auto& rendition : report.snapshot->renditions) {
    renditions.push_back(rendition_json(*rendition));
    add_audio(renditions.back(), report.audio);
    const auto thumbnail = report.rung_thumbnails.find(rendition->name());
    if (thumbnail != report.rung_thumbnails.end()) renditions.back()["thumbnail"] = base::format_utc(thumbnail->second);
  }
  return {{"name", report.name},
          {"state", channel::to_string(report.state)},
          {"live", report.state == channel::Channel::State::kLive},
          {"playlist", "/live/" + report.name + "/index.m3u8"},
          {"priority", govern::to_string(report.priority)},
          {"shown_feed", feed::to_string(report.shown)},
          {"feed", feed_json(report, feed::index(report.shown))},
          {"feeds", feeds_json(report)},
          {"alignment", alignment_json(report.alignment)},
          {"last_switches", last_switches_json(report)},
          {"captions", captions_json(report)},
          {"slate", slate_json(report.slate)},
          {"overlays", overlays_json(report.overlays)},
          {"event", event_json(report.schedule, report.phase)},
          {"renditions", renditions},
          {"counters",
           {{"feed_bytes", feed_bytes_of(report)},
            {"feed_switches", switches_of(report)},
            {"parts", report.log.parts},
            {"segments", report.log.segments},
            {"gap_parts", report.log.gaps},
            {"held_parts", report.held_parts},
            {"late_parts", report.late_parts},
            {"worker_restarts", report.source.restarts},
            {"dropped_frames", report.worker.dropped_frames + report.worker.dropped_packets}}},
          {"economy",
           {{"level", report.worker.economy_level},
            {"meaning", govern::describe(static_cast<int>(report.worker.economy_level))}}},
          {"left_out", {{"rungs", report.left_out.rungs}, {"reason", report.left_out.reason}}},
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
