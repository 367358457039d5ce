#include "media/aac.h"

#include <array>

#include "base/byte_writer.h"

namespace media::aac {
namespace {

using base::Code;
using base::Error;
using base::View;

constexpr std::array<int, 13> kSampleRates{96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                           22050, 16000, 12000, 11025, 8000,  7350};
constexpr std::array<std::uint8_t, 15> kChannels{0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8};
constexpr std::uint32_t kEscapedRate = 15;
constexpr int kSbr = 5;
constexpr int kPs = 29;
constexpr std::uint32_t kProgramConfigElement = 5;

int read_object_type(BitReader& reader) {
  const std::uint32_t type = reader.bits(5);
  return static_cast<int>(type == 31 ? 32 + reader.bits(6) : type);
}

/// 0 where the index is reserved.
int read_sample_rate(BitReader& reader) {
  const std::uint32_t index = reader.bits(4);
  if (index == kEscapedRate) return static_cast<int>(reader.bits(24));
  return index < kSampleRates.size() ? kSampleRates[index] : 0;
}

void write_sample_rate(BitWriter& writer, int sample_rate) {
  for (std::size_t i = 0; i < kSampleRates.size(); ++i) {
    if (kSampleRates[i] == sample_rate) return writer.bits(4, i);
  }
  writer.bits(4, kEscapedRate);
  writer.bits(24, static_cast<std::uint64_t>(sample_rate));
}

/// Channels of a program_config_element after its tag [ISO 14496-3 table 4.2]; `copy`, if given, gets the bits read.
class ProgramConfig {
 public:
  ProgramConfig(BitReader& reader, std::size_t origin, BitWriter* copy)
      : reader_(reader), origin_(origin), copy_(copy) {}

  int read() {
    take(4 + 2 + 4);  // instance tag, object type, sampling frequency index
    const std::uint32_t front = take(4);
    const std::uint32_t side = take(4);
    const std::uint32_t back = take(4);
    const std::uint32_t lfe = take(2);
    const std::uint32_t associated = take(3);
    const std::uint32_t coupling = take(4);
    if (take(1) != 0) take(4);  // mono mixdown
    if (take(1) != 0) take(4);  // stereo mixdown
    if (take(1) != 0) take(3);  // matrix mixdown
    std::uint32_t channels = lfe;
    for (std::uint32_t i = 0; i < front + side + back; ++i) {
      channels += 1 + take(1);  // a pair where is_cpe
      take(4);
    }
    for (std::uint32_t i = 0; i < lfe + associated; ++i) take(4);
    for (std::uint32_t i = 0; i < coupling; ++i) take(5);
    reader_.align(origin_);
    if (copy_ != nullptr) copy_->align();
    const std::uint32_t comment = take(8);
    for (std::uint32_t i = 0; i < comment && !reader_.failed(); ++i) take(8);
    return static_cast<int>(channels);
  }

 private:
  std::uint32_t take(unsigned count) {
    const std::uint32_t value = reader_.bits(count);
    if (copy_ != nullptr) copy_->bits(count, value);
    return value;
  }

  BitReader& reader_;
  std::size_t origin_;  ///< where the bytes that it aligns to begin
  BitWriter* copy_;
};

void read_general_audio(BitReader& reader, std::size_t origin, Config& config) {
  const bool short_frames = reader.flag();
  config.frame_samples = short_frames ? 960 : 1024;
  if (config.object_type == 23) config.frame_samples = short_frames ? 480 : 512;
  if (reader.flag()) reader.skip(14);  // coreCoderDelay
  const bool extension = reader.flag();
  if (config.channel_config == 0) config.channels = ProgramConfig{reader, origin, nullptr}.read();
  if (config.object_type == 6 || config.object_type == 20) reader.skip(3);  // layerNr
  if (extension) {
    if (config.object_type == 22) reader.skip(16);
    if (config.object_type >= 17 && config.object_type != 21 && config.object_type != 22) reader.skip(3);
    reader.skip(1);
  }
  if (config.object_type >= 17) reader.skip(2);  // epConfig of the error resilient types
}

/// The backward compatible signalling at the end: 0x2b7 and SBR, then perhaps 0x548 and PS.
void read_sync_extension(BitReader& reader, Config& config) {
  if (reader.left() < 16) return;
  BitReader ahead = reader;
  if (ahead.bits(11) != 0x2b7 || read_object_type(ahead) != kSbr) return;
  config.sbr = ahead.flag();
  if (config.sbr) {
    const int rate = read_sample_rate(ahead);
    if (rate > 0) config.sample_rate = rate;
    if (ahead.left() >= 12) {
      BitReader further = ahead;
      if (further.bits(11) == 0x548) {
        config.ps = further.flag();
        ahead = further;
      }
    }
  }
  if (!ahead.failed()) reader = ahead;
}

bool is_general_audio(int object_type) {
  switch (object_type) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 6:
    case 7:
    case 17:
    case 19:
    case 20:
    case 21:
    case 22:
    case 23: return true;
    default: return false;
  }
}

/// AudioSpecificConfig up to where the backward compatible extension would stand.
base::Status read_core(BitReader& reader, Config& config) {
  const std::size_t origin = reader.position();
  config.object_type = read_object_type(reader);
  config.core_sample_rate = config.sample_rate = read_sample_rate(reader);
  config.channel_config = static_cast<int>(reader.bits(4));
  if (config.object_type == kSbr || config.object_type == kPs) {
    config.sbr = true;
    config.ps = config.object_type == kPs;
    config.sample_rate = read_sample_rate(reader);
    config.object_type = read_object_type(reader);
    if (config.object_type == 22) reader.skip(4);
  }
  if (reader.failed()) return Error{Code::kTruncated, "AudioSpecificConfig"};
  if (config.core_sample_rate <= 0 || config.sample_rate <= 0) return Error{Code::kMalformed, "AAC sampling frequency"};
  config.channels = channels_of(config.channel_config);
  if (is_general_audio(config.object_type)) {
    read_general_audio(reader, origin, config);
  } else if (config.object_type == 39) {
    // ELD [ISO 14496-3 4.6.20]: what follows the frame length are tools, none of them ours to know.
    config.frame_samples = reader.flag() ? 480 : 512;
  } else if (config.object_type != 42) {
    return Error{Code::kUnsupported, "MPEG-4 audio object type " + std::to_string(config.object_type)};
  }
  if (reader.failed()) return Error{Code::kTruncated, "AudioSpecificConfig"};
  if (config.channels == 0) return Error{Code::kMalformed, "AAC channel configuration"};
  return base::Ok{};
}

}  // namespace

