#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "ts/demuxer.h"
#include "ts/section.h"
#include "unit/media/trace_sink.h"

namespace {

struct Collect final : media::TraceSink<> {
  void take_track(const media::Track& track) override {
    text += "track " + std::to_string(track.id) + track.codec_string + track.language;
  }
  void take_packet(media::Packet&& packet) override {
    text += std::to_string(packet.track_id) + " " + std::to_string(packet.pts) + " " + std::to_string(packet.dts) + " ";
    text += packet.data.text();
  }
  void take_gone(const media::TrackGone& gone) override { text += "gone " + std::to_string(gone.track_id); }
  void take_teletext(const media::Teletext& teletext) override {
    text += "teletext " + std::to_string(teletext.stream) + " " + std::to_string(teletext.at.ticks);
    text += teletext.data.text();
  }
  std::string text;
};

std::string demux(base::View bytes, std::size_t step) {
  Collect sink;
  ts::Demuxer demuxer({}, sink);
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    demuxer.feed(bytes.subspan(at, std::min(step, bytes.size() - at)), 0);
  }
  demuxer.flush();
  if (demuxer.captions().size() > 31) std::abort();
  for (const media::Caption& caption : demuxer.captions())
    sink.text += caption.service + caption.language + caption.name;
  return sink.text;
}

/// Puts a right CRC32 on the section that each packet of PID 0 and 4096 starts, so that mutated tables get past it.
void repair_sections(std::vector<std::uint8_t>& bytes) {
  for (std::size_t at = 0; at + ts::kPacketSize <= bytes.size(); at += ts::kPacketSize) {
    const unsigned pid = (bytes[at + 1] & 0x1fU) << 8 | bytes[at + 2];
    if ((pid != 0 && pid != 4096) || (bytes[at + 3] & 0x30) != 0x10 || bytes[at + 4] != 0) continue;
    const std::size_t length = 3 + ((bytes[at + 6] & 0x0fU) << 8 | bytes[at + 7]);
    if (length < 12 || 5 + length > ts::kPacketSize) continue;
    const base::View section = base::View(bytes).subspan(at + 5, length - 4);
    base::ByteWriter crc;
    crc.u32(ts::crc32_mpeg(section));
    std::copy(crc.view().begin(), crc.view().end(), bytes.begin() + static_cast<std::ptrdiff_t>(at + 5 + length - 4));
  }
}

}  // namespace

// However the input is cut, tracks and packets are the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> bytes(data, data + size);
  repair_sections(bytes);
  const std::string whole = demux(bytes, bytes.size() + 1);
  if (demux(bytes, 1) != whole || demux(bytes, 189) != whole) std::abort();
  return 0;
}
