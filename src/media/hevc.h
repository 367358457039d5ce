#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/hdr.h"
#include "media/nal.h"
#include "media/track.h"

/// HEVC: parameter sets, their hvcC box and codec string, and what an access unit is. Spec: [H.265], [ISO 14496-15].
namespace media::hevc {

inline constexpr std::uint8_t kRadlN = 6;
inline constexpr std::uint8_t kRaslN = 8;
inline constexpr std::uint8_t kRaslR = 9;
inline constexpr std::uint8_t kBlaWLp = 16;
inline constexpr std::uint8_t kIdrWRadl = 19;
inline constexpr std::uint8_t kIdrNLp = 20;
inline constexpr std::uint8_t kCra = 21;
inline constexpr std::uint8_t kVps = 32;
inline constexpr std::uint8_t kSps = 33;
inline constexpr std::uint8_t kPps = 34;
inline constexpr std::uint8_t kAud = 35;
inline constexpr std::uint8_t kEndOfSequence = 36;
inline constexpr std::uint8_t kEndOfBitstream = 37;
inline constexpr std::uint8_t kFiller = 38;
inline constexpr std::uint8_t kPrefixSei = 39;
inline constexpr std::uint8_t kSuffixSei = 40;

/// REQUIRES: the unit is not empty.
constexpr std::uint8_t nal_type(base::View nal) { return (nal[0] >> 1) & 0x3f; }

/// general_ part of profile_tier_level().
struct ProfileTierLevel {
  std::uint8_t profile_space = 0;
  bool high_tier = false;
  std::uint8_t profile = 0;
  std::uint32_t compatibility = 0;
  std::array<std::uint8_t, 6> constraints{};
  std::uint8_t level = 0;
};

struct Sps {
  std::uint32_t id = 0;
  std::uint32_t vps_id = 0;
  ProfileTierLevel ptl;
  std::uint8_t chroma_format = 1;
  std::uint8_t bit_depth_luma = 8;
  std::uint8_t bit_depth_chroma = 8;
  std::uint8_t temporal_layers = 1;
  bool temporal_nesting = false;
  std::uint32_t min_spatial_segmentation = 0;
  VideoParams video;        ///< frame_rate 0/1 where the VUI has no timing
  int max_num_reorder = 0;  ///< of the highest temporal layer
};

/// Reads a sequence parameter set (with its NAL header). Errors: kTruncated, kMalformed, kTooLarge (above 16384 a
/// side).
base::Result<Sps> parse_sps(base::View nal);
/// Frames a second of a VPS, 0/1 where it has no timing. Errors: kTruncated, kMalformed.
base::Result<Rational> parse_vps_frame_rate(base::View nal);

/// Payload of an hvcC box.
struct Config {
  ProfileTierLevel ptl;
  int length_size = 4;
  std::vector<base::View> vps;  ///< live as long as the bytes parsed
  std::vector<base::View> sps;
  std::vector<base::View> pps;
  std::vector<base::View> sei;
};
base::Result<Config> parse_hvcc(base::View hvcc);
/// hvcC of these units with 4-byte lengths, arrays complete (sample entry hvc1, CM-5). `sei` are prefix SEI units that
/// hold for the whole stream: mastering display and content light level (CM-4).
/// Errors: kMalformed without a VPS, an SPS and a PPS, or where the first SPS does not parse.
base::Result<base::Bytes> make_hvcc(std::span<const base::View> vps, std::span<const base::View> sps,
                                    std::span<const base::View> pps, std::span<const base::View> sei = {});

/// "hvc1.2.4.L153.B0" (CM-28).
std::string codec_string(const ProfileTierLevel& ptl);

/// HDR10 static metadata of the SEI units.
HdrMetadata parse_hdr_sei(std::span<const base::View> sei);

/// What the access unit is: key for every IRAP picture, idr for IDR and BLA_N_LP.
Picture inspect(std::span<const base::View> nals);

/// Gathers in-band parameter sets. Bounded: 16 VPS, 16 SPS and 64 PPS of at most 4 KiB each.
class ParameterSets {
 public:
  /// True if the unit is a parameter set that is new or differs from the one of its id. HDR10 SEI are kept, too, and
  /// the first of each counts as a change.
  bool feed(base::View nal);
  /// True once a VPS, an SPS and a PPS are here.
  bool complete() const;
  /// hvcC of all of them, by id. Errors: as make_hvcc.
  base::Result<base::Bytes> config() const;
  void clear();

 private:
  struct Entry {
    std::uint32_t id = 0;
    std::vector<std::uint8_t> nal;
  };
  static bool put(std::vector<Entry>& entries, std::uint32_t id, base::View nal);
  static bool put_sei(std::vector<Entry>& entries, std::uint32_t type, base::View payload);

  std::vector<Entry> vps_;
  std::vector<Entry> sps_;
  std::vector<Entry> pps_;
  std::vector<Entry> sei_;
};

}  // namespace media::hevc
