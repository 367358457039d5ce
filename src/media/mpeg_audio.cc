#include "media/mpeg_audio.h"

#include <array>

namespace media::mpeg_audio {
namespace {

using base::Code;
using base::Error;

using Rates = std::array<int, 15>;
constexpr Rates kVersion1Layer1{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448};
constexpr Rates kVersion1Layer2{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384};
constexpr Rates kVersion1Layer3{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
constexpr Rates kVersion2Layer1{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256};
constexpr Rates kVersion2Others{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
constexpr std::array<int, 3> kSampleRates{44100, 48000, 32000};

int bit_rate_of(const Frame& frame, std::size_t index) {
  if (frame.version != 1) return (frame.layer == 1 ? kVersion2Layer1 : kVersion2Others)[index];
  if (frame.layer == 1) return kVersion1Layer1[index];
  return (frame.layer == 2 ? kVersion1Layer2 : kVersion1Layer3)[index];
}

int samples_of(const Frame& frame) {
  if (frame.layer == 1) return 384;
  return frame.layer == 3 && frame.version != 1 ? 576 : 1152;
}

}  // namespace

base::Result<Frame> parse_frame(base::View bytes) {
  if (bytes.size() < 4) return Error{Code::kTruncated, "MPEG audio header", bytes.size()};
  if (bytes[0] != 0xff || (bytes[1] & 0xe0) != 0xe0) return Error{Code::kMalformed, "MPEG audio sync word"};
  const unsigned version = (bytes[1] >> 3) & 3;
  const unsigned layer = (bytes[1] >> 1) & 3;
  const std::size_t rate = (bytes[2] >> 2) & 3;
  const std::size_t bit_rate = bytes[2] >> 4;
  if (version == 1 || layer == 0 || rate == 3 || bit_rate == 15) return Error{Code::kMalformed, "MPEG audio header", 1};
  if (bit_rate == 0) return Error{Code::kUnsupported, "MPEG audio of free format", 2};
  Frame frame;
  frame.version = version == 3 ? 1 : version == 2 ? 2 : 25;
  frame.layer = static_cast<int>(4 - layer);
  frame.bit_rate = bit_rate_of(frame, bit_rate);
  frame.sample_rate = kSampleRates[rate] / (frame.version == 1 ? 1 : frame.version == 2 ? 2 : 4);
  frame.channels = (bytes[3] >> 6) == 3 ? 1 : 2;
  frame.samples = samples_of(frame);
  const int padding = (bytes[2] >> 1) & 1;
  const int slot = frame.layer == 1 ? 4 : 1;
  const int slots = frame.samples / 8 / slot * frame.bit_rate * 1000 / frame.sample_rate + padding;
  frame.frame_size = static_cast<std::size_t>(slots) * static_cast<std::size_t>(slot);
  return frame;
}

}  // namespace media::mpeg_audio
