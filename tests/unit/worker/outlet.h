#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "worker/lane_outlet.h"

namespace worker {

/// Keeps what lanes publish.
class FakeOutlet final : public LaneOutlet {
 public:
  std::uint32_t add_rendition(const std::string& name, Presentation::Describe describe) override {
    names.push_back(name);
    describes.push_back(std::move(describe));
    return static_cast<std::uint32_t>(names.size() - 1);
  }
  void on_change() override { ++changes; }
  void publish(std::uint32_t rendition, media::Packet&& packet) override {
    packets[rendition].push_back(std::move(packet));
  }
  void publish_cue(std::uint32_t rendition, media::TextCue cue) override { cues[rendition].push_back(std::move(cue)); }

  packager::RenditionSpec spec(std::size_t rendition) const { return describes.at(rendition)(); }

  std::vector<std::string> names;
  std::vector<Presentation::Describe> describes;
  std::map<std::uint32_t, std::vector<media::Packet>> packets;  ///< by rendition
  std::map<std::uint32_t, std::vector<media::TextCue>> cues;    ///< likewise
  int changes = 0;
};

/// `frames` packets of `size` bytes, one every `duration` ticks from `start` on.
inline std::vector<media::Packet> make_packets(std::uint32_t track, std::int64_t start, std::int64_t duration,
                                               int frames, std::size_t size = 100) {
  const base::Bytes data = base::Bytes::adopt(std::vector<std::uint8_t>(size, 0x21));
  std::vector<media::Packet> packets;
  for (int i = 0; i < frames; ++i) {
    media::Packet packet;
    packet.track_id = track;
    packet.dts = packet.pts = start + i * duration;
    packet.duration = duration;
    packet.key = i == 0;
    packet.data = data;
    packets.push_back(std::move(packet));
  }
  return packets;
}

/// How many of the packets the lane took for its own.
template <typename Lane>
int feed(Lane& lane, std::vector<media::Packet> packets) {
  int taken = 0;
  for (media::Packet& packet : packets) taken += lane.take(packet) ? 1 : 0;
  return taken;
}

}  // namespace worker
