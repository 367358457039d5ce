#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "media/bit_reader.h"

/// AAC: AudioSpecificConfig and ADTS. Spec: [ISO 14496-3 1.6.2, 1.A.3].
namespace media::aac {

struct Config {
  int object_type = 2;       ///< of the core: 2 LC, 1 Main, 3 SSR, 4 LTP, 23 LD, 39 ELD, 42 xHE-AAC
  bool sbr = false;          ///< signalled explicitly (HE-AAC)
  bool ps = false;           ///< signalled explicitly (HE-AAC v2)
  int core_sample_rate = 0;  ///< Units: Hz, that packets count in
  int sample_rate = 0;       ///< Units: Hz, of the output: twice the core's with SBR
  int channel_config = 0;    ///< 1 to 7, 11 to 14; 0 where a program config element tells
  int channels = 0;          ///< of the core's channel configuration (parametric stereo makes two of one)
  int frame_samples = 1024;  ///< a packet, at core_sample_rate

  friend bool operator==(const Config&, const Config&) = default;
};

/// Errors: kTruncated, kMalformed, kUnsupported (object types that no player of HLS decodes).
base::Result<Config> parse_config(base::View audio_specific_config);
/// The same from amid a bit stream (LATM); the reader then stands after it.
base::Result<Config> parse_config(BitReader& reader);
/// The plain two or five bytes. REQUIRES: object_type 1 to 4, sample_rate above 0, channel_config 1 to 7.
base::Bytes make_config(int object_type, int sample_rate, int channel_config);

/// The configuration with the extension that says that there is SBR, of twice its rate, to decoders that know it.
/// REQUIRES: make_config(2, at most 24000, ...). Spec: [ISO 14496-3 1.6.2.1].
base::Bytes with_sbr(base::View config);

/// "mp4a.40.2", "mp4a.40.5" with SBR, "mp4a.40.29" with PS (CM-29).
std::string codec_string(const Config& config);

/// An ADTS header, 7 bytes or 9 with a CRC.
struct Adts {
  int object_type = 2;
  int sample_rate = 0;
  int channel_config = 0;
  std::size_t header_size = 7;
  std::size_t frame_size = 0;  ///< header included
  int raw_blocks = 1;          ///< access units in the frame; 1 in practice

  friend bool operator==(const Adts&, const Adts&) = default;
};
/// Reads the header that the bytes start with; the frame itself need not be there.
/// Errors: kTruncated below 7 bytes, kMalformed where there is no sync word or a field has no meaning.
base::Result<Adts> parse_adts(base::View bytes);
/// AudioSpecificConfig of a whole ADTS frame; with channel configuration 0 from the program config element at the start
/// of its first block. Errors: kTruncated, kMalformed.
base::Result<base::Bytes> config_of_adts(base::View frame);

/// Channels of channelConfiguration, 0 for 0 and for reserved values.
int channels_of(int channel_config);

}  // namespace media::aac
