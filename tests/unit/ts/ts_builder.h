#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"
#include "base/bytes.h"
#include "media/packet.h"
#include "ts/packet.h"
#include "ts/section.h"
#include "unit/media/trace_sink.h"

namespace ts {

using Blob = std::vector<std::uint8_t>;

/// The PIDs of the two tracks of most streams here.
inline constexpr std::uint16_t kVideo = 256;
inline constexpr std::uint16_t kAudio = 257;

inline Blob operator+(Blob a, const Blob& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Bytes of "0000 0167 …"; whatever is not a hexadecimal digit is passed over.
inline Blob hex(std::string_view text) {
  Blob out;
  int high = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) continue;
    if (high >= 0) out.push_back(static_cast<std::uint8_t>(high << 4 | digit));
    high = high < 0 ? digit : -1;
  }
  return out;
}

/// One entry of a PMT.
struct MuxStream {
  std::uint8_t type;
  std::uint16_t pid;
  Blob descriptors;
};

inline Blob language(std::string_view code, std::uint8_t audio_type = 0) {
  return Blob{0x0a, 4} + Blob(code.begin(), code.end()) + Blob{audio_type};
}
inline Blob registration(std::string_view code) { return Blob{0x05, 4} + Blob(code.begin(), code.end()); }

struct MuxPes {
  std::optional<std::uint64_t> pts;
  std::optional<std::uint64_t> dts;
  bool bounded = true;
  std::uint8_t stream_id = 0xe0;
};

/// A small multiplexer: its calls become transport packets, in order.
class Mux {
 public:
  Mux& pat(std::initializer_list<std::pair<int, int>> programs, int version = 0) {
    base::ByteWriter body;
    for (const auto& [number, pid] : programs) {
      body.u16(static_cast<std::uint64_t>(number));
      body.u16(0xe000U | static_cast<unsigned>(pid));
    }
    return section(kPatPid, make_section(0x00, 1, version, body.take()));
  }
  Mux& pmt(int program, int pid, const std::vector<MuxStream>& streams, int version = 0) {
    return section(static_cast<std::uint16_t>(pid), make_pmt(program, streams, version));
  }
  static Blob make_pmt(int program, const std::vector<MuxStream>& streams, int version = 0) {
    base::ByteWriter body;
    body.u16(0xe000U | (streams.empty() ? 0x1fffU : streams[0].pid));
    body.u16(0xf000);
    for (const MuxStream& stream : streams) {
      body.u8(stream.type);
      body.u16(0xe000U | stream.pid);
      body.u16(0xf000U | stream.descriptors.size());
      body.bytes(stream.descriptors);
    }
    return make_section(0x02, program, version, body.take());
  }
  static Blob make_section(int table, int extension, int version, const Blob& body) {
    base::ByteWriter out;
    out.u8(static_cast<std::uint64_t>(table));
    out.u16(0xb000U | (body.size() + 9));
    out.u16(static_cast<std::uint64_t>(extension));
    out.u8(0xc1U | static_cast<unsigned>(version) << 1);
    out.u16(0);
    out.bytes(body);
    out.u32(crc32_mpeg(out.view()));
    return out.take();
  }
  /// A section over as many packets as it takes, `chunk` bytes in each.
  Mux& section(std::uint16_t pid, const Blob& section, std::size_t chunk = 183) {
    Blob payload = Blob{0} + section;
    for (std::size_t at = 0; at < payload.size(); at += chunk) {
      const std::size_t size = std::min(chunk, payload.size() - at);
      Blob piece(payload.begin() + static_cast<std::ptrdiff_t>(at),
                 payload.begin() + static_cast<std::ptrdiff_t>(at + size));
      const bool last = at + size == payload.size();
      if (last) piece.resize(184, 0xff);
      packet(pid, at == 0, piece);
    }
    return *this;
  }

  Mux& pes(std::uint16_t pid, const MuxPes& header, const Blob& data) {
    const Blob bytes = make_pes(header, data);
    for (std::size_t at = 0; at < bytes.size(); at += 184) {
      const std::size_t size = std::min<std::size_t>(184, bytes.size() - at);
      packet(pid, at == 0,
             Blob(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                  bytes.begin() + static_cast<std::ptrdiff_t>(at + size)));
    }
    return *this;
  }
  static Blob make_pes(const MuxPes& header, const Blob& data) {
    base::ByteWriter fields;
    if (header.pts) timestamp(fields, header.dts ? 0x30 : 0x20, *header.pts);
    if (header.dts) timestamp(fields, 0x10, *header.dts);
    base::ByteWriter out;
    out.u24(1);
    out.u8(header.stream_id);
    out.u16(header.bounded ? data.size() + 3 + fields.size() : 0);
    out.u8(0x80);
    out.u8(header.dts ? 0xc0 : header.pts ? 0x80 : 0);
    out.u8(fields.size());
    out.bytes(fields.view());
    out.bytes(data);
    return out.take();
  }

  /// One packet; a payload below 184 bytes is filled up in its adaptation field.
  Mux& packet(std::uint16_t pid, bool start, const Blob& payload, std::uint8_t flags = 0) {
    std::uint8_t& counter = continuity_[pid];
    Blob adaptation;
    if (payload.size() < 184 || flags != 0) {
      adaptation.assign(184 - payload.size(), 0xff);
      adaptation[0] = static_cast<std::uint8_t>(183 - payload.size());
      if (adaptation.size() > 1) adaptation[1] = flags;
    }
    const Blob header{kSyncByte, static_cast<std::uint8_t>((start ? 0x40 : 0) | pid >> 8),
                      static_cast<std::uint8_t>(pid),
                      static_cast<std::uint8_t>((adaptation.empty() ? 0x10 : 0x30) | counter)};
    counter = (counter + 1) & 0x0f;
    packets_.push_back(header + adaptation + payload);
    return *this;
  }

