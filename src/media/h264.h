#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/nal.h"
#include "media/track.h"

/// H.264: parameter sets, their avcC box and codec string, and what an access unit is. Spec: [H.264], [ISO 14496-15].
namespace media::h264 {

inline constexpr std::uint8_t kSlice = 1;
inline constexpr std::uint8_t kIdr = 5;
inline constexpr std::uint8_t kSei = 6;
inline constexpr std::uint8_t kSps = 7;
inline constexpr std::uint8_t kPps = 8;
inline constexpr std::uint8_t kAud = 9;
inline constexpr std::uint8_t kEndOfSequence = 10;
inline constexpr std::uint8_t kEndOfStream = 11;
inline constexpr std::uint8_t kFiller = 12;
inline constexpr std::uint8_t kSpsExtension = 13;

/// REQUIRES: the unit is not empty.
constexpr std::uint8_t nal_type(base::View nal) { return nal[0] & 0x1f; }

struct Sps {
  std::uint32_t id = 0;
  std::uint8_t profile = 0;
  std::uint8_t constraints = 0;
  std::uint8_t level = 0;
  std::uint8_t chroma_format = 1;  ///< 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
  std::uint8_t bit_depth_luma = 8;
  std::uint8_t bit_depth_chroma = 8;
  VideoParams video;  ///< frame_rate 0/1 where the VUI has no timing
  bool fixed_frame_rate = false;
  /// Frames that may stand before another in decoding order and after it when shown; -1 where the VUI does not tell.
  int max_num_reorder = -1;
  int max_ref_frames = 0;
  bool frame_mbs_only = true;
  bool separate_colour_planes = false;
  std::uint8_t frame_num_bits = 4;
  std::uint8_t order_type = 0;  ///< pic_order_cnt_type
  std::uint8_t order_bits = 4;  ///< of pic_order_cnt_lsb, where the type is 0
};

/// Reads a sequence parameter set (with its NAL header). Errors: kTruncated, kMalformed, kTooLarge (above 16384 a
/// side).
base::Result<Sps> parse_sps(base::View nal);
/// The id of a picture parameter set and of the SPS it refers to. Errors: kMalformed.
struct PpsIds {
  std::uint32_t pps = 0;
  std::uint32_t sps = 0;
};
base::Result<PpsIds> parse_pps_ids(base::View nal);

/// Payload of an avcC box.
struct Config {
  std::uint8_t profile = 0;
  std::uint8_t constraints = 0;
  std::uint8_t level = 0;
  int length_size = 4;
  std::vector<base::View> sps;  ///< live as long as the bytes parsed
  std::vector<base::View> pps;
};
base::Result<Config> parse_avcc(base::View avcc);
/// avcC of these units with 4-byte lengths (CM-5). Errors: kMalformed without an SPS and a PPS, or where the first SPS
/// does not parse.
base::Result<base::Bytes> make_avcc(std::span<const base::View> sps, std::span<const base::View> pps);

/// "avc1.640028" (CM-27).
std::string codec_string(const Config& config);

/// What the access unit is: key for an IDR picture, for an all-intra one that a recovery point SEI or parameter sets of
/// its own announce (open GOP), and for any that a recovery point SEI announces whose picture is whole some frames
/// later (periodic intra refresh). Of two fields the first decides: the second may refer to it.
Picture inspect(std::span<const base::View> nals);

/// Gathers in-band parameter sets. Bounded: 32 SPS and 256 PPS of at most 4 KiB each (a stream with larger ones is
/// broken).
class ParameterSets {
 public:
  /// True if the unit is a parameter set that is new or differs from the one of its id.
  bool feed(base::View nal);
  /// True once an SPS and a PPS that refers to it are here.
  bool complete() const;
  /// avcC of all of them, by id. Errors: as make_avcc.
  base::Result<base::Bytes> config() const;
  void clear();

 private:
  struct Entry {
    std::uint32_t id = 0;
    std::uint32_t refers_to = 0;
    std::vector<std::uint8_t> nal;
  };
  static bool put(std::vector<Entry>& entries, std::uint32_t id, std::uint32_t refers_to, base::View nal);

  std::vector<Entry> sps_;
  std::vector<Entry> pps_;
};

}  // namespace media::h264
