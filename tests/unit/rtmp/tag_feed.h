#pragma once

// A TagDemuxer that is fed tags, and writes down what comes out.

#include <string>
#include <utility>
#include <vector>

#include "rtmp/amf.h"
#include "rtmp/tag_demuxer.h"
#include "tag_builder.h"
#include "unit/media/hex.h"
#include "unit/media/samples.h"
#include "unit/media/trace_sink.h"

namespace rtmp {

/// Writes down what comes out, one line an event.
class TagTrace : public media::TraceSink<TagSink> {
 public:
  void take_track(const media::Track& track) override {
    tracks.push_back(track);
    trace.push_back("track " + std::to_string(track.id) + " " + track.codec_string);
  }
  void take_gone(const media::TrackGone& gone) override { trace.push_back("gone " + std::to_string(gone.track_id)); }
  void take_packet(media::Packet&& packet) override {
    trace.push_back(std::to_string(packet.track_id) + " d" + std::to_string(packet.dts) + " p" +
                    std::to_string(packet.pts) +
                    (packet.idr   ? " idr"
                     : packet.key ? " key"
                                  : ""));
    packets.push_back(std::move(packet));
  }
  void take_cue(const media::Cue& cue) override {
    trace.push_back("cue at " + std::to_string(cue.at.ticks) + "/" + std::to_string(cue.at.scale) +
                    (cue.on_feed_clock ? "" : " of its own"));
    cues.push_back(cue);
  }
  void take_text(const media::Text& text) override { texts.push_back(text); }
  void on_stream_info(const StreamInfo& stream) override { info = stream; }
  void on_frame_info(const FrameInfo& of) override {
    trace.push_back("frame " + of.time_code + " at " + std::to_string(of.time));
  }
  void on_notice(const Notice& notice) override {
    trace.push_back("notice " + std::to_string(static_cast<int>(notice.kind)) + " " + std::to_string(notice.track_id));
    notices.push_back(notice);
  }

  std::vector<std::string> trace;
  std::vector<media::Track> tracks;
  std::vector<media::Packet> packets;
  std::vector<Notice> notices;
  std::vector<media::Cue> cues;
  std::vector<media::Text> texts;
  StreamInfo info;
};

struct TagFeed {
  void video(std::uint32_t time, const Buffer& tag) { demuxer.feed(Type::kVideo, time, 1000, bytes(tag)); }
  void audio(std::uint32_t time, const Buffer& tag) { demuxer.feed(Type::kAudio, time, 1000, bytes(tag)); }
  void data(const std::vector<amf::Value>& values) { data(0, values); }
  void data(std::uint32_t time, const std::vector<amf::Value>& values) {
    demuxer.feed(Type::kDataAmf0, time, 0, base::Bytes::adopt(amf::write_values(values)));
  }
  static base::Bytes bytes(const Buffer& tag) { return base::Bytes::copy_of(base::View(tag)); }
  /// What came out since the last call, and what was still held back.
  std::vector<std::string> take() {
    demuxer.flush();
    return std::exchange(sink.trace, {});
  }

  TagTrace sink;
  TagDemuxer demuxer{sink};
};

inline Buffer avcc() { return media::hex(media::samples::kAvcc1080p50); }
inline Buffer hvcc() { return media::hex(media::samples::kHvcc720p25); }
/// HEVC NAL unit of a type.
inline Buffer hevc_nal(std::uint8_t type) {
  return Buffer{0, 0, 0, 4, static_cast<std::uint8_t>(type << 1), 1, 0x80, 0};
}

}  // namespace rtmp
