#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "exp_golomb.h"
#include "media/bit_reader.h"
#include "media/h264.h"
#include "media/hevc.h"
#include "media/nal.h"
#include "media/time_code.h"
#include "media/track.h"

/// Pictures that carry time code, and the tracks that they are of.
namespace media::testing {

struct CodedTiming {
  unsigned time_scale = 50;  ///< a tick is a field
  unsigned tick = 1;
  bool hrd = false;
  bool pic_struct = true;
  unsigned delay_bits = 17;  ///< of each, with hrd
};

/// An SPS of H.264 Baseline, 320x176.
inline std::vector<std::uint8_t> timed_sps(const CodedTiming& timing) {
  BitWriter out;
  out.bits(8, 0x67);
  out.bits(24, 0x42001e);
  for (const std::uint32_t value : {0U, 0U, 2U, 1U}) ue(out, value);  // id, frame_num, order type, reference frames
  out.flag(false);
  ue(out, 19);
  ue(out, 10);
  out.bits(3, 0b110);  // frames only, 8x8 inference, no crop
  out.flag(true);      // VUI
  out.bits(4, 0);
  out.flag(true);
  out.bits(32, timing.tick);
  out.bits(32, timing.time_scale);
  out.flag(true);
  out.flag(timing.hrd);
  if (timing.hrd) {
    ue(out, 0);
    out.bits(8, 0);
    ue(out, 1000);
    ue(out, 1000);
    out.flag(false);
    out.bits(5, 23);
    out.bits(5, timing.delay_bits - 1);
    out.bits(5, timing.delay_bits - 1);
    out.bits(5, 24);
  }
  out.flag(false);
  if (timing.hrd) out.flag(false);  // low_delay_hrd_flag
  out.flag(timing.pic_struct);
  out.flag(false);
  out.bits(1, 1);  // rbsp_trailing_bits
  return escape(out.take());
}

inline Track timed_h264(const CodedTiming& timing = {}) {
  const std::vector<std::uint8_t> sps = timed_sps(timing);
  const std::vector<std::uint8_t> pps{0x68, 0xce, 0x38, 0x80};
  const std::vector<base::View> sets{base::View{sps}};
  const std::vector<base::View> pictures{base::View{pps}};
  Track track;
  track.codec = Codec::kH264;
  track.config = h264::make_avcc(sets, pictures).take();
  track.video = h264::parse_sps(base::View{sps})->video;
  return track;
}

/// What a clock timestamp leaves out.
enum class Stamp : std::uint8_t { kFull, kSeconds, kFramesOnly };

inline void write_clock(BitWriter& out, const TimeCode& code, unsigned frame_bits, Stamp stamp) {
  out.bits(5, code.drop_frame ? 4 : 0);
  out.flag(stamp == Stamp::kFull);
  out.bits(2, 0);
  out.bits(frame_bits, code.frames);
  if (stamp == Stamp::kFramesOnly) {
    out.flag(false);
    return;
  }
  if (stamp == Stamp::kSeconds) out.flag(true);
  out.bits(6, code.seconds);
  if (stamp == Stamp::kSeconds) {
    out.flag(false);
    return;
  }
  out.bits(6, code.minutes);
  out.bits(5, code.hours);
}

inline base::Bytes picture_with(std::vector<std::uint8_t> header, std::uint8_t type, BitWriter message,
                                std::vector<std::uint8_t> slice) {
  message.bits(1, 1);
  const std::vector<std::uint8_t> payload = message.take();
  header.push_back(type);
  header.push_back(static_cast<std::uint8_t>(payload.size()));
  header.insert(header.end(), payload.begin(), payload.end());
  header.push_back(0x80);
  const std::vector<std::uint8_t> sei = escape(header);
  const std::vector<base::View> nals{base::View{sei}, base::View{slice}};
  return join_lengths(nals);
}

/// One picture of timed_h264(timing).
inline base::Bytes h264_picture(const TimeCode& code, const CodedTiming& timing = {}, Stamp stamp = Stamp::kFull,
                                unsigned pic_struct = 0) {
  BitWriter message;
  if (timing.hrd) message.bits(timing.delay_bits, 5);
  if (timing.hrd) message.bits(timing.delay_bits, 3);
  message.bits(4, pic_struct);
  message.flag(true);
  message.bits(2, 0);
  message.flag(true);
  write_clock(message, code, 8, stamp);
  return picture_with({h264::kSei}, 1, std::move(message), {0x65, 0x88, 0x80});
}

inline base::Bytes hevc_picture(const TimeCode& code) {
  BitWriter message;
  message.bits(2, 1);
  message.flag(true);
  message.flag(false);
  write_clock(message, code, 9, Stamp::kFull);
  message.bits(5, 0);
  return picture_with({hevc::kPrefixSei << 1, 1}, 136, std::move(message), {hevc::kIdrWRadl << 1, 1, 0xaf});
}

/// A group's header, and its first picture in decoding order, which is shown as number `shown` of the group.
inline base::Bytes mpeg2_picture(const TimeCode& code, unsigned shown) {
  BitWriter out;
  out.bits(32, 0x1b8);
  out.flag(code.drop_frame);
  out.bits(5, code.hours);
  out.bits(6, code.minutes);
  out.flag(true);
  out.bits(6, code.seconds);
  out.bits(6, code.frames);
  out.bits(7, 0);
  out.bits(32, 0x100);
  out.bits(10, shown);
  out.bits(3, 1);
  out.bits(19, 0xffff << 3);
  out.bits(32, 0x101);
  out.bits(32, 0x22222222);
  return base::Bytes::adopt(out.take());
}

inline Track timed(Codec codec, Rational rate) {
  Track track;
  track.codec = codec;
  track.video.frame_rate = rate;
  return track;
}

}  // namespace media::testing
