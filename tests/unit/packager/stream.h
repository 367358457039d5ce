#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "media/packet.h"
#include "media/time.h"
#include "media/track.h"

/// Streams to test with, described the way one talks about them.
namespace stream {

/// A slot of 2 s starts here, and one of every other length that divides 30 minutes; on the 90 kHz grid of every rate.
inline constexpr base::Micros kEpoch = 1'800'000'000 * base::kSecond;

/// A picture at 25 a second, in ticks of 90000.
inline constexpr std::int64_t kFrame = 3600;

inline constexpr std::uint32_t kVideoId = 1;
inline constexpr std::uint32_t kAudioId = 2;

struct Video {
  media::Rational rate{25, 1};
  int gop = 50;                ///< frames from key frame to key frame
  int reorder = 0;             ///< 1: shown as I B P B P, decoded as I P B P B
  bool open_gop = false;       ///< with reorder 1 and an even gop: the B before a key frame refers to that
  std::int64_t scale = 90000;  ///< of the stamps; 1000 rounds them to milliseconds
  bool rate_known = true;
};

struct Audio {
  int sample_rate = 48000;
  int frame_samples = 1024;
  std::int64_t scale = 90000;
};

/// avcC of x264, 1080p50.
inline base::Bytes avc_config() {
  return base::Bytes::of_static(std::string_view(
      "\x01\x64\x00\x2a\xff\xe1\x00\x1e\x67\x64\x00\x2a\xac\xd9\x40\x78\x02\x27\xe5\xc0\x5a\x80\x80\x80"
      "\xa0\x00\x00\x03\x00\x20\x00\x00\x0c\x81\xe3\x06\x32\xc0\x01\x00\x04\x68\xef\x8f\xcb\xfd\xf8\xf8\x00",
      49));
}

inline media::Track video_track(const Video& video) {
  media::Track track;
  track.id = kVideoId;
  track.codec = media::Codec::kH264;
  track.timescale = video.scale;
  track.config = avc_config();
  track.codec_string = "avc1.64002a";
  track.video.width = 1920;
  track.video.height = 1080;
  if (video.rate_known) track.video.frame_rate = video.rate;
  return track;
}

inline media::Track audio_track(const Audio& audio) {
  media::Track track;
  track.id = kAudioId;
  track.codec = media::Codec::kAac;
  track.timescale = audio.scale;
  track.config = base::Bytes::of_static(std::string_view("\x11\x90", 2));
  track.codec_string = "mp4a.40.2";
  track.audio = {audio.sample_rate, 2, audio.frame_samples, 0};
  return track;
}

inline base::Bytes payload(std::int64_t number) { return base::Bytes::copy_of("frame " + std::to_string(number)); }

/// `frames` of video in decoding order, the first shown at `start` and received then; stamps start at `stamp` seconds.
/// With reorder 1 display order I B P B P is decoded as I P B P B; dts is then one frame earlier than pts at key
/// frames.
inline std::vector<media::Packet> make_video(const Video& video, base::Micros start, int frames, int stamp = 10) {
  std::vector<media::Packet> packets;
  const auto ticks = [&video, stamp](std::int64_t frame) {
    return stamp * video.scale + media::rescale(frame * video.rate.den, video.rate.num, video.scale);
  };
  for (int i = 0; i < frames; ++i) {
    media::Packet packet;
    packet.track_id = kVideoId;
    const int in_gop = i % video.gop;
    int shown = i;
    if (video.open_gop) {
      // Decoding position 2k - 1 holds the picture shown at 2k, position 2k the B shown before it.
      shown = i == 0 ? 0 : i % 2 == 1 ? i + 1 : i - 1;
    } else if (video.reorder > 0 && in_gop > 0) {
      // The same within a GOP, which ends with a P.
      shown = in_gop % 2 == 1 ? std::min(i + 1, i - in_gop + video.gop - 1) : i - 1;
    }
    packet.key = shown % video.gop == 0;
    packet.idr = packet.key && !(video.open_gop && i > 0);
    packet.dts = ticks(i - video.reorder);
    packet.pts = ticks(shown);
    packet.arrived = start + media::rescale(std::int64_t{i} * video.rate.den, video.rate.num, base::kSecond);
    packet.data = payload(shown);
    packets.push_back(std::move(packet));
  }
  return packets;
}

/// Audio from `offset` after the stamp `stamp` on, received as it starts.
inline std::vector<media::Packet> make_audio(const Audio& audio, base::Micros start, int frames, int stamp = 10,
                                             base::Micros offset = 0) {
  std::vector<media::Packet> packets;
  for (int i = 0; i < frames; ++i) {
    media::Packet packet;
    packet.track_id = kAudioId;
    const std::int64_t samples = std::int64_t{i} * audio.frame_samples;
    packet.pts = packet.dts = stamp * audio.scale + media::rescale(samples, audio.sample_rate, audio.scale) +
                              media::rescale(offset, base::kSecond, audio.scale);
    packet.key = true;
    packet.arrived = start + offset + media::rescale(samples, audio.sample_rate, base::kSecond);
    packet.data = payload(i);
    packets.push_back(std::move(packet));
  }
  return packets;
}

inline std::vector<media::Packet> interleave(std::vector<media::Packet> a, std::vector<media::Packet> b) {
  a.insert(a.end(), std::make_move_iterator(b.begin()), std::make_move_iterator(b.end()));
  std::stable_sort(a.begin(), a.end(), [](const auto& x, const auto& y) { return x.arrived < y.arrived; });
  return a;
}

/// What is left of the packets when nothing is received in [from, until).
inline std::vector<media::Packet> lose(std::vector<media::Packet> packets, base::Micros from, base::Micros until) {
  std::erase_if(packets, [=](const auto& packet) { return packet.arrived >= from && packet.arrived < until; });
  return packets;
}

}  // namespace stream
