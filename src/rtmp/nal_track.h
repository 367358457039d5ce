#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "media/nal.h"
#include "media/track.h"
#include "rtmp/access_unit.h"
#include "rtmp/nal_framing.h"
#include "rtmp/parameter_sets.h"
#include "rtmp/tag.h"

namespace rtmp {

/// An H.264 or HEVC track: messages in, pictures and the decoder configuration that they need out.
///
/// Whatever way the encoder frames its NAL units, cuts its pictures and hands its parameter sets over: the pictures
/// come out whole, in the shape of media::Packet::data, and at each key frame config() is what it decodes with. Sets
/// that come in band are left out of key frames; between these they stay, for a decoder that reads on.
class NalTrack {
 public:
  /// A picture as media::Packet has it.
  struct Frame {
    bool key = false;
    bool idr = false;
    base::Bytes data;
  };

  /// `codec`: H.264 or HEVC.
  explicit NalTrack(media::Codec codec) : codec_(codec), assembler_(codec), sets_(codec) {}

  media::Codec codec() const { return codec_; }

  /// A sequence header. One that differs from the one before, amid pictures, belongs to what follows the next key
  /// frame. REQUIRES: flush() was called. Errors: as SetsInForce::take_header.
  base::Status take_header(base::View header);
  /// The part of a message that holds frames, at `time`. Appends what became whole. Errors: as NalFraming::split.
  base::Status feed(const TagPart& part, std::int64_t time, base::Micros arrived, base::Bytes body,
                    std::vector<AccessUnit>& whole);
  std::optional<AccessUnit> flush() { return assembler_.flush(); }

  /// The unit as a picture, its parameter sets taken; empty where it holds none, or one that cannot be decoded for a
  /// sequence header that changed.
  std::optional<Frame> open(const AccessUnit& unit);
  /// avcC or hvcC in force; empty while there is none.
  const base::Bytes& config() { return sets_.config(); }

  std::uint64_t late_pieces() const { return assembler_.late_pieces(); }

 private:
  media::Codec codec_;
  NalFraming framing_;
  AccessUnitAssembler assembler_;
  SetsInForce sets_;
  base::Bytes header_config_;  ///< of the sequence header before
  bool begun_ = false;         ///< a picture has come out
  bool needs_key_ = false;
};

}  // namespace rtmp
