#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "captions/triplet.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/av.h"
#include "transcode/output.h"
#include "transcode/rung.h"

/// Feeds made on the spot with libavcodec, and what is needed to look at results.
namespace transcode::testing {

struct Feed {
  media::Track track;
  std::vector<media::Packet> packets;  ///< in decoding order
};

struct VideoSpec {
  int width = 320;
  int height = 180;
  media::Rational rate{25, 1};
  int frames = 50;
  int gop = 50;
  int b_frames = 0;
  bool interlaced = false;
  int captions = 0;  ///< caption triplets that each frame carries; their bytes number them from 0 on
  AVPixelFormat format = AV_PIX_FMT_YUV420P;
  media::Rational pixel_aspect{1, 1};
  media::Colour colour;
  std::int64_t timescale = 90000;
  std::int64_t first_pts = 0;
  std::string parameters;  ///< x264-params
  /// Luma of a pixel of a picture, 0 to 255; empty: a slope that moves.
  std::function<int(int x, int y, int picture)> luma;
};

/// H.264 of a moving pattern, or of the pattern that the specification has.
Feed make_video(const VideoSpec& spec);

/// Amplitude, -1 to 1, of a channel at a sample counted from zero.
using Signal = std::function<float(std::int64_t sample, int channel)>;

struct AudioSpec {
  const char* encoder = "aac";
  media::Codec codec = media::Codec::kAac;
  int rate = 48000;
  int channels = 2;
  std::int64_t first_sample = 0;
  std::int64_t samples = 48000;
  Signal signal;
};

/// Timescale is the rate; pts are such that decoded samples lie where the signal has them.
Feed make_audio(const AudioSpec& spec);

struct Collector : Output {
  explicit Collector(std::size_t rungs) : tracks(rungs), packets(rungs), early(0) {}
  void on_track(std::size_t rung, const media::Track& track) override { tracks.at(rung).push_back(track); }
  void on_packet(std::size_t rung, media::Packet&& packet) override {
    if (tracks.at(rung).empty()) ++early;
    packets.at(rung).push_back(std::move(packet));
  }
  std::vector<std::vector<media::Track>> tracks;
  std::vector<std::vector<media::Packet>> packets;
  int early;  ///< packets that came before their track
};

std::vector<std::int64_t> pts_of(const std::vector<media::Packet>& packets);
/// In the order of showing.
std::vector<std::int64_t> sorted_pts(const Feed& feed);
std::vector<std::int64_t> key_pts_of(const std::vector<media::Packet>& packets);
/// The frames that libavcodec makes of the packets.
std::vector<FramePtr> decode(const media::Track& track, const std::vector<media::Packet>& packets);
/// Decoded mono mix of an audio track, laid out by pts from `from` on.
std::vector<float> samples_of(const media::Track& track, const std::vector<media::Packet>& packets, std::int64_t from,
                              std::int64_t count);
/// The caption triplet of this number, at most 65535.
captions::Triplet numbered(int number);
/// The numbers of the caption triplets in the packets, in their order.
std::vector<int> typed_in(const media::Track& track, const std::vector<media::Packet>& packets);
/// Average luma of a frame.
double luma_of(const AVFrame& frame);
/// Average difference of two frames' luma, of one size.
double difference_of(const AVFrame& a, const AVFrame& b);
/// A rung for tests: fast, of so many lines.
Rung ladder_rung(int height, media::Rational rate = {});

}  // namespace transcode::testing
