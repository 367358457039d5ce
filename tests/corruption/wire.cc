#include "corruption/wire.h"

#include <array>

#include "media/h264.h"
#include "media/nal.h"
#include "unit/rtmp/tag_builder.h"
#include "unit/ts/ts_builder.h"

namespace corruption {
namespace {

constexpr std::int64_t kTablesEvery = 200 * base::kMillisecond;
constexpr std::uint64_t kWrap = (std::uint64_t{1} << 33) - 1;

void append(ts::Blob& out, base::View nal) {
  out.insert(out.end(), {0, 0, 0, 1});
  out.insert(out.end(), nal.begin(), nal.end());
}

/// With delimiter, and parameter sets before a key picture.
ts::Blob annexb(const Unit& unit) {
  ts::Blob out;
  append(out, std::array<std::uint8_t, 2>{0x09, 0xf0});
  if (unit.key) {
    const media::h264::Config config = media::h264::parse_avcc(unit.track->config.view()).take();
    for (const base::View nal : config.sps) append(out, nal);
    for (const base::View nal : config.pps) append(out, nal);
  }
  for (const base::View nal : media::split_lengths(unit.data.view()).take()) append(out, nal);
  return out;
}

ts::Blob adts(const Unit& unit) {
  const std::size_t all = unit.data.size() + 7;
  const unsigned rate = unit.track->audio.sample_rate == 48000 ? 3 : 4;
  const auto channels = static_cast<unsigned>(unit.track->audio.channels);
  ts::Blob out{0xff,
               0xf1,
               static_cast<std::uint8_t>(0x40 | rate << 2 | channels >> 2),
               static_cast<std::uint8_t>((channels & 3) << 6 | all >> 11),
               static_cast<std::uint8_t>(all >> 3),
               static_cast<std::uint8_t>((all & 7) << 5 | 0x1f),
               0xfc};
  out.insert(out.end(), unit.data.view().begin(), unit.data.view().end());
  return out;
}

class TsWriter {
 public:
  std::vector<TsPacket> take() { return std::move(packets_); }

  void write(const Unit& unit, const TsLayout& layout, int version) {
    if (!(unit.video ? layout.with_video : layout.with_audio)) return;
    if (unit.at - tables_ >= kTablesEvery || unit.key || version != version_) write_tables(unit, layout, version);
    const std::uint16_t pid = unit.video ? layout.video : layout.audio;
    const std::uint64_t pts = static_cast<std::uint64_t>(unit.pts) & kWrap;
    const std::uint64_t dts = static_cast<std::uint64_t>(unit.dts) & kWrap;
    if (unit.video) {
      mux_.pcr(pid, dts);
      mux_.pes(pid, {.pts = pts, .dts = dts, .bounded = false}, annexb(unit));
    } else {
      mux_.pes(pid, {.pts = pts, .dts = {}, .bounded = true, .stream_id = 0xc0}, adts(unit));
    }
    collect(unit.at);
  }

 private:
  void write_tables(const Unit& unit, const TsLayout& layout, int version) {
    tables_ = unit.at;
    version_ = version;
    std::vector<ts::MuxStream> streams;
    if (layout.with_video) streams.push_back({0x1b, layout.video, {}});
    if (layout.with_audio)
      streams.insert(layout.audio_first ? streams.begin() : streams.end(), {0x0f, layout.audio, {}});
    mux_.pat({{1, 100}}).pmt(1, 100, streams, version % 32);
  }
  void collect(base::Micros at) {
    for (ts::Blob& packet : mux_.packets()) packets_.push_back({at, std::move(packet)});
    mux_.packets().clear();
  }

  ts::Mux mux_;
  std::vector<TsPacket> packets_;
  base::Micros tables_ = INT64_MIN / 2;
  int version_ = -1;
};

feed::RtmpMessage message(std::uint8_t type, const Unit& unit, const rtmp::Buffer& payload) {
  feed::RtmpMessage made;
  made.type = type;
  made.timestamp = static_cast<std::uint32_t>(media::rescale(unit.dts, 90000, 1000));
  made.payload = base::Bytes::copy_of(base::View(payload));
  return made;
}

rtmp::Buffer buffer(base::View view) { return {view.begin(), view.end()}; }

}  // namespace

std::vector<TsPacket> make_ts(const std::vector<Unit>& units, const std::vector<TsLayout>& layouts) {
  TsWriter writer;
  std::size_t layout = 0;
  for (const Unit& unit : units) {
    while (layout + 1 < layouts.size() && layouts[layout + 1].from <= unit.at) ++layout;
    writer.write(unit, layouts[layout], static_cast<int>(layout));
  }
  return writer.take();
}

std::vector<Sent> datagrams(const std::vector<TsPacket>& packets) {
  std::vector<Sent> out;
  for (std::size_t at = 0; at < packets.size();) {
    feed::TsBytes bytes;
    std::vector<std::uint8_t> payload;
    std::size_t end = at;
    for (; end < packets.size() && end - at < 7 && packets[end].at == packets[at].at; ++end) {
      payload.insert(payload.end(), packets[end].bytes.begin(), packets[end].bytes.end());
    }
    bytes.payload = base::Bytes::adopt(std::move(payload));
    out.push_back({packets[at].at, std::move(bytes)});
    at = end;
  }
  return out;
}

std::vector<Sent> make_rtmp(const std::vector<Unit>& units) {
  std::vector<Sent> out;
  std::array<const media::Track*, 2> before{};
  for (const Unit& unit : units) {
    const std::uint8_t type = unit.video ? feed::kRtmpVideo : feed::kRtmpAudio;
    const media::Track*& known = before[unit.video ? 0 : 1];
    if (known != unit.track) {
      known = unit.track;
      const rtmp::Buffer config = buffer(unit.track->config.view());
      out.push_back(
          {unit.at, message(type, unit, unit.video ? rtmp::avc_tag(1, 0, 0, config) : rtmp::aac_tag(0, config))});
    }
    const auto composition = static_cast<int>(media::rescale(unit.pts - unit.dts, 90000, 1000));
    const rtmp::Buffer data = buffer(unit.data.view());
    out.push_back({unit.at, message(type, unit,
                                    unit.video ? rtmp::avc_tag(unit.key ? 1 : 2, 1, composition, data)
                                               : rtmp::aac_tag(1, data))});
  }
  return out;
}

}  // namespace corruption
