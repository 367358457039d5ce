#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

/// NAL units, as H.264 and HEVC share them. A NAL unit here is a View from its header on, without start code or length
/// and with its emulation prevention bytes, that lives as long as the bytes it was found in.
namespace media {

/// Offset of the next 00 00 01 at or after `from`, or the size.
std::size_t find_start_code(base::View stream, std::size_t from);

/// NAL units between start codes, without the zeros after them; empty ones are left out.
/// Bytes before the first start code are not a NAL unit. Spec: [H.264 Annex B].
std::vector<base::View> split_annexb(base::View stream);

/// NAL units that each follow their length in `length_size` bytes (1, 2 or 4); empty ones are left out.
/// Errors: kTruncated where a length reaches past the end.
base::Result<std::vector<base::View>> split_lengths(base::View sample, int length_size = 4);

/// The units one after another, each led by its length in 4 bytes: the shape of Packet::data.
base::Bytes join_lengths(std::span<const base::View> nals);

/// The bytes of a NAL unit with the 03 of every 00 00 03 taken out: what a parameter set is read from.
std::vector<std::uint8_t> unescape(base::View nal);
/// The same, in place of what `to` holds.
void unescape(base::View nal, std::vector<std::uint8_t>& to);
/// The other way: `rbsp` with a 03 wherever it would imitate a start code.
std::vector<std::uint8_t> escape(base::View rbsp);

struct SeiMessage {
  std::uint32_t type = 0;
  base::View payload;
};
/// The messages of a supplemental enhancement information unit, unescaped and without its NAL header; they live as long
/// as `rbsp`. One that reaches past the end, and what follows it, is left out. Spec: [H.264 7.3.2.3.1], [H.265 7.3.5].
class SeiReader {
 public:
  explicit SeiReader(base::View rbsp) : rest_(rbsp) {}
  /// The next one; nothing after the last.
  std::optional<SeiMessage> next();

 private:
  std::optional<std::uint32_t> number();

  base::View rest_;
};
/// All of them.
std::vector<SeiMessage> split_sei(base::View rbsp);

/// What one access unit is to a player that may start at it.
struct Picture {
  bool coded = false;           ///< there is a coded slice (or frame) in it
  bool key = false;             ///< as Packet::key
  bool idr = false;             ///< as Packet::idr
  bool parameter_sets = false;  ///< carries parameter sets (AV1: a sequence header) in band
  /// Leading picture of the key frame before it that cannot be decoded when decoding starts there (HEVC RASL).
  bool skipped_leading = false;
  bool disposable = false;  ///< nothing refers to it
};

/// What the access unit is, for `codec` H.264 or HEVC.
Picture inspect(Codec codec, std::span<const base::View> nals);

}  // namespace media
