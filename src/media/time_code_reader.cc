#include "media/time_code_reader.h"

#include <algorithm>

#include "media/bit_reader.h"
#include "media/each_nal.h"
#include "media/h264.h"
#include "media/hevc.h"
#include "media/nal.h"

namespace media {
namespace {

constexpr std::uint32_t kPictureTiming = 1;
constexpr std::uint32_t kTimeCodeMessage = 136;
constexpr std::uint32_t kDropsTwoLowest = 4;  // counting_type
// Messages that may be long, captions, come after the timing.
constexpr std::size_t kMostOfSei = 1024;
// Codes count pairs of pictures at higher rates, or single ones.
constexpr std::uint16_t kHighestFrameRate = 30;
constexpr std::uint8_t kMpeg2Picture = 0x00;
constexpr std::uint8_t kMpeg2Group = 0xb8;
constexpr std::uint8_t kMpeg2LastSlice = 0xaf;

/// A clock timestamp from counting_type on; what it leaves out is that of `code`. Nothing where it leaves something out
/// and nothing came before, or the bytes end.
std::optional<TimeCode> read_clock(BitReader& reader, unsigned frame_bits, TimeCode code, bool continues) {
  code.drop_frame = reader.bits(5) == kDropsTwoLowest;
  const bool full = reader.flag();
  reader.skip(2);  // discontinuity_flag, cnt_dropped_flag
  code.frames = static_cast<std::uint16_t>(reader.bits(frame_bits));
  const bool seconds = full || reader.flag();
  if (seconds) code.seconds = static_cast<std::uint8_t>(reader.bits(6));
  const bool minutes = full || (seconds && reader.flag());
  if (minutes) code.minutes = static_cast<std::uint8_t>(reader.bits(6));
  const bool hours = full || (minutes && reader.flag());
  if (hours) code.hours = static_cast<std::uint8_t>(reader.bits(5));
  if (reader.failed() || (!hours && !continues)) return std::nullopt;
  return code;
}

/// Clock timestamps of a picture by its pic_struct [H.264 table D-1].
unsigned clocks_of(std::uint32_t pic_struct) {
  constexpr std::array<std::uint8_t, 9> kClocks{1, 1, 1, 2, 2, 3, 3, 2, 3};
  return pic_struct < kClocks.size() ? kClocks[pic_struct] : 0;
}

/// The codes of H.264's first sequence parameter set.
h264::PictureTiming timing_of(const Track& track) {
  const auto config = h264::parse_avcc(track.config.view());
  if (!config.ok() || config->sps.empty()) return {};
  const auto timing = h264::parse_picture_timing(config->sps.front());
  return timing.ok() ? *timing : h264::PictureTiming{};
}

}  // namespace

void TimeCodeReader::set_track(const Track& track) {
  *this = {};
  codec_ = track.codec;
  rate_ = counted_rate(track.video.frame_rate);
  if (codec_ == Codec::kH264) timing_ = timing_of(track);
}

std::optional<TimeCode> TimeCodeReader::read(base::View sample) {
  if (rate_ == 0) return std::nullopt;
  if (codec_ == Codec::kMpeg2Video) return read_group(sample);
  const bool nals = codec_ == Codec::kHevc || (codec_ == Codec::kH264 && timing_.pic_struct);
  if (!nals) return std::nullopt;
  const std::optional<TimeCode> code = read_nals(sample);
  return code ? counted(*code) : std::nullopt;
}

std::optional<TimeCode> TimeCodeReader::read_nals(base::View sample) {
  std::optional<TimeCode> code;
  const bool hevc = codec_ == Codec::kHevc;
  each_nal(sample, [&](base::View nal, std::size_t) {
    const std::uint8_t type = hevc ? hevc::nal_type(nal) : h264::nal_type(nal);
    const bool slice = hevc ? type < hevc::kVps : type >= h264::kSlice && type <= h264::kIdr;
    if (type == (hevc ? hevc::kPrefixSei : h264::kSei)) code = read_sei(nal);
    return !code && !slice;
  });
  return code;
}

std::optional<TimeCode> TimeCodeReader::read_sei(base::View nal) {
  const bool hevc = codec_ == Codec::kHevc;
  const std::size_t header = hevc ? 2 : 1;
  if (nal.size() <= header) return std::nullopt;
  unescape(nal.subspan(header, std::min(nal.size() - header, kMostOfSei)), rbsp_);
  SeiReader messages(rbsp_);
  while (const auto message = messages.next()) {
    if (message->type == (hevc ? kTimeCodeMessage : kPictureTiming)) return read_message(message->payload);
  }
  return std::nullopt;
}

std::optional<TimeCode> TimeCodeReader::read_message(base::View payload) {
  const bool hevc = codec_ == Codec::kHevc;
  BitReader reader{payload};
  if (!hevc && timing_.delays) reader.skip(std::size_t{timing_.removal_bits} + timing_.output_bits);
  const unsigned clocks = hevc ? reader.bits(2) : clocks_of(reader.bits(4));
  for (unsigned i = 0; i < clocks && !reader.failed(); ++i) {
    if (!reader.flag()) continue;
    reader.skip(hevc ? 1 : 3);  // ct_type of H.264, whether units are fields
    TimeCode like = last_;
    like.rate = rate_;
    std::optional<TimeCode> code = read_clock(reader, hevc ? 9 : 8, like, any_);
    if (!code) return std::nullopt;
    code->drop_frame = code->drop_frame && rate_ % kHighestFrameRate == 0;
    if (!valid(*code)) return std::nullopt;
    last_ = *code;
    any_ = true;
    return code;
  }
  return std::nullopt;
}

/// The code in the units that it counts; nothing until those are known.
std::optional<TimeCode> TimeCodeReader::counted(TimeCode code) {
  if (rate_ <= kHighestFrameRate) return code;
  const std::int64_t number = frame_number(code);
  const auto end = recent_.begin() + static_cast<std::ptrdiff_t>(std::min(seen_, kRemembered));
  if (code.frames * 2 >= rate_) {
    pairs_ = false;
  } else if (std::find(recent_.begin(), end, number) != end) {
    pairs_ = true;
  } else if (seen_ >= kRemembered && !pairs_) {
    pairs_ = false;
  }
  recent_[seen_++ % kRemembered] = number;
  if (!pairs_) return std::nullopt;
  if (*pairs_) {
    code.rate = static_cast<std::uint16_t>(rate_ / 2);
    code.drop_frame = code.drop_frame && code.rate % kHighestFrameRate == 0;
  }
  return code;
}

/// A group's code is that of the picture in it that is shown first; the sample is the one that is decoded first.
std::optional<TimeCode> TimeCodeReader::read_group(base::View sample) const {
  std::optional<TimeCode> group;
  for (std::size_t code = find_start_code(sample, 0); code + 4 < sample.size();) {
    const std::uint8_t type = sample[code + 3];
    BitReader reader{sample.subspan(code + 4)};
    if (type > kMpeg2Picture && type <= kMpeg2LastSlice) return std::nullopt;
    if (type == kMpeg2Picture) {
      const std::uint32_t shown = reader.bits(10);  // temporal_reference
      return group && !reader.failed() ? std::optional(advanced(*group, shown)) : std::nullopt;
    }
    if (type == kMpeg2Group) {
      TimeCode read;
      read.source = TimeCode::Source::kGroup;
      read.rate = rate_;
      read.drop_frame = reader.flag() && rate_ % kHighestFrameRate == 0;
      read.hours = static_cast<std::uint8_t>(reader.bits(5));
      read.minutes = static_cast<std::uint8_t>(reader.bits(6));
      reader.skip(1);
      read.seconds = static_cast<std::uint8_t>(reader.bits(6));
      read.frames = static_cast<std::uint16_t>(reader.bits(6));
      if (reader.failed() || !valid(read)) return std::nullopt;
      group = read;
    }
    code = find_start_code(sample, code + 3);
  }
  return std::nullopt;
}

}  // namespace media
