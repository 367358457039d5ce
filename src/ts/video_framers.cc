#include "ts/video_framers.h"

#include <algorithm>

#include "base/byte_writer.h"
#include "media/av1.h"
#include "media/mpeg2.h"

namespace ts {
namespace {

/// A size as AV1 writes it: seven bits a byte, lowest first.
void write_leb128(base::ByteWriter& out, std::size_t value) {
  while (value >= 0x80) {
    out.u8((value & 0x7f) | 0x80);
    value >>= 7;
  }
  out.u8(value);
}

}  // namespace

void VideoFramer::feed(TimedPes&& pes) {
  if (!pes.pts && held_ && held_->data.size() + pes.data.size() <= kMaxUnit) {
    base::ByteWriter joined(held_->data.size() + pes.data.size());
    joined.bytes(held_->data.view());
    joined.bytes(pes.data.view());
    held_->data = joined.take_bytes();
    held_->arrived = pes.arrived;
    if (pes.data.size() < kMayGoOn) release();
    return;
  }
  release();
  if (!pes.pts) {
    ++writer_.counters().untimed;
    return;
  }
  if (pes.bounded && pes.data.size() >= kMayGoOn) {
    held_ = std::move(pes);
  } else {
    open(pes);
  }
}

void VideoFramer::release() {
  if (!held_) return;
  const TimedPes unit = std::move(*held_);
  held_.reset();
  open(unit);
}

void VideoFramer::lose() {
  if (held_) ++writer_.counters().pes_damaged;
  held_.reset();
}

void VideoFramer::flush() { release(); }

void VideoFramer::write(const TimedPes& unit, const media::Picture& picture, base::Bytes data) {
  if (!writer_.announced()) {
    ++writer_.counters().frames_bad;
    return;
  }
  media::Packet packet;
  packet.pts = *unit.pts;
  packet.dts = unit.dts.value_or(*unit.pts);
  packet.key = picture.key;
  packet.idr = picture.idr;
  packet.arrived = unit.arrived;
  packet.data = std::move(data);
  writer_.write(std::move(packet));
}

void Mpeg2Framer::open(const TimedPes& unit) {
  const media::Picture picture = media::mpeg2::inspect(unit.data.view());
  if (auto video = media::mpeg2::parse_sequence(unit.data.view())) {
    media::Track track;
    track.codec = media::Codec::kMpeg2Video;
    track.video = video.take();
    writer_.announce(std::move(track));
  }
  if (!picture.coded) {
    ++writer_.counters().frames_bad;
    return;
  }
  write(unit, picture, unit.data);
}

void Av1Framer::append(const media::av1::Obu& obu, base::ByteWriter& out) {
  if (obu.type == media::av1::kTemporalDelimiter || obu.type == media::av1::kPadding) return;
  const std::size_t start = out.size();
  out.u8(obu.whole[0] | 0x02U);                          // obu_has_size_field
  if ((obu.whole[0] & 0x04) != 0) out.u8(obu.whole[1]);  // obu_extension_flag
  write_leb128(out, obu.payload.size());
  out.bytes(obu.payload);
  if (obu.type != media::av1::kSequenceHeader) return;
  auto config = media::av1::make_av1c(out.view().subspan(start));
  if (!config) return;
  media::Track track;
  track.codec = media::Codec::kAv1;
  track.config = config.take();
  writer_.announce(std::move(track));
}

void Av1Framer::open(const TimedPes& unit) {
  base::ByteWriter out(unit.data.size() + 16);
  for (const base::View escaped : media::split_annexb(unit.data.view())) {
    const std::vector<std::uint8_t> plain = media::unescape(escaped);
    auto obus = media::av1::split_obus(plain);
    if (!obus) {
      ++writer_.counters().frames_bad;
      return;
    }
    for (const media::av1::Obu& obu : *obus) append(obu, out);
  }
  const media::Picture picture = media::av1::inspect(out.view());
  if (!picture.coded) {
    ++writer_.counters().frames_bad;
    return;
  }
  write(unit, picture, out.take_bytes());
}

}  // namespace ts
