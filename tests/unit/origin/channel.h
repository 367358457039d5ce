#pragma once

#include <memory>
#include <string>
#include <vector>

#include "origin/log.h"
#include "record/record.h"

/// Records of a channel with slots of two seconds: video at 90 kHz in parts of half a second, audio at 48 kHz.
namespace origin::testing {

inline constexpr std::int64_t kFirst = 888'000'000;  // MSN; 2026-04-12T13:20:00Z
inline constexpr std::uint32_t kVideo = 0;
inline constexpr std::uint32_t kAudio = 1;

inline record::Rendition video(const std::string& name = "v720") {
  record::Rendition rendition;
  rendition.name = name;
  rendition.track.codec = media::Codec::kH264;
  rendition.track.timescale = 90000;
  rendition.track.codec_string = "avc1.64001f";
  rendition.track.video.width = 1280;
  rendition.track.video.height = 720;
  rendition.track.video.frame_rate = {25, 1};
  rendition.init = base::Bytes::copy_of("init of " + name);
  rendition.bandwidth = 3'000'000;
  rendition.average_bandwidth = 2'800'000;
  rendition.part_ticks = 45000;
  return rendition;
}

inline record::Rendition audio(const std::string& name = "a1") {
  record::Rendition rendition;
  rendition.name = name;
  rendition.track.codec = media::Codec::kAac;
  rendition.track.timescale = 48000;
  rendition.track.codec_string = "mp4a.40.2";
  rendition.track.language = "eng";
  rendition.track.audio.channels = 2;
  rendition.init = base::Bytes::copy_of("init of " + name);
  rendition.bandwidth = 130'000;
  rendition.average_bandwidth = 128'000;
  rendition.label = "English";
  rendition.is_default = true;
  rendition.part_ticks = 24000;
  return rendition;
}

inline record::Presentation presentation() { return {{video(), audio()}, {2, 1}, true}; }

inline std::int64_t part_ticks(std::uint32_t rendition) { return rendition == kVideo ? 45000 : 24000; }

inline record::Part part(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, bool last = false) {
  record::Part part;
  part.rendition = rendition;
  part.msn = msn;
  part.index = index;
  part.duration = part_ticks(rendition);
  part.start = (msn * 4 + index) * part.duration;
  part.independent = rendition == kAudio || index == 0;
  part.last = last;
  part.data = base::Bytes::copy_of(std::to_string(rendition) + ":" + std::to_string(msn) + "." + std::to_string(index));
  return part;
}

inline record::Gap gap(std::uint32_t rendition, std::int64_t msn, std::uint32_t index) {
  return {rendition, msn, index, (msn * 4 + index) * part_ticks(rendition), part_ticks(rendition)};
}

inline record::SegmentEnd end(std::uint32_t rendition, std::int64_t msn) {
  return {rendition, msn, msn * 4 * part_ticks(rendition), 4 * part_ticks(rendition)};
}

/// A log and what a test says most often to it.
struct Channel {
  explicit Channel(Log::Options options = {}) : log("match", options) {}

  void begin() { log.apply(presentation()); }
  /// Both renditions, whole segments.
  void segments(std::int64_t first, std::int64_t last) {
    for (std::int64_t msn = first; msn <= last; ++msn) {
      for (std::uint32_t i = 0; i < 4; ++i) {
        log.apply(part(kVideo, msn, i, i == 3));
        log.apply(part(kAudio, msn, i, i == 3));
      }
      log.apply(end(kVideo, msn));
      log.apply(end(kAudio, msn));
    }
  }
  const RenditionSnapshot& rendition(std::uint32_t index = kVideo) {
    snapshot = log.snapshot();
    return *snapshot->renditions.at(index);
  }
  std::string text(std::uint32_t index = kVideo, hls::Skip skip = hls::Skip::kNo) {
    return std::string(rendition(index).playlist(skip).identity.text());
  }

  Log log;
  std::shared_ptr<const ChannelSnapshot> snapshot;
};

inline bool has(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

}  // namespace origin::testing
