#include "job/options.h"

#include <nlohmann/json.hpp>

namespace job {
namespace {

using nlohmann::json;

json rung_json(const Rung& rung) {
  return {{"name", rung.name},
          {"codec", static_cast<int>(rung.codec)},
          {"width", rung.width},
          {"height", rung.height},
          {"rate_num", rung.frame_rate.num},
          {"rate_den", rung.frame_rate.den},
          {"bitrate", rung.bitrate},
          {"max_bitrate", rung.max_bitrate},
          {"buffer_bits", rung.buffer_bits},
          {"preset", rung.preset},
          {"profile", rung.profile},
          {"range", static_cast<int>(rung.range)},
          {"quality", rung.quality}};
}

Rung rung_of(const json& from) {
  Rung rung;
  rung.name = from.at("name");
  rung.codec = static_cast<media::Codec>(from.at("codec").get<int>());
  rung.width = from.at("width");
  rung.height = from.at("height");
  rung.frame_rate = {from.at("rate_num"), from.at("rate_den")};
  rung.bitrate = from.at("bitrate");
  rung.max_bitrate = from.at("max_bitrate");
  rung.buffer_bits = from.at("buffer_bits");
  rung.preset = from.at("preset");
  rung.profile = from.at("profile");
  rung.range = static_cast<Rung::Range>(from.at("range").get<int>());
  rung.quality = from.at("quality");
  return rung;
}

json captions_json(const media::Captions& captions) {
  json services = json::array();
  for (const media::Caption& caption : captions.services)
    services.push_back({{"service", caption.service}, {"language", caption.language}, {"name", caption.name}});
  return {{"none", captions.none}, {"services", services}};
}

media::Captions captions_of(const json& from) {
  media::Captions captions;
  captions.none = from.at("none");
  for (const json& caption : from.at("services"))
    captions.services.push_back({caption.at("service"), caption.at("language"), caption.at("name")});
  return captions;
}

json subtitle_json(const Subtitle& subtitle) {
  return {{"line21", subtitle.line21},     {"language", subtitle.language},
          {"name", subtitle.name},         {"is_default", subtitle.is_default},
          {"forced", subtitle.forced},     {"sdh", subtitle.sdh},
          {"teletext", subtitle.teletext}, {"page", subtitle.page},
          {"digital", subtitle.digital},   {"data", subtitle.data}};
}

Subtitle subtitle_of(const json& from) {
  Subtitle subtitle;
  subtitle.line21 = from.at("line21");
  subtitle.language = from.at("language");
  subtitle.name = from.at("name");
  subtitle.is_default = from.at("is_default");
  subtitle.forced = from.at("forced");
  subtitle.sdh = from.at("sdh");
  subtitle.teletext = from.at("teletext");
  subtitle.page = from.at("page");
  subtitle.digital = from.at("digital");
  subtitle.data = from.at("data");
  return subtitle;
}

json audio_rung_json(const AudioRung& rung) {
  return {{"codec", static_cast<int>(rung.codec)},
          {"bitrate", rung.bitrate},
          {"channels", rung.channels},
          {"sample_rate", rung.sample_rate},
          {"dialnorm", rung.dialnorm}};
}

AudioRung audio_rung_of(const json& from) {
  AudioRung rung;
  rung.codec = static_cast<media::Codec>(from.at("codec").get<int>());
  rung.bitrate = from.at("bitrate");
  rung.channels = from.at("channels");
  rung.sample_rate = from.at("sample_rate");
  rung.dialnorm = from.at("dialnorm");
  return rung;
}

json loudness_json(const Loudness& loudness) {
  return {{"measured", loudness.measured},
          {"target", loudness.target ? json(*loudness.target) : json()},
          {"ceiling", loudness.ceiling}};
}

Loudness loudness_of(const json& from) {
  Loudness loudness;
  loudness.measured = from.at("measured");
  if (const json& target = from.at("target"); !target.is_null()) loudness.target = target.get<double>();
  loudness.ceiling = from.at("ceiling");
  return loudness;
}

json audio_track_json(const AudioTrack& track) {
  return {{"pid", track.pid},
          {"of_language", track.of_language},
          {"name", track.name},
          {"language", track.language},
          {"role", track.role ? json(static_cast<int>(*track.role)) : json()},
          {"is_default", track.is_default},
          {"publish", track.publish}};
}

AudioTrack audio_track_of(const json& from) {
  AudioTrack track;
  track.pid = from.at("pid");
  track.of_language = from.at("of_language");
  track.name = from.at("name");
  track.language = from.at("language");
  if (const json& role = from.at("role"); !role.is_null()) track.role = static_cast<media::Role>(role.get<int>());
  track.is_default = from.at("is_default");
  track.publish = from.at("publish");
  return track;
}

base::Result<Options> parse(const json& from) {
  Options options;
  options.channel = from.at("channel");
  options.segment = from.at("segment");
  options.part = from.at("part");
  options.copy_video = from.at("copy_video");
  options.default_ladder = from.at("default_ladder");
  options.most_lines = from.at("most_lines");
  for (const json& rung : from.at("ladder")) options.ladder.push_back(rung_of(rung));
  options.audio = static_cast<Options::Audio>(from.at("audio").get<int>());
  options.audio_rung = audio_rung_of(from.at("audio_rung"));
  for (const json& rung : from.at("audio_renditions")) options.audio_renditions.push_back(audio_rung_of(rung));
  options.loudness = loudness_of(from.at("loudness"));
  for (const json& track : from.at("audio_tracks")) options.audio_tracks.push_back(audio_track_of(track));
  options.outage = static_cast<Options::Outage>(from.at("outage").get<int>());
  options.slate_after = from.at("slate_after").get<base::Micros>();
  options.slate_text = from.at("slate_text");
  options.splice_keys = from.at("splice_keys");
  options.thumbnails = from.at("thumbnails");
  options.images = from.at("images");
  options.splice_cuts = from.at("splice_cuts");
  options.emsg = static_cast<Options::Emsg>(from.at("emsg").get<int>());
  options.captions = captions_of(from.at("captions"));
  for (const json& subtitle : from.at("subtitles")) options.subtitles.push_back(subtitle_of(subtitle));
  options.nice = from.at("nice");
  options.standby = static_cast<Options::Standby>(from.at("standby").get<int>());
  const json& watch = from.at("watch");
  options.watch.black_level = watch.at("black_level");
  options.watch.silence_level = watch.at("silence_level");
  options.watch.ignore = areas_of(watch.at("ignore").get<std::string>()).value_or(std::vector<Area>{});
  options.anchor = static_cast<Options::Anchor>(from.at("anchor").get<int>());
  options.time_code_offset = from.at("time_code_offset").get<base::Micros>();
  options.program = from.at("program");
  options.log_format = static_cast<base::LogFormat>(from.at("log_format").get<int>());
  options.log_level = static_cast<base::Level>(from.at("log_level").get<int>());
  return options;
}

}  // namespace

std::string to_json(const Options& options) {
  json ladder = json::array();
  for (const Rung& rung : options.ladder) ladder.push_back(rung_json(rung));
  json audio_renditions = json::array();
  for (const AudioRung& rung : options.audio_renditions) audio_renditions.push_back(audio_rung_json(rung));
  json audio_tracks = json::array();
  for (const AudioTrack& track : options.audio_tracks) audio_tracks.push_back(audio_track_json(track));
  json subtitles = json::array();
  for (const Subtitle& subtitle : options.subtitles) subtitles.push_back(subtitle_json(subtitle));
  const json out = {{"channel", options.channel},
                    {"segment", options.segment},
                    {"part", options.part},
                    {"copy_video", options.copy_video},
                    {"default_ladder", options.default_ladder},
                    {"most_lines", options.most_lines},
                    {"ladder", ladder},
                    {"audio", static_cast<int>(options.audio)},
                    {"audio_rung", audio_rung_json(options.audio_rung)},
                    {"audio_renditions", audio_renditions},
                    {"loudness", loudness_json(options.loudness)},
                    {"audio_tracks", audio_tracks},
                    {"outage", static_cast<int>(options.outage)},
                    {"slate_after", options.slate_after},
                    {"slate_text", options.slate_text},
                    {"splice_keys", options.splice_keys},
                    {"thumbnails", options.thumbnails},
                    {"images", options.images},
                    {"splice_cuts", options.splice_cuts},
                    {"emsg", static_cast<int>(options.emsg)},
                    {"captions", captions_json(options.captions)},
                    {"subtitles", subtitles},
                    {"nice", options.nice},
                    {"standby", static_cast<int>(options.standby)},
                    {"watch",
                     {{"black_level", options.watch.black_level},
                      {"silence_level", options.watch.silence_level},
                      {"ignore", to_text(options.watch.ignore)}}},
                    {"anchor", static_cast<int>(options.anchor)},
                    {"time_code_offset", options.time_code_offset},
                    {"program", options.program},
                    {"log_format", static_cast<int>(options.log_format)},
                    {"log_level", static_cast<int>(options.log_level)}};
  return out.dump();
}

base::Result<Options> options_from_json(std::string_view text) {
  // The one place where exceptions of a library come through; they end here.
  try {
    return parse(json::parse(text));
  } catch (const json::exception& problem) {
    return base::Error{base::Code::kMalformed, std::string("worker options: ") + problem.what()};
  }
}

}  // namespace job
