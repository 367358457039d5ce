#pragma once

#include <string>
#include <utility>
#include <vector>

#include "feed/message.h"
#include "media/time.h"
#include "rtmp/amf.h"
#include "unit/rtmp/tag_builder.h"
#include "unit/ts/ts_builder.h"

/// Feeds of 25 pictures a second and AAC of 48 kHz, as the server hands them to a worker.
namespace worker {

/// On the segment grid.
inline constexpr base::Micros kEpoch = 1'800'000'000 * base::kSecond;
inline constexpr base::Micros kFrame = 40 * base::kMillisecond;

inline feed::RtmpMessage rtmp_message(std::uint8_t type, std::int64_t stamp, base::Micros utc,
                                      const rtmp::Buffer& payload) {
  feed::RtmpMessage message;
  message.type = type;
  message.timestamp = static_cast<std::uint32_t>(stamp);
  message.arrived = utc;
  message.payload = base::Bytes::copy_of(base::View(payload));
  return message;
}

inline feed::RtmpMessage rtmp_metadata(base::Micros utc, rtmp::amf::Value::Object properties) {
  return rtmp_message(feed::kRtmpData, 0, utc, rtmp::amf::write_values({"onMetaData", std::move(properties)}));
}
inline feed::RtmpMessage rtmp_video_header(base::Micros utc, const rtmp::Buffer& avcc = rtmp::kAvcc) {
  return rtmp_message(feed::kRtmpVideo, 0, utc, rtmp::avc_tag(1, 0, 0, avcc));
}
/// 800 kbit/s of them.
inline feed::RtmpMessage rtmp_picture(std::int64_t stamp, base::Micros utc, bool key) {
  const std::string slice = std::string(rtmp::kFirstSlice) + std::string(4000, 's');
  return rtmp_message(feed::kRtmpVideo, stamp, utc, rtmp::avc_tag(key ? 1 : 2, 1, 0, rtmp::nal(key ? 5 : 1, slice)));
}
inline feed::RtmpMessage rtmp_audio_header(base::Micros utc) {
  return rtmp_message(feed::kRtmpAudio, 0, utc, rtmp::aac_tag(0, rtmp::kAsc));
}
/// 128 kbit/s of them.
inline feed::RtmpMessage rtmp_sound(std::int64_t stamp, base::Micros utc) {
  return rtmp_message(feed::kRtmpAudio, stamp, utc, rtmp::aac_tag(1, rtmp::Buffer(341, 0x21)));
}

/// A transport stream with one program, of video and, if it is to, audio.
class TsFeed {
 public:
  static constexpr std::uint16_t kVideoPid = 256;
  static constexpr std::uint16_t kAudioPid = 257;

  static constexpr std::uint16_t kBackupPid = 4113;

  explicit TsFeed(std::uint16_t video = kVideoPid) : video_(video) {}
  /// The program's video has another PID from the next tables on.
  void move_video(std::uint16_t pid) { video_ = pid; }

  feed::TsBytes tables(base::Micros utc, bool audio = false, int version = 0) {
    std::vector<ts::MuxStream> streams{{0x1b, video_, {}}};
    if (audio) streams.push_back({0x0f, kAudioPid, {}});
    mux_.pat({{1, 100}}).pmt(1, 100, streams, version);
    return taken(utc);
  }
  /// Picture `number` of the feed, a key picture every second.
  feed::TsBytes picture(int number, base::Micros utc) {
    using ts::operator+;
    mux_.pes(video_, {.pts = 900'000 + std::uint64_t{3600} * static_cast<unsigned>(number)},
             number % 25 == 0 ? ts::h264_key(1000) : ts::hex("00000001 0910") + ts::h264_p(1000));
    return taken(utc);
  }
  feed::TsBytes sound(int number, base::Micros utc) {
    mux_.pes(kAudioPid, {.pts = 900'000 + std::uint64_t{1920} * static_cast<unsigned>(number), .stream_id = 0xc0},
             ts::adts(100));
    return taken(utc);
  }

 private:
  feed::TsBytes taken(base::Micros utc) {
    feed::TsBytes bytes;
    bytes.arrived = utc;
    bytes.payload = base::Bytes::adopt(mux_.bytes());
    mux_.packets().clear();
    return bytes;
  }

  std::uint16_t video_;
  ts::Mux mux_;
};

/// The same bytes, encrypted with the even key as far as their headers say.
inline feed::TsBytes scrambled(feed::TsBytes bytes) {
  ts::Blob packets(bytes.payload.view().begin(), bytes.payload.view().end());
  for (std::size_t at = 0; at < packets.size(); at += ts::kPacketSize) packets[at + 3] |= 0x80;
  bytes.payload = base::Bytes::adopt(std::move(packets));
  return bytes;
}

/// The same bytes with one other in the middle of each packet's table.
inline feed::TsBytes damaged(feed::TsBytes bytes) {
  ts::Blob packets(bytes.payload.view().begin(), bytes.payload.view().end());
  for (std::size_t at = 0; at < packets.size(); at += ts::kPacketSize) packets[at + 14] ^= 0xff;
  bytes.payload = base::Bytes::adopt(std::move(packets));
  return bytes;
}

}  // namespace worker
