#include "media/ac3.h"

#include <algorithm>
#include <array>

#include "media/bit_reader.h"

namespace media::ac3 {
namespace {

using base::Code;
using base::Error;
using base::View;

constexpr std::array<int, 3> kSampleRates{48000, 44100, 32000};
constexpr std::array<int, 19> kBitRates{32,  40,  48,  56,  64,  80,  96,  112, 128, 160,
                                        192, 224, 256, 320, 384, 448, 512, 576, 640};
constexpr std::array<int, 8> kFullChannels{2, 1, 2, 3, 3, 4, 4, 5};
constexpr std::array<int, 4> kBlocks{1, 2, 3, 6};
constexpr std::uint32_t kReservedRate = 3;

int channels_of(std::uint8_t acmod, bool lfe) { return kFullChannels[acmod] + (lfe ? 1 : 0); }

/// Bytes of an AC-3 frame [TS 102 366 table 4.13]: two bytes a kbit/s at 48 kHz, more at the lower rates.
std::size_t frame_bytes(int bit_rate, std::uint32_t fscod, bool odd) {
  const auto rate = static_cast<std::size_t>(bit_rate);
  if (fscod == 0) return rate * 4;
  if (fscod == 2) return rate * 6;
  return (rate * 96000 / 44100 + (odd ? 1 : 0)) * 2;
}

base::Result<Frame> parse_plain(BitReader& reader) {
  Frame frame;
  reader.skip(16);  // crc1
  const std::uint32_t fscod = reader.bits(2);
  const std::uint32_t size_code = reader.bits(6);
  if (fscod == kReservedRate || size_code / 2 >= kBitRates.size()) return Error{Code::kMalformed, "AC-3 frame size", 4};
  frame.fscod = static_cast<std::uint8_t>(fscod);
  frame.rate_code = static_cast<std::uint8_t>(size_code / 2);
  frame.bsid = static_cast<std::uint8_t>(reader.bits(5));
  frame.bsmod = static_cast<std::uint8_t>(reader.bits(3));
  frame.acmod = static_cast<std::uint8_t>(reader.bits(3));
  if ((frame.acmod & 1) != 0 && frame.acmod != 1) reader.skip(2);  // centre mix level
  if ((frame.acmod & 4) != 0) reader.skip(2);                      // surround mix level
  if (frame.acmod == 2) reader.skip(2);                            // Dolby surround mode
  frame.lfe = reader.flag();
  frame.bit_rate = kBitRates[frame.rate_code];
  frame.frame_size = frame_bytes(frame.bit_rate, fscod, size_code % 2 != 0);
  // bsid 9 and 10 are the half and quarter rates of Annex D's predecessor.
  const int halvings = frame.bsid > 8 ? frame.bsid - 8 : 0;
  frame.sample_rate = kSampleRates[fscod] >> halvings;
  return frame;
}

base::Result<Frame> parse_enhanced(BitReader& reader) {
  Frame frame;
  frame.enhanced = true;
  frame.stream_type = static_cast<std::uint8_t>(reader.bits(2));
  if (frame.stream_type == 3) return Error{Code::kMalformed, "E-AC-3 stream type", 2};
  frame.substream = static_cast<std::uint8_t>(reader.bits(3));
  frame.frame_size = (reader.bits(11) + 1) * 2;
  const std::uint32_t fscod = reader.bits(2);
  frame.fscod = static_cast<std::uint8_t>(fscod);
  const std::uint32_t second = reader.bits(2);  // fscod2 or numblkscod
  if (fscod == kReservedRate) {
    if (second == kReservedRate) return Error{Code::kMalformed, "E-AC-3 sample rate", 4};
    frame.sample_rate = kSampleRates[second] / 2;
  } else {
    frame.sample_rate = kSampleRates[fscod];
    frame.samples = 256 * kBlocks[second];
  }
  frame.acmod = static_cast<std::uint8_t>(reader.bits(3));
  frame.lfe = reader.flag();
  frame.bsid = static_cast<std::uint8_t>(reader.bits(5));
  frame.bit_rate = static_cast<int>(frame.frame_size * 8 * static_cast<std::size_t>(frame.sample_rate) /
                                    static_cast<std::size_t>(frame.samples) / 1000);
  return frame;
}

}  // namespace

bool is_bit_rate(int rate) {
  return rate % 1000 == 0 && std::find(kBitRates.begin(), kBitRates.end(), rate / 1000) != kBitRates.end();
}

base::Result<Frame> parse_frame(View bytes) {
  if (bytes.size() < 8) return Error{Code::kTruncated, "AC-3 sync frame", bytes.size()};
  if (bytes[0] != 0x0b || bytes[1] != 0x77) return Error{Code::kMalformed, "AC-3 sync word"};
  BitReader reader{bytes};
  reader.skip(16);
  const unsigned bsid = bytes[5] >> 3;
  if (bsid > 16) return Error{Code::kUnsupported, "AC-3 bsid", 5};
  TRY(Frame frame, bsid > 10 ? parse_enhanced(reader) : parse_plain(reader));
  if (frame.frame_size < 8) return Error{Code::kMalformed, "AC-3 frame size"};
  frame.channels = channels_of(frame.acmod, frame.lfe);
  return frame;
}

base::Bytes make_dac3(const Frame& frame) {
  BitWriter writer;
  writer.bits(2, frame.fscod);
  writer.bits(5, frame.bsid);
  writer.bits(3, frame.bsmod);
  writer.bits(3, frame.acmod);
  writer.flag(frame.lfe);
  writer.bits(5, frame.rate_code);
  writer.bits(5, 0);
  return base::Bytes::adopt(writer.take());
}

base::Bytes make_dec3(const Frame& frame) {
  BitWriter writer;
  writer.bits(13, static_cast<std::uint64_t>(std::clamp(frame.bit_rate, 0, 8191)));
  writer.bits(3, 0);  // one independent substream
  writer.bits(2, frame.fscod);
  writer.bits(5, frame.bsid);
  writer.bits(1, 0);
  writer.bits(1, 0);  // asvc: this is a main service
  writer.bits(3, frame.bsmod);
  writer.bits(3, frame.acmod);
  writer.flag(frame.lfe);
  writer.bits(3, 0);
  writer.bits(4, 0);  // no dependent substream
  writer.bits(1, 0);
  return base::Bytes::adopt(writer.take());
}

base::Result<Frame> parse_dac3(View payload) {
  BitReader reader{payload};
  Frame frame;
  frame.fscod = static_cast<std::uint8_t>(reader.bits(2));
  frame.bsid = static_cast<std::uint8_t>(reader.bits(5));
  frame.bsmod = static_cast<std::uint8_t>(reader.bits(3));
  frame.acmod = static_cast<std::uint8_t>(reader.bits(3));
  frame.lfe = reader.flag();
  frame.rate_code = static_cast<std::uint8_t>(reader.bits(5));
  reader.skip(5);
  if (reader.failed()) return Error{Code::kTruncated, "dac3", payload.size()};
  if (frame.fscod == kReservedRate || frame.rate_code >= kBitRates.size()) return Error{Code::kMalformed, "dac3"};
  frame.sample_rate = kSampleRates[frame.fscod];
  frame.bit_rate = kBitRates[frame.rate_code];
  frame.channels = channels_of(frame.acmod, frame.lfe);
  return frame;
}

base::Result<Frame> parse_dec3(View payload) {
  BitReader reader{payload};
  Frame frame;
  frame.enhanced = true;
  frame.bit_rate = static_cast<int>(reader.bits(13));
  reader.skip(3);
  frame.fscod = static_cast<std::uint8_t>(reader.bits(2));
  frame.bsid = static_cast<std::uint8_t>(reader.bits(5));
  reader.skip(2);
  frame.bsmod = static_cast<std::uint8_t>(reader.bits(3));
  frame.acmod = static_cast<std::uint8_t>(reader.bits(3));
  frame.lfe = reader.flag();
  reader.skip(3);
  const std::uint32_t dependent = reader.bits(4);
  const std::uint32_t locations = dependent > 0 ? reader.bits(9) : reader.bits(1);
  if (reader.failed()) return Error{Code::kTruncated, "dec3", payload.size()};
  // Reduced rates (fscod 3) are given in the frames only; they are not used in broadcasting.
  if (frame.fscod == kReservedRate) return Error{Code::kUnsupported, "dec3 with a reduced sample rate"};
  frame.sample_rate = kSampleRates[frame.fscod];
  frame.channels = channels_of(frame.acmod, frame.lfe);
  // chan_loc [TS 102 366 F.6.2.13]: of the pairs only Lrs/Rrs and the like count two; 7.1 is what is seen.
  if (dependent > 0) frame.channels += 2 * (locations != 0 ? 1 : 0);
  return frame;
}

}  // namespace media::ac3
