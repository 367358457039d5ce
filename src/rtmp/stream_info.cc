#include "rtmp/stream_info.h"

#include <algorithm>
#include <cmath>

#include "rtmp/amf.h"

namespace rtmp {
namespace {

using base::Code;
using base::Error;

/// Whole number of a property, 0 where it is missing or absurd: the sender chose it.
int whole(const amf::Value& object, std::string_view name) {
  const double number = object.number_or(name, 0);
  return number >= 0 && number <= 1e6 ? static_cast<int>(number) : 0;
}

void read_languages(const amf::Value& metadata, StreamInfo& info) {
  const amf::Value* tracks = metadata.find("audioTrackIdInfoMap");
  if (tracks == nullptr || tracks->object() == nullptr) return;
  for (const amf::Property& track : *tracks->object()) {
    const std::string language = track.value.text_or("language", track.value.text_or("lang", ""));
    int id = 0;
    for (const char c : track.name) id = c >= '0' && c <= '9' && id < 256 ? id * 10 + (c - '0') : 256;
    if (track.name.empty() || id > 255 || language.empty()) continue;
    info.audio_languages.emplace_back(static_cast<std::uint8_t>(id), language);
  }
}

std::uint8_t code_point(const amf::Value& config, std::string_view name) {
  constexpr double kUnspecified = 2;
  const double number = config.number_or(name, kUnspecified);
  return number >= 0 && number <= 255 ? static_cast<std::uint8_t>(number) : std::uint8_t{2};
}

}  // namespace

media::Rational exact_rate(double frames_a_second) {
  if (!(frames_a_second >= 1 && frames_a_second <= 1000)) return {};
  constexpr double kTolerance = 0.005;  // what encoders lose by writing two decimals
  const double whole_rate = std::round(frames_a_second);
  if (std::abs(frames_a_second - whole_rate) < kTolerance) return {static_cast<std::int64_t>(whole_rate), 1};
  const double ntsc = std::round(frames_a_second * 1.001);
  if (std::abs(frames_a_second - ntsc * 1000 / 1001) < kTolerance) {
    return {static_cast<std::int64_t>(ntsc) * 1000, 1001};
  }
  return media::reduce({static_cast<std::int64_t>(std::llround(frames_a_second * 1000)), 1000});
}

base::Result<StreamInfo> parse_metadata(base::View payload) {
  TRY(const std::vector<amf::Value> values, amf::parse_values(payload));
  const bool named = values.size() >= 2 && values[0].text() != nullptr && *values[0].text() == "onMetaData";
  if (!named) return Error{Code::kNotFound, "onMetaData"};
  const amf::Value& metadata = values[1];
  StreamInfo info;
  info.frame_rate = exact_rate(metadata.number_or("framerate", metadata.number_or("videoframerate", 0)));
  info.width = whole(metadata, "width");
  info.height = whole(metadata, "height");
  info.video_kbps = whole(metadata, "videodatarate");
  info.audio_kbps = whole(metadata, "audiodatarate");
  info.video = metadata.find("videocodecid") != nullptr || info.width > 0;
  info.audio = metadata.find("audiocodecid") != nullptr;
  info.encoder = metadata.text_or("encoder", "");
  read_languages(metadata, info);
  return info;
}

base::Result<ColourSignal> parse_colour_info(base::View body) {
  TRY(const std::vector<amf::Value> values, amf::parse_values(body));
  const bool named = values.size() >= 2 && values[0].text() != nullptr && *values[0].text() == "colorInfo";
  const amf::Value* config = named ? values[1].find("colorConfig") : nullptr;
  if (config == nullptr) return Error{Code::kNotFound, "colorInfo"};
  ColourSignal info;
  info.colour.primaries = code_point(*config, "colorPrimaries");
  info.colour.transfer = code_point(*config, "transferCharacteristics");
  info.colour.matrix = code_point(*config, "matrixCoefficients");
  info.bit_depth = std::min(whole(*config, "bitDepth"), 16);
  return info;
}

}  // namespace rtmp