int channels_of(int channel_config) {
  const bool known = channel_config >= 0 && static_cast<std::size_t>(channel_config) < kChannels.size();
  return known ? kChannels[static_cast<std::size_t>(channel_config)] : 0;
}

base::Result<Config> parse_config(View audio_specific_config) {
  BitReader reader{audio_specific_config};
  Config config;
  TRY_OK(read_core(reader, config));
  if (!config.sbr) read_sync_extension(reader, config);
  return config;
}

base::Result<Config> parse_config(BitReader& reader) {
  // Without a length around it no extension can follow [ISO 14496-3 1.7.3.2.3, audioMuxVersion 0]: the next bits are
  // LATM's.
  Config config;
  TRY_OK(read_core(reader, config));
  return config;
}

base::Bytes make_config(int object_type, int sample_rate, int channel_config) {
  BitWriter writer;
  writer.bits(5, static_cast<std::uint64_t>(object_type));
  write_sample_rate(writer, sample_rate);
  writer.bits(4, static_cast<std::uint64_t>(channel_config));
  writer.bits(3, 0);  // 1024 samples, no core coder, no extension
  return base::Bytes::adopt(writer.take());
}

base::Bytes with_sbr(View config) {
  BitWriter writer;
  for (const std::uint8_t byte : config) writer.bits(8, byte);
  writer.bits(11, 0x2b7);
  writer.bits(5, kSbr);
  writer.flag(true);
  BitReader reader{config};
  reader.skip(5);
  write_sample_rate(writer, 2 * read_sample_rate(reader));
  return base::Bytes::adopt(writer.take());
}

std::string codec_string(const Config& config) {
  const int shown = config.ps ? kPs : config.sbr ? kSbr : config.object_type;
  return "mp4a.40." + std::to_string(shown);
}

base::Result<Adts> parse_adts(View bytes) {
  if (bytes.size() < 7) return Error{Code::kTruncated, "ADTS header", bytes.size()};
  BitReader reader{bytes};
  if (reader.bits(12) != 0xfff) return Error{Code::kMalformed, "ADTS sync word"};
  reader.skip(1);  // MPEG-2 or MPEG-4: alike for AAC-LC
  if (reader.bits(2) != 0) return Error{Code::kMalformed, "ADTS layer", 1};
  Adts adts;
  adts.header_size = reader.flag() ? 7 : 9;
  adts.object_type = static_cast<int>(reader.bits(2)) + 1;
  const std::uint32_t rate = reader.bits(4);
  if (rate >= kSampleRates.size()) return Error{Code::kMalformed, "ADTS sampling frequency", 2};
  adts.sample_rate = kSampleRates[rate];
  reader.skip(1);
  adts.channel_config = static_cast<int>(reader.bits(3));
  reader.skip(4);
  adts.frame_size = reader.bits(13);
  reader.skip(11);
  adts.raw_blocks = static_cast<int>(reader.bits(2)) + 1;
  if (adts.frame_size <= adts.header_size) return Error{Code::kMalformed, "ADTS frame length", 3};
  return adts;
}

base::Result<base::Bytes> config_of_adts(View frame) {
  TRY(const Adts adts, parse_adts(frame));
  if (adts.channel_config != 0) return make_config(adts.object_type, adts.sample_rate, adts.channel_config);
  if (frame.size() < adts.frame_size) return Error{Code::kTruncated, "ADTS frame", frame.size()};
  BitReader reader{frame.first(adts.frame_size).subspan(adts.header_size)};
  if (reader.bits(3) != kProgramConfigElement) return Error{Code::kMalformed, "ADTS without channels"};
  BitWriter writer;
  writer.bits(5, static_cast<std::uint64_t>(adts.object_type));
  write_sample_rate(writer, adts.sample_rate);
  writer.bits(4 + 3, 0);
  const int channels = ProgramConfig{reader, 0, &writer}.read();
  if (reader.failed()) return Error{Code::kTruncated, "AAC program config element"};
  if (channels == 0) return Error{Code::kMalformed, "AAC program config element"};
  return base::Bytes::adopt(writer.take());
}

}  // namespace media::aac
