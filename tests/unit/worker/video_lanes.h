#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <vector>

#include "outlet.h"
#include "unit/transcode/source.h"
#include "worker/video_lane.h"

namespace worker {

inline media::Track video_track(std::uint32_t id, int height = 720, media::Rational rate = {25, 1},
                                std::int64_t scale = 90000) {
  media::Track track;
  track.id = id;
  track.timescale = scale;
  track.codec_string = "avc1.640028";
  track.video.width = height * 16 / 9;
  track.video.height = height;
  track.video.frame_rate = rate;
  return track;
}

/// A lane that copies.
struct Copy {
  Copy() {
    options.copy_video = true;
    options.default_ladder = false;
  }

  job::Options options;
  FakeOutlet outlet;
  VideoLane lane{options, outlet};
};

/// A lane that encodes one rung, of 90 lines.
struct Encode {
  Encode() {
    options.default_ladder = false;
    options.ladder = {transcode::testing::ladder_rung(90)};
  }
  static transcode::testing::Feed source(std::uint32_t id, std::int64_t first_pts, std::int64_t scale) {
    transcode::testing::VideoSpec spec;
    spec.frames = 12;
    spec.first_pts = first_pts;
    spec.timescale = scale;
    transcode::testing::Feed feed = transcode::testing::make_video(spec);
    feed.track.id = id;
    for (media::Packet& packet : feed.packets) packet.track_id = id;
    return feed;
  }

  /// Feeds the packets [from, until), each when the one before has left the encoder, which so never lags.
  void play(const std::vector<media::Packet>& packets, std::size_t from = 0, std::size_t until = 12) {
    const std::vector<media::Packet>& made = outlet.packets[static_cast<std::uint32_t>(outlet.names.size() - 1)];
    for (std::size_t i = from; i < until; ++i) {
      const std::size_t before = made.size();
      media::Packet packet = packets.at(i);
      ASSERT_TRUE(lane.take(packet));
      while (made.size() == before) {
        pollfd descriptor{lane.encoded_descriptor(), POLLIN, 0};
        ASSERT_EQ(poll(&descriptor, 1, 60'000), 1) << "packet " << i;
        lane.on_encoded();
      }
    }
  }

  job::Options options;
  FakeOutlet outlet;
  VideoLane lane{options, outlet};
};

inline std::vector<media::Packet> first_packets(const transcode::testing::Feed& feed, std::size_t count) {
  return {feed.packets.begin(), feed.packets.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace worker
