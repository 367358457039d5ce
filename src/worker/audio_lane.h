#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "media/packet.h"
#include "transcode/audio_transcoder.h"
#include "transcode/silence.h"
#include "worker/pipeline.h"
#include "worker/plan.h"

namespace worker {

/// One audio track of the feed on its way to one rendition, copied or encoded.
struct Pipeline::AudioLane final : public transcode::Output {
  media::Track source;
  media::Track format;  ///< of what is published
  AudioPlan plan;
  bool active = true;  ///< the feed of now has it
  bool usable = false;
  std::optional<std::uint32_t> rendition;
  std::unique_ptr<transcode::AudioTranscoder> transcoder;  ///< null for a copy
  std::optional<transcode::Silence> silence;               ///< of a copy, where its codec has it
  std::optional<std::int64_t> end;                         ///< of what came or was filled. Units: ticks of source.
  std::function<void(media::Packet&&)> deliver;

  /// What a copy publishes, from the next packet on.
  void set_format(const media::Track& track) {
    format = track;
    auto made = transcode::Silence::make(track);
    if (made.ok()) {
      silence.emplace(made.take());
    } else {
      silence.reset();
    }
  }

  /// Plays silence up to `utc`, so that a player waiting for audio does not stop the picture.
  void fill(base::Micros utc) {
    const std::int64_t until = media::rescale(utc, base::kSecond, source.timescale);
    if (transcoder) {
      transcoder->silence_until({utc}, *this);
      end = std::max(*end, until);
      return;
    }
    while (silence && *end < until) {
      media::Packet packet = silence->packet(*end);
      packet.arrived = utc;
      *end += packet.duration;
      deliver(std::move(packet));
    }
  }

  void on_track(std::size_t, const media::Track& track) override { format = track; }
  void on_packet(std::size_t, media::Packet&& packet) override { deliver(std::move(packet)); }
};

}  // namespace worker
