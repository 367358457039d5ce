#include "worker/options.h"

#include <nlohmann/json.hpp>

#include "record/encoding.h"

namespace worker {
namespace {

using nlohmann::json;

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string to_hex(base::View bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
  return text;
}

std::vector<std::uint8_t> from_hex(const std::string& text) {
  std::vector<std::uint8_t> bytes(text.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t high = kHexDigits.find(text[2 * i]);
    const std::size_t low = kHexDigits.find(text[2 * i + 1]);
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return bytes;
}

json rung_json(const transcode::Rung& rung) {
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
          {"quality", rung.quality}};
}

transcode::Rung rung_of(const json& from) {
  transcode::Rung rung;
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
  rung.quality = from.at("quality");
  return rung;
}

json resume_json(const record::Position& resume) {
  const record::Encoded encoded = record::encode(record::Record{resume.presentation});
  json renditions = json::array();
  for (const record::Position::Rendition& at : resume.renditions) {
    renditions.push_back({{"msn", at.msn},
                          {"next_part", at.next_part},
                          {"segment_start", at.segment_start},
                          {"end", at.end},
                          {"timescale", at.timescale},
                          {"former_format", at.former_format},
                          {"started", at.started}});
  }
  json out = {{"presentation", to_hex(encoded.head)}, {"renditions", renditions}};
  if (resume.owed_discontinuity) out["owed_discontinuity"] = *resume.owed_discontinuity;
  return out;
}

base::Result<record::Position> resume_of(const json& from) {
  record::Position resume;
  record::Decoder decoder;
  TRY_OK(decoder.feed(from_hex(from.at("presentation"))));
  record::Record decoded;
  if (!decoder.next(decoded) || !std::holds_alternative<record::Presentation>(decoded)) {
    return base::Error{base::Code::kMalformed, "resume presentation"};
  }
  resume.presentation = std::get<record::Presentation>(std::move(decoded));
  for (const json& rendition : from.at("renditions")) {
    record::Position::Rendition at;
    at.msn = rendition.at("msn");
    at.next_part = rendition.at("next_part");
    at.segment_start = rendition.at("segment_start");
    at.end = rendition.at("end");
    at.timescale = rendition.at("timescale");
    if (at.timescale <= 0) return base::Error{base::Code::kMalformed, "resume timescale"};
    at.former_format = rendition.at("former_format");
    at.started = rendition.at("started");
    resume.renditions.push_back(at);
  }
  if (from.contains("owed_discontinuity")) resume.owed_discontinuity = from.at("owed_discontinuity");
  return resume;
}

json audio_rung_json(const transcode::AudioRung& rung) {
  return {{"codec", static_cast<int>(rung.codec)},
          {"bitrate", rung.bitrate},
          {"channels", rung.channels},
          {"sample_rate", rung.sample_rate}};
}

base::Result<Options> parse(const json& from) {
  Options options;
  options.channel = from.at("channel");
  options.segment = from.at("segment");
  options.part = from.at("part");
  options.copy_video = from.at("copy_video");
  options.default_ladder = from.at("default_ladder");
  for (const json& rung : from.at("ladder")) options.ladder.push_back(rung_of(rung));
  options.audio = static_cast<Options::Audio>(from.at("audio").get<int>());
  const json& audio = from.at("audio_rung");
  options.audio_rung.codec = static_cast<media::Codec>(audio.at("codec").get<int>());
  options.audio_rung.bitrate = audio.at("bitrate");
  options.audio_rung.channels = audio.at("channels");
  options.audio_rung.sample_rate = audio.at("sample_rate");
  options.program = from.at("program");
  options.log_format = static_cast<base::LogFormat>(from.at("log_format").get<int>());
  options.log_level = static_cast<base::Level>(from.at("log_level").get<int>());
  if (from.contains("resume")) {
    TRY(options.resume, resume_of(from.at("resume")));
  }
  return options;
}

}  // namespace

std::string to_json(const Options& options) {
  json ladder = json::array();
  for (const transcode::Rung& rung : options.ladder) ladder.push_back(rung_json(rung));
  json out = {{"channel", options.channel},
              {"segment", options.segment},
              {"part", options.part},
              {"copy_video", options.copy_video},
              {"default_ladder", options.default_ladder},
              {"ladder", ladder},
              {"audio", static_cast<int>(options.audio)},
              {"audio_rung", audio_rung_json(options.audio_rung)},
              {"program", options.program},
              {"log_format", static_cast<int>(options.log_format)},
              {"log_level", static_cast<int>(options.log_level)}};
  if (options.resume.known()) out["resume"] = resume_json(options.resume);
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

}  // namespace worker
