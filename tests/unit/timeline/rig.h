#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "stream.h"
#include "timeline/timeline.h"
#include "unit/media/trace_sink.h"

namespace rig {

using base::kMillisecond;
using base::kSecond;
using stream::kEpoch;

/// What a timeline gave out, by kind.
class Sink final : public media::TraceSink<> {
 public:
  void take_track(const media::Track& track) override {
    tracks.push_back(track);
    scales_[track.id] = track.timescale;
    kinds_[track.id] = track.kind();
  }
  void take_packet(media::Packet&& packet) override {
    const bool is_video = kinds_.at(packet.track_id) == media::Kind::kVideo;
    times.push_back({is_video, media::rescale(packet.dts, scales_.at(packet.track_id), kSecond),
                     media::rescale(packet.pts, scales_.at(packet.track_id), kSecond), packet.arrived});
    (is_video ? video : audio).push_back(std::move(packet));
  }
  void take_gone(const media::TrackGone& track) override { gone.push_back(track.track_id); }
  void take_cue(const media::Cue& cue) override { cues.push_back(cue); }
  void take_teletext(const media::Teletext& teletext) override { teletexts.push_back(teletext); }
  void take_text(const media::Text& text) override { texts.push_back(text); }

  struct Time {
    bool video = false;
    base::Micros dts = 0;
    base::Micros pts = 0;
    base::Micros arrived = 0;
  };
  std::vector<media::Track> tracks;
  std::vector<media::Packet> video;
  std::vector<media::Packet> audio;
  std::vector<std::uint32_t> gone;
  std::vector<media::Cue> cues;
  std::vector<media::Teletext> teletexts;
  std::vector<media::Text> texts;
  std::vector<Time> times;  ///< of all packets, in microseconds of UTC

 private:
  std::map<std::uint32_t, std::int64_t> scales_;
  std::map<std::uint32_t, media::Kind> kinds_;
};

/// A timeline with its sink, for one feed of `video` and `audio`.
struct Rig {
  Sink sink;
  timeline::Timeline timeline{{}, sink};

  void announce(const stream::Video& video) { timeline.on_track(stream::video_track(video)); }
  void announce(const stream::Audio& audio) { timeline.on_track(stream::audio_track(audio)); }
  void feed(std::vector<media::Packet> packets) {
    for (media::Packet& packet : packets) timeline.on_packet(std::move(packet));
  }
};

inline std::int64_t ticks(base::Micros utc, std::int64_t timescale) { return media::rescale(utc, kSecond, timescale); }

/// The packets received in [from, until) with their stamps moved by `shift`.
inline std::vector<media::Packet> shift_stamps(std::vector<media::Packet> packets, base::Micros from,
                                               base::Micros shift, std::int64_t scale, base::Micros until = INT64_MAX) {
  for (media::Packet& packet : packets) {
    if (packet.arrived < from || packet.arrived >= until) continue;
    packet.dts += media::rescale(shift, kSecond, scale);
    packet.pts += media::rescale(shift, kSecond, scale);
  }
  return packets;
}

/// Pictures of `rate`, the first of them at `start`, stamped in a timescale of `scale`.
inline std::vector<media::Packet> frames_at(media::Rational rate, base::Micros start, int frames,
                                            std::int64_t scale = 90000) {
  stream::Video video;
  video.rate = rate;
  video.scale = scale;
  return shift_stamps(stream::make_video(video, start, frames), 0, start - kEpoch, scale);
}

inline std::vector<media::Packet> on_track(std::vector<media::Packet> packets, std::uint32_t id) {
  for (media::Packet& packet : packets) packet.track_id = id;
  return packets;
}

inline void expect_forward(const std::vector<media::Packet>& packets) {
  for (std::size_t i = 1; i < packets.size(); ++i) ASSERT_GT(packets[i].dts, packets[i - 1].dts) << i;
}

/// CM-13: decode times rise in UTC, whatever became of the tracks.
inline void expect_forward(const Sink& sink, const std::string& what = "") {
  base::Micros last[2] = {INT64_MIN, INT64_MIN};
  for (const Sink::Time& time : sink.times) {
    ASSERT_GT(time.dts, last[time.video]) << what << (time.video ? " video" : " audio");
    last[time.video] = time.dts;
  }
}

/// The test streams are received as they are shown: all that is given out between two instants lies within `most` of
/// its arrival, so that sound and picture do not part by more than twice that.
inline void expect_near_arrival(const Sink& sink, base::Micros most, base::Micros from = 0,
                                base::Micros until = INT64_MAX, const std::string& what = "") {
  for (const Sink::Time& time : sink.times) {
    if (time.arrived < from || time.arrived >= until) continue;
    ASSERT_LE(std::abs(time.pts - time.arrived), most)
        << what << (time.video ? " video at " : " audio at ") << (time.arrived - kEpoch) / kMillisecond << " ms";
  }
}

}  // namespace rig
