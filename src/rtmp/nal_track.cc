#include "rtmp/nal_track.h"

#include <utility>

namespace rtmp {

base::Status NalTrack::take_header(base::View header) {
  const base::Bytes before = sets_.config();
  TRY(const int length_size, sets_.take_header(header));
  framing_.set_length_size(length_size);
  const base::Bytes& now = sets_.config();
  const bool repeated = now == header_config_ || now == before;
  needs_key_ = needs_key_ || (begun_ && !repeated);
  header_config_ = now;
  return base::Ok{};
}

base::Status NalTrack::feed(const TagPart& part, std::int64_t time, base::Micros arrived, base::Bytes body,
                            std::vector<AccessUnit>& whole) {
  AccessUnit piece;
  TRY(piece.nals, framing_.split(body.view()));
  piece.plain = framing_.is_plain(body.view(), piece.nals);
  piece.time = time;
  piece.composition = part.composition;
  piece.nanoseconds = part.nanoseconds;
  piece.key = part.key;
  piece.arrived = arrived;
  piece.messages.push_back(std::move(body));
  assembler_.feed(std::move(piece), whole);
  return base::Ok{};
}

std::optional<NalTrack::Frame> NalTrack::open(const AccessUnit& unit) {
  sets_.take(unit.nals);
  const media::Picture picture = media::inspect(codec_, unit.nals);
  if (!picture.coded) return std::nullopt;
  Frame frame;
  frame.key = unit.key || picture.key;
  frame.idr = picture.idr;
  if (needs_key_ && !frame.key) return std::nullopt;
  needs_key_ = false;
  begun_ = true;
  const bool strip = frame.key && picture.parameter_sets;
  if (unit.plain && !strip) {
    frame.data = unit.messages.front();
    return frame;
  }
  std::vector<base::View> kept;
  for (const base::View nal : unit.nals) {
    if (!strip || !is_parameter_set(codec_, nal)) kept.push_back(nal);
  }
  frame.data = media::join_lengths(kept);
  return frame;
}

}  // namespace rtmp