  /// A packet with a clock reference alone; its counter stands still.
  Mux& pcr(std::uint16_t pid, std::uint64_t base) {
    Blob packet(kPacketSize, 0xff);
    const Blob head{kSyncByte,
                    static_cast<std::uint8_t>(pid >> 8),
                    static_cast<std::uint8_t>(pid),
                    static_cast<std::uint8_t>(0x20 | ((continuity_[pid] + 15) & 0x0f)),
                    183,
                    0x10,
                    static_cast<std::uint8_t>(base >> 25),
                    static_cast<std::uint8_t>(base >> 17),
                    static_cast<std::uint8_t>(base >> 9),
                    static_cast<std::uint8_t>(base >> 1),
                    static_cast<std::uint8_t>((base & 1) << 7 | 0x7e),
                    0};
    std::copy(head.begin(), head.end(), packet.begin());
    packets_.push_back(std::move(packet));
    return *this;
  }

  /// Packets so far; tests may drop, repeat or break them.
  std::vector<Blob>& packets() { return packets_; }
  Blob bytes() const {
    Blob all;
    for (const Blob& packet : packets_) all = std::move(all) + packet;
    return all;
  }

 private:
  static void timestamp(base::ByteWriter& out, unsigned prefix, std::uint64_t value) {
    out.u8(prefix | (value >> 29 & 0x0e) | 1);
    out.u16((value >> 14 & 0xfffe) | 1);
    out.u16((value << 1 & 0xfffe) | 1);
  }

  std::map<std::uint16_t, std::uint8_t> continuity_;
  std::vector<Blob> packets_;
};

/// Writes down what a demuxer says, one line each: "track 256 avc1.42C00C 320x180 eng",
/// "256 pts 3600 dts 0 key idr 12 bytes".
class Trace : public media::TraceSink<> {
 public:
  void take_track(const media::Track& track) override {
    tracks[track.id] = track;
    std::string line = "track " + std::to_string(track.id) + " " + track.codec_string;
    if (track.kind() == media::Kind::kVideo) {
      line += " " + std::to_string(track.video.width) + "x" + std::to_string(track.video.height);
    } else {
      line += " " + std::to_string(track.audio.sample_rate) + "/" + std::to_string(track.audio.channels);
    }
    if (!track.language.empty()) line += " " + track.language;
    lines.push_back(line);
  }
  void take_packet(media::Packet&& packet) override {
    std::string line = std::to_string(packet.track_id) + " pts " + std::to_string(packet.pts);
    if (packet.dts != packet.pts) line += " dts " + std::to_string(packet.dts);
    if (packet.duration != 0) line += " +" + std::to_string(packet.duration);
    if (packet.key) line += packet.idr ? " idr" : " key";
    lines.push_back(line);
    packets.push_back(std::move(packet));
  }
  void take_gone(const media::TrackGone& gone) override { lines.push_back("gone " + std::to_string(gone.track_id)); }
  void take_cue(const media::Cue& cue) override {
    lines.push_back("cue " + std::to_string(cue.data.size()) + " bytes at " + std::to_string(cue.at.ticks));
    cues.push_back(cue);
  }

  void take_teletext(const media::Teletext& teletext) override {
    const std::string what = teletext.data.empty() ? "described" : std::to_string(teletext.data.size()) + " bytes";
    lines.push_back("teletext " + std::to_string(teletext.stream) + " " + what + " at " +
                    std::to_string(teletext.at.ticks));
    teletexts.push_back(teletext);
  }

  std::vector<media::Cue> cues;
  std::vector<media::Teletext> teletexts;
  std::vector<std::string> lines;
  std::vector<media::Packet> packets;
  std::map<std::uint32_t, media::Track> tracks;
};

/// H.264 parameter sets that x264 made (baseline, 25 fps), 320x180 and 640x360.
inline Blob h264_sets_180() { return hex("00000001 6742c00cda05067e7c0440000003004000000c83c50aa8 00000001 68ce0fc8"); }
inline Blob h264_sets_360() {
  return hex("00000001 6742c01eda0280bfe5c044000003000400000300c83c58ba80 00000001 68ce0fc8");
}
/// Slices as far as anything reads them: first_mb 0, slice type, and `size` bytes of picture.
inline Blob h264_idr(std::size_t size = 8) { return hex("000001 65b8") + Blob(size, 0x55); }
inline Blob h264_p(std::size_t size = 8) { return hex("000001 41e0") + Blob(size, 0x55); }
/// A whole key picture as encoders send it: delimiter, parameter sets, slice.
inline Blob h264_key(std::size_t size = 8) { return hex("00000001 0910") + h264_sets_180() + h264_idr(size); }

/// An ADTS frame, AAC-LC 48 kHz stereo, with `size` bytes in it.
inline Blob adts(std::size_t size, std::uint8_t fill = 0x21) {
  const std::size_t all = size + 7;
  return Blob{0xff,
              0xf1,
              0x4c,
              static_cast<std::uint8_t>(0x80 | all >> 11),
              static_cast<std::uint8_t>(all >> 3),
              static_cast<std::uint8_t>((all & 7) << 5 | 0x1f),
              0xfc} +
         Blob(size, fill);
}

}  // namespace ts
