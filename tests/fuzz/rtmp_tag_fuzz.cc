#include <algorithm>
#include <cstdlib>

#include "base/byte_reader.h"
#include "base/utf8.h"
#include "media/text_cue.h"
#include "rtmp/tag_demuxer.h"
#include "unit/media/trace_sink.h"

namespace {

class Sink : public media::TraceSink<rtmp::TagSink> {
 public:
  void take_track(const media::Track& track) override {
    if (track.id < 1000 || track.id > 2255) std::abort();
  }
  void take_packet(media::Packet&& packet) override {
    // 17 s of reordering at most, and decoding times that are moved on by 100 ms.
    if (std::llabs(packet.pts - packet.dts) > 17'200 || packet.data.empty()) std::abort();
    for (const std::uint8_t byte : packet.data) sum += byte;  // every byte must be there to read
  }
  void take_text(const media::Text& text) override {
    if (text.text.size() > media::kLongestCueText || !base::is_utf8(text.text)) std::abort();
    sum += text.text.size() + text.language.size();
  }
  void on_stream_info(const rtmp::StreamInfo& info) override { sum += info.encoder.size(); }
  void on_notice(const rtmp::Notice& notice) override { sum += notice.text.size(); }
  std::uint64_t sum = 0;
};

}  // namespace

// Messages one after another: type, 4 bytes of time, 2 of length, payload.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Sink sink;
  rtmp::TagDemuxer demuxer(sink);
  base::ByteReader reader(base::View(data, size));
  while (true) {
    const auto type = reader.u8("type");
    const auto time = reader.u32("time");
    const auto length = reader.u16("length");
    if (!type.ok() || !time.ok() || !length.ok()) {
      demuxer.flush();
      return 0;
    }
    const auto payload = reader.bytes(std::min<std::size_t>(*length, reader.left()), "payload");
    const base::Bytes copy = base::Bytes::copy_of(*payload);
    demuxer.feed(static_cast<rtmp::Type>(*type), *time, 0, copy);
    const auto summary = rtmp::inspect_tag(static_cast<rtmp::Type>(*type), copy.view());
    if (summary.ok() && summary->key && !summary->frames) std::abort();
  }
}
